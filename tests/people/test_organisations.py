"""Organisations are registered and amended; a commissioner is made with two administrators."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session, sessionmaker

from phb.core.actor import MissingPermissionError, Role
from phb.core.uow import begin
from phb.governance import policy
from phb.people.details import OrganisationCodeError, OrganisationDetails
from phb.people.kinds import OrganisationKind, Scope
from phb.people.models import Commissioner
from phb.people.organisations import operations, queries
from phb.people.organisations.operations import (
    CommissionerExistsError,
    CommissionerKindError,
    NewAdministrator,
    OrganisationTakenError,
    TwoAdministratorsError,
)
from phb.people.organisations.queries import CommissionerNotFoundError, OrganisationNotFoundError
from phb.people.saving import Change, ChangedMeanwhileError
from phb.people.sign_in import sign_in
from tests.people.conftest import APRIL, PASSWORD, Service, on_day

COUNCIL = OrganisationDetails("Vale Council", APRIL, ods_code="X99", fund="council_vale")


def found(
    sessions: sessionmaker[Session], code: str, names: Sequence[str], *, password: str = PASSWORD
) -> Commissioner:
    with begin(sessions, operations.founder(), clock=on_day(APRIL)) as uow:
        return operations.found_commissioner(
            uow,
            code=code,
            name="Southvale",
            start_on=APRIL,
            administrators=[NewAdministrator(name, name, password) for name in names],
        )


def test_a_commissioner_is_made_with_its_organisation_and_two_administrators(service: Service) -> None:
    own = service.ask(service.administrator, queries.organisation, service.commissioner_id)
    assert (own.kind, own.fund, own.ods_code) == ("commissioner", "nhs", service.code)
    one, other = service.named("ada"), service.named("bo")
    assert one.roles == other.roles == {Role.ADMINISTRATOR}
    with service.unit(one) as uow:
        row = policy.propose(uow, "reviews", {}, effective_from=APRIL, source="Board minute 1")
    with service.unit(other) as uow:
        assert policy.confirm(uow, row.id).confirmed_by == other.user_id
    assert sign_in(service.sessions, f"ADA.{service.code}", PASSWORD, clock=on_day(APRIL)).actor == one


def test_every_unit_finds_the_commissioner_by_its_code(service: Service, another: Service) -> None:
    with service.unit(service.administrator) as uow:
        assert {service.code, another.code} <= {row.code for row in queries.commissioners(uow.session)}
        assert queries.commissioner(uow.session, another.code).id == another.commissioner_id
        with pytest.raises(CommissionerNotFoundError):
            queries.commissioner(uow.session, "NOWHERE")


def test_a_code_is_one_commissioners(service: Service) -> None:
    with pytest.raises(CommissionerExistsError):
        found(service.sessions, service.code, [f"a.{uuid4().hex}", f"b.{uuid4().hex}"])


def test_a_commissioner_starts_with_two_administrators(service: Service) -> None:
    code = f"Q{uuid4().hex[:8].upper()}"
    for names in (["one"], ["one", "one"], []):
        with pytest.raises(TwoAdministratorsError):
            found(service.sessions, code, names)


def test_nobody_at_a_commissioner_makes_another(service: Service) -> None:
    with pytest.raises(MissingPermissionError), service.unit(service.coordinator) as uow:
        operations.found_commissioner(uow, code="QZZ", name="X", start_on=APRIL, administrators=[])


def test_an_organisation_is_put_once_and_amended(service: Service) -> None:
    changes = [
        service.do(service.administrator, operations.put_organisation, "vale", OrganisationKind.COUNCIL, given).change
        for given in (COUNCIL, COUNCIL, replace(COUNCIL, name="The Vale Council"))
    ]
    assert changes == [Change.ADDED, Change.UNCHANGED, Change.CHANGED]
    row = service.ask(service.administrator, queries.organisation_by_reference, "vale")
    assert (row.name, row.version) == ("The Vale Council", 2)
    with pytest.raises(CommissionerKindError):
        service.do(service.administrator, operations.put_organisation, "vale", OrganisationKind.PROVIDER, COUNCIL)
    with pytest.raises(ChangedMeanwhileError):
        service.do(service.administrator, operations.amend_organisation, row.id, COUNCIL, version=1)
    with pytest.raises(OrganisationCodeError):
        service.do(
            service.administrator, operations.amend_organisation, row.id, replace(COUNCIL, fund="other"), version=2
        )
    with pytest.raises(OrganisationNotFoundError):
        service.do(service.administrator, operations.amend_organisation, uuid4(), COUNCIL, version=1)


@pytest.mark.parametrize(
    ("details", "reference"),
    [
        (replace(COUNCIL, ods_code="Y11", fund=None), "vale"),
        (replace(COUNCIL, fund=None), "other"),
        (replace(COUNCIL, ods_code=None), "other"),
    ],
)
def test_reference_code_and_fund_are_one_organisations(
    service: Service, details: OrganisationDetails, reference: str
) -> None:
    service.do(
        service.administrator, operations.register_organisation, OrganisationKind.COUNCIL, COUNCIL, reference="vale"
    )
    with pytest.raises(OrganisationTakenError):
        service.do(
            service.administrator,
            operations.register_organisation,
            OrganisationKind.COUNCIL,
            details,
            reference=reference,
        )


def test_a_commissioner_is_not_registered_as_an_organisation(service: Service) -> None:
    with pytest.raises(CommissionerKindError):
        service.do(
            service.administrator,
            operations.register_organisation,
            OrganisationKind.COMMISSIONER,
            OrganisationDetails("Another", APRIL),
        )


def test_who_works_for_the_service_sees_all_and_others_their_own(service: Service) -> None:
    provider = service.organisation(OrganisationKind.PROVIDER)
    broker = service.broker(service.person(), Scope.BUDGET)
    assert broker.organisation_id is not None
    for seen in (service.commissioner_id, broker.organisation_id):
        service.ask(broker, queries.organisation, seen)
    with pytest.raises(OrganisationNotFoundError):
        service.ask(broker, queries.organisation, provider)
    assert service.ask(service.coordinator, queries.organisation, provider).id == provider


def test_only_an_administrator_registers_organisations(service: Service) -> None:
    with pytest.raises(MissingPermissionError):
        service.do(
            service.coordinator,
            operations.register_organisation,
            OrganisationKind.PROVIDER,
            OrganisationDetails("The firm", date(2026, 1, 1)),
        )
