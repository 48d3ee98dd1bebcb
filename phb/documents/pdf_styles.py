"""The sizes and paragraph styles of a printed document."""

from dataclasses import dataclass

from reportlab.lib.enums import TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle

from phb.documents import fonts

LEADING = 1.35


@dataclass(frozen=True)
class Sizes:
    """Letter heights in points; nothing on a page is smaller than `body`."""

    body: int
    heading: int
    title: int


# Twelve points is the least for clear print, eighteen for large print.
ORDINARY_PRINT = Sizes(body=12, heading=16, title=22)
LARGE_PRINT = Sizes(body=18, heading=22, title=28)


@dataclass(frozen=True)
class Styles:
    """How each kind of paragraph looks at given sizes; everything is left aligned but amounts."""

    sizes: Sizes
    title: ParagraphStyle
    heading: ParagraphStyle
    caption: ParagraphStyle
    text: ParagraphStyle
    cell: ParagraphStyle
    strong_cell: ParagraphStyle
    amount: ParagraphStyle
    strong_amount: ParagraphStyle

    @classmethod
    def of(cls, sizes: Sizes) -> "Styles":
        """Return the styles for some sizes."""
        body = sizes.body
        return cls(
            sizes,
            title=_style("title", sizes.title, fonts.BOLD, after=body),
            heading=_style("heading", sizes.heading, fonts.BOLD, before=1.5 * body, after=body / 2),
            caption=_style("caption", body, fonts.BOLD, before=body / 2, after=body / 4),
            text=_style("text", body, fonts.REGULAR, after=body / 2),
            cell=_style("cell", body, fonts.REGULAR),
            strong_cell=_style("strong cell", body, fonts.BOLD),
            amount=_amount("amount", body, fonts.REGULAR),
            strong_amount=_amount("strong amount", body, fonts.BOLD),
        )

    @property
    def gap(self) -> float:
        """The space between two things, in points."""
        return self.sizes.body / 2

    @property
    def column_gap(self) -> float:
        """The space between two columns, in points."""
        return self.sizes.body * 0.65

    @property
    def line(self) -> float:
        """The height of a line of body text, in points."""
        return self.sizes.body * LEADING

    def of_cell(self, *, numeric: bool, strong: bool) -> ParagraphStyle:
        """Return the style of one cell."""
        if numeric:
            return self.strong_amount if strong else self.amount
        return self.strong_cell if strong else self.cell


def _style(name: str, size: int, font: str, *, before: float = 0, after: float = 0) -> ParagraphStyle:
    return ParagraphStyle(
        name,
        fontName=font,
        fontSize=size,
        leading=size * LEADING,
        spaceBefore=before,
        spaceAfter=after,
        alignment=TA_LEFT,
        allowWidows=0,
        allowOrphans=0,
    )


def _amount(name: str, size: int, font: str) -> ParagraphStyle:
    return ParagraphStyle(name, fontName=font, fontSize=size, leading=size * LEADING, alignment=TA_RIGHT)
