"""Read what stops the paying of a budget."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from phb.core.actor import Actor
from phb.core.errors import NotFoundError
from phb.payments.checks.models import PaymentHold
from phb.people.kinds import Scope
from phb.people.queries import about_visible


class HoldNotFoundError(NotFoundError):
    """There is no such hold, or its budget is not the actor's to know of."""

    code = "hold-not-found"


def visible_holds(actor: Actor, on: date) -> Select[PaymentHold]:
    """Select the holds of budgets an actor may see on a day."""
    theirs = about_visible(actor, on, Scope.BUDGET, PaymentHold.person_id)
    return select(PaymentHold).where(PaymentHold.commissioner_id == actor.commissioner_id, theirs)


def holds_of(session: Session, actor: Actor, budget_id: UUID, on: date) -> Sequence[PaymentHold]:
    """Return every hold and stop of a budget that an actor may see, lifted ones too, the first first."""
    query = visible_holds(actor, on).where(PaymentHold.budget_id == budget_id)
    return session.scalars(query.order_by(PaymentHold.put_at, PaymentHold.id)).all()


def holds_not_over(session: Session, actor: Actor, budget_id: UUID, on: date) -> Sequence[PaymentHold]:
    """Return the holds and stops of a budget that are in force on a day or begin later, the first first."""
    hold = PaymentHold
    query = visible_holds(actor, on).where(hold.budget_id == budget_id, or_(hold.end_on.is_(None), hold.end_on > on))
    return session.scalars(query.order_by(hold.start_on, hold.id)).all()


def hold_for_update(session: Session, actor: Actor, hold_id: UUID, on: date) -> PaymentHold:
    """Return a hold, locked until the unit of work ends.

    Raises:
        HoldNotFoundError: absent, or not the actor's to know of.
    """
    query = visible_holds(actor, on).where(PaymentHold.id == hold_id).with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise HoldNotFoundError("There is no such hold. Look it up with its budget.")
    return found


def holds_in_force(session: Session, budget_id: UUID, pot_id: UUID | None, on: date) -> Sequence[PaymentHold]:
    """Return what stops the paying of a budget, or of one of its pots, on a day; for rules, so without an actor."""
    hold = PaymentHold
    query = select(hold).where(
        hold.budget_id == budget_id,
        or_(hold.pot_id.is_(None), hold.pot_id == pot_id),
        hold.start_on <= on,
        or_(hold.end_on.is_(None), hold.end_on > on),
    )
    return session.scalars(query.order_by(hold.start_on, hold.id)).all()
