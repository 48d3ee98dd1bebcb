"""`phb check`: the checks of the standard model from live data."""

from datetime import datetime

import click

from phb.api.checks import ANEW, AS_OF, ChecksBody
from phb.cli.lists import file_options, print_document, write_list
from phb.cli.output import json_option, say
from phb.cli.units import as_option, unit_of
from phb.indicators import documents, queries


@click.command(epilog="Example: phb check --as-of 2026-09-30 --format xlsx --as auditor@northvale.example")
@as_option
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help=f"{AS_OF[0].upper()}{AS_OF[1:]}.")
@click.option("--anew", is_flag=True, help=f"{ANEW[0].upper()}{ANEW[1:]}.")
@file_options
@json_option
def check(
    *, sign_in_name: str, as_of: datetime | None, anew: bool, format_name: str | None, out: str | None, as_json: bool
) -> None:
    """Show each check with what was counted, the exact share, the threshold, the verdict and what is missing.

    A file in csv holds the checks alone; xlsx and pdf hold what was counted too.
    """
    with unit_of(sign_in_name) as uow:
        day = as_of.date() if as_of else queries.day_to_show(uow.session, uow.actor, uow.today)
        if as_json and format_name is None:
            say("", as_json=True, **ChecksBody().dump(queries.checks(uow.session, uow.actor, day, anew=anew)))
            return
        document = documents.checks(uow.session, uow.actor, day, anew=anew)
    if format_name is None:
        print_document(document)
    else:
        write_list(document, format_name, f"checks-{day}", out, as_json=as_json)
