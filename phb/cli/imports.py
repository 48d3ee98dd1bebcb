"""`phb import`: take a file in, row by row, and give bad rows back; or write a template to fill in."""

from pathlib import Path

import click

from phb.cli.output import json_option, progress, say
from phb.cli.units import unit_of
from phb.core.errors import RuleViolationError
from phb.intake.importing import NotTakenError, Report, import_file
from phb.intake.kinds import KINDS
from phb.intake.templates import TEMPLATE_FORMATS


class RowsGivenBackError(RuleViolationError):
    """Some rows were not taken."""

    code = "rows-given-back"


@click.command("import", epilog="Example: phb import people people.csv --as ann@northvale.example")
@click.argument("kind", type=click.Choice(sorted(KINDS)))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--as", "sign_in_name", help="The sign-in name of who acts; needed to import.")
@click.option("--dry-run", is_flag=True, help="Say what would happen and take nothing.")
@click.option("--all-or-nothing", is_flag=True, help="Take no row unless all are good.")
@click.option("--bad-rows", type=click.Path(dir_okay=False, path_type=Path), help="Where to write the rows given back.")
@click.option("--template", type=click.Choice(list(TEMPLATE_FORMATS)), help="Write an empty FILE of the KIND instead.")
@json_option
def import_(
    *,
    kind: str,
    file: Path | None,
    sign_in_name: str | None,
    dry_run: bool,
    all_or_nothing: bool,
    bad_rows: Path | None,
    template: str | None,
    as_json: bool,
) -> None:
    """Import a FILE of one KIND: CSV, JSON lines or an Excel workbook.

    Headings are checked first. Good rows go in; bad rows come back with their number, the reason and what to do. The
    same file again changes nothing. docs/imports.md lists the headings of every kind, and what is accepted.
    """
    if template is not None:
        _write_template(kind, template, file or Path(f"{kind}{TEMPLATE_FORMATS[template].suffix}"), as_json=as_json)
        return
    if file is None or sign_in_name is None:
        raise click.UsageError("Name the FILE, and say with --as who imports it.")
    report = _import(kind, _read(file), sign_in_name, dry_run=dry_run, all_or_nothing=all_or_nothing)
    _tell(report, bad_rows, as_json=as_json)


def _write_template(kind: str, template: str, file: Path, *, as_json: bool) -> None:
    """Write a template, and never over a file that may have rows in it."""
    try:
        with file.open("xb") as out:
            out.write(TEMPLATE_FORMATS[template].render(KINDS[kind]))
    except FileExistsError as error:
        raise click.FileError(str(file), "It is there already. Name another FILE after the KIND.") from error
    except OSError as error:
        raise click.FileError(str(file), error.strerror) from error
    say(f"Fill in {file}, then import it.", as_json=as_json, file=str(file), kind=kind)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise click.BadParameter(f"“{file}” cannot be read: {error.strerror}.", param_hint="FILE") from error


def _import(kind: str, content: bytes, sign_in_name: str, *, dry_run: bool, all_or_nothing: bool) -> Report:
    try:
        with unit_of(sign_in_name) as uow, progress() as bar:
            task = bar.add_task(f"Importing {kind}")
            return import_file(
                uow,
                KINDS[kind],
                content,
                all_or_nothing=all_or_nothing,
                dry_run=dry_run,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )
    except NotTakenError as undone:
        return undone.report


def _tell(report: Report, bad_rows: Path | None, *, as_json: bool) -> None:
    say(
        "\n".join([report.sentence, *report.warnings]),
        as_json=as_json,
        counts=report.counts,
        written=not report.undone,
        warnings=report.warnings,
        bad_rows=[{"row": bad.number, "code": bad.code, "reason": bad.reason} for bad in report.bad_rows],
    )
    if not report.bad_rows:
        return
    if bad_rows is not None:
        bad_rows.write_text(report.bad_rows_as_csv(), encoding="utf-8-sig", newline="")
    for bad in report.bad_rows:
        click.echo(f"Row {bad.number}: {bad.reason}", err=True)
    raise RowsGivenBackError(f"{len(report.bad_rows)} rows were given back; mend them and import the file again.")
