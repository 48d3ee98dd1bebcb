"""What was due for the days of the statement, what arrived within them, and what comes next."""

from collections.abc import Iterator

from phb.documents.document import Block, Column, Fact, Facts, Section, Table
from phb.documents.words import say_period
from phb.statements.cash import CashAccount, CashKind
from phb.statements.pot import Due, NextPayment, Pot
from phb.statements.sections.about import name_of
from phb.statements.statement import Statement
from phb.statements.sums import total

DUE_AND_RECEIVED = (
    "Due is counted by the days a payment is for, received by the day it arrived. The two differ when a payment "
    "arrives before or after its days."
)


def sections(statement: Statement) -> Iterator[Section]:
    """Yield one section for each pot that is paid; none for a notional budget."""
    for pot in statement.pots:
        if pot.cash is not None:
            yield Section(
                "payments",
                f"Payments to {pot.held_by}",
                paragraphs=(DUE_AND_RECEIVED, *(() if pot.next_payment else ("No further payment is planned yet.",))),
                blocks=tuple(_blocks(statement, pot, pot.cash)),
                about=name_of(pot),
            )


def _blocks(statement: Statement, pot: Pot, cash: CashAccount) -> Iterator[Block]:
    due = total(each.part_in(statement.period) for each in pot.due)
    received = cash.total_of(CashKind.RECEIVED)
    items = (
        Fact("due", f"Due for {say_period(statement.period)}", due),
        Fact("received", f"Received from {say_period(statement.period)}", received),
    )
    yield Facts("due_and_received", "Due and received", items)
    if pot.due:
        yield _due(statement, pot.due)
    if cash.of_kinds({CashKind.RECEIVED}):
        yield _received(cash)
    if pot.next_payment:
        yield Facts("next_payment", "Next payment", tuple(_next(pot.next_payment)))


def _due(statement: Statement, due: tuple[Due, ...]) -> Table:
    every = sorted(due, key=lambda each: each.covers)
    rows = tuple(
        (
            each.covers,
            f"{each.days_in(statement.period)} of {each.covers.days}",
            each.amount,
            each.part_in(statement.period),
        )
        for each in every
    )
    return Table(
        "due",
        "Payments due for days of this statement",
        (
            Column("covers", "Days it is for"),
            Column("days", "Of these, days in this statement"),
            Column("amount", "Whole payment", numeric=True),
            Column("part", "Part for this statement", numeric=True),
        ),
        rows,
        ("Total", None, None, total(each.part_in(statement.period) for each in every)),
    )


def _received(cash: CashAccount) -> Table:
    received = cash.of_kinds({CashKind.RECEIVED})
    return Table(
        "received",
        "Payments received, by the day they arrived",
        (
            Column("happened_on", "Date"),
            Column("what", "Payment"),
            Column("covers", "Days it is for"),
            Column("amount", "Amount", numeric=True),
        ),
        tuple((each.happened_on, each.what, each.covers, each.amount) for each in received),
        ("Total", None, None, cash.total_of(CashKind.RECEIVED)),
    )


def _next(payment: NextPayment) -> Iterator[Fact]:
    yield Fact("pay_on", "To be paid on", payment.pay_on)
    yield Fact("amount", "Amount", payment.amount)
    if payment.covers:
        yield Fact("covers", "Days it is for", payment.covers)
