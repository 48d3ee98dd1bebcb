"""The formats a statement comes in: one table of names, media types, file endings and renderers."""

from functools import partial

from phb.core.errors import RuleViolationError
from phb.documents import as_csv, as_html, as_json, as_pdf
from phb.documents.document import Document
from phb.documents.formats import Format
from phb.documents.pdf_styles import LARGE_PRINT, ORDINARY_PRINT


class UnknownFormatError(RuleViolationError):
    """A statement was asked for in a format that does not exist."""

    code = "unknown-statement-format"


WEB_PAGE = "html"
FORMATS: dict[str, Format[Document]] = {
    WEB_PAGE: Format(as_html.render, "text/html; charset=utf-8", ".html"),
    "pdf": Format(partial(as_pdf.render, sizes=ORDINARY_PRINT), "application/pdf", ".pdf"),
    "large-print": Format(partial(as_pdf.render, sizes=LARGE_PRINT), "application/pdf", "-large-print.pdf"),
    "csv": Format(as_csv.render, "text/csv; charset=utf-8", ".csv"),
    "json": Format(as_json.render, "application/json", ".json"),
}


def format_named(name: str) -> Format[Document]:
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


def render(document: Document, name: str, *, stylesheet: str | None = None) -> bytes:
    """Return a statement's document in the format of that name.

    Args:
        document: what it says.
        name: of the format.
        stylesheet: where the styles of a web page are served; by default the page carries them.
    """
    if stylesheet is not None and name == WEB_PAGE:
        return as_html.render(document, stylesheet=stylesheet)
    return format_named(name).render(document)
