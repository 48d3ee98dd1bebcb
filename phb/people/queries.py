"""Who may see whom, on which day and for what: written once here, and every list, page and report starts from it.

- holder: themselves, without limit of time;
- representative, nominee, advocate, broker, third party: who they are tied to by a relation in force on the day, in the
  parts its scopes name, and what is dated inside the relation's term and their role's;
- care co-ordinator: whom they are assigned to, and everybody who has no co-ordinator yet, so that nobody is left alone;
- clinician, finance officer, approver, releaser, auditor, the system: everybody of the commissioner;
- administrator: nobody.

What is dated outside a role's own term (`Actor.sees`) stays hidden, except a holder's own. Nobody working for the
service sees their own record, or that of somebody they act for, by their staff role.
"""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, and_, exists, false, func, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from phb.core.actor import Actor, Permission, Role
from phb.core.errors import NotFoundError
from phb.core.period import FIRST_DAY, LAST_DAY, Period
from phb.people.kinds import RelationKind, Scope
from phb.people.models import CommunicationNeed, Person, ProtectedCharacteristics, Relation

ALWAYS = Period.of_days(FIRST_DAY, LAST_DAY)
SEE_EVERYBODY = frozenset(
    {Role.CLINICIAN, Role.FINANCE_OFFICER, Role.APPROVER, Role.PAYMENTS_RELEASER, Role.AUDITOR, Role.SYSTEM}
)
Terms = Select[UUID, date, date]
ASKED_BEFORE = 500  # questions kept in memory; only the answers are the database's


class PersonNotFoundError(NotFoundError):
    """There is no such person, or the actor may not know of them."""

    code = "person-not-found"


@lru_cache(maxsize=ASKED_BEFORE)
def visible_terms(actor: Actor, on: date, scope: Scope | None = None) -> Terms:
    """Return rows of person_id, start_on and end_on: whose records dated in [start_on, end_on) the actor sees.

    Args:
        actor: whose roles decide.
        on: the day on which relations must be in force: today, save for questions about another day.
        scope: the part of a person's affairs; None for any.
    """
    sees = actor.sees or ALWAYS
    found: list[Terms] = []
    if Role.HOLDER in actor.roles and actor.person_id is not None:
        found.append(_people(Person.id == actor.person_id, ALWAYS))
    if on in sees:
        found += _by_relation(actor, on, scope, sees)
        found += _by_office(actor, on, sees)
    if not found:
        return _people(false(), ALWAYS)
    rows = union_all(*found).subquery("visible_terms")
    return select(rows.c.person_id, rows.c.start_on, rows.c.end_on)


def visible_people(actor: Actor, on: date, scope: Scope | None = None) -> Select[Person]:
    """Return the people whose records, or one part of them, an actor may see on a day."""
    return select(Person).where(
        Person.commissioner_id == actor.commissioner_id, about_visible(actor, on, scope, Person.id)
    )


def about_visible(
    actor: Actor,
    on: date,
    scope: Scope | None,
    person_id: InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None],
) -> ColumnElement[bool]:
    """Return the condition that a row is about somebody whose records, or one part of them, the actor sees on a day.

    It is asked of each row by the person's key, so that a short list does not read a whole caseload.
    """
    terms = visible_terms(actor, on, scope).subquery()
    return exists().where(terms.c.person_id == person_id)


def visible_between(
    actor: Actor,
    on: date,
    scope: Scope | None,
    person_id: ColumnElement[UUID] | InstrumentedAttribute[UUID],
    dated: ColumnElement[date] | InstrumentedAttribute[date],
) -> ColumnElement[bool]:
    """Return the condition that a row is about somebody the actor sees and dated inside a term; for lists."""
    terms = visible_terms(actor, on, scope).subquery()
    return exists().where(terms.c.person_id == person_id, dated >= terms.c.start_on, dated < terms.c.end_on)


def terms_of(session: Session, actor: Actor, person_id: UUID, scope: Scope | None, on: date) -> list[Period]:
    """Return the terms inside which an actor sees what is dated, for one person and part; none if they see nothing."""
    terms = visible_terms(actor, on, scope).subquery()
    rows = session.execute(
        select(terms.c.start_on, terms.c.end_on)
        .where(terms.c.person_id == person_id)
        .distinct()
        .order_by(terms.c.start_on, terms.c.end_on)
    )
    return [Period(start_on, end_on) for start_on, end_on in rows]


def in_terms(terms: Iterable[Period], day: date) -> bool:
    """Say whether a day lies inside any of the terms."""
    return any(day in term for term in terms)


def open_parts(session: Session, actor: Actor, person_id: UUID, on: date) -> frozenset[Scope]:
    """Return the parts of a person's affairs that an actor sees something of on a day."""
    asked = [exists().where(visible_terms(actor, on, scope).subquery().c.person_id == person_id) for scope in Scope]
    answers = session.execute(select(*asked)).one()
    return frozenset(scope for scope, is_open in zip(Scope, answers, strict=True) if is_open)


def speaks_for(session: Session, actor: Actor, person_id: UUID, on: date) -> bool:
    """Say whether an actor is a person or who represents them on a day: nobody else agrees in their place."""
    if actor.person_id is not None and actor.person_id == person_id:
        return True
    return any(
        (relation.acting_person_id is not None and relation.acting_person_id == actor.person_id)
        or (relation.organisation_id is not None and relation.organisation_id == actor.organisation_id)
        for relation in relations_in_force(session, person_id, RelationKind.REPRESENTATIVE, on)
    )


def people_by_id(session: Session, actor: Actor, ids: Iterable[UUID], on: date) -> dict[UUID, Person]:
    """Return those of some people whom an actor may see on a day, by their ids."""
    found = session.scalars(visible_people(actor, on).where(Person.id.in_(set(ids))))
    return {row.id: row for row in found}


def person(session: Session, actor: Actor, person_id: UUID, on: date, scope: Scope | None = None) -> Person:
    """Return a person the actor may see on a day, or one part of whose affairs they may.

    Raises:
        PersonNotFoundError: absent, or not theirs to know of.
    """
    return _one(session, visible_people(actor, on, scope).where(Person.id == person_id))


def person_for_update(session: Session, actor: Actor, person_id: UUID, on: date) -> Person:
    """Return a person the actor may see, locked until the unit of work ends.

    Raises:
        PersonNotFoundError: absent, or not theirs to know of.
    """
    query = visible_people(actor, on, Scope.RECORD).where(Person.id == person_id)
    return _one(session, query.with_for_update(of=Person).execution_options(populate_existing=True))


def person_by_reference(session: Session, actor: Actor, reference: str, on: date) -> Person:
    """Return the person the commissioner knows by a reference.

    Raises:
        PersonNotFoundError: absent, or not the actor's to know of.
    """
    return _one(session, visible_people(actor, on).where(Person.reference == reference))


def communication_needs(session: Session, actor: Actor, person_id: UUID, on: date) -> list[CommunicationNeed]:
    """Return a person's communication needs, ended ones too, newest first."""
    person(session, actor, person_id, on, Scope.RECORD)
    need = CommunicationNeed
    query = select(need).where(need.person_id == person_id).order_by(need.start_on.desc(), need.code, need.id)
    return list(session.scalars(query))


def characteristics(session: Session, actor: Actor, person_id: UUID, on: date) -> ProtectedCharacteristics | None:
    """Return the protected characteristics a person told of, if they told of any.

    Raises:
        MissingPermissionError: the actor may not read them.
        PersonNotFoundError: absent, or not the actor's to know of.
    """
    actor.require(Permission.CHARACTERISTICS_READ)
    person(session, actor, person_id, on, Scope.RECORD)
    return session.get(ProtectedCharacteristics, (actor.commissioner_id, person_id))


def relations(session: Session, actor: Actor, person_id: UUID, on: date) -> list[Relation]:
    """Return everybody who acts or acted for a person, newest first."""
    person(session, actor, person_id, on, Scope.RECORD)
    query = select(Relation).where(Relation.person_id == person_id)
    return list(session.scalars(query.order_by(Relation.start_on.desc(), Relation.id)))


def relations_in_force(session: Session, person_id: UUID, kind: RelationKind, on: date) -> list[Relation]:
    """Return the relations of a kind that a person has on a day, oldest first; for rules, so without an actor."""
    query = select(Relation).where(Relation.person_id == person_id, Relation.kind == kind, in_force(on))
    return list(session.scalars(query.order_by(Relation.start_on, Relation.id)))


def in_force(on: date) -> ColumnElement[bool]:
    """Return the condition that a relation holds on a day."""
    return and_(Relation.start_on <= on, or_(Relation.end_on.is_(None), Relation.end_on > on))


def _by_relation(actor: Actor, on: date, scope: Scope | None, sees: Period) -> list[Terms]:
    """Return the terms of the relations in which the actor acts for somebody, cut to the role's own term."""
    kinds = [kind for kind in RelationKind if kind.role in actor.roles and kind != RelationKind.CARE_COORDINATOR]
    parties = [
        column == party
        for column, party in (
            (Relation.acting_person_id, actor.person_id),
            (Relation.organisation_id, actor.organisation_id),
        )
        if party is not None
    ]
    if not kinds or not parties:
        return []
    start_on = func.greatest(Relation.sees_from, literal(sees.start_on, Date), type_=Date)
    end_on = func.least(func.coalesce(Relation.end_on, ALWAYS.end_on), literal(sees.end_on, Date), type_=Date)
    query = select(Relation.person_id, start_on.label("start_on"), end_on.label("end_on")).where(
        Relation.commissioner_id == actor.commissioner_id,
        Relation.kind.in_(kinds),
        or_(*parties),
        in_force(on),
        start_on < end_on,
    )
    return [query if scope is None else query.where(Relation.scopes.contains([scope.value]))]


def _by_office(actor: Actor, on: date, sees: Period) -> list[Terms]:
    """Return the terms that working for the service opens."""
    if actor.roles & SEE_EVERYBODY:
        return [_people(and_(Person.commissioner_id == actor.commissioner_id, _not_own(actor, on)), sees)]
    if Role.CARE_COORDINATOR not in actor.roles:
        return []
    coordinator = exists().where(
        Relation.commissioner_id == Person.commissioner_id,
        Relation.person_id == Person.id,
        Relation.kind == RelationKind.CARE_COORDINATOR,
        in_force(on),
    )
    theirs = or_(coordinator.where(Relation.user_id == actor.user_id), ~coordinator)
    return [_people(and_(Person.commissioner_id == actor.commissioner_id, theirs, _not_own(actor, on)), sees)]


def _not_own(actor: Actor, on: date) -> ColumnElement[bool]:
    if actor.person_id is None:
        return literal(value=True)
    acts_for = select(Relation.person_id).where(Relation.acting_person_id == actor.person_id, in_force(on))
    return and_(Person.id != actor.person_id, Person.id.not_in(acts_for))


def _people(where: ColumnElement[bool], term: Period) -> Terms:
    return select(
        Person.id.label("person_id"),
        literal(term.start_on, Date).label("start_on"),
        literal(term.end_on, Date).label("end_on"),
    ).where(where)


def _one(session: Session, query: Select[Person]) -> Person:
    found = session.scalars(query).first()
    if found is None:
        raise PersonNotFoundError(
            "There is no such person, or they are not yours to see. Check the address, or ask their care co-ordinator."
        )
    return found
