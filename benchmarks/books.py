"""Large books: sealing, verifying and reading a million journals, against the time that the design allows.

A third of the journals is posted, then sealed, three times; then the checkpoint is moved, a thousand journals more are
posted, as on a day, and each reading is measured three times. JOURNALS in the
environment names another number. `reference` is what the design asks for, so a ratio of one or more reaches it: a rate
for sealing, and how often a second the rest could be done in the time allowed.
"""

import os
from collections.abc import Callable
from datetime import date
from time import perf_counter
from uuid import UUID

from sqlalchemy import text

from benchmarks.measure import REPEATS, Compared, Row
from benchmarks.posting import DIGEST
from benchmarks.world import BUDGET, BUDGETS, FIRST, PLAN_LINE, POT, YEAR, World
from phb.core.database import make_session_factory
from phb.core.uow import begin
from phb.ledger import queries, sealing
from phb.ledger.chart import Account
from phb.ledger.checkpoints import move_checkpoint
from phb.ledger.sealing import Stream
from phb.ledger.views import record_view
from phb.monitoring.reconcile import verify_books

JOURNALS = 1_000_000
AT_ONCE = 5_000
A_DAY_IN_SUMMER = date(YEAR, 8, 15)

# Raises of random budgets on random days of the year, in one call of the function that posts everything else too.
FILL = f"""
WITH j AS MATERIALIZED (
    SELECT i, {FIRST} + floor(random() * {BUDGETS})::int AS n, 1 + floor(random() * 10000)::bigint AS pence,
        date '{YEAR}-04-01' + floor(random() * 365)::int AS day
    FROM generate_series(1, {AT_ONCE}) AS made (i)
), l AS (
    SELECT j.*, side, row_number() OVER (ORDER BY i, side) AS place FROM j CROSS JOIN (VALUES (1), (2)) AS s (side)
), heads AS (
    SELECT array_agg(gen_random_uuid()) AS keys, array_agg('\\x{DIGEST}'::bytea) AS hashes,
        array_agg('budget_raised'::text) AS kinds, array_agg(day ORDER BY i) AS days,
        array_agg('A benchmark'::text) AS narrations, array_agg('benchmark'::text) AS sources,
        array_agg('{UUID(int=3)}'::uuid) AS source_ids, array_agg('{UUID(int=2)}'::uuid) AS prepared,
        array_agg(NULL::uuid) AS nobody, array_agg(2::smallint) AS counts
    FROM j
), lines AS (
    SELECT array_agg(i ORDER BY place) AS places, array_agg(side::smallint ORDER BY place) AS ordinals,
        array_agg('budget_raised'::text) AS kinds, array_agg(day ORDER BY place) AS days,
        array_agg(CASE side WHEN 1 THEN 'allocation' ELSE 'envelope' END ORDER BY place) AS accounts,
        array_agg(2::smallint) AS layers, array_agg('nhs'::text) AS funds,
        array_agg(CASE side WHEN 1 THEN pence ELSE -pence END ORDER BY place) AS pence,
        array_agg({YEAR}::smallint) AS years,
        array_agg(('{BUDGET}' || n)::uuid ORDER BY place) AS budgets,
        array_agg(('{POT}' || n)::uuid ORDER BY place) AS pots,
        array_agg(('{PLAN_LINE}' || n)::uuid ORDER BY place) AS plan_lines,
        array_agg(NULL::uuid) AS nobody, array_agg(NULL::daterange) AS covers
    FROM l
)
SELECT count(*) FROM heads h, lines l, LATERAL post_journals(now(),
    h.keys, h.hashes, h.kinds, h.days, h.narrations, h.sources, h.source_ids, h.prepared, h.nobody, h.nobody, h.counts,
    l.places, l.ordinals, l.kinds, l.days, l.accounts, l.layers, l.funds, l.pence, l.years, l.budgets, l.pots,
    l.plan_lines, l.nobody, l.nobody, l.covers)
"""  # noqa: S608 - constants of this file


def rows(world: World, tell: Callable[[str], None]) -> list[Row]:
    """Fill the books, and measure each row of this group."""
    wanted = int(os.environ.get("JOURNALS", JOURNALS))
    rates = {"sealing": [_seal_a_third(world, wanted // REPEATS, tell) for _ in range(REPEATS)]}
    with begin(make_session_factory(world.engine), world.actor) as uow:
        move_checkpoint(uow, record_view(uow))
    world.post_batch()  # what came since the morning
    world.tidy()
    for name, (read, _) in READINGS.items():
        rates[name] = [_times_a_second(world, name, read, tell) for _ in range(REPEATS)]
    allowed = {"sealing": 100_000.0} | {name: 1 / seconds for name, (_, seconds) in READINGS.items()}
    compared = [Compared(f"{name}, {wanted:,} journals", name, "allowed", must=1.0) for name in rates]
    return [
        one.row({one.ours: rates[one.ours], "allowed": [allowed[one.ours]] * REPEATS}, _unit(one.ours))
        for one in compared
    ]


def _unit(name: str) -> str:
    return "journals/s" if name == "sealing" else "times/s"


def _seal_a_third(world: World, wanted: int, tell: Callable[[str], None]) -> float:
    sessions, posted = make_session_factory(world.engine), 0
    while posted < wanted:
        tell(f"filling the books: {posted:,} of {wanted:,}")
        with begin(sessions, world.actor) as uow:
            uow.session.execute(text(FILL))
        posted += AT_ONCE
    tell("sealing")
    sealed, began = 0, perf_counter()
    while sealed < posted:
        with begin(sessions, world.actor) as uow:
            sealed += sealing.seal(uow)[Stream.JOURNALS]
    return sealed / (perf_counter() - began)


def _times_a_second(world: World, name: str, read: Callable[..., object], tell: Callable[[str], None]) -> float:
    tell(name)
    with begin(make_session_factory(world.engine), world.actor) as uow:
        began = perf_counter()
        read(uow.session)
        return 1 / (perf_counter() - began)


READINGS: dict[str, tuple[Callable[..., object], float]] = {
    "verify": (verify_books, 10.0),
    "trial balance": (queries.trial_balance, 0.015),
    "trial balance as of a day": (lambda session: queries.trial_balance(session, as_of=A_DAY_IN_SUMMER), 0.015),
    "balance of a shared account": (lambda session: queries.balance_of(session, Account.ENVELOPE), 0.005),
}
"""What is read, and in how many seconds."""
