"""What the auditor's pages share: a list as a file to keep, and the way back to where an auditor begins."""

from http import HTTPStatus

from flask import Response, abort, url_for

from phb.core.actor import Permission
from phb.documents.document import Document
from phb.documents.formats import LIST_FORMATS
from phb.edge.request import current_actor

FORMATS = {"csv": "CSV", "xlsx": "Excel", "pdf": "PDF"}


def start() -> str | None:
    """Return where an auditor begins; nothing for others who read the books."""
    return url_for("web.audit.start") if current_actor().may(Permission.AUDIT_READ) else None


def file_of(document: Document, format_name: str, name: str) -> Response:
    """Answer a document as a file of a format, named without its ending; there is nothing at other formats."""
    form = LIST_FORMATS.get(format_name)
    if form is None:
        abort(HTTPStatus.NOT_FOUND)
    headers = {"Content-Disposition": f'attachment; filename="{name}{form.suffix}"'}
    return Response(form.render(document), content_type=form.media_type, headers=headers)
