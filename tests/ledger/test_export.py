"""An archive is checked by Python alone: sound ones pass, and what is altered, removed or added is named."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest

from phb.core.money import pounds
from phb.governance import audit
from phb.ledger import checker, events, sealing
from phb.ledger.checker import check
from phb.ledger.entry import Share
from phb.ledger.export import export
from phb.ledger.sealing import Stream
from tests.ledger.conftest import Books, heading, portion
from tests.ledger.steps import accept_invoice, pay_in, promise, spend

Rows = list[dict[str, Any]]
SEALED = 8  # journals of the books below


@dataclass(frozen=True)
class Archived:
    """Books that were lived in, sealed and written into an archive, with the heads published that day."""

    books: Books
    folder: Path

    @property
    def path(self) -> str:
        return str(self.folder / "books.zip")

    @property
    def heads(self) -> str:
        return str(self.folder / "heads.json")

    def write(self, budget_id: UUID | None = None) -> int:
        with self.books.unit(one_view=True) as uow, Path(self.path).open("wb") as file:
            return export(uow, file, budget_id=budget_id)

    def change(self, name: str, change: Callable[[Rows], None]) -> None:
        """Change the rows of one part of the archive, as somebody would who can write the file."""
        with ZipFile(self.path) as archive:
            parts = {part: archive.read(part) for part in archive.namelist()}
        lines = name.endswith(".jsonl")
        rows = [json.loads(line) for line in parts[name].splitlines()] if lines else json.loads(parts[name])
        change(rows)
        parts[name] = "".join(json.dumps(row) + "\n" for row in rows).encode() if lines else json.dumps(rows).encode()
        with ZipFile(self.path, "w") as archive:
            for part, content in parts.items():
                archive.writestr(part, content)

    def faults(self, *published: str) -> list[str]:
        return check(self.path, published)[1]


@pytest.fixture
def archived(funded: Books, tmp_path: Path) -> Archived:
    with funded.unit() as uow:
        audit.record(uow, "budget.agreed", "budget", funded.budget_id, reason="Agreed", amount_of=3)
    promise(funded, "300")
    accept_invoice(funded, "280", uses="280")
    pay_in(funded, "250")
    spend(funded, "40")
    funded.reverse(funded.post(events.paid_from_funds(heading(), [portion(funded.care, "5")])))
    seal(funded)
    with funded.unit() as uow:
        heads = sealing.heads(uow.session)
    kept = {
        "commissioner_id": str(funded.actor.commissioner_id),
        "day": "2026-04-01",
        "heads": [head.told() for head in heads],
    }
    (tmp_path / "heads.json").write_text(json.dumps(kept))
    found = Archived(funded, tmp_path)
    assert found.write() == SEALED
    return found


def seal(books: Books, count: int = SEALED) -> None:
    """Seal until so many are; a transaction of anybody on this server holds the horizon back while it lasts."""
    done, until = 0, monotonic() + 20
    while done < count and monotonic() < until:
        with books.unit() as uow:
            done += sealing.seal(uow)[Stream.JOURNALS]


def run_alone(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run the archive's own checker in a Python that has no library beside its own."""
    command = [sys.executable, "-I", "-S", "check.py", *arguments]
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)  # noqa: S603 - our own words
    return done.returncode, done.stdout + done.stderr


def test_the_archives_own_checker_needs_nothing_but_python(archived: Archived) -> None:
    with ZipFile(archived.path) as archive:
        archive.extract("check.py", archived.folder)
    status, said = run_alone(archived.folder, "books.zip", "heads.json")
    assert status == 0
    assert said.splitlines() == [
        "8 journals of the whole books, written on 2026-04-01.",
        "It was checked against 2 published heads.",
        "Everything adds up, and nothing was altered.",
    ]
    assert run_alone(archived.folder, "books.zip")[1].splitlines()[1] == (
        "It was checked against itself alone, because no published heads were given."
    )


def test_the_archive_of_one_budget_is_tied_to_the_heads_by_paths(archived: Archived) -> None:
    assert archived.write(archived.books.budget_id) == SEALED
    assert archived.faults(archived.heads) == []
    with ZipFile(archived.path) as archive:
        rows = [json.loads(line) for line in archive.read("journals.jsonl").splitlines()]
        assert archive.read("audit_events.jsonl") == b""
    assert all(len(row["path"]) <= 3 for row in rows)

    def alter(rows: Rows) -> None:
        row = by_kind(rows, "commitment_raised")
        row["form"] = row["form"].replace("|30000|", "|30001|")
        row["leaf"] = checker.leaf_of(row["form"])

    archived.change("journals.jsonl", alter)
    faults = "\n".join(archived.faults(archived.heads))
    assert "was altered or added: its path does not lead to the root of its block." in faults


def test_a_block_without_the_budget_has_no_part_in_its_archive(archived: Archived) -> None:
    archived.books.post(events.programme_budget_set(heading(), 2026, [Share("nhs", pounds("9"))]))
    seal(archived.books, 1)
    assert archived.write(archived.books.budget_id) == SEALED
    assert archived.faults(archived.heads) == []


def test_lines_of_another_budget_do_not_count_in_the_archive_of_one(archived: Archived) -> None:
    archived.write(archived.books.budget_id)

    def alter(rows: Rows) -> None:
        row = by_kind(rows, "paid_from_funds")
        row["form"] = row["form"].replace(str(archived.books.budget_id), str(UUID(int=1)))

    archived.change("journals.jsonl", alter)
    assert any(fault.endswith("by the journals: £40.00 less.") for fault in archived.faults(archived.heads))


def test_what_has_no_seal_yet_counts_and_is_told(archived: Archived) -> None:
    archived.books.post(events.budget_raised(heading(), [portion(archived.books.care, "1")]))
    assert archived.write() == SEALED + 1
    said, faults = check(archived.path, [archived.heads])
    assert faults == []
    assert said[1] == "1 of them have no seal yet: nothing vouches for those."


def by_kind(rows: Rows, kind: str) -> dict[str, Any]:
    return next(row for row in rows if f"|{kind}|" in row["form"].split("\n")[0])


def test_an_altered_amount_is_named_with_its_pence(archived: Archived) -> None:
    def alter(rows: Rows) -> None:
        row = by_kind(rows, "paid_from_funds")
        row["form"] = row["form"].replace("|4000|", "|4007|")

    archived.change("journals.jsonl", alter)
    faults = "\n".join(archived.faults(archived.heads))
    assert "was altered: it no longer gives its leaf." in faults
    assert "it is out by £0.07 in fund nhs, layer 0." in faults
    assert (
        "The balance of expenditure, fund nhs, is £320.00 in the books and £320.07 by the journals: £0.07 more."
        in faults
    )


def test_an_entry_altered_with_its_leaf_does_not_give_the_root(archived: Archived) -> None:
    def alter(rows: Rows) -> None:
        row = by_kind(rows, "paid_from_funds")
        row["form"] = row["form"].replace("2026-04-01", "2026-04-02", 1)
        row["leaf"] = checker.leaf_of(row["form"])

    archived.change("journals.jsonl", alter)
    assert any("was altered together with its leaf." in fault for fault in archived.faults())


def test_a_chain_forged_to_its_end_does_not_lead_to_the_published_head(archived: Archived) -> None:
    def alter(rows: Rows) -> None:
        row = by_kind(rows, "paid_from_funds")
        row["form"] = row["form"].replace("2026-04-01", "2026-04-02", 1)
        row["leaf"] = checker.leaf_of(row["form"])
        leaves.extend(row["leaf"] for row in rows)

    def forge(blocks: Rows) -> None:
        earlier = None
        for block in blocks:
            if block["stream"] == "journal":
                block["root"] = checker.root_of(leaves[block["first_place"] - 1 : block["last_place"]])
                earlier = block["head"] = checker.head_after(earlier, block["root"])

    leaves: list[str] = []
    archived.change("journals.jsonl", alter)
    archived.change("blocks.jsonl", forge)
    assert archived.faults() == []  # against itself alone a forger passes
    (fault,) = archived.faults(archived.heads)
    assert fault.startswith("The journals up to no. 8 are not those whose head was published on 2026-04-01")


def test_a_removed_journal_is_named_by_its_number_and_what_is_missing(archived: Archived) -> None:
    archived.change("journals.jsonl", lambda rows: rows.remove(by_kind(rows, "paid_from_funds")))
    faults = archived.faults(archived.heads)
    assert any("was removed." in fault for fault in faults)
    assert any(fault.endswith("by the journals: £40.00 less.") for fault in faults)


def test_an_added_journal_is_named(archived: Archived) -> None:
    def add(rows: Rows) -> None:
        rows.append({**by_kind(rows, "paid_from_funds"), "place": SEALED + 1})

    archived.change("journals.jsonl", add)
    faults = archived.faults(archived.heads)
    assert "The journal no. 9 was added: no block has it." in faults
    assert any(fault.endswith("by the journals: £40.00 more.") for fault in faults)


def test_a_journal_under_anothers_number_is_named(archived: Archived) -> None:
    archived.change("journals.jsonl", lambda rows: rows.append(dict(rows[0])))
    assert any("was added: another journal has its number." in fault for fault in archived.faults())


@pytest.mark.parametrize(
    ("part", "change", "words"),
    [
        ("trial_balance.json", lambda rows: rows[0].update(pence=rows[0]["pence"] + 5), "£0.05 less"),
        ("positions.json", lambda rows: rows["plan_lines"][0].update(spent=-1), "What is spent on plan line"),
        ("positions.json", lambda rows: rows["pots"][0].update(came_back=9), "What is came_back of pot"),
        ("positions.json", lambda rows: rows["pots"].clear(), "the books have no such plan line or pot"),
        ("blocks.jsonl", lambda rows: rows[-1].update(head="00" * 32), "does not follow the one before it"),
        ("audit_events.jsonl", lambda rows: rows[0].update(form=rows[0]["form"] + "x"), "The audit event no. 1"),
        ("audit_events.jsonl", lambda rows: rows.clear(), "The audit event no. 1 was removed."),
        (
            "journals.jsonl",
            lambda rows: rows[0].update(form=rows[0]["form"].rpartition("\n")[0]),
            "of 4 lines",
        ),
    ],
)
def test_each_part_is_held_against_the_others(
    archived: Archived, part: str, change: Callable[[Any], None], words: str
) -> None:
    archived.change(part, change)
    assert words in "\n".join(archived.faults(archived.heads))


def test_what_cannot_be_read_is_said_and_never_passes(archived: Archived, capsys: pytest.CaptureFixture[str]) -> None:
    other = archived.folder / "other.json"
    other.write_text(json.dumps({"commissioner_id": "another", "heads": []}))
    for arguments in ([], ["nowhere.zip"], [archived.heads], [archived.path, "nowhere"], [archived.path, str(other)]):
        assert checker.main(arguments) == 2
    assert f"{other} is of another commissioner." in capsys.readouterr().out
    for form in ("nonsense", "phb-journal-2|1|1", "phb-journal-1" + "|1" * 14 + "\n1|2"):
        archived.change("journals.jsonl", lambda rows, form=form: rows[0].update(form=form))  # type: ignore[misc]
        assert checker.main([archived.path]) == 2
    archived.change("manifest.json", lambda manifest: manifest.update(format="another"))  # type: ignore[attr-defined]
    assert checker.main([archived.path]) == 2
    assert "its format is not phb-archive-1" in capsys.readouterr().out


def test_a_sound_archive_ends_well_and_a_faulty_one_says_how_many(
    archived: Archived, capsys: pytest.CaptureFixture[str]
) -> None:
    assert checker.main([archived.path, archived.heads]) == 0
    archived.change("trial_balance.json", lambda rows: rows[0].update(pence=0))
    assert checker.main([archived.path]) == 1
    assert capsys.readouterr().out.endswith("1 thing is wrong.\n")


def test_the_books_are_written_as_of_one_instant(archived: Archived) -> None:
    with archived.books.unit(one_view=True) as uow:
        sealing.heads(uow.session)  # the view begins with the first query
        archived.books.post(events.budget_raised(heading(), [portion(archived.books.care, "1")]))
        with Path(archived.path).open("wb") as file:
            assert export(uow, file) == SEALED
    assert archived.faults(archived.heads) == []
