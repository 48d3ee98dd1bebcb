"""The database keeps at each invoice whether its payment was asked for: for invoices that were there, and from then on.

Bare rows in a database of its own, where only these triggers are on: whatever writes payments, the column follows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from sqlalchemy import URL, Connection, text

from phb.core.database import make_engine
from phb.core.migration import upgrade

BEFORE = "0012"
ONLY_THESE = (
    "ALTER TABLE provider_invoice ENABLE ALWAYS TRIGGER provider_invoice_begins",
    "ALTER TABLE instruction ENABLE ALWAYS TRIGGER instruction_asks",
    "ALTER TABLE instruction ENABLE ALWAYS TRIGGER instruction_ends",
)
INVOICE = """
INSERT INTO provider_invoice (commissioner_id, id, provider_id, reference, budget_id, person_id, invoiced_on,
                              happened_on, amount_pence, state, replaces_id, accepted_by, accepted_at, version)
VALUES (:ours, :id, :id, 'INV', :id, :id, '2026-05-01', '2026-04-30', 10000, 'accepted', :replaces, :id, now(), 1)
"""
PAYMENT = """
INSERT INTO instruction (commissioner_id, id, state, subject_kind, subject_id, payee_id, run_id, amount_pence, due_on,
                         requested_by, requested_at, version)
VALUES (:ours, :id, :state, 'invoice', :invoice, :id, :run, 10000, '2026-05-31', :id, now(), 1)
"""


@dataclass(frozen=True)
class Rows:
    """Invoices and payments of one commissioner, written as plainly as can be."""

    connection: Connection
    ours: UUID

    def invoice(self, replaces: UUID | None = None) -> UUID:
        """Write an invoice, or what a credit note leaves of one."""
        row_id = uuid4()
        self._run(INVOICE, id=row_id, replaces=replaces)
        return row_id

    def payment(self, invoice: UUID, state: str = "requested") -> UUID:
        """Ask for the payment of an invoice."""
        row_id = uuid4()
        self._run(PAYMENT, id=row_id, invoice=invoice, state=state, run=row_id if state == "in_run" else None)
        return row_id

    def end(self, payment: UUID, state: str) -> None:
        """Let a payment come to nothing."""
        self._run("UPDATE instruction SET state = :state WHERE id = :id", id=payment, state=state)

    def asked_for(self, invoice: UUID) -> bool:
        """Say what is kept at an invoice."""
        query = "SELECT payment_asked_for FROM provider_invoice WHERE id = :id"
        return bool(self.connection.scalar(text(query), {"id": invoice}))

    def _run(self, statement: str, **values: object) -> None:
        self.connection.execute(text(statement), {"ours": self.ours, **values})


@pytest.fixture
def before(empty_database: URL) -> Iterator[Rows]:
    """Return rows of a database that does not have the column yet."""
    upgrade(empty_database, BEFORE)
    yield from _rows(empty_database)


@pytest.fixture
def rows(empty_database: URL) -> Iterator[Rows]:
    """Return rows of a database whose triggers keep the column."""
    upgrade(empty_database)
    for found in _rows(empty_database):
        for statement in ONLY_THESE:
            found.connection.execute(text(statement))
        yield found


def _rows(database: URL) -> Iterator[Rows]:
    engine = make_engine(database, role=None, pooled=False)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        ours = uuid4()
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text("SELECT set_config('phb.commissioner_id', :ours, false)"), {"ours": str(ours)})
        yield Rows(connection, ours)
    engine.dispose()


def test_invoices_that_were_there_are_told_apart(before: Rows, empty_database: URL) -> None:
    in_run, requested, given_up, cancelled, none = (before.invoice() for _ in range(5))
    before.payment(in_run, "in_run")
    before.payment(requested)
    before.payment(given_up, "given_up")
    before.payment(cancelled, "cancelled")
    left_of_in_run = before.invoice(replaces=in_run)
    left_of_that = before.invoice(replaces=left_of_in_run)
    left_of_given_up = before.invoice(replaces=given_up)
    upgrade(empty_database)
    asked = {in_run, requested, left_of_in_run, left_of_that}
    for invoice in (*asked, given_up, cancelled, none, left_of_given_up):
        assert before.asked_for(invoice) is (invoice in asked)


def test_asking_marks_the_invoice_and_ending_frees_it(rows: Rows) -> None:
    invoice, other = rows.invoice(), rows.invoice()
    assert not rows.asked_for(invoice)
    payment = rows.payment(invoice)
    assert (rows.asked_for(invoice), rows.asked_for(other)) == (True, False)
    rows.end(payment, "cancelled")
    assert not rows.asked_for(invoice)
    rows.payment(invoice)
    assert rows.asked_for(invoice)


def test_what_a_credit_note_leaves_is_paid_with_the_invoice(rows: Rows) -> None:
    paid, unpaid = rows.invoice(), rows.invoice()
    rows.payment(paid)
    assert rows.asked_for(rows.invoice(replaces=paid))
    assert not rows.asked_for(rows.invoice(replaces=unpaid))


def test_a_payment_given_up_frees_what_credit_notes_left_too(rows: Rows) -> None:
    invoice = rows.invoice()
    payment = rows.payment(invoice)
    left = rows.invoice(replaces=invoice)
    less = rows.invoice(replaces=left)
    rows.end(payment, "given_up")
    assert [rows.asked_for(one) for one in (invoice, left, less)] == [False, False, False]


def test_a_credit_note_after_a_payment_was_given_up_leaves_something_to_pay(rows: Rows) -> None:
    invoice = rows.invoice()
    rows.end(rows.payment(invoice), "given_up")
    left = rows.invoice(replaces=invoice)
    assert not rows.asked_for(left)
    again = rows.payment(left)
    assert (rows.asked_for(invoice), rows.asked_for(left)) == (False, True)
    rows.end(again, "cancelled")
    assert not rows.asked_for(left)


def test_a_second_payment_keeps_the_invoice_marked_when_the_first_ends(rows: Rows) -> None:
    invoice = rows.invoice()
    first = rows.payment(invoice)
    left = rows.invoice(replaces=invoice)
    second = rows.payment(left)
    rows.end(first, "given_up")
    assert (rows.asked_for(invoice), rows.asked_for(left)) == (False, True)
    rows.end(second, "cancelled")
    assert not rows.asked_for(left)
