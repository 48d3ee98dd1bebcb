"""A commissioner made as at the shell, with users of any role and people, all through operations."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID, uuid4

import pytest
from nhs_number.validate import calculate_checksum
from sqlalchemy.orm import Session, sessionmaker

from phb.core.actor import Actor, Role
from phb.core.clock import FixedClock
from phb.core.uow import UnitOfWork, begin
from phb.people import sign_in
from phb.people.details import OrganisationDetails, PersonDetails
from phb.people.kinds import Basis, ConsentOf, OrganisationKind, RelationKind, Scope
from phb.people.models import Relation
from phb.people.nhs_number import NHSNumber
from phb.people.operations import register_person
from phb.people.organisations.operations import NewAdministrator, found_commissioner, founder, register_organisation
from phb.people.relations.operations import add_relation
from phb.people.relations.rules import Consent, NewRelation
from phb.people.users.operations import add_user, grant_role

P = ParamSpec("P")
T = TypeVar("T")

APRIL = date(2026, 4, 1)
JUNE = date(2026, 6, 1)
OCTOBER = date(2026, 10, 1)
BORN = date(1980, 5, 17)
PASSWORD = "correct horse battery"  # noqa: S105 - a test's own  # pragma: allowlist secret
BY_THE_PERSON = Consent(ConsentOf.PERSON, date(2026, 3, 1), "Signed form seen")


def on_day(day: date) -> FixedClock:
    """Return a clock that stands at noon of a day."""
    return FixedClock(datetime(day.year, day.month, day.day, 11, tzinfo=UTC))


@dataclass
class Service:
    """One commissioner; `today` is what its operations take for today."""

    sessions: sessionmaker[Session]
    today: date = APRIL
    commissioner_id: UUID = field(default_factory=uuid4)
    code: str = field(default_factory=lambda: f"Q{uuid4().hex[:8].upper()}")

    def __post_init__(self) -> None:
        """Make the commissioner and a care co-ordinator."""
        with begin(self.sessions, founder(self.commissioner_id), clock=on_day(self.today)) as uow:
            found_commissioner(
                uow,
                code=self.code,
                name="Northvale",
                start_on=date(2026, 1, 1),
                administrators=[
                    NewAdministrator(f"ada.{self.code}", "Ada Admin", PASSWORD),
                    NewAdministrator(f"bo.{self.code}", "Bo Admin", PASSWORD),
                ],
            )
        self.administrator = self.named("ada")
        self.coordinator = self.staff(Role.CARE_COORDINATOR)

    def named(self, name: str) -> Actor:
        """Return who signs in under the first part of a name."""
        return sign_in.actor_named(self.sessions, f"{name}.{self.code}", clock=on_day(self.today))

    def unit(self, actor: Actor) -> AbstractContextManager[UnitOfWork]:
        """Open a unit of work of an actor."""
        return begin(self.sessions, actor, clock=on_day(self.today))

    def do(
        self, actor: Actor, operation: Callable[Concatenate[UnitOfWork, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Do one operation as an actor in a unit of its own."""
        with self.unit(actor) as uow:
            return operation(uow, *args, **kwargs)

    def ask(
        self, actor: Actor, query: Callable[Concatenate[Session, Actor, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Answer a query as an actor."""
        with self.unit(actor) as uow:
            return query(uow.session, actor, *args, **kwargs)

    def staff(self, role: Role, *, start_on: date = APRIL, end_on: date | None = None) -> Actor:
        """Add a user with a role at the commissioner, and return them as they act today."""
        return self.user(role, self.commissioner_id, start_on=start_on, end_on=end_on)

    def with_address(self, role: Role, name: str, *, person_id: UUID | None = None) -> Actor:
        """Add a user who signs in under an e-mail address."""
        address = f"{name}@{self.code.lower()}.example"
        with self.unit(self.administrator) as uow:
            user = add_user(uow, sign_in_name=address, name=name, person_id=person_id)
            grant_role(uow, user.id, role, organisation_id=self.commissioner_id, start_on=APRIL)
        return sign_in.actor_named(self.sessions, address, clock=on_day(self.today))

    def user(
        self,
        role: Role,
        organisation_id: UUID,
        *,
        person_id: UUID | None = None,
        start_on: date = APRIL,
        end_on: date | None = None,
        sees_from: date | None = None,
    ) -> Actor:
        """Add a user with a role, and return them as they act today."""
        name = f"u{uuid4().hex[:8]}"
        with self.unit(self.administrator) as uow:
            row = add_user(uow, sign_in_name=f"{name}.{self.code}", name=name, person_id=person_id)
            grant_role(
                uow,
                row.id,
                role,
                organisation_id=organisation_id,
                start_on=start_on,
                end_on=end_on,
                sees_from=sees_from,
            )
        return self.named(name)

    def organisation(self, kind: OrganisationKind) -> UUID:
        """Register an organisation."""
        return self.do(
            self.administrator, register_organisation, kind, OrganisationDetails(f"The {kind}", date(2026, 1, 1))
        ).id

    def person(self, details: PersonDetails | None = None) -> UUID:
        """Register a person."""
        return self.do(self.coordinator, register_person, details or details_of_somebody()).id

    def relate(self, person_id: UUID, new: NewRelation) -> Relation:
        """Let somebody act for a person."""
        return self.do(self.coordinator, add_relation, person_id, new)

    def broker(self, person_id: UUID, *scopes: Scope, start_on: date = APRIL, end_on: date | None = None) -> Actor:
        """Register a broker with a user, tied to a person."""
        organisation_id = self.organisation(OrganisationKind.BROKER)
        self.relate(
            person_id,
            NewRelation(
                RelationKind.BROKER,
                Basis.AGREEMENT,
                start_on,
                end_on,
                organisation_id=organisation_id,
                scopes=frozenset(scopes),
                consent=BY_THE_PERSON,
            ),
        )
        return self.user(Role.BROKER, organisation_id)


def details_of_somebody(given_names: str = "Aled", *, born: date | None = BORN) -> PersonDetails:
    """Return the details of an invented person without an NHS number."""
    return PersonDetails(given_names, "Example", born)


def invented_number(stem: int) -> NHSNumber:
    """Return a number of the test range; some stems have none."""
    first = f"999{stem:06d}"
    return NHSNumber(f"{first}{calculate_checksum(first)}")


@pytest.fixture
def service(session_factory: sessionmaker[Session]) -> Service:
    """Return a new commissioner on 1 April 2026."""
    return Service(session_factory)


@pytest.fixture
def another(session_factory: sessionmaker[Session]) -> Service:
    """Return a second commissioner beside it."""
    return Service(session_factory)
