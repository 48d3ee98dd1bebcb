"""Months of the books by command: real time is kept, so the months are those before today."""

import json
from datetime import UTC, datetime

from phb.core.actor import Role
from phb.core.period import add_months, month_in_words
from tests.budget.conftest import World
from tests.cli.conftest import Run, name_of

LAST = add_months(datetime.now(UTC).date().replace(day=15), -1)
MONTH = f"{LAST:%Y-%m}"
NAMED = month_in_words(LAST)


def test_a_month_is_closed_and_opened_again(run: Run, world: World) -> None:
    finance = name_of(world, world.service.staff(Role.FINANCE_OFFICER))
    approver = name_of(world, world.service.staff(Role.APPROVER))
    assert run("months", "close", MONTH, "--as", finance) == (0, f"{NAMED} takes adjustments alone now.\n", "")
    status, output, _ = run("months", "close-for-good", MONTH, "--as", finance, "--json")
    digest = json.loads(output)["digest"]
    assert (status, len(digest)) == (0, 64)
    assert f"{NAMED}: closed for good" in run("months", "list", "--as", finance)[1]
    found = json.loads(run("months", "list", "--as", finance, "--json")[1])["months"]
    assert found[-2] == {"month": MONTH, "stage": "closed", "next_steps": ["ask_to_reopen"]}
    balance = json.loads(run("ledger", "trial-balance", "--month", MONTH, "--as", finance, "--json")[1])
    assert balance["digest"] == digest
    assert run("ledger", "trial-balance", "--month", MONTH, "--as", finance)[0] == 0
    asked = run("months", "ask-to-reopen", MONTH, "--reason", "An invoice of that month came in", "--as", finance)
    assert asked[1] == f"You have asked for {NAMED} to be opened again. An approver opens it.\n"
    assert run("months", "reopen", MONTH, "--as", approver)[1] == f"{NAMED} is open again.\n"


def test_what_cannot_be_done_is_said(run: Run, world: World) -> None:
    finance = name_of(world, world.service.staff(Role.FINANCE_OFFICER))
    assert run("months", "close", "2999-01", "--as", finance)[::2] == (
        1,
        "January 2999 is not over. Close it from the first day of the month after.\n",
    )
    assert run("months", "close", "soon", "--as", finance)[0] == 2
    both = run("ledger", "trial-balance", "--month", MONTH, "--as-of", "2026-04-01", "--as", finance)
    assert (both[0], "Give a month alone, or a day and what was known when." in both[2]) == (2, True)
    assert run("months", "close", MONTH, "--as", name_of(world, world.auditor))[0] == 1
