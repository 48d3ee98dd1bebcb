"""Read the books: positions, balances, lines and the trial balance."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from moneyed import Money
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from phb.core.days import ANY_DAY, Days
from phb.core.errors import NotFoundError
from phb.core.money import from_pence
from phb.ledger.chart import Account, JournalKind, Layer
from phb.ledger.checkpoints import sums
from phb.ledger.models import (
    Commitment,
    EventLine,
    Journal,
    JournalLine,
    KnownView,
    PlanLinePosition,
    PotPosition,
)
from phb.ledger.views import line_was_known


class JournalNotFoundError(NotFoundError):
    """There is no such journal in this commissioner's books."""

    code = "journal-not-found"


@dataclass(frozen=True)
class Position:
    """Where money of a plan line, pot or budget stands: approved - spent - committed - owed back = available."""

    approved: Money
    spent: Money
    committed: Money
    owed_back: Money

    @property
    def available(self) -> Money:
        """What may still be spent or promised."""
        return self.approved - self.spent - self.committed - self.owed_back


@dataclass(frozen=True)
class PayOut:
    """Where the paying out of a pot stands: payable = still to pay out + in payment + paid."""

    payable: Money
    in_payment: Money
    paid: Money

    @property
    def still_to_pay_out(self) -> Money:
        """What was agreed and not yet sent."""
        return self.payable - self.in_payment - self.paid


@dataclass(frozen=True)
class Balance:
    """The balance of one account and fund in one layer; a debit balance is positive."""

    layer: Layer
    account: Account
    fund: str
    amount: Money


def position_of_budget(session: Session, budget_id: UUID, *, year: int | None = None) -> Position:
    """Return where a whole budget stands, in one financial year or in all."""
    where = [PlanLinePosition.budget_id == budget_id]
    return _position(session, where if year is None else [*where, PlanLinePosition.year == year])


def position_of_pot(session: Session, pot_id: UUID, *, year: int | None = None) -> Position:
    """Return where one pot stands, in one financial year or in all."""
    where = [PlanLinePosition.pot_id == pot_id]
    return _position(session, where if year is None else [*where, PlanLinePosition.year == year])


def position_of_plan_line(session: Session, plan_line_id: UUID, year: int) -> Position:
    """Return where one plan line stands in one financial year."""
    return _position(session, [PlanLinePosition.plan_line_id == plan_line_id, PlanLinePosition.year == year])


def positions_of_lines(session: Session, budget_id: UUID) -> dict[UUID, Position]:
    """Return where each plan line of a budget stands in all its years."""
    p = PlanLinePosition
    sums = (_sum(p.allocated), _sum(p.spent), _sum(p.committed), _sum(p.owed))
    rows = session.execute(select(p.plan_line_id, *sums).where(p.budget_id == budget_id).group_by(p.plan_line_id))
    return {line_id: Position(*map(from_pence, pence)) for line_id, *pence in rows}


def approved_of_lines(session: Session, pot_ids: Collection[UUID]) -> dict[tuple[UUID, int], Money]:
    """Return what is approved on the plan lines of some pots, by line and financial year."""
    p = PlanLinePosition
    rows = session.execute(select(p.plan_line_id, p.year, p.allocated).where(p.pot_id.in_(pot_ids)))
    return {(line_id, year): from_pence(pence) for line_id, year, pence in rows}


def still_to_pay_out_of(session: Session, pot_ids: Collection[UUID]) -> dict[tuple[UUID, int], Money]:
    """Return what is still to pay out of some pots, by pot and financial year; see PayOut."""
    p = PotPosition
    left = _sum(p.payable) - _sum(p.in_payment) - _sum(p.paid)
    rows = session.execute(select(p.pot_id, p.year, left).where(p.pot_id.in_(pot_ids)).group_by(p.pot_id, p.year))
    return {(pot_id, year): from_pence(int(pence)) for pot_id, year, pence in rows}


def _position(session: Session, where: Sequence[ColumnElement[bool]]) -> Position:
    p = PlanLinePosition
    sums = (_sum(p.allocated), _sum(p.spent), _sum(p.committed), _sum(p.owed))
    return Position(*map(from_pence, session.execute(select(*sums).where(*where)).one()))


def pay_out_of(session: Session, pot_id: UUID, year: int) -> PayOut:
    """Return where the paying out of a pot stands in one financial year."""
    p = PotPosition
    sums = (_sum(p.payable), _sum(p.in_payment), _sum(p.paid))
    return PayOut(*map(from_pence, session.execute(select(*sums).where(p.pot_id == pot_id, p.year == year)).one()))


def _sum(pence: InstrumentedAttribute[int]) -> ColumnElement[int]:
    return func.coalesce(func.sum(pence), 0)


def open_commitments(session: Session, *, expired_by: date | None = None) -> Sequence[Commitment]:
    """Return commitments with money still promised, oldest last day first; those past it on a day, if one is given."""
    c = Commitment
    query = select(c).where(c.raised > c.consumed + c.released).order_by(c.expires_on, c.id)
    return session.scalars(query if expired_by is None else query.where(c.expires_on < expired_by)).all()


def position_on(
    session: Session,
    budget_id: UUID,
    *,
    pot_id: UUID | None = None,
    year: int | None = None,
    as_of: date | None = None,
    view: KnownView | None = None,
) -> Position:
    """Return where a budget, one of its pots or one of its financial years stood, added up from the lines.

    It is that at the end of a day or now, as it is known now or was known under a view.
    """
    line, event = JournalLine, EventLine
    factors = (event.allocated, event.spent, event.committed, event.owed)
    query = (
        select(*(func.coalesce(func.sum(line.pence * factor), 0) for factor in factors))
        .join(event, (event.kind == line.kind) & (event.account == line.account))
        .where(line.budget_id == budget_id, *counted(as_of, view))
    )
    if pot_id is not None:
        query = query.where(line.pot_id == pot_id)
    if year is not None:
        query = query.where(line.year == year)
    return Position(*(from_pence(int(pence)) for pence in session.execute(query).one()))


def counted(as_of: date | None, view: KnownView | None) -> list[ColumnElement[bool]]:
    """Return the conditions for the lines that count: dated to the end of a day, and known under a view."""
    conditions: list[ColumnElement[bool]] = []
    if as_of is not None:
        conditions.append(JournalLine.effective_on <= as_of)
    if view is not None:
        conditions.append(line_was_known(view))
    return conditions


def balance_of(
    session: Session,
    account: Account,
    *,
    pot_id: UUID | None = None,
    budget_id: UUID | None = None,
    as_of: date | None = None,
    view: KnownView | None = None,
) -> Money:
    """Return the balance of an account, of one pot or budget where given.

    It is that at the end of a day or now, as it is known now or was known under a view.
    """
    if (pot_id, budget_id, view) == (None, None, None):
        whole = sums(session, as_of=as_of, account=account)
        if whole is not None:
            return from_pence(sum(row.pence for row in whole))
    line = JournalLine
    query = select(func.coalesce(func.sum(line.pence), 0)).where(line.account == account, *counted(as_of, view))
    if pot_id is not None:
        query = query.where(line.pot_id == pot_id)
    if budget_id is not None:
        query = query.where(line.budget_id == budget_id)
    return from_pence(int(session.scalar(query) or 0))


def trial_balance(session: Session, *, as_of: date | None = None, view: KnownView | None = None) -> list[Balance]:
    """Return every account's balance by layer and fund; each fund and layer adds to nil.

    It is that at the end of a day or now, as it is known now or was known under a view.
    """
    rows: Iterable[Any] | None = sums(session, as_of=as_of) if view is None else None
    if rows is None:
        line = JournalLine
        query = (
            select(line.layer, line.account, line.fund, func.sum(line.pence))
            .where(*counted(as_of, view))
            .group_by(line.layer, line.account, line.fund)
            .order_by(line.layer, line.account, line.fund)
        )
        rows = session.execute(query)
    return [
        Balance(Layer(layer), Account(account), fund, from_pence(int(pence))) for layer, account, fund, pence in rows
    ]


def lines_of_budget(
    session: Session,
    budget_id: UUID,
    *,
    accounts: Sequence[Account],
    until: date | None = None,
    view: KnownView | None = None,
) -> Sequence[tuple[Journal, JournalLine]]:
    """Return a budget's lines on some accounts with their journals, by day, then in the order they were recorded."""
    query = (
        select(Journal, JournalLine)
        .join(
            Journal,
            (Journal.commissioner_id == JournalLine.commissioner_id) & (Journal.id == JournalLine.journal_id),
        )
        .where(JournalLine.budget_id == budget_id, JournalLine.account.in_(accounts), *counted(until, view))
        .order_by(JournalLine.effective_on, Journal.recorded_at, Journal.id, JournalLine.ordinal)
    )
    return [(journal, line) for journal, line in session.execute(query)]


@dataclass(frozen=True)
class JournalWithLines:
    """A journal and its lines in order; `reversed_by_id` is the journal that turned it round, where one did."""

    journal: Journal
    lines: Sequence[JournalLine]
    reversed_by_id: UUID | None = None


def journals(
    budget_id: UUID | None = None, *, kind: JournalKind | None = None, days: Days = ANY_DAY
) -> Select[Journal]:
    """Return the query for journals, of one budget, one kind or the days they are effective on where given."""
    query = days.of(select(Journal), Journal.effective_on)
    if kind is not None:
        query = query.where(Journal.kind == kind)
    if budget_id is None:
        return query
    of_budget = select(JournalLine.journal_id).where(JournalLine.budget_id == budget_id)
    return query.where(Journal.id.in_(of_budget))


def journal(session: Session, journal_id: UUID) -> JournalWithLines:
    """Return one journal with its lines.

    Raises:
        JournalNotFoundError: there is none in the commissioner's books.
    """
    found = session.scalars(select(Journal).where(Journal.id == journal_id)).first()
    if found is None:
        raise JournalNotFoundError("There is no such journal. Check its number.", journal_id=str(journal_id))
    lines = select(JournalLine).where(JournalLine.journal_id == journal_id).order_by(JournalLine.ordinal)
    reversed_by_id = session.scalar(select(Journal.id).where(Journal.reverses_id == journal_id))
    return JournalWithLines(found, session.scalars(lines).all(), reversed_by_id)


def lines_of_journals(session: Session, journal_ids: Iterable[UUID]) -> dict[UUID, list[JournalLine]]:
    """Return the lines of some journals in order, by the journal."""
    line, found = JournalLine, defaultdict[UUID, list[JournalLine]](list)
    query = select(line).where(line.journal_id.in_(set(journal_ids))).order_by(line.journal_id, line.ordinal)
    for row in session.scalars(query):
        found[row.journal_id].append(row)
    return found
