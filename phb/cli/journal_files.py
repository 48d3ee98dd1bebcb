"""`phb journal-files`: the books as the finance system takes them in."""

from datetime import datetime
from pathlib import Path

import click

from phb.cli.output import json_option, say, write_file
from phb.cli.units import as_option, unit_of
from phb.core.money import format_pounds
from phb.core.period import month_in_words
from phb.journal_files import operations, queries
from phb.journal_files.models import JournalFile


@click.group("journal-files")
def journal_files() -> None:
    """Make files for the finance system, each journal in one of them; docs/journal-files.md says what is in them."""


@journal_files.command("list", epilog="Example: phb journal-files list --as finance@northvale.example")
@as_option
@json_option
def listed(*, sign_in_name: str, as_json: bool) -> None:
    """Show the files that were made, the newest first."""
    with unit_of(sign_in_name) as uow:
        rows = uow.session.scalars(queries.visible_files(uow.actor).order_by(JournalFile.number.desc())).all()
    words = [_words(row) for row in rows]
    say("\n".join(words) or "No file was made yet.", as_json=as_json, files=[_told(row) for row in rows])


@journal_files.command(epilog="Example: phb journal-files make 2026-10 --as finance@northvale.example")
@click.argument("month", type=click.DateTime(["%Y-%m"]))
@as_option
@json_option
def make(*, month: datetime, sign_in_name: str, as_json: bool) -> None:
    """Make a file of every journal up to the end of MONTH that is in no file yet."""
    with unit_of(sign_in_name) as uow:
        row = operations.make_file(uow, month.date())
    say(f"{_words(row)} Take it away with `phb journal-files get {row.number}`.", as_json=as_json, **_told(row))


@journal_files.command(epilog="Example: phb journal-files get 7 --out october.csv --as finance@northvale.example")
@click.argument("number", type=int)
@click.option("--out", help="The file to write; named by its number and month, if left out.")
@as_option
@json_option
def get(*, number: int, out: str | None, sign_in_name: str, as_json: bool) -> None:
    """Write the file NUMBER as it was made."""
    with unit_of(sign_in_name) as uow:
        row = queries.journal_file(uow.session, uow.actor, number)
        content = row.content
    path = Path(out or row.name)
    write_file(path, content)
    say(f"Journal file {number} is in {path}.", as_json=as_json, file=str(path), **_told(row))


def _words(row: JournalFile) -> str:
    return (
        f"File {row.number}, up to {month_in_words(row.until_month)}: {row.journals:,} journals in {row.lines:,} "
        f"lines, {format_pounds(row.debit)} on each side."
    )


def _told(row: JournalFile) -> dict[str, object]:
    return {
        "number": row.number,
        "until_month": f"{row.until_month:%Y-%m}",
        "journals": row.journals,
        "lines": row.lines,
        "debit": row.debit,
        "credit": row.credit,
        "digest": row.digest.hex(),
    }
