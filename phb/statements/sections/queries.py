"""What to do when a figure looks wrong, or a decision does."""

from collections.abc import Iterator

from phb.documents.document import Section
from phb.statements.statement import Statement


def sections(statement: Statement) -> Iterator[Section]:
    """Yield how to query a figure and how to ask for a decision again, in the commissioner's words."""
    yield Section("how_to_query", "If a figure looks wrong", paragraphs=statement.how_to_query)
    yield Section(
        "how_to_ask_again", "Asking for a decision to be looked at again", paragraphs=statement.how_to_ask_again
    )
