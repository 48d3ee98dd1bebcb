"""Users, their roles, passwords and tokens: who may give what to whom."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from phb.core.actor import SYSTEM_USER_ID, MissingPermissionError, Role
from phb.core.errors import DomainError
from phb.core.period import DatesWrongWayRoundError
from phb.people.kinds import OrganisationKind, TokenScope
from phb.people.saving import Change, ChangedMeanwhileError
from phb.people.users import credentials, operations, queries
from phb.people.users.credentials import OwnTokensError, TokenLifeError, TokenNotFoundError
from phb.people.users.operations import (
    OwnRolesError,
    RoleEndedAlreadyError,
    RoleHeldAlreadyError,
    SignInNameError,
    SignInNameTakenError,
    UnknownPartyError,
)
from phb.people.users.passwords import PasswordRuleError, check_password, wait_after
from phb.people.users.queries import RoleNotFoundError, UserNotFoundError
from phb.people.users.roles import ROLES_AT, Held, RoleNotThereError, RolesDoNotMixError, check_role
from tests.people.conftest import APRIL, JUNE, OCTOBER, PASSWORD, Service

HERE, THERE = uuid4(), uuid4()


def test_every_role_but_the_systems_exists_somewhere() -> None:
    assert frozenset().union(*ROLES_AT.values()) == set(Role) - {Role.SYSTEM}


@pytest.mark.parametrize(
    ("role", "kind", "is_a_person"),
    [
        (Role.APPROVER, OrganisationKind.COUNCIL, False),
        (Role.BROKER, OrganisationKind.COMMISSIONER, False),
        (Role.SYSTEM, OrganisationKind.COMMISSIONER, False),
        (Role.HOLDER, OrganisationKind.COMMISSIONER, False),
        (Role.NOMINEE, OrganisationKind.COMMISSIONER, False),
        (Role.CLINICIAN, OrganisationKind.PROVIDER, False),
    ],
)
def test_a_role_exists_only_where_it_belongs(role: Role, kind: OrganisationKind, *, is_a_person: bool) -> None:
    with pytest.raises(RoleNotThereError):
        check_role(Held(role, HERE, APRIL, None), kind, is_a_person=is_a_person, others=[])


@pytest.mark.parametrize(
    ("new", "other", "mixes"),
    [
        (Role.FINANCE_OFFICER, Role.APPROVER, True),
        (Role.HOLDER, Role.REPRESENTATIVE, True),
        (Role.HOLDER, Role.CARE_COORDINATOR, False),
        (Role.ADMINISTRATOR, Role.APPROVER, False),
        (Role.AUDITOR, Role.FINANCE_OFFICER, False),
        (Role.ADMINISTRATOR, Role.AUDITOR, False),
    ],
)
def test_some_roles_do_not_mix(new: Role, other: Role, *, mixes: bool) -> None:
    def check(start_on: date, where: object = HERE) -> None:
        check_role(
            Held(new, HERE, start_on, None),
            OrganisationKind.COMMISSIONER,
            is_a_person=True,
            others=[Held(other, where, APRIL, JUNE)],  # type: ignore[arg-type]  # HERE or THERE
        )

    check(JUNE)
    check(JUNE, THERE)
    with pytest.raises(RolesDoNotMixError):
        check(APRIL, THERE)
    if mixes:
        check(APRIL)
    else:
        with pytest.raises(RolesDoNotMixError):
            check(APRIL)


@pytest.mark.parametrize("name", ["ab", "-abc", "a b c", "x" * 65, "ünsal", ""])
def test_a_sign_in_name_has_plain_signs(service: Service, name: str) -> None:
    with pytest.raises(SignInNameError):
        service.do(service.administrator, operations.add_user, sign_in_name=name, name="Una")


def test_a_sign_in_name_is_one_users_in_the_whole_installation(service: Service, another: Service) -> None:
    name = f"Una.{uuid4().hex}"
    row = service.do(service.administrator, operations.add_user, sign_in_name=name, name="Una")
    assert row.sign_in_name == name.lower()
    for commissioner in (service, another):
        with pytest.raises(SignInNameTakenError):
            commissioner.do(commissioner.administrator, operations.add_user, sign_in_name=name.upper(), name="Una")
    with pytest.raises(UserNotFoundError):
        another.ask(another.administrator, queries.user_by_sign_in_name, name)
    assert service.ask(service.administrator, queries.user_by_sign_in_name, name).id == row.id


def test_a_user_is_put_once_and_tied_to_a_person_that_is_known(service: Service, another: Service) -> None:
    name, person_id = f"una.{uuid4().hex}", service.person()
    changes = [
        service.do(service.administrator, operations.put_user, name, name="Una", person_id=person).change
        for person in (None, None, person_id)
    ]
    assert changes == [Change.ADDED, Change.UNCHANGED, Change.CHANGED]
    for unknown in (uuid4(), another.person()):
        with pytest.raises(UnknownPartyError):
            service.do(service.administrator, operations.put_user, name, name="Una", person_id=unknown)
        with pytest.raises(UnknownPartyError):
            service.do(service.administrator, operations.add_user, sign_in_name="una.new", name="U", person_id=unknown)


def test_roles_are_dated_given_once_and_end(service: Service) -> None:
    user_id = service.staff(Role.FINANCE_OFFICER, end_on=JUNE).user_id
    own = service.commissioner_id
    with pytest.raises(RoleHeldAlreadyError):
        service.do(
            service.administrator,
            operations.grant_role,
            user_id,
            Role.FINANCE_OFFICER,
            organisation_id=own,
            start_on=APRIL,
        )
    changes = [
        service.do(
            service.administrator,
            operations.put_role,
            user_id,
            Role.FINANCE_OFFICER,
            organisation_id=own,
            start_on=JUNE,
            end_on=end_on,
        )
        for end_on in (None, None, OCTOBER)
    ]
    assert [put.change for put in changes] == [Change.ADDED, Change.UNCHANGED, Change.CHANGED]
    row = changes[-1].row
    with pytest.raises(ChangedMeanwhileError):
        service.do(service.administrator, operations.end_role, row.id, on=OCTOBER, version=1)
    with pytest.raises(RoleEndedAlreadyError):
        service.do(service.administrator, operations.end_role, row.id, on=OCTOBER)
    with pytest.raises(DatesWrongWayRoundError):
        service.do(service.administrator, operations.end_role, row.id, on=APRIL)
    with pytest.raises(RoleNotFoundError):
        service.do(service.administrator, operations.end_role, uuid4(), on=OCTOBER)
    held = service.ask(service.administrator, queries.roles, user_id)
    assert [(r.start_on, r.end_on) for r in held] == [(JUNE, OCTOBER), (APRIL, JUNE)]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"end_on": APRIL}, DatesWrongWayRoundError),
        ({"sees_from": JUNE}, DatesWrongWayRoundError),
        ({"organisation_id": uuid4()}, UnknownPartyError),
    ],
)
def test_a_role_that_does_not_fit_is_refused(
    service: Service, changes: dict[str, object], error: type[DomainError]
) -> None:
    user_id = service.staff(Role.CLINICIAN, end_on=JUNE).user_id
    given = {"organisation_id": service.commissioner_id, "start_on": APRIL} | changes
    with pytest.raises(error):
        service.do(
            service.administrator,
            operations.grant_role,
            user_id,
            Role.APPROVER,
            **given,  # type: ignore[arg-type]  # each case fits its own field
        )


def test_nobody_gives_roles_to_themselves_nor_without_the_right(service: Service) -> None:
    own = service.commissioner_id
    with pytest.raises(OwnRolesError):
        service.do(
            service.administrator,
            operations.grant_role,
            service.administrator.user_id,
            Role.AUDITOR,
            organisation_id=own,
            start_on=APRIL,
        )
    with pytest.raises(MissingPermissionError):
        service.do(
            service.coordinator,
            operations.grant_role,
            service.administrator.user_id,
            Role.AUDITOR,
            organisation_id=own,
            start_on=APRIL,
        )


def test_an_administrator_sees_users_and_others_themselves(service: Service) -> None:
    assert service.ask(service.coordinator, queries.user, service.coordinator.user_id).name
    with pytest.raises(UserNotFoundError):
        service.ask(service.coordinator, queries.user, service.administrator.user_id)
    assert service.ask(service.administrator, queries.user, service.coordinator.user_id).name


@pytest.mark.parametrize("password", ["short", "x" * 201, "my name is una", ""])
def test_a_password_is_long_and_without_the_name(password: str) -> None:
    with pytest.raises(PasswordRuleError) as caught:
        check_password(password, "una")
    assert caught.value.field == "password"
    check_password(PASSWORD, "una")


def test_waiting_begins_after_five_and_stops_growing() -> None:
    waits = [wait_after(wrong) for wrong in range(12)]
    assert waits[:5] == [timedelta(0)] * 5
    assert waits[5:7] == [timedelta(seconds=30), timedelta(seconds=60)]
    assert waits[-1] == wait_after(10_000) == timedelta(minutes=15)


def test_a_token_is_for_oneself_and_for_a_time(service: Service) -> None:
    own = service.coordinator.user_id
    for lasts in (timedelta(0), timedelta(days=367)):
        with pytest.raises(TokenLifeError):
            service.do(service.coordinator, credentials.issue_token, own, scope=TokenScope.READ, label="x", lasts=lasts)
    with pytest.raises(OwnTokensError):
        service.do(
            service.administrator,
            credentials.issue_token,
            own,
            scope=TokenScope.READ,
            label="x",
            lasts=timedelta(days=1),
        )
    with pytest.raises(UserNotFoundError):
        service.do(
            service.coordinator,
            credentials.issue_token,
            service.administrator.user_id,
            scope=TokenScope.READ,
            label="x",
            lasts=timedelta(days=1),
        )


def test_a_token_is_revoked_by_its_owner_or_an_administrator_and_listed_without_itself(service: Service) -> None:
    own = service.coordinator
    issued = [
        service.do(
            own,
            credentials.issue_token,
            own.user_id,
            scope=TokenScope.WRITE,
            label="script",
            lasts=timedelta(days=1),
        )
        for _ in range(2)
    ]
    with pytest.raises(TokenNotFoundError):
        service.do(service.staff(Role.CLINICIAN), credentials.revoke_token, issued[0].row.id)
    for actor, token in zip((own, service.administrator), issued, strict=True):
        assert service.do(actor, credentials.revoke_token, token.row.id).revoked_at is not None
        service.do(actor, credentials.revoke_token, token.row.id)
    listed = service.ask(own, queries.tokens, own.user_id)
    assert len(listed) == 2
    assert all(token.token not in str(vars(row)) for row in listed for token in issued)


def test_who_took_a_step_is_named_to_whoever_sees_the_step(service: Service, another: Service) -> None:
    ids = [service.administrator.user_id, another.administrator.user_id, SYSTEM_USER_ID, None]
    assert service.ask(service.staff(Role.CLINICIAN), queries.names_of, ids) == {
        service.administrator.user_id: "Ada Admin",
        SYSTEM_USER_ID: "the service itself",
    }


def test_the_roles_of_many_users_are_told_to_whom_may_see_the_users(service: Service) -> None:
    approver, clinician = service.staff(Role.APPROVER), service.staff(Role.CLINICIAN)
    ids = [approver.user_id, clinician.user_id]
    found = service.ask(service.administrator, queries.roles_of_users, ids)
    assert {user_id: [row.role for row in rows] for user_id, rows in found.items()} == {
        approver.user_id: ["approver"],
        clinician.user_id: ["clinician"],
    }
    assert set(service.ask(clinician, queries.roles_of_users, ids)) == {clinician.user_id}
