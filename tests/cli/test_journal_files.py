"""Journal files by command: made, listed and taken away."""

import json
from pathlib import Path

from phb.core.actor import Role
from tests.cli.conftest import Run, name_of
from tests.journal_files.conftest import ACCOUNTS, record_codes
from tests.spending.conftest import Spender


def test_a_file_is_made_listed_and_taken_away(run: Run, spender: Spender, tmp_path: Path) -> None:
    finance = name_of(spender.world, spender.world.service.staff(Role.FINANCE_OFFICER))
    assert run("journal-files", "list", "--as", finance)[1] == "No file was made yet.\n"
    status, _, wrong = run("journal-files", "make", "2026-05", "--as", finance)
    assert (status, "There is no code of the finance system for “bank”, fund council" in wrong) == (1, True)
    record_codes(spender, *ACCOUNTS)
    words = "File 1, up to May 2026: 4 journals in 4 lines, £4,000.00 on each side."
    made = run("journal-files", "make", "2026-05", "--as", finance)[1]
    assert made == f"{words} Take it away with `phb journal-files get 1`.\n"
    assert run("journal-files", "list", "--as", finance)[1] == f"{words}\n"
    out = tmp_path / "may.csv"
    taken = json.loads(run("journal-files", "get", "1", "--out", str(out), "--as", finance, "--json")[1])
    assert (taken["file"], taken["until_month"]) == (str(out), "2026-05")
    assert out.read_bytes().decode("utf-8-sig").splitlines()[-1] == "control,1,2026-05,,,,,,4000.00,4000.00,4"
    assert run("journal-files", "get", "2", "--as", finance)[0] == 1
