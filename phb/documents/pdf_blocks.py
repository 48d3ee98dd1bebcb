"""Facts and tables on paper: as tables where every column fits, as lists where one would have to shrink."""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from reportlab.lib.colors import black
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, HRFlowable, Paragraph, Spacer, TableStyle
from reportlab.platypus import Table as Grid

from phb.documents import fonts
from phb.documents.document import Block, Facts, Table, is_money
from phb.documents.pdf_columns import column_widths
from phb.documents.pdf_styles import Styles
from phb.documents.words import Cell, say

THIN, THICK = 0.5, 1.2
# What a page takes at once; the flowables of a list stay on one page.
Piece = Flowable | list[Flowable]
Rule = tuple[str, tuple[int, int], tuple[int, int], *tuple[object, ...]]
# How much of a line the labels of facts take, before an amount or before a text.
AMOUNT_LABEL_SHARE = 0.7
TEXT_LABEL_SHARE = 0.35
# A table of at most so many rows, its headings counted, stays on one page where it fits one.
ROWS_KEPT_TOGETHER = 7
# A row is split over two pages only where this many lines of it fit on the first.
LINES_OF_SPLIT_ROW = 6
NO_BREAK_SPACE = "\u00a0"


def paragraph(text: str, style: ParagraphStyle) -> Paragraph:
    """Return a text as a paragraph, with nothing in it taken for markup.

    Raises:
        UnwritableTextError: the fonts lack one of its characters.
    """
    return Paragraph(escape(fonts.writable(text)), style)


def flow(block: Block, styles: Styles, width: float) -> Iterator[Piece]:
    """Yield a block under its caption, as it fits a line of `width` points."""
    if isinstance(block, Facts):
        yield [_facts(block, styles, width)]
        return
    cells = [_head(block, styles), *_body(block, styles)]
    widths = column_widths(cells, width, size=styles.sizes.body, gap=styles.column_gap)
    if widths:
        grid = _rows(block, cells, styles, widths)
        yield [grid] if len(cells) <= ROWS_KEPT_TOGETHER else grid
    else:
        yield from _list(block, styles)


def _facts(facts: Facts, styles: Styles, width: float) -> Grid:
    numeric = all(is_money(item.value) for item in facts.items)
    cells = [
        [
            paragraph(item.label, styles.of_cell(numeric=False, strong=item.result)),
            _paragraph_of(item.value, styles.of_cell(numeric=numeric, strong=item.result)),
        ]
        for item in facts.items
    ]
    label = width * (AMOUNT_LABEL_SHARE if numeric else TEXT_LABEL_SHARE)
    results = [index for index, item in enumerate(facts.items) if item.result]
    return _grid(facts, cells, styles, [label, width - label], results, heads=0)


def _head(table: Table, styles: Styles) -> list[Paragraph]:
    return [paragraph(column.heading, styles.of_cell(numeric=column.numeric, strong=True)) for column in table.columns]


def _body(table: Table, styles: Styles) -> Iterator[list[Paragraph]]:
    for row in table.all_rows():
        yield [
            _paragraph_of(cell, styles.of_cell(numeric=column.numeric, strong=row is table.total))
            for column, cell in zip(table.columns, row, strict=True)
        ]


def _rows(table: Table, cells: list[list[Paragraph]], styles: Styles, widths: list[float]) -> Grid:
    results = [len(cells) - 1] if table.total is not None else []
    return _grid(table, cells, styles, widths, results, heads=1)


def _grid(
    block: Block, cells: list[list[Paragraph]], styles: Styles, widths: list[float], results: list[int], *, heads: int
) -> Grid:
    """Return rows below their caption and headings, which every page they reach repeats.

    Args:
        block: what the rows are of.
        cells: the headings, where there are any, then the rows.
        styles: how it looks.
        widths: of each column, in points.
        results: which of the rows say what those above come to.
        heads: how many of the rows are headings.
    """
    caption = [paragraph(block.caption, styles.caption), *[""] * (len(widths) - 1)]
    return Grid(
        [caption, *cells],
        colWidths=widths,
        repeatRows=1 + heads,
        splitInRow=round(LINES_OF_SPLIT_ROW * styles.line),
        style=TableStyle(_rules(styles, [1 + row for row in results], heads=heads)),
        spaceBefore=styles.sizes.body,
        spaceAfter=styles.gap,
    )


def _rules(styles: Styles, results: list[int], *, heads: int) -> list[Rule]:
    """Return a thin line below each row, a thick one above each result, and text flush with the margin."""
    pad = styles.gap / 2
    return [
        ("SPAN", (0, 0), (-1, 0)),
        ("FONTNAME", (0, 0), (-1, -1), fonts.REGULAR),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-2, -1), styles.column_gap),
        ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), pad),
        ("BOTTOMPADDING", (0, 0), (-1, -1), pad),
        ("LINEBELOW", (0, 1), (-1, -1), THIN, black),
        *((("LINEBELOW", (0, heads), (-1, heads), THICK, black),) if heads else ()),
        *(("LINEABOVE", (0, index), (-1, index), THICK, black) for index in results),
        *(("NOSPLIT", (0, index - 1), (-1, index)) for index in results),
    ]


def _list(table: Table, styles: Styles) -> Iterator[Piece]:
    """Yield each row as its first cell and, below it, a line for each other cell that is not empty."""
    above = [paragraph(table.caption, styles.caption)]
    for row in table.all_rows():
        lines: list[Flowable] = [*above, _paragraph_of(row[0], styles.strong_cell)]
        above = []
        lines += [
            _paragraph_of(cell, styles.cell, after=f"{column.heading}: ")
            for column, cell in zip(table.columns[1:], row[1:], strict=True)
            if cell is not None
        ]
        rule = HRFlowable(width="100%", thickness=THIN, color=black, spaceBefore=styles.gap / 2, spaceAfter=styles.gap)
        yield [*lines, rule]
    yield Spacer(0, styles.gap)


def _paragraph_of(cell: Cell, style: ParagraphStyle, *, after: str = "") -> Paragraph:
    """Return a cell as a paragraph that never breaks inside a day or an amount."""
    text = fonts.writable(say(cell))
    if not isinstance(cell, str):
        text = f"{NO_BREAK_SPACE}to ".join(day.replace(" ", NO_BREAK_SPACE) for day in text.split(" to "))
    return Paragraph(escape(after + text), style)
