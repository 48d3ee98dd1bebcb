"""Events of providers: each is posted, moves what it says and keeps every identity."""

from phb.core.money import pounds
from phb.ledger import events
from phb.ledger.chart import Account
from phb.ledger.entry import OwedPortion
from phb.ledger.queries import balance_of, position_of_plan_line
from tests.ledger.conftest import Books, heading, portion
from tests.ledger.steps import accept_invoice, creditor, promise

NIL = pounds("0")


def test_an_invoice_uses_its_order_in_one_journal(funded: Books) -> None:
    promise(funded, "300")
    accept_invoice(funded, "280", uses="300")
    position = funded.ask(position_of_plan_line, funded.equipment.plan_line_id, 2026)
    assert (position.committed, position.spent, position.available) == (NIL, pounds("280"), pounds("720"))
    assert funded.ask(balance_of, Account.CREDITOR) == pounds("-280")


def test_a_provider_is_paid_what_is_owed(funded: Books) -> None:
    accept_invoice(funded, "280")
    owed = [creditor(funded, "280")]
    funded.post(events.payment_released(heading(), owed))
    assert funded.ask(balance_of, Account.IN_TRANSIT) == pounds("280")
    funded.post(events.payment_settled(heading(), owed))
    assert funded.ask(balance_of, Account.CREDITOR) == NIL
    assert funded.ask(balance_of, Account.BANK) == pounds("-280")


def test_a_providers_return_after_settlement_is_owed_again(funded: Books) -> None:
    accept_invoice(funded, "280")
    owed = [creditor(funded, "280")]
    for event in (events.payment_released, events.payment_settled, events.payment_returned_after_settlement):
        funded.post(event(heading(), owed))
    assert funded.ask(balance_of, Account.CREDITOR) == pounds("-280")


def test_a_credit_note_lowers_what_is_owed_and_asks_the_rest_back(funded: Books) -> None:
    accept_invoice(funded, "280")
    paid = [creditor(funded, "200")]
    for event in (events.payment_released, events.payment_settled):
        funded.post(event(heading(), paid))

    def of_provider(amount: str) -> list[OwedPortion]:
        return [OwedPortion(funded.provider_id, portion(funded.equipment, amount))]

    funded.post(events.credit_note_accepted(heading(), of_provider("80"), refunded=of_provider("20")))
    assert funded.ask(position_of_plan_line, funded.equipment.plan_line_id, 2026).spent == pounds("180")
    assert funded.ask(balance_of, Account.CREDITOR) == NIL
    assert funded.ask(balance_of, Account.DUE_FROM_PROVIDER) == pounds("20")
    funded.post(events.provider_refunded(heading(), [creditor(funded, "20")]))
    assert funded.ask(balance_of, Account.DUE_FROM_PROVIDER) == NIL
    assert funded.ask(balance_of, Account.BANK) == pounds("-180")


def test_a_credit_note_is_taken_on_an_overspent_line(funded: Books) -> None:
    accept_invoice(funded, "1000")
    owed = [OwedPortion(funded.provider_id, portion(funded.equipment, "1000"))]
    funded.post(events.credit_note_accepted(heading(), owed))
    assert funded.ask(position_of_plan_line, funded.equipment.plan_line_id, 2026).available == pounds("1000")


def test_care_paid_in_advance_is_spent_when_its_days_come(funded: Books) -> None:
    accept_invoice(funded, "600")
    line = funded.equipment.plan_line_id
    funded.post(events.prepayment_set_apart(heading(), [portion(funded.equipment, "400")]))
    assert funded.ask(position_of_plan_line, line, 2026).spent == pounds("200")
    assert funded.ask(balance_of, Account.PREPAID) == pounds("400")
    funded.post(events.prepayment_used(heading(), [portion(funded.equipment, "400")]))
    assert funded.ask(position_of_plan_line, line, 2026).spent == pounds("600")
    assert funded.ask(balance_of, Account.PREPAID) == NIL
