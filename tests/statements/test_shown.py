"""A statement that was shown opens again exactly as shown, and as now known with every difference listed."""

from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import URL, Connection, func, select, text
from sqlalchemy.orm import Session, sessionmaker

from phb.budget.queries import BudgetNotFoundError
from phb.core.actor import Actor, MissingPermissionError, Role
from phb.core.clock import end_of_day
from phb.core.database import make_engine
from phb.core.money import pounds
from phb.core.period import Period
from phb.core.roles import OWNER, WRITER
from phb.documents import stored
from phb.documents.document import Facts
from phb.governance.models import AuditEvent
from phb.ledger.views import NothingKnownError
from phb.people.kinds import Scope
from phb.statements.formats import FORMATS
from phb.statements.models import ShownStatement
from phb.statements.operations import IssuedStatement, issue_statement, open_again
from phb.statements.shown import MOST, ShownStatementNotFoundError, shown_statements, then_and_now
from tests.budget.conftest import World, dates
from tests.ledger.plainly import refused
from tests.people.conftest import Service
from tests.spending.conftest import JUNE, Spender, usual_lines
from tests.statements.conftest import MAY

NO_RIGHT, UNCHANGING = "42501", "PH102"


@pytest.fixture
def spender(session_factory: sessionmaker[Session]) -> Spender:
    """Return a budget with £3,000.00 in its account, of which £120.00 was spent on 4 May, on 15 June 2026."""
    world = World(Service(session_factory))
    spender = Spender(world, world.active(*usual_lines()))
    spender.pay_in("3000.00")
    world.on(JUNE)
    spender.spend("120.00")
    return spender


def issue(spender: Spender, actor: Actor | None = None, period: Period = MAY, name: str = "json", **more: Any) -> bytes:
    world = spender.world
    issued = world.do(actor or world.holder, issue_statement, spender.budget_id, period, format_name=name, **more)
    return issued.content


def found(spender: Spender, actor: Actor | None = None) -> list[ShownStatement]:
    world = spender.world
    return world.ask(actor or world.holder, shown_statements, spender.budget_id, world.service.today)


def again(spender: Spender, shown_id: UUID, actor: Actor | None = None, **more: Any) -> IssuedStatement:
    return spender.world.do(actor or spender.world.holder, open_again, spender.budget_id, shown_id, **more)


def differences(spender: Spender, shown_id: UUID) -> list[tuple[str, str, object, object]]:
    compared = spender.world.do(spender.world.holder, then_and_now, spender.budget_id, shown_id)
    return [(one.heading, one.what, one.then, one.now) for one in compared.differences]


@pytest.mark.parametrize("name", FORMATS)
def test_it_opens_again_exactly_as_it_was_shown(spender: Spender, name: str) -> None:
    content = issue(spender, name=name)
    (shown,) = found(spender)
    spender.spend("30.00")
    spender.world.on(date(2026, 9, 1))
    opened = again(spender, shown.id)
    assert (opened.content, opened.format_name, opened.period) == (content, name, MAY)
    assert issue(spender, name=name) != content


def test_nothing_differs_while_nothing_is_recorded_for_its_days(spender: Spender) -> None:
    issue(spender)
    (shown,) = found(spender)
    spender.spend("30.00", spent_on=date(2026, 6, 2))
    spender.world.on(date(2026, 9, 1))
    assert differences(spender, shown.id) == []


def test_what_was_recorded_since_is_listed_figure_by_figure(spender: Spender) -> None:
    """£120.00 were spent in May when it was shown. Then £30.00 of 4 May come in late: 120.00 + 30.00 = 150.00."""
    issue(spender)
    (shown,) = found(spender)
    spender.spend("30.00", words="A lamp")
    listed = differences(spender, shown.id)
    (said,) = [then for heading, _, then, _ in listed if heading == "In short" and "was spent from" in str(then)]
    assert str(said).startswith("£120.00 was spent from 1 May 2026 to 31 May 2026.")
    changed = {(then, now) for _, _, then, now in listed}
    assert (pounds("120.00"), pounds("150.00")) in changed
    assert [row for row in listed if "A lamp" in row[1] and row[2:] == (None, pounds("30.00"))]
    assert not [row for row in listed if "Issued on" in row[1]]


def test_it_is_kept_once_while_it_says_the_same(spender: Spender) -> None:
    for _ in range(3):
        issue(spender)
    assert len(found(spender)) == 1
    issue(spender, name="csv")
    issue(spender, spender.world.auditor)
    assert len(found(spender)) == 2
    spender.spend("30.00")
    issue(spender)
    assert len(found(spender)) == 3


def test_what_was_known_earlier_is_told_again_from_the_books_and_says_so(spender: Spender) -> None:
    """So anybody can work out from the journals what somebody was shown."""
    issue(spender)
    spender.spend("30.00")
    issue(spender, known_at=end_of_day(JUNE))
    first, told = (stored.load(row.document) for row in in_the_database(spender.world))
    assert told.sections[1:] == first.sections[1:]
    (facts,), (earlier,) = told.sections[0].blocks, first.sections[0].blocks
    assert isinstance(facts, Facts)
    assert isinstance(earlier, Facts)
    (known,) = set(facts.items) - set(earlier.items)
    assert (known.label, str(known.value)[:15]) == ("As known on", "15 June 2026 at")
    with pytest.raises(NothingKnownError):
        issue(spender, known_at=end_of_day(MAY.last_day))


def in_the_database(world: World) -> list[ShownStatement]:
    """Return what was kept, the shortest first."""
    with world.service.unit(world.auditor) as uow:
        return list(uow.session.scalars(select(ShownStatement).order_by(func.length(ShownStatement.document))))


def test_whoever_was_shown_it_opens_it_and_who_reads_the_books_opens_all(spender: Spender) -> None:
    world = spender.world
    issue(spender)
    issue(spender, world.auditor)
    (own,) = found(spender)
    assert own.shown_to == world.holder.user_id
    assert {row.shown_to for row in found(spender, world.auditor)} == {world.holder.user_id, world.auditor.user_id}
    again(spender, own.id, world.auditor)
    (audited,) = [row for row in found(spender, world.auditor) if row.id != own.id]
    for actor, shown_id in ((world.holder, audited.id), (world.holder, uuid4())):
        with pytest.raises(ShownStatementNotFoundError, match="Choose one from the list"):
            again(spender, shown_id, actor)
    with pytest.raises(BudgetNotFoundError):
        again(spender, own.id, world.service.broker(world.person_id, Scope.BUDGET))
    with pytest.raises(MissingPermissionError):
        again(spender, own.id, world.administrator)


def test_days_that_are_not_somebodys_to_see_stay_shut(spender: Spender) -> None:
    """An auditor whose role begins on 1 June opens no statement of May, whoever was shown it."""
    issue(spender)
    (shown,) = found(spender)
    service = spender.world.service
    auditor = service.user(Role.AUDITOR, service.commissioner_id, start_on=date(2026, 6, 1))
    assert found(spender, auditor) == []
    with pytest.raises(ShownStatementNotFoundError):
        again(spender, shown.id, auditor)


def test_opening_it_again_is_kept_in_the_audit_trail(spender: Spender) -> None:
    issue(spender)
    (shown,) = found(spender)
    again(spender, shown.id)
    differences(spender, shown.id)
    world = spender.world
    with world.service.unit(world.auditor) as uow:
        rows = uow.session.scalars(select(AuditEvent).where(AuditEvent.action == "statement.read_again")).all()
        told = [(row.subject_id, row.person_id, row.facts) for row in rows]
    assert told == [(spender.budget_id, world.person_id, {"shown_id": str(shown.id)})] * 2


def test_only_the_newest_are_listed(spender: Spender) -> None:
    for day in range(1, MOST + 3):
        issue(spender, period=dates("2026-04-01", f"2026-04-{day:02}"))
    assert len(found(spender)) == MOST


# The guards, by plain statements.


@pytest.fixture(params=[WRITER, OWNER])
def sql(request: pytest.FixtureRequest, database: URL, spender: Spender) -> Iterator[Connection]:
    """Run plain statements as the application's role, and as the tables' owner, over one statement that was shown."""
    issue(spender)
    engine = make_engine(database, role=request.param, pooled=False)
    with engine.connect() as connection:
        setting = {"id": str(spender.world.service.commissioner_id)}
        connection.execute(text("SELECT set_config('phb.commissioner_id', :id, false)"), setting)
        yield connection
    engine.dispose()


@pytest.mark.parametrize("statement", ["UPDATE {} SET document = '{{}}'", "DELETE FROM {}", "TRUNCATE {}"])
def test_what_was_shown_is_never_changed(sql: Connection, statement: str) -> None:
    with refused(NO_RIGHT, UNCHANGING):
        sql.execute(text(statement.format("shown_statement")))


COPY = """
    INSERT INTO shown_statement (commissioner_id, budget_id, first_day, last_day, format, shown_to, shown_at, view_id,
                                 document)
    SELECT {commissioner}, {budget}, first_day, {last_day}, format, gen_random_uuid(), shown_at, {view}, document
    FROM shown_statement
"""
WHOLE = {"commissioner": "commissioner_id", "budget": "budget_id", "last_day": "last_day", "view": "view_id"}


@pytest.mark.parametrize(
    ("changed", "state", "because"),
    [
        ({"commissioner": "gen_random_uuid()"}, NO_RIGHT, "row-level security"),
        ({"budget": "gen_random_uuid()"}, "23503", "fk_shown_statement_budget"),
        ({"view": "gen_random_uuid()"}, "23503", "fk_shown_statement_view"),
        ({"last_day": "first_day - 1"}, "23514", "ck_shown_statement_days"),
    ],
)
def test_nothing_is_kept_as_shown_that_cannot_have_been(
    sql: Connection, changed: dict[str, str], state: str, because: str
) -> None:
    with refused(state, because=because):
        sql.execute(text(COPY.format(**WHOLE | changed)))


def test_the_digest_is_of_what_was_said(spender: Spender) -> None:
    issue(spender)
    (row,) = in_the_database(spender.world)
    assert row.digest == sha256(row.document.encode()).digest()
