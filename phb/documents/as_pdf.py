"""A document as PDF in ordinary or large print: one renderer, and sizes as its parameter.

reportlab cannot tag a PDF, so the web page is the accessible form; this one has its language, its title, an outline,
embedded fonts, and text that can be copied out.
"""

from collections.abc import Iterator
from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, KeepTogether, Paragraph, SimpleDocTemplate

from phb.documents import fonts
from phb.documents.document import Document, Section
from phb.documents.pdf_blocks import Piece, flow, paragraph
from phb.documents.pdf_styles import Sizes, Styles

MARGIN = 39
FRAME_PADDING = 6  # which reportlab adds inside its margins
WIDTH = A4[0] - 2 * MARGIN


def render(document: Document, sizes: Sizes) -> bytes:
    """Return the document as PDF; the same document gives the same bytes.

    Raises:
        UnwritableTextError: a text has a character that the fonts cannot show.
        FontsMissingError: the fonts were never fetched.
    """
    styles = Styles.of(sizes)
    pages, _ = _print(document, styles, of_pages=0)
    return _print(document, styles, of_pages=pages)[1]


class _Template(SimpleDocTemplate):
    """Pages with an outline of their headings."""

    headings = 0

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802  # reportlab's name
        if isinstance(flowable, Paragraph) and flowable.style.name == "heading":
            self.headings += 1
            key = f"heading-{self.headings}"
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(flowable.getPlainText(), key)


def _print(document: Document, styles: Styles, *, of_pages: int) -> tuple[int, bytes]:
    """Return the number of pages and the file; the first printing finds out the number, the second writes it."""
    file = BytesIO()
    template = _Template(
        file,
        pagesize=A4,
        leftMargin=MARGIN - FRAME_PADDING,
        rightMargin=MARGIN - FRAME_PADDING,
        topMargin=MARGIN,
        bottomMargin=MARGIN + 2 * styles.line,
        title=fonts.writable(document.full_title),
        lang=document.language,
        displayDocTitle=True,
        invariant=1,
        initialFontName=fonts.REGULAR,
        initialFontSize=styles.sizes.body,
    )

    def foot(canvas: Canvas, at: BaseDocTemplate) -> None:
        canvas.setFont(fonts.REGULAR, styles.sizes.body)
        canvas.drawString(MARGIN, MARGIN, fonts.writable(document.reference))
        canvas.drawRightString(MARGIN + WIDTH, MARGIN, f"Page {at.page} of {of_pages}")

    template.build(list(_story(document, styles)), onFirstPage=foot, onLaterPages=foot)
    return template.page, file.getvalue()


def _story(document: Document, styles: Styles) -> Iterator[Flowable]:
    yield paragraph(document.title, styles.title)
    for section in document.sections:
        yield from _section(section, styles)


def _section(section: Section, styles: Styles) -> Iterator[Flowable]:
    """Yield a section, its heading on the page of what follows it."""
    first, *rest = _pieces(section, styles)
    yield KeepTogether([paragraph(section.heading, styles.heading), *(first if isinstance(first, list) else [first])])
    for piece in rest:
        yield KeepTogether(piece) if isinstance(piece, list) else piece


def _pieces(section: Section, styles: Styles) -> Iterator[Piece]:
    for text in section.paragraphs:
        yield paragraph(text, styles.text)
    for block in section.blocks:
        yield from flow(block, styles, WIDTH)
