"""`phb ledger`: check the books and read their balances."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from uuid import UUID

import click

from phb.cli.lists import file_options, print_document, write_list
from phb.cli.output import file_to_write, json_option, progress, say
from phb.cli.units import as_option, in_london, known_at_option, unit_of
from phb.core.actor import Permission
from phb.core.clock import SystemClock
from phb.core.database import database_url
from phb.core.errors import ConflictError
from phb.core.settings import Settings
from phb.indicators import documents
from phb.ledger import identities, periods, queries, sealing
from phb.ledger.export import export as write_archive
from phb.ledger.plain_text import Dialect, plain_text
from phb.ledger.trial import of_fund
from phb.ledger.views import view_known_at
from phb.monitoring.reconcile import verify_books
from phb.statements.queries import budget_by_reference
from phb.statements.shown import told_figures


class BooksUnsoundError(ConflictError):
    """An identity of the books does not hold."""

    code = "books-unsound"


@click.group()
def ledger() -> None:
    """Check the books and read their balances."""


@ledger.command(epilog="Example: phb ledger verify --since 2026-09-30T18:00 --as auditor@northvale.example")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%dT%H:%M"]),
    callback=in_london,
    help="Look again only at budgets posted to since this time in London, when the books were found to hold.",
)
@as_option
@json_option
def verify(*, since: datetime | None, sign_in_name: str, as_json: bool) -> None:
    """Check every identity of the books; leave with 1 at the first that fails, saying where and by how much."""
    with unit_of(sign_in_name) as uow, progress() as bar:
        uow.actor.require(Permission.LEDGER_READ)
        task = bar.add_task("Checking", total=None)
        view = view_known_at(uow.session, since) if since else None
        results = verify_books(
            uow.session, since=view, told=lambda done, of: bar.update(task, completed=done, total=of)
        )
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
@known_at_option
@click.option("--month", type=click.DateTime(["%Y-%m"]), help="Of this month, as it was closed for good.")
@click.option("--fund", help="Of this funder alone, such as council.")
@file_options
@json_option
def trial_balance(
    *,
    sign_in_name: str,
    as_of: datetime | None,
    known_at: datetime | None,
    month: datetime | None,
    fund: str | None,
    format_name: str | None,
    out: str | None,
    as_json: bool,
) -> None:
    """Show every account's balance by layer and funder."""
    if month and (as_of or known_at):
        raise click.UsageError("Give a month alone, or a day and what was known when.", click.get_current_context())
    day, of_month = as_of and as_of.date(), month and month.date()
    with unit_of(sign_in_name) as uow:
        if as_json and format_name is None:
            uow.actor.require(Permission.LEDGER_READ)
            closed = periods.closed_month(uow.session, of_month) if of_month else None
            view = view_known_at(uow.session, known_at) if known_at else None
            balances = closed.balances if closed else queries.trial_balance(uow.session, as_of=day, view=view)
            digest = {"digest": closed.digest.hex()} if closed else {}
            say("", as_json=True, balances=[asdict(balance) for balance in of_fund(balances, fund)], **digest)
            return
        document = documents.balances(
            uow.session, uow.actor, as_of=day, known_at=known_at, today=uow.today, month=of_month, fund=fund
        )
    if format_name is None:
        print_document(document)
    else:
        write_list(document, format_name, f"trial-balance-{day or of_month or uow.today}", out, as_json=as_json)


@ledger.command(epilog="Example: phb ledger seal --as auditor@northvale.example")
@as_option
@json_option
def seal(*, sign_in_name: str, as_json: bool) -> None:
    """Seal journals and audit events now, and show the heads of their chains.

    Keep a head: whoever has it can tell later whether anything it covers was altered.
    """
    with unit_of(sign_in_name) as uow:
        uow.actor.require(Permission.LEDGER_READ)
        sealing.seal(uow)
        heads = sealing.heads(uow.session)
    words = [f"{head.stream.value}: {head.last_place:,} sealed, head {head.head.hex()}" for head in heads]
    told = [head.told() for head in heads]
    say("\n".join(words) or "There is nothing to seal yet.", as_json=as_json, heads=told)


@ledger.command(epilog="Example: phb ledger proof 0191f3a0-0000-7000-8000-000000000000 --as auditor@northvale.example")
@click.argument("journal_id", type=click.UUID)
@as_option
@json_option
def proof(*, journal_id: UUID, sign_in_name: str, as_json: bool) -> None:
    """Show that the journal JOURNAL_ID is under a head; docs/seals.md says how to follow the path by hand."""
    with unit_of(sign_in_name) as uow:
        uow.actor.require(Permission.LEDGER_READ)
        found = sealing.proof_of(uow.session, journal_id)
    path = [("left" if step.is_left else "right", step.node.hex()) for step in found.path]
    steps = [f"with {node} on the {side}" for side, node in path]
    words = [
        f"Journal no. {found.place:,}, in block {found.block:,}.",
        f"leaf    {found.leaf.hex()}",
        *steps,
        f"root    {found.root.hex()}",
        f"before  {found.earlier_head.hex() if found.earlier_head else 'nothing: this is the first block'}",
        f"head    {found.head.hex()}",
    ]
    hashes = ("leaf", "root", "earlier_head", "head")
    told = asdict(found) | {name: _hex(getattr(found, name)) for name in hashes} | {"path": path}
    say("\n".join(words), as_json=as_json, **told)


def _hex(value: bytes | None) -> str | None:
    return value.hex() if value else None


@ledger.command(epilog="Example: phb ledger export --out books.zip --as auditor@northvale.example")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
@click.option("--budget", help="The reference of one budget: its journals alone, each tied to the published heads.")
@as_option
@json_option
def export(*, out: Path, budget: str | None, sign_in_name: str, as_json: bool) -> None:
    """Write the books into an archive that anybody can check with Python alone; docs/check-the-books.md says how."""
    with unit_of(sign_in_name) as uow:
        uow.actor.require(Permission.LEDGER_READ)
        sealing.seal(uow)
    with unit_of(sign_in_name, one_view=True) as uow, progress() as bar:
        budget_id = budget_by_reference(uow.session, uow.actor, budget, uow.today).id if budget else None
        task = bar.add_task("Writing journals", total=None)
        with file_to_write(out) as file:
            count = write_archive(
                uow,
                file,
                budget_id=budget_id,
                statements=told_figures(uow.session, budget_id),
                told=lambda done, of: bar.update(task, completed=done, total=of),
            )
    say(
        f"{count:,} {'journal is' if count == 1 else 'journals are'} in {out}.",
        as_json=as_json,
        file=str(out),
        journals=count,
    )


@ledger.command(
    "plain-text",
    epilog="Example: phb ledger plain-text --dialect ledger --out books.journal --as auditor@northvale.example",
)
@click.option("--dialect", type=click.Choice([one.value for one in Dialect]), default="beancount", show_default=True)
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
@as_option
@json_option
def write_plain_text(*, dialect: str, out: Path, sign_in_name: str, as_json: bool) -> None:
    """Write the books as plain-text accounting, for beancount, or for hledger and ledger."""
    with unit_of(sign_in_name, one_view=True) as uow:
        uow.actor.require(Permission.LEDGER_READ)
        with file_to_write(out) as file:
            file.writelines(part.encode() for part in plain_text(uow.session, Dialect(dialect)))
    say(f"The books are in {out}.", as_json=as_json, file=str(out))


@ledger.command("begin-epoch", epilog="Example: phb ledger begin-epoch")
@json_option
def begin_epoch(*, as_json: bool) -> None:
    """Tell the seals that the database was restored from a backup; run it once, before anybody works on it."""
    number = sealing.begin_epoch(database_url(Settings.from_environment()), SystemClock().now())
    say(f"Epoch {number} has begun.", as_json=as_json, epoch=number)
