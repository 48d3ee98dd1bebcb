"""The steps of a thing, in the order they were taken."""

from datetime import timedelta
from uuid import uuid4

from phb.core.clock import FixedClock
from phb.governance import audit
from phb.governance.trail import events_of
from tests.governance.conftest import NOON, Commissioner


def test_the_steps_of_some_things_are_told_the_oldest_first(commissioner: Commissioner) -> None:
    purse, other = uuid4(), uuid4()
    for hours, action in ((2, "purse.closed"), (0, "purse.opened"), (1, "purse.filled")):
        with commissioner.unit(commissioner.anna, clock=FixedClock(NOON.now() + timedelta(hours=hours))) as uow:
            audit.record(uow, action, "purse", purse)
    with commissioner.unit(commissioner.anna) as uow:
        audit.record(uow, "purse.opened", "purse", other)
    told = [event.action for event in commissioner.ask(events_of, [purse])]
    assert told == ["purse.opened", "purse.filled", "purse.closed"]
    assert len(commissioner.ask(events_of, [purse, other])) == 4
    assert commissioner.ask(events_of, []) == []
