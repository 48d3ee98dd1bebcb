"""A statement's value as a document: what each section says, in the order people read it."""

from phb.documents.document import Document
from phb.documents.words import say_period
from phb.statements.sections import about, cash, payments, position, queries, spending
from phb.statements.statement import Statement

TITLE = "Personal health budget statement"


def document_of(statement: Statement) -> Document:
    """Return a statement as a document that every format can be made of."""
    return Document(
        title=TITLE,
        full_title=f"{TITLE} for {statement.holder}, {say_period(statement.period)}",
        reference=f"Budget {statement.reference}",
        sections=(
            about.section(statement),
            about.in_short(statement),
            position.section(statement),
            *cash.sections(statement),
            *payments.sections(statement),
            spending.section(statement),
            *queries.sections(statement),
        ),
    )
