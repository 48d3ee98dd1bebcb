"""Files that are receipts, made in memory."""

from io import BytesIO

from PIL import Image
from pypdf import PdfWriter
from reportlab.pdfgen.canvas import Canvas

COLOUR = (10, 120, 200)


def png(width: int = 8, height: int = 8) -> bytes:
    """Return a small picture."""
    return _picture("PNG", width, height)


def jpeg(width: int = 64, height: int = 64) -> bytes:
    """Return a small photograph."""
    return _picture("JPEG", width, height)


def pdf(words: str = "Receipt") -> bytes:
    """Return a document of one page, with a classic cross-reference table."""
    out = BytesIO()
    canvas = Canvas(out)
    canvas.drawString(72, 720, words)
    canvas.save()
    return out.getvalue()


def pdf_with_password() -> bytes:
    """Return a document that nobody can open."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def pdf_with_stream() -> bytes:
    """Return a document whose cross-reference section is a stream, as newer programs write it."""
    head = b"%PDF-1.5\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
    section = b"2 0 obj\n<< /Type /XRef /Root 1 0 R /Size 3 /W [1 1 1] /Length 3 >>\nstream\nabc\nendstream\nendobj\n"
    return head + section + f"startxref\n{len(head)}\n%%EOF\n".encode()


def _picture(kind: str, width: int, height: int) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), COLOUR).save(out, kind)
    return out.getvalue()
