"""No event is without a test that posts it."""

import re
from pathlib import Path

import pytest

from phb.ledger import events

TESTS = "".join(file.read_text() for file in Path(__file__).parent.parent.rglob("test_*.py"))


@pytest.mark.parametrize("name", [name for name in events.__all__ if name.islower()])
def test_an_event_is_posted_by_a_test(name: str) -> None:
    assert re.search(rf"events\.{name}\b", TESTS)
