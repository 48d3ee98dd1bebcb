"""`phb report`: the auditor's reports on the screen or as files."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from uuid import UUID

import click

from phb.cli.lists import file_options, print_document, write_list
from phb.cli.output import json_option, say
from phb.cli.units import as_option, unit_of
from phb.core.days import Days
from phb.core.money import pounds
from phb.documents import as_json as plain
from phb.ledger.chart import Account
from phb.reports.catalogue import REPORTS
from phb.reports.document import document_of
from phb.reports.report import Asked

DAY = click.DateTime(["%Y-%m-%d"])


def asked_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add what a report can be narrowed by to a command, which then gets `asked`."""

    @click.option("--from", "first_day", type=DAY, help="The first day.")
    @click.option("--to", "last_day", type=DAY, help="The last day; inside the report.")
    @click.option("--at-least", help="The least amount in pounds, for example 125.50.")
    @click.option("--account", type=click.Choice([one.value for one in Account]), help="One account of the books.")
    @click.option("--journal", type=click.UUID, help="The number of one journal.")
    @wraps(command)
    def narrowed(
        *,
        first_day: datetime | None,
        last_day: datetime | None,
        at_least: str | None,
        account: str | None,
        journal: UUID | None,
        **given: object,
    ) -> None:
        days = Days(first_day and first_day.date(), last_day and last_day.date())
        asked = Asked(days, pounds(at_least) if at_least else None, Account(account) if account else None, journal)
        command(asked=asked, **given)

    return narrowed


@click.command(epilog="Example: phb report payments --at-least 5000.00 --format xlsx --as auditor@northvale.example")
@click.argument("name", type=click.Choice(list(REPORTS)))
@asked_options
@as_option
@file_options
@json_option
def report(
    *, name: str, asked: Asked, sign_in_name: str, format_name: str | None, out: str | None, as_json: bool
) -> None:
    """Show the report NAME."""
    with unit_of(sign_in_name) as uow:
        document, today = document_of(uow, name, asked), uow.today
    if format_name is not None:
        write_list(document, format_name, f"{name}-{today}", out, as_json=as_json)
    elif as_json:
        say("", as_json=True, **plain.as_plain(document))
    else:
        print_document(document)
