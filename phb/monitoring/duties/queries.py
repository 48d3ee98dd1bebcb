"""What holds now, and the inbox of an actor: what they may see, may do, and is not done yet.

The inbox is read from the records themselves, by the same selects that tasks are raised from. So it never shows what
is done, shows what has come up since tasks were raised, and needs no operation to remember to open or close anything.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import CTE, Select, Text, Uuid, cast, func, literal, null, select, tuple_, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from phb.core.actor import Actor
from phb.governance.models import Task
from phb.governance.tasks import GIVEN, is_task_of
from phb.monitoring.duties.duty import Duty, Terms
from phb.monitoring.duties.table import DUTIES
from phb.people.models import Person

Place: TypeAlias = tuple[date, str, UUID]
DEFAULT_LIMIT = 50


@dataclass(frozen=True)
class Entry:
    """One thing that is the actor's to do.

    `about` names it in words, with the name of the person it is about unless that is the actor. `since_on` is the day
    it began to wait; `due_on` the last day that is in time. `raised_at` is None until a task was raised for it.
    """

    duty: Duty
    about: str
    subject_id: UUID
    budget_id: UUID | None
    person_id: UUID | None
    since_on: date
    due_on: date
    raised_at: datetime | None
    is_overdue: bool

    @property
    def kind(self) -> str:
        """The kind of duty."""
        return self.duty.kind

    @property
    def title(self) -> str:
        """What is to be done."""
        return self.duty.title

    @property
    def address(self) -> str:
        """What to open, below the API's address."""
        ids = {"subject_id": self.subject_id, "budget_id": self.budget_id, "person_id": self.person_id}
        return self.duty.opens.format(**ids)

    @property
    def place(self) -> Place:
        """Where it stands in the inbox: give it as `after` to read on."""
        return self.due_on, self.kind, self.subject_id


@dataclass(frozen=True)
class Summary:
    """How much an actor has to do, and when the first of it is due; None where there is nothing."""

    count: int
    first_due_on: date | None


def inbox(
    session: Session,
    actor: Actor,
    today: date,
    *,
    kinds: Collection[str] | None = None,
    due_by: date | None = None,
    after: Place | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Sequence[Entry]:
    """Return what is the actor's to do, what is due first coming first.

    Args:
        session: the commissioner's.
        actor: whose roles and whose people decide; what they are barred from is left out.
        today: what is dated later does not hold yet.
        kinds: only these kinds of duty.
        due_by: only what is due by this day.
        after: the place of the entry that the page before ended with.
        limit: the most entries.
    """
    mine = _mine(session, actor, today, kinds)
    if mine is None:
        return []
    place = (mine.c.due_on, mine.c.kind, mine.c.subject_id)
    query = (
        select(mine, Person.given_names, Person.family_name)
        .outerjoin_from(mine, Person, Person.id == mine.c.person_id)
        .order_by(*place)
        .limit(limit)
    )
    if due_by is not None:
        query = query.where(mine.c.due_on <= due_by)
    if after is not None:
        query = query.where(tuple_(*place) > tuple_(*after))
    return [_entry(row, actor, today) for row in session.execute(query)]


def summary(session: Session, actor: Actor, today: date) -> Summary:
    """Return how much the actor has to do."""
    mine = _mine(session, actor, today, None)
    if mine is None:
        return Summary(0, None)
    return Summary(*session.execute(select(func.count(), func.min(mine.c.due_on)).select_from(mine)).one())


def holding(session: Session, today: date) -> Select[Any]:
    """Return the select of every duty that holds for anybody of the commissioner today, for raising tasks."""
    terms = Terms.of(session, today)
    selects = [_named(duty, duty.found(duty.source.every(), terms)) for duty in DUTIES.values()]
    found = union_all(*selects).subquery("found")
    return select(*(found.c[name] for name in GIVEN))


def _mine(session: Session, actor: Actor, today: date, kinds: Collection[str] | None) -> CTE | None:
    """Return the duties of an actor with the days they are due on, or None where their roles have none."""
    theirs = [duty for duty in DUTIES.values() if duty.roles & actor.roles and (kinds is None or duty.kind in kinds)]
    if not theirs:
        return None
    terms = Terms.of(session, today)
    found = union_all(*(_named(duty, _of_actor(duty, actor, terms)) for duty in theirs)).subquery("found")
    # A task that was raised keeps its day, whatever became of the policy since.
    due_on = func.coalesce(Task.due_on, found.c.due_on).label("due_on")
    others = (column for column in found.c if column.key != "due_on")
    return select(*others, due_on, Task.raised_at).outerjoin_from(found, Task, is_task_of(found)).cte("mine")


def _of_actor(duty: Duty, actor: Actor, terms: Terms) -> Select[Any]:
    """Narrow a duty to what an actor sees in the roles that it is for, and may do."""
    in_its_roles = replace(actor, roles=actor.roles & duty.roles)
    found = duty.found(duty.source.visible(in_its_roles, terms.today), terms)
    found = found.where(*(column.is_distinct_from(actor.user_id) for column in duty.not_by))
    if duty.within is not None:
        found = found.where(duty.within(in_its_roles, terms))
    return found if duty.only is None else found.where(duty.only == actor.user_id)


def _named(duty: Duty, found: Select[Any]) -> Select[Any]:
    """Add to the rows of a duty what kind it is, and whose."""
    roles = literal(sorted(role.value for role in duty.roles), ARRAY(Text))
    user_id = cast(null() if duty.only is None else duty.only, Uuid)
    return found.add_columns(literal(duty.kind).label("kind"), roles.label("roles"), user_id.label("user_id"))


def _entry(row: Any, actor: Actor, today: date) -> Entry:  # noqa: ANN401 - a row of the inbox
    label = row.label[0].upper() + row.label[1:]
    named = row.given_names is not None and row.person_id != actor.person_id
    return Entry(
        duty=DUTIES[row.kind],
        about=f"{label}, {row.given_names} {row.family_name}" if named else label,
        subject_id=row.subject_id,
        budget_id=row.budget_id,
        person_id=row.person_id,
        since_on=row.since_on,
        due_on=row.due_on,
        raised_at=row.raised_at,
        is_overdue=row.due_on < today,
    )
