"""A provider's invoice is spent and owed at once, paid once, and lowered by a reversal and what remains."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from phb.budget.commitments.draft import NewCommitment
from phb.budget.commitments.operations import BudgetNotActiveError, raise_commitment
from phb.budget.kinds import CommitmentKind
from phb.budget.plans.draft import AbsurdAmountError, WordsMissingError
from phb.budget.queries import BudgetNotFoundError, PlanLineNotFoundError
from phb.budget.reference.categories import BarredCategoryError, ReferredCategoryError, UnknownCategoryError
from phb.budget.written import KnownDifferentlyError
from phb.core.actor import MissingPermissionError, Role
from phb.core.errors import DomainError
from phb.core.money import from_pence, pounds
from phb.core.period import Period
from phb.governance.workflow import ReasonNeededError, WrongStateError
from phb.ledger.chart import Account
from phb.ledger.queries import balance_of
from phb.ledger.refusals import HandedOverError, TooLittleLeftError
from phb.payments.kinds import PayeeKind
from phb.payments.payees.operations import add_payee
from phb.payments.runs.following import PaidAlreadyError, cancel_payment, settle_due
from phb.people.kinds import Scope
from phb.people.saving import Change
from phb.spending.invoices import queries
from phb.spending.invoices.booking import LineOutsidePlanError
from phb.spending.invoices.credit_notes import NotLowerError, lower_invoice
from phb.spending.invoices.draft import NewInvoice, NewInvoiceLine, NoInvoiceLinesError
from phb.spending.invoices.models import ProviderInvoice
from phb.spending.invoices.operations import (
    PayeeMissingError,
    PaymentUnderWayError,
    UnknownProviderError,
    accept_invoice,
    request_payment,
)
from phb.spending.invoices.queries import InvoiceNotFoundError
from phb.spending.invoices.storing import InvoiceDayError
from phb.spending.kinds import InvoiceState
from phb.spending.promises import CommitmentElsewhereError
from tests.budget.conftest import World, dates, stated
from tests.payments.conftest import Paying
from tests.spending.conftest import JUNE, Spender

NIL = pounds("0")
IN_MAY = dates("2026-05-01", "2026-05-31")
FIRST_OF_JUNE = date(2026, 6, 1)
ENTRY, ENTRY_AGAIN = date(2026, 6, 17), date(2026, 6, 22)


def line_of(spender: Spender, amount: str = "200.00", **changes: Any) -> NewInvoiceLine:
    given: dict[str, Any] = {
        "plan_line_id": spender.line_id("nurse"),
        "covers": IN_MAY,
        "words": "Nurse visits in May",
    } | changes
    return NewInvoiceLine(amount=pounds(amount), **given)


def invoice_of(spender: Spender, *lines: NewInvoiceLine, **changes: Any) -> NewInvoice:
    given: dict[str, Any] = {
        "provider_id": spender.world.provider_id,
        "reference": "INV-1",
        "invoiced_on": FIRST_OF_JUNE,
        "lines": lines or (line_of(spender),),
    }
    return NewInvoice(**given | changes)


def accept(spender: Spender, *lines: NewInvoiceLine, actor: Any = None, **changes: Any) -> Any:
    who = actor or spender.world.finance
    put = spender.world.do(who, accept_invoice, spender.budget_id, invoice_of(spender, *lines, **changes))
    spender.assert_sound()
    return put


def owed(spender: Spender) -> Any:
    return -spender.ask(balance_of, Account.CREDITOR, budget_id=spender.budget_id)


def payee(spender: Spender) -> UUID:
    put = spender.world.do(
        spender.world.finance,
        add_payee,
        PayeeKind.PROVIDER,
        reference="PROV-1",
        organisation_id=spender.world.provider_id,
    )
    found: UUID = put.row.id
    return found


def order(spender: Spender, amount: str, period: Period = IN_MAY) -> UUID:
    new = NewCommitment(
        f"O-{amount}", CommitmentKind.ORDER, pounds(amount), period, "Nurse", provider_id=spender.world.provider_id
    )
    found: UUID = spender.world.do(spender.world.finance, raise_commitment, spender.line_id("nurse"), new).row.id
    return found


def shares(spender: Spender, row: ProviderInvoice) -> list[tuple[str, int]]:
    return [(share.fund, share.pence) for share in spender.ask(queries.shares_of_invoice, row.id)]


def test_an_accepted_invoice_is_spent_on_its_line_and_owed_by_each_funder(spender: Spender) -> None:
    row = accept(spender, line_of(spender, "200.01")).row
    assert (row.amount, row.happened_on) == (pounds("200.01"), date(2026, 5, 31))
    assert shares(spender, row) == [("council", 8000), ("nhs", 12001)]
    assert (spender.spent("nurse"), owed(spender)) == (pounds("200.01"), pounds("200.01"))


def test_it_uses_its_order_once_over_all_its_lines(spender: Spender) -> None:
    nurse = order(spender, "300.00")
    accept(spender, *(line_of(spender, "160.00", commitment_id=nurse, words=words) for words in ("One", "Two")))
    position = spender.world.line_position(spender.world.line_of(spender.budget_id, "nurse"))
    assert (position.committed, position.spent, position.available) == (NIL, pounds("320.00"), pounds("680.00"))


def test_care_inside_the_orders_days_uses_it_though_the_invoice_comes_later(spender: Spender) -> None:
    nurse = order(spender, "300.00")
    accept(spender, line_of(spender, "200.00", commitment_id=nurse), invoiced_on=JUNE)
    position = spender.world.line_position(spender.world.line_of(spender.budget_id, "nurse"))
    assert position.committed == pounds("100.00")


def test_an_invoice_paid_to_a_known_payee_is_asked_for_once(spender: Spender) -> None:
    payee(spender)
    row = accept(spender).row
    payment = spender.world.ask(spender.world.finance, queries.invoice, row.id, JUNE).payment
    assert payment is not None
    assert (payment.state, payment.amount, payment.due_on) == ("requested", pounds("200.00"), JUNE)
    with pytest.raises(PaidAlreadyError):
        spender.world.do(spender.world.finance, request_payment, row.id)


def test_without_a_payee_it_is_owed_and_asked_for_later(spender: Spender) -> None:
    row = accept(spender).row
    assert spender.ask(queries.payment_of, row.id) is None
    with pytest.raises(PayeeMissingError):
        spender.world.do(spender.world.finance, request_payment, row.id)
    payee(spender)
    payment = spender.world.do(spender.world.finance, request_payment, row.id, pay_by=date(2026, 6, 30))
    assert (payment.due_on, payment.amount) == (date(2026, 6, 30), pounds("200.00"))


def test_the_same_invoice_again_changes_nothing(spender: Spender) -> None:
    payee(spender)
    puts = [accept(spender) for _ in range(2)]
    assert [put.change for put in puts] == [Change.ADDED, Change.UNCHANGED]
    assert owed(spender) == pounds("200.00")


@pytest.mark.parametrize("changes", [{"invoiced_on": JUNE}, {"amount": "199.99"}])
def test_a_number_belongs_to_one_document_for_ever(spender: Spender, changes: dict[str, Any]) -> None:
    accept(spender)
    with pytest.raises(KnownDifferentlyError):
        accept(spender, line_of(spender, changes.pop("amount", "200.00")), **changes)
    assert owed(spender) == pounds("200.00")


@pytest.mark.parametrize(
    ("line", "changes", "error"),
    [
        ({"category": "ALCOHOL"}, {}, BarredCategoryError),
        ({"category": "COMMISSIONED_ELSEWHERE"}, {}, ReferredCategoryError),
        ({"category": "TRANSPORT"}, {}, LineOutsidePlanError),
        ({"category": "CHOCOLATE"}, {}, UnknownCategoryError),
        ({"covers": dates("2026-03-30", "2026-04-02")}, {}, LineOutsidePlanError),
        ({"amount": "1000.01"}, {}, TooLittleLeftError),
        ({"plan_line": "care"}, {}, HandedOverError),
        ({"plan_line_id": uuid4()}, {}, PlanLineNotFoundError),
        ({"commitment_id": uuid4()}, {}, CommitmentElsewhereError),
        ({}, {"provider_id": uuid4()}, UnknownProviderError),
        ({}, {"invoiced_on": date(2026, 6, 16)}, InvoiceDayError),
        ({}, {"invoiced_on": date(2026, 3, 31)}, InvoiceDayError),
        ({}, {"reference": " "}, WordsMissingError),
        ({"words": ""}, {}, WordsMissingError),
        ({"amount": "0.00"}, {}, AbsurdAmountError),
        ({"amount": "-5.00"}, {}, AbsurdAmountError),
        ({}, {"lines": ()}, NoInvoiceLinesError),
    ],
)
def test_what_does_not_fit_is_refused_whole(
    spender: Spender, line: dict[str, Any], changes: dict[str, Any], error: type[DomainError]
) -> None:
    if "plan_line" in line:
        line = {"plan_line_id": spender.line_id(line["plan_line"])}
    with pytest.raises(error):
        accept(spender, line_of(spender, line.pop("amount", "200.00"), **line), **changes)
    assert (owed(spender), spender.spent("nurse")) == (NIL, NIL)


def test_an_organisation_that_is_no_provider_sends_no_invoices(spender: Spender) -> None:
    with pytest.raises(UnknownProviderError):
        accept(spender, provider_id=spender.world.third_party_id)


def test_a_budget_that_is_not_active_takes_no_invoice(world: World) -> None:
    spender = Spender(world, world.agreed(stated("nurse", "100.00", pot="np", category="NURSING")))
    with pytest.raises(BudgetNotActiveError):
        accept(spender, line_of(spender, "1.00"), invoiced_on=date(2026, 4, 1))


def test_a_credit_note_lowers_it_and_asks_for_what_remains(spender: Spender) -> None:
    payee(spender)
    nurse = order(spender, "300.00")
    row = accept(spender, line_of(spender, commitment_id=nurse)).row
    left = line_of(spender, "150.00", commitment_id=nurse)
    put = lower(spender, row, left)
    assert (put.change, put.row.replaces_id, put.row.amount) == (Change.ADDED, row.id, pounds("150.00"))
    assert spender.ask(queries.payment_of, row.id).state == "cancelled"
    assert spender.ask(queries.payment_of, put.row.id).amount == pounds("150.00")
    assert (owed(spender), spender.spent("nurse")) == (pounds("150.00"), pounds("150.00"))
    position = spender.world.line_position(spender.world.line_of(spender.budget_id, "nurse"))
    # The order's last day has passed: what remains cannot use it again, and nothing stays promised.
    assert position.committed == NIL
    assert lower(spender, row, left).change is Change.UNCHANGED


def test_a_full_credit_leaves_nothing_owed(spender: Spender) -> None:
    row = accept(spender).row
    put = lower(spender, row)
    assert (put.row.amount, put.row.state) == (from_pence(0), InvoiceState.ACCEPTED)
    assert (owed(spender), spender.spent("nurse")) == (NIL, NIL)
    payee(spender)
    with pytest.raises(PaymentUnderWayError):
        spender.world.do(spender.world.finance, request_payment, put.row.id)


def lower(spender: Spender, row: ProviderInvoice, *lines: NewInvoiceLine, **changes: Any) -> Any:
    given: dict[str, Any] = {"reference": "CN-1", "credited_on": JUNE, "reason": "Two visits missed"} | changes
    put = spender.world.do(spender.world.finance, lower_invoice, row.id, lines=lines, **given)
    spender.assert_sound()
    return put


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"amount": "200.00"}, NotLowerError),
        ({"reason": ""}, ReasonNeededError),
        ({"reference": "INV-1"}, KnownDifferentlyError),
        ({"reference": ""}, WordsMissingError),
        ({"credited_on": date(2026, 7, 1)}, InvoiceDayError),
    ],
)
def test_a_credit_note_that_does_not_fit_is_refused(
    spender: Spender, changes: dict[str, Any], error: type[DomainError]
) -> None:
    row = accept(spender).row
    with pytest.raises(error):
        lower(spender, row, line_of(spender, changes.pop("amount", "10.00")), **changes)
    assert owed(spender) == pounds("200.00")


def test_a_lowered_invoice_is_not_lowered_again_but_its_credit_note_is(spender: Spender) -> None:
    row = accept(spender).row
    first = lower(spender, row, line_of(spender, "150.00")).row
    with pytest.raises(WrongStateError):
        lower(spender, row, line_of(spender, "10.00"), reference="CN-2")
    lower(spender, first, line_of(spender, "100.00"), reference="CN-2")
    assert owed(spender) == pounds("100.00")


def cancelled(paying: Paying, payment_id: UUID) -> None:
    paying.do(paying.clerk, cancel_payment, payment_id, reason="Asked for too early")


def in_run_again(paying: Paying, _payment_id: UUID) -> None:
    paying.reissue_requested(paying.settled(ENTRY))
    paying.assembled(ENTRY_AGAIN)


WAYS: dict[str, Callable[[Paying, UUID], object]] = {
    "cancelled": cancelled,
    "in_run": lambda paying, _: paying.assembled(ENTRY),
    "released": lambda paying, _: paying.exported(ENTRY),
    "settled": lambda paying, _: paying.settled(ENTRY),
    "came_back": lambda paying, _: paying.returned(paying.settled(ENTRY)),
    "reissue_requested": lambda paying, _: paying.reissue_requested(paying.settled(ENTRY)),
    "reissue_in_run": in_run_again,
    "given_up": lambda paying, _: paying.given_up(paying.settled(ENTRY)),
}


def accept_with_payment(spender: Spender, state: str) -> ProviderInvoice:
    """Accept an invoice of £200.00 and take its payment through real runs until it stands in a state."""
    paying = Paying(spender.world)
    paying.provider()
    row: ProviderInvoice = accept(spender).row
    WAYS[state](paying, spender.ask(queries.payment_of, row.id).id)
    assert spender.ask(queries.payment_of, row.id).state == state
    spender.assert_sound()
    return row


@pytest.mark.parametrize("state", ["in_run", "came_back", "reissue_requested", "reissue_in_run"])
def test_an_invoice_whose_payment_is_under_way_is_not_lowered(spender: Spender, state: str) -> None:
    row = accept_with_payment(spender, state)
    with pytest.raises(PaymentUnderWayError):
        lower(spender, row, line_of(spender, "10.00"))
    assert (owed(spender), spender.ask(queries.payment_of, row.id).state) == (pounds("200.00"), state)


@pytest.mark.parametrize("state", ["released", "settled"])
def test_what_remains_is_not_paid_again_once_the_money_has_left(spender: Spender, state: str) -> None:
    row = accept_with_payment(spender, state)
    left = lower(spender, row, line_of(spender, "10.00")).row
    assert spender.ask(queries.payment_of, left.id) is None
    with pytest.raises(PaymentUnderWayError):
        spender.world.do(spender.world.finance, request_payment, left.id)
    assert spender.ask(queries.payment_of, row.id).state == state
    spender.world.on(ENTRY)
    spender.world.do(spender.world.finance, settle_due, ENTRY)
    spender.assert_sound()
    # The provider got £200.00 and was owed £10.00: it has £190.00 to give back.
    assert owed(spender) == pounds("-190.00")


@pytest.mark.parametrize("state", ["cancelled", "given_up"])
def test_what_remains_is_asked_for_where_the_payment_ended_unpaid(spender: Spender, state: str) -> None:
    row = accept_with_payment(spender, state)
    left = lower(spender, row, line_of(spender, "10.00")).row
    payment = spender.ask(queries.payment_of, left.id)
    assert (payment.state, payment.amount, owed(spender)) == ("requested", pounds("10.00"), pounds("10.00"))
    assert spender.ask(queries.payment_of, row.id).state == state


@pytest.mark.parametrize("role", ["holder", "coordinator", "auditor", "approver", "clinician", "administrator"])
def test_only_finance_accepts_invoices(spender: Spender, role: str) -> None:
    with pytest.raises(MissingPermissionError):
        accept(spender, actor=getattr(spender.world, role))


def test_invoices_are_seen_by_who_may_see_the_spending(spender: Spender) -> None:
    world, row = spender.world, accept(spender).row
    for actor in (world.holder, world.auditor, world.service.broker(world.person_id, Scope.SPEND)):
        assert world.ask(actor, queries.invoice, row.id, JUNE).lines[0].words == "Nurse visits in May"
    stranger = world.service.user(Role.HOLDER, world.service.commissioner_id, person_id=world.service.person())
    for actor in (stranger, world.administrator, world.service.broker(world.person_id, Scope.RECORD)):
        with pytest.raises(InvoiceNotFoundError):
            world.ask(actor, queries.invoice, row.id, JUNE)
    another = World(type(world.service)(world.service.sessions))
    with pytest.raises(BudgetNotFoundError):
        another.do(another.finance, accept_invoice, spender.budget_id, invoice_of(spender))
