"""Who may sign off how much, from when."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from phb.core.actor import Actor, MissingPermissionError, Role
from phb.core.clock import FixedClock
from phb.core.money import pounds
from phb.core.uow import begin
from phb.governance import delegation
from phb.governance.delegation import LimitBelowNilError, LimitNotFoundError, OverLimitError, RoleHasNoLimitError
from phb.governance.models import AuditEvent
from phb.governance.policy import ConfirmedAlreadyError, ConfirmOwnProposalError, SourceNeededError
from tests.governance.conftest import APRIL, NOON, SOURCE, Commissioner


def propose(
    commissioner: Commissioner, limit: str, *, on: date = APRIL, user: Actor | None = None, role: Role = Role.APPROVER
) -> UUID:
    with commissioner.unit(commissioner.anna) as uow:
        row = delegation.propose_limit(
            uow, role, pounds(limit), effective_from=on, source=SOURCE, user_id=user.user_id if user else None
        )
        return row.id


def decide(commissioner: Commissioner, limit: str, *, on: date = APRIL, user: Actor | None = None) -> None:
    limit_id = propose(commissioner, limit, on=on, user=user)
    with commissioner.unit(commissioner.ben) as uow:
        delegation.confirm_limit(uow, limit_id)


def require(commissioner: Commissioner, actor: Actor, value: str, *, clock: FixedClock = NOON) -> str:
    """Return the limit that lets a value through."""
    with commissioner.unit(actor, clock=clock) as uow:
        return f"{delegation.require_within_limit(uow, pounds(value)).limit.amount:.2f}"


@pytest.fixture
def approver(commissioner: Commissioner) -> Actor:
    """Return an approver."""
    return commissioner.appoint(Role.APPROVER)


def test_the_limit_itself_is_inside_by_default(commissioner: Commissioner, approver: Actor) -> None:
    decide(commissioner, "50000.00")
    assert require(commissioner, approver, "50000.00") == "50000.00"
    with pytest.raises(OverLimitError, match=r"is worth £50,000\.01 and you may sign off up to £50,000\.00") as refusal:
        require(commissioner, approver, "50000.01")
    assert refusal.value.facts == {"value": pounds("50000.01"), "limit": pounds("50000.00")}


def test_the_limit_itself_is_outside_where_policy_says_so(commissioner: Commissioner, approver: Actor) -> None:
    decide(commissioner, "50000.00")
    commissioner.decide("delegation", {"limit_included": False})
    assert require(commissioner, approver, "49999.99") == "50000.00"
    with pytest.raises(OverLimitError):
        require(commissioner, approver, "50000.00")


def test_without_a_limit_nothing_is_signed_off(commissioner: Commissioner, approver: Actor) -> None:
    with pytest.raises(OverLimitError, match="gives you no limit today") as refusal:
        require(commissioner, approver, "0.01")
    assert refusal.value.facts == {"value": pounds("0.01")}


def test_a_proposed_limit_counts_for_nothing(commissioner: Commissioner, approver: Actor) -> None:
    propose(commissioner, "50000.00")
    with pytest.raises(OverLimitError):
        require(commissioner, approver, "0.01")


def test_a_limit_begins_on_its_day_in_london(commissioner: Commissioner, approver: Actor) -> None:
    decide(commissioner, "100.00", on=date(2026, 4, 1))
    decide(commissioner, "200.00", on=date(2026, 4, 5))
    just_before = FixedClock(datetime(2026, 4, 4, 22, 59, tzinfo=UTC))
    midnight = FixedClock(datetime(2026, 4, 4, 23, 0, tzinfo=UTC))
    assert require(commissioner, approver, "100.00", clock=just_before) == "100.00"
    with pytest.raises(OverLimitError):
        require(commissioner, approver, "200.00", clock=just_before)
    assert require(commissioner, approver, "200.00", clock=midnight) == "200.00"


def test_a_later_limit_of_nil_ends_it(commissioner: Commissioner, approver: Actor) -> None:
    decide(commissioner, "100.00", on=date(2026, 3, 1))
    decide(commissioner, "0.00")
    with pytest.raises(OverLimitError):
        require(commissioner, approver, "0.01")


def test_of_two_limits_confirmed_at_one_instant_the_one_proposed_later_holds(
    commissioner: Commissioner, approver: Actor
) -> None:
    for limit in ("400.00", "300.00", "200.00", "100.00"):
        decide(commissioner, limit)
    assert require(commissioner, approver, "100.00") == "100.00"
    with pytest.raises(OverLimitError):
        require(commissioner, approver, "100.01")


@pytest.mark.parametrize("own", ["10.00", "900.00"])
def test_an_approvers_own_limit_comes_before_the_roles(commissioner: Commissioner, approver: Actor, own: str) -> None:
    decide(commissioner, "100.00")
    decide(commissioner, own, user=approver, on=date(2026, 3, 1))
    assert require(commissioner, approver, own) == own
    assert require(commissioner, commissioner.appoint(Role.APPROVER), "100.00") == "100.00"


def test_a_limit_of_a_role_no_longer_held_counts_for_nothing(commissioner: Commissioner, approver: Actor) -> None:
    decide(commissioner, "100.00", user=approver)
    moved = Actor(approver.user_id, commissioner.id, frozenset({Role.CLINICIAN}), frozenset())
    with pytest.raises(OverLimitError):
        require(commissioner, moved, "0.01")


def test_a_neighbours_limit_counts_for_nothing(
    commissioner: Commissioner, approver: Actor, session_factory: sessionmaker[Session]
) -> None:
    decide(Commissioner(session_factory), "100.00")
    with pytest.raises(OverLimitError):
        require(commissioner, approver, "0.01")


def test_history_keeps_every_limit_in_order(commissioner: Commissioner) -> None:
    propose(commissioner, "2.00", on=date(2026, 4, 2))
    decide(commissioner, "1.00")
    rows = commissioner.ask(delegation.history)
    assert [(row.limit, row.confirmed_by is None) for row in rows] == [(pounds("1.00"), False), (pounds("2.00"), True)]


def test_both_steps_are_recorded(commissioner: Commissioner, approver: Actor) -> None:
    decide(commissioner, "100.00", user=approver)
    with commissioner.unit(commissioner.anna) as uow:
        events = uow.session.scalars(select(AuditEvent).order_by(AuditEvent.action.desc())).all()
    assert [(event.action, event.reason) for event in events] == [
        ("delegation.proposed", SOURCE),
        ("delegation.confirmed", None),
    ]
    assert events[0].facts == events[1].facts
    assert events[0].facts == {
        "role": "approver",
        "user_id": str(approver.user_id),
        "limit": "100.00",
        "effective_from": "2026-04-01",
    }


def test_only_an_administrator_proposes_and_confirms(commissioner: Commissioner, approver: Actor) -> None:
    limit_id = propose(commissioner, "100.00")
    with commissioner.unit(approver) as uow:
        with pytest.raises(MissingPermissionError):
            delegation.propose_limit(uow, Role.APPROVER, pounds("1.00"), effective_from=APRIL, source=SOURCE)
        with pytest.raises(MissingPermissionError):
            delegation.confirm_limit(uow, limit_id)


def test_who_proposed_does_not_confirm_and_nothing_is_confirmed_twice(commissioner: Commissioner) -> None:
    limit_id = propose(commissioner, "100.00")
    with commissioner.unit(commissioner.anna) as uow, pytest.raises(ConfirmOwnProposalError):
        delegation.confirm_limit(uow, limit_id)
    with commissioner.unit(commissioner.ben) as uow:
        delegation.confirm_limit(uow, limit_id)
        with pytest.raises(ConfirmedAlreadyError):
            delegation.confirm_limit(uow, limit_id)


def test_what_was_never_proposed_is_not_found(commissioner: Commissioner) -> None:
    with commissioner.unit(commissioner.ben) as uow, pytest.raises(LimitNotFoundError, match="no such proposed limit"):
        delegation.confirm_limit(uow, uuid4())


def test_a_role_that_signs_nothing_off_has_no_limit(commissioner: Commissioner) -> None:
    with pytest.raises(RoleHasNoLimitError, match="The role “administrator” does not sign off money") as refusal:
        propose(commissioner, "100.00", role=Role.ADMINISTRATOR)
    assert refusal.value.field == "role"


def test_a_limit_is_not_below_nil(commissioner: Commissioner) -> None:
    with pytest.raises(LimitBelowNilError, match="cannot be below nil"):
        propose(commissioner, "-0.01")


def test_a_limit_says_where_it_was_decided(commissioner: Commissioner) -> None:
    with commissioner.unit(commissioner.anna) as uow, pytest.raises(SourceNeededError):
        delegation.propose_limit(uow, Role.APPROVER, pounds("1.00"), effective_from=APRIL, source="")


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ("UPDATE delegation_limit SET confirmed_by = proposed_by, confirmed_at = now()", "ck_delegation_limit_second"),
        ("UPDATE delegation_limit SET confirmed_by = gen_random_uuid()", "ck_delegation_limit_confirmed"),
        ("UPDATE delegation_limit SET limit_pence = 1", "rows are never changed"),
        ("DELETE FROM delegation_limit", "rows are never changed"),
        ("TRUNCATE delegation_limit CASCADE", "rows are never changed"),
    ],
)
def test_the_database_refuses_it_even_to_the_owner(
    commissioner: Commissioner, owner: sessionmaker[Session], change: str, refusal: str
) -> None:
    propose(commissioner, "100.00")
    with begin(owner, commissioner.ben) as uow:
        with pytest.raises(DBAPIError, match=refusal):
            uow.session.execute(text(change))
        uow.session.rollback()
