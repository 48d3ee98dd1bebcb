"""Record consent to a direct payment, capacity and exclusions; withdraw and end them."""

from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from phb.core.actor import Permission
from phb.core.errors import ConflictError, NotFoundError, RuleViolationError
from phb.core.period import DatesWrongWayRoundError
from phb.core.uow import UnitOfWork
from phb.governance import audit
from phb.people import queries
from phb.people.details import check_term
from phb.people.kinds import Consenter, RelationKind
from phb.people.models import Person
from phb.people.relations.operations import end_for_regained_capacity
from phb.people.saving import Change, Put, require_version, save
from phb.people.standing.models import CapacityAssessment, DirectPaymentConsent, Exclusion, ExclusionGround
from phb.people.standing.queries import capacity, lacks_capacity
from phb.people.standing.rules import who_must_consent

Dated = TypeVar("Dated", DirectPaymentConsent, Exclusion)


class WrongConsenterError(RuleViolationError):
    """Somebody else must consent: the person themselves, or their representative."""

    code = "wrong-consenter"


class ConsentRecordError(RuleViolationError):
    """The consent is dated in the future, or does not say how it was recorded."""

    code = "consent-record"


class ConsentGivenAlreadyError(ConflictError):
    """The same consent is in force on some of these days."""

    code = "consent-given-already"


class ExcludedAlreadyError(ConflictError):
    """The same ground applies on some of these days."""

    code = "excluded-already"


class UnknownGroundError(RuleViolationError):
    """The law knows no such ground of exclusion."""

    code = "unknown-ground"


class StandingNotFoundError(NotFoundError):
    """There is no such record, or its person is not the actor's to see."""

    code = "standing-not-found"


class EndedAlreadyError(ConflictError):
    """It was withdrawn or ended before."""

    code = "ended-already"


def record_consent(
    uow: UnitOfWork, person_id: UUID, *, given_on: date, how_recorded: str, relation_id: UUID | None = None
) -> DirectPaymentConsent:
    """Record consent to a direct payment: the person's own, or that of the representative of a relation.

    Raises:
        WrongConsenterError: on that day somebody else must consent, or the relation is no representation.
        ConsentRecordError: it is dated in the future, or does not say how it was recorded.
        ConsentGivenAlreadyError: it was given before and is in force.
    """
    uow.actor.require(Permission.PEOPLE_WRITE)
    if given_on > uow.today or not how_recorded.strip():
        raise ConsentRecordError("Give the day of the consent, not later than today, and how it was recorded.")
    owner = queries.person_for_update(uow.session, uow.actor, person_id, uow.today)
    _require_consenter(uow, owner, given_on, relation_id)
    row = DirectPaymentConsent(
        commissioner_id=uow.commissioner_id,
        person_id=owner.id,
        given_by=Consenter.REPRESENTATIVE if relation_id else Consenter.PERSON,
        relation_id=relation_id,
        given_on=given_on,
        how_recorded=how_recorded,
    )
    taken = ConsentGivenAlreadyError("This consent is recorded and in force. Withdraw it first to record it anew.")
    save(uow, {"ex_direct_payment_consent_once": taken}, row)
    audit.record(uow, "consent.recorded", "consent", row.id, person_id=owner.id, by=row.given_by, on=given_on)
    return row


def put_consent(
    uow: UnitOfWork, person_id: UUID, *, given_on: date, how_recorded: str, relation_id: UUID | None = None
) -> Put[DirectPaymentConsent]:
    """Record a consent unless the same one is recorded from the same day."""
    uow.actor.require(Permission.PEOPLE_WRITE)
    row = DirectPaymentConsent
    known = uow.session.scalar(
        select(row).where(
            row.person_id == person_id, row.given_on == given_on, row.relation_id.is_not_distinct_from(relation_id)
        )
    )
    if known is not None:
        return Put(known, Change.UNCHANGED)
    new = record_consent(uow, person_id, given_on=given_on, how_recorded=how_recorded, relation_id=relation_id)
    return Put(new, Change.ADDED)


def withdraw_consent(
    uow: UnitOfWork, consent_id: UUID, *, on: date, version: int | None = None
) -> DirectPaymentConsent:
    """Withdraw a consent; `on` is the first day without it. Payments must then stop (reg 17(1)).

    Raises:
        StandingNotFoundError, ChangedMeanwhileError, EndedAlreadyError, DatesWrongWayRoundError.
    """
    row = _dated(uow, DirectPaymentConsent, consent_id, version)
    _require_open(row.withdrawn_on, row.given_on, on)
    row.withdrawn_on = on
    save(uow, {})
    audit.record(uow, "consent.withdrawn", "consent", row.id, person_id=row.person_id, on=on)
    return row


def record_capacity(
    uow: UnitOfWork, person_id: UUID, *, has_capacity: bool, assessed_on: date, expected_to_return: bool = False
) -> CapacityAssessment:
    """Record what an assessment of capacity found; when it is regained, representations that rested on it end.

    Raises:
        ConsentRecordError: it is dated in the future, or capacity that is there is expected to return.
    """
    uow.actor.require(Permission.PEOPLE_WRITE)
    if assessed_on > uow.today or (has_capacity and expected_to_return):
        raise ConsentRecordError("Give a day not later than today; only lost capacity can be expected to return.")
    owner = queries.person_for_update(uow.session, uow.actor, person_id, uow.today)
    lacked = lacks_capacity(uow.session, owner.id, assessed_on)
    row = CapacityAssessment(
        commissioner_id=uow.commissioner_id,
        person_id=owner.id,
        has_capacity=has_capacity,
        expected_to_return=expected_to_return,
        assessed_on=assessed_on,
        recorded_at=uow.now,
        recorded_by=uow.actor.user_id,
    )
    save(uow, {}, row)
    audit.record(uow, "capacity.recorded", "capacity", row.id, person_id=owner.id, has_capacity=has_capacity)
    if lacked and has_capacity:
        end_for_regained_capacity(uow, owner.id, assessed_on)
    return row


def record_exclusion(
    uow: UnitOfWork, person_id: UUID, *, ground: str, start_on: date, end_on: date | None = None
) -> Exclusion:
    """Record that a ground of the Schedule applies to a person.

    Raises:
        UnknownGroundError: the law knows no such ground.
        ExcludedAlreadyError: it is recorded for some of these days.
        DatesWrongWayRoundError: it would end before it starts.
    """
    uow.actor.require(Permission.PEOPLE_WRITE)
    if uow.session.get(ExclusionGround, ground) is None:
        raise UnknownGroundError(f"“{ground}” is no ground of exclusion. Choose one from the list.", field="ground")
    check_term(start_on, end_on)
    owner = queries.person_for_update(uow.session, uow.actor, person_id, uow.today)
    row = Exclusion(
        commissioner_id=uow.commissioner_id, person_id=owner.id, ground=ground, start_on=start_on, end_on=end_on
    )
    save(uow, {"ex_exclusion_once": ExcludedAlreadyError("This ground is recorded for some of these days.")}, row)
    audit.record(uow, "exclusion.recorded", "exclusion", row.id, person_id=owner.id, start_on=start_on)
    return row


def end_exclusion(uow: UnitOfWork, exclusion_id: UUID, *, on: date, version: int | None = None) -> Exclusion:
    """End an exclusion; `on` is the first day without it.

    Raises:
        StandingNotFoundError, ChangedMeanwhileError, EndedAlreadyError, DatesWrongWayRoundError.
    """
    row = _dated(uow, Exclusion, exclusion_id, version)
    _require_open(row.end_on if row.end_on is not None and row.end_on <= on else None, row.start_on, on)
    row.end_on = on
    save(uow, {})
    audit.record(uow, "exclusion.ended", "exclusion", row.id, person_id=row.person_id, on=on)
    return row


def _require_consenter(uow: UnitOfWork, owner: Person, on: date, relation_id: UUID | None) -> None:
    needed = who_must_consent(owner.date_of_birth, capacity(uow.session, owner.id, on), on)
    if needed is Consenter.PERSON:
        if relation_id is not None:
            raise WrongConsenterError(
                "On this day the person is 16 or over and presumed to have capacity, so they consent themselves.",
                field="relation_id",
            )
        return
    acting = queries.relations_in_force(uow.session, owner.id, RelationKind.REPRESENTATIVE, on)
    if relation_id not in {row.id for row in acting}:
        raise WrongConsenterError(
            "On this day a representative must consent, because the person is under 16 or lacks capacity. Give the "
            "relation of a representative who acts on that day.",
            field="relation_id",
        )


def _dated(uow: UnitOfWork, model: type[Dated], row_id: UUID, version: int | None) -> Dated:
    uow.actor.require(Permission.PEOPLE_WRITE)
    seen = queries.about_visible(uow.actor, uow.today, None, model.person_id)
    row = uow.session.scalar(select(model).where(model.id == row_id, seen).with_for_update())
    if row is None:
        raise StandingNotFoundError("There is no such record. Check the person's record.")
    require_version(row, version)
    return row


def _require_open(ended: date | None, start_on: date, on: date) -> None:
    if ended is not None:
        raise EndedAlreadyError(f"This ended on {ended:%-d %B %Y} already.")
    if on < start_on:
        raise DatesWrongWayRoundError("This cannot end before it starts. Give a later day.", field="on")
