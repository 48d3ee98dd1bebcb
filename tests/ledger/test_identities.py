"""Each identity names the place and the pence of a fault planted by somebody whom no guard stops."""

from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import Engine

from phb.core.money import pounds
from phb.ledger import between, events
from phb.ledger.between import Between
from phb.ledger.entry import CommitmentPortion, CreditorShare, FundTransfer, Share
from phb.ledger.identities import Breach, verify
from tests.ledger.conftest import Books, heading, portion
from tests.ledger.plainly import plant


@dataclass(frozen=True)
class Fault:
    """What is planted, and what the identities say to it: number -> words of the place, and pence."""

    statement: str
    named: dict[int, tuple[str, int]]


SPENT = "UPDATE journal_line SET {} WHERE commissioner_id = :commissioner AND kind = 'paid_from_funds' AND pence = 4000"
PLAN_LINE = "UPDATE plan_line_position SET {} WHERE plan_line_id = :care"
POT = "UPDATE pot_position SET {} WHERE pot_id = :pot"
COMMITMENT = "UPDATE commitment SET {} WHERE commissioner_id = :commissioner"
PAIR = """
INSERT INTO journal_line (commissioner_id, journal_id, ordinal, kind, effective_on, account, layer, fund, pence,
                          year, budget_id, pot_id)
SELECT commissioner_id, journal_id, ordinal + 2, kind, effective_on, account, layer, fund, pence,
       year, budget_id, pot_id
FROM journal_line WHERE commissioner_id = :commissioner AND kind = '{}'
"""

FAULTS = {
    "a line altered": Fault(
        SPENT.format("pence = pence + 7"),
        {
            1: ("fund nhs, layer 0", 7),
            2: ("spent", -7),
            3: ("budget", 7),
            4: ("pot", 7),
            7: ("fund nhs, layer 0", 7),
            11: ("pot", -7),
        },
    ),
    "a line of another fund": Fault(
        SPENT.format("fund = 'council'"),
        {1: ("fund council, layer 0", 4000), 7: ("fund council, layer 0", 4000)},
    ),
    "a line of another day": Fault(SPENT.format("effective_on = '2026-12-25'"), {1: ("which is no such event", 4000)}),
    "a line of another kind": Fault(SPENT.format("kind = 'accepted_after_all'"), {1: ("which is no such event", 4000)}),
    "a line removed": Fault(
        "DELETE FROM journal_line l USING journal j WHERE j.id = l.journal_id AND j.commissioner_id = :commissioner"
        " AND l.kind = 'paid_from_funds' AND account = 'funds_held'",
        {1: ("fund nhs, layer 0", 4000), 4: ("pot", 4000), 7: ("fund nhs, layer 0", 4000), 11: ("pot", -4000)},
    ),
    "all lines removed": Fault(
        "DELETE FROM journal_line WHERE commissioner_id = :commissioner AND kind = 'programme_budget_set'",
        {1: ("which has 0 of 2 lines", 0)},
    ),
    "a journal removed": Fault(
        "DELETE FROM journal WHERE commissioner_id = :commissioner AND kind = 'programme_budget_set'",
        {1: ("which is no such event", 90_000)},
    ),
    "a pair of lines inserted": Fault(
        PAIR.format("money_left_account"),
        {1: ("which has 4 of 2 lines", 0)},
    ),
    "a release inserted": Fault(
        PAIR.format("payment_released") + " AND pot_id IS NOT NULL",
        {1: ("which has 4 of 2 lines", 0), 5: ("in payment", -25_000), 8: ("in payment", -25_000)},
    ),
    "a plan line's figure altered": Fault(PLAN_LINE.format("spent = spent + 3"), {2: ("spent", 3), 3: ("budget", -3)}),
    "two figures altered that cancel out": Fault(
        PLAN_LINE.format("spent = spent + 3, allocated = allocated + 3"), {2: ("allocated", 3)}
    ),
    "a plan line moved to another pot": Fault(PLAN_LINE.format("pot_id = :nobody"), {3: ("pot", 95_300)}),
    "a plan line moved to another budget": Fault(PLAN_LINE.format("budget_id = :nobody"), {3: ("budget", 95_300)}),
    "a plan line removed": Fault(
        "DELETE FROM plan_line_position WHERE plan_line_id = :care",
        {2: ("allocated", -99_300), 3: ("budget", -95_300)},
    ),
    "a pot's payable altered": Fault(POT.format("payable = payable + 9"), {8: ("payable", 9), 11: ("pot", -9)}),
    "a pot's payment altered": Fault(
        POT.format("in_payment = in_payment + 9, paid = paid - 9"),
        {5: ("in payment", 9), 8: ("in payment", 9), 11: ("pot", -9)},
    ),
    "a pot's returns altered": Fault(
        POT.format("came_back = came_back - 1"), {5: ("came back", -1), 8: ("came back", -1)}
    ),
    "a pot removed": Fault(
        "DELETE FROM pot_position WHERE pot_id = :pot", {5: ("came back", -2_000), 8: ("came back", -2_000)}
    ),
    "a notional pot removed": Fault("DELETE FROM pot_position WHERE pot_id = :notional_pot", {8: ("open", 0)}),
    "a notional pot handed over": Fault(
        "UPDATE pot_position SET handed_over = true WHERE pot_id = :notional_pot",
        {8: ("payable", -100_000), 11: ("pot", 72_000)},
    ),
    "a pot no longer handed over": Fault(
        POT.format("handed_over = false, payable = 0, in_payment = 0, paid = 0, came_back = 0"),
        {8: ("came back", -2_000), 11: ("pot", -18_300)},
    ),
    "a commitment's figure altered": Fault(COMMITMENT.format("raised = raised + 5"), {8: ("raised", 5)}),
    "a commitment's use altered": Fault(
        COMMITMENT.format("consumed = consumed - 5, released = released + 5"), {8: ("consumed", -5)}
    ),
    "a commitment removed": Fault(
        "DELETE FROM commitment WHERE commissioner_id = :commissioner", {8: ("consumed", -28_000)}
    ),
    "a commitment used in another year": Fault(
        "UPDATE journal_line SET year = 2027 WHERE commissioner_id = :commissioner AND kind = 'invoice_accepted'"
        " AND account = 'commitment'",
        {8: ("used in 2027 beyond what is promised there", -28_000)},
    ),
    "a fund owed more by another than that one owes": Fault(
        "UPDATE journal_line SET pence = pence + 6 WHERE commissioner_id = :commissioner AND account = 'due_from_fund'",
        {1: ("fund nhs, layer 0", 6), 7: ("fund nhs, layer 0", 6)},
    ),
    "a debt between funds put on another year": Fault(
        "UPDATE journal_line SET year = 2027 WHERE commissioner_id = :commissioner AND account = 'due_from_fund'",
        {7: ("what funds owe each other", -1_200)},
    ),
    "an amount due from another commissioner altered": Fault(
        "UPDATE journal_line SET pence = pence + 1 WHERE commissioner_id = :commissioner"
        " AND account = 'due_from_commissioner'",
        {1: ("fund nhs, layer 0", 1), 4: ("pot", 1), 10: ("due, fund nhs", 1)},
    ),
    "the other side's balance removed": Fault(
        "DELETE FROM journal_line l USING between_posting p WHERE p.commissioner_id = :commissioner"
        " AND l.journal_id = p.other_journal_id AND l.account = 'balances_moved_in'",
        {10: ("moved, fund nhs", 400)},
    ),
    "a settlement of another payee": Fault(
        "UPDATE journal_line SET counterparty_id = :nobody WHERE commissioner_id = :commissioner"
        " AND kind = 'payment_released' AND account = 'in_transit' AND counterparty_id IS NOT NULL",
        {5: ("provider", 28_000)},
    ),
    "a provider's return that never went out": Fault(
        "UPDATE journal_line SET counterparty_id = :nobody WHERE commissioner_id = :commissioner"
        " AND kind = 'payment_returned' AND account IN ('bank', 'came_back') AND counterparty_id IS NOT NULL",
        {5: ("came back beyond what is in transit", 1_000)},
    ),
}


@pytest.fixture
def lived(books: Books) -> Books:
    """Return books in which every account has moved, a reversal included."""
    books.allocate()
    care, equipment = books.care, books.equipment

    def owed(amount: str) -> list[CreditorShare]:
        return [CreditorShare(books.budget_id, books.provider_id, 2026, Share("nhs", pounds(amount)))]

    promised = [CommitmentPortion(books.commitment_id, portion(equipment, "300"))]
    used = [CommitmentPortion(books.commitment_id, portion(equipment, "280"))]
    instalment = [portion(care, "250")]
    for entry in (
        events.programme_budget_set(heading(), 2026, [Share("nhs", pounds("900"))]),
        events.commitment_raised(heading(), promised),
        events.invoice_accepted(heading(), [portion(equipment, "280")], books.provider_id, used=used),
        events.payment_released(heading(), owed("280")),
        events.payment_returned(heading(), owed("10")),
        events.payment_settled(heading(), owed("200")),
        events.payment_released(heading(), instalment),
        events.payment_returned(heading(), [portion(care, "20")]),
        events.payment_settled(heading(), [portion(care, "230")]),
        events.paid_from_funds(heading(), [portion(care, "40")]),
        events.money_left_account(heading(), [portion(care, "15")]),
        events.funds_trued_up(heading(), [FundTransfer(care, "council", "nhs", pounds("12"))]),
    ):
        books.post(entry)
    books.reverse(books.post(events.paid_from_funds(heading(date(2026, 4, 2)), [portion(care, "5")])))
    moves_away(books)
    books.assert_sound()
    return books


def moves_away(books: Books) -> None:
    """Let £4.00 and £3.00 paid in advance follow the person to another commissioner."""
    other = Books(books.sessions)
    other.open()
    ours, theirs = books.actor.commissioner_id, other.actor.commissioner_id
    with books.unit() as uow:
        terms_id = between.propose(uow, Between.BALANCE, leaving=ours, taking=theirs)
        money = {"unspent": [portion(books.care, "4")], "in_advance": [portion(books.care, "3")]}
        given_back = [portion(books.care, "3")]
        between.accept(uow, terms_id, events.balance_moved_out(heading(), theirs, **money, given_back=given_back))
    with other.unit() as uow:
        money = {"unspent": [portion(other.care, "4")], "in_advance": [portion(other.care, "3")]}
        own_days = [portion(other.care, "3")]
        between.accept(uow, terms_id, events.balance_moved_in(heading(), ours, **money, own_days=own_days))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_named(lived: Books, administrator: Engine, fault: str) -> None:
    plant(administrator, lived, FAULTS[fault].statement)
    breaches = {result.number: result.first_breach for result in lived.ask(verify) if result.first_breach}
    for number, (words, pence) in FAULTS[fault].named.items():
        assert number in breaches, (number, breaches)
        assert words in breaches[number].place, breaches
        assert breaches[number].off_by_pence == pence, breaches


def test_every_identity_is_named_by_some_fault(lived: Books) -> None:
    numbers = {result.number for result in lived.ask(verify)}
    assert {number for fault in FAULTS.values() for number in fault.named} == numbers - {9}  # see test_sealing.py


def test_sound_books_have_no_breach(lived: Books) -> None:
    assert {result.first_breach for result in lived.ask(verify)} == {None}


def test_another_commissioners_fault_is_not_ours(lived: Books, administrator: Engine) -> None:
    other = Books(lived.sessions)
    other.open()
    other.allocate()
    plant(administrator, lived, FAULTS["a line altered"].statement)
    other.assert_sound()


def test_a_breach_says_where_and_by_how_much(lived: Books, administrator: Engine) -> None:
    plant(administrator, lived, FAULTS["a plan line's figure altered"].statement)
    second = next(result for result in lived.ask(verify) if result.number == 2)
    assert second.first_breach == Breach(f"plan line {lived.care.plan_line_id}, year 2026, spent", 3)
    with pytest.raises(AssertionError, match="plan line"):
        lived.assert_sound()
