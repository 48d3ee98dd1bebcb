"""What was known when: a view keeps which transactions were over, so the books of an earlier instant are read again."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from moneyed import Money
from sqlalchemy import URL, BigInteger, Engine, func, literal, select, text

from phb.core.clock import FixedClock
from phb.core.database import make_engine
from phb.core.money import pounds
from phb.core.roles import OWNER, WRITER
from phb.core.uow import begin
from phb.ledger import events, posting, sealing
from phb.ledger.chart import Account
from phb.ledger.models import Journal, KnownView, Snapshot
from phb.ledger.queries import (
    balance_of,
    lines_of_budget,
    position_of_budget,
    position_of_pot,
    position_on,
    trial_balance,
)
from phb.ledger.views import NothingKnownError, record_view, view_known_at
from tests.ledger.conftest import APRIL, Books, heading, portion
from tests.ledger.plainly import PlainSql, refused

MAY = date(2026, 5, 1)
NINE = datetime(2026, 4, 2, 9, tzinfo=UTC)
AN_HOUR = timedelta(hours=1)
NO_RIGHT, UNCHANGING = "42501", "PH102"


def look(books: Books, at: datetime = NINE) -> KnownView:
    """Record at an instant what is known."""
    with begin(books.sessions, books.actor, clock=FixedClock(at)) as uow:
        return record_view(uow)


def raise_by(books: Books, amount: str, on: date = APRIL) -> None:
    books.post(events.budget_raised(heading(on), [portion(books.care, amount)]))


def allocated(books: Books, view: KnownView | None = None, **when: date) -> Money:
    return books.ask(position_on, books.budget_id, view=view, **when).approved


def test_a_view_sees_what_was_known_and_nothing_later(funded: Books) -> None:
    """£2,000.00 are agreed; £10.00 more are recorded after the look, though dated the day before it."""
    seen = look(funded)
    raise_by(funded, "10")
    assert allocated(funded) == pounds("2010")
    assert allocated(funded, seen) == pounds("2000")
    assert allocated(funded, look(funded)) == pounds("2010")


def test_every_figure_is_told_as_of_a_day_and_as_known(funded: Books) -> None:
    raise_by(funded, "5", on=MAY)
    seen = look(funded)
    raise_by(funded, "10")

    def balance(**when: object) -> Money:
        return funded.ask(balance_of, Account.ALLOCATION, budget_id=funded.budget_id, **when)

    def on_the_trial_balance(**when: object) -> Money:
        (row,) = [row for row in funded.ask(trial_balance, **when) if row.account is Account.ALLOCATION]
        return row.amount

    for told in (balance, on_the_trial_balance):
        assert told() == pounds("2015")
        assert told(as_of=APRIL) == pounds("2010")
        assert told(view=seen) == pounds("2005")
        assert told(as_of=APRIL, view=seen) == pounds("2000")
    assert allocated(funded, seen, as_of=APRIL) == pounds("2000")
    lines = funded.ask(lines_of_budget, funded.budget_id, accounts=[Account.ALLOCATION], view=seen)
    assert sum(line.pence for _, line in lines) == 200_500


def test_positions_added_up_from_the_lines_are_the_positions_kept(funded: Books) -> None:
    instalment = [portion(funded.care, "250")]
    funded.post(events.payment_released(heading(), instalment))
    funded.post(events.payment_settled(heading(), instalment))
    funded.post(events.paid_from_funds(heading(), [portion(funded.care, "99.99")]))
    assert funded.ask(position_on, funded.budget_id) == funded.ask(position_of_budget, funded.budget_id)
    for pot_id in (funded.pot_id, funded.notional_pot_id):
        assert funded.ask(position_on, funded.budget_id, pot_id=pot_id) == funded.ask(position_of_pot, pot_id)
    assert funded.ask(position_on, funded.budget_id, year=2026).spent == pounds("99.99")
    assert funded.ask(position_on, funded.budget_id, year=2027).spent == pounds("0")


def test_what_a_unit_posts_itself_is_not_in_its_own_view(funded: Books) -> None:
    with funded.unit() as uow:
        posting.post(uow, events.budget_raised(heading(), [portion(funded.care, "10")]))
        seen = record_view(uow)
    assert allocated(funded, seen) == pounds("2000")


def test_a_slow_transaction_was_not_known_though_its_instant_is_earlier(funded: Books) -> None:
    """It is recorded at noon on 1 April, but commits after the look at nine the next morning."""
    with funded.unit() as slow:
        posting.post(slow, events.budget_raised(heading(), [portion(funded.care, "10")]))
        seen = look(funded)
    query = select(Journal.recorded_at).where(Journal.kind == "budget_raised")
    assert funded.ask(lambda session: session.scalar(query)) < NINE
    assert allocated(funded, seen) == pounds("2000")
    assert allocated(funded, look(funded, NINE + AN_HOUR)) == pounds("2010")


def test_an_instant_is_answered_under_the_last_view_recorded_by_then(funded: Books) -> None:
    first = look(funded)
    raise_by(funded, "10")
    second = look(funded, NINE + AN_HOUR)
    for instant, expected in (
        (NINE, first),
        (NINE + AN_HOUR - timedelta(microseconds=1), first),
        (NINE + AN_HOUR, second),
        (NINE + 48 * AN_HOUR, second),
    ):
        assert funded.ask(view_known_at, instant).id == expected.id


def test_before_the_first_view_nothing_is_told(funded: Books) -> None:
    with pytest.raises(NothingKnownError, match="ask again tomorrow"):
        funded.ask(view_known_at, NINE)
    look(funded)
    with pytest.raises(NothingKnownError, match=r"It was first recorded on.* 2 April 2026 at 10:00\. Choose that"):
        funded.ask(view_known_at, NINE - AN_HOUR)


def test_after_a_restore_an_earlier_view_still_sees_what_it_saw(funded: Books, database: URL) -> None:
    seen = look(funded)
    sealing.begin_epoch(database, NINE)
    raise_by(funded, "10")
    assert allocated(funded, seen) == pounds("2000")
    assert allocated(funded, look(funded)) == pounds("2010")


@pytest.mark.parametrize(
    ("epoch", "txid", "known"),
    [
        (1, 9_999, True),  # of before the restore: all that was restored was known
        (2, 100, True),  # over when the snapshot was taken
        (2, 105, False),  # still running then
        (2, 110, False),  # begun since
        (3, 1, False),  # of after a later restore
    ],
)
def test_a_journal_was_known_if_its_transaction_was_over(books: Books, epoch: int, txid: int, *, known: bool) -> None:
    """The view is of epoch 2, under a snapshot in which 105 still ran and 110 was not begun."""
    seen = literal("105:110:105", Snapshot)
    query = select(func.was_known(epoch, literal(txid, BigInteger), 2, seen))
    assert books.ask(lambda session: session.scalar(query)) is known


# The guards, by plain statements.


@pytest.fixture(params=[WRITER, OWNER])
def sql(request: pytest.FixtureRequest, database: URL, funded: Books) -> Iterator[PlainSql]:
    """Run plain statements as the application's role, and as the tables' owner."""
    look(funded)
    engine = make_engine(database, role=request.param, pooled=False)
    yield PlainSql(engine, funded)
    engine.dispose()


@pytest.mark.parametrize("statement", ["UPDATE {} SET seen = '1:1:'", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_was_known_is_never_changed(sql: PlainSql, statement: str) -> None:
    with refused(NO_RIGHT, UNCHANGING):
        sql.run(statement.format("known_view"))


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO known_view (commissioner_id, recorded_at, seen) VALUES (:commissioner, now(), '1:1:')",
        "INSERT INTO known_view (commissioner_id, recorded_at, epoch) VALUES (:commissioner, now(), 9)",
    ],
)
def test_nobody_chooses_what_they_saw(database: URL, funded: Books, statement: str) -> None:
    engine = make_engine(database, role=WRITER, pooled=False)
    with refused(NO_RIGHT):
        PlainSql(engine, funded).run(statement)
    engine.dispose()


def test_nobody_looks_for_another_commissioner(sql: PlainSql) -> None:
    with refused(NO_RIGHT, because="row-level security"):
        sql.run("INSERT INTO known_view (commissioner_id, recorded_at) VALUES (gen_random_uuid(), now())")


def test_the_views_of_another_commissioner_are_not_there(funded: Books) -> None:
    look(funded)
    other = Books(funded.sessions)
    with pytest.raises(NothingKnownError):
        other.ask(view_known_at, NINE)


def test_the_administrator_finds_a_view_as_it_was_recorded(funded: Books, administrator: Engine) -> None:
    seen = look(funded)
    with administrator.connect() as connection:
        query = text("SELECT seen::text, epoch FROM known_view WHERE id = :id")
        assert connection.execute(query, {"id": seen.id}).one() == (seen.seen, seen.epoch)
