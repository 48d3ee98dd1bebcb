"""What became of a file: each row, the counts, what its sender should know, and the rows given back."""

from dataclasses import dataclass, field

from phb.core.change import Change
from phb.documents.as_csv import guarded
from phb.intake import files
from phb.intake.taken import TakenBefore
from phb.intake.values import NUMBER

# In front of a row's own cells; remarks, so that the file can be mended and sent as it is.
REMARKS = ("#row", "#reason", "#code")


@dataclass(frozen=True)
class GoodRow:
    """A row that was taken, and what it changed."""

    number: int
    change: Change


@dataclass(frozen=True)
class BadRow:
    """A row that was not taken, and why."""

    number: int
    code: str
    reason: str
    cells: dict[str, str]


@dataclass
class Report:
    """What became of a file.

    `notes` say how it was read, `before` when the same file was taken. Where it is `undone`, nothing was written, and
    the good rows are those that would have been taken.
    """

    kind: str
    good_rows: list[GoodRow] = field(default_factory=list)
    bad_rows: list[BadRow] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    before: TakenBefore | None = None
    undone: bool = False

    @property
    def counts(self) -> dict[Change, int]:
        """How many rows were added, changed and left as they were."""
        changes = [row.change for row in self.good_rows]
        return {change: changes.count(change) for change in Change}

    @property
    def sentence(self) -> str:
        """The report in a sentence, and a second one where nothing was written."""
        counts = ", ".join(f"{count} {change}" for change, count in self.counts.items())
        undone = " Nothing was written." if self.undone else ""
        return f"{self.kind}: {counts}, {len(self.bad_rows)} given back.{undone}"

    @property
    def warnings(self) -> list[str]:
        """What the file's sender should know besides its rows."""
        unchanged = self.counts[Change.UNCHANGED]
        return [*self.notes, *([] if self.before is None else [self.before.sentence(unchanged)])]

    def bad_rows_as_csv(self) -> str:
        """Return the rows given back, each with its number, reason and code, ready to be mended and sent again."""
        return bad_rows_as_csv(self.headings, self.bad_rows)


def bad_rows_as_csv(headings: list[str], bad_rows: list[BadRow]) -> str:
    """Return rows given back, as Report.bad_rows_as_csv() does."""
    rows = [
        dict(zip(REMARKS, (str(bad.number), bad.reason, bad.code), strict=True))
        | {name: cell if NUMBER.fullmatch(cell) else guarded(cell) for name, cell in bad.cells.items()}
        for bad in bad_rows
    ]
    return files.write_rows([*REMARKS, *headings], rows)
