"""A commissioner's settings are dated, of a known shape, and in force once a second administrator confirmed them."""

from dataclasses import fields
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from phb.core.actor import MissingPermissionError, Role
from phb.core.clock import FixedClock
from phb.core.money import pounds
from phb.core.uow import begin
from phb.governance import policy
from phb.governance.models import AuditEvent
from phb.governance.policies import POLICIES, InstalmentPolicy, Policy, Rhythm, SpendingPolicy, StatementPolicy
from phb.governance.policy import (
    ConfirmedAlreadyError,
    ConfirmOwnProposalError,
    PolicyNotFoundError,
    PolicyValueError,
    SourceNeededError,
    UnknownPolicyError,
    as_json,
    parse,
)
from tests.governance.conftest import APRIL, NOON, SOURCE, Commissioner

FIVER = {"tolerance": {"amount": "5.00", "currency": "GBP"}}


def tolerance(commissioner: Commissioner, on: date = APRIL) -> str:
    return f"{commissioner.ask(policy.read, SpendingPolicy, on).tolerance.amount:.2f}"


@pytest.mark.parametrize("kind", POLICIES.values(), ids=POLICIES)
def test_defaults_hold_until_something_is_confirmed(commissioner: Commissioner, kind: type[Policy]) -> None:
    assert commissioner.ask(policy.read, kind, APRIL) == kind()


@pytest.mark.parametrize("kind", POLICIES.values(), ids=POLICIES)
def test_every_policy_is_read_back_as_it_was_written(kind: type[Policy]) -> None:
    assert parse(kind, as_json(kind())) == kind()


@pytest.mark.parametrize("kind", POLICIES.values(), ids=POLICIES)
def test_every_policy_says_what_it_means_and_where_its_defaults_come_from(kind: type[Policy]) -> None:
    assert kind.title
    assert kind.source
    assert all(entry.metadata["meaning"] for entry in fields(kind))


def test_a_proposal_changes_nothing_until_it_is_confirmed(commissioner: Commissioner) -> None:
    proposed = commissioner.propose("spending", FIVER)
    assert tolerance(commissioner) == "0.00"
    commissioner.confirm(proposed)
    assert tolerance(commissioner) == "5.00"


def test_fields_left_out_take_their_defaults(commissioner: Commissioner) -> None:
    commissioner.decide("instalments", {"rhythm": "monthly"})
    assert commissioner.ask(policy.read, InstalmentPolicy, APRIL) == InstalmentPolicy(rhythm=Rhythm.MONTHLY)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2024, 2, 28), "0.00"),
        (date(2024, 2, 29), "1.00"),
        (date(2026, 4, 4), "1.00"),
        (date(2026, 4, 5), "2.00"),
        (date(2199, 12, 31), "2.00"),
    ],
)
def test_the_latest_day_not_after_the_date_decides(commissioner: Commissioner, on: date, expected: str) -> None:
    commissioner.decide("spending", {"tolerance": "2.00"}, on=date(2026, 4, 5))
    commissioner.decide("spending", {"tolerance": "1.00"}, on=date(2024, 2, 29))
    assert tolerance(commissioner, on) == expected


def test_of_two_values_from_one_day_the_one_confirmed_later_holds(commissioner: Commissioner) -> None:
    first = commissioner.propose("spending", {"tolerance": "1.00"})
    commissioner.decide("spending", {"tolerance": "2.00"})
    with commissioner.unit(commissioner.ben, clock=FixedClock(NOON.at + timedelta(hours=1))) as uow:
        policy.confirm(uow, first)
    assert tolerance(commissioner) == "1.00"


def test_of_two_values_confirmed_at_one_instant_the_one_proposed_later_holds(commissioner: Commissioner) -> None:
    amounts = [f"{pounds}.00" for pounds in range(1, 9)]
    for amount in amounts:
        commissioner.decide("spending", {"tolerance": amount})
    assert tolerance(commissioner) == amounts[-1]


def test_two_commissioners_with_different_policies_run_side_by_side(
    commissioner: Commissioner, session_factory: sessionmaker[Session]
) -> None:
    neighbour = Commissioner(session_factory)
    commissioner.decide("spending", FIVER)
    neighbour.decide("spending", {"tolerance": "7.00"})
    neighbour.decide("instalments", {"rhythm": "monthly", "in_advance": False})
    assert (tolerance(commissioner), tolerance(neighbour)) == ("5.00", "7.00")
    assert commissioner.ask(policy.read, InstalmentPolicy, APRIL).rhythm is Rhythm.FOUR_WEEKLY
    assert neighbour.ask(policy.read, InstalmentPolicy, APRIL).rhythm is Rhythm.MONTHLY
    assert len(commissioner.ask(policy.history)) == 1


def test_a_neighbour_cannot_confirm_what_they_cannot_see(
    commissioner: Commissioner, session_factory: sessionmaker[Session]
) -> None:
    proposed = commissioner.propose("spending", FIVER)
    with pytest.raises(PolicyNotFoundError, match="There is no such proposal"):
        Commissioner(session_factory).confirm(proposed)


def test_history_keeps_every_proposal_in_order(commissioner: Commissioner) -> None:
    commissioner.propose("spending", FIVER, on=date(2026, 4, 2))
    commissioner.decide("spending", {})
    commissioner.propose("instalments", {})
    rows = commissioner.ask(policy.history)
    assert [(row.name, row.effective_from.day, row.confirmed_by is None) for row in rows] == [
        ("instalments", 1, True),
        ("spending", 1, False),
        ("spending", 2, True),
    ]


def test_both_steps_are_recorded_with_the_source_as_reason(commissioner: Commissioner) -> None:
    commissioner.decide("spending", FIVER)
    with commissioner.unit(commissioner.anna) as uow:
        events = uow.session.scalars(select(AuditEvent).order_by(AuditEvent.action.desc())).all()
    assert [(event.action, event.user_id, event.reason) for event in events] == [
        ("policy.proposed", commissioner.anna.user_id, SOURCE),
        ("policy.confirmed", commissioner.ben.user_id, None),
    ]
    assert events[0].facts == {"name": "spending", "effective_from": "2026-04-01"}


def test_only_an_administrator_proposes_and_confirms(commissioner: Commissioner) -> None:
    proposed = commissioner.propose("spending", FIVER)
    with commissioner.unit(commissioner.appoint(Role.APPROVER)) as uow:
        with pytest.raises(MissingPermissionError):
            policy.propose(uow, "spending", FIVER, effective_from=APRIL, source=SOURCE)
        with pytest.raises(MissingPermissionError):
            policy.confirm(uow, proposed)


def test_who_proposed_does_not_confirm(commissioner: Commissioner) -> None:
    proposed = commissioner.propose("spending", FIVER)
    with (
        commissioner.unit(commissioner.anna) as uow,
        pytest.raises(ConfirmOwnProposalError, match="a second administrator must confirm it"),
    ):
        policy.confirm(uow, proposed)


def test_nothing_is_confirmed_twice(commissioner: Commissioner) -> None:
    proposed = commissioner.propose("spending", FIVER)
    commissioner.confirm(proposed)
    with pytest.raises(ConfirmedAlreadyError, match="was confirmed before and is in force"):
        commissioner.confirm(proposed)


def test_what_was_never_proposed_is_not_found(commissioner: Commissioner) -> None:
    with pytest.raises(PolicyNotFoundError):
        commissioner.confirm(uuid4())


def test_an_unknown_policy_is_not_found(commissioner: Commissioner) -> None:
    with pytest.raises(UnknownPolicyError, match=r"There is no policy “spend”\. Choose one of delegation, "):
        commissioner.propose("spend", {})


@pytest.mark.parametrize("source", ["", "  ", "x" * 501, "nil\x00byte", "two\nlines", "\ud800"])
def test_a_proposal_says_where_it_was_decided(commissioner: Commissioner, source: str) -> None:
    with commissioner.unit(commissioner.anna) as uow, pytest.raises(SourceNeededError) as refusal:
        policy.propose(uow, "spending", FIVER, effective_from=APRIL, source=source)
    assert refusal.value.field == "source"


def test_an_unknown_field_is_refused_by_name(commissioner: Commissioner) -> None:
    with pytest.raises(PolicyValueError, match=r"has no field “tolerence”\. Its fields are evidence_not") as refusal:
        commissioner.propose("spending", {"tolerence": "5.00"})
    assert (refusal.value.code, refusal.value.field) == ("policy-value", "tolerence")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("spending", {"tolerance": 5}, "it is pounds and pence from 0.00 to"),
        ("spending", {"tolerance": "5.005"}, "it is pounds and pence"),
        ("spending", {"tolerance": "-0.01"}, "it is pounds and pence"),
        ("spending", {"tolerance": "1000000000.01"}, "it is pounds and pence"),
        ("spending", {"tolerance": None}, "it is pounds and pence"),
        ("spending", {"tolerance": {}}, "it is pounds and pence"),
        ("spending", {"tolerance": {"amount": "5.00", "currency": "EUR"}}, "it is pounds and pence"),
        ("spending", {"tolerance": {"amount": 5, "currency": "GBP"}}, "it is pounds and pence"),
        ("spending", {"tolerance": FIVER["tolerance"] | {"more": 1}}, "it is pounds and pence"),
        ("instalments", {"rhythm": "weekly"}, "it is one of four_weekly, monthly"),
        ("instalments", {"rhythm": ["monthly"]}, "it is one of four_weekly, monthly"),
        ("instalments", {"in_advance": 1}, "it is true or false"),
        ("instalments", {"in_advance": "yes"}, "it is true or false"),
        ("reviews", {"first_within_months": 0}, "it is a whole number from 1 to 3"),
        ("reviews", {"first_within_months": 4}, "it is a whole number from 1 to 3"),
        ("reviews", {"then_within_months": True}, "it is a whole number from 1 to 12"),
        ("reviews", {"then_within_months": 10**40}, "it is a whole number from 1 to 12"),
        ("statements", {"contact": " "}, "it is words on one line, 500 letters or fewer"),
        ("statements", {"contact": "x" * 501}, "it is words on one line"),
        ("statements", {"contact": "nil\x00byte"}, "it is words on one line"),
        ("statements", {"contact": 5}, "it is words on one line"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(
    commissioner: Commissioner, name: str, value: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(PolicyValueError, match=sentence) as refusal:
        commissioner.propose(name, value)
    assert refusal.value.field == next(iter(value))
    assert commissioner.ask(policy.history) == []


def test_values_that_fit_are_kept() -> None:
    assert parse(SpendingPolicy, FIVER) == parse(SpendingPolicy, {"tolerance": "5.00"})
    assert parse(SpendingPolicy, FIVER) == SpendingPolicy(tolerance=pounds("5.00"))
    assert parse(InstalmentPolicy, {"in_advance": False}) == InstalmentPolicy(in_advance=False)
    assert parse(StatementPolicy, {"contact": "Ring 0."}) == StatementPolicy(contact="Ring 0.")


def test_the_database_lets_nobody_confirm_their_own(commissioner: Commissioner) -> None:
    commissioner.propose("spending", FIVER)
    with (
        commissioner.unit(commissioner.ben) as uow,
        pytest.raises(DBAPIError, match="ck_policy_setting_second_person"),
    ):
        uow.session.execute(text("UPDATE policy_setting SET confirmed_by = proposed_by, confirmed_at = now()"))


def test_the_database_wants_who_and_when_of_a_confirmation(commissioner: Commissioner) -> None:
    commissioner.propose("spending", FIVER)
    with commissioner.unit(commissioner.ben) as uow, pytest.raises(DBAPIError, match="ck_policy_setting_confirmed"):
        uow.session.execute(text("UPDATE policy_setting SET confirmed_by = gen_random_uuid()"))


CONFIRMED_FROM_THE_START = text(
    "INSERT INTO policy_setting (commissioner_id, name, value, effective_from, source, proposed_by, proposed_at,"
    " confirmed_by, confirmed_at) VALUES (own_commissioner_id(), 'spending', '{}', now(), 'me', gen_random_uuid(),"
    " now(), gen_random_uuid(), now())"
)


def test_the_database_takes_nothing_that_is_confirmed_from_the_start(
    commissioner: Commissioner, owner: sessionmaker[Session]
) -> None:
    for sessions in (commissioner.sessions, owner):
        with begin(sessions, commissioner.ben) as uow:
            with pytest.raises(DBAPIError, match="rows are proposed first and confirmed by somebody else"):
                uow.session.execute(CONFIRMED_FROM_THE_START)
            uow.session.rollback()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE policy_setting SET value = '{}'",
        "UPDATE policy_setting SET effective_from = effective_from - 1",
        "DELETE FROM policy_setting",
        "TRUNCATE policy_setting CASCADE",
    ],
)
def test_the_database_changes_no_proposal(
    commissioner: Commissioner, owner: sessionmaker[Session], change: str
) -> None:
    commissioner.propose("spending", FIVER)
    with commissioner.unit(commissioner.ben) as uow, pytest.raises(DBAPIError, match="permission denied"):
        uow.session.execute(text(change))
    with begin(owner, commissioner.ben) as uow:
        with pytest.raises(DBAPIError, match="rows are never changed"):
            uow.session.execute(text(change))
        uow.session.rollback()


@pytest.mark.parametrize("values", ["NULL, confirmed_at = NULL", "gen_random_uuid()"])
def test_the_database_takes_no_confirmation_back(commissioner: Commissioner, values: str) -> None:
    commissioner.decide("spending", FIVER)
    change = f"UPDATE policy_setting SET confirmed_by = {values}"  # noqa: S608 - written in this file
    with commissioner.unit(commissioner.ben) as uow, pytest.raises(DBAPIError, match="rows are never changed"):
        uow.session.execute(text(change))


def test_what_is_in_force_is_told_with_its_source_and_the_rest_has_its_defaults(commissioner: Commissioner) -> None:
    def in_force(on: date = APRIL) -> dict[str, date]:
        return {name: row.effective_from for name, row in commissioner.ask(policy.in_force, on).items()}

    commissioner.propose("spending", FIVER)
    assert in_force() == {}
    for day in (date(2026, 3, 1), APRIL, date(2026, 5, 1)):
        commissioner.confirm(commissioner.propose("spending", FIVER, on=day))
    commissioner.confirm(commissioner.propose("instalments", {"rhythm": "monthly"}))
    assert in_force() == {"spending": APRIL, "instalments": APRIL}
    assert in_force(date(2026, 5, 1))["spending"] == date(2026, 5, 1)
