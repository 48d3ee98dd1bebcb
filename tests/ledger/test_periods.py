"""Months of the books close in their order, take adjustments until they close for good, and two people open them."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from moneyed import Money
from sqlalchemy import URL, Engine, select

from phb.core.actor import Actor
from phb.core.clock import FixedClock
from phb.core.database import make_engine
from phb.core.money import pounds
from phb.core.roles import OWNER, WRITER
from phb.core.uow import begin
from phb.ledger import events, periods, posting
from phb.ledger.chart import Account
from phb.ledger.identities import Breach, verify
from phb.ledger.models import Journal, PeriodStep
from phb.ledger.periods import NotClosedError, Stage
from phb.ledger.refusals import MonthClosedError, PeriodStepError, ReasonMissingError
from tests.ledger.conftest import Books, heading, portion
from tests.ledger.plainly import PlainSql, plant, refused

APRIL, MAY, JUNE = date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)
PATIENCE = 20  # seconds
NEEDED = "An invoice of April came in July"
NO_RIGHT, UNCHANGING, BY_CLOSING_ONLY, MONTH, STEP, ANEW = "42501", "PH102", "PH007", "PH013", "PH015", "PH016"


@dataclass
class Months:
    """Books in July 2026, and the two people who close and open their months."""

    books: Books

    def __post_init__(self) -> None:
        """Name somebody who closes, and somebody who opens."""
        self.colleague = replace(self.books.actor, user_id=uuid4())
        self.july = FixedClock(datetime(2026, 7, 10, 9, tzinfo=UTC))

    def take(self, step: Callable[..., PeriodStep], *args: object, by: Actor | None = None) -> PeriodStep:
        with begin(self.books.sessions, by or self.books.actor, clock=self.july) as uow:
            return step(uow, *args)

    def close(self, *months: date) -> None:
        for month in months:
            self.take(periods.close, month)

    def close_for_good(self, *months: date) -> None:
        for month in months:
            self.take(periods.close_for_good, month)

    def reopen(self, month: date) -> None:
        self.take(periods.ask_to_reopen, month, NEEDED)
        self.take(periods.reopen, month, by=self.colleague)

    def raise_by(self, amount: str, on: date, *, adjusts: bool = False) -> Journal:
        entry = events.budget_raised(heading(on), [portion(self.books.care, amount)])
        with self.books.unit() as uow:
            posted = posting.post(uow, entry, adjusts=adjusts)
            return uow.session.scalars(select(Journal).where(Journal.id == posted.journal_id)).one()

    def stage(self, month: date) -> Stage:
        return periods.stage_of(self.books.ask(periods.last_step), month)

    def stored(self, month: date) -> periods.ClosedMonth:
        return self.books.ask(periods.closed_month, month)

    def allocated(self, month: date) -> Money:
        """Return what the stored trial balance says is allocated."""
        (found,) = [row for row in self.stored(month).balances if row.account is Account.ALLOCATION]
        return found.amount


@pytest.fixture
def months(funded: Books) -> Months:
    """Return books with £2,000.00 allocated on 1 April 2026."""
    return Months(funded)


def test_books_of_which_no_month_was_closed_are_open(months: Months) -> None:
    assert months.stage(APRIL) is Stage.OPEN
    assert months.raise_by("1", APRIL).reporting_month is None
    assert months.books.ask(periods.steps) == []


def test_what_comes_late_keeps_its_day_and_is_reported_in_the_first_open_month(months: Months) -> None:
    months.close(APRIL, MAY)
    late = months.raise_by("1", date(2026, 4, 30))
    assert (late.effective_on, late.reporting_month, late.is_late) == (date(2026, 4, 30), JUNE, True)
    in_time = months.raise_by("1", JUNE)
    assert (in_time.reporting_month, in_time.is_late) == (None, False)


def test_an_adjustment_goes_into_its_own_month_until_that_is_closed_for_good(months: Months) -> None:
    months.close(APRIL)
    adjusted = months.raise_by("1", date(2026, 4, 30), adjusts=True)
    assert (adjusted.reporting_month, adjusted.is_late) == (APRIL, False)
    months.close_for_good(APRIL)
    with pytest.raises(MonthClosedError, match="Let the first open month report it"):
        months.raise_by("1", date(2026, 4, 30), adjusts=True)


def test_an_adjustment_of_an_open_month_is_an_ordinary_entry(months: Months) -> None:
    assert months.raise_by("1", MAY, adjusts=True).reporting_month is None


def test_the_stages_of_a_month(months: Months) -> None:
    months.close(APRIL, MAY)
    months.close_for_good(APRIL)
    assert [months.stage(month) for month in (date(2026, 3, 31), APRIL, MAY, JUNE)] == [
        Stage.CLOSED,
        Stage.CLOSED,
        Stage.ADJUSTING,
        Stage.OPEN,
    ]


def test_the_stored_trial_balance_is_of_what_the_month_reports(months: Months) -> None:
    months.raise_by("10", date(2026, 4, 30))
    months.raise_by("100", MAY)
    months.close(APRIL)
    months.raise_by("7", date(2026, 4, 3), adjusts=True)
    months.raise_by("5", date(2026, 4, 3))  # late: May reports it
    months.close_for_good(APRIL)
    months.close(MAY)
    months.close_for_good(MAY)
    months.raise_by("3", date(2026, 4, 4))  # late: June reports it
    assert months.allocated(APRIL) == pounds("2017")  # 2,000 + 10 + 7
    assert months.allocated(MAY) == pounds("2122")  # and 100 + 5
    assert all(row.amount != pounds("0") for row in months.stored(MAY).balances)


def test_the_hash_is_what_the_page_says(months: Months) -> None:
    months.close(APRIL)
    months.close_for_good(APRIL)
    stored = months.stored(APRIL)
    rows = [
        f"\n{row.layer:d}|{row.account}|{row.fund}|{row.amount.get_amount_in_sub_unit()}" for row in stored.balances
    ]
    words = f"phb-trial-balance-1|{months.books.actor.commissioner_id}|2026-04-01" + "".join(rows)
    assert rows == ["\n2|allocation|nhs|200000", "\n2|envelope|nhs|-200000"]
    assert stored.digest == sha256(words.encode()).digest()


def test_a_month_opened_again_is_closed_as_a_new_version(months: Months) -> None:
    months.close(APRIL)
    months.close_for_good(APRIL)
    months.raise_by("5", date(2026, 4, 3))  # while closed: May reports it, and goes on to
    months.reopen(APRIL)
    assert months.raise_by("7", date(2026, 4, 3)).reporting_month is None
    months.close(APRIL)
    months.close_for_good(APRIL)
    assert (months.allocated(APRIL), months.stored(APRIL).version) == (pounds("2007"), 2)


def test_a_month_that_still_takes_entries_has_no_stored_trial_balance(months: Months) -> None:
    months.close(APRIL)
    with pytest.raises(NotClosedError, match="April 2026 is not closed for good"):
        months.stored(APRIL)
    months.close_for_good(APRIL)
    with pytest.raises(NotClosedError, match="March 2026 was closed with a later month"):
        months.stored(date(2026, 3, 1))


def test_a_month_that_comes_to_nothing_closes(books: Books) -> None:
    months = Months(books)
    months.close(APRIL)
    months.close_for_good(APRIL)
    assert months.stored(APRIL).balances == []
    books.assert_sound()


@pytest.mark.parametrize(
    ("taken", "step", "month", "words"),
    [
        ([periods.close], periods.close, JUNE, "Close May 2026 next"),
        ([periods.close], periods.close, APRIL, "Close May 2026 next"),
        ([], periods.close, date(2026, 7, 1), "July 2026 is not over"),
        ([], periods.close_for_good, APRIL, "April 2026 is open"),
        ([], periods.reopen, APRIL, "April 2026 is open"),
        ([periods.close, periods.close_for_good], periods.close_for_good, APRIL, "closed for good already"),
        ([periods.close, periods.close_for_good], periods.close_for_good, MAY, "May 2026 is open"),
        ([periods.close], periods.reopen, APRIL, "Nobody has asked to open April 2026"),
    ],
)
def test_a_month_takes_no_step_out_of_turn(
    months: Months,
    taken: list[Callable[..., PeriodStep]],
    step: Callable[..., PeriodStep],
    month: date,
    words: str,
) -> None:
    for earlier in taken:
        months.take(earlier, APRIL)
    with pytest.raises(PeriodStepError, match=words):
        months.take(step, month)


def test_months_close_for_good_in_their_order(months: Months) -> None:
    months.close(APRIL, MAY, JUNE)
    months.close_for_good(APRIL)
    with pytest.raises(PeriodStepError, match="Close May 2026 for good next"):
        months.close_for_good(JUNE)


def test_the_last_closed_month_is_opened_first(months: Months) -> None:
    months.close(APRIL, MAY)
    with pytest.raises(PeriodStepError, match="May 2026 is closed too"):
        months.take(periods.ask_to_reopen, APRIL, NEEDED)
    months.reopen(MAY)
    months.reopen(APRIL)
    assert months.stage(APRIL) is Stage.OPEN


def test_who_asks_does_not_open(months: Months) -> None:
    months.close(APRIL)
    months.take(periods.ask_to_reopen, APRIL, NEEDED)
    with pytest.raises(PeriodStepError, match="Ask a colleague who may open months"):
        months.take(periods.reopen, APRIL)
    assert months.stage(APRIL) is Stage.ADJUSTING


def test_another_step_takes_the_asking_back(months: Months) -> None:
    months.close(APRIL)
    months.take(periods.ask_to_reopen, APRIL, NEEDED)
    months.close_for_good(APRIL)
    with pytest.raises(PeriodStepError, match="Nobody has asked"):
        months.take(periods.reopen, APRIL, by=months.colleague)


@pytest.mark.parametrize("reason", ["", "because   ", "x" * 501])
def test_opening_again_needs_a_reason_that_others_can_read(months: Months, reason: str) -> None:
    months.close(APRIL)
    with pytest.raises(ReasonMissingError, match="in 10 to 500 characters"):
        months.take(periods.ask_to_reopen, APRIL, reason)


def next_steps(months: Months, today: date = date(2026, 7, 10)) -> dict[date, list[str]]:
    found = months.books.ask(periods.months, today, count=5)
    return {row.month: [step.value for step in row.next_steps] for row in found if row.next_steps}


def test_what_may_be_done_to_each_month_next(months: Months) -> None:
    march = date(2026, 3, 1)
    assert next_steps(months) == {month: ["close"] for month in (JUNE, MAY, APRIL, march)}
    months.close(APRIL)
    assert next_steps(months) == {MAY: ["close"], APRIL: ["close_for_good", "ask_to_reopen"], march: ["close_for_good"]}
    months.close_for_good(APRIL)
    months.take(periods.ask_to_reopen, APRIL, NEEDED)
    assert next_steps(months) == {MAY: ["close"], APRIL: ["reopen"]}
    months.close(MAY, JUNE)
    assert next_steps(months) == {JUNE: ["ask_to_reopen"], MAY: ["close_for_good"]}


def test_every_step_stays_with_who_took_it_and_why(months: Months) -> None:
    months.close(APRIL)
    months.reopen(APRIL)
    found = [(row.step, row.month, row.taken_by, row.reason) for row in months.books.ask(periods.steps)]
    assert found == [
        ("reopen", APRIL, months.colleague.user_id, None),
        ("ask_to_reopen", APRIL, months.books.actor.user_id, NEEDED),
        ("close", APRIL, months.books.actor.user_id, None),
    ]


# Closing while others post.


def test_a_closing_waits_for_whoever_posts_into_the_month(months: Months) -> None:
    entry = events.budget_raised(heading(), [portion(months.books.care, "1")])
    with ThreadPoolExecutor() as pool:
        with months.books.unit() as uow:
            posting.post(uow, entry)
            closing = pool.submit(months.close, APRIL)
            with pytest.raises(TimeoutError):
                closing.result(timeout=0.5)
        closing.result()
    months.close_for_good(APRIL)
    assert months.allocated(APRIL) == pounds("2001")


def test_postings_into_other_months_do_not_wait_for_a_closing(months: Months) -> None:
    with ThreadPoolExecutor() as pool, begin(months.books.sessions, months.books.actor, clock=months.july) as uow:
        periods.close(uow, APRIL)
        assert pool.submit(months.raise_by, "1", MAY).result(timeout=PATIENCE).reporting_month is None


def test_a_posting_that_waited_for_the_closing_is_late(months: Months) -> None:
    with ThreadPoolExecutor() as pool:
        with begin(months.books.sessions, months.books.actor, clock=months.july) as uow:
            periods.close(uow, APRIL)
            waiting = pool.submit(months.raise_by, "1", APRIL)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.5)
        assert waiting.result().reporting_month == MAY


def test_a_close_races_six_posters(months: Months) -> None:
    together = Barrier(7)

    def keep_posting(_: int) -> list[date | None]:
        together.wait(PATIENCE)
        return [months.raise_by("1", APRIL).reporting_month for _ in range(20)]

    with ThreadPoolExecutor(7) as pool:
        posters = [pool.submit(keep_posting, number) for number in range(6)]
        together.wait(PATIENCE)
        months.close(APRIL)
        months.close_for_good(APRIL)
        reported = [month for poster in posters for month in poster.result()]
    assert len(reported) == 6 * 20
    assert months.allocated(APRIL) == pounds("2000") + reported.count(None) * pounds("1")
    assert reported.count(None) + reported.count(MAY) == 6 * 20


# What the database refuses, whoever asks.


@pytest.fixture(params=[WRITER, OWNER])
def sql(request: pytest.FixtureRequest, database: URL, months: Months) -> Iterator[PlainSql]:
    """Run plain SQL as the writer, then as the owner, on books of which April is closed for good."""
    months.close(APRIL)
    months.close_for_good(APRIL)
    engine = make_engine(database, role=request.param, pooled=False)
    yield PlainSql(engine, months.books)
    engine.dispose()


INSERT_STEP = """
    INSERT INTO period_step (commissioner_id, step, month, taken_by, reason, recorded_at)
    VALUES (:commissioner, :step, :month, :who, 'Ten letters', :at)
"""


def step_by_hand(sql: PlainSql, step: str, month: date, who: UUID | None = None) -> None:
    at = datetime(2026, 7, 10, tzinfo=UTC)
    sql.run(INSERT_STEP, step=step, month=month, who=who or sql.books.actor.user_id, at=at)


def test_plain_sql_posts_nothing_into_a_month_that_is_closed_for_good(sql: PlainSql) -> None:
    entry = events.budget_raised(heading(), [portion(sql.books.care, "1")])
    with refused(MONTH, because="closed for good"):
        sql.post(entry, reporting_month=APRIL)
    with refused(MONTH, because="is reported in 2026-05-01"):
        sql.post(entry, reporting_month=JUNE)
    journal_id = sql.post(entry)
    with sql.books.unit() as uow:
        assert uow.session.scalar(select(Journal.reporting_month).where(Journal.id == journal_id)) == MAY


def test_plain_sql_takes_no_step_out_of_turn(sql: PlainSql) -> None:
    with refused(STEP, because="later_months_first|nobody_asked"):
        step_by_hand(sql, "reopen", APRIL)
    step_by_hand(sql, "ask_to_reopen", APRIL)
    with refused(STEP, because="second_person"):
        step_by_hand(sql, "reopen", APRIL)
    step_by_hand(sql, "reopen", APRIL, who=uuid4())


@pytest.mark.parametrize("table", ["period_step", "period_balance"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET ordinal = 9", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_was_closed_is_never_changed(sql: PlainSql, table: str, statement: str) -> None:
    with refused(NO_RIGHT, UNCHANGING):
        sql.run(statement.format(table))


def test_a_stored_balance_comes_from_closing_alone(sql: PlainSql) -> None:
    with refused(NO_RIGHT, BY_CLOSING_ONLY):
        sql.run("INSERT INTO period_balance VALUES (:commissioner, 2, 2, 'bank', 'nhs', 5)")


def test_nobody_closes_the_months_of_another_commissioner(sql: PlainSql) -> None:
    with refused(NO_RIGHT, because="row-level security"):
        sql.run(
            INSERT_STEP.replace(":commissioner", "gen_random_uuid()"),
            step="close",
            month=APRIL,
            who=uuid4(),
            at=datetime(2026, 7, 10, tzinfo=UTC),
        )


def test_a_transaction_that_reads_as_of_its_beginning_neither_posts_nor_closes(months: Months) -> None:
    entry = events.budget_raised(heading(), [portion(months.books.care, "1")])
    with refused(ANEW), months.books.unit(one_view=True) as uow:
        posting.post(uow, entry)
    with refused(ANEW), begin(months.books.sessions, months.books.actor, clock=months.july, one_view=True) as uow:
        periods.close(uow, APRIL)


# Alterations by somebody whom no guard stops.


@pytest.mark.parametrize(
    ("statement", "place", "off_by"),
    [
        (
            "UPDATE period_balance SET pence = pence + 4 WHERE commissioner_id = :commissioner AND pence > 0",
            "month 2026-04-01 as closed, allocation, fund nhs, layer 2",
            4,
        ),
        (
            "DELETE FROM period_balance WHERE commissioner_id = :commissioner AND pence > 0",
            "month 2026-04-01 as closed, allocation, fund nhs, layer 2",
            -200_000,
        ),
        (
            "UPDATE period_step SET digest = sha256('x') WHERE commissioner_id = :commissioner AND digest IS NOT NULL",
            "month 2026-04-01 as closed, whose hash is another",
            0,
        ),
        (
            "UPDATE journal SET reporting_month = '2026-05-01' WHERE commissioner_id = :commissioner",
            "month 2026-04-01 as closed, allocation, fund nhs, layer 2",
            200_000,
        ),
    ],
)
def test_the_eighth_identity_finds_what_was_changed_in_a_closed_month(
    books: Books, administrator: Engine, statement: str, place: str, off_by: int
) -> None:
    books.allocate()
    months = Months(books)
    months.close(APRIL)
    months.close_for_good(APRIL)
    books.assert_sound()
    plant(administrator, books, statement)
    (eighth,) = [result for result in books.ask(verify) if result.number == 8]
    assert eighth.first_breach == Breach(place, off_by)
