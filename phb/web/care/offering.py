"""Forms whose choices are known only when a page is asked for."""

from collections.abc import Sequence
from typing import TypeVar

from wtforms.fields.core import UnboundField

from phb.web.forms import PageForm

F = TypeVar("F", bound=PageForm)
Options = Sequence[tuple[str, str]]


def offering(kind: type[F], **options: Options) -> type[F]:
    """Return a form whose fields of these names, as far as it has them, offer these options."""
    asked = {name: given for name, given in options.items() if getattr(kind, name, None) is not None}
    return type(kind.__name__, (kind,), {name: _with(getattr(kind, name), given) for name, given in asked.items()})


def _with(field: UnboundField, options: Options) -> UnboundField:  # type: ignore[type-arg]  # not generic at run time
    made = UnboundField(field.field_class, *field.args, **{**field.kwargs, "options": options})
    made.creation_counter = field.creation_counter  # It stays where it was in the form.
    return made
