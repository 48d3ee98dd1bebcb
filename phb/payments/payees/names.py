"""What payees are called, and whose bank details wait for a second person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased

from phb.budget.queries import references_of
from phb.core.actor import Actor
from phb.payments.payees.models import BankAccount, Payee
from phb.payments.payees.queries import visible_payees
from phb.people.models import Organisation, Person


class Paid(Protocol):
    """Something that a payee receives for a budget, or for none in particular."""

    @property
    def payee_id(self) -> UUID:
        """Who receives it."""

    @property
    def budget_id(self) -> UUID | None:
        """The budget it is for."""


@dataclass(frozen=True)
class Called:
    """What payees and budgets are called by their ids, as far as the actor may know them."""

    payees: Mapping[UUID, str]
    budgets: Mapping[UUID, str]


def called(session: Session, actor: Actor, rows: Iterable[Paid], on: date) -> Called:
    """Return what the payees and budgets of some payments are called."""
    listed = list(rows)
    return Called(
        payee_names(session, actor, [row.payee_id for row in listed], on),
        references_of(session, actor, [row.budget_id for row in listed], on),
    )


def payee_names(session: Session, actor: Actor, payee_ids: Iterable[UUID], on: date) -> dict[UUID, str]:
    """Return what the payees that an actor may see are called by their ids: who receives the money, and for whom."""
    acting = aliased(Person)
    rows = session.execute(
        visible_payees(actor, on)
        .where(Payee.id.in_(set(payee_ids)))
        .outerjoin(Person, Person.id == Payee.person_id)
        .outerjoin(acting, acting.id == Payee.acting_person_id)
        .outerjoin(Organisation, Organisation.id == Payee.organisation_id)
        .with_only_columns(Payee.id, Person, acting, Organisation.name)
    )
    return {payee_id: _name(person, acting_person, firm) for payee_id, person, acting_person, firm in rows}


def details_to_confirm(actor: Actor, on: date) -> Select[BankAccount]:
    """Select the newest bank details of the payees an actor may see, where no second person has confirmed them."""
    newer = aliased(BankAccount)
    mine = visible_payees(actor, on).with_only_columns(Payee.id)
    return select(BankAccount).where(
        BankAccount.commissioner_id == actor.commissioner_id,
        BankAccount.payee_id.in_(mine),
        BankAccount.confirmed_by.is_(None),
        ~exists().where(newer.payee_id == BankAccount.payee_id, newer.ordinal > BankAccount.ordinal),
    )


def _name(person: Person | None, acting: Person | None, firm: str | None) -> str:
    receives = acting.full_name if acting else firm
    whose = person.full_name if person else None
    if receives and whose:
        return f"{receives}, for {whose}"
    return receives or whose or ""
