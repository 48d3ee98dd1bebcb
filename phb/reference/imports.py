"""docs/imports.md: every kind of file, its columns and who imports it."""

from collections.abc import Sequence

from phb.intake.columns import Heading, headings
from phb.intake.importing import Kind
from phb.intake.kinds import KINDS
from phb.reference.markdown import PRINTED, joined, table

INTRODUCTION = """\
`phb import KIND FILE --as NAME` takes a file in, row by row; each row is the same operation that the API uses, with the
same checks and the same permissions.

- **Format.** CSV in UTF-8, with or without a byte order mark, headings in the first row; or JSON lines, one object to
  a line, which is what lists need. A column that may be empty may be left out.
- **Headings first.** A missing or unknown heading is said before any row is read.
- **Good rows go in, bad rows come back** with their row number, a stable code and a sentence that says what to do
  (`--bad-rows FILE` writes them, ready to be mended and imported). `--all-or-nothing` takes no row unless all are good;
  `--dry-run` says what would happen and writes nothing.
- **The same file twice changes nothing.** A reference that is known and says something else is given back.
- **Dates** are written 2026-04-01, and a last day is the last one included. Money is pounds and pence, 125.50.
- **What a row names comes first:** the kinds below stand in the order in which they are imported. Users who are people
  of the service come after the people."""

COLUMNS = ("column", "what it is", "holds", "needed", "example")


def page() -> str:
    """Return the page, one section for each kind."""
    return joined("# Imports", PRINTED, INTRODUCTION, *map(_section, KINDS.values()))


def _section(kind: Kind[object]) -> str:
    found = headings(kind.schema)
    lists = [part for heading in found if heading.parts for part in _part(heading)]
    about = f"{kind.title}. Imported by {kind.who}."
    return "\n\n".join([f"## {kind.name}", about, _table(found), *lists])


def _part(heading: Heading) -> list[str]:
    deeper = [part for inner in heading.parts if inner.parts for part in _part(inner)]
    return [f"Each object of `{heading.name}`:", _table(heading.parts), *deeper]


def _table(found: Sequence[Heading]) -> str:
    return table(COLUMNS, [_row(heading) for heading in found])


def _row(heading: Heading) -> tuple[str, ...]:
    example = f"`{heading.example}`" if heading.example else ""
    return (f"`{heading.name}`", heading.meaning, heading.kind, "yes" if heading.required else "", example)
