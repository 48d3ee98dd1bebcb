"""Lists and reports as files: the formats they come in, asked for by ?format=."""

from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from phb.documents.document import Document
from phb.documents.formats import LIST_FORMATS

JSON = "json"
FILE = {"schema": {"type": "string", "format": "binary"}}
# What a route's 200 may be besides JSON, for its description.
FILES: dict[int, Any] = {200: {"content": {form.media_type.partition(";")[0]: FILE for form in LIST_FORMATS.values()}}}
PRIVATE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class FormatArguments(Schema):
    """In which format."""

    format = fields.String(
        load_default=JSON,
        validate=validate.OneOf([JSON, *LIST_FORMATS]),
        metadata={"description": "json, or a file: csv, xlsx or pdf"},
    )


def list_file(document: Document, format_name: str, name: str) -> Response:
    """Answer a document as a file of a format, named without its ending."""
    form = LIST_FORMATS[format_name]
    return attachment(form.render(document), form.media_type, f"{name}{form.suffix}")


def attachment(content: bytes, media_type: str, name: str) -> Response:
    """Answer bytes as a file to keep."""
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type=media_type, headers=PRIVATE | disposition)
