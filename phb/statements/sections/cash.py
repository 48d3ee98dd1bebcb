"""The cash somebody keeps: what it came to, and each movement with the cash held after it."""

from collections.abc import Iterator

from phb.documents.document import Block, Column, Fact, Facts, Section, Table
from phb.documents.words import say_day
from phb.statements.cash import MONEY_IN, CashAccount, CashKind, CashMovement
from phb.statements.sections.about import name_of
from phb.statements.statement import Statement

# What a kind is called as a step of the sum and as one entry; shown even where there is none, or only where there is.
SUMS = {
    CashKind.RECEIVED: "Add: payments received",
    CashKind.PUT_BACK: "Add: put back",
    CashKind.SPENT: "Take away: spent",
    CashKind.ASKED_ABOUT: "Take away: money out that was asked about",
    CashKind.RETURNED: "Take away: returned to the commissioner",
    CashKind.CAME_BACK: "Take away: payments that came back from the bank",
}
ENTRIES = {
    CashKind.RECEIVED: "Payment received",
    CashKind.PUT_BACK: "Put back",
    CashKind.SPENT: "Spent",
    CashKind.ASKED_ABOUT: "Asked about",
    CashKind.RETURNED: "Returned",
    CashKind.CAME_BACK: "Payment came back",
}
ALWAYS_SHOWN = frozenset({CashKind.RECEIVED, CashKind.SPENT})


def sections(statement: Statement) -> Iterator[Section]:
    """Yield one section for each pot whose money somebody keeps; none for a notional budget."""
    for pot in statement.pots:
        if pot.cash is not None:
            yield Section(
                "cash",
                f"Cash held by {pot.held_by}",
                paragraphs=() if pot.cash.movements else ("No money came in or went out.",),
                blocks=tuple(_blocks(statement, pot.cash)),
                about=name_of(pot),
            )


def _blocks(statement: Statement, cash: CashAccount) -> Iterator[Block]:
    yield Facts("cash", "Cash from first day to last", tuple(_steps(statement, cash)))
    if cash.movements:
        yield _movements(statement, cash)
    if asked := cash.of_kinds({CashKind.ASKED_ABOUT}):
        yield _questions(asked)


def _steps(statement: Statement, cash: CashAccount) -> Iterator[Fact]:
    yield Fact("opening", f"Held at the start of {say_day(statement.period.start_on)}", cash.opening)
    for kind, words in SUMS.items():
        if kind in ALWAYS_SHOWN or cash.of_kinds({kind}):
            yield Fact(kind.value, words, cash.total_of(kind))
    yield Fact("closing", f"Held at the end of {say_day(statement.stands_on)}", cash.closing, result=True)


def _movements(statement: Statement, cash: CashAccount) -> Table:
    first = (statement.period.start_on, "Held at the start of the day", None, None, cash.opening)
    rows = tuple(
        (
            movement.happened_on,
            f"{ENTRIES[movement.kind]}: {movement.what}",
            movement.amount if movement.kind in MONEY_IN else None,
            movement.amount if movement.kind not in MONEY_IN else None,
            held,
        )
        for movement, held in cash.running()
    )
    return Table(
        "movements",
        "Every movement, and the cash held after it",
        (
            Column("happened_on", "Date"),
            Column("what", "What happened"),
            Column("money_in", "Money in", numeric=True),
            Column("money_out", "Money out", numeric=True),
            Column("cash_held", "Cash held", numeric=True),
        ),
        (first, *rows),
    )


def _questions(asked: tuple[CashMovement, ...]) -> Table:
    rows = tuple(
        (each.happened_on, each.what, each.question.reason, each.question.reason_code, each.amount)
        for each in asked
        if each.question
    )
    return Table(
        "questions",
        "Money out that was asked about, and why",
        (
            Column("happened_on", "Date"),
            Column("what", "What happened"),
            Column("reason", "Why it is asked about"),
            Column("reason_code", "Reason code"),
            Column("amount", "Amount", numeric=True),
        ),
        rows,
    )
