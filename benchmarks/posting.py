"""Posting against the hand-written minimum, every guard on.

The event raises a budget: one journal, two lines, a plan line's and a pot's position moved, so as many rows as the
minimum writes.
"""

from collections.abc import Callable
from functools import partial

from benchmarks import minimum
from benchmarks.measure import Compared, Row, measure_in_turns, rate
from benchmarks.pgbench import transactions_per_second
from benchmarks.world import BUDGETS, YEAR, World

SECONDS = 5

POST = f"""
\\set n random(1, {BUDGETS})
\\set amount random(1, 10000)
SELECT * FROM post_journals(now(),
    ARRAY[gen_random_uuid()], ARRAY[sha256('benchmark')], ARRAY['budget_raised'], ARRAY[date '2026-04-01'],
    ARRAY['A benchmark'], ARRAY['benchmark'], ARRAY[uuid '00000000-0000-0000-0000-000000000003'],
    ARRAY[uuid '00000000-0000-0000-0000-000000000002'], ARRAY[NULL::uuid], ARRAY[NULL::uuid],
    ARRAY[2]::smallint[], ARRAY[1, 1], ARRAY[1, 2]::smallint[], ARRAY['budget_raised', 'budget_raised'],
    ARRAY[date '2026-04-01', date '2026-04-01'], ARRAY['allocation', 'envelope'], ARRAY[2, 2]::smallint[],
    ARRAY['nhs', 'nhs'], ARRAY[:amount::bigint, -:amount::bigint], ARRAY[{YEAR}, {YEAR}]::smallint[],
    array_fill(lpad('b' || lpad(to_hex(:n::integer), 6, '0'), 32, '0')::uuid, ARRAY[2]),
    array_fill(lpad('a' || lpad(to_hex(:n::integer), 6, '0'), 32, '0')::uuid, ARRAY[2]),
    array_fill(lpad('c' || lpad(to_hex(:n::integer), 6, '0'), 32, '0')::uuid, ARRAY[2]),
    ARRAY[NULL, NULL]::uuid[], ARRAY[NULL, NULL]::uuid[], ARRAY[NULL, NULL]::daterange[]);
"""  # noqa: S608 - constants of this file

COMPARED = (
    Compared("post function, 4 clients", "post, 4 clients", "minimum, 4 clients", must=1.0, aim=1.3),
    Compared("post function, 16 clients", "post, 16 clients", "minimum, 16 clients", must=1.0, aim=1.3),
    Compared("one Python process", "Python, 1 client", "minimum, 1 client", must=0.9, aim=1.2),
    Compared("batch of 1,000 journals", "Python, batch", "minimum, 1 client", must=8.0, aim=12.0),
)


def rows(world: World, tell: Callable[[str], None]) -> list[Row]:
    """Measure each row of this group."""
    rates = measure_in_turns(_measures(world), tell)
    return [compared.row(rates, "journals/s") for compared in COMPARED]


def _measures(world: World) -> dict[str, Callable[[], float]]:
    moves = partial(transactions_per_second, world.minimum, minimum.SCRIPT, seconds=SECONDS)
    posts = partial(transactions_per_second, world.as_writer(), POST, seconds=SECONDS)
    return {
        "minimum, 1 client": partial(moves, clients=1),
        "Python, 1 client": partial(rate, world.post, SECONDS),
        "Python, batch": partial(rate, world.post_batch, SECONDS),
        "minimum, 4 clients": partial(moves, clients=4),
        "post, 4 clients": partial(posts, clients=4),
        "minimum, 16 clients": partial(moves, clients=16),
        "post, 16 clients": partial(posts, clients=16),
    }
