"""Posting against the hand-written minimum, every guard on.

The event raises a budget: one journal, two lines, a plan line's and a pot's position moved, so as many rows as the
minimum writes. The minimum keeps no guard: it looks at no balance, knows no kinds of account or event, answers no
retried key, and checks no sum; it has the indexes that a reader of the entries needs.
"""

from collections.abc import Callable
from functools import partial
from hashlib import sha256
from uuid import UUID

from benchmarks import copied, minimum, other_ledger, processes
from benchmarks.measure import Compared, Row, measure_in_turns, rate
from benchmarks.pgbench import transactions_per_second
from benchmarks.world import BUDGET, FIRST, LAST, PLAN_LINE, POT, YEAR, World

SECONDS = 4
DIGEST = sha256(b"benchmark").hexdigest()

# Literals and variables, which cost the server next to nothing: what is measured is its work, not the caller's.
POST = f"""
\\set n random({FIRST}, {LAST})
\\set f random({FIRST}, {LAST})
\\set amount random(1, 10000)
SELECT * FROM post_journals(now(),
    ARRAY[gen_random_uuid()], ARRAY['\\x{DIGEST}'::bytea], '{{budget_raised}}', '{{2026-04-01}}',
    '{{A benchmark}}', '{{benchmark}}', '{{{UUID(int=3)}}}', '{{{UUID(int=2)}}}', '{{NULL}}', '{{NULL}}',
    '{{2}}', '{{1,1}}', '{{1,2}}', '{{budget_raised,budget_raised}}', '{{2026-04-01,2026-04-01}}',
    '{{allocation,envelope}}', '{{2,2}}', '{{nhs,nhs}}', ARRAY[:amount::bigint, -:amount::bigint], '{{{YEAR},{YEAR}}}',
    array_fill(('{BUDGET}' || :n)::uuid, '{{2}}'),
    array_fill(('{POT}' || :n)::uuid, '{{2}}'),
    array_fill(('{PLAN_LINE}' || :n)::uuid, '{{2}}'),
    '{{NULL,NULL}}', '{{NULL,NULL}}', '{{NULL,NULL}}');
"""  # noqa: S608 - constants of this file
# Every journal is on the same two accounts of one fund; here it is on those of one of 10,000 funds.
MANY_ACCOUNTS = POST.replace("'{nhs,nhs}'", "array_fill('f' || :f, '{2}')")
ONE_BUDGET = POST.replace(f"random({FIRST}, {LAST})", str(FIRST), 1)

COMPARED = (
    Compared("post function, 4 clients", "post, 4 clients", "minimum, 4 clients", must=1.0, aim=1.3),
    Compared("post function, 16 clients", "post, 16 clients", "minimum, 16 clients", must=1.0, aim=1.3),
    Compared("one Python process", "Python, 1 client", "minimum, 1 client", must=0.9, aim=1.2),
    Compared("four Python processes", "Python, 4 processes", "minimum, 4 clients", must=0.55, aim=0.7),
    Compared("two hot accounts / 20,000, 16 clients", "post, 16 clients", "many accounts", must=0.9, aim=1.0),
    Compared("one hot budget / 10,000, 16 clients", "one budget", "post, 16 clients"),
    Compared("batch of 1,000 journals", "Python, batch", "minimum, 1 client", must=8.0, aim=12.0),
    Compared("guards on / off, 4 clients", "post, 4 clients", "unguarded", must=0.8, aim=0.9),
    Compared("django-hordak, single", "Python, 1 client", "hordak, single", must=3.0, aim=4.0),
    Compared("django-hordak, bulk", "Python, batch", "hordak, bulk", must=3.0, aim=4.0),
)
COPIED = Compared("batch lines / COPY", "lines of a batch", "COPY", must=0.1, aim=0.25)


def rows(world: World, tell: Callable[[str], None]) -> list[Row]:
    """Measure each row of this group."""
    with other_ledger.installed(tell) as moved:
        rates = measure_in_turns(_measures(world) | moved, tell)
    rates["lines of a batch"] = [2 * journals for journals in rates["Python, batch"]]
    return [*(compared.row(rates, "journals/s") for compared in COMPARED), COPIED.row(rates, "lines/s")]


def _measures(world: World) -> dict[str, Callable[[], float]]:
    run = partial(transactions_per_second, seconds=SECONDS)
    moves, posts = partial(run, world.minimum, minimum.SCRIPT), partial(run, world.as_writer(), POST)
    return {
        "minimum, 1 client": partial(moves, clients=1),
        "Python, 1 client": partial(rate, world.post, SECONDS),
        "Python, batch": partial(rate, world.post_batch, SECONDS),
        "minimum, 4 clients": partial(moves, clients=4),
        "post, 4 clients": partial(posts, clients=4),
        "minimum, 16 clients": partial(moves, clients=16),
        "post, 16 clients": partial(posts, clients=16),
        "many accounts": partial(run, world.as_writer(), MANY_ACCOUNTS, clients=16),
        "one budget": partial(run, world.as_writer(), ONE_BUDGET, clients=16),
        "unguarded": partial(run, world.as_writer(url=world.unguarded), POST, clients=4),
        "Python, 4 processes": partial(processes.rate_together, world, SECONDS),
        "COPY": partial(copied.lines_per_second, world),
    }
