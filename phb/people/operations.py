"""Write down who the service is for and who acts for them: details, communication needs, characteristics."""

from dataclasses import dataclass, fields, replace
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select

from phb.core.actor import Permission, Role
from phb.core.errors import ConflictError, NotFoundError, RuleViolationError
from phb.core.period import DatesWrongWayRoundError
from phb.core.uow import UnitOfWork
from phb.governance import audit
from phb.people import queries
from phb.people.details import PersonDetails, check_person, check_term
from phb.people.kinds import EndReason, RelationKind, StatementFormat, TraceStatus
from phb.people.models import CommunicationNeed, Person, ProtectedCharacteristics, Relation, User, UserRole
from phb.people.needs import need_of
from phb.people.saving import Change, Put, require_version, save


class ReferenceTakenError(ConflictError):
    """Somebody has this reference already."""

    code = "reference-taken"


class NHSNumberTakenError(ConflictError):
    """Somebody has this NHS number already."""

    code = "nhs-number-taken"


class NeedRecordedAlreadyError(ConflictError):
    """The person has this need already."""

    code = "need-recorded-already"


class NeedNotFoundError(NotFoundError):
    """There is no such need, or its person is not the actor's to see."""

    code = "need-not-found"


class CharacteristicsError(RuleViolationError):
    """A characteristic is empty."""

    code = "characteristics"


@dataclass(frozen=True)
class Characteristics:
    """What a person told of themselves under the Equality Act 2010; None where they told nothing."""

    ethnicity: str | None = None
    disability: str | None = None
    religion_or_belief: str | None = None
    sexual_orientation: str | None = None
    sex: str | None = None
    gender_reassignment: str | None = None
    marriage_or_civil_partnership: str | None = None
    pregnancy_or_maternity: str | None = None


def register_person(uow: UnitOfWork, details: PersonDetails, *, reference: str | None = None) -> Person:
    """Register a person under an internal id that never changes.

    Args:
        uow: the unit of work.
        details: checked before they are stored.
        reference: the commissioner's own; one is made when left out.

    Raises:
        ReferenceTakenError, NHSNumberTakenError: somebody is registered with it.
        RuleViolationError: a detail cannot be right.
    """
    uow.actor.require(Permission.PEOPLE_WRITE)
    checked = check_person(details, uow.today)
    new_id = uuid4()
    row = Person(
        commissioner_id=uow.commissioner_id,
        id=new_id,
        reference=reference or f"P-{new_id.hex[:10].upper()}",
        **_columns(checked),
    )
    save(uow, _refusals(), row)
    audit.record(uow, "person.registered", "person", row.id, person_id=row.id, trace_status=row.trace_status)
    return row


def amend_person(uow: UnitOfWork, person_id: UUID, details: PersonDetails, *, version: int | None) -> Put[Person]:
    """Replace a person's details; a death recorded here ends who acted for them and their own sign-in.

    Args:
        uow: the unit of work.
        person_id: who.
        details: all of them, as they should now stand.
        version: the one the change was made to; None for whatever is stored.

    Raises:
        ChangedMeanwhileError: somebody changed them first.
        NHSNumberTakenError, RuleViolationError: as for registering.
    """
    uow.actor.require(Permission.PEOPLE_WRITE)
    row = queries.person_for_update(uow.session, uow.actor, person_id, uow.today)
    require_version(row, version)
    return _amend(uow, row, details)


def put_person(uow: UnitOfWork, reference: str, details: PersonDetails) -> Put[Person]:
    """Register or amend the person with a reference; the same details again change nothing.

    Whoever gives exactly what is stored learns nothing, so that is answered whoever the person's co-ordinator is.

    Raises:
        PersonNotFoundError: the details differ and the person is not the actor's to see.
        NHSNumberTakenError, RuleViolationError: as for registering.
    """
    uow.actor.require(Permission.PEOPLE_WRITE)
    known = uow.session.scalar(select(Person).where(Person.reference == reference))
    if known is None:
        return Put(register_person(uow, details, reference=reference), Change.ADDED)
    if not _differences(known, check_person(details, uow.today)):
        return Put(known, Change.UNCHANGED)
    return _amend(uow, queries.person_for_update(uow.session, uow.actor, known.id, uow.today), details)


def details_of(row: Person) -> PersonDetails:
    """Return a person's details as they stand, to be changed with dataclasses.replace() and given back."""
    names = {field.name for field in fields(PersonDetails)}
    return replace(
        PersonDetails(**{name: getattr(row, name) for name in names}),
        address_lines=tuple(row.address_lines),
        trace_status=TraceStatus(row.trace_status),
        statement_format=StatementFormat(row.statement_format),
    )


def record_need(
    uow: UnitOfWork, person_id: UUID, code: str, *, start_on: date, snomed_code: str | None = None
) -> CommunicationNeed:
    """Record a communication need of a person from a day on.

    Raises:
        UnknownNeedError: no need has that code.
        NeedRecordedAlreadyError: they have it already.
    """
    uow.actor.require(Permission.PEOPLE_WRITE)
    found = need_of(code)
    check_term(start_on, None)
    owner = queries.person_for_update(uow.session, uow.actor, person_id, uow.today)
    row = CommunicationNeed(
        commissioner_id=uow.commissioner_id,
        person_id=owner.id,
        kind=found.kind,
        code=code,
        snomed_code=snomed_code,
        start_on=start_on,
    )
    taken = NeedRecordedAlreadyError("This need is recorded for these days already.", field="code")
    save(uow, {"ex_communication_need_once": taken}, row)
    audit.record(uow, "need.recorded", "communication_need", row.id, person_id=owner.id, kind=row.kind)
    return row


def put_need(uow: UnitOfWork, person_id: UUID, code: str, *, start_on: date) -> Put[CommunicationNeed]:
    """Record a need unless the same one is recorded from the same day."""
    uow.actor.require(Permission.PEOPLE_WRITE)
    need = CommunicationNeed
    known = uow.session.scalar(
        select(need).where(need.person_id == person_id, need.code == code, need.start_on == start_on)
    )
    if known is not None:
        return Put(known, Change.UNCHANGED)
    return Put(record_need(uow, person_id, code, start_on=start_on), Change.ADDED)


def end_need(uow: UnitOfWork, need_id: UUID, *, on: date, version: int | None = None) -> CommunicationNeed:
    """End a communication need; `on` is the first day without it.

    Raises:
        NeedNotFoundError: absent, or not the actor's to see.
        ChangedMeanwhileError: somebody changed it first.
        DatesWrongWayRoundError: it would end before it starts.
    """
    uow.actor.require(Permission.PEOPLE_WRITE)
    row = uow.session.scalar(
        select(CommunicationNeed)
        .where(
            CommunicationNeed.id == need_id,
            queries.about_visible(uow.actor, uow.today, None, CommunicationNeed.person_id),
        )
        .with_for_update()
    )
    if row is None:
        raise NeedNotFoundError("There is no such communication need. Check the person's record.")
    require_version(row, version)
    if on < row.start_on:
        raise DatesWrongWayRoundError("The need cannot end before it starts. Give a later day.", field="on")
    row.end_on = on
    save(uow, {})
    audit.record(uow, "need.ended", "communication_need", row.id, person_id=row.person_id, on=on)
    return row


def record_characteristics(
    uow: UnitOfWork, person_id: UUID, told: Characteristics, *, version: int | None = None
) -> ProtectedCharacteristics:
    """Record what a person told of their protected characteristics; what they did not tell stays empty.

    Raises:
        CharacteristicsError: a value is an empty text.
        ChangedMeanwhileError: somebody changed them first.
    """
    uow.actor.require(Permission.CHARACTERISTICS_WRITE)
    given = {field.name: getattr(told, field.name) for field in fields(Characteristics)}
    for name, value in given.items():
        if value is not None and not value.strip():
            raise CharacteristicsError("Leave out what the person did not tell, rather than empty.", field=name)
    owner = queries.person_for_update(uow.session, uow.actor, person_id, uow.today)
    row = uow.session.get(ProtectedCharacteristics, (uow.commissioner_id, owner.id))
    if row is None:
        row = ProtectedCharacteristics(commissioner_id=uow.commissioner_id, person_id=owner.id)
    else:
        require_version(row, version)
    for name, value in given.items():
        setattr(row, name, value)
    save(uow, {}, row)
    audit.record(uow, "characteristics.recorded", "person", owner.id, person_id=owner.id)
    return row


def _amend(uow: UnitOfWork, row: Person, details: PersonDetails) -> Put[Person]:
    new = check_person(details, uow.today)
    changed = _differences(row, new)
    if not changed:
        return Put(row, Change.UNCHANGED)
    for name in changed:
        setattr(row, name, _columns(new)[name])
    save(uow, _refusals())
    audit.record(uow, "person.amended", "person", row.id, person_id=row.id, **dict.fromkeys(changed, "changed"))
    if "died_on" in changed and row.died_on is not None:
        _end_what_death_ends(uow, row, row.died_on)
    return Put(row, Change.CHANGED)


def _end_what_death_ends(uow: UnitOfWork, dead: Person, died_on: date) -> None:
    """End who acted for them, whom they acted for, and their own roles; the care co-ordinator stays to settle."""
    ties = select(Relation).where(
        (Relation.person_id == dead.id) | (Relation.acting_person_id == dead.id),
        Relation.kind != RelationKind.CARE_COORDINATOR,
        (Relation.end_on.is_(None)) | (Relation.end_on > died_on),
    )
    for tie in uow.session.scalars(ties.with_for_update()):
        tie.end_on, tie.end_reason = max(died_on, tie.start_on), EndReason.DIED
        audit.record(uow, "relation.ended", "relation", tie.id, person_id=tie.person_id, end_reason=EndReason.DIED)
    roles = (
        select(UserRole)
        .join(User, (User.commissioner_id == UserRole.commissioner_id) & (User.id == UserRole.user_id))
        .where(User.person_id == dead.id, (UserRole.end_on.is_(None)) | (UserRole.end_on > died_on))
    )
    for held in uow.session.scalars(roles.with_for_update(of=UserRole)):
        held.end_on = max(died_on, held.start_on)
        audit.record(uow, "role.ended", "user_role", held.id, role=Role(held.role))
    save(uow, {})


def _differences(row: Person, details: PersonDetails) -> list[str]:
    return sorted(name for name, value in _columns(details).items() if getattr(row, name) != value)


def _columns(details: PersonDetails) -> dict[str, object]:
    values = {field.name: getattr(details, field.name) for field in fields(PersonDetails)}
    return values | {"address_lines": list(details.address_lines)}


def _refusals() -> dict[str, ConflictError | RuleViolationError]:
    return {
        "uq_person_reference": ReferenceTakenError(
            "Somebody is registered with this reference. Look them up, or give another one.", field="reference"
        ),
        "uq_person_nhs_number": NHSNumberTakenError(
            "Somebody is registered with this NHS number. Look them up rather than registering them twice; two "
            "records are never joined by themselves.",
            field="nhs_number",
        ),
    }
