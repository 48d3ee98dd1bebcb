"""Find what a row names by its reference: what the actor may see, and never anybody else's.

Colleagues and who acts for somebody are named without being seen: whoever may write such a row may name them, and
learns nothing but that the reference is known.
"""

from collections.abc import Callable
from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Select, select

from phb.budget import queries as budgets
from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.commitments.models import SpendCommitment
from phb.budget.commitments.queries import visible_commitments
from phb.budget.plans.queries import lines_of, pots_of
from phb.core.errors import NotFoundError
from phb.core.period import Period
from phb.core.uow import UnitOfWork
from phb.people import queries as people
from phb.people.models import Person, User
from phb.people.organisations.queries import organisation_by_reference

T = TypeVar("T")


class UnknownReferenceError(NotFoundError):
    """A row names something that is not there, or is not the actor's to see."""

    code = "unknown-reference"


def last_to_end(start_on: date, last_day: date | None) -> date | None:
    """Return the first day after a last one, as records keep it.

    Raises:
        DatesWrongWayRoundError: the last day is before the first.
    """
    return None if last_day is None else Period.of_days(start_on, last_day).end_on


def person_id(uow: UnitOfWork, reference: str, field: str = "person") -> UUID:
    """Return the id of a person the actor may see."""
    return _found(lambda: people.person_by_reference(uow.session, uow.actor, reference, uow.today).id, field, reference)


def anybody_id(uow: UnitOfWork, reference: str | None, field: str) -> UUID | None:
    """Return the id of a person who is only named, or None where nobody is."""
    if reference is None:
        return None
    return _one(uow, select(Person.id).where(Person.reference == reference), field, reference)


def user_id(uow: UnitOfWork, sign_in_name: str | None, field: str) -> UUID | None:
    """Return the id of a user who is only named, or None where nobody is."""
    if sign_in_name is None:
        return None
    query = select(User.id).where(User.sign_in_name == sign_in_name.lower())
    return _once(uow, ("user", sign_in_name), lambda: _one(uow, query, field, sign_in_name))


def organisation_id(uow: UnitOfWork, reference: str | None, field: str = "organisation") -> UUID | None:
    """Return the id of an organisation the actor may see, or None where none is named."""
    if reference is None:
        return None
    return _once(
        uow,
        ("organisation", reference),
        lambda: _found(lambda: organisation_by_reference(uow.session, uow.actor, reference).id, field, reference),
    )


def budget(uow: UnitOfWork, reference: str) -> PersonalHealthBudget:
    """Return a budget the actor may see."""
    return _found(
        lambda: budgets.budget_by_reference(uow.session, uow.actor, reference, uow.today), "budget", reference
    )


def plan_line_id(uow: UnitOfWork, budget_id: UUID, reference: str) -> UUID:
    """Return the id of a line that a budget's plan has or had."""
    found = {line.reference: line.id for line in lines_of(uow.session, budget_id)}
    return _known(found, "line", reference)


def pot_id(uow: UnitOfWork, budget_id: UUID, reference: str | None) -> UUID | None:
    """Return the id of a pot that a budget has or had, or None where none is named."""
    if reference is None:
        return None
    return _known({pot.reference: pot.id for pot in pots_of(uow.session, budget_id)}, "pot", reference)


def commitment_id(uow: UnitOfWork, reference: str | None) -> UUID | None:
    """Return the id of an order, agreement or rota the actor may see, or None where none is named."""
    if reference is None:
        return None
    mine = visible_commitments(uow.actor, uow.today).where(SpendCommitment.reference == reference)
    found = uow.session.scalars(mine).first()
    if found is None:
        raise _unknown("order", reference)
    return found.id


def _once(uow: UnitOfWork, named: tuple[str, str], look: Callable[[], UUID]) -> UUID:
    """Return an id that many rows of a file name alike, looked up for the first of them."""
    known: dict[tuple[str, str], UUID] = uow.session.info.setdefault("named_in_file", {})
    if named not in known:
        known[named] = look()
    return known[named]


def _found(look: Callable[[], T], field: str, reference: str) -> T:
    try:
        return look()
    except NotFoundError as error:
        raise _unknown(field, reference) from error


def _one(uow: UnitOfWork, query: Select[UUID], field: str, reference: str) -> UUID:
    found = uow.session.scalar(query)
    if found is None:
        raise _unknown(field, reference)
    return found


def _known(found: dict[str, UUID], field: str, reference: str) -> UUID:
    if reference not in found:
        raise _unknown(field, reference)
    return found[reference]


def _unknown(field: str, reference: str) -> UnknownReferenceError:
    return UnknownReferenceError(
        f"There is no {field.replace('_', ' ')} “{reference}” that you can see. Check the reference, or import it "
        "first.",
        field=field,
    )


def needed(found: UUID | None, field: str) -> UUID:
    """Return an id that a row cannot do without.

    Raises:
        UnknownReferenceError: it is not there.
    """
    if found is None:
        raise UnknownReferenceError(f"Nobody fits “{field}” here. Check the reference.", field=field)
    return found
