"""Store a version of a care plan: checked, priced, shared between its funders; called by a budget's operations."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from moneyed import Money
from sqlalchemy import insert

from phb.budget.plans import queries, rules, shares
from phb.budget.plans.costing import YearCost, full_cost
from phb.budget.plans.draft import LineDraft, PlanDraft, PotDraft
from phb.budget.plans.models import (
    CarePlan,
    LineFund,
    LineTerms,
    LineYear,
    PlanLine,
    PlanOutcome,
    PlanRisk,
    Pot,
)
from phb.budget.tariffs.tariff import Tariff
from phb.core.errors import DomainError, RuleViolationError
from phb.core.uow import UnitOfWork
from phb.ledger.entry import Share
from phb.people.saving import save


class PotChangedError(RuleViolationError):
    """A pot of a later version is held another way, or a line is in another pot."""

    code = "pot-changed"


class UnknownCoordinatorError(RuleViolationError):
    """A plan names a care co-ordinator who is no user."""

    code = "unknown-coordinator"


class UnknownOrganisationError(RuleViolationError):
    """A pot or an order names an organisation that does not exist."""

    code = "unknown-organisation"


@dataclass(frozen=True)
class PricedLine:
    """A line with its cost, the money set aside and each funder's share, year by year."""

    draft: LineDraft
    costs: tuple[YearCost, ...]
    money: tuple[Money, ...]
    shares: tuple[tuple[Share, ...], ...]


def price_line(line: LineDraft, tariff: Tariff) -> PricedLine:
    """Return a line priced and shared.

    Raises:
        NotSufficientError: its money does not cover the full cost of the service.
        SharesDoNotAddUpError, ShareDayError: its funders do not pay the whole of it, on each of its days.
        RuleViolationError: it cannot be priced.
    """
    costs = full_cost(line, tariff)
    money = rules.years_money(line.money, [cost.cost for cost in costs], line.reference)
    years = [(cost.period, part) for cost, part in zip(costs, money, strict=True)]
    return PricedLine(line, costs, money, shares.shared(line.shares, years, line.reference))


def store_version(
    uow: UnitOfWork, plan_id: UUID, budget_id: UUID, plan: PlanDraft, tariff: Tariff, *, plan_version: int
) -> CarePlan:
    """Check, price and store a version of a budget's plan.

    Raises:
        RuleViolationError: something in the plan does not fit; `field` names it.
        UnknownCoordinatorError, UnknownOrganisationError: whom it names does not exist.
    """
    rules.refuse_unsound(plan, uow.today)
    priced = [price_line(line, tariff) for line in plan.lines]
    pots = _pots(uow, budget_id, plan.pots)
    lines = _identities(uow, budget_id, plan.lines, pots)
    row = CarePlan(
        commissioner_id=uow.commissioner_id,
        id=plan_id,
        budget_id=budget_id,
        plan_version=plan_version,
        start_on=plan.period.start_on,
        end_on=plan.period.end_on,
        contingency=plan.contingency,
        training=plan.training,
        review_on=plan.review_on,
        care_coordinator_id=plan.care_coordinator_id,
        digest=plan.digest(),
        drafted_by=uow.actor.user_id,
        drafted_at=uow.now,
    )
    save(uow, _refusals(), row)
    save(uow, _refusals(), *_outcomes(row, plan), *_risks(row, plan))
    _store_lines(uow, row, priced, lines)
    return row


def _pots(uow: UnitOfWork, budget_id: UUID, drafts: Sequence[PotDraft]) -> Mapping[str, Pot]:
    known = {pot.reference: pot for pot in queries.pots_of(uow.session, budget_id)}
    for draft in drafts:
        pot = known.get(draft.reference)
        if pot is None:
            known[draft.reference] = Pot(
                commissioner_id=uow.commissioner_id,
                id=uuid4(),
                budget_id=budget_id,
                reference=draft.reference,
                management=draft.management,
                organisation_id=draft.organisation_id,
            )
        elif (pot.management, pot.organisation_id) != (draft.management, draft.organisation_id):
            raise PotChangedError(
                f"The pot “{draft.reference}” is held another way now. Add a pot with a new reference for the new way, "
                "and end the lines of the old one.",
                field="pots.management",
            )
    save(uow, _refusals(), *known.values())
    return known


def _identities(
    uow: UnitOfWork, budget_id: UUID, drafts: Sequence[LineDraft], pots: Mapping[str, Pot]
) -> Mapping[str, PlanLine]:
    known = {line.reference: line for line in queries.lines_of(uow.session, budget_id)}
    for draft in drafts:
        pot, line = pots[draft.pot], known.get(draft.reference)
        if line is None:
            known[draft.reference] = PlanLine(
                commissioner_id=uow.commissioner_id,
                id=uuid4(),
                budget_id=budget_id,
                pot_id=pot.id,
                reference=draft.reference,
            )
        elif line.pot_id != pot.id:
            raise PotChangedError(
                f"The line “{draft.reference}” was in another pot. A line keeps its pot: end it, and add a line with a "
                "new reference to the new pot.",
                field="lines.pot",
            )
    save(uow, _refusals(), *known.values())
    return known


def _outcomes(row: CarePlan, plan: PlanDraft) -> Iterator[PlanOutcome]:
    for ordinal, outcome in enumerate(plan.outcomes, start=1):
        yield PlanOutcome(
            commissioner_id=row.commissioner_id,
            plan_id=row.id,
            reference=outcome.reference,
            ordinal=ordinal,
            words=outcome.words,
        )


def _risks(row: CarePlan, plan: PlanDraft) -> Iterator[PlanRisk]:
    for ordinal, risk in enumerate(plan.risks, start=1):
        yield PlanRisk(
            commissioner_id=row.commissioner_id,
            plan_id=row.id,
            ordinal=ordinal,
            words=risk.words,
            response=risk.response,
        )


def _store_lines(uow: UnitOfWork, row: CarePlan, priced: Sequence[PricedLine], lines: Mapping[str, PlanLine]) -> None:
    """Write the terms, then the years, then the funds: each builds on the one before."""
    ids = [lines[line.draft.reference].id for line in priced]
    uow.session.add_all(
        _terms(row, line, line_id, i) for i, (line, line_id) in enumerate(zip(priced, ids, strict=True), start=1)
    )
    uow.session.flush()
    uow.session.add_all(year for line, line_id in zip(priced, ids, strict=True) for year in _years(row, line, line_id))
    uow.session.flush()
    funds = [fund for line, line_id in zip(priced, ids, strict=True) for fund in _funds(row, line, line_id)]
    # One statement: when it ends, the database checks that the funders pay the whole of each line.
    uow.session.execute(insert(LineFund).values(funds))


def _terms(row: CarePlan, line: PricedLine, line_id: UUID, ordinal: int) -> LineTerms:
    draft = line.draft
    return LineTerms(
        commissioner_id=row.commissioner_id,
        plan_id=row.id,
        plan_line_id=line_id,
        ordinal=ordinal,
        outcome_reference=draft.outcome,
        category_code=draft.category,
        purpose=draft.purpose,
        words=draft.words,
        start_on=draft.period.start_on,
        end_on=draft.period.end_on,
        quantity=draft.quantity,
        unit=draft.unit,
        frequency=draft.frequency,
        need=draft.need,
        unit_price=draft.unit_price,
        shares=[shares.as_stored(rule) for rule in draft.shares],
        referral_reason=draft.referral_reason,
    )


def _years(row: CarePlan, line: PricedLine, line_id: UUID) -> Iterator[LineYear]:
    for cost, money in zip(line.costs, line.money, strict=True):
        yield LineYear(
            commissioner_id=row.commissioner_id,
            plan_id=row.id,
            plan_line_id=line_id,
            year=cost.year,
            start_on=cost.period.start_on,
            end_on=cost.period.end_on,
            cost=cost.cost,
            amount=money,
            traces=list(cost.traces),
        )


def _funds(row: CarePlan, line: PricedLine, line_id: UUID) -> Iterator[dict[str, object]]:
    for cost, parts in zip(line.costs, line.shares, strict=True):
        for ordinal, share in enumerate(parts, start=1):
            yield {
                "commissioner_id": row.commissioner_id,
                "plan_id": row.id,
                "plan_line_id": line_id,
                "year": cost.year,
                "fund": share.fund,
                "ordinal": ordinal,
                "amount": share.amount,
            }


def _refusals() -> dict[str, DomainError]:
    return {
        "fk_care_plan_care_coordinator": UnknownCoordinatorError(
            "The care co-ordinator is no user of this service. Give the user id of a colleague.",
            field="care_coordinator_id",
        ),
        "fk_pot_organisation": UnknownOrganisationError(
            "The organisation that is to hold a pot is not known. Add the organisation first, or correct its id.",
            field="pots.organisation_id",
        ),
    }
