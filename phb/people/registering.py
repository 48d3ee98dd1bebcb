"""Register somebody with all that is known at the first meeting: their needs, or whom they act for."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from phb.core.uow import UnitOfWork
from phb.people.details import PersonDetails
from phb.people.models import Person, Relation
from phb.people.operations import record_need, register_person
from phb.people.relations.operations import add_relation
from phb.people.relations.rules import NewRelation


def register_with_needs(
    uow: UnitOfWork, details: PersonDetails, need_codes: Iterable[str], *, reference: str | None = None
) -> Person:
    """Register a person with the communication needs they have from today.

    Raises:
        DomainError: as register_person() and record_need() raise; then nothing is stored.
    """
    person = register_person(uow, details, reference=reference)
    for code in need_codes:
        record_need(uow, person.id, code, start_on=uow.today)
    return person


def relate_somebody_new(uow: UnitOfWork, person_id: UUID, new: NewRelation, acting: PersonDetails) -> Relation:
    """Register who is to act for a person, and let them.

    Raises:
        DomainError: as register_person() and add_relation() raise; then nothing is stored.
    """
    party = register_person(uow, acting)
    return add_relation(uow, person_id, replace(new, acting_person_id=party.id))
