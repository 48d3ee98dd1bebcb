"""A document as an Excel workbook: a sheet for each table, then one that says what the file is about."""

from collections.abc import Iterator

from phb.documents.document import Document, Facts, Table
from phb.documents.words import Cell
from phb.documents.workbook import Sheet, write

ABOUT = "About this file"


def render(document: Document) -> bytes:
    """Return the document; the same document gives the same bytes.

    A table's headings are its first row, its total the last. Amounts and days can be added up and sorted. Every other
    word of the document, and its facts, are on the last sheet.
    """
    tables = [block for section in document.sections for block in section.blocks if isinstance(block, Table)]
    sheets = [
        Sheet(table.caption, [column.heading for column in table.columns], table.rows, table.total) for table in tables
    ]
    about = Sheet(ABOUT, (ABOUT, ""), list(_about(document)))
    return write([*sheets, about], title=document.full_title)


def _about(document: Document) -> Iterator[tuple[Cell, Cell]]:
    yield document.title, document.reference
    for section in document.sections:
        for paragraph in section.paragraphs:
            yield section.heading, paragraph
        for block in section.blocks:
            if isinstance(block, Facts):
                yield from ((item.label, item.value) for item in block.items)
