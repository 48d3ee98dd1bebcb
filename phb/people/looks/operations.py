"""Keep that somebody looked at a record; withhold somebody's looks from the person, and end that."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from phb.core.actor import Permission
from phb.core.errors import ConflictError, NotFoundError, RuleViolationError
from phb.core.uow import UnitOfWork
from phb.governance import audit
from phb.governance.audit import Read
from phb.governance.workflow import ReasonNeededError, SecondPersonNeededError
from phb.people.kinds import Scope, WithholdingGround
from phb.people.looks.models import WithheldLook, WithheldLookEnd
from phb.people.looks.queries import withheld_now
from phb.people.queries import person
from phb.people.users.queries import UserNotFoundError, names_of

REASON_LETTERS = range(10, 501)


class ReviewDayError(RuleViolationError):
    """What is withheld is to be reviewed on a day that is over."""

    code = "review-day"


class WithheldAlreadyError(ConflictError):
    """The looks of the same user are withheld from the same person."""

    code = "withheld-already"


class WithheldNotFoundError(NotFoundError):
    """There is nothing withheld of this number, or it was ended, or the person is not the actor's to see."""

    code = "withheld-not-found"


def keep_look(uow: UnitOfWork, person_id: UUID | None, subject_kind: str, subject_id: UUID) -> None:
    """Keep that the actor looked at something about a person; what people see of themselves is not kept."""
    if person_id is not None and person_id != uow.actor.person_id:
        audit.record(uow, Read.RECORD, subject_kind, subject_id, person_id=person_id)


def withhold(
    uow: UnitOfWork, person_id: UUID, user_id: UUID, *, ground: WithholdingGround, reason: str, review_on: date
) -> WithheldLook:
    """Keep all looks of a user at a person's record from that person, until that is ended.

    Args:
        uow: the unit of work; nobody withholds their own looks.
        person_id: who is not told.
        user_id: whose looks.
        ground: why the law lets it be withheld.
        reason: why here, in 10 to 500 characters.
        review_on: the day on which somebody looks at it again; later than today.

    Raises:
        MissingPermissionError, PersonNotFoundError, UserNotFoundError: not the actor's to do, or absent.
        SecondPersonNeededError: they are the actor's own looks.
        ReasonNeededError, ReviewDayError: the reason or the day does not do.
        WithheldAlreadyError: they are withheld.
    """
    uow.actor.require(Permission.LOOKS_WITHHOLD)
    found = person(uow.session, uow.actor, person_id, uow.today, Scope.RECORD)
    if user_id not in names_of(uow.session, uow.actor, [user_id]):
        raise UserNotFoundError("There is no such user. Choose one of those who looked.")
    if user_id == uow.actor.user_id:
        raise SecondPersonNeededError("These are your own looks. Ask a colleague to decide whether they are withheld.")
    _require_reason(reason)
    if review_on <= uow.today:
        raise ReviewDayError("Give a day later than today on which this is looked at again.", field="review_on")
    if any(row.user_id == user_id for row in withheld_now(uow.session, found.id)):
        raise WithheldAlreadyError("These looks are withheld already. End that first to give another reason.")
    row = WithheldLook(
        commissioner_id=uow.commissioner_id,
        person_id=found.id,
        user_id=user_id,
        ground=ground,
        reason=reason.strip(),
        review_on=review_on,
        withheld_by=uow.actor.user_id,
        withheld_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    audit.record(uow, "looks.withheld", "withheld_look", row.id, reason=row.reason, ground=ground, review_on=review_on)
    return row


def end_withholding(uow: UnitOfWork, withheld_id: UUID, *, reason: str) -> WithheldLookEnd:
    """Tell the person from now on of all looks that were withheld.

    Raises:
        MissingPermissionError: the actor does not decide what is withheld.
        WithheldNotFoundError: there is none, it was ended, or the person is not the actor's to see.
        ReasonNeededError: the reason has fewer than 10 characters, or more than 500.
    """
    uow.actor.require(Permission.LOOKS_WITHHOLD)
    row = uow.session.scalars(select(WithheldLook).where(WithheldLook.id == withheld_id)).first()
    if row is None or row not in _withheld_from(uow, row.person_id):
        raise WithheldNotFoundError("Nothing is withheld under this number any more. Check the list.")
    _require_reason(reason)
    end = WithheldLookEnd(
        commissioner_id=uow.commissioner_id,
        withheld_id=row.id,
        reason=reason.strip(),
        ended_by=uow.actor.user_id,
        ended_at=uow.now,
    )
    uow.session.add(end)
    audit.record(uow, "looks.shown", "withheld_look", row.id, reason=end.reason)
    return end


def _withheld_from(uow: UnitOfWork, person_id: UUID) -> list[WithheldLook]:
    found = person(uow.session, uow.actor, person_id, uow.today, Scope.RECORD)
    return list(withheld_now(uow.session, found.id))


def _require_reason(reason: str) -> None:
    if len(reason.strip()) not in REASON_LETTERS:
        raise ReasonNeededError("Say why in 10 to 500 characters, so that others can judge it later.", field="reason")
