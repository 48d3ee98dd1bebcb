"""How each budget of the demonstration comes about: assessed, planned, signed off, agreed, active, paid out."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from phb.budget import queries
from phb.budget.budgets import operations
from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.kinds import ManagementType
from phb.budget.plans.queries import PlanView
from phb.demo.diary import Diary
from phb.demo.office import Office
from phb.demo.opening import FIRST_DAY, LAST_DAY, by_co_ordinator, co_ordinators
from phb.intake.files import RawRow
from phb.payments.payees.queries import payee_by_reference
from phb.payments.schedules.operations import plan_one_off, plan_schedule

# Days before a budget starts on which each step is taken, unless the demonstration begins later.
ASSESS, PLAN, CLINICAL, FINANCE, AGREE, ACTIVATE = 28, 24, 21, 18, 14, 12
ONE_OFF_AFTER = timedelta(days=7)


@dataclass(frozen=True)
class Course:
    """How one budget comes about; `agreed_by` is the sign-in name of the person or who represents them."""

    office: Office
    row: RawRow
    co_ordinator: str
    agreed_by: str

    @property
    def reference(self) -> str:
        """The budget's reference."""
        return self.row.cells["reference"]

    @property
    def start_on(self) -> date:
        """The first day of the budget."""
        return date.fromisoformat(self.row.cells["start_on"])

    def write_into(self, diary: Diary) -> None:
        """Write every step into the diary."""
        staff = self.office.staff
        for order, (before, deed) in enumerate(
            (
                (ASSESS, self._assess),
                (PLAN, self._plan),
                (CLINICAL, lambda: self._step(staff.clinician, "sign_off_clinically")),
                (FINANCE, lambda: self._step(staff.approver, "sign_off_finance")),
                (AGREE, lambda: self._step(self.agreed_by, "agree")),
                (ACTIVATE, self._activate),
            )
        ):
            on = max(self.start_on - timedelta(days=before), FIRST_DAY + timedelta(days=order))
            if on <= LAST_DAY:
                diary.add(on, deed)

    def budget_id(self) -> UUID:
        """Return the budget's id."""
        return self._budget().id

    def plan_now(self) -> PlanView:
        """Return the plan as it now is."""
        found = self._budget()
        with self.office.unit(self.office.staff.auditor) as uow:
            return queries.plan_of(uow.session, uow.actor, found.id, uow.today)

    def payee(self, management: ManagementType) -> str:
        """Return the reference of who is paid the money of a pot."""
        return "PAY-HOLDS" if management is ManagementType.THIRD_PARTY else f"PAY-{self.reference[2:]}"

    def _assess(self) -> None:
        wanted = self.row.cells["assessment"]
        rows = self.office.rows("assessments.jsonl", "assessments")
        self.office.take("assessments", [row for row in rows if row.cells["reference"] == wanted], by=self.co_ordinator)
        person = self.row.cells["person"]
        consents = [row for row in self.office.rows("consents.csv", "consents") if row.cells["person"] == person]
        if consents:
            by_co_ordinator(self.office, "consents", consents)

    def _plan(self) -> None:
        self.office.take("plans", [self.row], by=self.co_ordinator)
        self._step(self.co_ordinator, "submit")

    def _step(self, by: str, step: str) -> None:
        self.office.do(by, getattr(operations, step), self.budget_id())

    def _activate(self) -> None:
        self._step(self.office.staff.approver, "activate")
        plan = self.plan_now()
        for pot in plan.pots:
            if pot.management_type.is_handed_over:
                self._schedule(pot.id, pot.management_type, plan)

    def _schedule(self, pot_id: UUID, management: ManagementType, plan: PlanView) -> None:
        first = self.office.staff.finance[0]
        reference = self.payee(management)
        with self.office.unit(first) as uow:
            payee_id = payee_by_reference(uow.session, uow.actor, reference, uow.today).id
        if self._is_paid_once(reference):
            due_on = self.start_on + ONE_OFF_AFTER
            amount = plan.amount
            words = "The whole budget, to be spent once"
            self.office.do(first, plan_one_off, pot_id, payee_id=payee_id, amount=amount, due_on=due_on, reason=words)
            return
        lines = [line for line in plan.lines if line.pot.id == pot_id]
        for year in sorted({money.year for line in lines for money in line.years if money.amount.amount}):
            self.office.do(first, plan_schedule, pot_id, payee_id=payee_id, year=year)

    def _is_paid_once(self, payee: str) -> bool:
        rows = self.office.rows("payees.csv", "payees")
        return any(row.cells["reference"] == payee and row.cells["use"] == "one_off" for row in rows)

    def _budget(self) -> PersonalHealthBudget:
        with self.office.unit(self.office.staff.auditor) as uow:
            return queries.budget_by_reference(uow.session, uow.actor, self.reference, uow.today)


def courses(office: Office) -> dict[str, Course]:
    """Return how every budget of a commissioner comes about, by reference."""
    known = co_ordinators(office)
    users = {row.cells["person"]: row.cells["sign_in_name"] for row in office.rows("users-of-people.csv", "users")}
    acting = {
        row.cells["person"]: row.cells["acting_person"]
        for row in office.rows("relations.csv", "relations")
        if row.cells["kind"] == "representative"
    }
    found = {}
    for row in office.rows("plans.jsonl", "plans"):
        person = row.cells["person"]
        agreed_by = users[acting.get(person, person)]
        found[row.cells["reference"]] = Course(office, row, known[person], agreed_by)
    return found
