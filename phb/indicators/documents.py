"""The checks and the trial balance as documents, for every format that lists and reports come in."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from phb.budget.kinds import ManagementType
from phb.core.actor import Actor, Permission
from phb.core.clock import instant_in_words, london_date
from phb.core.money import from_pence
from phb.core.period import month_in_words
from phb.documents.as_list import list_of
from phb.documents.document import Column, Document, Section, Table
from phb.documents.words import Cell, say_day
from phb.indicators import queries
from phb.indicators.report import AS_CALLED, Check, Report, Row
from phb.indicators.rules import Verdict
from phb.ledger.periods import closed_month
from phb.ledger.queries import Balance, trial_balance
from phb.ledger.trial import of_fund
from phb.ledger.views import view_known_at
from phb.people.models import Commissioner

VERDICTS = {Verdict.PASSES: "passes", Verdict.FAILS: "fails", Verdict.NO_RESULT: "no result"}
CHECKS = (
    Column("check", "Check"),
    Column("counted", "Counted", numeric=True),
    Column("of", "Of", numeric=True),
    Column("share", "Share"),
    Column("threshold", "Threshold"),
    Column("verdict", "Verdict"),
    Column("how_many_more", "How many more", numeric=True),
)
COUNTS = (Column("people", "People", numeric=True), Column("budgets", "Budgets", numeric=True))
BALANCES = (
    Column("layer", "Layer"),
    Column("account", "Account"),
    Column("fund", "Fund"),
    Column("debit", "Debit", numeric=True),
    Column("credit", "Credit", numeric=True),
)


def checks(session: Session, actor: Actor, as_of: date, *, anew: bool = False) -> Document:
    """Return the checks as they stood at the end of a day, what they were made of, and how it was counted.

    Raises:
        MissingPermissionError, OutsideTermError: the day's figures are not the actor's to see.
    """
    report = queries.checks(session, actor, as_of, anew=anew)
    title, about = f"Checks at the end of {say_day(as_of)}", _whose(session, actor)
    return Document(title, f"{title}: {about}", f"{title}, {about}", (_checks(report), _counts(report)))


def balances(
    session: Session,
    actor: Actor,
    *,
    as_of: date | None,
    today: date,
    month: date | None = None,
    known_at: datetime | None = None,
    fund: str | None = None,
) -> Document:
    """Return the trial balance at the end of a day, of a month as it was closed for good, or as the books stand today.

    With an instant it tells what was known then, with a fund what is that funder's.

    Raises:
        MissingPermissionError: the actor may not read the books.
        NotClosedError: the month is not closed for good.
        NothingKnownError: what was known then was not recorded.
    """
    actor.require(Permission.LEDGER_READ)
    found: Sequence[Balance]
    if month is not None:
        closed = closed_month(session, month)
        found, closed_on = closed.balances, london_date(closed.closed_at)
        when = f"{month_in_words(month)} as it was closed on {say_day(closed_on)}"
    else:
        view = view_known_at(session, known_at) if known_at else None
        found = trial_balance(session, as_of=as_of, view=view)
        when = f"as the books stand on {say_day(today)}" if as_of is None else f"at the end of {say_day(as_of)}"
        if view:
            when += f", as known on {instant_in_words(view.recorded_at)}"
    found = of_fund(found, fund)
    if fund:
        when += f", of the fund {fund} alone"
    rows = tuple(map(_balance, found))
    total = ("Total", None, None, *(_sum(found, sign) for sign in (1, -1)))
    table = Table("trial-balance", "Trial balance", BALANCES, rows, total)
    return list_of(table, about=f"{_whose(session, actor)}, {when}")


def _checks(report: Report) -> Section:
    table = Table("checks", "Checks", CHECKS, tuple(map(_check, report.checks)))
    return Section("checks", "Checks", tuple(_remarks(report)), (table,))


def _check(check: Check) -> tuple[Cell, ...]:
    outcome = check.outcome
    return (
        check.rule.name,
        outcome.numerator,
        outcome.denominator,
        check.share_in_words,
        check.threshold_in_words,
        VERDICTS[outcome.verdict],
        outcome.how_many_more,
    )


def _remarks(report: Report) -> Iterator[str]:
    """Yield what is missing, and what is to be read with care."""
    for check in report.checks:
        if check.outcome.how_many_more:
            yield f"{check.rule.name}: {check.outcome.how_many_more} {check.rule.more}."
    few = [check.rule.name for check in report.checks if check.counts_few]
    if few:
        yield f"Fewer than ten are counted, so read with care: {'; '.join(few)}."


def _counts(report: Report) -> Section:
    cohorts = _count("cohorts", "Group of cohorts", report.cohorts, report.whole)
    held = [replace(row, name=AS_CALLED[ManagementType(row.name)].capitalize()) for row in report.ways]
    ways = _count("ways", "Way of holding the money", held, report.whole)
    return Section("counted", "What was counted", tuple(report.how_counted), (cohorts, ways))


def _count(key: str, heading: str, rows: Sequence[Row], whole: Row) -> Table:
    *cells, total = ((row.name, row.people, row.budgets) for row in (*rows, whole))
    return Table(key, heading, (Column(key, heading), *COUNTS), tuple(cells), total)


def _balance(balance: Balance) -> tuple[Cell, ...]:
    amount = abs(balance.amount)
    sides = (amount, None) if balance.amount.amount >= 0 else (None, amount)
    return (balance.layer.name.lower(), balance.account, balance.fund, *sides)


def _sum(found: Sequence[Balance], sign: int) -> Cell:
    of_side = [abs(balance.amount) for balance in found if sign * balance.amount.amount > 0]
    return sum(of_side, from_pence(0))


def _whose(session: Session, actor: Actor) -> str:
    return session.get_one(Commissioner, actor.commissioner_id).name
