"""What waits for finance: for whom, since when, by when, in which order, and never for more than one reason."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session, sessionmaker

from phb.budget.budgets import operations as budgets
from phb.budget.budgets import revisions
from phb.budget.budgets.models import BudgetRevision
from phb.core.actor import Actor, MissingPermissionError, Role
from phb.core.money import pounds
from phb.core.period import Period
from phb.edge.paging import Page, page
from phb.governance import delegation, policy
from phb.monitoring.waiting.kinds import Waiting, WaitingKind, Whose
from phb.monitoring.waiting.queries import WaitingList, waiting_list
from phb.payments.kinds import AccountUse, PayeeKind
from phb.payments.payees.operations import confirm_bank_account, propose_bank_account
from phb.payments.runs.following import cancel_payment, reissue_payment
from phb.people.users.operations import grant_role
from phb.people.users.queries import user
from phb.spending.invoices.credit_notes import lower_invoice
from phb.spending.invoices.draft import NewInvoice, NewInvoiceLine
from phb.spending.invoices.operations import accept_invoice, request_payment
from phb.spending.invoices.queries import payment_of
from tests.budget.conftest import YEAR, World, dates, stated
from tests.payments.conftest import DETAILS, OTHER_DETAILS, Paying
from tests.people.conftest import APRIL, Service
from tests.spending.conftest import Spender, usual_lines

K = WaitingKind
JUNE, NOON = date(2026, 6, 1), 11  # the test's clock stands at noon in London, which is eleven in UTC
FROM_JUNE = dates("2026-06-01", "2027-03-31")
IN_MAY = dates("2026-05-01", "2026-05-31")


@pytest.fixture
def paying(vault_sessions: sessionmaker[Session]) -> Paying:
    """Return a commissioner that pays, on 1 April 2026."""
    return Paying(World(Service(vault_sessions)))


@pytest.fixture
def world(paying: Paying) -> World:
    """Return its world."""
    return paying.world


@pytest.fixture
def spender(world: World) -> Spender:
    """Return a budget in use, on 1 June 2026."""
    spender = Spender(world, world.active(*usual_lines()))
    spender.pay_in("3000.00")
    world.on(JUNE)
    return spender


def listed(world: World, actor: Actor, **options: Any) -> WaitingList:
    with world.service.unit(actor) as uow:
        return waiting_list(uow.session, actor, uow.today, **options)


def paged(world: World, actor: Actor, *, limit: int = 50, cursor: str | None = None, **options: Any) -> Page[Waiting]:
    with world.service.unit(actor) as uow:
        found = waiting_list(uow.session, actor, uow.today, **options)
        return page(uow.session, found.query, found.order, limit=limit, cursor=cursor)


def waits(world: World, actor: Actor, **options: Any) -> list[Waiting]:
    return list(paged(world, actor, **options).rows)


def kinds(world: World, actor: Actor, **options: Any) -> list[WaitingKind]:
    return [one.kind for one in waits(world, actor, **options)]


def to_sign_off(world: World, price: str = "5200.00", *, period: Period = YEAR, **changes: Any) -> UUID:
    """Have a budget signed off clinically today, and return its id."""
    budget_id = world.propose(stated("care", price, period=period), period=period, **changes).id
    world.do(world.coordinator, budgets.submit, budget_id)
    world.do(world.clinician, budgets.sign_off_clinically, budget_id)
    return budget_id


def change(world: World, budget_id: UUID, price: str) -> BudgetRevision:
    """Have a change of a budget signed off clinically today."""
    plan = world.plan(stated("care", price))
    row = world.do(world.coordinator, revisions.revise, budget_id, plan, reason="More is needed")
    world.do(world.coordinator, revisions.submit_revision, row.id)
    world.do(world.clinician, revisions.sign_off_revision_clinically, row.id)
    return row


def also(world: World, actor: Actor, role: Role) -> Actor:
    """Give somebody a second role, and return them as they act now."""
    with world.service.unit(world.administrator) as uow:
        grant_role(uow, actor.user_id, role, organisation_id=world.service.commissioner_id, start_on=APRIL)
        name = user(uow.session, uow.actor, actor.user_id).sign_in_name
    return world.service.named(name.split(".")[0])


def accepted(spender: Spender, reference: str = "INV-1", amount: str = "200.00") -> UUID:
    """Accept an invoice of 1 June for nurse visits in May."""
    line = NewInvoiceLine(spender.line_id("nurse"), pounds(amount), IN_MAY, "Nurse visits in May")
    new = NewInvoice(spender.world.provider_id, reference, JUNE, (line,))
    return spender.world.do(spender.world.finance, accept_invoice, spender.budget_id, new).row.id


def test_where_nothing_waits_the_list_is_empty(world: World) -> None:
    found = listed(world, world.approver)
    assert (waits(world, world.approver), found.counts, found.others) == ([], {}, 0)


def test_a_budget_that_is_signed_off_clinically_waits_for_the_approver(world: World) -> None:
    budget_id = to_sign_off(world, reference="B-1")
    (one,) = waits(world, world.approver)
    assert (one.kind, one.id, one.place_id, one.person_id) == (
        K.BUDGET_TO_SIGN_OFF,
        budget_id,
        budget_id,
        world.person_id,
    )
    assert (one.person, one.reference, one.value, one.whose) == ("Aled Example", "B-1", pounds("5200.00"), Whose.YOURS)
    assert one.since == datetime(2026, 4, 1, NOON, tzinfo=UTC)
    assert one.by_on == APRIL  # it starts today, which is before the ten days to decide are over


def test_a_budget_that_starts_later_has_the_days_that_policy_gives_to_decide(world: World) -> None:
    to_sign_off(world, period=FROM_JUNE)
    assert [one.by_on for one in waits(world, world.approver)] == [date(2026, 4, 11)]
    row = world.do(
        world.administrator,
        policy.propose,
        "finance",
        {"decide_within_days": 3, "pay_invoices_within_days": 30},
        effective_from=APRIL,
        source="Board",
    )
    world.do(world.service.named("bo"), policy.confirm, row.id)
    assert [one.by_on for one in waits(world, world.approver)] == [date(2026, 4, 4)]


def test_what_is_due_first_comes_first_whatever_its_kind(world: World) -> None:
    later = to_sign_off(world, period=dates("2026-04-09", "2027-03-31"))
    first = world.agreed(stated("care", "100.00"))
    last = to_sign_off(world, period=FROM_JUNE)
    found = waits(world, world.approver)
    assert [one.id for one in found] == [first, later, last]
    assert [one.by_on for one in found] == [APRIL, date(2026, 4, 9), date(2026, 4, 11)]


def test_the_list_is_read_page_by_page(world: World) -> None:
    ids = {to_sign_off(world) for _ in range(3)}
    first = paged(world, world.approver, limit=2)
    second = paged(world, world.approver, limit=2, cursor=first.next_cursor)
    assert ({one.id for one in (*first.rows, *second.rows)}, len(second.rows)) == (ids, 1)
    assert second.next_cursor is None


@pytest.mark.parametrize(("price", "yours"), [("49999.99", True), ("50000.00", True), ("50000.01", False)])
def test_what_is_above_the_readers_limit_waits_for_somebody_else(world: World, price: str, yours: bool) -> None:  # noqa: FBT001 - a case
    to_sign_off(world, price)
    assert len(waits(world, world.approver)) == yours
    apart = waits(world, world.approver, yours=False)
    assert [one.whose for one in apart] == ([] if yours else [Whose.OVER_YOUR_LIMIT])
    assert listed(world, world.approver).others == len(apart)


def test_a_limit_that_is_not_included_leaves_the_sum_itself_to_others(world: World) -> None:
    to_sign_off(world, "50000.00")
    value = {"measure": "agreed_total", "limit_included": False}
    row = world.do(
        world.administrator, policy.propose, "delegation", value, effective_from=APRIL, source="Scheme of delegation"
    )
    world.do(world.service.named("bo"), policy.confirm, row.id)
    assert kinds(world, world.approver, yours=False) == [K.BUDGET_TO_SIGN_OFF]


def test_an_approver_without_a_limit_signs_nothing_off(world: World) -> None:
    to_sign_off(world, "1.00")
    nil = world.do(
        world.administrator,
        delegation.propose_limit,
        Role.APPROVER,
        pounds("0.00"),
        effective_from=APRIL,
        source="Left",
        user_id=world.approver.user_id,
    )
    world.do(world.service.named("bo"), delegation.confirm_limit, nil.id)
    assert kinds(world, world.approver) == []
    assert kinds(world, world.approver, yours=False) == [K.BUDGET_TO_SIGN_OFF]


def test_what_somebody_proposed_themselves_is_not_theirs_to_decide(world: World) -> None:
    both = also(world, world.coordinator, Role.APPROVER)
    to_sign_off(world)
    assert kinds(world, both) == []
    assert [one.whose for one in waits(world, both, yours=False)] == [Whose.YOUR_OWN]


def test_an_agreed_budget_waits_to_be_made_active_whatever_it_is_worth(world: World) -> None:
    world.allow("1000000.00")
    world.agreed(stated("care", "60000.00"))
    world.allow("5.00")
    found = waits(world, world.approver)
    assert [(one.kind, one.value) for one in found] == [(K.BUDGET_TO_ACTIVATE, pounds("60000.00"))]


@pytest.mark.parametrize("state", ["draft", "submitted", "active"])
def test_a_budget_that_waits_for_somebody_else_is_not_here(world: World, state: str) -> None:
    budget_id = world.active() if state == "active" else world.propose().id
    if state == "submitted":
        world.do(world.coordinator, budgets.submit, budget_id)
    assert waits(world, world.approver) + waits(world, world.approver, yours=False) == []


def test_a_change_that_raises_the_value_waits_with_the_whole_value(world: World) -> None:
    budget_id = world.active(stated("care", "1000.00"), reference="B-1")
    row = change(world, budget_id, "1500.00")
    (one,) = waits(world, world.approver)
    assert (one.kind, one.id, one.place_id, one.reference) == (K.CHANGE_TO_SIGN_OFF, row.id, budget_id, "B-1")
    assert (one.value, one.detail, one.by_on) == (pounds("1500.00"), "More is needed", date(2026, 4, 11))


def test_a_change_that_raises_nothing_waits_for_the_person_and_not_for_finance(world: World) -> None:
    change(world, world.active(stated("care", "1000.00")), "900.00")
    assert waits(world, world.approver) == []


def test_a_change_above_the_limit_is_for_others_and_an_agreed_one_is_not(world: World) -> None:
    world.allow("1000000.00")
    row = change(world, world.active(stated("care", "1000.00")), "60000.00")
    world.allow("50000.00")
    assert [one.whose for one in waits(world, world.approver, yours=False)] == [Whose.OVER_YOUR_LIMIT]
    world.allow("1000000.00")
    world.do(world.approver, revisions.sign_off_revision_finance, row.id)
    world.do(world.holder, revisions.agree_revision, row.id)
    world.allow("50000.00")
    assert kinds(world, world.approver) == [K.CHANGE_TO_APPLY]


def test_spend_that_is_asked_about_waits_for_finance_with_the_reason(spender: Spender) -> None:
    row = spender.spend("40.00", line=None)
    (one,) = waits(spender.world, spender.world.finance)
    assert (one.kind, one.id, one.place_id) == (K.SPEND_ASKED_ABOUT, row.id, spender.budget_id)
    assert (one.value, one.detail, one.by_on) == (pounds("40.00"), row.reason, date(2026, 6, 11))
    assert waits(spender.world, spender.world.approver) == []


def test_spend_that_somebody_recorded_is_decided_by_another(spender: Spender) -> None:
    spender.put(spender.world.finance, "40.00", line=None)
    assert [one.whose for one in waits(spender.world, spender.world.finance, yours=False)] == [Whose.YOUR_OWN]


def test_an_invoice_waits_for_a_payee_then_for_a_run_and_then_no_more(spender: Spender, paying: Paying) -> None:
    invoice_id = accepted(spender)
    (one,) = waits(spender.world, spender.world.finance)
    assert (one.kind, one.id, one.reference, one.value) == (
        K.INVOICE_WITHOUT_PAYEE,
        invoice_id,
        "INV-1",
        pounds("200.00"),
    )
    assert one.by_on == date(2026, 7, 1)  # thirty days from 1 June
    paying.provider()
    assert kinds(spender.world, spender.world.finance) == [K.INVOICE_NOT_PAID]
    paying.do(spender.world.finance, request_payment, invoice_id)
    assert kinds(spender.world, spender.world.finance) == [K.INVOICE_NOT_PAID]
    paying.released(date(2026, 6, 8))
    assert kinds(spender.world, spender.world.finance) == []


def test_an_invoice_whose_payment_was_cancelled_waits_until_it_is_asked_for_again(
    spender: Spender, paying: Paying
) -> None:
    paying.provider()
    invoice_id = accepted(spender)
    with spender.world.service.unit(spender.world.finance) as uow:
        payment = payment_of(uow.session, invoice_id)
    assert payment is not None
    paying.do(spender.world.finance, cancel_payment, payment.id, reason="The account is closed")
    assert kinds(spender.world, spender.world.finance) == [K.INVOICE_NOT_PAID]
    paying.do(spender.world.finance, request_payment, invoice_id)
    paying.released(date(2026, 6, 8))
    assert kinds(spender.world, spender.world.finance) == []


def test_nobody_says_by_hand_that_a_payment_was_asked_for(spender: Spender) -> None:
    invoice_id = accepted(spender)
    with spender.world.service.unit(spender.world.finance) as uow, pytest.raises(ProgrammingError, match="permission"):
        uow.session.execute(
            text("UPDATE provider_invoice SET payment_asked_for = true WHERE id = :id"), {"id": invoice_id}
        )
    assert kinds(spender.world, spender.world.finance) == [K.INVOICE_WITHOUT_PAYEE]


def test_what_remains_of_a_paid_invoice_is_not_paid_again(spender: Spender, paying: Paying) -> None:
    paying.provider()
    document = accepted(spender)
    paying.exported(date(2026, 6, 8))
    for number, left in (("CN-1", "150.00"), ("CN-2", "120.00")):
        line = NewInvoiceLine(spender.line_id("nurse"), pounds(left), IN_MAY, "Nurse visits in May")
        document = paying.do(
            spender.world.finance,
            lower_invoice,
            document,
            reference=number,
            credited_on=JUNE,
            lines=(line,),
            reason="Fewer visits",
        ).row.id
        assert kinds(spender.world, spender.world.finance) == []


def test_what_remains_of_an_invoice_that_was_not_paid_waits(spender: Spender) -> None:
    document = accepted(spender)
    line = NewInvoiceLine(spender.line_id("nurse"), pounds("150.00"), IN_MAY, "Nurse visits in May")
    spender.world.do(
        spender.world.finance,
        lower_invoice,
        document,
        reference="CN-1",
        credited_on=JUNE,
        lines=(line,),
        reason="Fewer visits",
    )
    assert [(one.reference, one.value) for one in waits(spender.world, spender.world.finance)] == [
        ("CN-1", pounds("150.00"))
    ]


def test_new_bank_details_wait_for_a_second_person(paying: Paying) -> None:
    account = paying.do(
        paying.clerk, propose_bank_account, paying.payee_id, OTHER_DETAILS, use=AccountUse.DEDICATED
    ).row
    (one,) = waits(paying.world, paying.checker)
    assert (one.kind, one.id, one.place_id, one.value) == (K.ACCOUNT_TO_CONFIRM, account.id, paying.payee_id, None)
    assert (one.person, one.detail, one.by_on) == ("Aled Example", OTHER_DETAILS.account_number[-2:], date(2026, 4, 11))
    assert [one.whose for one in waits(paying.world, paying.clerk, yours=False)] == [Whose.YOUR_OWN]
    paying.do(paying.checker, confirm_bank_account, account.id)
    assert waits(paying.world, paying.checker) == []


def test_details_that_newer_ones_replaced_wait_for_nobody(paying: Paying) -> None:
    payee_id = paying.payee(PayeeKind.PROVIDER, organisation_id=paying.world.provider_id)
    for details in (OTHER_DETAILS, DETAILS):
        paying.do(paying.clerk, propose_bank_account, payee_id, details, use=AccountUse.ORGANISATION)
    (one,) = waits(paying.world, paying.checker)
    assert (one.detail, one.person) == (DETAILS.account_number[-2:], None)


def test_a_payment_that_came_back_waits_until_somebody_decides(paying: Paying) -> None:
    paying.paid_plan()
    run = paying.settled()
    payment = paying.returned(run)
    for actor in (paying.clerk, paying.approver):
        (one,) = waits(paying.world, actor)
        assert (one.kind, one.id, one.place_id) == (K.PAYMENT_CAME_BACK, payment.id, payment.id)
        assert (one.value, one.since) == (pounds("400.00"), datetime(2026, 4, 7, 23, tzinfo=UTC))
        assert one.by_on == date(2026, 4, 18)  # ten days after 8 April
    paying.do(paying.clerk, reissue_payment, payment.id, reason="The account is open again")
    assert waits(paying.world, paying.clerk) == []


def test_who_reads_the_books_and_decides_nothing_sees_what_waits_for_others(spender: Spender) -> None:
    to_sign_off(spender.world)
    spender.spend("40.00", line=None)
    found = listed(spender.world, spender.world.auditor, yours=False)
    assert (found.counts, found.others) == ({K.BUDGET_TO_SIGN_OFF: 1, K.SPEND_ASKED_ABOUT: 1}, 0)
    assert {one.whose for one in waits(spender.world, spender.world.auditor, yours=False)} == {Whose.OTHERS}


def test_who_does_not_read_the_books_is_refused(world: World) -> None:
    with pytest.raises(MissingPermissionError):
        waits(world, world.holder)


def test_another_commissioners_work_is_theirs(world: World) -> None:
    to_sign_off(world)
    elsewhere = World(Service(world.service.sessions))
    assert waits(elsewhere, elsewhere.approver) == []


def test_the_counts_are_of_everything_and_one_kind_can_be_read_alone(spender: Spender) -> None:
    paying_in = [spender.spend(f"{pounds_}.00", line=None) for pounds_ in (1, 2, 3)]
    accepted(spender)
    found = listed(spender.world, spender.world.finance, kind=K.INVOICE_WITHOUT_PAYEE)
    assert found.counts == {K.SPEND_ASKED_ABOUT: len(paying_in), K.INVOICE_WITHOUT_PAYEE: 1}
    assert kinds(spender.world, spender.world.finance, kind=K.INVOICE_WITHOUT_PAYEE) == [K.INVOICE_WITHOUT_PAYEE]


def test_more_that_waits_asks_the_database_no_more_often(world: World, engine: Engine) -> None:
    to_sign_off(world)
    with statements(engine) as few:
        waits(world, world.approver)
    for _ in range(3):
        to_sign_off(world)
    with statements(engine) as many:
        waits(world, world.approver)
    assert len(many) == len(few) > 0


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Collect the statements that are sent inside."""
    sent: list[str] = []

    def keep(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", keep)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", keep)
