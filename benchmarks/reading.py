"""The queue, a budget's page, a statement and the checks over caseloads of several sizes, against the plainest SQL.

The year of the sample caseload is lived once, through the operations, and each size is a copy of that database, filled
by benchmarks/caseload.py: a database of its own, so that no size is measured among the rows of another. SIZES in the
environment names them. Milliseconds, so a ratio above one is slower than the SQL; pages are a rate.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import psycopg
from sqlalchemy import URL

from benchmarks import checks, pages
from benchmarks.caseload import Filler
from benchmarks.measure import Compared, Row, measure_in_turns, rate
from benchmarks.pgbench import address_of
from benchmarks.statement import LINES, SUMS
from benchmarks.world import World
from phb.core.database import create_database, drop_database, make_engine, make_session_factory
from phb.core.money import to_pence
from phb.core.period import financial_year
from phb.core.roles import WRITER
from phb.core.settings import Settings
from phb.demo import opening
from phb.demo.caseload import files
from phb.demo.office import Office
from phb.demo.year.living import live
from phb.edge.paging import page
from phb.governance import policy
from phb.governance.policies import IndicatorPolicy
from phb.indicators import queries as indicators
from phb.indicators.counting import count_day
from phb.monitoring.waiting.queries import waiting_list
from phb.statements import overview, queries

SECONDS = 1.0
A_DAY = timedelta(days=1)
LIVED = 600  # budgets of the sample caseload, one more or less
SIZES = "600 60000 1000000"
YEAR = financial_year(2026)
FINANCE = opening.NORTHVALE.staff.finance[0]

WAITING = """
WITH waiting AS (
    SELECT id, recorded_at AS since FROM spend_record
    WHERE commissioner_id = %(commissioner)s AND state = 'asked_about'
    UNION ALL
    SELECT id, accepted_at FROM provider_invoice
    WHERE commissioner_id = %(commissioner)s AND NOT payment_asked_for AND state = 'accepted' AND amount_pence > 0
    UNION ALL
    SELECT i.id, i.accepted_at FROM instruction AS p
    JOIN provider_invoice AS i ON i.commissioner_id = p.commissioner_id AND i.id = p.subject_id
    WHERE p.commissioner_id = %(commissioner)s AND p.subject_kind = 'invoice' AND p.state = 'requested'
      AND i.state = 'accepted' AND i.amount_pence > 0
    UNION ALL
    SELECT a.id, a.proposed_at FROM bank_account AS a
    WHERE a.commissioner_id = %(commissioner)s AND a.confirmed_by IS NULL AND NOT EXISTS (
        SELECT FROM bank_account AS n
        WHERE n.commissioner_id = a.commissioner_id AND n.payee_id = a.payee_id AND n.ordinal > a.ordinal)
    UNION ALL
    SELECT id, requested_at FROM instruction WHERE commissioner_id = %(commissioner)s AND state = 'came_back'
)
SELECT id, count(*) OVER () FROM waiting ORDER BY since LIMIT 51
"""
BUDGET = """
SELECT t.words, t.start_on, t.end_on, y.pence, p.*
FROM personal_health_budget AS b
JOIN line_terms AS t ON t.commissioner_id = b.commissioner_id AND t.plan_id = b.plan_id
JOIN LATERAL (SELECT sum(amount_pence) AS pence FROM line_year AS y
              WHERE y.commissioner_id = t.commissioner_id AND y.plan_id = t.plan_id
                AND y.plan_line_id = t.plan_line_id) AS y ON true
LEFT JOIN plan_line_position AS p ON p.commissioner_id = t.commissioner_id AND p.plan_line_id = t.plan_line_id
WHERE b.commissioner_id = %(commissioner)s AND b.id = %(budget)s
"""
MIDDLE = """
SELECT b.id, u.sign_in_name FROM personal_health_budget AS b
JOIN user_account AS u ON u.commissioner_id = b.commissioner_id AND u.person_id = b.person_id
JOIN user_role AS r ON r.commissioner_id = u.commissioner_id AND r.user_id = u.id AND r.role = 'holder'
WHERE b.commissioner_id = %(commissioner)s AND b.state = 'active'
ORDER BY (SELECT count(*) FROM journal_line AS l WHERE l.commissioner_id = b.commissioner_id AND l.budget_id = b.id)
OFFSET 200 LIMIT 1
"""


@dataclass(frozen=True)
class Caseload:
    """A caseload of one size, how finance and a holder read it, and a connection for the plain reading."""

    url: URL
    office: Office
    connection: psycopg.Connection[tuple[Any, ...]]
    budget_id: UUID
    holder: str

    def plain(self, query: str, **words: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 - values of a query
        """Return the rows of a query written by hand."""
        asked = {"commissioner": self.office.commissioner_id, "budget": self.budget_id, **words}
        return self.connection.execute(query, asked).fetchall()

    def queue(self) -> int:
        """Read the first page of finance's queue, and return how much waits."""
        with self.office.unit(FINANCE) as uow:
            found = waiting_list(uow.session, uow.actor, uow.today)
            page(uow.session, found.query, found.order)
        return sum(found.counts.values()) + found.others

    def budget(self, who: str) -> overview.Overview:
        """Read a budget's page as somebody."""
        with self.office.unit(who) as uow:
            overview.heading_of(uow.session, uow.actor, self.budget_id, uow.today)
            return overview.overview(uow.session, uow.actor, self.budget_id, uow.today)

    def statement(self) -> int:
        """Read a budget's statement of the year as its holder, and return the pence spent."""
        with self.office.unit(self.holder) as uow:
            told = queries.statement(uow.session, uow.actor, self.budget_id, YEAR, issued_on=uow.today)
        return to_pence(told.spent)

    def summed(self) -> int:
        """Read the same plainly."""
        words = {"first": YEAR.start_on, "last": YEAR.last_day}
        self.plain(LINES, **words)
        return sum(row[2] for row in self.plain(SUMS, **words) if row[1] == "expenditure")

    def counted(self, *, anew: bool) -> tuple[int, ...]:
        """Read yesterday's checks as they were kept, or count them anew, and return their figures."""
        with self.office.unit(FINANCE) as uow:
            report = indicators.checks(uow.session, uow.actor, uow.today - A_DAY, anew=anew)
        if (report.kept_at is None) is not anew:
            raise AssertionError("the checks were not read as asked")
        return checks.counted(report)

    def counts(self, words: dict[str, Any]) -> tuple[Any, ...]:
        """Count the same plainly."""
        return self.plain(checks.COUNTS, **words)[0]

    def keep_yesterday(self) -> dict[str, Any]:
        """Count yesterday as each night does, and return what the plain query counts the same day with."""
        with self.office.unit(FINANCE) as uow:
            yesterday = uow.today - A_DAY
            settings = policy.read(uow.session, IndicatorPolicy, yesterday)
        self.office.as_the_system(count_day, yesterday)
        return checks.words_of(self.office.commissioner_id, yesterday, settings)


def rows(world: World, tell: Callable[[str], None]) -> list[Row]:
    """Measure each row of this group at each size."""
    measured: list[Row] = []
    with _lived(world.ours, tell) as lived:
        for size in map(int, os.environ.get("SIZES", SIZES).split()):
            with _filled(lived, size, tell) as caseload:
                measured += measured_at(size, caseload, tell)
    return measured


def measured_at(size: int, caseload: Caseload, tell: Callable[[str], None]) -> list[Row]:
    """Measure each row at one size, having seen that both readings agree."""
    tell(f"counting a day of {size:,} budgets")
    words = caseload.keep_yesterday()
    _require_same(caseload, words)
    work: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "queue": (caseload.queue, partial(caseload.plain, WAITING)),
        "budget, finance": (partial(caseload.budget, FINANCE), partial(caseload.plain, BUDGET)),
        "budget, holder": (partial(caseload.budget, caseload.holder), partial(caseload.plain, BUDGET)),
        "statement of it": (caseload.statement, caseload.summed),
        "checks as kept": (partial(caseload.counted, anew=False), partial(caseload.counts, words)),
        "checks counted now": (partial(caseload.counted, anew=True), partial(caseload.counts, words)),
    }
    measures: dict[str, Callable[[], float]] = {}
    for name, (ours, plain) in work.items():
        measures |= {name: partial(_milliseconds, ours), f"{name}, plain SQL": partial(_milliseconds, plain)}
    found = measure_in_turns(measures, tell)
    compared = [Compared(f"{name}, {size:,} budgets", name, f"{name}, plain SQL").row(found, "ms") for name in work]
    addresses = {"queue page": "/queue", "budget page": f"/budgets/{caseload.budget_id}"}
    return compared + pages.rows(caseload.url, FINANCE, addresses, f"{size:,} budgets", tell)


def _milliseconds(work: Callable[[], object]) -> float:
    def once() -> int:
        work()
        return 1

    return 1000 / rate(once, SECONDS)


def _require_same(caseload: Caseload, words: dict[str, Any]) -> None:
    """Refuse to compare readings that do not come to the same."""
    waiting = caseload.plain(WAITING)
    ours = (
        caseload.queue(),
        len(caseload.budget(FINANCE).plan.lines),
        caseload.statement(),
        caseload.counted(anew=False),
        caseload.counted(anew=True),
    )
    plain = (
        waiting[0][1] if waiting else 0,
        len({row[0] for row in caseload.plain(BUDGET)}),
        caseload.summed(),
        *[caseload.counts(words)] * 2,
    )
    if ours != plain:
        raise AssertionError(f"the two readings differ: {ours} and {plain}")


@contextmanager
def _lived(server: URL, tell: Callable[[str], None]) -> Iterator[URL]:
    """Live the year of the sample caseload in a database of its own."""
    name = f"phb_bench_lived_{uuid4().hex[:8]}"

    def told(day: date) -> None:
        tell(f"living the sample caseload's year, {day:%-d %B %Y}")

    try:
        with opening.open_installation(Settings.from_environment(), database=name, hurry=True) as installation:
            office = installation.office(opening.NORTHVALE, files.SAMPLES)
            opening.found(installation, office.about)
            opening.import_first_day(office)
            live([office], progress=told)
        yield installation.url
    finally:
        drop_database(server, name)


@contextmanager
def _filled(lived: URL, size: int, tell: Callable[[str], None]) -> Iterator[Caseload]:
    """Copy the lived database, fill it to a size, and drop it at the end."""
    name = f"phb_bench_{size}_{uuid4().hex[:8]}"
    server = lived.set(database="postgres")
    create_database(server, name, template=lived.database or "")
    try:
        with opened(lived.set(database=name), round(size / LIVED) - 1, tell) as caseload:
            yield caseload
    finally:
        drop_database(server, name)


@contextmanager
def opened(url: URL, copies: int, tell: Callable[[str], None]) -> Iterator[Caseload]:
    """Fill a database in which the year was lived, and open it."""
    engine = make_engine(url, role=WRITER)
    office = Office(make_session_factory(engine), opening.NORTHVALE, files.SAMPLES)
    with psycopg.connect(address_of(url), autocommit=True) as administrator:
        found = administrator.execute(MIDDLE, {"commissioner": office.commissioner_id}).fetchone()
        budget_id, holder = found or (UUID(int=0), "")
        Filler(administrator, office.commissioner_id).fill(copies, tell)
    options = f"-c role={WRITER} -c phb.commissioner_id={office.commissioner_id}"
    try:
        with psycopg.connect(address_of(url), autocommit=True, options=options) as connection:
            yield Caseload(url, office, connection, budget_id, holder)
    finally:
        engine.dispose()
