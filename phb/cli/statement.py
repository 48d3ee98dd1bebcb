"""`phb statement`: write the statement of a budget to a file."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

import click

from phb.cli.output import json_option, say, write_file
from phb.cli.units import as_option, known_at_option, unit_of
from phb.core.period import Period
from phb.statements.formats import FORMATS
from phb.statements.operations import issue_statement
from phb.statements.queries import budget_by_reference

DAY = click.DateTime(["%Y-%m-%d"])
STANDARD_OUTPUT = "-"


@click.command(
    epilog="Example: phb statement NV-2026-0042 --from 2026-04-01 --to 2026-06-30 --as auditor@northvale.example"
)
@click.argument("budget")
@click.option("--from", "first_day", type=DAY, required=True, help="The first day.")
@click.option("--to", "last_day", type=DAY, required=True, help="The last day; inside the statement.")
@click.option("--format", "format_name", type=click.Choice(list(FORMATS)), help="The holder's own, if left out.")
@click.option("--out", help="The file to write; - for standard output; a name with reference and days, if left out.")
@known_at_option
@as_option
@json_option
def statement(
    *,
    budget: str,
    first_day: datetime,
    last_day: datetime,
    format_name: str | None,
    out: str | None,
    known_at: datetime | None,
    sign_in_name: str,
    as_json: bool,
) -> None:
    """Write the statement of BUDGET, its reference or its id, for some days."""
    period = Period.of_days(first_day.date(), last_day.date())
    with unit_of(sign_in_name) as uow:
        budget_id = _id(budget) or budget_by_reference(uow.session, uow.actor, budget, uow.today).id
        issued = issue_statement(uow, budget_id, period, format_name=format_name, known_at=known_at)
    if out == STANDARD_OUTPUT:
        click.echo(issued.content, nl=False)
        return
    file = Path(out or issued.file_name)
    write_file(file, issued.content)
    say(
        f"The statement is in {file}.",
        as_json=as_json,
        file=str(file),
        format=issued.format_name,
        first_day=issued.period.start_on,
        last_day=issued.period.last_day,
    )


def _id(budget: str) -> UUID | None:
    try:
        return UUID(budget)
    except ValueError:
        return None
