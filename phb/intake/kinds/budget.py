"""Files about each person's budget: assessments, plans, and what was ordered or agreed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

from moneyed import Money
from sqlalchemy import select

from phb.budget.assessments.models import Assessment
from phb.budget.assessments.operations import assess, set_indicative
from phb.budget.assessments.queries import latest_indicative
from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.budgets.operations import propose
from phb.budget.commitments.draft import NewCommitment
from phb.budget.commitments.operations import raise_commitment
from phb.budget.kinds import BudgetKind, CareSetting, CommitmentKind, Frequency, LinePurpose, ManagementType, ShareBasis
from phb.budget.plans.draft import LineDraft, OutcomeDraft, PlanDraft, PotDraft, RiskDraft, ShareRule
from phb.budget.setting.inputs import Need, Per, Unit
from phb.core.actor import Permission
from phb.core.change import Change
from phb.core.period import Period
from phb.core.uow import UnitOfWork
from phb.intake import lookups
from phb.intake.columns import column
from phb.intake.importing import Kind

NHS_PAYS = (ShareRule(),)


@dataclass(frozen=True)
class NeedRow:
    """How much of one thing is needed."""

    code: str = column("the band or item, as the budget model names it", "day")
    quantity: Fraction = column("how much of it", "21")
    unit: Unit = column("what is counted", "hour")
    per: Per = column("how often", "week")
    on: date | None = column("for something needed once, the day", "2026-05-01", default=None)


@dataclass(frozen=True)
class AssessmentRow:
    """What somebody found that a person needs, and the days its indicative budget is set for."""

    reference: str = column("the commissioner's own reference", "A-0001")
    person: str = column("the person's reference", "P-0001")
    cohort: str = column("the cohort's code", "ADULT_CHC")
    assessed_on: date = column("the day of the assessment", "2026-02-16")
    assessed_by: str = column("who assessed", "Nurse assessor")
    needs: tuple[NeedRow, ...] = column("what is needed", '[{"code": "day", "quantity": "21", "unit": "hour"}]')
    start_on: date | None = column("the first day of the indicative budget", "2026-04-01", default=None)
    last_day: date | None = column("its last day; none is set when either is empty", "2027-03-31", default=None)


@dataclass(frozen=True)
class PotRow:
    """A way of holding some of the money."""

    reference: str = column("its name in the plan", "own-account")
    management: ManagementType = column("who holds it", "direct_payment")
    organisation: str | None = column("the third party that holds it", "ORG-05", default=None)


@dataclass(frozen=True)
class OutcomeRow:
    """Something the person wants."""

    reference: str = column("its name in the plan", "home")
    words: str = column("what the person wants, in their words", "I want to stay in my own home")


@dataclass(frozen=True)
class RiskRow:
    """What could go wrong, and what is then done."""

    words: str = column("what could go wrong", "An assistant is ill")
    response: str = column("what is then done", "The agency sends somebody")


@dataclass(frozen=True)
class ShareRow:
    """One funder's part of a line: a percentage, a sum, or the rest where both are empty."""

    fund: str = column("the funder's code", "council")
    percent: Fraction | None = column("the percentage it pays", "40", default=None)
    amount: Money | None = column("the sum it pays of the whole line", "1200.00", default=None)
    start_on: date | None = column("from when it holds; the line's first day when empty", "2026-10-01", default=None)


@dataclass(frozen=True)
class LineRow:
    """One service of the plan."""

    reference: str = column("its name in the plan", "care")
    outcome: str = column("the outcome it serves", "home")
    pot: str = column("the pot its money is in", "own-account")
    category: str = column("what it buys", "PERSONAL_CARE")
    words: str = column("what it buys, in words", "Help at home")
    quantity: Fraction = column("how many", "21")
    unit: Unit = column("of what", "hour")
    frequency: Frequency = column("how often", "week")
    start_on: date | None = column("its first day; the plan's when empty", "2026-04-01", default=None)
    last_day: date | None = column("its last day; the plan's when empty", "2027-03-31", default=None)
    need: str | None = column("the band or item that the rates price", "day", default=None)
    unit_price: Money | None = column("or the price of one, stated in the plan", "14.00", default=None)
    money: Money | None = column("what is set aside, where it is more than the cost", "25000.00", default=None)
    purpose: LinePurpose = column("what it is there for", "service", default=LinePurpose.SERVICE)
    referral_reason: str | None = column("why a referred category is right here", "", default=None)
    shares: tuple[ShareRow, ...] = column("who pays; the NHS alone when empty", '[{"fund": "nhs"}]', default=())


@dataclass(frozen=True)
class PlanRow:
    """A budget with its first care plan, as a draft to be signed off."""

    reference: str = column("the budget's reference", "B-0001")
    person: str = column("the person's reference", "P-0001")
    cohort: str = column("the cohort's code", "ADULT_CHC")
    care_setting: CareSetting = column("where the care is given", "home")
    start_on: date = column("the first day", "2026-04-01")
    last_day: date = column("the last day", "2027-03-31")
    review_on: date = column("the day of the review", "2026-06-29")
    care_coordinator: str = column("the sign-in name of the named care co-ordinator", "ann@northvale.example")
    contingency: str = column("what happens when the usual care breaks down", "Call the agency")
    training: str = column("who learns what", "Moving and handling, before the first shift")
    pots: tuple[PotRow, ...] = column("the ways of holding the money", "[...]")
    outcomes: tuple[OutcomeRow, ...] = column("what the person wants", "[...]")
    lines: tuple[LineRow, ...] = column("what is bought", "[...]")
    risks: tuple[RiskRow, ...] = column("what could go wrong", "[...]", default=())
    kind: BudgetKind = column("what the budget is", "personal_health_budget", default=BudgetKind.PERSONAL_HEALTH_BUDGET)
    assessment: str | None = column(
        "the assessment whose indicative budget for these days it is planned by", "A-0001", default=None
    )


@dataclass(frozen=True)
class AgreementRow:
    """Money of a plan line promised to a third party or by it."""

    reference: str = column("the commissioner's own reference", "AG-0001")
    budget: str = column("the budget's reference", "B-0001")
    line: str = column("the plan line's reference", "care")
    amount: Money = column("how much is promised", "4800.00")
    start_on: date = column("the first day it is for", "2026-04-01")
    last_day: date = column("the last day it is for; in the same financial year", "2026-09-30")
    words: str = column("what is promised", "Support worker, 15 hours a week")
    provider: str | None = column("the organisation; who holds the pot when empty", "ORG-05", default=None)
    expires_on: date | None = column("the last day it may be used; its last day when empty", "2026-10-31", default=None)


@dataclass(frozen=True)
class OrderRow(AgreementRow):
    """Money of a plan line promised: an order with a provider, or the rota of a person's own assistants."""

    kind: CommitmentKind = column("order or rota", "order", default=CommitmentKind.ORDER)
    category: str | None = column("what is bought, where it is not the line's category", "", default=None)
    referral_reason: str | None = column("why a referred category is right here", "", default=None)


def _assessment(uow: UnitOfWork, row: AssessmentRow) -> Change:
    put = assess(
        uow,
        lookups.person_id(uow, row.person),
        reference=row.reference,
        cohort_code=row.cohort,
        assessed_on=row.assessed_on,
        assessed_by=row.assessed_by,
        needs=[Need(need.code, need.quantity, need.unit, need.per, need.on) for need in row.needs],
    )
    if row.start_on is None or row.last_day is None:
        return put.change
    period = Period.of_days(row.start_on, row.last_day)
    if latest_indicative(uow.session, put.row.id, period):
        return put.change
    return set_indicative(uow, put.row.id, period).change


def _plan(uow: UnitOfWork, row: PlanRow) -> Change:
    plan = draft_of(uow, row)
    return propose(
        uow,
        lookups.person_id(uow, row.person),
        reference=row.reference,
        cohort_code=row.cohort,
        kind=row.kind,
        care_setting=row.care_setting,
        plan=plan,
        indicative_id=_indicative_id(uow, row, plan.period),
    ).change


def draft_of(uow: UnitOfWork, row: PlanRow) -> PlanDraft:
    """Return the plan that a row proposes."""
    return PlanDraft(
        period=Period.of_days(row.start_on, row.last_day),
        pots=tuple(
            PotDraft(pot.reference, pot.management, lookups.organisation_id(uow, pot.organisation)) for pot in row.pots
        ),
        outcomes=tuple(OutcomeDraft(outcome.reference, outcome.words) for outcome in row.outcomes),
        lines=tuple(_line(row, line) for line in row.lines),
        risks=tuple(RiskDraft(risk.words, risk.response) for risk in row.risks),
        contingency=row.contingency,
        training=row.training,
        review_on=row.review_on,
        care_coordinator_id=lookups.needed(
            lookups.user_id(uow, row.care_coordinator, "care_coordinator"), "care_coordinator"
        ),
    )


def _line(plan: PlanRow, line: LineRow) -> LineDraft:
    return LineDraft(
        reference=line.reference,
        outcome=line.outcome,
        pot=line.pot,
        category=line.category,
        words=line.words,
        period=Period.of_days(line.start_on or plan.start_on, line.last_day or plan.last_day),
        quantity=line.quantity,
        unit=line.unit,
        frequency=line.frequency,
        shares=tuple(map(_share, line.shares)) or NHS_PAYS,
        need=line.need,
        unit_price=line.unit_price,
        money=line.money,
        purpose=line.purpose,
        referral_reason=line.referral_reason,
    )


def _share(row: ShareRow) -> ShareRule:
    if row.percent is not None:
        return ShareRule(row.fund, ShareBasis.PERCENT, row.percent, row.amount, row.start_on)
    basis = ShareBasis.REST if row.amount is None else ShareBasis.FIXED
    return ShareRule(row.fund, basis, None, row.amount, row.start_on)


def _indicative_id(uow: UnitOfWork, row: PlanRow, period: Period) -> UUID | None:
    """Return the indicative budget a plan follows: the one it followed when it came before, else the newest."""
    if row.assessment is None:
        return None
    known = uow.session.scalar(
        select(PersonalHealthBudget.indicative_id).where(PersonalHealthBudget.reference == row.reference)
    )
    assessment_id = uow.session.scalar(select(Assessment.id).where(Assessment.reference == row.assessment))
    found: Sequence[UUID] = []
    if assessment_id is not None:
        found = [indicative.id for indicative in latest_indicative(uow.session, assessment_id, period)]
    return known if known in found else lookups.needed(next(iter(found), None), "assessment")


def _agreement(uow: UnitOfWork, row: AgreementRow) -> Change:
    return _raise(uow, row, _new(uow, row, CommitmentKind.AGREEMENT))


def _order(uow: UnitOfWork, row: OrderRow) -> Change:
    return _raise(uow, row, _new(uow, row, row.kind, category=row.category, referral_reason=row.referral_reason))


def _new(
    uow: UnitOfWork,
    row: AgreementRow,
    kind: CommitmentKind,
    *,
    category: str | None = None,
    referral_reason: str | None = None,
) -> NewCommitment:
    return NewCommitment(
        reference=row.reference,
        kind=kind,
        amount=row.amount,
        period=Period.of_days(row.start_on, row.last_day),
        words=row.words,
        provider_id=lookups.organisation_id(uow, row.provider, "provider"),
        category_code=category,
        referral_reason=referral_reason,
        expires_on=row.expires_on,
    )


def _raise(uow: UnitOfWork, row: AgreementRow, new: NewCommitment) -> Change:
    budget = lookups.budget(uow, row.budget)
    return raise_commitment(uow, lookups.plan_line_id(uow, budget.id, row.line), new).change


CO_ORDINATOR = "the person's care co-ordinator"
ASSESSMENTS = Kind(
    "assessments",
    "Assessments and their indicative budgets",
    CO_ORDINATOR,
    Permission.ASSESSMENT_WRITE,
    AssessmentRow,
    _assessment,
)
PLANS = Kind("plans", "Budgets with their care plans", CO_ORDINATOR, Permission.BUDGET_PREPARE, PlanRow, _plan)
AGREEMENTS = Kind(
    "agreements",
    "Agreements with third parties",
    "a finance officer",
    Permission.COMMITMENT_WRITE,
    AgreementRow,
    _agreement,
)
ORDERS = Kind("orders", "Orders and rotas", "a finance officer", Permission.COMMITMENT_WRITE, OrderRow, _order)
