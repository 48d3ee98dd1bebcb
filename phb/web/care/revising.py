"""Change what is stored: a form filled in with it, and both versions side by side where somebody was faster."""

from collections.abc import Callable, Mapping
from typing import Any, Self, TypeVar

from flask import Response

from phb.core.errors import DomainError
from phb.core.uow import UnitOfWork
from phb.people.saving import ChangedMeanwhileError
from phb.web.asking import ask
from phb.web.care.answers import Beside, side_by_side
from phb.web.care.placing import PlacedForm

R = TypeVar("R")

CHANGED = (
    "Somebody changed this while you were typing, so nothing of yours is saved yet. Compare what it says now with what "
    "you typed. Then save what you typed, or leave it as it is now."
)


class RevisedForm(PlacedForm):
    """A form about something that is stored; `stored` holds what it says now."""

    button = "Save"
    stored: Self | None = None
    was_faster = False

    @property
    def compared(self) -> list[Beside]:
        """What it says now beside what was typed, where somebody else was faster; else nothing."""
        return side_by_side(self.stored.asked, self.asked) if self.was_faster and self.stored is not None else []

    def refuse(self, error: DomainError) -> None:
        """Keep what was typed when somebody was faster, so that it can be compared and sent again on purpose."""
        if isinstance(error, ChangedMeanwhileError) and self.stored is not None:
            self.was_faster, self.version.data = True, self.stored.version.data
            self.form_errors = [*self.form_errors, CHANGED]
        else:
            super().refuse(error)


F = TypeVar("F", bound=RevisedForm)


def filled(kind: type[F], stored: Mapping[str, Any], *, version: int | None) -> F:
    """Return a form filled in with what is stored, or with what was sent, beside what is stored."""
    form = kind(data=stored, version=version)
    form.stored = kind(formdata=None, data=stored, version=version)
    return form


def revise(
    form: RevisedForm,
    act: Callable[[UnitOfWork], R],
    *,
    then: Callable[[R], str],
    back: str,
    said: str | None = "Your changes are saved.",
    **shown: Any,  # noqa: ANN401 - whatever the page shows
) -> Response:
    """Show a form about something stored, or save it and go on; `back` leads where it is shown as it is."""
    return ask(form, act, then=then, said=said, template="care/revise.html.jinja", back=back, **shown)
