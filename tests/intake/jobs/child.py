"""A process that takes in what waits, to be killed: `python child.py DATABASE DAY`."""

import sys
from datetime import UTC, datetime

from phb.core.clock import FixedClock
from phb.core.database import make_engine, make_session_factory
from phb.core.roles import WRITER
from phb.intake.jobs.operations import run_waiting

if __name__ == "__main__":
    engine = make_engine(sys.argv[1], role=WRITER)
    run_waiting(make_session_factory(engine), clock=FixedClock(datetime.fromisoformat(sys.argv[2]).replace(tzinfo=UTC)))
