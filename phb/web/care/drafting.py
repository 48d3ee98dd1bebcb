"""Answers about a plan as the draft that the domain takes, and a draft as the answers that lead to it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from wtforms import Form

from phb.budget.kinds import Frequency, LinePurpose, ManagementType, ShareBasis
from phb.budget.plans.draft import LineDraft, OutcomeDraft, PlanDraft, ShareRule
from phb.budget.plans.edits import line_of, new_reference, pot_for, put_line
from phb.budget.setting.weeks import CountedDays, Method, StatedWeeks
from phb.budget.tariffs.priced import PricedNeed
from phb.core.errors import RuleViolationError
from phb.core.period import Period
from phb.ledger.chart import NHS
from phb.web.care.line_forms import NEW_OUTCOME, OTHERS, STATED

Values = Mapping[str, Any]


class TooManyFundersError(RuleViolationError):
    """A line is shared between more funders than a page asks for, or its shares change on a day."""

    code = "too-many-funders"


def values_of_form(form: Form, names: Collection[str]) -> dict[str, Any]:
    """Return what some fields of a form hold."""
    return {name: form[name].data for name in names if name in form}


def with_new_line(
    plan: PlanDraft, values: Values, *, priced: Sequence[PricedNeed], taken: Collection[str]
) -> PlanDraft:
    """Return a plan with a service added.

    Args:
        plan: as it is stored.
        values: what the form of a line holds.
        priced: what the rate card prices, for the units.
        taken: references that the new line may not have.
    """
    return _put(plan, values, priced=priced, taken=taken)


def with_line_changed(
    plan: PlanDraft, reference: str, changes: Values, *, priced: Sequence[PricedNeed], taken: Collection[str]
) -> PlanDraft:
    """Return a plan in which a service is changed in what the changes name; see with_new_line().

    Raises:
        LineGoneError: it is not in the plan any more.
    """
    line = line_of(plan, reference)
    values = values_of(plan, line) | dict(changes)
    return _put(plan, values, priced=priced, taken=taken, before=line)


def values_of(plan: PlanDraft, line: LineDraft) -> dict[str, Any]:
    """Return the answers that lead to a line.

    Raises:
        TooManyFundersError: it is shared between more funders than a page asks for.
    """
    pot = next(pot for pot in plan.pots if pot.reference == line.pot)
    return {
        "outcome": line.outcome,
        "outcome_words": "",
        "words": line.words,
        "category": line.category,
        "purpose": line.purpose.value,
        "referral_reason": line.referral_reason or "",
        "need": line.need or STATED,
        "unit_price": line.unit_price,
        "unit": line.unit,
        "quantity": line.quantity,
        "frequency": line.frequency.value,
        "weeks": line.weeks.weeks if isinstance(line.weeks, StatedWeeks) else None,
        "line_start": line.period.start_on,
        "line_last": line.period.last_day,
        "management": pot.management.value,
        "organisation_id": str(pot.organisation_id or ""),
        "money": line.money,
        **_shares_as_values(line),
    }


def on_days(plan: PlanDraft, period: Period) -> PlanDraft:
    """Return a plan on other days; a line that began or ended with the plan still does."""

    def moved(line: LineDraft) -> LineDraft:
        first = period.start_on if line.period.start_on == plan.period.start_on else line.period.start_on
        end = period.end_on if line.period.end_on == plan.period.end_on else line.period.end_on
        return replace(line, period=Period(first, end))

    return replace(plan, period=period, lines=tuple(moved(line) for line in plan.lines))


def _put(
    plan: PlanDraft,
    values: Values,
    *,
    priced: Sequence[PricedNeed],
    taken: Collection[str],
    before: LineDraft | None = None,
) -> PlanDraft:
    outcome = _outcome(plan, values)
    organisation = values["organisation_id"] if values["management"] == ManagementType.THIRD_PARTY else None
    pot = pot_for(plan, ManagementType(values["management"]), UUID(organisation) if organisation else None)
    known = {*taken, *(line.reference for line in plan.lines)}
    stays = before is not None and before.pot == pot.reference
    line = LineDraft(
        reference=before.reference if before and stays else new_reference(values["words"], known),
        outcome=outcome.reference,
        pot=pot.reference,
        category=values["category"],
        words=values["words"],
        period=Period.of_days(
            values["line_start"] or plan.period.start_on, values["line_last"] or plan.period.last_day
        ),
        quantity=values["quantity"],
        unit=next((one.unit for one in priced if one.code == values["need"]), values["unit"] or "each"),
        frequency=Frequency(values["frequency"]),
        shares=tuple(_shares(values)),
        need=None if values["need"] == STATED else values["need"],
        unit_price=values["unit_price"] if values["need"] == STATED else None,
        weeks=_weeks(values, before),
        money=values["money"],
        purpose=LinePurpose(values["purpose"]),
        referral_reason=values["referral_reason"] or None,
    )
    return put_line(plan, line, outcome=outcome, pot=pot, instead_of=before.reference if before else None)


def _outcome(plan: PlanDraft, values: Values) -> OutcomeDraft:
    for outcome in plan.outcomes:
        if outcome.reference == values.get("outcome", NEW_OUTCOME):
            return outcome
    known = {outcome.reference for outcome in plan.outcomes}
    return OutcomeDraft(new_reference(values["outcome_words"], known), values["outcome_words"])


def _weeks(values: Values, before: LineDraft | None) -> Method | None:
    """Return how a stated weekly price becomes a longer one; what no page asks for stays as it was."""
    if values["need"] != STATED or values["frequency"] == Frequency.ONCE:
        return None
    if values["weeks"] is not None:
        return StatedWeeks(values["weeks"])
    return before.weeks if before and isinstance(before.weeks, CountedDays) else None


def _shares(values: Values) -> Iterator[ShareRule]:
    yield ShareRule(values["rest_fund"])
    for i in range(1, OTHERS + 1):
        fund, percent, amount = (values[f"{name}_{i}"] for name in ("fund", "percent", "amount"))
        if fund:
            basis = ShareBasis.PERCENT if percent is not None else ShareBasis.FIXED
            yield ShareRule(fund, basis, percent, amount)


def _shares_as_values(line: LineDraft) -> dict[str, Any]:
    """Return a line's shares with one funder who pays the rest, as the page asks: the one who does, or the NHS."""
    rest = next((rule for rule in line.shares if rule.basis is ShareBasis.REST), None)
    payer = rest or next((rule for rule in line.shares if rule.fund == NHS), line.shares[0])
    others = [rule for rule in line.shares if rule is not payer]
    if len(others) > OTHERS or any(rule.start_on for rule in line.shares):
        raise TooManyFundersError(
            f"“{line.reference}” is shared between more funders than a page can ask for, or its shares change on a "
            "day. Change it in a file of plans."
        )
    values: dict[str, Any] = {"rest_fund": payer.fund}
    for i in range(1, OTHERS + 1):
        rule = others[i - 1] if i <= len(others) else None
        values |= {
            f"fund_{i}": rule.fund if rule else "",
            f"percent_{i}": rule.percent if rule else None,
            f"amount_{i}": rule.amount if rule else None,
        }
    return values
