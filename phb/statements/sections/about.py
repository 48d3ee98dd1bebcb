"""Whose statement it is, and what it says in a few sentences."""

from collections.abc import Iterator

from phb.budget.kinds import ManagementType
from phb.core.clock import instant_in_words
from phb.core.money import format_pounds
from phb.documents.document import Fact, Facts, Section
from phb.documents.words import say_day, say_period
from phb.statements.cash import MONEY_IN, MONEY_OUT
from phb.statements.pot import Pot
from phb.statements.spend import totals
from phb.statements.statement import Statement
from phb.statements.sums import NOTHING

WAYS = {
    ManagementType.NOTIONAL: "Notional budget",
    ManagementType.THIRD_PARTY: "Third-party budget",
    ManagementType.DIRECT_PAYMENT: "Direct payment",
}


def name_of(pot: Pot) -> str:
    """Return what a pot is called: the way its money is held and who holds it."""
    return f"{WAYS[pot.management]}, held by {pot.held_by}"


def section(statement: Statement) -> Section:
    """Return whose budget it is, when, and who holds the money."""
    known = (Fact("known_at", "As known on", instant_in_words(statement.known_at)),) if statement.known_at else ()
    items = (
        Fact("holder", "Budget holder", statement.holder),
        Fact("commissioner", "Commissioner", statement.commissioner),
        Fact("reference", "Budget reference", statement.reference),
        Fact("budget_period", "Budget runs", statement.budget_period),
        Fact("period", "Statement covers", statement.period),
        Fact("issued_on", "Issued on", statement.issued_on),
        *known,
        Fact("ways_held", "How the money is held", "; ".join(name_of(pot) for pot in statement.pots)),
    )
    return Section("about", "About this statement", blocks=(Facts("about", "Whose budget and which days", items),))


def in_short(statement: Statement) -> Section:
    """Return the statement in a few plain sentences, each figure of them found again below."""
    return Section("in_short", "In short", paragraphs=tuple(_sentences(statement)))


def _sentences(statement: Statement) -> Iterator[str]:
    yield _available(statement)
    yield _spent(statement)
    if statement.position.owed_back:
        yield f"{format_pounds(statement.position.owed_back)} of earlier spending was not accepted and is owed back."
    if statement.alongside.asked_about:
        yield f"{format_pounds(statement.alongside.asked_about)} that left an account is being asked about."
    for pot in statement.pots:
        yield _cash(statement, pot)
        if pot.next_payment:
            amount, day = format_pounds(pot.next_payment.amount), say_day(pot.next_payment.pay_on)
            yield f"The next payment to {pot.held_by} is {amount} on {day}."


def _available(statement: Statement) -> str:
    position = statement.position
    approved, on = format_pounds(position.approved), say_day(statement.stands_on)
    if position.available < NOTHING:
        return (
            f"On {on} the budget was {format_pounds(-position.available)} short: more was spent, promised or owed back "
            f"than the {approved} approved. Please get in touch so that this can be put right."
        )
    return f"On {on}, {format_pounds(position.available)} was available to spend out of {approved} approved."


def _spent(statement: Statement) -> str:
    if not statement.spend:
        return f"Nothing was spent from {_span(statement)}."
    awaited = totals("", statement.spend).awaited
    receipts = f" A receipt or invoice is still needed for {format_pounds(awaited)} of this." if awaited else ""
    return f"{format_pounds(statement.spent)} was spent from {_span(statement)}.{receipts}"


def _cash(statement: Statement, pot: Pot) -> str:
    if pot.cash is None:
        return f"{pot.held_by} holds the money of the notional budget and pays for the care."
    opening, closing = format_pounds(pot.cash.opening), format_pounds(pot.cash.closing)
    came_in, went_out = format_pounds(pot.cash.total_of(*MONEY_IN)), format_pounds(pot.cash.total_of(*MONEY_OUT))
    return (
        f"{pot.held_by} held {opening} at the start. {came_in} came in and {went_out} went out, which left {closing} "
        f"on {say_day(statement.stands_on)}."
    )


def _span(statement: Statement) -> str:
    return say_period(statement.period)
