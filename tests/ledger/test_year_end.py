"""A year of a budget ends: commitments and money handed over go on, and the rest lapses unless policy carries it."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from moneyed import Money
from sqlalchemy import select

from phb.core.money import pounds
from phb.ledger import events, posting
from phb.ledger.chart import Account, JournalKind
from phb.ledger.entry import CommitmentPortion, Entry, Place
from phb.ledger.models import Commitment, JournalLine
from phb.ledger.positions import open_plan_lines
from phb.ledger.queries import position_of_plan_line
from phb.ledger.refusals import TooLittleLeftError
from phb.ledger.year_end import CarriedTooMuchError, LineEnd, YearEnd, end_year
from tests.ledger.conftest import Books, heading, portion
from tests.ledger.steps import NIL, open_next_year, pay_in, promise, promised, spend, standing

LAST_DAY = date(2027, 3, 31)


def end(books: Books, *decided: LineEnd) -> YearEnd:
    with books.unit() as uow:
        return end_year(uow, decided, heading(LAST_DAY))


def told(end: YearEnd) -> tuple[Money, Money, Money, Money]:
    return end.commitments, end.handed_over, end.carried, end.lapsed


def available(books: Books, place: Place) -> Money:
    return books.ask(position_of_plan_line, place.plan_line_id, place.year).available


def test_money_handed_over_goes_on_and_the_rest_lapses(funded: Books) -> None:
    """£1,000.00 of care: £700.00 paid out, £640.00 spent. £60.00 is held and goes on.

    £300.00 of care was never paid and £1,000.00 of equipment was never handed over: 1,300.00 lapses.
    """
    care_next, equipment_next = open_next_year(funded)
    pay_in(funded, "700")
    spend(funded, "640")
    ended = end(funded, LineEnd(funded.care, care_next), LineEnd(funded.equipment, equipment_next))
    assert told(ended) == (NIL, pounds("60"), NIL, pounds("1300"))
    assert standing(funded) == ("640", "640", "0", "0", "700", "60")
    assert standing(funded, care_next) == ("60", "0", "0", "0", "0", "60")
    assert available(funded, funded.equipment) == available(funded, equipment_next) == NIL
    # A second call finds nothing left.
    again = end(funded, LineEnd(funded.care, care_next), LineEnd(funded.equipment, equipment_next))
    assert (told(again), again.journals) == ((NIL, NIL, NIL, NIL), ())


def test_what_policy_carries_goes_on_and_can_be_paid_out(funded: Books) -> None:
    """£300.00 of care was not handed over; £120.00 of it is carried, so 300.00 - 120.00 = £180.00 lapses."""
    care_next, _ = open_next_year(funded)
    pay_in(funded, "700")
    spend(funded, "700")
    ended = end(funded, LineEnd(funded.care, care_next, carried=pounds("120")))
    assert told(ended) == (NIL, NIL, pounds("120"), pounds("180"))
    assert standing(funded, care_next) == ("120", "0", "0", "120", "0", "0")


def test_no_more_is_carried_than_was_not_handed_over(funded: Books) -> None:
    care_next, _ = open_next_year(funded)
    pay_in(funded, "700")
    with pytest.raises(CarriedTooMuchError, match=r"£300\.01 cannot be carried .*: £300\.00 of this line is left"):
        end(funded, LineEnd(funded.care, care_next, carried=pounds("300.01")))
    assert standing(funded) == ("1000", "0", "0", "300", "700", "700")


def test_what_was_handed_over_on_a_line_that_ends_stays_where_it_is(funded: Books) -> None:
    pay_in(funded, "700")
    ended = end(funded, LineEnd(funded.care))
    assert told(ended) == (NIL, NIL, NIL, pounds("300"))
    assert standing(funded) == ("700", "0", "0", "0", "700", "700")


def test_a_payment_on_its_way_counts_as_handed_over(funded: Books) -> None:
    """£250.00 left the bank on the last day: 1,000.00 - 250.00 = £750.00 was never handed over."""
    care_next, _ = open_next_year(funded)
    funded.post(events.payment_released(heading(LAST_DAY), [portion(funded.care, "250")]))
    assert told(end(funded, LineEnd(funded.care, care_next))) == (NIL, pounds("250"), NIL, pounds("750"))
    funded.post(events.payment_settled(heading(date(2027, 4, 2)), [portion(funded.care, "250")]))
    assert standing(funded, care_next) == ("250", "0", "0", "0", "0", "250")


def test_an_open_order_goes_on_and_what_it_held_lapses(funded: Books) -> None:
    """£300.00 is promised of £1,000.00 of equipment; next year has £500.00, of which 500.00 - 300.00 is left."""
    _, equipment_next = open_next_year(funded)
    promise(funded, "300")
    funded.post(events.budget_agreed(heading(), [portion(equipment_next, "500")]))
    ended = end(funded, LineEnd(funded.equipment, equipment_next, commitments=(promised(funded, "300"),)))
    assert told(ended) == (pounds("300"), NIL, NIL, pounds("1000"))
    assert (available(funded, funded.equipment), available(funded, equipment_next)) == (NIL, pounds("200"))


def test_an_order_that_stays_open_in_its_year_keeps_its_money(funded: Books) -> None:
    promise(funded, "300")
    assert told(end(funded, LineEnd(funded.equipment))) == (NIL, NIL, NIL, pounds("700"))
    position = funded.ask(position_of_plan_line, funded.equipment.plan_line_id, 2026)
    assert (position.approved, position.committed) == (pounds("300"), pounds("300"))


def test_an_order_is_used_in_both_years_by_one_call(funded: Books) -> None:
    """£300.00 is promised, and £200.00 of it goes on. 60.00 + 40.00 = £100.00 is used, so 300.00 - 100.00 is open."""
    _, equipment_next = open_next_year(funded)
    funded.post(events.budget_agreed(heading(), [portion(equipment_next, "500")]))
    promise(funded, "300")
    end(funded, LineEnd(funded.equipment, equipment_next, commitments=(promised(funded, "200"),)))
    with funded.unit() as uow:
        posting.post_batch(uow, [used(funded, funded.equipment, "60"), used(funded, equipment_next, "40")])
    order = select(Commitment.raised, Commitment.consumed).where(Commitment.id == funded.commitment_id)
    assert funded.ask(lambda session: session.execute(order).one()) == (30_000, 10_000)
    funded.assert_sound()


def used(books: Books, place: Place, amount: str) -> Entry:
    """Return a provider's invoice that uses the order in a year."""
    asked = portion(place, amount)
    order = [CommitmentPortion(books.commitment_id, asked)]
    return events.invoice_accepted(heading(), [asked], books.provider_id, used=order)


def test_an_order_needs_room_in_the_next_year(funded: Books) -> None:
    _, equipment_next = open_next_year(funded)
    promise(funded, "300")
    with pytest.raises(TooLittleLeftError):
        end(funded, LineEnd(funded.equipment, equipment_next, commitments=(promised(funded, "300"),)))
    assert available(funded, funded.equipment) == pounds("700")


def test_each_funder_gets_back_what_it_did_not_hand_over(funded: Books) -> None:
    """The NHS paid all its £1,000.00 and £940.00 was spent of it; of the council's £500.00 nothing was paid."""
    care_next, _ = open_next_year(funded)
    funded.post(events.budget_raised(heading(), [portion(funded.care, "500", "council")]))
    pay_in(funded, "1000")
    spend(funded, "940")
    ended = end(funded, LineEnd(funded.care, care_next))
    assert told(ended) == (NIL, pounds("60"), NIL, pounds("500"))
    (lapse,) = lapses(funded)
    assert lapse == ("council", 50_000)


def lapses(books: Books) -> list[tuple[str, int]]:
    """Return what went back to each funder's envelope."""
    query = select(JournalLine.fund, JournalLine.pence).where(
        JournalLine.kind == JournalKind.YEAR_END_LAPSED, JournalLine.account == Account.ENVELOPE
    )
    return books.ask(lambda session: [tuple(row) for row in session.execute(query)])


def test_a_fund_that_is_overdrawn_is_made_up_for_by_the_other_of_its_line(funded: Books) -> None:
    """£1,000.00 NHS and £100.00 council, £150.00 council spent: 1,000.00 + 100.00 - 150.00 = £950.00 is left."""
    care_next, _ = open_next_year(funded)
    funded.post(events.budget_raised(heading(), [portion(funded.care, "100", "council")]))
    pay_in(funded, "1000")
    spend(funded, "150", "council")
    ended = end(funded, LineEnd(funded.care, care_next))
    # 1,100.00 - 1,000.00 = £100.00 was never paid out.
    assert told(ended) == (NIL, pounds("850"), NIL, pounds("100"))
    assert available(funded, funded.care) == NIL


def test_what_is_still_to_pay_is_taken_from_the_lines_of_a_pot_by_what_they_have_left(funded: Books) -> None:
    """Two lines of one pot with £1,000.00 and £500.00; £900.00 was paid and spent on care: 600.00 was never paid.

    Care has 100.00 left, gym 500.00: 600.00 is all that is left, and all of it lapses.
    """
    gym = replace(funded.care, plan_line_id=uuid4())
    with funded.unit() as uow:
        open_plan_lines(uow, [gym], tolerance=NIL)
    funded.post(events.budget_raised(heading(), [portion(gym, "500")]))
    pay_in(funded, "900")
    spend(funded, "900")
    assert told(end(funded, LineEnd(funded.care), LineEnd(gym))) == (NIL, NIL, NIL, pounds("600"))
    assert (available(funded, funded.care), available(funded, gym)) == (NIL, NIL)


def test_an_overspent_line_has_nothing_to_carry(books: Books) -> None:
    """A line may pass its £10.00 by a tolerance; then nothing of it goes on and nothing lapses."""
    place = replace(books.equipment, plan_line_id=uuid4())
    with books.unit() as uow:
        open_plan_lines(uow, [place], tolerance=pounds("5"))
    books.post(events.budget_agreed(heading(), [portion(place, "10")]))
    books.post(events.invoice_accepted(heading(), [portion(place, "12")], books.provider_id))
    assert told(end(books, LineEnd(place))) == (NIL, NIL, NIL, NIL)
    books.assert_sound()


def test_nothing_is_carried_nowhere(funded: Books) -> None:
    with pytest.raises(ValueError, match="goes on somewhere"):
        LineEnd(funded.equipment, carried=pounds("1"))
    with pytest.raises(ValueError, match="goes on somewhere"):
        LineEnd(funded.equipment, commitments=(promised(funded, "1"),))
