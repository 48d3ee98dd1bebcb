"""`phb statement` and `phb check` at the shell, on the tests' own database."""

import json
import re
from pathlib import Path

from phb.ledger.views import record_view
from tests.budget.conftest import World, stated
from tests.cli.conftest import Run, name_of

APRIL = ("--from", "2026-04-01", "--to", "2026-04-30")


def test_a_statement_is_written_in_the_holders_format(run: Run, world: World, tmp_path: Path) -> None:
    world.active(stated("care", "520.00"), reference="NV/2026 42")
    reader = name_of(world, world.auditor)
    status, output, errors = run("statement", "NV/2026 42", *APRIL, "--as", reader)
    assert (status, output, errors) == (
        0,
        "The statement is in statement-NV-2026-42-2026-04-01-2026-04-30.html.\n",
        "",
    )
    assert "£520.00" in (tmp_path / "statement-NV-2026-42-2026-04-01-2026-04-30.html").read_text(encoding="utf-8")


def test_a_statement_goes_where_it_is_sent(run: Run, world: World, tmp_path: Path) -> None:
    budget_id = str(world.active(stated("care", "520.00")))
    arguments = ("statement", budget_id, *APRIL, "--as", name_of(world, world.auditor), "--format")
    status, output, _ = run(*arguments, "pdf", "--out", "mine.pdf", "--json")
    assert (status, json.loads(output)["file"], json.loads(output)["last_day"]) == (0, "mine.pdf", "2026-04-30")
    assert (tmp_path / "mine.pdf").read_bytes().startswith(b"%PDF")
    status, output, _ = run(*arguments, "json", "--out", "-")
    assert (status, json.loads(output)["language"]) == (0, "en-GB")
    sentence = "Could not open file 'no/such/folder.pdf': No such file or directory\n"
    assert run(*arguments, "pdf", "--out", "no/such/folder.pdf") == (1, "", sentence)


def test_a_statement_of_what_was_known_then(run: Run, world: World) -> None:
    budget_id, reader = str(world.active(stated("care", "520.00"))), name_of(world, world.auditor)
    arguments = ("statement", budget_id, *APRIL, "--as", reader, "--format", "json", "--out", "-")
    assert run(*arguments)[0] == 0
    status, output, _ = run(*arguments, "--known-at", "2100-01-01T00:00")
    assert (status, "known_at" in json.loads(output)["sections"][0]["facts"]["about"]) == (0, True)
    status, _, sentence = run(*arguments, "--known-at", "2026-03-31T23:59")
    assert (status, "What the books said then was not recorded." in sentence) == (1, True)
    assert run(*arguments, "--known-at", "2026-04-01")[0] == 2


def test_the_trial_balance_of_what_was_known_then(run: Run, world: World) -> None:
    reader = name_of(world, world.auditor)
    world.do(world.auditor, record_view)
    world.active(stated("care", "520.00"))
    asked = ("ledger", "trial-balance", "--as", reader)

    def accounts(*more: str) -> set[str]:
        return {row["account"] for row in json.loads(run(*asked, *more, "--json")[1])["balances"]}

    assert "allocation" in accounts()
    assert "allocation" not in accounts("--known-at", "2026-04-01T23:59")
    status, output, _ = run(*asked, "--known-at", "2026-04-01T23:59")
    assert (status, "as known on 1 April 2026 at" in " ".join(output.split())) == (0, True)


def test_the_books_are_checked_since_they_held(run: Run, world: World) -> None:
    reader = name_of(world, world.auditor)
    since = ("ledger", "verify", "--since", "2026-04-01T23:59", "--as", reader)
    status, _, sentence = run(*since)
    assert (status, "Nobody has recorded yet what the books say." in sentence) == (1, True)
    world.do(world.auditor, record_view)
    world.active(stated("care", "520.00"))
    status, output, _ = run(*since)
    assert (status, output.count("Holds.")) == (0, 11)


def test_an_unknown_budget_is_one_sentence(run: Run, world: World) -> None:
    reader = name_of(world, world.auditor)
    assert run("statement", "B-0", *APRIL, "--as", reader) == (1, "", "There is no such budget. Check its number.\n")
    assert run("statement", "B-0", *APRIL, "--as", reader, "--format", "easy")[0] == 2


def test_checks_are_printed_with_everything(run: Run, world: World) -> None:
    world.active(stated("care", "520.00", pot="np"))
    reader = name_of(world, world.auditor)
    status, output, errors = run("check", "--as-of", "2026-04-01", "--as", reader)
    assert (status, errors) == (0, "")
    assert "Checks at the end of 1 April 2026" in output
    text = " ".join(re.sub("[^ -~]+", " ", output).split())  # without the lines of the table
    for words in ("0 of 1 (0.0 %)", "at least 40 %", "1 of 1 (100.0 %)", "no more than half", "at least 85 %", "fails"):
        assert words in text
    assert "1 more of the PHBs counted would have to be managed as direct payment or third-party budget." in output
    assert "Fewer than ten are counted" in output
    assert "never a reason to refuse" in " ".join(output.split())


def test_checks_for_machines(run: Run, world: World) -> None:
    reader = name_of(world, world.auditor)
    status, output, _ = run("check", "--as-of", "2026-04-01", "--as", reader, "--json")
    body = json.loads(output)
    assert (status, body["as_of"], len(body["checks"])) == (0, "2026-04-01", 4)
    assert run("check", "--as-of", "2026-03-31", "--as", reader)[0] == 1
    assert "no result" in run("check", "--as-of", "2026-04-01", "--as", reader)[1]


def test_today_is_the_day_where_none_is_given(run: Run, world: World) -> None:
    status, output, _ = run("check", "--as", name_of(world, world.auditor), "--json")
    assert (status, len(json.loads(output)["checks"])) == (0, 4)
