"""What waits for somebody in finance, the most urgent first: one query over everything, for a page at a time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, select, union_all
from sqlalchemy.orm import Bundle, Session

from phb.core.actor import Actor, Permission
from phb.core.money import from_pence
from phb.monitoring.waiting.agreeing import agreeing
from phb.monitoring.waiting.columns import Reader
from phb.monitoring.waiting.kinds import Waiting, WaitingKind, Whose, kinds_for
from phb.monitoring.waiting.paying import paying
from phb.monitoring.waiting.spending import spending
from phb.people.models import Person


class AsWaiting(Bundle[Waiting]):
    """The columns of a row that waits, read as a value."""

    def create_row_processor(self, _query: Any, procs: Any, labels: Any) -> Any:  # noqa: ANN401 - SQLAlchemy's signature
        """Return what makes the value of a row."""

        def made(row: Any) -> Waiting:  # noqa: ANN401 - SQLAlchemy's signature
            return _waiting(**dict(zip(labels, (proc(row) for proc in procs), strict=True)))

        return made


@dataclass(frozen=True)
class WaitingList:
    """What waits: a query of one value a row, the columns that put it in order, and how many there are of each kind."""

    query: Select[Waiting]
    order: Sequence[ColumnElement[Any]]
    counts: Mapping[WaitingKind, int]
    others: int


def waiting_list(
    session: Session, actor: Actor, on: date, *, yours: bool = True, kind: WaitingKind | None = None
) -> WaitingList:
    """Return what waits for an actor on a day, the most urgent first.

    Args:
        session: the commissioner's.
        actor: who reads, and acts.
        on: today.
        yours: whether the actor may take the step; False for what waits for somebody else in their place, because it is
            above their limit or their own, or they decide nothing.
        kind: one kind alone.

    Raises:
        MissingPermissionError: the actor does not read the books.
    """
    actor.require(Permission.LEDGER_READ)
    every = _everything(Reader.of(session, actor, on), kinds_for(actor))
    counts = _counts(session, every)
    mine = every.c.whose == Whose.YOURS
    query = _as_values(every).where(mine if yours else ~mine)
    return WaitingList(
        query=query if kind is None else query.where(every.c.kind == kind),
        order=(every.c.by_on, every.c.since, every.c.id),
        counts={of: count for (of, is_mine), count in counts.items() if is_mine is yours},
        others=sum(count for (_, is_mine), count in counts.items() if is_mine is not yours),
    )


def _everything(reader: Reader, kinds: Collection[WaitingKind]) -> Subquery:
    every = (*agreeing(reader), *spending(reader), *paying(reader))
    return union_all(*(query for kind, query in every if kind in kinds)).subquery("waiting")


def _counts(session: Session, every: Subquery) -> Mapping[tuple[WaitingKind, bool], int]:
    mine = every.c.whose == Whose.YOURS
    rows = session.execute(select(every.c.kind, mine, func.count()).group_by(every.c.kind, mine))
    found = {(WaitingKind(kind), is_mine): count for kind, is_mine, count in rows}
    return {key: found[key] for kind in WaitingKind for key in ((kind, True), (kind, False)) if key in found}


def _as_values(every: Subquery) -> Select[Waiting]:
    name = (Person.given_names + " " + Person.family_name).label("person")
    query = select(AsWaiting("waiting", *every.c, name))
    return query.outerjoin_from(every, Person, Person.id == every.c.person_id)


def _waiting(*, kind: str, pence: int | None, whose: str, **rest: Any) -> Waiting:  # noqa: ANN401 - columns of a row
    value = None if pence is None else from_pence(pence)
    return Waiting(kind=WaitingKind(kind), value=value, whose=Whose(whose), **rest)
