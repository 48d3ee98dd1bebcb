"""`phb ledger`: check the books and read their balances."""

from dataclasses import asdict
from datetime import datetime

import click
from rich.console import Console
from rich.table import Table

from phb.cli.output import json_option, say
from phb.cli.units import as_option, unit_of
from phb.core.actor import Permission
from phb.core.errors import ConflictError
from phb.core.money import format_pounds
from phb.ledger import identities, queries
from phb.monitoring.reconcile import verify_books


class BooksUnsoundError(ConflictError):
    """An identity of the books does not hold."""

    code = "books-unsound"


@click.group()
def ledger() -> None:
    """Check the books and read their balances."""


@ledger.command(epilog="Example: phb ledger verify --as auditor@northvale.example")
@as_option
@json_option
def verify(*, sign_in_name: str, as_json: bool) -> None:
    """Check every identity of the books; leave with 1 at the first that fails, saying where and by how much."""
    with unit_of(sign_in_name) as uow:
        uow.actor.require(Permission.LEDGER_READ)
        results = verify_books(uow.session)
    if as_json:
        say("", as_json=True, identities=[asdict(result) for result in results])
    else:
        for result in results:
            click.echo(f"{result.number:>2}  {result.sentence} {_verdict(result)}")
    failed = [result.number for result in results if result.first_breach]
    if failed:
        raise BooksUnsoundError(f"{len(failed)} of the identities fail; look first at the place named above.")


def _verdict(result: identities.IdentityResult) -> str:
    breach = result.first_breach
    return f"Fails at {breach.place}, by {breach.off_by_pence} pence." if breach else "Holds."


@ledger.command(
    "trial-balance", epilog="Example: phb ledger trial-balance --as-of 2026-09-30 --as auditor@northvale.example"
)
@as_option
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="At the end of this day; now, if left out.")
@json_option
def trial_balance(*, sign_in_name: str, as_of: datetime | None, as_json: bool) -> None:
    """Show every account's balance by layer and funder."""
    with unit_of(sign_in_name) as uow:
        uow.actor.require(Permission.LEDGER_READ)
        balances = queries.trial_balance(uow.session, as_of=as_of.date() if as_of else None)
    if as_json:
        say("", as_json=True, balances=[asdict(balance) for balance in balances])
    else:
        Console().print(_as_table(balances))


def _as_table(balances: list[queries.Balance]) -> Table:
    table = Table("Layer", "Account", "Fund", "Debit", "Credit", title="Trial balance")
    for balance in balances:
        amount = format_pounds(abs(balance.amount))
        sides = (amount, "") if balance.amount.amount >= 0 else ("", amount)
        table.add_row(balance.layer.name.lower(), balance.account, balance.fund, *sides)
    return table
