"""Whether a file is a receipt that can be read: a PDF, PNG or JPEG, whole, by its content and not by its name."""

import re
from collections.abc import Callable
from io import BytesIO

from PIL import ImageFile, JpegImagePlugin, PngImagePlugin

from phb.core.errors import RuleViolationError

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 120_000_000  # more than any camera; decoding costs memory
EIGHTH = 8

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
SIGNATURES = {PDF: b"%PDF-", PNG: b"\x89PNG\r\n\x1a\n", JPEG: b"\xff\xd8\xff"}

# ISO 32000-2, 7.5: a header, then objects, then at the end where the cross-reference section starts.
PDF_HEADER = re.compile(rb"%PDF-[12]\.[0-9]")
PDF_END = re.compile(rb"startxref\s+([0-9]{1,10})\s+%%EOF")
PDF_SECTION = re.compile(rb"xref\b|[0-9]{1,10}\s+[0-9]{1,5}\s+obj\b")
PDF_NEAR_THE_END = 2048


class ReceiptTooLargeError(RuleViolationError):
    """A receipt is larger than is kept."""

    code = "receipt-too-large"


class NotAReceiptError(RuleViolationError):
    """A file is no PDF, PNG or JPEG, or cannot be read."""

    code = "not-a-receipt"


def media_type_of(content: bytes) -> str:
    """Return what kind of receipt a file is.

    Raises:
        ReceiptTooLargeError: it is above 10 MB.
        NotAReceiptError: it is no PDF, PNG or JPEG, is broken off or damaged, or has a password.
    """
    if len(content) > MOST_BYTES:
        raise ReceiptTooLargeError(
            f"This file has {len(content) / 1024 / 1024:.1f} MB, and a receipt may have 10 MB. Send a smaller picture, "
            "or the pages that show what was bought.",
            field="file",
        )
    for kind, signature in SIGNATURES.items():
        if content.startswith(signature):
            _CHECKS[kind](content)
            return kind
    raise NotAReceiptError("This file is no PDF, PNG or JPEG. Send a photograph, a scan or a PDF.", field="file")


def _check_pdf(content: bytes) -> None:
    """Follow a PDF from its end to the cross-reference section and the dictionary that names its first object."""
    ends = list(PDF_END.finditer(content, max(0, len(content) - PDF_NEAR_THE_END)))
    if not PDF_HEADER.match(content) or not ends:
        raise _damaged("PDF")
    start = int(ends[-1][1])
    section = PDF_SECTION.match(content, start)
    if section is None or start >= ends[-1].start():
        raise _damaged("PDF")
    opening, closing = (b"trailer", b"startxref") if section[0] == b"xref" else (section[0], b"stream")
    opened = content.find(opening, start)
    dictionary = content[opened : content.find(closing, opened)] if opened >= 0 else b""
    if b"/Root" not in dictionary:
        raise _damaged("PDF")
    if b"/Encrypt" in dictionary:
        raise NotAReceiptError(
            "This PDF has a password, so nobody here could read it. Save it without one and send it again.",
            field="file",
        )


def _check_png(content: bytes) -> None:
    """Read every chunk of a picture and its checksum, without unpacking it."""
    with _read("PNG", lambda: PngImagePlugin.PngImageFile(BytesIO(content))) as image:
        _refuse_huge(image)
        try:
            image.verify()
        except (OSError, SyntaxError, ValueError) as error:
            raise _damaged("PNG") from error


def _check_jpeg(content: bytes) -> None:
    """Decode a picture to the end, at an eighth of its size."""
    with _read("JPEG", lambda: JpegImagePlugin.JpegImageFile(BytesIO(content))) as image:
        _refuse_huge(image)
        image.draft("RGB", (image.width // EIGHTH, image.height // EIGHTH))
        try:
            image.load()
        except (OSError, SyntaxError, ValueError) as error:
            raise _damaged("JPEG") from error


def _read(kind: str, opened: Callable[[], ImageFile.ImageFile]) -> ImageFile.ImageFile:
    try:
        return opened()
    except (OSError, SyntaxError, ValueError, IndexError, TypeError) as error:
        raise _damaged(kind) from error


def _refuse_huge(image: ImageFile.ImageFile) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise NotAReceiptError("This picture has too many pixels. Send it smaller.", field="file")


def _damaged(kind: str) -> NotAReceiptError:
    return NotAReceiptError(
        f"This file begins like a {kind} and cannot be read: it is damaged or not whole. Send it again, or another "
        "photograph.",
        field="file",
    )


_CHECKS: dict[str, Callable[[bytes], None]] = {PDF: _check_pdf, PNG: _check_png, JPEG: _check_jpeg}
