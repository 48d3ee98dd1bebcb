"""The formats a statement comes in: one table of names, media types, file endings and renderers."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from phb.core.errors import RuleViolationError
from phb.documents import as_csv, as_html, as_json, as_pdf
from phb.documents.document import Document
from phb.documents.pdf_styles import LARGE_PRINT, ORDINARY_PRINT
from phb.statements.sections import document_of
from phb.statements.statement import Statement


class UnknownFormatError(RuleViolationError):
    """A statement was asked for in a format that does not exist."""

    code = "unknown-statement-format"


@dataclass(frozen=True)
class Format:
    """How one format is made, sent and named; `suffix` ends a file's name and tells two PDFs apart."""

    render: Callable[[Document], bytes]
    media_type: str
    suffix: str


FORMATS = {
    "html": Format(as_html.render, "text/html; charset=utf-8", ".html"),
    "pdf": Format(partial(as_pdf.render, sizes=ORDINARY_PRINT), "application/pdf", ".pdf"),
    "large-print": Format(partial(as_pdf.render, sizes=LARGE_PRINT), "application/pdf", "-large-print.pdf"),
    "csv": Format(as_csv.render, "text/csv; charset=utf-8", ".csv"),
    "json": Format(as_json.render, "application/json", ".json"),
}


def format_named(name: str) -> Format:
    """Return a format by its name.

    Raises:
        UnknownFormatError: there is none of that name.
    """
    if name not in FORMATS:
        known = ", ".join(FORMATS)
        raise UnknownFormatError(
            f"There is no statement in the format “{name}”. Choose one of {known}.", field="format"
        )
    return FORMATS[name]


def render(statement: Statement, name: str) -> bytes:
    """Return a statement in the format of that name."""
    return format_named(name).render(document_of(statement))
