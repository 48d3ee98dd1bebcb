"""Duties that come with a date: somebody's standing to act, or a user's role, ends soon."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from phb.core.actor import Actor, Role
from phb.monitoring.duties.duty import Duty, Source, Terms, day_of, in_words, row
from phb.people.kinds import Scope
from phb.people.looks.models import WithheldLook, WithheldLookEnd
from phb.people.models import Relation, User, UserRole
from phb.people.queries import about_visible

COORDINATOR = frozenset({Role.CARE_COORDINATOR})
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})


def _visible_withheld(actor: Actor, on: date) -> Select[Any]:
    return select(WithheldLook).where(about_visible(actor, on, Scope.RECORD, WithheldLook.person_id))


def _visible_relations(actor: Actor, on: date) -> Select[Any]:
    return select(Relation).where(about_visible(actor, on, Scope.RECORD, Relation.person_id))


RELATIONS = Source(lambda: select(Relation), _visible_relations)
WITHHELD = Source(lambda: select(WithheldLook), _visible_withheld)
ROLES = Source(lambda: select(UserRole), lambda _actor, _on: select(UserRole))


def _standing(query: Select[Any], terms: Terms) -> Select[Any]:
    """Find who stops acting for a person because their term ends, with nobody of the kind to follow."""
    soon, other = _soon(Relation, terms), aliased(Relation)
    followed = exists().where(
        other.person_id == Relation.person_id,
        other.kind == Relation.kind,
        other.id != Relation.id,
        or_(other.end_on.is_(None), other.end_on > Relation.end_on),
    )
    about = row(
        subject_id=Relation.id,
        person_id=Relation.person_id,
        since_on=Relation.end_on - terms.tasks.standing_notice,
        due_on=Relation.end_on - 1,
        label=func.replace(Relation.kind, "_", " ") + literal(" until ") + in_words(Relation.end_on - 1),
    )
    return query.where(soon, Relation.end_reason.is_(None), ~followed).with_only_columns(*about)


def _withheld(query: Select[Any], terms: Terms) -> Select[Any]:
    """Find looks that are kept from a person and whose day to be looked at again has come."""
    ended = exists().where(WithheldLookEnd.withheld_id == WithheldLook.id)
    about = row(
        subject_id=WithheldLook.id,
        person_id=WithheldLook.person_id,
        since_on=WithheldLook.review_on,
        due_on=WithheldLook.review_on,
        label=literal("kept since ") + in_words(day_of(WithheldLook.withheld_at)),
    )
    return query.where(WithheldLook.review_on <= terms.today, ~ended).with_only_columns(*about)


def _role(query: Select[Any], terms: Terms) -> Select[Any]:
    other = aliased(UserRole)
    followed = exists().where(
        other.user_id == UserRole.user_id,
        other.role == UserRole.role,
        other.id != UserRole.id,
        or_(other.end_on.is_(None), other.end_on > UserRole.end_on),
    )
    name = select(User.name).where(User.id == UserRole.user_id).scalar_subquery()
    about = row(
        subject_id=UserRole.id,
        since_on=UserRole.end_on - terms.tasks.standing_notice,
        due_on=UserRole.end_on - 1,
        label=literal("role of ") + func.replace(UserRole.role, "_", " ") + literal(" of ") + name,
    )
    return query.where(_soon(UserRole, terms), ~followed).with_only_columns(*about)


def _soon(model: type[Relation] | type[UserRole], terms: Terms) -> Any:  # noqa: ANN401 - a condition
    last = terms.today + timedelta(days=terms.tasks.standing_notice)
    return (model.end_on > terms.today) & (model.end_on <= last)


OF_PEOPLE = (
    Duty(
        "relation.renew",
        "Agree who acts for this person next: the standing of somebody ends",
        COORDINATOR,
        "/relations/of/{person_id}",
        RELATIONS,
        _standing,
    ),
    Duty(
        "look.review",
        "Look again at whether this person may be told who looked at their record",
        COORDINATOR,
        "/looks/withheld/of/{person_id}",
        WITHHELD,
        _withheld,
    ),
    Duty(
        "role.renew",
        "Give this role again, or let it end",
        ADMINISTRATOR,
        "/users",
        ROLES,
        _role,
        not_by=(UserRole.user_id,),
    ),
)
