"""A stored plan as a draft again, and the changes people make to one part of it; everything else stays as it was."""

import re
from collections.abc import Collection
from dataclasses import replace
from typing import cast
from unicodedata import normalize
from uuid import UUID

from phb.budget.kinds import Frequency, LinePurpose, ManagementType
from phb.budget.plans.draft import LineDraft, OutcomeDraft, PlanDraft, PotDraft, RiskDraft
from phb.budget.plans.queries import LineView, PlanView
from phb.budget.plans.shares import from_stored
from phb.budget.setting.inputs import Unit
from phb.budget.setting.trace import Trace
from phb.budget.setting.weeks import DaysOverSeven, Method
from phb.core.errors import ConflictError

LONGEST_REFERENCE = 40
NOT_IN_A_REFERENCE = re.compile(r"[^a-z0-9]+")


class LineGoneError(ConflictError):
    """A line that was to be changed is not in the plan any more."""

    code = "line-gone"


def draft_of(view: PlanView) -> PlanDraft:
    """Return a stored version of a plan as the draft that says the same."""
    return PlanDraft(
        period=view.plan.period,
        pots=tuple(PotDraft(pot.reference, pot.management_type, pot.organisation_id) for pot in view.pots),
        outcomes=tuple(OutcomeDraft(outcome.reference, outcome.words) for outcome in view.outcomes),
        lines=tuple(line_draft_of(line) for line in view.lines),
        risks=tuple(RiskDraft(risk.words, risk.response) for risk in view.risks),
        contingency=view.plan.contingency,
        training=view.plan.training,
        review_on=view.plan.review_on,
        care_coordinator_id=view.plan.care_coordinator_id,
    )


def line_draft_of(view: LineView) -> LineDraft:
    """Return a stored line as the draft that says the same."""
    terms = view.terms
    return LineDraft(
        reference=view.line.reference,
        outcome=terms.outcome_reference,
        pot=view.pot.reference,
        category=terms.category_code,
        words=terms.words,
        period=terms.period,
        quantity=terms.quantity,
        unit=cast("Unit", terms.unit),
        frequency=Frequency(terms.frequency),
        shares=tuple(from_stored(rule) for rule in terms.shares),
        need=terms.need,
        unit_price=terms.unit_price,
        weeks=_weeks_of(view),
        money=None if view.amount == view.cost else view.amount,
        purpose=LinePurpose(terms.purpose),
        referral_reason=terms.referral_reason,
    )


def line_of(plan: PlanDraft, reference: str) -> LineDraft:
    """Return a line of a plan.

    Raises:
        LineGoneError: it is not in the plan any more.
    """
    for line in plan.lines:
        if line.reference == reference:
            return line
    raise LineGoneError(
        "This service is not in the plan any more: somebody took it out. If it is needed, add it as a new one."
    )


def put_line(
    plan: PlanDraft, line: LineDraft, *, outcome: OutcomeDraft, pot: PotDraft, instead_of: str | None = None
) -> PlanDraft:
    """Return a plan with a line added, or in the place of another, and with the outcome and pot it names.

    Raises:
        LineGoneError: the line it should take the place of is not in the plan any more.
    """
    if instead_of is None:
        lines = (*plan.lines, line)
    else:
        line_of(plan, instead_of)
        lines = tuple(line if one.reference == instead_of else one for one in plan.lines)
    known_outcomes = {one.reference for one in plan.outcomes}
    known_pots = {one.reference for one in plan.pots}
    return _tidy(
        replace(
            plan,
            lines=lines,
            outcomes=plan.outcomes if outcome.reference in known_outcomes else (*plan.outcomes, outcome),
            pots=plan.pots if pot.reference in known_pots else (*plan.pots, pot),
        )
    )


def without_line(plan: PlanDraft, reference: str) -> PlanDraft:
    """Return a plan without a line, and without the outcome and the pot that nothing else is for.

    Raises:
        LineGoneError: it is not in the plan any more.
    """
    line_of(plan, reference)
    return _tidy(replace(plan, lines=tuple(line for line in plan.lines if line.reference != reference)))


def pot_for(plan: PlanDraft, management: ManagementType, organisation_id: UUID | None) -> PotDraft:
    """Return the plan's pot that is held in a way, or a new one with a reference that no other way has."""
    for pot in plan.pots:
        if (pot.management, pot.organisation_id) == (management, organisation_id):
            return pot
    name = management.value.replace("_", "-")
    return PotDraft(f"{name}-{organisation_id.hex[:8]}" if organisation_id else name, management, organisation_id)


def new_reference(words: str, taken: Collection[str]) -> str:
    """Return a reference made of words that nothing else has: “help-at-home”, or “help-at-home-2”."""
    plain = normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    stem = NOT_IN_A_REFERENCE.sub("-", plain)[:LONGEST_REFERENCE].strip("-") or "line"
    number, reference = 1, stem
    while reference in taken:
        number += 1
        reference = f"{stem}-{number}"
    return reference


def _tidy(plan: PlanDraft) -> PlanDraft:
    served, used = {line.outcome for line in plan.lines}, {line.pot for line in plan.lines}
    return replace(
        plan,
        outcomes=tuple(outcome for outcome in plan.outcomes if outcome.reference in served),
        pots=tuple(pot for pot in plan.pots if pot.reference in used),
    )


def _weeks_of(view: LineView) -> Method | None:
    """Return how a stated weekly price became a longer one; the calculation alone remembers it."""
    if view.terms.need is not None or view.terms.frequency == Frequency.ONCE:
        return None
    weeks = Trace.from_json(view.years[0].money.traces[0]).model.weeks
    return None if weeks is None or isinstance(weeks.method, DaysOverSeven) else weeks.method
