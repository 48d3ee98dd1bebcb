"""Signing in: a name and a password, wrong ones counted, tokens that expire by real time."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from phb.core.actor import Actor, MissingPermissionError, Permission, Role
from phb.core.clock import FixedClock
from phb.core.uow import begin
from phb.governance.models import AuditEvent
from phb.governance.permissions import permissions_of
from phb.people.kinds import TokenScope
from phb.people.models import User
from phb.people.operations import register_person
from phb.people.organisations.operations import founder
from phb.people.sign_in import (
    NewPasswordNeededError,
    NoRoleTodayError,
    SignedIn,
    SignInRefusedError,
    TooManyAttemptsError,
    actor_named,
    actor_of_token,
    sign_in,
)
from phb.people.users import credentials, operations
from phb.people.users.credentials import OwnTokensError, WrongPasswordError
from phb.people.users.models import AccessToken, Credential
from phb.people.users.passwords import PasswordRuleError
from tests.people.conftest import APRIL, JUNE, OCTOBER, PASSWORD, Service, details_of_somebody, on_day

REAL = datetime(2030, 1, 1, 9, tzinfo=UTC)
ANOTHER_PASSWORD = "staple battery horse"  # noqa: S105 - a test's own  # pragma: allowlist secret


def at(seconds: float = 0) -> FixedClock:
    return FixedClock(REAL + timedelta(seconds=seconds))


def enter(service: Service, password: str = PASSWORD, *, seconds: float = 0, name: str = "ada") -> SignedIn:
    return sign_in(
        service.sessions, f"{name}.{service.code}", password, clock=on_day(service.today), real_clock=at(seconds)
    )


def who(service: Service, token: str, *, seconds: float = 0, today: date | None = None) -> Actor | None:
    return actor_of_token(service.sessions, token, clock=on_day(today or service.today), real_clock=at(seconds))


def test_a_name_and_its_password_give_a_token_that_says_who_acts(service: Service) -> None:
    signed = enter(service)
    assert signed.actor == service.administrator == who(service, signed.token)
    assert signed.actor.permissions == permissions_of([Role.ADMINISTRATOR])
    assert signed.expires_at == REAL + timedelta(hours=12)


def test_a_wrong_password_and_a_wrong_name_sound_alike(service: Service) -> None:
    sentences = set()
    for name in ("ada", "nobody"):
        with pytest.raises(SignInRefusedError) as caught:
            enter(service, "not the password", name=name)
        sentences.add((caught.value.code, caught.value.sentence))
    assert len(sentences) == 1


@pytest.mark.parametrize("name", ["ada", "nobody"])
def test_five_wrong_passwords_make_anybody_wait_longer_and_longer(service: Service, name: str) -> None:
    for _ in range(5):
        with pytest.raises(SignInRefusedError):
            enter(service, "not the password", name=name)
    with pytest.raises(TooManyAttemptsError) as caught:
        enter(service, PASSWORD, name=name)
    assert caught.value.facts["retry_after"] == 31
    with pytest.raises(SignInRefusedError):
        enter(service, "not the password", name=name, seconds=31)
    with pytest.raises(TooManyAttemptsError):
        enter(service, PASSWORD, name=name, seconds=62)


def test_the_right_password_after_the_wait_forgets_the_wrong_ones(service: Service) -> None:
    for _ in range(5):
        with pytest.raises(SignInRefusedError):
            enter(service, "not the password")
    enter(service, seconds=31)
    with pytest.raises(SignInRefusedError):
        enter(service, "not the password", seconds=32)
    enter(service, seconds=33)
    with service.unit(service.administrator) as uow:
        actions = uow.session.scalars(
            select(AuditEvent.action).where(AuditEvent.subject_id == service.administrator.user_id)
        ).all()
    assert actions.count("user.sign_in_refused") == 6
    assert actions.count("user.signed_in") == 2


def test_somebody_without_a_password_does_not_sign_in(service: Service) -> None:
    service.do(service.administrator, operations.add_user, sign_in_name=f"una.{service.code}", name="Una")
    with pytest.raises(SignInRefusedError):
        enter(service, "", name="una")


def test_a_password_somebody_else_chose_is_changed_first(service: Service) -> None:
    user_id = service.coordinator.user_id
    with service.unit(service.administrator) as uow:
        name = uow.session.get_one(User, (service.commissioner_id, user_id)).sign_in_name
    service.do(service.administrator, credentials.set_password, user_id, PASSWORD)
    short = name.split(".")[0]
    with pytest.raises(NewPasswordNeededError):
        enter(service, name=short)
    with pytest.raises(PasswordRuleError):
        sign_in(service.sessions, name, PASSWORD, new_password="short", clock=on_day(APRIL))
    signed = sign_in(service.sessions, name, PASSWORD, new_password=ANOTHER_PASSWORD, clock=on_day(APRIL))
    assert signed.actor == service.coordinator
    with pytest.raises(SignInRefusedError):
        enter(service, name=short)
    enter(service, ANOTHER_PASSWORD, name=short)


def test_resetting_a_password_ends_the_tokens(service: Service) -> None:
    own = service.coordinator
    issued = service.do(
        own, credentials.issue_token, own.user_id, scope=TokenScope.WRITE, label="x", lasts=timedelta(days=1)
    )
    asked: Callable[[], Actor | None] = lambda: actor_of_token(  # noqa: E731
        service.sessions, issued.token, clock=on_day(APRIL)
    )
    assert asked() == own
    service.do(service.administrator, credentials.set_password, own.user_id, PASSWORD)
    assert asked() is None


def test_ones_own_password_needs_the_old_one(service: Service) -> None:
    own = service.administrator
    with pytest.raises(WrongPasswordError):
        service.do(own, credentials.change_own_password, old="not the password", new=ANOTHER_PASSWORD)
    service.do(own, credentials.change_own_password, old=PASSWORD, new=ANOTHER_PASSWORD)
    enter(service, ANOTHER_PASSWORD)


def test_a_token_expires_by_real_time_whatever_the_installations_clock_says(service: Service) -> None:
    token = enter(service).token
    twelve_hours = 12 * 3600
    assert who(service, token, seconds=twelve_hours - 1, today=OCTOBER) is not None
    assert who(service, token, seconds=twelve_hours) is None


def test_roles_in_force_follow_the_installations_clock(service: Service) -> None:
    actor = service.staff(Role.FINANCE_OFFICER, end_on=JUNE)
    issued = service.do(
        actor,
        credentials.issue_token,
        actor.user_id,
        scope=TokenScope.WRITE,
        label="x",
        lasts=timedelta(days=30),
        real_clock=at(),
    )
    assert who(service, issued.token) == actor
    assert who(service, issued.token, today=JUNE) is None


def test_somebody_whose_roles_ended_is_told(service: Service) -> None:
    name = f"una.{service.code}"
    row = service.do(service.administrator, operations.add_user, sign_in_name=name, name="Una", password=PASSWORD)
    with pytest.raises(NoRoleTodayError):
        sign_in(service.sessions, name, PASSWORD, new_password=ANOTHER_PASSWORD, clock=on_day(APRIL))
    with pytest.raises(NoRoleTodayError):
        actor_named(service.sessions, name, clock=on_day(APRIL))
    assert row.id


def test_a_revoked_a_foreign_and_a_made_up_token_are_nobodys(service: Service, another: Service) -> None:
    signed = enter(service)
    forged = f"phb_{another.commissioner_id.hex}_{signed.token.split('_', 2)[2]}"
    for token in (forged, signed.token[:-1], signed.token + "x", "", "phb_x_y", f"phb_{uuid4().hex}_{'a' * 43}"):
        assert who(service, token) is None
    with service.unit(service.administrator) as uow:
        stored = uow.session.scalars(
            select(AccessToken).where(AccessToken.user_id == service.administrator.user_id)
        ).one()
        assert signed.token.encode() not in stored.token_hash
    service.do(service.administrator, credentials.revoke_token, stored.id)
    assert who(service, signed.token) is None


def test_a_read_token_changes_nothing_and_gives_no_wider_one(service: Service) -> None:
    own = service.coordinator
    issued = service.do(
        own,
        credentials.issue_token,
        own.user_id,
        scope=TokenScope.READ,
        label="x",
        lasts=timedelta(days=1),
        real_clock=at(),
    )
    reader = who(service, issued.token)
    assert reader is not None
    assert reader.roles == own.roles
    assert Permission.PEOPLE_READ in reader.permissions
    assert all(permission.endswith(".read") for permission in reader.permissions)
    with pytest.raises(MissingPermissionError):
        service.do(reader, register_person, details_of_somebody())
    with pytest.raises(OwnTokensError):
        service.do(
            reader,
            credentials.issue_token,
            reader.user_id,
            scope=TokenScope.WRITE,
            label="x",
            lasts=timedelta(days=1),
        )


def test_the_shell_issues_tokens_for_anybody(service: Service) -> None:
    issued = service.do(
        founder(service.commissioner_id),
        credentials.issue_token,
        service.coordinator.user_id,
        scope=TokenScope.WRITE,
        label="script",
        lasts=timedelta(days=1),
        real_clock=at(),
    )
    assert who(service, issued.token) == service.coordinator


def test_nobody_is_named_who_is_not_there(service: Service) -> None:
    with pytest.raises(SignInRefusedError):
        actor_named(service.sessions, f"nobody.{service.code}")


def test_the_function_that_knows_names_says_two_ids_and_needs_the_whole_name(service: Service) -> None:
    name = f"ada.{service.code}".lower()
    with begin(service.sessions, founder()) as uow:
        asked = text("SELECT * FROM whose_sign_in_name(:name)")
        assert uow.session.execute(asked, {"name": name}).all() == [
            (service.commissioner_id, service.administrator.user_id)
        ]
        assert uow.session.execute(asked, {"name": "%"}).all() == []
        for model in (User, Credential, AccessToken):
            assert uow.session.scalars(select(model)).all() == []
