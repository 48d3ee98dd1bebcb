"""Databases made for one run: the minimum's, one with our tables and 10,000 open budgets, and that without guards."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID, uuid4

from sqlalchemy import URL, Engine, text
from sqlalchemy.orm import Session, sessionmaker

from benchmarks import minimum
from phb.core import migration
from phb.core.actor import Actor, Permission, Role
from phb.core.database import create_database, database_url, drop_database, make_engine, make_session_factory
from phb.core.money import from_pence
from phb.core.roles import WRITER
from phb.core.settings import Settings
from phb.core.uow import begin
from phb.ledger import events, posting
from phb.ledger.entry import Entry, Heading, Place, Portion, Share, Source

COMMISSIONER = UUID(int=1)
BUDGETS = minimum.ACCOUNTS
YEAR = 2026
BATCH = 1_000
PAST_BATCHES = 20  # so that the planner knows the tables as it would after some weeks
TEN_POUNDS = from_pence(1_000)

# An id of the open budgets is a head and a number of eight digits, which pgbench can draw by chance.
BUDGET, POT, PLAN_LINE = (f"{kind}{'0' * 23}" for kind in "bac")
FIRST, LAST = 10_000_001, 10_000_000 + BUDGETS

OPEN_BUDGETS = f"""
INSERT INTO pot_position (commissioner_id, pot_id, year, budget_id, handed_over)
SELECT '{COMMISSIONER}', ('{POT}' || n)::uuid, {YEAR}, ('{BUDGET}' || n)::uuid, true
FROM generate_series({FIRST}, {LAST}) AS opened (n);
INSERT INTO plan_line_position (commissioner_id, plan_line_id, year, budget_id, pot_id)
SELECT '{COMMISSIONER}', ('{PLAN_LINE}' || n)::uuid, {YEAR}, ('{BUDGET}' || n)::uuid, ('{POT}' || n)::uuid
FROM generate_series({FIRST}, {LAST}) AS opened (n);
"""  # noqa: S608 - constants of this file


# What posting costs with nothing refused: the same rows in the same indexes, and the same two positions moved.
UNGUARDED = """
DO $$ DECLARE given record; BEGIN
    FOR given IN SELECT unnest(ARRAY['journal', 'journal_line', 'plan_line_position', 'pot_position']) AS name LOOP
        EXECUTE format('ALTER TABLE %I DISABLE TRIGGER USER, NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY',
                       given.name);
    END LOOP;
    FOR given IN SELECT conrelid::regclass AS name, conname FROM pg_constraint WHERE contype = 'c'
        AND conrelid IN ('journal'::regclass, 'journal_line'::regclass, 'plan_line_position'::regclass,
                         'pot_position'::regclass) LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', given.name, given.conname);
    END LOOP;
END $$;
CREATE FUNCTION only_move() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    UPDATE plan_line_position p SET allocated = p.allocated + l.pence FROM new_line l
    WHERE l.account = 'allocation' AND (p.commissioner_id, p.plan_line_id, p.year)
        = (l.commissioner_id, l.plan_line_id, l.year);
    UPDATE pot_position p SET payable = p.payable - l.pence FROM new_line l
    WHERE l.account = 'envelope' AND (p.commissioner_id, p.pot_id, p.year) = (l.commissioner_id, l.pot_id, l.year);
    RETURN NULL;
END $$;
CREATE TRIGGER only_move AFTER INSERT ON journal_line REFERENCING NEW TABLE AS new_line
    FOR EACH STATEMENT EXECUTE FUNCTION only_move();
"""


@dataclass(frozen=True)
class World:
    """Where to measure, as the administrator reaches it; `unguarded` has our tables, and refuses nothing."""

    minimum: URL
    ours: URL
    unguarded: URL

    actor = Actor(UUID(int=2), COMMISSIONER, frozenset({Role.SYSTEM}), frozenset(Permission))

    @cached_property
    def engine(self) -> Engine:
        """Reach our database as the application does."""
        return make_engine(self.ours, role=WRITER)

    @cached_property
    def sessions(self) -> sessionmaker[Session]:
        """Make sessions of the application, as a serving process does: from one factory."""
        return make_session_factory(self.engine)

    def as_writer(self, commissioner_id: UUID = COMMISSIONER, url: URL | None = None) -> URL:
        """Return the address of a connection that acts as the application does, for one commissioner."""
        options = f"-c role={WRITER} -c phb.commissioner_id={commissioner_id}"
        return (url or self.ours).update_query_dict({"options": options})

    def tidy(self) -> None:
        """Let the planner know what was written since the databases were made."""
        _run(self.ours, "VACUUM ANALYZE")

    def post(self) -> int:
        """Post one journal through the public operation, and return 1."""
        with begin(self.sessions, self.actor) as uow:
            posting.post(uow, _random_entry())
        return 1

    def post_batch(self) -> int:
        """Post a batch of journals in one call, and return how many."""
        with begin(self.sessions, self.actor) as uow:
            posting.post_batch(uow, [_random_entry() for _ in range(BATCH)])
        return BATCH


def _random_entry() -> Entry:
    """Return the raise of one of the open budgets by ten pounds."""
    n = random.randint(FIRST, LAST)  # noqa: S311 - a choice of test data
    budget, pot, plan_line = (UUID(f"{head}{n}") for head in (BUDGET, POT, PLAN_LINE))
    heading = Heading(date(YEAR, 4, 1), "A benchmark", Source("benchmark", uuid4()))
    return events.budget_raised(heading, [Portion(Place(budget, pot, plan_line, YEAR), Share("nhs", TEN_POUNDS))])


@contextmanager
def made() -> Iterator[World]:
    """Make the databases on the project's server, and remove them at the end."""
    server = database_url(Settings.from_environment())
    run = uuid4().hex[:8]
    urls = {kind: server.set(database=f"phb_bench_{kind}_{run}") for kind in ("minimum", "ours", "unguarded")}
    try:
        for url in urls.values():
            create_database(server, url.database or "")
        _run(urls["minimum"], minimum.SCHEMA)
        for kind in ("ours", "unguarded"):
            migration.upgrade(urls[kind])
            _run(urls[kind], OPEN_BUDGETS)
        _run(urls["unguarded"], UNGUARDED)
        world = World(**urls)
        for _ in range(PAST_BATCHES):
            world.post_batch()
        for url in urls.values():
            _run(url, "VACUUM ANALYZE")
        yield world
        world.engine.dispose()
    finally:
        for url in urls.values():
            drop_database(server, url.database or "")


def _run(url: URL, statements: str) -> None:
    engine = make_engine(url, role=None, pooled=False)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statements))
