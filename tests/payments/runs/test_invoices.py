"""An accepted invoice is paid once, to its own provider, by the shares its acceptance booked."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from phb.core.money import pounds
from phb.core.period import Period
from phb.ledger import events, posting
from phb.ledger.chart import Account
from phb.ledger.entry import CreditorShare, Heading, Share, Source
from phb.payments.runs import following
from phb.payments.runs.models import Instruction
from phb.payments.workflow import InstructionState
from tests.budget.conftest import stated
from tests.payments.conftest import Paying

EIGHTH = date(2026, 4, 8)
CARE = Period(date(2026, 4, 1), date(2026, 4, 5))


class Invoices:
    """A provider with an account, and a notional budget whose invoices it sends."""

    def __init__(self, paying: Paying) -> None:
        self.paying = paying
        self.budget_id = paying.world.active(stated("care", "900.00", pot="np"))
        self.payee_id = paying.provider()

    def accept(self, amount: str = "250.00") -> tuple[UUID, list[CreditorShare]]:
        """Book an accepted invoice, and return it with what is owed."""
        invoice_id = uuid4()
        provider = self.paying.world.provider_id
        line = self.paying.world.line_of(self.budget_id)
        (portion,) = [type(part)(part.place, Share(part.share.fund, pounds(amount))) for part in line.portions()]
        heading = Heading(date(2026, 4, 1), "Invoice accepted", Source("invoice", invoice_id))
        with self.paying.world.service.unit(self.paying.clerk) as uow:
            posting.post(uow, events.invoice_accepted(heading, [portion], provider))
        return invoice_id, [CreditorShare(self.budget_id, provider, 2026, portion.share)]

    def request(self, invoice_id: UUID, shares: list[CreditorShare], payee_id: UUID | None = None) -> Instruction:
        """Ask for it to be paid."""
        row: Instruction = self.paying.do(
            self.paying.clerk,
            following.request_invoice_payment,
            invoice_id,
            shares,
            payee_id or self.payee_id,
            due_on=EIGHTH,
            covers=CARE,
        )
        return row


def test_an_invoice_is_paid_through_a_run(paying: Paying) -> None:
    invoices = Invoices(paying)
    row = invoices.request(*invoices.accept())
    run = paying.settled()
    (payment,) = paying.payments(run)
    assert (payment.id, payment.state, run.total) == (row.id, InstructionState.SETTLED, pounds("250"))
    assert paying.balance(Account.CREDITOR) == pounds("0")
    paying.assert_sound()
    back = paying.returned(run)
    paying.assert_sound()
    assert paying.balance(Account.CREDITOR) == pounds("-250")
    paying.do(paying.approver, following.give_up_payment, back.id, reason="Paid twice by mistake")
    paying.assert_sound()


def test_an_invoice_is_paid_once_and_again_only_after_it_was_given_up(paying: Paying) -> None:
    invoices = Invoices(paying)
    invoice_id, shares = invoices.accept()
    row = invoices.request(invoice_id, shares)
    with pytest.raises(following.PaidAlreadyError):
        invoices.request(invoice_id, shares)
    cancelled = paying.do(paying.clerk, following.cancel_payment, row.id, reason="Wrong provider")
    assert cancelled.state == InstructionState.CANCELLED
    assert invoices.request(invoice_id, shares).id != row.id


def test_an_invoice_goes_to_who_it_is_owed_to(paying: Paying) -> None:
    invoices = Invoices(paying)
    with pytest.raises(following.NotTheCreditorError):
        invoices.request(*invoices.accept(), payee_id=paying.payee_id)


def test_an_invoice_of_two_budgets_names_neither(paying: Paying) -> None:
    invoices = Invoices(paying)
    invoice_id, shares = invoices.accept()
    other = Invoices.__new__(Invoices)
    other.paying, other.payee_id = paying, invoices.payee_id
    other.budget_id = paying.world.active(stated("care", "900.00", pot="np"))
    _, more = other.accept("50.00")
    row = paying.do(
        paying.clerk,
        following.request_invoice_payment,
        invoice_id,
        [*shares, *more],
        invoices.payee_id,
        due_on=EIGHTH,
    )
    assert (row.budget_id, row.amount, row.covers) == (None, pounds("300"), None)
    paying.settled()
    paying.assert_sound()


def test_the_database_refuses_shares_that_do_not_add_up(paying: Paying) -> None:
    invoices = Invoices(paying)
    row = invoices.request(*invoices.accept())
    statement = (
        "INSERT INTO instruction_share (commissioner_id, instruction_id, ordinal, budget_id, counterparty_id, year,"
        " fund, amount_pence) VALUES (:c, :i, 2, :b, :b, 2026, 'nhs', 1)"
    )
    values = {"c": row.commissioner_id, "i": row.id, "b": row.budget_id}
    with pytest.raises(ProgrammingError, match="do not add up"), paying.world.service.unit(paying.clerk) as uow:
        uow.session.execute(text(statement), values)
