"""The formats that every list and report comes in: one table of names, media types, file endings and renderers."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from phb.documents import as_list, as_pdf, as_xlsx, workbook
from phb.documents.document import Document
from phb.documents.pdf_styles import ORDINARY_PRINT

Made = TypeVar("Made")


@dataclass(frozen=True)
class Format(Generic[Made]):
    """How one format is made, sent and named; `suffix` ends a file's name and tells two PDFs apart."""

    render: Callable[[Made], bytes]
    media_type: str
    suffix: str


LIST_FORMATS: dict[str, Format[Document]] = {
    "csv": Format(as_list.render, "text/csv; charset=utf-8", ".csv"),
    "xlsx": Format(as_xlsx.render, workbook.MEDIA_TYPE, ".xlsx"),
    "pdf": Format(partial(as_pdf.render, sizes=ORDINARY_PRINT), "application/pdf", ".pdf"),
}
