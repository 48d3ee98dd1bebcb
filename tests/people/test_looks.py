"""Somebody is told who looked at their record, save what is withheld for a reason and until a day."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import URL, Connection, select, text
from sqlalchemy.orm import Session, sessionmaker

from phb.core.actor import Actor, MissingPermissionError, Role
from phb.core.database import make_engine
from phb.core.roles import OWNER, WRITER
from phb.governance.models import AuditEvent
from phb.governance.workflow import ReasonNeededError, SecondPersonNeededError
from phb.people.kinds import Scope, WithholdingGround
from phb.people.looks.models import WithheldLook
from phb.people.looks.operations import (
    ReviewDayError,
    WithheldAlreadyError,
    WithheldNotFoundError,
    end_withholding,
    keep_look,
    withhold,
)
from phb.people.looks.queries import Looker, lookers, looks_told, withheld_now
from phb.people.queries import PersonNotFoundError
from phb.people.users.queries import UserNotFoundError
from tests.ledger.plainly import refused
from tests.people.conftest import APRIL, Service

REASON = "A safeguarding inquiry is open"
NO_RIGHT, UNCHANGING = "42501", "PH102"


class Record:
    """One person's record, and who looks at it."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self.service = Service(sessions)
        self.person_id = self.service.person()
        staff = self.service.staff
        self.holder = self.service.user(Role.HOLDER, self.service.commissioner_id, person_id=self.person_id)
        self.finance, self.auditor = staff(Role.FINANCE_OFFICER), staff(Role.AUDITOR)
        self.coordinator = self.service.coordinator

    def look(self, actor: Actor, times: int = 1) -> None:
        for _ in range(times):
            with self.service.unit(actor) as uow:
                keep_look(uow, self.person_id, "person", self.person_id)

    def told(self) -> list[tuple[date, tuple[str, ...], int]]:
        found = self.service.ask(self.holder, looks_told, self.person_id, self.service.today)
        assert {row.organisation for row in found} <= {"Northvale"}
        return [(row.day, row.roles, row.count) for row in found]

    def by_name(self) -> dict[UUID, Looker]:
        found = self.service.ask(self.coordinator, lookers, self.person_id, self.service.today)
        return {one.user_id: one for one in found}

    def withhold(self, user: Actor, by: Actor | None = None, reason: str = REASON, days: int = 30) -> WithheldLook:
        return self.service.do(
            by or self.coordinator,
            withhold,
            self.person_id,
            user.user_id,
            ground=WithholdingGround.SAFEGUARDING,
            reason=reason,
            review_on=self.service.today + timedelta(days=days),
        )


@pytest.fixture
def record(session_factory: sessionmaker[Session]) -> Record:
    """Return the record of somebody whom nobody has looked at."""
    return Record(session_factory)


def test_a_person_is_told_the_day_the_role_and_how_often_and_no_name(record: Record) -> None:
    record.look(record.finance, 2)
    record.look(record.auditor)
    record.service.today = APRIL + timedelta(days=1)
    record.look(record.finance)
    assert record.told() == [
        (date(2026, 4, 2), ("finance_officer",), 1),
        (APRIL, ("auditor",), 1),
        (APRIL, ("finance_officer",), 2),
    ]


def test_what_somebody_sees_of_themselves_is_not_kept(record: Record) -> None:
    record.look(record.holder)
    assert record.told() == []
    with record.service.unit(record.auditor) as uow:
        keep_look(uow, None, "payee", uuid4())
        query = select(AuditEvent).where(AuditEvent.action == "record.looked_at")
        assert uow.session.scalars(query).all() == []


def test_what_is_withheld_is_not_told_until_that_is_ended(record: Record) -> None:
    record.look(record.finance)
    record.look(record.auditor)
    row = record.withhold(record.finance)
    assert record.told() == [(APRIL, ("auditor",), 1)]
    assert record.by_name()[record.finance.user_id].withheld is not None
    record.look(record.finance)
    record.service.do(record.coordinator, end_withholding, row.id, reason="The inquiry is over")
    assert record.told() == [(APRIL, ("auditor",), 1), (APRIL, ("finance_officer",), 2)]
    assert record.by_name()[record.finance.user_id].withheld is None
    with pytest.raises(WithheldNotFoundError):
        record.service.do(record.coordinator, end_withholding, row.id, reason="The inquiry is over")


def test_withholding_is_told_to_auditors_and_never_to_the_person(record: Record) -> None:
    row = record.withhold(record.finance)
    with record.service.unit(record.auditor) as uow:
        (event,) = uow.session.scalars(select(AuditEvent).where(AuditEvent.action == "looks.withheld"))
        assert (event.subject_id, event.reason, event.person_id) == (row.id, REASON, None)
        assert event.facts == {"ground": "safeguarding", "review_on": "2026-05-01"}


def test_nobody_withholds_their_own_looks(record: Record) -> None:
    with pytest.raises(SecondPersonNeededError, match="Ask a colleague"):
        record.withhold(record.coordinator)


@pytest.mark.parametrize("reason", ["", "too short", " " * 20, "x" * 501])
def test_a_reason_that_others_can_judge_is_needed(record: Record, reason: str) -> None:
    with pytest.raises(ReasonNeededError, match="10 to 500"):
        record.withhold(record.finance, reason=reason)
    row = record.withhold(record.finance)
    with pytest.raises(ReasonNeededError, match="10 to 500"):
        record.service.do(record.coordinator, end_withholding, row.id, reason=reason)


@pytest.mark.parametrize("days", [0, -1])
def test_the_day_of_review_is_to_come(record: Record, days: int) -> None:
    with pytest.raises(ReviewDayError, match="later than today"):
        record.withhold(record.finance, days=days)


def test_the_same_looks_are_withheld_once(record: Record) -> None:
    record.withhold(record.finance)
    with pytest.raises(WithheldAlreadyError):
        record.withhold(record.finance)


def test_the_next_to_be_reviewed_comes_first(record: Record) -> None:
    later, sooner = record.withhold(record.finance, days=60), record.withhold(record.auditor, days=5)
    with record.service.unit(record.coordinator) as uow:
        assert [row.id for row in withheld_now(uow.session, record.person_id)] == [sooner.id, later.id]


def test_who_may_not_decide_is_refused(record: Record) -> None:
    for actor in (record.holder, record.auditor, record.finance):
        with pytest.raises(MissingPermissionError):
            record.withhold(record.coordinator, by=actor)
        with pytest.raises(MissingPermissionError):
            record.service.ask(actor, lookers, record.person_id, APRIL)
        with pytest.raises(MissingPermissionError):
            record.service.do(actor, end_withholding, uuid4(), reason=REASON)


def test_another_persons_looks_are_not_told(record: Record) -> None:
    record.look(record.finance)
    stranger = record.service.user(Role.HOLDER, record.service.commissioner_id, person_id=record.service.person())
    broker = record.service.broker(record.person_id, Scope.SPEND)
    for actor in (stranger, broker):
        with pytest.raises(PersonNotFoundError):
            record.service.ask(actor, looks_told, record.person_id, APRIL)


def test_an_unknown_user_or_number_is_told(record: Record) -> None:
    with pytest.raises(WithheldNotFoundError):
        record.service.do(record.coordinator, end_withholding, uuid4(), reason=REASON)
    with pytest.raises(UserNotFoundError):
        record.service.do(
            record.coordinator,
            withhold,
            record.person_id,
            uuid4(),
            ground=WithholdingGround.CRIME,
            reason=REASON,
            review_on=date(2026, 5, 1),
        )


# The guards, by plain statements.


@pytest.fixture(params=[WRITER, OWNER])
def sql(request: pytest.FixtureRequest, database: URL, record: Record) -> Iterator[Connection]:
    """Run plain statements as the application's role, and as the tables' owner, where looks are withheld and shown."""
    row = record.withhold(record.finance)
    record.service.do(record.coordinator, end_withholding, row.id, reason="The inquiry is over")
    engine = make_engine(database, role=request.param, pooled=False)
    with engine.connect() as connection:
        setting = {"id": str(record.service.commissioner_id)}
        connection.execute(text("SELECT set_config('phb.commissioner_id', :id, false)"), setting)
        yield connection
    engine.dispose()


@pytest.mark.parametrize("table", ["withheld_look", "withheld_look_end"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET reason = 'a new reason'", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
def test_what_was_withheld_is_never_changed(sql: Connection, table: str, statement: str) -> None:
    with refused(NO_RIGHT, UNCHANGING):
        sql.execute(text(statement.format(table)))


COPY = """
    INSERT INTO withheld_look (commissioner_id, person_id, user_id, ground, reason, review_on, withheld_by, withheld_at)
    SELECT {commissioner_id}, {person_id}, {user_id}, {ground}, {reason}, {review_on}, {withheld_by}, withheld_at
    FROM withheld_look
"""
COLUMNS = ("commissioner_id", "person_id", "user_id", "ground", "reason", "review_on", "withheld_by")


@pytest.mark.parametrize(
    ("changed", "state", "because"),
    [
        ({"commissioner_id": "gen_random_uuid()"}, NO_RIGHT, "row-level security"),
        ({"person_id": "gen_random_uuid()"}, "23503", "fk_withheld_look_person"),
        ({"user_id": "gen_random_uuid()"}, "23503", "fk_withheld_look_user"),
        ({"ground": "'embarrassing'"}, "23514", "ck_withheld_look_ground"),
        ({"reason": "'  too few  '"}, "23514", "ck_withheld_look_reason"),
        ({"review_on": "'2026-04-01'"}, "23514", "ck_withheld_look_review"),
        ({"withheld_by": "user_id"}, "23514", "ck_withheld_look_second_person"),
    ],
)
def test_nothing_is_withheld_that_may_not_be(
    sql: Connection, changed: dict[str, str], state: str, because: str
) -> None:
    with refused(state, because=because):
        sql.execute(text(COPY.format(**{column: column for column in COLUMNS} | changed)))


def test_nothing_is_ended_twice(sql: Connection) -> None:
    with refused("23505", because="pk_withheld_look_end"):
        sql.execute(text("INSERT INTO withheld_look_end SELECT * FROM withheld_look_end"))
