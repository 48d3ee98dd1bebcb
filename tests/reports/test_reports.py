"""Each report says what it is for, of the days and sums it is asked for, and is whole in the file."""

from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from phb.budget.commitments.draft import NewCommitment
from phb.budget.commitments.operations import raise_commitment
from phb.budget.kinds import CommitmentKind
from phb.core.actor import MissingPermissionError
from phb.core.days import Days
from phb.core.money import pounds
from phb.documents.document import Table
from phb.governance.audit import Read
from phb.ledger import events, periods
from phb.ledger.chart import Account
from phb.ledger.entry import Heading, OwedPortion, Source
from phb.ledger.models import Journal
from phb.ledger.posting import post, reverse
from phb.ledger.queries import JournalNotFoundError
from phb.payments.checks.operations import lift_hold, put_hold
from phb.payments.kinds import HoldKind
from phb.people.looks.operations import keep_look
from phb.reports.catalogue import REPORTS
from phb.reports.document import NotNarrowedError, ReportNotFoundError, document_of, narrowed_to
from phb.reports.report import EVERYTHING, Asked
from phb.spending.invoices.draft import NewInvoice, NewInvoiceLine
from phb.spending.invoices.operations import accept_invoice
from phb.spending.receipts.operations import attach_receipt
from phb.spending.sharing import days_of, portions
from tests.budget.conftest import World, dates, stated
from tests.payments.conftest import OTHER_DETAILS, Paying
from tests.people.conftest import APRIL, Service
from tests.spending.conftest import Spender, usual_lines
from tests.spending.files import png

EIGHTH = date(2026, 4, 8)
MAY, JUNE = Days(date(2026, 5, 1), date(2026, 5, 31)), Days(date(2026, 6, 1), date(2026, 6, 30))


@pytest.fixture
def paying(vault_sessions: sessionmaker[Session]) -> Iterator[Paying]:
    """Return a commissioner that pays; the identities are checked when the test ends."""
    paying = Paying(World(Service(vault_sessions)))
    yield paying
    paying.world.assert_sound()


def rows_of(world: World, name: str, asked: Asked = EVERYTHING) -> list[dict[str, Any]]:
    """Return the rows of a report by the keys of their columns, as an auditor has them."""
    with world.service.unit(world.auditor) as uow:
        document = document_of(uow, name, asked)
    (table,) = (block for section in document.sections for block in section.blocks if isinstance(block, Table))
    return [dict(zip((column.key for column in table.columns), row, strict=True)) for row in table.rows]


def test_payments_of_some_days_and_of_at_least_a_sum(paying: Paying) -> None:
    """Thirteen instalments of £400.00, one of them paid on 8 April."""
    paying.paid_plan()
    paying.settled(EIGHTH)
    assert [row["amount"] for row in rows_of(paying.world, "payments")] == [pounds("400.00")]
    for asked, count in (
        (Asked(at_least=pounds("400.00")), 1),
        (Asked(at_least=pounds("400.01")), 0),
        (Asked(days=Days(last=date(2026, 3, 31))), 0),
        (Asked(days=Days(first=date(2026, 4, 1))), 1),
    ):
        assert len(rows_of(paying.world, "payments", asked)) == count


def test_who_looked_and_when(paying: Paying) -> None:
    world = paying.world
    with world.service.unit(world.finance) as uow:
        keep_look(uow, world.person_id, "budget", world.person_id)
    (row,) = rows_of(world, "looks", Asked(days=Days(APRIL, APRIL)))
    told = {name: row[name] for name in ("day", "time", "roles", "organisation", "what")}
    assert told == {
        "day": APRIL,
        "time": "12:00",
        "roles": "Finance officer",
        "organisation": "Northvale",
        "what": "Budget",
    }
    assert row["person"]
    assert rows_of(world, "looks", Asked(days=MAY)) == []
    assert Read.RECORD not in {row["what"] for row in rows_of(world, "reasons")}


def test_what_was_done_for_a_reason_and_holds(paying: Paying) -> None:
    world = paying.world
    budget_id = world.active(stated("care", "5200.00"))
    reason = "The statements are awaited"
    hold = paying.do(paying.clerk, put_hold, budget_id, kind=HoldKind.HOLD, start_on=APRIL, reason=reason)
    (row,) = rows_of(world, "holds")
    assert (row["from"], row["before"], row["kind"], row["reason"]) == (APRIL, None, "Hold", reason)
    assert row["lifted_by"] is None
    paying.do(paying.checker, lift_hold, hold.id, end_on=APRIL, reason="They have come")
    (row,) = rows_of(world, "holds")
    assert (row["lift_reason"], row["put_by"] != row["lifted_by"]) == ("They have come", True)
    assert {"The statements are awaited", "They have come"} <= {row["reason"] for row in rows_of(world, "reasons")}
    assert rows_of(world, "holds", Asked(days=MAY)) == []


def test_bank_details_that_were_changed_and_then_paid(paying: Paying) -> None:
    """The first details are no change; others are confirmed on 1 April, and £400.00 are paid on the 8th, 7 days on."""
    paying.paid_plan()
    assert rows_of(paying.world, "bank-details") == []
    paying.account(paying.payee_id, OTHER_DETAILS)
    (row,) = rows_of(paying.world, "bank-details")
    assert (row["changed"], row["paid"], row["days"], row["amount"]) == (APRIL, None, None, None)
    assert OTHER_DETAILS.account_number not in row["account"]
    paying.settled(EIGHTH)
    (row,) = rows_of(paying.world, "bank-details")
    assert (row["paid"], row["days"], row["amount"]) == (EIGHTH, 7, pounds("400.00"))
    assert row["proposed_by"] != row["confirmed_by"]


def test_sign_offs_are_within_the_limits(paying: Paying) -> None:
    paying.world.active(stated("care", "5200.00"))
    assert rows_of(paying.world, "over-limits") == []


def test_late_entries_write_offs_and_the_lines_of_an_account(vault_sessions: sessionmaker[Session]) -> None:
    """April closes on 4 May; £30.00 of 20 April come then, are asked back and written off, and are reported in May."""
    world = World(Service(vault_sessions))
    spender = Spender(world, world.active(*usual_lines()))
    spender.pay_in("3000.00")
    world.on(date(2026, 5, 4))
    world.do(world.finance, periods.close, APRIL)
    spender.spend("30.00", line="kit", category="EQUIPMENT", spent_on=date(2026, 4, 20), words="A lamp")
    (late,) = rows_of(world, "late")
    assert (late["day"], late["recorded"], late["reported"], late["amount"]) == (
        date(2026, 4, 20),
        date(2026, 5, 4),
        "May 2026",
        pounds("30.00"),
    )
    assert rows_of(world, "late", Asked(days=MAY)) == []

    on = date(2026, 5, 4)
    parts = portions(world.line_of(spender.budget_id, "kit"), days_of(on, None), pounds("30.00"))
    owed = [OwedPortion(world.person_id, part) for part in parts]
    with world.service.unit(world.finance) as uow:
        post(uow, events.spend_asked_back(Heading(on, "Asked back", Source("test", world.person_id)), owed))
        post(uow, events.spend_written_off(Heading(on, "Not worth it", Source("test", world.person_id)), owed))
    (gone,) = rows_of(world, "write-offs")
    assert (gone["what"], gone["kind"], gone["amount"]) == ("Not worth it", "Spend written off", pounds("30.00"))
    assert rows_of(world, "write-offs", Asked(days=JUNE)) == []

    lines = rows_of(world, "account", Asked(account=Account.RECOVERABLE))
    assert [(row["debit"], row["credit"]) for row in lines] == [(pounds("30.00"), None), (None, pounds("30.00"))]
    assert {row["account"] for row in rows_of(world, "account")} > {"Recoverable", "Allocation", "Funds held"}


def test_a_report_is_narrowed_only_by_what_it_goes_by(paying: Paying) -> None:
    for asked, words in (
        (Asked(days=MAY), "days"),
        (Asked(at_least=pounds("1.00")), "a least amount"),
        (Asked(account=Account.BANK), "an account"),
    ):
        with pytest.raises(NotNarrowedError, match=f"“Users and their roles” is not narrowed by {words}"):
            rows_of(paying.world, "users", asked)


def test_who_may_not_read_reports_and_a_report_there_is_none_of(paying: Paying) -> None:
    with paying.world.service.unit(paying.clerk) as uow, pytest.raises(MissingPermissionError):
        document_of(uow, "payments")
    with pytest.raises(ReportNotFoundError, match="There are: budgets, payments"):
        rows_of(paying.world, "secrets")


def test_a_report_says_what_it_is_narrowed_to(paying: Paying) -> None:
    asked = Asked(MAY, pounds("5.00"), Account.FUNDS_HELD)
    assert narrowed_to(asked) == ["account funds held", "of at least £5.00", "from 1 May 2026", "up to 31 May 2026"]
    with paying.world.service.unit(paying.world.auditor) as uow:
        document = document_of(uow, "payments", Asked(Days(last=APRIL)))
    assert document.reference == "Northvale, 1 April 2026, up to 1 April 2026"


def test_every_report_has_rows_that_fit_its_columns(paying: Paying) -> None:
    paying.paid_plan()
    for name in REPORTS:
        assert isinstance(rows_of(paying.world, name), list)


def stages(world: World, journal_id: UUID) -> list[tuple[str, str]]:
    return [(row["stage"], row["what"]) for row in rows_of(world, "pound", Asked(journal=journal_id))]


def journal_of(world: World, kind: str) -> UUID:
    with world.service.unit(world.auditor) as uow:
        newest = select(Journal.id).where(Journal.kind == kind).order_by(Journal.recorded_at.desc(), Journal.id)
        found: UUID = uow.session.scalars(newest).first()  # type: ignore[assignment]  # the test made one
        return found


def test_a_pound_that_was_spent_is_traced_from_the_envelope_to_its_receipt(paying: Paying) -> None:
    """£400.00 of £5,200.00 arrived on 8 April, and £25.00 of it was spent on 4 May with a receipt."""
    budget_id = paying.paid_plan()[1][0].budget_id
    paying.settled(EIGHTH)
    world = paying.world
    spender = Spender(world, budget_id)
    world.on(date(2026, 6, 15))
    spend = spender.spend("25.00")
    world.do(world.holder, attach_receipt, spend.id, png())
    rows = rows_of(world, "pound", Asked(journal=journal_of(world, "paid_from_funds")))
    assert [(row["stage"], row["what"]) for row in rows] == [
        ("What funders have", "Programme budget set: Programme budget of nhs for 2026/27"),
        ("Who agreed", "Sent to be signed off"),
        ("Who agreed", "Signed off by a clinician"),
        ("Who agreed", "Value signed off"),
        ("Who agreed", "Agreed"),
        ("Who agreed", "Made active"),
        ("What was agreed", f"Budget agreed: Budget {world.budget(budget_id).reference} agreed"),
        ("Payment", "Asked for"),
        ("Payment", "Bank details confirmed, account ending 58; its number is not checkable"),
        ("Payment", "Put into a run"),
        ("Payment", "Run approved"),
        ("Payment", "Run released"),
        ("Payment", "File for the bank written"),
        ("Payment", "Arrived"),
        ("What it bought", "Spend recorded"),
        ("Receipt", "Receipt attached"),
        ("In the books", "Paid from funds"),
    ]
    assert [row["amount"] for row in rows if row["what"] in {"Arrived", "Spend recorded"}] == [
        pounds("400.00"),
        pounds("25.00"),
    ]
    assert rows[3]["reference"] == "limit £50,000.00"
    (receipt,) = (row for row in rows if row["stage"] == "Receipt")
    assert receipt["reference"] == f"sha256 {sha256(png()).hexdigest()}"


def test_a_pound_of_an_invoice_is_traced_to_its_provider_and_what_was_promised(paying: Paying) -> None:
    """£80.00 of an order of £100.00 was invoiced, turned round, and the order's money is what it was."""
    world = paying.world
    spender = Spender(world, world.active(*usual_lines()))
    world.on(date(2026, 6, 15))
    days = dates("2026-05-01", "2026-05-31")
    order = NewCommitment("O-1", CommitmentKind.ORDER, pounds("100.00"), days, "Nurse", provider_id=world.provider_id)
    raised = world.do(world.finance, raise_commitment, spender.line_id("nurse"), order).row
    line = NewInvoiceLine(spender.line_id("nurse"), pounds("80.00"), days, "Nurse in May", commitment_id=raised.id)
    new = NewInvoice(world.provider_id, "INV-1", date(2026, 6, 1), (line,))
    world.do(world.finance, accept_invoice, spender.budget_id, new)
    journal_id = journal_of(world, "invoice_accepted")
    found = stages(world, journal_id)
    assert ("What was promised", "Order") in found
    assert ("What it bought", "Invoice accepted") in found
    with world.service.unit(world.finance) as uow:
        reverse(uow, journal_id, reason="A test")
    assert ("In the books", "Turned round later") in stages(world, journal_id)


def test_a_pound_that_nobody_saw_a_receipt_for_says_so(paying: Paying) -> None:
    world = paying.world
    spender = Spender(world, world.active(*usual_lines()))
    spender.pay_in("100.00")
    world.on(date(2026, 6, 15))
    spender.spend("25.00")
    found = stages(world, journal_of(world, "paid_from_funds"))
    assert found[-2] == ("Receipt", "No receipt; evidence: Awaited")


def test_without_a_journal_there_is_nothing_to_trace(paying: Paying) -> None:
    assert rows_of(paying.world, "pound") == []
    with pytest.raises(JournalNotFoundError):
        rows_of(paying.world, "pound", Asked(journal=uuid4()))
