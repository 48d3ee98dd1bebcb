"""What is left for a newcomer to do: on the last days things are begun and, on purpose, not brought to an end.

Budgets that start in April are there in every state by themselves, and so is spend that nobody has decided on yet.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from functools import partial
from itertools import islice

from phb.budget.budgets import revisions
from phb.budget.kinds import Frequency
from phb.budget.plans.draft import LineDraft, PlanDraft
from phb.core.actor import Role
from phb.core.money import pounds
from phb.core.period import Period
from phb.demo.office import Office
from phb.demo.year.budgets import Course
from phb.demo.year.changes import draft_now
from phb.demo.year.diary import Diary
from phb.demo.year.paying import Payments
from phb.governance import delegation, policy
from phb.intake.kinds.budget import NHS_PAYS
from phb.payments.kinds import AccountUse
from phb.payments.payees.details import BankDetails
from phb.payments.payees.operations import propose_bank_account
from phb.payments.payees.queries import payee_by_reference

PROPOSED_ON = date(2027, 3, 30)
NEXT_REVIEW = PROPOSED_ON + timedelta(days=77)
APPROVED, ASSEMBLED = date(2027, 4, 2), date(2027, 4, 9)  # entry days of runs that nobody has taken further
RUNS_ON = date(2027, 6, 30)
NEW_ACCOUNT = ("08-99-99", "66374958", "M New Account")


def write_into(diary: Diary, office: Office, found: Mapping[str, Course], payments: Payments) -> None:
    """Write into the diary what is begun and not ended."""
    administrator = office.staff.administrators[1]
    waiting = islice(_long_running(found), 3)
    for course, steps in zip(waiting, (0, 1, 2), strict=False):
        diary.add(PROPOSED_ON, partial(_propose, course, steps))
    diary.add(PROPOSED_ON, partial(payments.assemble, APPROVED, approve=True))
    diary.add(PROPOSED_ON, partial(payments.comes_back, PROPOSED_ON))
    diary.add(PROPOSED_ON + timedelta(days=1), partial(payments.assemble, ASSEMBLED, approve=False))
    diary.add(PROPOSED_ON, partial(_propose_account, office, found))
    diary.add(
        PROPOSED_ON,
        partial(
            office.do,
            administrator,
            policy.propose,
            "spending",
            {"evidence_not_needed_below": "15.00", "largest_single_spend": "20000.00"},
            effective_from=date(2027, 5, 1),
            source="Northvale finance committee, 25 March 2027 (invented)",
        ),
    )
    diary.add(
        PROPOSED_ON,
        partial(
            office.do,
            administrator,
            delegation.propose_limit,
            Role.APPROVER,
            pounds("70000.00"),
            effective_from=date(2027, 5, 1),
            source="Scheme of delegation 2027 (invented)",
        ),
    )


def with_swimming(plan: PlanDraft) -> PlanDraft:
    """Add something to look forward to."""
    swimming = LineDraft(
        reference="swimming",
        outcome=plan.outcomes[0].reference,
        pot=plan.pots[0].reference,
        category="ACTIVITIES",
        words="Swimming every week, and the taxi there",
        period=Period(date(2027, 4, 5), plan.period.end_on),
        quantity=Fraction(1),
        unit="each",
        frequency=Frequency.WEEK,
        shares=NHS_PAYS,
        unit_price=pounds("18.50"),
    )
    return replace(plan, lines=(*plan.lines, swimming), review_on=NEXT_REVIEW)


def _long_running(found: Mapping[str, Course]) -> Iterator[Course]:
    """Yield budgets that are active on the last days and run on into the summer, all of it handed over."""
    for course in found.values():
        cells = course.row.cells
        runs_on = date.fromisoformat(cells["last_day"]) > RUNS_ON and course.start_on < PROPOSED_ON
        if runs_on and '"notional"' not in cells["pots"]:
            yield course


def _propose(course: Course, steps: int) -> None:
    """Propose a change of a budget and take so many steps: it waits for the clinician, for finance, or the person."""
    office = course.office
    by, staff = course.co_ordinator, office.staff
    plan = with_swimming(draft_now(course))
    row = office.do(by, revisions.revise, course.budget_id(), plan, reason="A place at the pool came free")
    office.do(by, revisions.submit_revision, row.id)
    if steps >= 1:
        office.do(staff.clinician, revisions.sign_off_revision_clinically, row.id)
    if steps > 1:
        office.do(staff.approver, revisions.sign_off_revision_finance, row.id)


def _propose_account(office: Office, found: Mapping[str, Course]) -> None:
    """Enter new bank details of the first person who is paid; somebody else is to confirm them."""
    references = {row.cells["person"]: row.cells["reference"] for row in office.rows("payees.csv", "payees")}
    paid = next(course for course in found.values() if references.get(course.row.cells["person"]))
    first = office.staff.finance[0]
    with office.unit(first) as uow:
        payee = payee_by_reference(uow.session, uow.actor, references[paid.row.cells["person"]], uow.today)
        propose_bank_account(uow, payee.id, BankDetails(*NEW_ACCOUNT), use=AccountUse.DEDICATED)
