"""What each funder bears by the books, what it was asked for, and asking it for the rest.

Everything is cumulative for a financial year: what comes late or is corrected changes what is asked next, and asking
twice asks for nothing. The NHS pays from its own bank account, so it is never asked.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

from moneyed import Money
from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from phb.core.actor import Permission
from phb.core.days import Days
from phb.core.errors import RuleViolationError
from phb.core.money import format_pounds, from_pence
from phb.core.uow import UnitOfWork
from phb.governance import audit, policy
from phb.governance.policies import FunderPolicy, RechargedWhen
from phb.ledger import events, posting
from phb.ledger.chart import NHS, Account, JournalKind, Layer
from phb.ledger.entry import Entry, Heading, Share, Source
from phb.ledger.models import JournalLine

COSTS = {
    Account.EXPENDITURE,
    Account.LOSSES,
    Account.LEFT_WITH_HOLDER,
    Account.BALANCES_MOVED_OUT,
    Account.BALANCES_MOVED_IN,
}
BETWEEN_FUNDS = {Account.DUE_FROM_FUND, Account.DUE_TO_FUND}
BY_FUNDERS = {JournalKind.FUNDER_SHARE_RECEIVED, JournalKind.FUNDER_RETURN_PAID}
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('funders' || :commissioner_id, 0))")
NIL = from_pence(0)
Sums: TypeAlias = dict[tuple[Account, JournalKind], int]
"""Pence by account and kind of journal."""
Books: TypeAlias = Callable[[Heading, int, Sequence[Share]], Entry]


class FunderOwesLessError(RuleViolationError):
    """A funder paid more than it owes, or was paid more than it is owed."""

    code = "funder-owes-less"


@dataclass(frozen=True)
class Borne:
    """What a funder bears by some lines of the books.

    `spent` is care paid for, less contributions; `paid_out` the money that left the commissioner's account for it, less
    what came back. `missed` are contributions of people that it bears.
    """

    spent: Money
    paid_out: Money
    contributions: Money
    missed: Money


@dataclass(frozen=True)
class BudgetBorne(Borne):
    """What a funder bears of one budget."""

    fund: str
    budget_id: UUID


@dataclass(frozen=True)
class FunderYear(Borne):
    """One funder in one financial year, up to a day: what it bears, was asked for and paid."""

    fund: str
    year: int
    asked: Money
    received: Money
    when: RechargedWhen

    @property
    def is_asked(self) -> bool:
        """Whether it pays a share: the NHS pays from its own account."""
        return self.fund != NHS

    @property
    def owed(self) -> Money:
        """What it still owes of what it was asked for; below nil it is owed."""
        return self.asked + self.missed - self.received

    @property
    def to_ask(self) -> Money:
        """What it has not been asked for yet, by the policy; below nil it was asked for too much."""
        if not self.is_asked:
            return NIL
        return (self.paid_out if self.when is RechargedWhen.PAID_OUT else self.spent) - self.asked


@dataclass(frozen=True)
class Asked:
    """What funders were asked for, and what they are owed back of what they were asked for before."""

    asked: Money
    owed_back: Money


def funder_years(session: Session, until: date) -> list[FunderYear]:
    """Return every funder in every financial year of the books up to the end of a day, the newest year first."""
    when = policy.read(session, FunderPolicy, until).recharged_when
    sums = _sums(session, JournalLine.year, Days(last=until))
    in_order = sorted(sums.items(), key=lambda item: (-item[0][1], item[0][0] != NHS, item[0][0]))
    return [_funder_year(fund, year, of_year, when) for (fund, year), of_year in in_order]


def shares_of_budgets(session: Session, days: Days) -> list[BudgetBorne]:
    """Return what each funder bears of each budget by what happened in some days."""
    sums = _sums(session, JournalLine.budget_id, days)
    return [BudgetBorne(**_borne(of_it), fund=fund, budget_id=budget_id) for (fund, budget_id), of_it in sums.items()]


def ask_funders(uow: UnitOfWork, until: date) -> Asked:
    """Ask every funder for what it has not been asked for up to the end of a day, and owe it what was too much.

    Raises:
        MissingPermissionError: the actor may not.
    """
    uow.actor.require(Permission.FUNDERS_ASK)
    uow.session.execute(LOCK, {"commissioner_id": str(uow.commissioner_id)})
    found = [(row, row.to_ask) for row in funder_years(uow.session, until)]
    more = _by_year((row, amount) for row, amount in found if amount > NIL)
    less = _by_year((row, -amount) for row, amount in found if amount < NIL)
    due = Heading(until, "Funders are asked for their shares", _source(uow))
    back = Heading(until, "Funders are owed what they were asked for too much", _source(uow))
    posting.post_batch(
        uow,
        [
            *(events.funder_share_due(due, year, shares) for year, shares in more.items()),
            *(events.funder_return_due(back, year, shares) for year, shares in less.items()),
        ],
    )
    done = Asked(_in_all(more), _in_all(less))
    if more or less:
        audit.record(
            uow,
            "funders.asked",
            "commissioner",
            uow.commissioner_id,
            until=until,
            asked=done.asked,
            owed_back=done.owed_back,
        )
    return done


def receive(uow: UnitOfWork, fund: str, year: int, amount: Money, on: date) -> posting.Posted:
    """Book what a funder paid of what it owes.

    Raises:
        MissingPermissionError: the actor may not.
        FunderOwesLessError: it owes less, or the amount is not above nil.
    """
    return _settle(uow, events.funder_share_received, Share(fund, amount), year, on)


def pay_back(uow: UnitOfWork, fund: str, year: int, amount: Money, on: date) -> posting.Posted:
    """Book what a funder was paid of what it is owed.

    Raises:
        MissingPermissionError: the actor may not.
        FunderOwesLessError: it is owed less, or the amount is not above nil.
    """
    return _settle(uow, events.funder_return_paid, Share(fund, amount), year, on)


def _settle(uow: UnitOfWork, booked: Books, share: Share, year: int, on: date) -> posting.Posted:
    uow.actor.require(Permission.FUNDERS_ASK)
    uow.session.execute(LOCK, {"commissioner_id": str(uow.commissioner_id)})
    pays = booked is events.funder_share_received
    rows = [row for row in funder_years(uow.session, on) if (row.fund, row.year) == (share.fund, year) and row.is_asked]
    owed = sum((row.owed if pays else -row.owed for row in rows), NIL)
    if not NIL < share.amount <= owed:
        who = "owes" if pays else "is owed"
        raise FunderOwesLessError(
            f"{share.fund} {who} {format_pounds(max(owed, NIL))} of {year} to {year + 1} at the end of "
            f"{on:%-d %B %Y}, and the amount is {format_pounds(share.amount)}. Enter more than nil and no more than "
            "that; ask the funder first for what it was not asked for.",
            field="amount",
            owed=owed,
        )
    narration = "A funder paid its share" if pays else "A funder was paid what it is owed"
    posted = posting.post(uow, booked(Heading(on, narration, _source(uow)), year, [share]))
    action = "funders.paid" if pays else "funders.paid_back"
    audit.record(uow, action, "journal", posted.journal_id, fund=share.fund, year=year, amount=share.amount)
    return posted


def _sums(session: Session, key: InstrumentedAttribute[Any], days: Days) -> dict[tuple[str, Any], Sums]:
    """Return the pence of each account and kind of journal, by the fund and by what else is asked for."""
    line = JournalLine
    query: Select[Any] = (
        select(line.fund, key, line.account, line.kind, func.sum(line.pence))
        .where(line.layer == Layer.ACTUAL, key.is_not(None))
        .group_by(line.fund, key, line.account, line.kind)
    )
    rows = session.execute(days.of(query, line.effective_on))
    found: defaultdict[tuple[str, Any], Sums] = defaultdict(dict)
    for fund, of_it, account, kind, pence in rows:
        found[fund, of_it][Account(account), JournalKind(kind)] = int(pence)
    return found


def _total(sums: Sums, wanted: Callable[[Account, JournalKind], bool]) -> Money:
    return from_pence(sum(pence for (account, kind), pence in sums.items() if wanted(account, kind)))


def _borne(sums: Sums) -> dict[str, Money]:
    contributions = -_total(sums, lambda account, _: account is Account.CONTRIBUTION)
    missed = _total(
        sums, lambda account, kind: (account, kind) == (Account.DUE_FROM_FUNDER, JournalKind.CONTRIBUTION_MISSED)
    )
    left_the_bank = -_total(sums, lambda account, kind: account is Account.BANK and kind not in BY_FUNDERS)
    return {
        "spent": _total(sums, lambda account, _: account in COSTS) - contributions,
        "paid_out": left_the_bank - _total(sums, lambda account, _: account in BETWEEN_FUNDS) - missed,
        "contributions": contributions,
        "missed": missed,
    }


def _funder_year(fund: str, year: int, sums: Sums, when: RechargedWhen) -> FunderYear:
    return FunderYear(
        **_borne(sums),
        fund=fund,
        year=year,
        asked=-_total(sums, lambda account, _: account is Account.FUNDING),
        received=_total(sums, lambda account, kind: account is Account.BANK and kind in BY_FUNDERS),
        when=when,
    )


def _by_year(found: Iterable[tuple[FunderYear, Money]]) -> dict[int, list[Share]]:
    by_year: defaultdict[int, list[Share]] = defaultdict(list)
    for row, amount in found:
        by_year[row.year].append(Share(row.fund, amount))
    return by_year


def _in_all(by_year: dict[int, list[Share]]) -> Money:
    return sum((share.amount for shares in by_year.values() for share in shares), NIL)


def _source(uow: UnitOfWork) -> Source:
    return Source("funders", uow.commissioner_id)
