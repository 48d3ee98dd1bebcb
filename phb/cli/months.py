"""`phb months`: close the months of the books, and open them again."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import click

from phb.cli.output import json_option, say
from phb.cli.units import as_option, unit_of
from phb.core.actor import Permission
from phb.core.period import month_in_words
from phb.ledger import periods
from phb.ledger.models import PeriodStep
from phb.ledger.periods import Stage

Command = TypeVar("Command", bound=Callable[..., object])

STAGES = {
    Stage.OPEN: "open",
    Stage.ADJUSTING: "takes adjustments alone",
    Stage.CLOSED: "closed for good",
}


@click.group()
def months() -> None:
    """Close the months of the books, and open them again; docs/periods.md says how months work."""


def month_argument(command: Command) -> Command:
    """Add the month that a command is about."""
    return click.argument("month", type=click.DateTime(["%Y-%m"]))(command)


@months.command("list", epilog="Example: phb months list --as finance@northvale.example")
@as_option
@json_option
def listed(*, sign_in_name: str, as_json: bool) -> None:
    """Show the last thirteen months, and what each takes."""
    with unit_of(sign_in_name) as uow:
        uow.actor.require(Permission.LEDGER_READ)
        found = periods.months(uow.session, uow.today)
    told = [
        {"month": f"{row.month:%Y-%m}", "stage": row.stage, "next_steps": list(row.next_steps)}
        for row in reversed(found)
    ]
    words = [f"{month_in_words(row.month)}: {STAGES[row.stage]}" for row in reversed(found)]
    say("\n".join(words), as_json=as_json, months=told)


@months.command(epilog="Example: phb months close 2026-09 --as finance@northvale.example")
@month_argument
@as_option
@json_option
def close(*, month: datetime, sign_in_name: str, as_json: bool) -> None:
    """Close MONTH for everything but adjustments; what comes late is reported in the first open month."""
    _take(sign_in_name, periods.close, month, said="{} takes adjustments alone now.", as_json=as_json)


@months.command("close-for-good", epilog="Example: phb months close-for-good 2026-09 --as finance@northvale.example")
@month_argument
@as_option
@json_option
def close_for_good(*, month: datetime, sign_in_name: str, as_json: bool) -> None:
    """Close MONTH for adjustments too, and store its trial balance with its hash."""
    _take(sign_in_name, periods.close_for_good, month, said="{} is closed for good.", as_json=as_json)


@months.command(
    "ask-to-reopen",
    epilog='Example: phb months ask-to-reopen 2026-09 --reason "September lacks a payment" '
    "--as finance@northvale.example",
)
@month_argument
@click.option("--reason", required=True, help="Why; the second person and the auditors read it.")
@as_option
@json_option
def ask_to_reopen(*, month: datetime, reason: str, sign_in_name: str, as_json: bool) -> None:
    """Ask for MONTH, the last one closed, to be opened again; an approver opens it."""
    said = "You have asked for {} to be opened again. An approver opens it."
    _take(sign_in_name, periods.ask_to_reopen, month, reason, said=said, as_json=as_json)


@months.command(epilog="Example: phb months reopen 2026-09 --as approver@northvale.example")
@month_argument
@as_option
@json_option
def reopen(*, month: datetime, sign_in_name: str, as_json: bool) -> None:
    """Open MONTH again, as the second person."""
    _take(sign_in_name, periods.reopen, month, said="{} is open again.", as_json=as_json)


def _take(
    sign_in_name: str, step: Callable[..., PeriodStep], month: datetime, *more: str, said: str, as_json: bool
) -> None:
    with unit_of(sign_in_name) as uow:
        taken = step(uow, month.date(), *more)
    digest = taken.digest.hex() if taken.digest else None
    words = said.format(month_in_words(month.date())) + (
        f" The hash of its trial balance is {digest}." if digest else ""
    )
    say(words, as_json=as_json, month=f"{month:%Y-%m}", step=taken.step, digest=digest)
