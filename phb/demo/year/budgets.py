"""How each budget of the demonstration comes about: assessed, planned, signed off, agreed, active, paid out."""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from uuid import UUID

from phb.budget import queries
from phb.budget.budgets import operations
from phb.budget.kinds import ManagementType
from phb.budget.plans.queries import PlanView
from phb.core.uow import UnitOfWork
from phb.demo.office import Office
from phb.demo.opening import FIRST_DAY, by_co_ordinator, co_ordinators
from phb.demo.year.diary import Diary
from phb.intake.files import RawRow
from phb.payments.payees.queries import payee_by_reference
from phb.payments.schedules.operations import plan_one_off, plan_schedule

# Days before a budget starts on which each step is taken, unless the demonstration begins later.
ASSESS, PLAN, SUBMIT, CLINICAL, FINANCE, AGREE, ACTIVATE = 28, 24, 22, 20, 17, 14, 10
STEPS = (ASSESS, PLAN, SUBMIT, CLINICAL, FINANCE, AGREE, ACTIVATE)
ONE_OFF_AFTER = timedelta(days=7)


@dataclass
class Course:
    """How one budget comes about; `agreed_by` is the sign-in name of the person or who represents them."""

    office: Office
    row: RawRow
    co_ordinator: str
    agreed_by: str
    paid_once: bool
    _id: UUID | None = field(default=None, init=False)

    @property
    def reference(self) -> str:
        """The budget's reference."""
        return self.row.cells["reference"]

    @property
    def start_on(self) -> date:
        """The first day of the budget."""
        return date.fromisoformat(self.row.cells["start_on"])

    def on(self, step: int) -> date:
        """Return the day on which a step is taken."""
        return max(self.start_on - timedelta(days=step), FIRST_DAY + timedelta(days=STEPS.index(step)))

    def write_into(self, diary: Diary) -> None:
        """Write every step into the diary that is taken of this budget alone."""
        staff = self.office.staff
        for step, by, operation in (
            (SUBMIT, self.co_ordinator, operations.submit),
            (CLINICAL, staff.clinician, operations.sign_off_clinically),
            (FINANCE, staff.approver, operations.sign_off_finance),
            (AGREE, self.agreed_by, operations.agree),
        ):
            diary.add(self.on(step), partial(self._do, by, operation))
        diary.add(self.on(ACTIVATE), self._activate)

    def budget_id(self) -> UUID:
        """Return the budget's id."""
        if self._id is None:
            with self.office.unit(self.office.staff.auditor) as uow:
                self._id = queries.budget_by_reference(uow.session, uow.actor, self.reference, uow.today).id
        return self._id

    def plan_now(self) -> PlanView:
        """Return the plan as it now is."""
        with self.office.unit(self.office.staff.auditor) as uow:
            return queries.plan_of(uow.session, uow.actor, self.budget_id(), uow.today)

    def payee(self, management: ManagementType) -> str:
        """Return the reference of who is paid the money of a pot."""
        holders = [
            pot.get("organisation") for pot in json.loads(self.row.cells["pots"]) if pot["management"] == management
        ]
        return f"PAY-{holders[0][4:]}" if holders and holders[0] else f"PAY-{self.reference[2:]}"

    def _do(self, by: str, operation: Callable[[UnitOfWork, UUID], object]) -> None:
        self.office.do(by, operation, self.budget_id())

    def _activate(self) -> None:
        self._do(self.office.staff.approver, operations.activate)
        if any(way in self.row.cells["pots"] for way in ("direct_payment", "third_party")):
            plan = self.plan_now()
            for pot in plan.pots:
                if pot.management_type.is_handed_over:
                    self._schedule(pot.id, pot.management_type, plan)

    def _schedule(self, pot_id: UUID, management: ManagementType, plan: PlanView) -> None:
        first = self.office.staff.finance[0]
        with self.office.unit(first) as uow:
            payee_id = payee_by_reference(uow.session, uow.actor, self.payee(management), uow.today).id
        if self.paid_once:
            due_on = self.start_on + ONE_OFF_AFTER
            words = "The whole budget, to be spent once"
            self.office.do(
                first, plan_one_off, pot_id, payee_id=payee_id, amount=plan.amount, due_on=due_on, reason=words
            )
            return
        lines = [line for line in plan.lines if line.pot.id == pot_id]
        for year in sorted({money.year for line in lines for money in line.years if money.amount.amount}):
            self.office.do(first, plan_schedule, pot_id, payee_id=payee_id, year=year)


def courses(office: Office) -> dict[str, Course]:
    """Return how every budget of a commissioner comes about, by reference."""
    known = co_ordinators(office)
    users = {row.cells["person"]: row.cells["sign_in_name"] for row in office.rows("users-of-people.csv", "users")}
    acting = {
        row.cells["person"]: row.cells["acting_person"]
        for row in office.rows("relations.csv", "relations")
        if row.cells["kind"] == "representative"
    }
    once = {row.cells["person"] for row in office.rows("payees.csv", "payees") if row.cells["use"] == "one_off"}
    found = {}
    for row in office.rows("plans.jsonl", "plans"):
        person = row.cells["person"]
        paid_once = person in once or row.cells["kind"] == "wheelchair"
        found[row.cells["reference"]] = Course(office, row, known[person], users[acting.get(person, person)], paid_once)
    return found


def write_into(diary: Diary, office: Office, found: Mapping[str, Course]) -> None:
    """Write how every budget comes about into the diary: what a co-ordinator assesses or plans on a day is one file."""
    assessments = {row.cells["reference"]: row for row in office.rows("assessments.jsonl", "assessments")}
    consents = {row.cells["person"]: row for row in office.rows("consents.csv", "consents")}
    assessed: defaultdict[tuple[date, str], list[RawRow]] = defaultdict(list)
    consented: defaultdict[date, list[RawRow]] = defaultdict(list)
    planned: defaultdict[tuple[date, str], list[RawRow]] = defaultdict(list)
    for course in found.values():
        cells = course.row.cells
        assessed[course.on(ASSESS), course.co_ordinator].append(assessments[cells["assessment"]])
        planned[course.on(PLAN), course.co_ordinator].append(course.row)
        if cells["person"] in consents:
            consented[course.on(ASSESS)].append(consents[cells["person"]])
    for (on, by), rows in assessed.items():
        diary.add(on, partial(office.take, "assessments", rows, by=by))
    for on, rows in consented.items():
        diary.add(on, partial(by_co_ordinator, office, "consents", rows))
    for (on, by), rows in planned.items():
        diary.add(on, partial(office.take, "plans", rows, by=by))
    for course in found.values():
        course.write_into(diary)
