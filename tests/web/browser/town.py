"""A commissioner where everybody has something to do, so that every page has something to show."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session, sessionmaker

from phb.budget.assessments.operations import set_indicative
from phb.budget.budgets import operations as budgets
from phb.budget.budgets import revisions
from phb.core import job_log
from phb.core.actor import Actor, Role
from phb.core.job_log import Due, Outcome
from phb.core.money import pounds
from phb.governance import delegation, policy
from phb.governance.jobs import VERIFY_BOOKS
from phb.intake.jobs.operations import request_import, run_waiting
from phb.journal_files.codes import NewCode, record_code
from phb.journal_files.operations import make_file
from phb.ledger import periods
from phb.ledger.chart import LAYERS, Layer
from phb.ledger.funders import ask_funders
from phb.payments.checks.operations import put_hold
from phb.payments.kinds import AccountUse, HoldKind
from phb.payments.payees.operations import propose_bank_account
from phb.payments.payees.paying import propose_paying_account
from phb.payments.runs.operations import approve_run, assemble_run, release_run
from phb.people.kinds import Basis, RelationKind, Scope, WithholdingGround
from phb.people.looks.operations import keep_look, withhold
from phb.people.operations import record_need
from phb.people.relations.rules import NewRelation
from phb.people.standing.operations import record_exclusion
from phb.spending.invoices.draft import NewInvoice, NewInvoiceLine
from phb.spending.invoices.operations import accept_invoice
from phb.spending.receipts.operations import attach_receipt
from phb.statements.operations import issue_statement
from tests.budget.conftest import YEAR, World, dates, stated
from tests.intake.jobs.conftest import organisations
from tests.payments.conftest import OTHER_DETAILS, Paying
from tests.people.conftest import APRIL, BY_THE_PERSON, Service, on_day
from tests.spending.conftest import Spender, usual_lines
from tests.spending.files import jpeg

TODAY = date(2026, 6, 15)
ENTRY_ON = date(2026, 6, 24)
MONEY = frozenset({Scope.BUDGET, Scope.SPEND, Scope.STATEMENTS})


@dataclass
class Town:
    """The commissioner on 15 June 2026, and who works or is cared for there."""

    paying: Paying
    spender: Spender
    people: dict[str, Actor]
    only_after_a_form: dict[str, list[str]]
    """Pages that a form alone leads to, by who opens them."""

    @property
    def world(self) -> World:
        """The world behind it."""
        return self.paying.world


def build(sessions: sessionmaker[Session]) -> Town:
    """Live a spring through the operations."""
    paying = Paying(World(Service(sessions)))
    world = paying.world
    estimate = world.do(world.coordinator, set_indicative, world.assessment().id, YEAR).row
    paying.paid_plan()
    paying.returned(paying.settled())
    world.on(date(2026, 5, 1))
    paying.exported(date(2026, 5, 6))
    spender = Spender(world, world.active(*usual_lines(), reference="B-SPENT"))
    spender.pay_in("3000.00")
    spender.pay_in("1000.00", "tp")
    people = _people(paying)
    world.on(TODAY)
    _agree(world)
    bought = _spend(paying, spender)
    _pay(paying)
    _invoice(paying, spender, "INV-2")
    _care(world)
    _govern(world)
    _close_months(paying)
    paying.do(paying.clerk, ask_funders, TODAY)
    _send_journals(paying)
    world.do(world.holder, issue_statement, spender.budget_id, dates("2026-05-01", "2026-05-31"), format_name="html")
    budget = f"/your-budgets/{spender.budget_id}"
    return Town(
        paying,
        spender,
        people,
        {
            "holder": [
                f"{budget}/spending/{bought}/recorded",
                f"{budget}/statements/2026-05-01/2026-05-31/html",
                f"{budget}/statements/other-days/html",
            ],
            "finance officer": [f"/payment-runs/new/{ENTRY_ON}", "/payees/new/holder"],
            "care co-ordinator": [f"/estimates/{estimate.id}"],
        },
    )


def _people(paying: Paying) -> dict[str, Actor]:
    world = paying.world
    broker = world.service.broker(world.person_id, *MONEY)
    return {
        "holder": world.holder,
        "representative": _acting(world, RelationKind.REPRESENTATIVE, Basis.APPOINTED),
        "advocate": _acting(world, RelationKind.ADVOCATE, Basis.CHOSEN),
        "third party": world.service.user(Role.THIRD_PARTY, world.third_party_id),
        "broker": broker,
        "care co-ordinator": world.coordinator,
        "clinician": world.clinician,
        "finance officer": paying.checker,
        "approver": paying.approver,
        "payments releaser": paying.releaser,
        "auditor": world.auditor,
        "administrator": world.service.named("bo"),
    }


def _acting(world: World, kind: RelationKind, basis: Basis) -> Actor:
    service, acting_id = world.service, world.service.person()
    scopes = MONEY | {Scope.DECISIONS} if kind is RelationKind.ADVOCATE else None
    new = NewRelation(kind, basis, service.today, acting_person_id=acting_id, scopes=scopes, consent=BY_THE_PERSON)
    service.relate(world.person_id, new)
    return service.user(kind.role, service.commissioner_id, person_id=acting_id)


def _agree(world: World) -> None:
    """Leave a budget and a change of one waiting at every step, and a budget that is above the approver's limit."""
    steps = (
        (world.coordinator, budgets.submit),
        (world.clinician, budgets.sign_off_clinically),
        (world.approver, budgets.sign_off_finance),
        (world.holder, budgets.agree),
    )
    later = dates("2026-08-01", "2027-03-31")
    for taken in range(len(steps) + 1):
        line = stated("care", f"{100 + taken}.00", period=later)
        row = world.propose(line, reference=f"B-STEP-{taken}", period=later, review_on=later.start_on)
        for actor, step in steps[:taken]:
            world.do(actor, step, row.id)
    large = world.propose(
        stated("care", "60000.00", period=later), reference="B-LARGE", period=later, review_on=later.start_on
    )
    for actor, step in steps[:2]:
        world.do(actor, step, large.id)
    changes = (
        (world.coordinator, revisions.submit_revision),
        (world.clinician, revisions.sign_off_revision_clinically),
        (world.approver, revisions.sign_off_revision_finance),
        (world.holder, revisions.agree_revision),
    )
    for taken in range(len(changes) + 1):
        days: dict[str, Any] = {"period": later, "review_on": later.start_on}
        budget_id = world.active(stated("care", "200.00", period=later), reference=f"B-CHANGE-{taken}", **days)
        plan = world.plan(stated("care", "300.00", period=later), **days)
        change = world.do(world.coordinator, revisions.revise, budget_id, plan, reason="More hours at night")
        for actor, done in changes[:taken]:
            world.do(actor, done, change.id)


def _spend(paying: Paying, spender: Spender) -> UUID:
    """Leave spend of every kind, with and without a receipt, and an invoice whose payment nobody asked for."""
    world = paying.world
    seen = spender.spend("12.50")
    world.do(world.holder, attach_receipt, seen.id, jpeg())
    spender.spend("60.00", words="Help at the weekend")
    spender.spend("8.00", line=None, category="TRANSPORT", words="A taxi")
    _invoice(paying, spender, "INV-1")
    paying.provider()
    _hold(paying, spender.budget_id)
    return seen.id


def _invoice(paying: Paying, spender: Spender, reference: str) -> None:
    days = dates("2026-05-01", "2026-05-31")
    line = NewInvoiceLine(spender.line_id("nurse"), pounds("200.00"), days, "Nurse visits in May")
    new = NewInvoice(paying.world.provider_id, reference, date(2026, 6, 1), (line,))
    paying.do(paying.clerk, accept_invoice, spender.budget_id, new)


def _hold(paying: Paying, budget_id: UUID) -> None:
    reason = "The statements of May are awaited"
    paying.do(paying.clerk, put_hold, budget_id, kind=HoldKind.HOLD, start_on=TODAY, reason=reason)


def _close_months(paying: Paying) -> None:
    """Leave April closed for good, and a colleague's wish to have it opened again."""
    paying.do(paying.clerk, periods.close, APRIL)
    paying.do(paying.clerk, periods.close_for_good, APRIL)
    paying.do(paying.clerk, periods.ask_to_reopen, APRIL, "An invoice of April came in June")


def _send_journals(paying: Paying) -> None:
    """Leave a file for the finance system; one code stands for all categories and funders."""
    for account, layer in LAYERS.items():
        if layer is Layer.ACTUAL:
            code = NewCode(account, APRIL, "100000", "40000000", "Chart of accounts")
            paying.do(paying.world.administrator, record_code, code)
    paying.do(paying.clerk, make_file, APRIL)


def _pay(paying: Paying) -> None:
    """Leave a run waiting at each step, instalments on hold, and bank details waiting for a second person."""
    do = paying.do
    held = paying.world.active(stated("care", "1300.00"), reference="B-HELD")
    paying.plan(paying.world.plan_of(held).pots[0].id)
    _hold(paying, held)
    for due_by, steps in (
        (date(2026, 5, 27), [(paying.approver, approve_run), (paying.releaser, release_run)]),
        (ENTRY_ON, [(paying.approver, approve_run)]),
        (date(2026, 7, 22), []),
    ):
        run = do(paying.clerk, assemble_run, entry_on=ENTRY_ON, due_by=due_by)
        for actor, step in steps:
            do(actor, step, run.id)
    do(paying.clerk, propose_bank_account, paying.payee_id, OTHER_DETAILS, use=AccountUse.DEDICATED)
    do(paying.clerk, propose_paying_account, OTHER_DETAILS, service_user_number="654321")


def _care(world: World) -> None:
    """Record a need and an exclusion, and let an agreement end soon."""
    world.do(world.coordinator, record_need, world.person_id, "easy_read", start_on=APRIL)
    somebody = world.service.person()
    world.do(world.coordinator, record_exclusion, somebody, ground="DRR", start_on=APRIL)


def _govern(world: World) -> None:
    """Leave a policy and a limit to confirm, a file with rows to mend, looks at a record and a job that ran."""
    ada, later = world.administrator, date(2026, 7, 1)
    world.do(ada, policy.propose, "tasks", {"agreement": 20}, effective_from=later, source="Board")
    world.do(ada, delegation.propose_limit, Role.APPROVER, pounds("75000.00"), effective_from=later, source="Board")
    world.do(world.service.named("bo"), request_import, "organisations", organisations(1, bad=1))
    run_waiting(world.service.sessions, clock=on_day(TODAY))
    for staff in (world.finance, world.auditor):
        with world.service.unit(staff) as uow:
            keep_look(uow, world.person_id, "person", world.person_id)
    world.do(
        world.coordinator,
        withhold,
        world.person_id,
        world.auditor.user_id,
        ground=WithholdingGround.CRIME,
        reason="Asked for by the police",
        review_on=later,
    )
    with world.service.unit(ada) as uow:
        due = Due(world.service.commissioner_id, VERIFY_BOOKS.name, uow.now)
        claim = job_log.claim(uow.session, due, now=uow.now, real_now=uow.now)
        assert claim is not None
        job_log.finish(uow.session, claim, Outcome("All 11 identities of the books hold."), uow.now)
