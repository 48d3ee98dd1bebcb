"""`phb demo`: two invented commissioners and a year of theirs; `phb demo generate`: the files they import."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from phb.cli.output import json_option, say
from phb.cli.serve import answer, port_option
from phb.core.errors import ConflictError
from phb.core.settings import Settings
from phb.demo import opening, outputs, sign_ins, summary
from phb.demo.caseload import files
from phb.demo.caseload.who.cases import PEOPLE, SEED
from phb.demo.office import Office
from phb.demo.year.living import live
from phb.monitoring.reconcile import verify_books

OUT = Path("out") / "demo"
FOLDER = click.Path(file_okay=False, path_type=Path)


class DemoBooksError(ConflictError):
    """An identity of the demonstration's books does not hold."""

    code = "demo-books-unsound"


class NotLivedError(ConflictError):
    """The demonstration's year is not there to look at."""

    code = "demo-not-lived"


@click.group(invoke_without_command=True, epilog="Example: phb demo")
@click.option("--anew", is_flag=True, help="Drop the demonstration's database and live the year again.")
@click.option("--samples", type=FOLDER, default=files.SAMPLES, help="Live other files, as `phb demo generate` writes.")
@json_option
@click.pass_context
def demo(context: click.Context, *, anew: bool, samples: Path, as_json: bool) -> None:
    """Import two invented commissioners and live twelve months through the operations; writes out/demo/.

    It has a database of its own, phb_demo. A second time it finds the year lived, verifies the books and writes the
    files again.
    """
    if context.invoked_subcommand is None:
        _demonstrate(samples, anew=anew, as_json=as_json)


@demo.command(epilog="Example: phb demo generate")
@click.option("--people", type=click.IntRange(1), default=PEOPLE, show_default=True, help="How many Northvale has.")
@click.option("--seed", type=int, default=SEED, show_default=True, help="Another number, other people.")
@click.option("--out", "--to", "out", type=FOLDER, default=files.SAMPLES, help="Where to; samples/, if left out.")
@json_option
def generate(*, people: int, seed: int, out: Path, as_json: bool) -> None:
    """Write the invented files anew: a caseload of any size, and the same every time for the same numbers.

    Some 909,000 people get an NHS number of the test range; whoever comes after them is not traced yet.
    """
    with _bar() as bar:
        task = bar.add_task("Writing", total=people)
        changed = files.write(
            out,
            people=people,
            seed=seed,
            progress=lambda done: bar.update(task, completed=done) if done % 100 == 0 else None,
        )
    sentence = f"{len(changed)} files changed." if changed else "Every file was up to date."
    say(sentence, as_json=as_json, changed=changed)


@demo.command("serve", epilog="Example: phb demo serve --port 8000")
@port_option
@json_option
def serve_(*, port: int, as_json: bool) -> None:
    """Answer the API over the demonstration's data on 127.0.0.1 until you stop it with Control-C."""
    with opening.open_installation(Settings.from_environment()) as installation:
        if not opening.is_over(installation.sessions):
            raise NotLivedError("The demonstration's year has not been lived yet. Run `make demo` first.")
        for line in _look_further(installation, installation.office(opening.COMMISSIONERS[0], files.SAMPLES)):
            click.echo(line, err=as_json)
        answer(installation.sessions, port, as_json=as_json)


def _demonstrate(samples: Path, *, anew: bool, as_json: bool) -> None:
    console = Console(stderr=as_json)
    with opening.open_installation(Settings.from_environment(), anew=anew, hurry=True) as installation:
        offices = [installation.office(about, samples) for about in opening.COMMISSIONERS]
        there = opening.is_over(installation.sessions)
        if not there:
            _live(console, installation, offices)
        _verify(offices)
        written, facts = outputs.write(OUT, offices), summary.of(offices)
        lines = [*summary.lines(facts), *_opened(installation, offices[0], written)]
    if as_json:
        say("", as_json=True, lived_before=there, written=written, happened=facts)
        return
    console.print("The year was lived before; its books were verified again." if there else "The year is over.")
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True)


def _live(console: Console, installation: opening.Installation, offices: list[Office]) -> None:
    with _bar(console) as bar:
        task = bar.add_task("Importing", total=(opening.LAST_DAY - opening.FIRST_DAY).days)
        for office in offices:
            console.print(f"Importing samples/{office.about.folder}: {office.about.name}", highlight=False)
            opening.found(installation, office.about)
            opening.import_first_day(office)

        def tell(day: date) -> None:
            bar.update(task, completed=(day - opening.FIRST_DAY).days, description=f"{day:%-d %B %Y}")

        live(offices, progress=tell)


def _bar(console: Console | None = None) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console or Console(stderr=True), transient=True)


def _verify(offices: list[Office]) -> None:
    for office in offices:
        with office.unit(office.staff.auditor) as uow:
            failed = [result for result in verify_books(uow.session) if result.first_breach]
        if failed:
            raise DemoBooksError(f"The books of {office.about.name} are unsound: {failed[0].sentence} It fails.")


def _opened(installation: opening.Installation, office: Office, written: Mapping[str, int]) -> list[str]:
    counts = ", ".join(f"{count} {kind}" for kind, count in written.items())
    return [
        f"Written to {OUT}: {counts}.",
        f"Open {OUT}/northvale/statements/ in a browser, run `make serve`, or look into the database:",
        *_look_further(installation, office),
    ]


def _look_further(installation: opening.Installation, office: Office) -> list[str]:
    address = installation.url.render_as_string(hide_password=False)
    sign_in = office.staff.auditor
    return [
        f"  export PHB_DATABASE_URL='{address}' PHB_KEY_FILE='{installation.key_path}'",
        f"  .venv/bin/phb ledger verify --as {sign_in}",
        f"  .venv/bin/phb user token {sign_in} --scope read",
        f"Sign in to {office.about.name} as one of these; the password is “{sign_ins.PASSWORD}”:",
        *sign_ins.table(office),
        "The rest of the staff have it too; everybody's sign-in name is in samples/*/users*.csv.",
    ]
