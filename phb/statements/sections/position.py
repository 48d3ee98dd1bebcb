"""Where the budget stands: approved, spent, committed, owed back, available; and what stands beside it."""

from collections.abc import Iterator

from phb.documents.document import Block, Column, Fact, Facts, Section, Table
from phb.documents.words import Cell, say_day, say_period
from phb.statements.position import Alongside, Position
from phb.statements.sections.about import name_of
from phb.statements.statement import Statement

COMMITTED = "Committed is money promised for care that is ordered and not yet given or billed."
OWED_BACK = "Owed back is spending that was not accepted and that somebody has been asked to repay."
BESIDE = (
    "The amounts beside the budget are not taken off it again. Still to be paid out becomes cash held when it is paid. "
    "Money being asked about counts as available until it is decided."
)


def section(statement: Statement) -> Section:
    """Return the budget's position, by pot where there are several, and the money beside it."""
    owed = bool(statement.position.owed_back)
    return Section(
        "position",
        f"Where the budget stands on {say_day(statement.stands_on)}",
        paragraphs=(COMMITTED, *((OWED_BACK,) if owed else ()), *((BESIDE,) if _has_cash(statement) else ())),
        blocks=tuple(_blocks(statement)),
    )


def _blocks(statement: Statement) -> Iterator[Block]:
    yield Facts("position", f"The budget for {say_period(statement.budget_period)}", tuple(_steps(statement.position)))
    if len(statement.pots) > 1:
        yield _by_pot(statement)
    yield _spent_so_far(statement)
    if _has_cash(statement):
        yield Facts("alongside", "Money beside the budget", _beside(statement.alongside))


def _steps(position: Position) -> Iterator[Fact]:
    yield Fact("approved", "Approved", position.approved)
    yield Fact("spent", "Take away: spent so far", position.spent)
    yield Fact("committed", "Take away: committed", position.committed)
    if position.owed_back:
        yield Fact("owed_back", "Take away: owed back", position.owed_back)
    yield Fact("available", "Available to spend", position.available, result=True)


def _by_pot(statement: Statement) -> Table:
    """Return the position of each pot, the budget's below them; owed back only where there is any."""
    names = [("approved", "Approved"), ("spent", "Spent so far"), ("committed", "Committed")]
    if any(pot.position.owed_back for pot in statement.pots):
        names.append(("owed_back", "Owed back"))
    names.append(("available", "Available"))

    def row(name: str, position: Position) -> tuple[Cell, ...]:
        return (name, *(getattr(position, key) for key, _ in names))

    return Table(
        "pots",
        "The budget by the way its money is held",
        (Column("pot", "Way the money is held"), *(Column(key, words, numeric=True) for key, words in names)),
        tuple(row(name_of(pot), pot.position) for pot in statement.pots),
        row("The whole budget", statement.position),
    )


def _spent_so_far(statement: Statement) -> Facts:
    items = (
        Fact("spent_before", "Spent before this statement", statement.spent_before),
        Fact("spent_in_period", "Spent in this statement", statement.spent),
        Fact("spent", "Spent so far", statement.position.spent, result=True),
    )
    return Facts("spent_so_far", "How spent so far is made up", items)


def _beside(alongside: Alongside) -> tuple[Fact, ...]:
    return (
        Fact("still_to_pay_out", "Still to be paid out", alongside.still_to_pay_out),
        Fact("in_payment", "On its way through the bank", alongside.in_payment),
        Fact("came_back", "Came back from the bank, to be decided", alongside.came_back),
        Fact("asked_about", "Being asked about", alongside.asked_about),
    )


def _has_cash(statement: Statement) -> bool:
    return any(pot.cash for pot in statement.pots)
