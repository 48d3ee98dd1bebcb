"""`phb import`: take a file in, row by row, and give bad rows back."""

import sys
from pathlib import Path

import click
from rich.progress import Progress

from phb.cli.output import json_option, say
from phb.cli.units import as_option, unit_of
from phb.core.errors import RuleViolationError
from phb.intake.importing import NotTakenError, Report, import_file
from phb.intake.kinds import KINDS


class RowsGivenBackError(RuleViolationError):
    """Some rows were not taken."""

    code = "rows-given-back"


@click.command("import", epilog="Example: phb import people people.csv --as ann@northvale.example")
@click.argument("kind", type=click.Choice(sorted(KINDS)))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_option
@click.option("--dry-run", is_flag=True, help="Say what would happen and take nothing.")
@click.option("--all-or-nothing", is_flag=True, help="Take no row unless all are good.")
@click.option("--bad-rows", type=click.Path(dir_okay=False, path_type=Path), help="Where to write the rows given back.")
@json_option
def import_(
    *,
    kind: str,
    file: Path,
    sign_in_name: str,
    dry_run: bool,
    all_or_nothing: bool,
    bad_rows: Path | None,
    as_json: bool,
) -> None:
    """Import a FILE of one KIND: CSV in UTF-8, or JSON lines.

    Headings are checked first. Good rows go in; bad rows come back with their number, the reason and what to do. The
    same file again changes nothing. docs/imports.md lists the headings of every kind.
    """
    try:
        with unit_of(sign_in_name) as uow, Progress(transient=True, disable=not sys.stderr.isatty()) as bar:
            task = bar.add_task(f"Importing {kind}")
            report = import_file(
                uow,
                KINDS[kind],
                file.read_bytes(),
                all_or_nothing=all_or_nothing,
                dry_run=dry_run,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )
    except NotTakenError as undone:
        report = undone.report
    _tell(report, bad_rows, as_json=as_json)


def _tell(report: Report, bad_rows: Path | None, *, as_json: bool) -> None:
    say(
        report.sentence,
        as_json=as_json,
        counts=report.counts,
        bad_rows=[{"row": bad.number, "code": bad.code, "reason": bad.reason} for bad in report.bad_rows],
    )
    if not report.bad_rows:
        return
    if bad_rows is not None:
        bad_rows.write_text(report.bad_rows_as_csv(), encoding="utf-8", newline="")
    for bad in report.bad_rows:
        click.echo(f"Row {bad.number}: {bad.reason}", err=True)
    raise RowsGivenBackError(f"{len(report.bad_rows)} rows were given back; mend them and import the file again.")
