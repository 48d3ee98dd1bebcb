"""What stands in the address of a list, and what is refused there."""

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest
from werkzeug.exceptions import BadRequest

from phb.core.days import Days
from phb.payments.workflow import RunState
from phb.web import narrowing
from tests.web.conftest import Counter


def test_days_codes_and_ids_are_read_from_the_address(counter: Counter) -> None:
    budget_id = uuid4()
    address = f"/?first=2026-04-01&state=released&budget={budget_id}&after=abc"
    with counter.app.test_request_context(address):
        assert narrowing.days_chosen() == Days(date(2026, 4, 1), None)
        assert narrowing.code("state", RunState) is RunState.RELEASED
        assert narrowing.an_id("budget") == budget_id
        assert narrowing.after() == "abc"
        assert set(narrowing.kept()) == {"first", "state", "budget"}
    with counter.app.test_request_context("/"):
        assert (narrowing.day("first"), narrowing.code("state", RunState), narrowing.an_id("budget")) == (None,) * 3


@pytest.mark.parametrize(
    ("query", "read"),
    [
        ("first=1.4.2026", lambda: narrowing.day("first")),
        ("state=lost", lambda: narrowing.code("state", RunState)),
        ("budget=B-1", lambda: narrowing.an_id("budget")),
        ("left_out=-1", lambda: narrowing.part([], "left_out")),
        ("left_out=\u0661", lambda: narrowing.part([], "left_out")),
    ],
)
def test_what_we_did_not_write_there_is_refused(counter: Counter, query: str, read: Callable[[], object]) -> None:
    with counter.app.test_request_context(f"/?{query}"), pytest.raises(BadRequest):
        read()


def test_what_is_worked_out_whole_is_shown_fifty_at_a_time(counter: Counter) -> None:
    rows = range(101)
    for query, shown in (("", (rows[:50], 50)), ("?of=50", (rows[50:100], 100)), ("?of=100", (rows[100:], None))):
        with counter.app.test_request_context(f"/{query}"):
            assert narrowing.part(rows, "of") == shown


@pytest.mark.parametrize(
    ("chosen", "days", "title"),
    [
        ((), Days(), "Payments"),
        ((None,), Days(), "Payments"),
        (("Came back",), Days(), "Came back \N{EN DASH} payments"),
        (("invoices not yet paid",), Days(), "Invoices not yet paid \N{EN DASH} payments"),
        ((None,), Days(date(2026, 4, 1), None), "From 1 April 2026 \N{EN DASH} payments"),
        (
            ("Settled",),
            Days(date(2026, 4, 1), date(2026, 4, 3)),
            "Settled, from 1 April 2026, up to 3 April 2026 \N{EN DASH} payments",
        ),
    ],
)
def test_a_narrowed_list_has_a_title_of_its_own(chosen: tuple[str | None, ...], days: Days, title: str) -> None:
    assert narrowing.titled("Payments", *chosen, days=days) == title
