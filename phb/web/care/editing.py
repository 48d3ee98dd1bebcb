"""A page about one part of a stored plan: filled in, saved at once, compared where somebody was faster."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from flask import Response

from phb.budget.plans.draft import PlanDraft
from phb.web.care.offering import Options, offering
from phb.web.care.plan_forms import PlanEdit
from phb.web.care.revising import filled, revise
from phb.web.care.subjects import Subject, address_of, save_form

E = TypeVar("E", bound=PlanEdit)


def part_of(
    kind: type[E],
    subject: Subject,
    stored: Mapping[str, Any],
    options: Mapping[str, Options] = MappingProxyType({}),
    *,
    keep: tuple[str, ...] | None = None,
) -> E:
    """Return a form about a part of the plan, with only the fields of that part, and the reason where one is needed."""
    offered = offering(kind, **options) if options else kind
    form = filled(offered, stored, version=subject.read.subject.version)
    wanted = {field.name for field in form.asked} if keep is None else {*keep, "reason"}
    for name in [field.name for field in form.asked]:
        if name not in wanted or (name == "reason" and not subject.is_active):
            del form[name]
            if form.stored is not None:
                del form.stored[name]
    return form


def edited(
    form: PlanEdit,
    subject: Subject,
    edit: Callable[[PlanDraft], PlanDraft],
    **shown: Any,  # noqa: ANN401 - whatever the page shows
) -> Response:
    """Show a form about a part of a plan, or save it and go back to the plan."""
    return revise(
        form,
        lambda uow: save_form(uow, subject, edit, form),
        then=address_of,
        back=subject.address,
        above=subject.above,
        **shown,
    )
