"""What tests of the books do over and over: pay in, promise, owe, accept an invoice."""

from dataclasses import replace
from datetime import date

from phb.core.money import pounds
from phb.ledger import events
from phb.ledger.entry import CommitmentPortion, CreditorShare, OwedPortion, Place, Share
from phb.ledger.positions import PotToOpen, open_plan_lines, open_pots
from phb.ledger.queries import pay_out_of, position_of_plan_line
from tests.ledger.conftest import Books, heading, portion

NIL = pounds("0")


def pay_in(books: Books, amount: str) -> None:
    """Pay an instalment into the direct payment pot."""
    books.post(events.payment_released(heading(), [portion(books.care, amount)]))
    books.post(events.payment_settled(heading(), [portion(books.care, amount)]))


def promised(books: Books, amount: str) -> CommitmentPortion:
    """Return an amount of the order on the equipment line."""
    return CommitmentPortion(books.commitment_id, portion(books.equipment, amount))


def promise(books: Books, amount: str) -> None:
    """Raise the order by an amount."""
    books.post(events.commitment_raised(heading(), [promised(books, amount)]))


def creditor(books: Books, amount: str) -> CreditorShare:
    """Return what the provider is owed."""
    return CreditorShare(books.budget_id, books.provider_id, 2026, Share("nhs", pounds(amount)))


def accept_invoice(books: Books, amount: str, *, uses: str | None = None, on: date = date(2026, 4, 1)) -> None:
    """Accept the provider's invoice for equipment."""
    used = [promised(books, uses)] if uses else []
    books.post(events.invoice_accepted(heading(on), [portion(books.equipment, amount)], books.provider_id, used=used))


def owed(books: Books, amount: str, fund: str = "nhs") -> list[OwedPortion]:
    """Return what the holder owes, or is owed, on the care line."""
    return [OwedPortion(books.holder_id, portion(books.care, amount, fund))]


def spend(books: Books, amount: str, fund: str = "nhs") -> None:
    """Spend money held on care."""
    books.post(events.paid_from_funds(heading(), [portion(books.care, amount, fund)]))


def open_next_year(books: Books) -> tuple[Place, Place]:
    """Open the care and the equipment line, and their pots, for 2027/28, and return their places."""
    care, equipment = (replace(place, year=2027) for place in (books.care, books.equipment))
    with books.unit() as uow:
        pots = ((books.pot_id, True), (books.notional_pot_id, False))
        open_pots(uow, [PotToOpen(books.budget_id, pot_id, 2027, handed_over) for pot_id, handed_over in pots])
        open_plan_lines(uow, [care, equipment], tolerance=NIL)
    return care, equipment


def standing(books: Books, place: Place | None = None) -> tuple[str, ...]:
    """Return a direct payment in pounds: approved, spent, owed back, still to pay out, paid, cash held."""
    at = place or books.care
    line = books.ask(position_of_plan_line, at.plan_line_id, at.year)
    pot = books.ask(pay_out_of, at.pot_id, at.year)
    told = (line.approved, line.spent, line.owed_back, pot.still_to_pay_out, pot.paid, books.cash())
    return tuple(f"{amount.amount:g}" for amount in told)
