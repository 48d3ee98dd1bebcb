"""Check an archive of the books without the program that wrote it: python check.py ARCHIVE [HEADS ...].

It needs Python 3.9 or newer and nothing else: no network, no database, no library. ARCHIVE is what `phb ledger export`
wrote. HEADS are files of published heads, kept from earlier days; without them the archive is checked against itself
alone, which shows mistakes but not a forger. It ends with 0 where all is well, with 1 where something is not, and with
2 where it cannot read what it was given.
"""

from __future__ import annotations

import json
import sys
import zipfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FORMAT = "phb-archive-1"
JOURNAL_FORMS = {"phb-journal-1": 15, "phb-journal-2": 16}  # and how many fields: the second names its month
LINE_FIELDS = 15
FILES = {"journal": "journals.jsonl", "audit_event": "audit_events.jsonl"}
CALLED = {"journal": "journal", "audit_event": "audit event"}
PLAN_LINE = ("allocated", "committed", "spent", "owed")
POT = ("payable", "in_payment", "paid", "came_back")
STATEMENT = {"approved": "allocated", "spent": "spent", "committed": "committed", "owed_back": "owed"}
LONGEST_TRANSACTION = 3600  # seconds: what was recorded longer before a statement was read, it knew


class UnreadableError(ValueError):
    """Something is not what an archive is made of; the sentence says what."""


class Archive:
    """What is in the file: each part read as it was written."""

    def __init__(self, path: str) -> None:
        """Open an archive of the one format there is."""
        self.file = zipfile.ZipFile(path)
        self.manifest = self.read("manifest.json")
        if self.manifest.get("format") != FORMAT:
            raise UnreadableError(f"its format is not {FORMAT}")
        self.budget = self.manifest["budget_id"]
        self.blocks = {
            stream: [block for block in self.rows("blocks.jsonl") if block["stream"] == stream] for stream in FILES
        }

    @property
    def is_whole(self) -> bool:
        """Whether all of the books are in it, and not one budget's part."""
        return self.budget is None

    def read(self, name: str) -> Any:  # noqa: ANN401 - whatever is written there
        """Return one part."""
        return json.loads(self.file.read(name))

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """Yield the lines of one part."""
        with self.file.open(name) as lines:
            yield from map(json.loads, lines)


@dataclass(frozen=True)
class Line:
    """One line of a journal: signed pence, debit positive."""

    kind: str
    effective_on: str
    account: str
    layer: int
    fund: str
    pence: int
    year: str
    budget: str
    pot: str
    plan_line: str

    @classmethod
    def of(cls, text: str) -> Line:
        """Read a line of a journal's form."""
        parts = text.split("|")
        if len(parts) != LINE_FIELDS:
            raise UnreadableError("a line of a journal has not the fields that it should have")
        return cls(parts[1], parts[2], parts[3], int(parts[4]), parts[5], int(parts[6]), *parts[7:11])


@dataclass(frozen=True)
class Journal:
    """A journal as its form tells it."""

    id: str
    month: str
    recorded_at: int
    line_count: int
    lines: Sequence[Line]

    @classmethod
    def of(cls, form: str) -> Journal:
        """Read the form of a journal."""
        head, *lines = form.split("\n")
        parts = head.split("|")
        if JOURNAL_FORMS.get(parts[0]) != len(parts):
            raise UnreadableError(f"a journal is in none of the forms {' and '.join(JOURNAL_FORMS)}")
        month = parts[15] if len(parts) > JOURNAL_FORMS["phb-journal-1"] else f"{parts[6][:7]}-01"
        return cls(parts[2], month, int(parts[7]), int(parts[14]), [Line.of(line) for line in lines])


@dataclass
class Sums:
    """What all journals come to: each account's balance, and the figures of each plan line and pot."""

    factors: dict[tuple[str, str], dict[str, int]]
    trial: Counter[tuple[int, str, str]] = field(default_factory=Counter)
    plan_lines: defaultdict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    pots: defaultdict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    months: defaultdict[str, Counter[tuple[int, str, str]]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, line: Line, month: str) -> None:
        """Add a line, as the event table says of its kind and account, in the month that reports it."""
        self.trial[line.layer, line.account, line.fund] += line.pence
        self.months[month][line.layer, line.account, line.fund] += line.pence
        moves = self.factors.get((line.kind, line.account), {})
        if line.plan_line:
            figures = self.plan_lines[line.plan_line, line.year]
            figures.update({figure: line.pence * moves.get(figure, 0) for figure in PLAN_LINE})
        if line.pot:
            figures = self.pots[line.pot, line.year]
            figures.update({figure: line.pence * moves.get(figure, 0) for figure in POT})


@dataclass
class Told:
    """What a statement told of where a budget stood, and what the journals that were known then come to."""

    row: dict[str, Any]
    position: dict[str, int]
    unknown: set[str]
    found: Counter[str] = field(default_factory=Counter)
    too_early: list[str] = field(default_factory=list)

    def add(self, journal: Journal, line: Line, factors: dict[tuple[str, str], dict[str, int]]) -> None:
        """Add a line of the budget, where it is dated up to the statement's last day and was known."""
        if line.effective_on > self.row["stood_on"]:
            return
        if journal.id in self.unknown:
            known = datetime.fromisoformat(self.row["known_at"]).timestamp()
            if journal.recorded_at < (known - LONGEST_TRANSACTION) * 1_000_000:
                self.too_early.append(journal.id)
            return
        moves = factors.get((line.kind, line.account), {})
        self.found.update({told: line.pence * moves.get(figure, 0) for told, figure in STATEMENT.items()})

    def faults(self) -> Iterator[str]:
        """Check the statement's figures."""
        named = f"The statement {self.row['id']} of {self.row['stood_on']}"
        self.found["available"] = self.found["approved"] - sum(self.found[one] for one in list(STATEMENT)[1:])
        for figure, pence in self.position.items():
            if pence != self.found[figure]:
                yield (
                    f"{named} told {in_pounds(pence)} as {figure.replace('_', ' ')}, and the journals known then come "
                    f"to {in_pounds(self.found[figure])}."
                )
        for journal in dict.fromkeys(self.too_early):
            yield f"{named} did not count the journal {journal}, which had been recorded long before."


def leaf_of(form: str) -> str:
    """Return the leaf of a form."""
    return sha256(b"\x00" + form.encode()).hexdigest()


def joined(left: str, right: str) -> str:
    """Return the node over two nodes."""
    return sha256(b"\x01" + bytes.fromhex(left) + bytes.fromhex(right)).hexdigest()


def root_of(leaves: Sequence[str]) -> str | None:
    """Return the root over leaves: neighbours are joined, and an odd one at the end goes up as it is."""
    nodes = list(leaves)
    while len(nodes) > 1:
        pairs = [joined(*nodes[place : place + 2]) for place in range(0, len(nodes) - 1, 2)]
        nodes = pairs + nodes[len(nodes) - len(nodes) % 2 :]
    return nodes[0] if nodes else None


def head_after(earlier: str | None, root: str) -> str:
    """Return the head of a block that follows another."""
    return sha256(b"\x02" + bytes.fromhex(earlier or "") + bytes.fromhex(root)).hexdigest()


def in_pounds(pence: int) -> str:
    """Return pence as people read them."""
    return f"{'-' if pence < 0 else ''}£{abs(pence) // 100:,}.{abs(pence) % 100:02d}"


def seal_faults(archive: Archive, stream: str) -> Iterator[str]:
    """Check each entry against its leaf, and in an archive of one budget its leaf against the root of its block."""
    leaves: dict[int, str] = {}
    for row in archive.rows(FILES[stream]):
        place = row["place"]
        if place is None:
            continue  # It has no seal yet: it counts in the sums, and nothing vouches for it.
        entry = f"The {CALLED[stream]} no. {place} ({row['form'].split('|')[2]})"
        if leaf_of(row["form"]) != row["leaf"]:
            yield f"{entry} was altered: it no longer gives its leaf."
        if place in leaves:
            yield f"{entry} was added: another {CALLED[stream]} has its number."
        if "path" in row and root_by(row) not in _roots(archive.blocks[stream], place):
            yield f"{entry} was altered or added: its path does not lead to the root of its block."
        leaves[place] = row["leaf"]
    yield from _block_faults(archive, stream, leaves)


def root_by(row: dict[str, Any]) -> str:
    """Return the root that an entry's path leads to."""
    node: str = row["leaf"]
    for side, neighbour in row["path"]:
        node = joined(neighbour, node) if side == "left" else joined(node, neighbour)
    return node


def _roots(blocks: Sequence[dict[str, Any]], place: int) -> list[str]:
    return [block["root"] for block in blocks if block["first_place"] <= place <= block["last_place"]]


def _block_faults(archive: Archive, stream: str, leaves: dict[int, str]) -> Iterator[str]:
    earlier, ended, called = None, 0, CALLED[stream]
    for number, block in enumerate(archive.blocks[stream], start=1):
        places = range(block["first_place"], block["last_place"] + 1)
        if archive.is_whole:
            missing = [place for place in places if place not in leaves]
            yield from (f"The {called} no. {place} was removed." for place in missing)
            if not missing and root_of([leaves[place] for place in places]) != block["root"]:
                yield f"One of the {called}s no. {places[0]} to {places[-1]} was altered together with its leaf."
        begins = (block["number"], places[0]) == (number, ended + 1)
        if not begins or head_after(earlier, block["root"]) != block["head"]:
            yield f"The block of {called}s no. {places[0]} to {places[-1]} does not follow the one before it."
        earlier, ended = block["head"], block["last_place"]
    yield from (f"The {called} no. {place} was added: no block has it." for place in leaves if place > ended)


def head_faults(archive: Archive, name: str, kept: dict[str, Any]) -> Iterator[str]:
    """Check that the chains lead to heads that were kept outside."""
    if kept["commissioner_id"] != archive.manifest["commissioner_id"]:
        raise UnreadableError(f"{name} is of another commissioner")
    for one in kept["heads"]:
        heads = {block["number"]: block["head"] for block in archive.blocks[one["stream"]]}
        if heads.get(one["block"]) != one["head"]:
            yield (
                f"The {CALLED[one['stream']]}s up to no. {one['last_place']} are not those whose head was published on "
                f"{kept['day']} ({name}): one of them was altered, removed or added since."
            )


def sum_faults(archive: Archive) -> Iterator[str]:
    """Check that every journal adds up, and that all together give the balances and positions of the books."""
    sums = Sums({(line["kind"], line["account"]): line for line in archive.read("events.json")})
    statements = [Told(row, row["position"], set(row["unknown"])) for row in archive.rows("statements.jsonl")]
    by_budget: defaultdict[str, list[Told]] = defaultdict(list)
    for told in statements:
        by_budget[told.row["budget_id"]].append(told)
    for row in archive.rows(FILES["journal"]):
        journal = Journal.of(row["form"])
        yield from _journal_faults(journal, f"The journal no. {row['place']} ({journal.id})")
        for line in journal.lines:
            if archive.is_whole or line.budget == archive.budget:
                sums.add(line, journal.month)
            for told in by_budget[line.budget]:
                told.add(journal, line, sums.factors)
    yield from _balance_faults(archive, sums)
    yield from _month_faults(archive, sums)
    yield from _position_faults(archive, sums)
    for told in statements:
        yield from told.faults()


def _journal_faults(journal: Journal, named: str) -> Iterator[str]:
    sums: Counter[tuple[str, int, str]] = Counter()
    for line in journal.lines:
        sums[line.fund, line.layer, line.budget] += line.pence
    for (fund, layer, _), pence in sums.items():
        if pence:
            yield f"{named} does not add up: it is out by {in_pounds(pence)} in fund {fund}, layer {layer}."
    if len(journal.lines) != journal.line_count:
        yield f"{named} has {len(journal.lines)} of {journal.line_count} lines."


def _balance_faults(archive: Archive, sums: Sums) -> Iterator[str]:
    told = {(row["layer"], row["account"], row["fund"]): row["pence"] for row in archive.read("trial_balance.json")}
    for key in sorted({*told, *sums.trial}):
        yield from _differ(f"The balance of {key[1]}, fund {key[2]},", told.get(key, 0), sums.trial[key])


def _month_faults(archive: Archive, sums: Sums) -> Iterator[str]:
    """Check each month that was closed for good: its stored balances by their hash, and by the journals."""
    for row in archive.read("months.json"):
        month = row["month"]
        told = {(one["layer"], one["account"], one["fund"]): one["pence"] for one in row["balances"]}
        text = "|".join(["phb-trial-balance-1", archive.manifest["commissioner_id"], month])
        text += "".join(f"\n{key[0]}|{key[1]}|{key[2]}|{told[key]}" for key in sorted(told))
        if sha256(text.encode()).hexdigest() != row["digest"]:
            yield f"The trial balance of {month[:7]} was altered: it no longer gives the hash it was closed with."
        found: Counter[tuple[int, str, str]] = Counter()
        for one in sums.months:
            if one <= month:
                found.update(sums.months[one])
        for key in sorted({*told, *found}):
            what = f"The balance of {key[1]}, fund {key[2]}, at the close of {month[:7]}"
            yield from _differ(what, told.get(key, 0), found[key])


def _position_faults(archive: Archive, sums: Sums) -> Iterator[str]:
    told = archive.read("positions.json")
    for row in told["plan_lines"]:
        found = sums.plan_lines.pop((row["plan_line_id"], str(row["year"])), Counter())
        for figure in PLAN_LINE:
            what = f"What is {figure} on plan line {row['plan_line_id']} in {row['year']}"
            yield from _differ(what, row[figure], found[figure])
    for row in told["pots"]:
        found = sums.pots.pop((row["pot_id"], str(row["year"])), Counter())
        for figure in POT:
            moved = found[figure] if row["handed_over"] or figure != "payable" else 0
            yield from _differ(f"What is {figure} of pot {row['pot_id']} in {row['year']}", row[figure], moved)
    for place, year in [*sums.plan_lines, *sums.pots]:
        yield f"The journals move {place} in {year}, and the books have no such plan line or pot."


def _differ(what: str, books: int, journals: int) -> Iterator[str]:
    if journals != books:
        off = f"{in_pounds(abs(journals - books))} {'more' if journals > books else 'less'}"
        yield f"{what} is {in_pounds(books)} in the books and {in_pounds(journals)} by the journals: {off}."


def check(path: str, published: Sequence[str] = ()) -> tuple[list[str], list[str]]:
    """Return what was checked, and every fault that was found, as sentences."""
    archive, heads = Archive(path), 0
    faults = [fault for stream in FILES for fault in seal_faults(archive, stream)]
    for name in published:
        kept = json.loads(Path(name).read_text(encoding="utf-8"))
        faults += head_faults(archive, name, kept)
        heads += len(kept["heads"])
    faults += sum_faults(archive)
    places = [row["place"] for row in archive.rows(FILES["journal"])]
    scope = "the whole books" if archive.is_whole else f"budget {archive.budget}"
    said = [f"{len(places):,} journals of {scope}, written on {archive.manifest['made_at'][:10]}."]
    if None in places:
        said.append(f"{places.count(None):,} of them have no seal yet: nothing vouches for those.")
    against = f"{heads:,} published heads" if heads else "itself alone, because no published heads were given"
    said.append(f"It was checked against {against}.")
    return said, faults


def main(arguments: Sequence[str]) -> int:
    """Check an archive, say what was found, and return how it went."""
    if not arguments:
        sys.stdout.write(__doc__)
        return 2
    try:
        said, faults = check(arguments[0], arguments[1:])
    except (OSError, ValueError, LookupError, TypeError, zipfile.BadZipFile) as error:
        sys.stdout.write(f"This cannot be read as an archive with its heads: {error}.\n")
        return 2
    wrong = "1 thing is wrong." if len(faults) == 1 else f"{len(faults):,} things are wrong."
    ending = wrong if faults else "Everything adds up, and nothing was altered."
    sys.stdout.write("\n".join([*said, *faults, ending]) + "\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
