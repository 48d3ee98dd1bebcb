"""What spend that is asked about, missing receipts and unpaid invoices ask of whom."""

from datetime import date

from phb.core.actor import Role
from phb.payments.kinds import PayeeKind
from phb.payments.payees.operations import add_payee
from phb.people.kinds import Scope
from phb.spending.invoices.credit_notes import lower_invoice
from phb.spending.invoices.operations import request_payment
from phb.spending.records.decisions import correct_spend, note_evidence_seen, put_back
from tests.monitoring.duties.conftest import due, entries, kinds
from tests.people.conftest import APRIL
from tests.spending.conftest import JUNE, Spender
from tests.spending.test_invoices import accept

IN_TWO_WEEKS, IN_FOUR_WEEKS = date(2026, 6, 29), date(2026, 7, 13)


def test_spend_that_is_asked_about_is_decided_by_somebody_else_than_recorded_it(spender: Spender) -> None:
    world = spender.world
    clerk = world.service.staff(Role.FINANCE_OFFICER)
    row = spender.put(clerk, "20.00", category="ALCOHOL", evidence_seen=True).row
    assert (kinds(world, clerk), kinds(world, world.finance)) == ([], ["spend.decide"])
    (entry,) = entries(world, world.finance)
    assert (entry.subject_id, entry.about, entry.due_on) == (
        row.id,
        "£20.00 spent on 4 May 2026, Aled Example",
        date(2026, 6, 25),
    )
    assert entry.address == f"/spending/{row.id}"
    world.do(world.finance, put_back, row.id, put_back_on=JUNE, reason="In the account again")
    assert kinds(world, world.finance) == []


def test_a_missing_receipt_is_asked_for_after_two_weeks_of_those_who_spend(spender: Spender) -> None:
    world = spender.world
    reads = world.service.broker(world.person_id, Scope.SPEND)
    other_part = world.service.broker(world.person_id, Scope.RECORD)
    row = spender.spend("10.00")
    world.on(date(2026, 6, 28))
    assert kinds(world, world.holder) == []
    world.on(IN_TWO_WEEKS)
    assert due(world, world.holder, "spend.send_receipt") == [IN_FOUR_WEEKS]
    assert kinds(world, reads) == ["spend.send_receipt"]
    assert [kinds(world, actor) for actor in (other_part, world.finance, world.clinician)] == [[], [], []]
    assert [entry.about for entry in entries(world, world.holder)] == ["£10.00 spent on 4 May 2026"]
    world.do(world.finance, note_evidence_seen, row.id, note="Paper receipt")
    assert (kinds(world, world.holder), kinds(world, reads)) == ([], [])


def test_no_receipt_is_asked_for_of_what_was_a_mistake(spender: Spender) -> None:
    world = spender.world
    row = spender.spend("10.00")
    world.on(IN_TWO_WEEKS)
    world.do(world.holder, correct_spend, row.id, reason="Not mine")
    assert kinds(world, world.holder) == []


def test_a_broker_is_asked_about_the_people_who_consented_alone(spender: Spender) -> None:
    world = spender.world
    spender.spend("10.00")
    somebody_else = world.service.person()
    broker = world.service.broker(somebody_else, Scope.SPEND)
    world.on(IN_TWO_WEEKS)
    assert kinds(world, broker) == []


def test_an_invoice_that_nobody_can_be_paid_for_waits_until_it_is_asked_for(spender: Spender) -> None:
    world = spender.world
    row = accept(spender).row
    (entry,) = entries(world, world.finance)
    assert (entry.kind, entry.subject_id, entry.address) == ("invoice.pay", row.id, f"/invoices/{row.id}")
    world.do(world.finance, add_payee, PayeeKind.PROVIDER, reference="P-1", organisation_id=world.provider_id)
    assert kinds(world, world.finance) == ["invoice.pay"]
    world.do(world.finance, request_payment, row.id)
    assert kinds(world, world.finance) == []


def test_an_invoice_lowered_to_nothing_is_not_to_be_paid(spender: Spender) -> None:
    world = spender.world
    row = accept(spender).row
    world.do(world.finance, lower_invoice, row.id, reference="CN-1", credited_on=JUNE, lines=(), reason="Not done")
    assert kinds(world, world.finance) == []


def test_an_invoice_is_due_thirty_days_after_its_day(spender: Spender) -> None:
    row = accept(spender).row
    (day,) = due(spender.world, spender.world.finance, "invoice.pay")
    assert (day - row.invoiced_on).days == 30


def test_a_third_partys_user_is_asked_for_what_is_theirs(spender: Spender) -> None:
    """A user of an organisation without a tie to the person is asked for nothing."""
    world = spender.world
    spender.spend("10.00")
    stranger = world.service.user(Role.THIRD_PARTY, world.third_party_id, start_on=APRIL)
    world.on(IN_TWO_WEEKS)
    assert kinds(world, stranger) == []
