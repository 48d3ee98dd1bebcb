"""A commissioner with rates, a model, limits and staff, and a person whose budget is agreed through the operations."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID, uuid4

from moneyed import Money
from sqlalchemy.orm import Session

from phb.budget import queries
from phb.budget.assessments.models import Assessment
from phb.budget.assessments.operations import assess
from phb.budget.budgets import operations as budgets
from phb.budget.budgets import revisions
from phb.budget.budgets.models import BudgetRevision, PersonalHealthBudget
from phb.budget.kinds import BudgetKind, CareSetting, Frequency, ManagementType, ShareBasis
from phb.budget.plans.draft import LineDraft, OutcomeDraft, PlanDraft, PotDraft, RiskDraft, ShareRule
from phb.budget.plans.queries import LineView, PlanView
from phb.budget.reference.operations import set_programme_budget
from phb.budget.setting.inputs import Need
from phb.budget.setting.model import BudgetModel
from phb.budget.setting.rates import Rate
from phb.budget.tariffs.operations import record_model, record_rate
from phb.core.actor import Actor, Role
from phb.core.money import pounds
from phb.core.period import Period, financial_year
from phb.core.uow import UnitOfWork
from phb.governance.delegation import confirm_limit, propose_limit
from phb.ledger import identities
from phb.ledger.queries import Position, position_of_budget, position_of_plan_line
from phb.people.kinds import OrganisationKind
from tests.people.conftest import Service

P = ParamSpec("P")
T = TypeVar("T")

YEAR = financial_year(2026)
NHS_PAYS = (ShareRule(percent=Fraction(100), basis=ShareBasis.PERCENT),)


def rate_json(code: str, amount: str, effective_from: str = "2026-04-01", **more: object) -> dict[str, Any]:
    """Describe an hourly price of the invented commissioner's card."""
    return {
        "code": code,
        "amount": amount,
        "unit": "hour",
        "effective_from": effective_from,
        "known_from": "2026-03-01",
        "source": "Northvale rate card",
    } | more


def model_json(version: str = "1", effective_from: str = "2026-04-01", **more: object) -> dict[str, Any]:
    """Describe a model: hours by day and by night, days over seven, two weeks of contingency."""
    bands = [{"band": band, "words": f"{band} care", "rate": band} for band in ("day", "night")]
    return {
        "code": "home-care",
        "version": version,
        "title": "Care at home",
        "source": "an invented board paper",
        "effective_from": effective_from,
        "round_by": "week",
        "steps": [
            {"type": "hours", "name": "care", "words": "care at home", "bands": bands},
            {"type": "contingency_weeks", "name": "spare", "words": "contingency", "weeks": "2", "of": ["care"]},
            {"type": "weeks_in_the_year", "name": "weeks", "words": "weeks", "method": {"type": "days_over_seven"}},
        ],
    } | more


def line(reference: str = "care", **changes: object) -> LineDraft:
    """Describe a line: ten hours of day care a week through 2026/27 by direct payment, priced by the rate card."""
    given: dict[str, Any] = {
        "outcome": "living",
        "pot": "dp",
        "category": "PERSONAL_CARE",
        "words": "Help at home",
        "period": YEAR,
        "quantity": Fraction(10),
        "unit": "hour",
        "frequency": Frequency.WEEK,
        "shares": NHS_PAYS,
        "need": "day",
    }
    if "unit_price" in changes:
        given |= {"need": None}
    return LineDraft(reference, **given | changes)


def stated(reference: str, price: str, **changes: object) -> LineDraft:
    """Describe a line with one stated price, needed once."""
    once = {"unit": "each", "frequency": Frequency.ONCE, "quantity": Fraction(1), "unit_price": pounds(price)}
    return line(reference, **once | changes)


@dataclass
class World:
    """One commissioner in 2026/27 with everybody a budget needs."""

    service: Service
    limit: str = "50000.00"
    person_id: UUID = field(init=False)

    def __post_init__(self) -> None:
        """Hire everybody, record rates and a model, set a limit and what the funders have."""
        staff = self.service.staff
        self.coordinator, self.clinician = self.service.coordinator, staff(Role.CLINICIAN)
        self.approver, self.finance = staff(Role.APPROVER), staff(Role.FINANCE_OFFICER)
        self.auditor = staff(Role.AUDITOR)
        self.administrator = self.service.administrator
        self.person_id = self.service.person()
        self.holder = self.service.user(Role.HOLDER, self.service.commissioner_id, person_id=self.person_id)
        self.third_party_id = self.service.organisation(OrganisationKind.THIRD_PARTY)
        self.provider_id = self.service.organisation(OrganisationKind.PROVIDER)
        for code, amount in (("day", "20.00"), ("night", "25.00")):
            self.do(self.administrator, record_rate, Rate.from_json(rate_json(code, amount)))
        self.do(self.administrator, record_model, BudgetModel.from_json(model_json()))
        self.allow(self.limit)
        for fund in ("nhs", "council"):
            self.do(
                self.finance, set_programme_budget, fund=fund, year=2026, amount=pounds("900000.00"), source="Board"
            )

    def do(
        self, actor: Actor, operation: Callable[Concatenate[UnitOfWork, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Do one operation as an actor in a unit of its own."""
        return self.service.do(actor, operation, *args, **kwargs)

    def ask(
        self, actor: Actor, query: Callable[Concatenate[Session, Actor, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Answer a query as an actor."""
        return self.service.ask(actor, query, *args, **kwargs)

    def on(self, day: date) -> None:
        """Let everything that follows happen on a day."""
        self.service.today = day

    def allow(self, limit: str) -> None:
        """Let approvers sign off up to a sum, proposed by one administrator and confirmed by another."""
        row = self.do(
            self.administrator,
            propose_limit,
            Role.APPROVER,
            pounds(limit),
            effective_from=date(2026, 4, 1),
            source="Scheme of delegation",
        )
        self.do(self.service.named("bo"), confirm_limit, row.id)

    def assessment(self, *needs: Need, reference: str = "A-1") -> Assessment:
        """Assess the person: ten hours of day care a week unless other needs are given."""
        put = self.do(
            self.coordinator,
            assess,
            self.person_id,
            reference=reference,
            cohort_code="ADULT_CHC",
            assessed_on=self.service.today,
            assessed_by="Nurse assessor",
            needs=needs or (Need("day", Fraction(10), "hour", "week"),),
        )
        return put.row

    def plan(self, *lines: LineDraft, **changes: Any) -> PlanDraft:
        """Describe a plan with a pot and an outcome for whatever its lines name."""
        bought = lines or (line(),)
        pots = {
            "dp": PotDraft("dp", ManagementType.DIRECT_PAYMENT),
            "np": PotDraft("np", ManagementType.NOTIONAL),
            "tp": PotDraft("tp", ManagementType.THIRD_PARTY, self.third_party_id),
        }
        plan = PlanDraft(
            period=YEAR,
            pots=tuple(pots[name] for name in dict.fromkeys(one.pot for one in bought) if name in pots),
            outcomes=tuple(
                OutcomeDraft(name, f"I want {name}") for name in dict.fromkeys(one.outcome for one in bought)
            ),
            lines=tuple(bought),
            risks=(RiskDraft("An assistant is ill", "The agency sends somebody"),),
            contingency="Call the co-ordinator",
            training="Moving and handling",
            review_on=date(2026, 7, 1),
            care_coordinator_id=self.coordinator.user_id,
        )
        return replace(plan, **changes)

    def propose(self, *lines: LineDraft, reference: str | None = None, **changes: object) -> PersonalHealthBudget:
        """Propose a budget by the care co-ordinator."""
        put = self.do(
            self.coordinator,
            budgets.propose,
            self.person_id,
            reference=reference or f"B-{uuid4().hex[:8]}",
            cohort_code="ADULT_CHC",
            kind=BudgetKind.PERSONAL_HEALTH_BUDGET,
            care_setting=CareSetting.HOME,
            plan=self.plan(*lines, **changes),
        )
        return put.row

    def agreed(self, *lines: LineDraft, **changes: Any) -> UUID:
        """Propose a budget and have everybody agree it."""
        budget_id = self.propose(*lines, **changes).id
        for actor, step in (
            (self.coordinator, budgets.submit),
            (self.clinician, budgets.sign_off_clinically),
            (self.approver, budgets.sign_off_finance),
            (self.holder, budgets.agree),
        ):
            self.do(actor, step, budget_id)
        return budget_id

    def active(self, *lines: LineDraft, **changes: object) -> UUID:
        """Make an agreed budget active."""
        budget_id = self.agreed(*lines, **changes)
        self.do(self.approver, budgets.activate, budget_id)
        return budget_id

    def changed(self, budget_id: UUID, *lines: LineDraft, finance: bool = True, **changes: object) -> BudgetRevision:
        """Have a change of an active budget agreed and applied."""
        revision = self.do(
            self.coordinator, revisions.revise, budget_id, self.plan(*lines, **changes), reason="Needs changed"
        )
        steps = (
            (self.coordinator, revisions.submit_revision),
            (self.clinician, revisions.sign_off_revision_clinically),
            *(((self.approver, revisions.sign_off_revision_finance),) if finance else ()),
            (self.holder, revisions.agree_revision),
            (self.approver, revisions.apply_revision),
        )
        for actor, step in steps:
            self.do(actor, step, revision.id)
        return revision

    def plan_of(self, budget_id: UUID) -> PlanView:
        """Return the plan of a budget as it now is."""
        return self.ask(self.auditor, queries.plan_of, budget_id, self.service.today)

    def line_of(self, budget_id: UUID, reference: str = "care") -> LineView:
        """Return one line of a budget's plan."""
        return next(one for one in self.plan_of(budget_id).lines if one.line.reference == reference)

    def budget(self, budget_id: UUID) -> PersonalHealthBudget:
        """Return a budget as it now is."""
        return self.ask(self.auditor, queries.budget, budget_id, self.service.today)

    def position(self, budget_id: UUID) -> Position:
        """Return where a budget's money stands."""
        with self.service.unit(self.auditor) as uow:
            return position_of_budget(uow.session, budget_id)

    def line_position(self, view: LineView, year: int = 2026) -> Position:
        """Return where a line's money of a year stands."""
        with self.service.unit(self.auditor) as uow:
            return position_of_plan_line(uow.session, view.line.id, year)

    def approved(self, budget_id: UUID) -> Money:
        """Return what the books have allocated to a budget."""
        return self.position(budget_id).approved

    def assert_sound(self) -> None:
        """Fail with the first identity of the books that does not hold."""
        with self.service.unit(self.auditor) as uow:
            assert [result for result in identities.verify(uow.session) if result.first_breach] == []


def dates(first: str, last: str) -> Period:
    """Return the days from one to another, both included."""
    return Period.of_days(date.fromisoformat(first), date.fromisoformat(last))
