"""docs/imports.md: every kind of file, its columns and who imports it."""

from collections.abc import Sequence

from phb.intake.columns import Heading
from phb.intake.importing import Kind
from phb.intake.kinds import KINDS
from phb.reference.markdown import PRINTED, joined, table

INTRODUCTION = """\
`phb import KIND FILE --as NAME` takes a file in, row by row; each row is the same operation that the API uses, with
the same checks and the same permissions. `POST /api/v1/imports` leaves a file for a job that does the same.

- **Headings first.** A missing or unknown heading is said before any row is read. A column that may be empty may be
  left out; a column whose heading begins with `#` is a remark and is not read.
- **Good rows go in, bad rows come back** with their row number, a stable code and a sentence that says what to do.
  `--bad-rows FILE` writes them (`GET /api/v1/imports/ID/bad-rows` over the API): mend them there and import that
  file as it is. `--all-or-nothing` takes no row unless all are good; `--dry-run` says what would happen and writes
  nothing.
- **What a row names comes first:** the kinds below stand in the order in which they are imported. Users who are
  people of the service come after the people.

## What is accepted

- **An Excel workbook (.xlsx).** The sheet named like the kind is read, or else the first that is not hidden. Values
  are read as they are saved: a formula counts as its result, and one whose result was never saved is given back. So
  are rows that are hidden, and rows with merged cells, because nobody could see what they say. 64 MB unpacked and
  200 columns at most. An old .xls, a workbook with a password, and any other zip are refused with what to do.
- **CSV**, with commas, semicolons or tabs between the cells: the headings tell which. UTF-8 with or without a byte
  order mark, or UTF-16 with one (Excel's “Unicode text”). What is none of these is read as Windows-1252, and the
  report says so: look whether letters with accents came out right.
- **JSON lines**, UTF-8, one object to a line: the plainest way for columns that hold a list. In CSV and in a
  workbook such a cell holds the same list as JSON.
- **A file of which only part arrived** is refused whole: a workbook cut off, a quotation mark without its pair, a
  last row that stops before its last cell. Over the API a file has 10 MB at most; send more rows in several files.

## What cells hold

- **Days** are 2026-04-01, or 01/04/2026 as spreadsheets write them: always day, month, year. 04/05/2026 is 4 May;
  nothing in a file could tell that an American date was meant. The year has four digits. A last day is the last one
  included.
- **Money** is pounds and pence, 125.50, also £125.50 and 1,234.50. A comma stands for thousands alone: 1.234,50 and
  1234,50 are given back. A fraction of a penny is never rounded away.
- **Numbers** are 37.5. Among numbers that are no money, 1,234 could be either 1234 or 1.234, so it is given back.
- **Long numbers and codes.** A spreadsheet turns long numbers into 9.99E+09, forgets what comes after fifteen
  digits, and drops noughts at the front of sort codes and account numbers; such cells are given back. Set those
  columns to text before you type: the workbook templates have them so.
- **Yes or no** is yes, no, true or false, in any case.
- **An apostrophe** before =, +, - or @ keeps a spreadsheet from taking a text for a formula. It is written before
  free text in files that go out, and taken off again when they come in.

## Templates

`phb import KIND --template xlsx` (or `csv`), or `GET /api/v1/imports/kinds/KIND/template?format=xlsx`, gives an
empty file with the headings of a kind; the workbook has a second sheet that says what to put in each column, with
an example.

## Duplicates

- **The same file twice changes nothing.** Its SHA-256 is kept for each kind, never its name: the report says when
  it was taken in, by which role, and how many rows are unchanged.
- **The same row in two files** is unchanged the second time.
- **A reference that is known and says something else** is given back with the code `known-differently`, except
  where a kind is kept up to date by its file, such as people and organisations: there the row counts as changed.

## Over the API

`POST /api/v1/imports` takes a form with `kind`, `file`, and `dry_run` and `all_or_nothing` as `true` or `false`,
and an `Idempotency-Key`. It answers 202 with the import and its address. `GET` there shows the state (`waiting`,
`running`, `done`, `failed`), how many rows of how many are done, the counts, and under `/rows` what became of each
row. A job takes the file in with the roles its sender holds at that moment. Rows and outcome are written together:
a job that is killed leaves nothing behind, and the next one begins again. The file itself is kept until its job has
ended, rows given back are kept to be mended, and a file's name is never kept. You see your own imports; auditors
see all; administrators see that there were any, and not what stood in them.

## The kinds"""

COLUMNS = ("column", "what it is", "holds", "needed", "example")


def page() -> str:
    """Return the page, one section for each kind."""
    return joined("# Imports", PRINTED, INTRODUCTION, *map(_section, KINDS.values()))


def _section(kind: Kind[object]) -> str:
    found = kind.headings
    lists = [part for heading in found if heading.parts for part in _part(heading)]
    about = f"{kind.title}. Imported by {kind.who}."
    return "\n\n".join([f"### {kind.name}", about, _table(found), *lists])


def _part(heading: Heading) -> list[str]:
    deeper = [part for inner in heading.parts if inner.parts for part in _part(inner)]
    return [f"Each object of `{heading.name}`:", _table(heading.parts), *deeper]


def _table(found: Sequence[Heading]) -> str:
    return table(COLUMNS, [_row(heading) for heading in found])


def _row(heading: Heading) -> tuple[str, ...]:
    example = f"`{heading.example}`" if heading.example else ""
    return (f"`{heading.name}`", heading.meaning, heading.kind, "yes" if heading.required else "", example)
