"""`phb ledger`: check the books and read their balances."""

from dataclasses import asdict
from datetime import datetime

import click

from phb.cli.lists import file_options, print_document, write_list
from phb.cli.output import json_option, say
from phb.cli.units import as_option, unit_of
from phb.core.actor import Permission
from phb.core.errors import ConflictError
from phb.indicators import documents
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
@file_options
@json_option
def trial_balance(
    *, sign_in_name: str, as_of: datetime | None, format_name: str | None, out: str | None, as_json: bool
) -> None:
    """Show every account's balance by layer and funder."""
    day = as_of.date() if as_of else None
    with unit_of(sign_in_name) as uow:
        if as_json and format_name is None:
            uow.actor.require(Permission.LEDGER_READ)
            balances = queries.trial_balance(uow.session, as_of=day)
            say("", as_json=True, balances=[asdict(balance) for balance in balances])
            return
        document = documents.balances(uow.session, uow.actor, as_of=day, today=uow.today)
    if format_name is None:
        print_document(document)
    else:
        write_list(document, format_name, f"trial-balance-{day or uow.today}", out, as_json=as_json)
