"""Begin and end relations; the rules say which, the database refuses two where one may be."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from phb.core.actor import Permission, Role
from phb.core.errors import ConflictError, NotFoundError, RuleViolationError
from phb.core.period import DatesWrongWayRoundError
from phb.core.uow import UnitOfWork
from phb.governance import audit
from phb.people import queries
from phb.people.kinds import Basis, EndReason, RelationKind
from phb.people.models import Organisation, Person, Relation
from phb.people.relations.rules import NewRelation, PartyError, check_relation, last_end
from phb.people.saving import Change, Put, require_version, save
from phb.people.standing.queries import exclusion_in_force, lacks_capacity
from phb.people.users.queries import roles_in_force

NEEDS_ABSENT_CAPACITY = frozenset(
    {
        Basis.DEPUTYSHIP,
        Basis.LASTING_POWER_PROPERTY,
        Basis.LASTING_POWER_WELFARE,
        Basis.ENDURING_POWER,
        Basis.APPOINTED,
    }
)
HANDLES_MONEY = frozenset({RelationKind.REPRESENTATIVE, RelationKind.NOMINEE})


class ExcludedPartyError(RuleViolationError):
    """The Schedule bars whoever would act from handling a direct payment."""

    code = "excluded-party"


class RelationNotFoundError(NotFoundError):
    """There is no such relation, or its person is not the actor's to see."""

    code = "relation-not-found"


class RelationOverlapsError(ConflictError):
    """The same relation, or another where only one may be, holds on some of these days."""

    code = "relation-overlaps"


class RelationEndedAlreadyError(ConflictError):
    """The relation ends on or before that day already."""

    code = "relation-ended-already"


def add_relation(uow: UnitOfWork, person_id: UUID, new: NewRelation) -> Relation:
    """Let somebody act for a person.

    Raises:
        PersonNotFoundError: the person is absent or not the actor's to see.
        PartyError: the other party is unknown or of the wrong kind.
        RelationOverlapsError: they act already, or another does where one may.
        RuleViolationError: basis, scope, consent or dates do not fit.
    """
    uow.actor.require(Permission.PEOPLE_WRITE)
    scopes = check_relation(new, uow.today)
    helped = queries.person_for_update(uow.session, uow.actor, person_id, uow.today)
    _require_party(uow, helped, new)
    lacking = lacks_capacity(uow.session, helped.id, max(new.start_on, uow.today))
    row = Relation(
        commissioner_id=uow.commissioner_id,
        person_id=helped.id,
        kind=new.kind,
        basis=new.basis,
        acting_person_id=new.acting_person_id,
        organisation_id=new.organisation_id,
        user_id=new.user_id,
        scopes=sorted(scopes),
        start_on=new.start_on,
        end_on=last_end(new, helped.date_of_birth, lacks_capacity=lacking),
        sees_from=new.sees_from or new.start_on,
        consent_of=new.consent.of,
        consent_on=new.consent.on,
        consent_recorded=new.consent.recorded,
        evidence=new.evidence,
    )
    save(uow, _refusals(), row)
    audit.record(
        uow,
        "relation.added",
        "relation",
        row.id,
        person_id=helped.id,
        kind=new.kind,
        basis=new.basis,
        start=new.start_on,
    )
    return row


def put_relation(uow: UnitOfWork, person_id: UUID, new: NewRelation) -> Put[Relation]:
    """Add a relation, or end the one the same party has of the same kind from the same day when that is new.

    Raises:
        RelationOverlapsError: the relation that is there opens other parts or rests on another basis.
        DomainError: as for adding and ending.
    """
    uow.actor.require(Permission.PEOPLE_WRITE)
    known = _known(uow, person_id, new)
    if known is None:
        return Put(add_relation(uow, person_id, new), Change.ADDED)
    if known.basis != new.basis or set(known.scopes) != set(check_relation(new, uow.today)):
        raise RelationOverlapsError(
            "They act for this person from this day on another basis or in other parts. End that relation first."
        )
    if new.end_on is None or known.end_on == new.end_on:
        return Put(known, Change.UNCHANGED)
    return Put(end_relation(uow, known.id, on=new.end_on), Change.CHANGED)


def _known(uow: UnitOfWork, person_id: UUID, new: NewRelation) -> Relation | None:
    return uow.session.scalar(
        select(Relation).where(
            Relation.person_id == person_id,
            Relation.kind == new.kind,
            Relation.start_on == new.start_on,
            Relation.acting_person_id.is_not_distinct_from(new.acting_person_id),
            Relation.organisation_id.is_not_distinct_from(new.organisation_id),
            Relation.user_id.is_not_distinct_from(new.user_id),
        )
    )


def end_relation(
    uow: UnitOfWork, relation_id: UUID, *, on: date, reason: EndReason = EndReason.ENDED, version: int | None = None
) -> Relation:
    """End a relation; `on` is the first day it no longer holds.

    Raises:
        RelationNotFoundError: absent, or not the actor's to see.
        ChangedMeanwhileError: somebody changed it first.
        RelationEndedAlreadyError: it ends by then already.
        DatesWrongWayRoundError: it would end before it starts.
    """
    uow.actor.require(Permission.PEOPLE_WRITE)
    seen = queries.about_visible(uow.actor, uow.today, None, Relation.person_id)
    row = uow.session.scalar(select(Relation).where(Relation.id == relation_id, seen).with_for_update())
    if row is None:
        raise RelationNotFoundError("There is no such relation. Check the person's record.")
    require_version(row, version)
    if on < row.start_on:
        raise DatesWrongWayRoundError("This cannot end before it starts. Give a later day.", field="on")
    if row.end_on is not None and row.end_on <= on:
        raise RelationEndedAlreadyError(f"This ends on {row.end_on:%-d %B %Y} already. Give an earlier day.")
    _end(uow, row, on, reason)
    save(uow, {})
    return row


def end_for_regained_capacity(uow: UnitOfWork, person_id: UUID, on: date) -> None:
    """End, within another operation, every representation whose basis was that the person lacked capacity."""
    for row in queries.relations_in_force(uow.session, person_id, RelationKind.REPRESENTATIVE, on):
        if row.basis in NEEDS_ABSENT_CAPACITY:
            _end(uow, row, on, EndReason.CAPACITY_REGAINED)
    save(uow, {})


def _end(uow: UnitOfWork, row: Relation, on: date, reason: EndReason) -> None:
    row.end_on, row.end_reason = on, reason
    audit.record(uow, "relation.ended", "relation", row.id, person_id=row.person_id, on=on, end_reason=reason)


def _require_party(uow: UnitOfWork, helped: Person, new: NewRelation) -> None:
    """Refuse another party that is unknown, the person themselves, or not of the kind the relation needs."""
    if new.acting_person_id is not None:
        acting = uow.session.get(Person, (uow.commissioner_id, new.acting_person_id))
        if acting is None or acting.id == helped.id:
            raise PartyError(
                "Register whoever acts for this person as a person of their own.", field="acting_person_id"
            )
        if new.kind in HANDLES_MONEY and exclusion_in_force(uow.session, acting.id, max(new.start_on, uow.today)):
            raise ExcludedPartyError(
                "The law bars this person from handling a direct payment. Choose somebody else.",
                field="acting_person_id",
            )
    elif new.organisation_id is not None:
        _require_organisation(uow, new, new.organisation_id)
    elif new.user_id is not None and not _is_coordinator(uow, new.user_id, new.start_on):
        raise PartyError("Choose a user who holds the role of a care co-ordinator on the first day.", field="user_id")


def _require_organisation(uow: UnitOfWork, new: NewRelation, organisation_id: UUID) -> None:
    found = uow.session.get(Organisation, (uow.commissioner_id, organisation_id))
    if found is None or found.id == uow.commissioner_id:
        raise PartyError(
            "Register this organisation first; the commissioner itself acts for nobody.", field="organisation_id"
        )
    must_be = {RelationKind.BROKER: "broker", RelationKind.THIRD_PARTY: "third_party"}.get(new.kind)
    if must_be is not None and found.kind != must_be:
        raise PartyError(f"Choose an organisation registered as {must_be.replace('_', ' ')}.", field="organisation_id")


def _is_coordinator(uow: UnitOfWork, user_id: UUID, on: date) -> bool:
    return any(row.role == Role.CARE_COORDINATOR for row in roles_in_force(uow.session, user_id, on))


def _refusals() -> dict[str, ConflictError]:
    same = RelationOverlapsError("They already act for this person in this way on some of these days.")
    only_one = RelationOverlapsError(
        "This person has one for some of these days, and there can be only one at a time. End that one first."
    )
    return {"ex_relation_same_party": same, "ex_relation_only_one": only_one}
