"""`phb check` and `phb ledger trial-balance` as files and on the screen."""

import json
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.budget.conftest import World, stated
from tests.cli.conftest import Run, name_of


@pytest.fixture
def reader(world: World) -> str:
    """Return the sign-in name of an auditor of a commissioner with one budget."""
    world.active(stated("care", "520.00"))
    return name_of(world, world.auditor)


def test_the_checks_are_written_as_files(run: Run, reader: str, tmp_path: Path) -> None:
    asked = ("check", "--as-of", "2026-04-01", "--as", reader, "--format")
    assert run(*asked, "xlsx") == (0, "Checks at the end of 1 April 2026 is in checks-2026-04-01.xlsx.\n", "")
    assert load_workbook(tmp_path / "checks-2026-04-01.xlsx").sheetnames[0] == "Checks"
    status, output, _ = run(*asked, "pdf", "--out", "mine.pdf", "--json")
    assert (status, json.loads(output)) == (0, {"file": "mine.pdf", "format": "pdf"})
    assert (tmp_path / "mine.pdf").read_bytes().startswith(b"%PDF")


def test_a_list_goes_to_standard_output(run: Run, reader: str) -> None:
    status, output, errors = run(
        "ledger", "trial-balance", "--as-of", "2026-04-01", "--as", reader, "--format", "csv", "--out", "-"
    )
    assert (status, errors) == (0, "")
    assert output.lstrip("\ufeff").splitlines()[0] == "layer,account,fund,debit,credit"


def test_the_trial_balance_is_a_workbook_too(run: Run, reader: str, tmp_path: Path) -> None:
    asked = ("ledger", "trial-balance", "--as-of", "2026-04-01", "--as", reader)
    assert run(*asked, "--format", "xlsx")[0] == 0
    content = (tmp_path / "trial-balance-2026-04-01.xlsx").read_bytes()
    rows = list(load_workbook(BytesIO(content))["Trial balance"].iter_rows(min_row=2, values_only=True))
    assert rows[-1][0] == "Total"
    assert rows[-1][3] == rows[-1][4] == sum(row[3] or 0 for row in rows[:-1])  # type: ignore[misc]  # numbers
    status, output, _ = run(*asked)
    assert status == 0
    for words in ("Trial balance", "Layer", "envelope", "£900,000.00", "Total"):
        assert words in output


def test_a_report_is_shown_and_written(run: Run, reader: str, tmp_path: Path) -> None:
    status, output, _ = run("report", "account", "--account", "allocation", "--to", "2026-04-01", "--as", reader)
    assert (status, "£520.00" in output, "account allocation, up to 1 April 2026" in " ".join(output.split())) == (
        0,
        True,
        True,
    )
    status, output, _ = run("report", "payments", "--at-least", "5.00", "--as", reader, "--json")
    assert (status, json.loads(output)["sections"][0]["tables"]["payments"]["rows"]) == (0, [])
    assert run("report", "users", "--as", reader, "--format", "csv", "--out", "users.csv")[0] == 0
    assert (tmp_path / "users.csv").read_text(encoding="utf-8-sig").startswith("name,sign_in_name,role")
    assert run("report", "secrets", "--as", reader)[0] == 2
    status, _, sentence = run("report", "users", "--from", "2026-04-01", "--as", reader)
    assert (status, sentence) == (1, "“Users and their roles” is not narrowed by days. Leave that out.\n")
    assert run("report", "payments", "--at-least", "a lot", "--as", reader)[0] == 1


def test_a_file_that_cannot_be_written_and_a_format_there_is_none_of(run: Run, reader: str) -> None:
    status, _, errors = run("check", "--as", reader, "--as-of", "2026-04-01", "--format", "csv", "--out", "no/such.csv")
    assert (status, errors) == (1, "Could not open file 'no/such.csv': No such file or directory\n")
    assert run("check", "--as", reader, "--format", "docx")[0] == 2
