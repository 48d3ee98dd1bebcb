"""Small documents that show one thing each."""

from phb.core.money import pounds
from phb.documents.document import Block, Column, Document, Fact, Facts, Section, Table
from phb.documents.words import Cell

NOTE = Column("note", "Note")
SUM = Column("sum", "Sum", numeric=True)


def document(*blocks: Block, text: str = "A paragraph.") -> Document:
    """Return a document of one section."""
    section = Section("one", "One section", paragraphs=(text,), blocks=blocks)
    return Document("A document", "A document in full", "Reference 1", (section,))


def facts(label: str = "Sum", value: Cell = None) -> Facts:
    """Return one fact."""
    return Facts("facts", "Some facts", (Fact("sum", label, pounds("1.00") if value is None else value),))


def table(*rows: tuple[Cell, ...], columns: tuple[Column, ...] = (NOTE, SUM)) -> Table:
    """Return rows under headings."""
    return Table("table", "Some rows", columns, rows)
