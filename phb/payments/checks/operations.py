"""Put a hold or a stop on the paying of a budget, and lift it."""

from datetime import date
from uuid import UUID

from phb.budget.queries import budget
from phb.core.actor import Permission
from phb.core.errors import ConflictError, RuleViolationError
from phb.core.period import DatesWrongWayRoundError
from phb.core.uow import UnitOfWork
from phb.governance import audit
from phb.governance.workflow import ReasonNeededError
from phb.payments.agreed import agreed_pot
from phb.payments.checks import queries
from phb.payments.checks.models import PaymentHold
from phb.payments.kinds import HoldKind
from phb.people.saving import require_version, save


class HoldInThePastError(RuleViolationError):
    """A hold would start before today."""

    code = "hold-in-the-past"


class LiftedAlreadyError(ConflictError):
    """The hold was lifted before."""

    code = "lifted-already"


def put_hold(
    uow: UnitOfWork,
    budget_id: UUID,
    *,
    kind: HoldKind,
    start_on: date,
    reason: str,
    pot_id: UUID | None = None,
) -> PaymentHold:
    """Pay nothing for a budget, or one of its pots, from a day on.

    The duty to arrange the care goes on. Written notice with reasons is the caller's (SI 2013/1617 reg 17).

    Raises:
        BudgetNotFoundError, PotNotFoundError: absent, not the actor's to know of, or the pot is another budget's.
        HoldInThePastError: what was paid before is not undone by a hold.
        ReasonNeededError: there is no reason.
    """
    uow.actor.require(Permission.RUN_ASSEMBLE)
    if pot_id is not None:
        pot = agreed_pot(uow.session, uow.actor, pot_id, uow.today, budget_id=budget_id)
        person_id = pot.person_id
    else:
        person_id = budget(uow.session, uow.actor, budget_id, uow.today).person_id
    _require_reason(reason)
    if start_on < uow.today:
        raise HoldInThePastError("A hold starts today or later: what was paid before stays paid.", field="start_on")
    row = PaymentHold(
        commissioner_id=uow.commissioner_id,
        budget_id=budget_id,
        pot_id=pot_id,
        person_id=person_id,
        kind=kind,
        start_on=start_on,
        reason=reason,
        put_by=uow.actor.user_id,
        put_at=uow.now,
    )
    save(uow, {}, row)
    audit.record(
        uow, "hold.put", "payment_hold", row.id, person_id=person_id, reason=reason, kind=kind, start_on=start_on
    )
    return row


def lift_hold(uow: UnitOfWork, hold_id: UUID, *, end_on: date, reason: str, version: int | None = None) -> PaymentHold:
    """Lift a hold or stop; `end_on` is the first day without it.

    Raises:
        HoldNotFoundError, ChangedMeanwhileError, LiftedAlreadyError, DatesWrongWayRoundError, ReasonNeededError.
    """
    uow.actor.require(Permission.RUN_ASSEMBLE)
    row = queries.hold_for_update(uow.session, uow.actor, hold_id, uow.today)
    require_version(row, version)
    if row.lifted_by is not None:
        raise LiftedAlreadyError("This hold was lifted before. Look whether another one is in force.")
    _require_reason(reason)
    if end_on < max(row.start_on, uow.today):
        raise DatesWrongWayRoundError(
            "A hold is lifted from today or a later day, and not before it starts. Give a later day.", field="end_on"
        )
    row.end_on, row.lift_reason = end_on, reason
    row.lifted_by, row.lifted_at = uow.actor.user_id, uow.now
    save(uow, {})
    audit.record(uow, "hold.lifted", "payment_hold", row.id, person_id=row.person_id, reason=reason, end_on=end_on)
    return row


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonNeededError("Say why: the people concerned are told your reason.", field="reason")
