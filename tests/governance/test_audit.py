"""What was done stays told, and tells nothing personal."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from phb.core.actor import Actor, Role
from phb.core.clock import LONDON
from phb.core.money import pounds
from phb.core.uow import UnitOfWork, begin
from phb.governance import audit
from phb.governance.audit import Fact
from phb.governance.models import AuditEvent
from phb.governance.policies import Rhythm
from tests.governance.conftest import NOON, Commissioner

BUDGET = UUID("00000000-0000-4000-8000-000000000001")
CHANGES = ["UPDATE audit_event SET action = 'thing.undone'", "DELETE FROM audit_event", "TRUNCATE audit_event CASCADE"]


def record(uow: UnitOfWork, **facts: Fact) -> None:
    audit.record(uow, "budget.signed_off", "budget", BUDGET, person_id=None, reason=None, **facts)


def only_event(commissioner: Commissioner) -> AuditEvent:
    with commissioner.unit(commissioner.anna) as uow:
        return uow.session.scalars(select(AuditEvent)).one()


def test_an_event_says_who_did_what_when_and_why(commissioner: Commissioner) -> None:
    person_id = uuid4()
    actor = commissioner.appoint(Role.APPROVER, Role.FINANCE_OFFICER)
    with commissioner.unit(actor) as uow:
        audit.record(uow, "budget.signed_off", "budget", BUDGET, person_id=person_id, reason="Within the limit")
    event = only_event(commissioner)
    assert (event.user_id, event.roles) == (actor.user_id, ["approver", "finance_officer"])
    assert (event.action, event.subject_kind, event.subject_id) == ("budget.signed_off", "budget", BUDGET)
    assert (event.recorded_at, event.person_id, event.reason) == (NOON.now(), person_id, "Within the limit")
    assert (event.request_id, event.facts) == (uow.request_id, {})
    assert event.txid > 0


def test_facts_are_kept_in_one_form(commissioner: Commissioner) -> None:
    with commissioner.unit(commissioner.anna) as uow:
        record(
            uow,
            run=BUDGET,
            value=pounds("-1234.5"),
            at=datetime(2026, 7, 1, 12, 30, tzinfo=LONDON),
            at_odd=datetime(2026, 7, 1, 12, 30, 0, 5, tzinfo=UTC),
            on=date(2024, 2, 29),
            rhythm=Rhythm.FOUR_WEEKLY,
            digest="sha256:0afb",
            rows=999_999_999,
            late=True,
            end=None,
        )
    assert only_event(commissioner).facts == {
        "run": str(BUDGET),
        "value": "-1234.50",
        "at": "2026-07-01T11:30:00+00:00",
        "at_odd": "2026-07-01T12:30:00.000005+00:00",
        "on": "2024-02-29",
        "rhythm": "four_weekly",
        "digest": "sha256:0afb",
        "rows": 999_999_999,
        "late": True,
        "end": None,
    }


@pytest.mark.parametrize(
    "personal",
    [
        "Ann Example",
        "Ann",
        "ann example",
        "9990000018",
        "999 000 0018",
        9990000018,
        "12-34-56",
        "SW1A 1AA",
        "",
        "x" * 101,
    ],
)
def test_a_name_a_number_or_an_address_is_no_fact(commissioner: Commissioner, personal: str | int) -> None:
    with commissioner.unit(commissioner.anna) as uow, pytest.raises(ValueError, match="is no id, code, date, count or"):
        record(uow, who=personal)


@pytest.mark.parametrize(
    "facts",
    [
        '{"who": "Ann Example"}',
        '{"who": "9990000018"}',
        '{"who": 9990000018}',
        '{"who": -9990000018}',
        '{"who": {"name": "ann"}}',
        '{"who": ["ann"]}',
        '["ann"]',
        '"ann"',
    ],
)
def test_the_database_refuses_what_is_no_fact(commissioner: Commissioner, facts: str) -> None:
    insert = (
        "INSERT INTO audit_event (commissioner_id, recorded_at, user_id, roles, request_id, action, subject_kind,"
        " subject_id, facts) VALUES (own_commissioner_id(), now(), gen_random_uuid(), '{}', gen_random_uuid(),"
        " 'thing.done', 'thing', gen_random_uuid(), CAST(:facts AS jsonb))"
    )
    with commissioner.unit(commissioner.anna) as uow, pytest.raises(DBAPIError, match="ck_audit_event_facts"):
        uow.session.execute(text(insert), {"facts": facts})


def test_an_action_is_a_noun_and_a_past_tense(commissioner: Commissioner) -> None:
    with commissioner.unit(commissioner.anna) as uow:
        audit.record(uow, "signed off", "budget", BUDGET)
        with pytest.raises(DBAPIError, match="ck_audit_event_action"):
            uow.session.flush()
        uow.session.rollback()


@pytest.mark.parametrize("change", CHANGES)
def test_the_writer_may_not_change_an_event(commissioner: Commissioner, change: str) -> None:
    with commissioner.unit(commissioner.anna) as uow, pytest.raises(DBAPIError, match="permission denied"):
        uow.session.execute(text(change))


@pytest.mark.parametrize("change", CHANGES)
def test_not_even_the_owner_may(commissioner: Commissioner, owner: sessionmaker[Session], change: str) -> None:
    with commissioner.unit(commissioner.anna) as uow:
        record(uow)
    assert_refused(owner, commissioner.anna, change)


def assert_refused(owner: sessionmaker[Session], actor: Actor, change: str) -> None:
    with begin(owner, actor) as uow:
        with pytest.raises(DBAPIError, match="audit_event rows are never changed or removed") as refusal:
            uow.session.execute(text(change))
        uow.session.rollback()
    cause: Any = refusal.value.orig
    assert cause.sqlstate == "PH102"
