"""The months of the books: close one, adjust it, close it for good, and open it again by two people.

A month closes for ordinary postings first: what comes late keeps its own date and is reported in the first open month.
Adjustments still go into it, until it is closed for good; then its trial balance is stored with its hash. Months close
in their order, and the last one closed is the first that may be opened again. The database holds the table of steps.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from phb.core.actor import Permission
from phb.core.errors import NotFoundError
from phb.core.money import from_pence
from phb.core.period import add_months, month_in_words, month_of
from phb.core.uow import UnitOfWork
from phb.governance import audit
from phb.ledger.chart import Account, Layer
from phb.ledger.models import PeriodBalance, PeriodStep
from phb.ledger.queries import Balance
from phb.ledger.refusals import explained


class Step(StrEnum):
    """What is done to a month."""

    CLOSE = "close"
    CLOSE_FOR_GOOD = "close_for_good"
    ASK_TO_REOPEN = "ask_to_reopen"
    REOPEN = "reopen"


ACTIONS = {
    Step.CLOSE: "period.closed",
    Step.CLOSE_FOR_GOOD: "period.closed_for_good",
    Step.ASK_TO_REOPEN: "period.asked_for_again",
    Step.REOPEN: "period.reopened",
}


class Stage(StrEnum):
    """What a month takes: anything, adjustments alone, or nothing."""

    OPEN = "open"
    ADJUSTING = "adjusting"
    CLOSED = "closed"


class NotClosedError(NotFoundError):
    """The month is not closed for good, so it has no trial balance that stays."""

    code = "month-not-closed"


@dataclass(frozen=True)
class Month:
    """One month of the books: what it takes, and what may be done to it next."""

    month: date
    stage: Stage
    next_steps: Sequence[Step]


@dataclass(frozen=True)
class ClosedMonth:
    """The trial balance of a month as it was closed for good; `version` counts how often that was done."""

    month: date
    version: int
    closed_at: datetime
    digest: bytes
    balances: Sequence[Balance]


def close(uow: UnitOfWork, month: date) -> PeriodStep:
    """Close a month for ordinary postings, after every journal that is on its way has come in.

    Raises:
        MissingPermissionError: the actor may not.
        PeriodStepError: it is not over, or not the next to be closed.
    """
    return _take(uow, Step.CLOSE, month, Permission.PERIOD_CLOSE)


def close_for_good(uow: UnitOfWork, month: date) -> PeriodStep:
    """Close a month for adjustments too, and store its trial balance; see close()."""
    return _take(uow, Step.CLOSE_FOR_GOOD, month, Permission.PERIOD_CLOSE)


def ask_to_reopen(uow: UnitOfWork, month: date, reason: str) -> PeriodStep:
    """Ask for the last closed month to be opened again; a second person opens it.

    Raises:
        MissingPermissionError: the actor may not.
        PeriodStepError: it is open, or a later month is closed.
        ReasonMissingError: the reason has fewer than 10 characters, or more than 500.
    """
    return _take(uow, Step.ASK_TO_REOPEN, month, Permission.PERIOD_CLOSE, reason)


def reopen(uow: UnitOfWork, month: date) -> PeriodStep:
    """Open a month again that somebody else has asked for; whatever step comes between takes their asking back.

    Raises:
        MissingPermissionError: the actor may not.
        PeriodStepError: nobody else asked for it last.
    """
    return _take(uow, Step.REOPEN, month, Permission.PERIOD_REOPEN)


def _take(uow: UnitOfWork, step: Step, month: date, permission: Permission, reason: str | None = None) -> PeriodStep:
    uow.actor.require(permission)
    values = {
        "commissioner_id": uow.commissioner_id,
        "step": step,
        "month": month_of(month),
        "taken_by": uow.actor.user_id,
        "reason": reason and reason.strip(),
        "recorded_at": uow.now,
    }
    with explained():
        taken = uow.session.scalars(insert(PeriodStep).values(values).returning(PeriodStep)).one()
    digest = f"sha256:{taken.digest.hex()}" if taken.digest else None
    audit.record(
        uow, ACTIONS[step], "period", uow.commissioner_id, reason=taken.reason, month=taken.month, digest=digest
    )
    return taken


def steps(session: Session) -> Sequence[PeriodStep]:
    """Return every step that was taken, the newest first."""
    return session.scalars(select(PeriodStep).order_by(PeriodStep.ordinal.desc())).all()


def last_step(session: Session) -> PeriodStep | None:
    """Return the newest step, which says where the books stand; None where no month was ever closed."""
    return session.scalars(select(PeriodStep).order_by(PeriodStep.ordinal.desc()).limit(1)).first()


def stage_of(stands: PeriodStep | None, month: date) -> Stage:
    """Return what a month takes, as the books stand."""
    if stands is None or month_of(month) > stands.closed_through:
        return Stage.OPEN
    if stands.final_through is None or month_of(month) > stands.final_through:
        return Stage.ADJUSTING
    return Stage.CLOSED


def months(session: Session, today: date, *, count: int = 13) -> list[Month]:
    """Return the newest months of the books, this one first, with what each takes and what may be done to it next."""
    stands = last_step(session)
    found = [add_months(month_of(today), -back) for back in range(count)]
    return [Month(month, stage_of(stands, month), tuple(_next_steps(stands, month, today))) for month in found]


def _next_steps(stands: PeriodStep | None, month: date, today: date) -> Iterator[Step]:
    """Yield what the database would let be done to a month by somebody; it decides when it is done."""
    if stands is None:
        if month < month_of(today):
            yield Step.CLOSE
        return
    if month == add_months(stands.closed_through, 1) and month < month_of(today):
        yield Step.CLOSE
    next_for_good = add_months(stands.final_through, 1) if stands.final_through else month
    if month == next_for_good and month <= stands.closed_through:
        yield Step.CLOSE_FOR_GOOD
    if month == stands.closed_through:
        yield Step.REOPEN if stands.step == Step.ASK_TO_REOPEN else Step.ASK_TO_REOPEN


def closed_month(session: Session, month: date) -> ClosedMonth:
    """Return the trial balance that was stored when a month was closed for good last.

    Raises:
        NotClosedError: it is not closed for good now.
    """
    wanted = month_of(month)
    if stage_of(last_step(session), wanted) is not Stage.CLOSED:
        raise NotClosedError(f"{month_in_words(wanted)} is not closed for good. Ask for a day's trial balance.")
    is_closing = (PeriodStep.step == Step.CLOSE_FOR_GOOD, PeriodStep.month == wanted)
    closings = session.scalars(select(PeriodStep).where(*is_closing).order_by(PeriodStep.ordinal)).all()
    if not closings:
        raise NotClosedError(f"{month_in_words(wanted)} was closed with a later month. Ask for that one.")
    last = closings[-1]
    rows = session.scalars(
        select(PeriodBalance)
        .where(PeriodBalance.ordinal == last.ordinal)
        .order_by(PeriodBalance.layer, PeriodBalance.account, PeriodBalance.fund)
    )
    balances = [Balance(Layer(row.layer), Account(row.account), row.fund, from_pence(row.pence)) for row in rows]
    return ClosedMonth(wanted, len(closings), last.recorded_at, last.digest or b"", balances)
