"""COPY of journal lines into a table with the same indexes and nothing else: what the disk and the indexes allow."""

from time import perf_counter

import psycopg

from benchmarks.pgbench import address_of
from benchmarks.world import World

LINES = 20_000

SAMPLE = f"COPY (SELECT * FROM journal_line LIMIT {LINES}) TO STDOUT"  # noqa: S608 - constants of this file
TWIN = """
DROP TABLE IF EXISTS copied;
CREATE TABLE copied (LIKE journal_line INCLUDING INDEXES)
"""


def lines_per_second(world: World) -> float:
    """Return how many lines a second one client copies."""
    with psycopg.connect(address_of(world.ours)) as connection, connection.cursor() as cursor:
        cursor.execute(TWIN)
        with cursor.copy(SAMPLE) as lines:
            kept = b"".join(lines)
        began = perf_counter()
        with cursor.copy("COPY copied FROM STDIN") as copy:
            copy.write(kept)
        connection.commit()
        return LINES / (perf_counter() - began)
