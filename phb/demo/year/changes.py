"""What does not go by plan: payments come back, questions are decided, budgets are raised and lowered."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from functools import partial
from itertools import islice
from uuid import UUID

from phb.budget.budgets import revisions
from phb.budget.kinds import Frequency, ManagementType
from phb.budget.plans.draft import LineDraft, PlanDraft
from phb.budget.plans.queries import lines_of
from phb.core.money import pounds
from phb.core.period import Period
from phb.demo.office import Office
from phb.demo.year.budgets import Course
from phb.demo.year.diary import Diary
from phb.demo.year.paying import Payments
from phb.intake.columns import parse_row
from phb.intake.kinds.budget import NHS_PAYS, PlanRow, draft_of
from phb.payments.payees.queries import payee_by_reference
from phb.payments.schedules.operations import replan_schedule
from phb.spending.kinds import ReasonCode
from phb.spending.records.decisions import accept_after_all, put_back
from phb.spending.records.queries import pending_questions

PUT_BACK = frozenset({"ALCOHOL", "TOBACCO"})
ACCEPTED = frozenset({"THERAPY"})
DECIDED_ON = (date(2026, 9, 10), date(2026, 12, 10), date(2027, 3, 10))
LOWERED_ON, RAISED_ON = date(2026, 6, 16), date(2026, 9, 15)
NEXT_REVIEW = date(2026, 12, 14)


def write_into(diary: Diary, office: Office, found: Mapping[str, Course], payments: Payments) -> None:
    """Write what does not go by plan into the diary."""
    payments.come_back_before(diary, date(2026, 5, 14))
    payments.come_back_after(diary, date(2026, 8, 17))
    for day in DECIDED_ON:
        diary.add(day, partial(decide, office, day))
    lowered, raised = islice(_with_assistants(found), 2)
    diary.add(LOWERED_ON, partial(change, lowered, lower, "Fewer spare days are needed"))
    diary.add(RAISED_ON, partial(change, raised, raise_, "Nights are needed from October"))


def decide(office: Office, on: date) -> None:
    """Decide on what is asked about: some was put back, some is accepted on the spare money, the rest waits."""
    decider = office.staff.finance[1]
    with office.unit(decider) as uow:
        waiting = uow.session.scalars(pending_questions(uow.actor, uow.today)).all()
    for row in waiting:
        if row.category_code in PUT_BACK and row.reason_code == ReasonCode.BARRED_CATEGORY:
            office.do(decider, put_back, row.id, put_back_on=on, reason="The money is back in the account")
        line_id = _spare_line(office, row.budget_id)
        if row.category_code in ACCEPTED and line_id is not None:
            office.do(decider, accept_after_all, row.id, reason="The physiotherapist advised it", plan_line_id=line_id)


def change(course: Course, changed: Callable[[PlanDraft], PlanDraft], reason: str) -> None:
    """Change an active budget: proposed, signed off twice, agreed, applied, and the instalments planned again."""
    office, staff = course.office, course.office.staff
    draft = changed(draft_now(course))
    row = office.do(
        course.co_ordinator, revisions.revise, course.budget_id(), replace(draft, review_on=NEXT_REVIEW), reason=reason
    )
    for by, step in (
        (course.co_ordinator, revisions.submit_revision),
        (staff.clinician, revisions.sign_off_revision_clinically),
        (staff.approver, revisions.sign_off_revision_finance),
        (course.agreed_by, revisions.agree_revision),
        (staff.approver, revisions.apply_revision),
    ):
        office.do(by, step, row.id)
    _replan(course, reason)


def draft_now(course: Course) -> PlanDraft:
    """Return a budget's plan as its file has it, to be changed."""
    with course.office.unit(course.co_ordinator) as uow:
        return draft_of(uow, parse_row(PlanRow, course.row.cells))


def lower(plan: PlanDraft) -> PlanDraft:
    """Halve the spare money."""
    return replace(
        plan,
        lines=tuple(
            replace(line, unit_price=pounds("300.00")) if line.reference == "spare" else line for line in plan.lines
        ),
    )


def raise_(plan: PlanDraft) -> PlanDraft:
    """Add nights from October on."""
    nights = LineDraft(
        reference="nights",
        outcome=plan.outcomes[0].reference,
        pot=plan.pots[0].reference,
        category="NIGHT_CARE",
        words="Nights when my family is away",
        period=Period(date(2026, 10, 1), plan.period.end_on),
        quantity=Fraction(8),
        unit="hour",
        frequency=Frequency.WEEK,
        shares=NHS_PAYS,
        unit_price=pounds("15.20"),
    )
    return replace(plan, lines=(*plan.lines, nights))


def _with_assistants(found: Mapping[str, Course]) -> Iterator[Course]:
    """Yield the budgets of people who employ assistants and have spare money for when one is ill."""
    for course in found.values():
        if '"spare"' in course.row.cells["lines"] and course.start_on < LOWERED_ON + timedelta(days=60):
            yield course


def _replan(course: Course, reason: str) -> None:
    first = course.office.staff.finance[0]
    for pot in course.plan_now().pots:
        if pot.management_type is ManagementType.DIRECT_PAYMENT:
            with course.office.unit(first) as uow:
                reference = course.payee(pot.management_type)
                payee_id = payee_by_reference(uow.session, uow.actor, reference, uow.today).id
            course.office.do(first, replan_schedule, pot.id, payee_id=payee_id, year=2026, reason=reason)


def _spare_line(office: Office, budget_id: UUID) -> UUID | None:
    with office.unit(office.staff.auditor) as uow:
        return next((line.id for line in lines_of(uow.session, budget_id) if line.reference == "spare"), None)
