"""Funders by command: what each bears, asking it, and booking what it pays."""

import json

from phb.core.actor import Role
from tests.cli.conftest import Run, name_of
from tests.spending.conftest import Spender


def test_a_funder_is_asked_and_pays(run: Run, spender: Spender) -> None:
    """£4,000.00 was paid out; £3,000.00 of it is shared 60 to 40, so the council's part is £1,200.00."""
    finance = name_of(spender.world, spender.world.service.staff(Role.FINANCE_OFFICER))
    assert run("funders", "list", "--until", "2026-03-31", "--as", finance)[1] == "Nothing was booked by then.\n"
    listed = run("funders", "list", "--until", "2026-06-15", "--as", finance)[1]
    assert "council, 2026 to 2027: £0.00 spent, £1,200.00 paid out, £0.00 asked for, £0.00 received" in listed
    asked = run("funders", "ask", "--until", "2026-06-15", "--as", finance)[1]
    assert asked == "Funders are asked for £1,200.00, and owed £0.00 back.\n"
    assert run("funders", "ask", "--as", finance)[1] == "Funders are asked for £0.00, and owed £0.00 back.\n"
    payment = ("council", "2026", "1200.00", "--on", "2026-06-15", "--as", finance)
    assert run("funders", "received", *payment)[1] == "Booked: council paid 1200.00.\n"
    status, _, wrong = run("funders", "received", *payment)
    assert (status, "council owes £0.00 of 2026 to 2027" in wrong) == (1, True)
    assert run("funders", "paid-back", *payment)[0] == 1
    found = json.loads(run("funders", "list", "--as", finance, "--json")[1])["funders"]
    assert [row["owed"]["amount"] for row in found if row["fund"] == "council"] == ["0.00"]
    balance = json.loads(run("ledger", "trial-balance", "--fund", "council", "--as", finance, "--json")[1])
    assert {row["fund"] for row in balance["balances"]} == {"council"}


def test_who_may_not_is_told(run: Run, spender: Spender) -> None:
    auditor = name_of(spender.world, spender.world.auditor)
    assert run("funders", "ask", "--as", auditor)[0] == 1
