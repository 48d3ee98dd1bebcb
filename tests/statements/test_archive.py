"""An archive tells what statements told and how months were closed, and the journals come to the same."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from phb.core.uow import begin
from phb.ledger import periods
from phb.ledger.checker import check
from phb.ledger.export import export
from phb.statements.operations import issue_statement
from phb.statements.shown import told_figures
from tests.spending.conftest import Spender
from tests.statements.conftest import MAY

Rows = list[dict[str, Any]]
APRIL, A_MONTH_LATER = date(2026, 4, 1), date(2026, 7, 15)


@pytest.fixture
def told(spender: Spender) -> Spender:
    """Show the holder a statement of May with £120.00 spent; then record £30.00 of May that nobody knew of."""
    spender.spend("120.00")
    spender.world.do(spender.world.holder, issue_statement, spender.budget_id, MAY, format_name="json")
    spender.world.on(A_MONTH_LATER)
    spender.spend("30.00")
    spender.spend("5.00", spent_on=date(2026, 7, 1))  # after its days, so no part of it
    return spender


@pytest.fixture
def closed(spender: Spender) -> Spender:
    """Close April for good, and record £20.00 of April afterwards."""
    finance = spender.world.finance
    spender.world.do(finance, periods.close, APRIL)
    spender.world.do(finance, periods.close_for_good, APRIL)
    spender.spend("20.00", spent_on=date(2026, 4, 20))
    return spender


def write(spender: Spender, folder: Path, *, alone: bool = False) -> Path:
    budget_id, path = spender.budget_id if alone else None, folder / "books.zip"
    service, auditor = spender.world.service, spender.world.auditor
    with begin(service.sessions, auditor, one_view=True) as uow, path.open("wb") as file:
        export(uow, file, budget_id=budget_id, statements=told_figures(uow.session, budget_id))
    return path


def part(path: Path, name: str) -> Rows:
    with ZipFile(path) as archive:
        text = archive.read(name)
    return [json.loads(line) for line in text.splitlines()] if name.endswith("l") else json.loads(text)


def changed(path: Path, name: str, change: Callable[[Rows], object]) -> list[str]:
    """Change one part of an archive, and return what its checker finds."""
    with ZipFile(path) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    rows = part(path, name)
    change(rows)
    parts[name] = "\n".join(map(json.dumps, rows)).encode() if name.endswith("l") else json.dumps(rows).encode()
    with ZipFile(path, "w") as archive:
        for one, content in parts.items():
            archive.writestr(one, content)
    return check(str(path))[1]


@pytest.mark.parametrize("alone", [False, True])
def test_what_a_statement_told_is_what_the_journals_known_then_come_to(
    told: Spender, tmp_path: Path, *, alone: bool
) -> None:
    path = write(told, tmp_path, alone=alone)
    assert check(str(path))[1] == []
    (row,) = part(path, "statements.jsonl")
    assert (row["position"]["spent"], row["stood_on"], len(row["unknown"])) == (12_000, "2026-05-31", 1)


def test_a_statement_says_nothing_of_whom_it_was_shown_to(told: Spender, tmp_path: Path) -> None:
    (row,) = part(write(told, tmp_path), "statements.jsonl")
    assert set(row) == {"id", "budget_id", "stood_on", "known_at", "digest", "position", "unknown"}


def test_a_figure_that_was_altered_is_named(told: Spender, tmp_path: Path) -> None:
    faults = changed(write(told, tmp_path), "statements.jsonl", lambda rows: rows[0]["position"].update(spent=12_001))
    assert len(faults) == 1
    assert "told £120.01 as spent, and the journals known then come to £120.00." in faults[0]


def test_a_journal_that_was_not_known_is_missed_when_it_is_counted(told: Spender, tmp_path: Path) -> None:
    faults = changed(write(told, tmp_path), "statements.jsonl", lambda rows: rows[0]["unknown"].clear())
    assert any("told £120.00 as spent, and the journals known then come to £150.00." in fault for fault in faults)


def test_a_journal_that_was_known_for_long_cannot_be_left_out(told: Spender, tmp_path: Path) -> None:
    """Every journal of the budget is said to have been unknown: those of April had been recorded long before."""
    path = write(told, tmp_path)
    every = [row["form"].split("|")[2] for row in part(path, "journals.jsonl")]
    faults = changed(path, "statements.jsonl", lambda rows: rows[0].update(unknown=every))
    assert any("which had been recorded long before." in fault for fault in faults)


def test_a_closed_month_is_what_its_journals_come_to_and_no_late_one(closed: Spender, tmp_path: Path) -> None:
    path = write(closed, tmp_path)
    assert check(str(path))[1] == []
    (row,) = part(path, "months.json")
    balances = {(one["account"], one["fund"]): one["pence"] for one in row["balances"]}
    assert (row["month"], balances["bank", "nhs"]) == ("2026-04-01", -280_000)
    assert ("expenditure", "nhs") not in balances


def test_an_altered_balance_of_a_closed_month_is_named_by_its_hash_and_its_sum(closed: Spender, tmp_path: Path) -> None:
    faults = changed(write(closed, tmp_path), "months.json", lambda rows: rows[0]["balances"][0].update(pence=1))
    assert faults[0] == "The trial balance of 2026-04 was altered: it no longer gives the hash it was closed with."
    assert ", at the close of 2026-04 is £0.01 in the books" in faults[1]


def test_a_month_opened_again_is_not_told(closed: Spender, tmp_path: Path) -> None:
    world = closed.world
    world.do(world.finance, periods.ask_to_reopen, APRIL, "An invoice of April came in June")
    world.do(world.approver, periods.reopen, APRIL)
    path = write(closed, tmp_path)
    assert (part(path, "months.json"), check(str(path))[1]) == ([], [])
