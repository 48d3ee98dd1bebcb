"""How wide the columns of a printed table are, or whether it should be no table at all."""

from collections.abc import Sequence

from reportlab.platypus import Paragraph

from phb.documents import fonts

# A column of text that is narrower than this many letter heights is a ladder of single words.
LEAST_TEXT = 7


def column_widths(cells: Sequence[Sequence[Paragraph]], width: float, *, size: int, gap: float) -> list[float] | None:
    """Return what each column gets of a line, or None where they do not all fit.

    A column gets at least its widest word, amount or day, and room for a few words where it has that many. What is
    left of the line goes to those that want more, in proportion, and then to all alike.

    Args:
        cells: rows of as many paragraphs as there are columns, the headings first.
        width: the line, in points.
        size: the letters' height, in points.
        gap: the space after each column, in points.
    """
    columns = list(zip(*cells, strict=True))
    whole = [max(_whole(cell) for cell in column) + gap for column in columns]
    least = [
        max(min(full, LEAST_TEXT * size), *(cell.minWidth() + gap + 1 for cell in column))
        for full, column in zip(whole, columns, strict=True)
    ]
    spare = width - sum(least)
    if spare < 0:
        return None
    wanted = [max(0, full - base) for full, base in zip(whole, least, strict=True)]
    share = min(1, spare / (sum(wanted) or 1))
    widths = [base + share * want for base, want in zip(least, wanted, strict=True)]
    rest = (width - sum(widths)) / len(widths)
    return [each + rest for each in widths]


def _whole(cell: Paragraph) -> float:
    return fonts.width(cell.getPlainText(), cell.style.fontName, cell.style.fontSize)
