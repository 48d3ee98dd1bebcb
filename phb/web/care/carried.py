"""What the pages of a form hold, as it is carried from one to the next."""

import json
from collections.abc import Sequence

from werkzeug.datastructures import MultiDict
from wtforms import Field

from phb.edge.request import current_actor
from phb.web import carrying
from phb.web.forms import Day, Ticks

CARRIED = "answers"


def put(together: MultiDict[str, str], sent: MultiDict[str, str], names: set[str]) -> None:
    """Put what was sent of one page in the place of what was carried of it."""
    for name in [name for name in together if field_of(name) in names]:
        del together[name]
    together.update(sent)


def sealed_answers(pairs: Sequence[tuple[str, str]]) -> str:
    """Return what inputs hold as it is carried on."""
    return carrying.seal({CARRIED: json.dumps(pairs)}, by=current_actor().user_id)


def opened_answers(sealed: str | None) -> list[tuple[str, str]]:
    """Return what inputs held as it was carried on; nothing where it was lost, or is somebody else's."""
    carried = carrying.opened(sealed, by=current_actor().user_id)
    return [(str(name), str(value)) for name, value in json.loads(carried.get(CARRIED, "[]"))]


def inputs_of(field: Field) -> list[tuple[str, str]]:
    """Return the inputs of a field and what they hold."""
    match field:
        case Day():
            parts = ("day", "month", "year")
            return [(f"{field.name}-{part}", typed) for part, typed in zip(parts, field.typed, strict=True)]
        case Ticks():
            return [(field.name, value) for value in field.data or ()]
        case _:
            value = getattr(field, "_value", lambda: field.data)()
            return [(field.name, str(value or ""))]


def field_of(name: str) -> str:
    """Return the name of the field that an input belongs to."""
    stem, _, part = name.rpartition("-")
    return stem if part in {"day", "month", "year"} else name


def page_number(text: str | None) -> int:
    """Return the number of a page, or of the first where the text is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 3 else 0  # noqa: PLR2004 - no more pages
