"""`phb funders`: what other funders bear, asking them for it, and booking what they pay."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import click

from phb.cli.output import json_option, say
from phb.cli.units import as_option, unit_of
from phb.core.actor import Permission
from phb.core.money import format_pounds, pounds_typed
from phb.ledger import funders as books
from phb.ledger.posting import Posted

Command = TypeVar("Command", bound=Callable[..., object])
DAY = click.DateTime(["%Y-%m-%d"])
TOLD = ("fund", "year", "spent", "paid_out", "contributions", "missed", "asked", "received", "owed", "to_ask")


@click.group()
def funders() -> None:
    """Ask the other funders of integrated budgets for their shares; docs/funders.md says how shares work."""


def until_option(command: Command) -> Command:
    """Add the day that a command counts to."""
    return click.option("--until", type=DAY, help="Up to the end of this day; today, if left out.")(command)


def paid_arguments(command: Command) -> Command:
    """Add what was paid: FUND, YEAR, AMOUNT and the day."""
    for argument in (
        click.option("--on", type=DAY, required=True, help="The day it was paid."),
        click.argument("amount"),
        click.argument("year", type=int),
        click.argument("fund"),
    ):
        command = argument(command)
    return command


@funders.command("list", epilog="Example: phb funders list --until 2026-09-30 --as finance@northvale.example")
@until_option
@as_option
@json_option
def listed(*, until: datetime | None, sign_in_name: str, as_json: bool) -> None:
    """Show what each funder bears, was asked for and has paid, year by year."""
    with unit_of(sign_in_name) as uow:
        uow.actor.require(Permission.LEDGER_READ)
        rows = books.funder_years(uow.session, until.date() if until else uow.today)
    words = [
        f"{row.fund}, {row.year} to {row.year + 1}: {format_pounds(row.spent)} spent, "
        f"{format_pounds(row.paid_out)} paid out, {format_pounds(row.asked)} asked for, "
        f"{format_pounds(row.received)} received, {format_pounds(row.to_ask)} to ask"
        for row in rows
    ]
    told = [{name: getattr(row, name) for name in TOLD} for row in rows]
    say("\n".join(words) or "Nothing was booked by then.", as_json=as_json, funders=told)


@funders.command(epilog="Example: phb funders ask --until 2026-09-30 --as finance@northvale.example")
@until_option
@as_option
@json_option
def ask(*, until: datetime | None, sign_in_name: str, as_json: bool) -> None:
    """Ask every funder for what it was not asked for yet, and owe it what was too much."""
    with unit_of(sign_in_name) as uow:
        done = books.ask_funders(uow, until.date() if until else uow.today)
    words = f"Funders are asked for {format_pounds(done.asked)}, and owed {format_pounds(done.owed_back)} back."
    say(words, as_json=as_json, asked=done.asked, owed_back=done.owed_back)


@funders.command(
    epilog="Example: phb funders received council 2026 1250.00 --on 2026-10-12 --as finance@northvale.example"
)
@paid_arguments
@as_option
@json_option
def received(*, fund: str, year: int, amount: str, on: datetime, sign_in_name: str, as_json: bool) -> None:
    """Book that FUND paid AMOUNT of what it owes for the financial year that began in YEAR."""
    with unit_of(sign_in_name) as uow:
        posted = books.receive(uow, fund, year, pounds_typed(amount), on.date())
    _say(f"Booked: {fund} paid {amount}.", posted, as_json=as_json)


@funders.command(
    epilog="Example: phb funders paid-back council 2026 80.00 --on 2026-10-12 --as finance@northvale.example"
)
@paid_arguments
@as_option
@json_option
def paid_back(*, fund: str, year: int, amount: str, on: datetime, sign_in_name: str, as_json: bool) -> None:
    """Book that FUND was paid AMOUNT of what it is owed for the financial year that began in YEAR."""
    with unit_of(sign_in_name) as uow:
        posted = books.pay_back(uow, fund, year, pounds_typed(amount), on.date())
    _say(f"Booked: {fund} was paid {amount} back.", posted, as_json=as_json)


def _say(words: str, posted: Posted, *, as_json: bool) -> None:
    say(words, as_json=as_json, journal_id=posted.journal_id)
