"""The figures of a statement, every one a sum of the ledger's lines up to a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from moneyed import Money
from sqlalchemy import ColumnElement, Row, Select, and_, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from phb.core.money import from_pence
from phb.core.period import Period
from phb.ledger.chart import Account, JournalKind
from phb.ledger.models import EventLine, Journal, JournalLine, KnownView
from phb.ledger.queries import counted, lines_of_budget
from phb.statements.position import Alongside, Position, add_positions

SHOWN_ONE_BY_ONE = (Account.FUNDS_HELD, Account.EXPENDITURE)


@dataclass(frozen=True)
class PotFigures:
    """Where one pot stands at the end of a period, its cash before the first day and after the last."""

    position: Position
    alongside: Alongside
    spent_before: Money
    opening: Money
    closing: Money


@dataclass(frozen=True)
class Books:
    """What the books say of one budget for a period; `lines` are those on cash and spending in it, in order."""

    pots: Mapping[UUID, PotFigures]
    lines: Sequence[tuple[Journal, JournalLine]]

    @property
    def position(self) -> Position:
        """The whole budget's position."""
        return add_positions(figures.position for figures in self.pots.values())


def read(session: Session, budget_id: UUID, days: Period, view: KnownView | None = None) -> Books:
    """Return the books of a budget for some days and no later ones, as known now or as known under a view."""
    rows = session.execute(_sums(budget_id, days, view))
    lines = lines_of_budget(session, budget_id, accounts=SHOWN_ONE_BY_ONE, until=days.last_day, view=view)
    return Books(
        pots={row.pot_id: _figures(row) for row in rows},
        # What funders owe each other changes nothing of what the person spent.
        lines=[
            (journal, line)
            for journal, line in lines
            if line.effective_on >= days.start_on and journal.kind != JournalKind.FUNDS_TRUED_UP
        ],
    )


def _sums(budget_id: UUID, days: Period, view: KnownView | None) -> Select[*tuple[Any, ...]]:
    """Select the sums of each pot: by the event table's factors where a position moves, else by account."""
    line, event = JournalLine, EventLine
    before = line.effective_on < days.start_on
    terms: dict[str, ColumnElement[int]] = {
        name: line.pence * getattr(event, name)
        for name in ("allocated", "spent", "committed", "owed", "payable", "in_payment", "paid", "came_back")
    }
    terms["spent_before"] = _where(before, line.pence * event.spent)
    terms["asked_about"] = _where(line.account == Account.BEING_ASKED_ABOUT, line.pence)
    terms["closing"] = _where(line.account == Account.FUNDS_HELD, line.pence)
    terms["opening"] = _where(and_(line.account == Account.FUNDS_HELD, before), line.pence)
    return (
        select(line.pot_id, *(func.sum(term).label(name) for name, term in terms.items()))
        .join(event, (event.kind == line.kind) & (event.account == line.account))
        .where(line.budget_id == budget_id, line.pot_id.is_not(None), *counted(days.last_day, view))
        .group_by(line.pot_id)
    )


def _where(
    condition: ColumnElement[bool], pence: ColumnElement[int] | InstrumentedAttribute[int]
) -> ColumnElement[int]:
    return case((condition, pence), else_=0)


def _figures(row: Row[Any]) -> PotFigures:
    of = {name: from_pence(int(value)) for name, value in row._mapping.items() if name != "pot_id"}  # noqa: SLF001 - the documented way to a row's names
    return PotFigures(
        position=Position(
            approved=of["allocated"],
            spent=of["spent"],
            committed=of["committed"],
            owed_back=of["owed"],
            available=of["allocated"] - of["spent"] - of["committed"] - of["owed"],
        ),
        alongside=Alongside(
            still_to_pay_out=of["payable"] - of["in_payment"] - of["paid"],
            in_payment=of["in_payment"] - of["came_back"],
            came_back=of["came_back"],
            asked_about=of["asked_about"],
        ),
        spent_before=of["spent_before"],
        opening=of["opening"],
        closing=of["closing"],
    )
