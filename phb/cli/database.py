"""`phb db`: make, change, check and stop the database."""

from pathlib import Path

import click

from phb.cli.output import json_option, say
from phb.cli.units import as_option, unit_of
from phb.core import migration
from phb.core.actor import Permission
from phb.core.backup import backup as write_backup
from phb.core.backup import restore as read_backup
from phb.core.clock import SystemClock
from phb.core.database import database_url
from phb.core.embedded_server import EmbeddedServer
from phb.core.settings import Settings
from phb.ledger import sealing
from phb.ledger.readers import let_read


@click.group()
def db() -> None:
    """Make, change and check the database.

    It is the one PHB_DATABASE_URL names, or else the embedded server's under var/.
    """


@db.command(epilog="Example: phb db upgrade")
@json_option
def upgrade(*, as_json: bool) -> None:
    """Bring the database to the newest version, making it and its roles when missing."""
    settings = Settings.from_environment()
    revision = migration.upgrade(database_url(settings), clock=settings.clock)
    say(f"The database is at version {revision}.", as_json=as_json, revision=revision)


@db.command(epilog="Example: phb db check")
@json_option
def check(*, as_json: bool) -> None:
    """Check that the database is at the newest version and that the models match its tables."""
    migration.check(database_url(Settings.from_environment()))
    revision = migration.head()
    say(f"The database is at version {revision}; models and tables match.", as_json=as_json, revision=revision)


@db.command(epilog="Example: phb db rehearse")
@json_option
def rehearse(*, as_json: bool) -> None:
    """Go up, down, up and check in a new database on the same server, then drop it."""
    migration.rehearse(database_url(Settings.from_environment()))
    revision = migration.head()
    say(f"Up to version {revision}, down, up again: models and tables match.", as_json=as_json, revision=revision)


@db.command("let-read", epilog="Example: phb db let-read audit_firm --as admin@northvale.example")
@click.argument("login")
@as_option
@json_option
def let_login_read(*, login: str, sign_in_name: str, as_json: bool) -> None:
    """Let the database login LOGIN read the books of one's own commissioner, with any program, and nothing else.

    Make the login first, in PostgreSQL: CREATE ROLE audit_firm LOGIN PASSWORD '...'.
    """
    with unit_of(sign_in_name) as uow:
        uow.actor.require(Permission.USER_WRITE)
    let_read(database_url(Settings.from_environment()), login, uow.commissioner_id)
    say(f"{login} reads the books of your commissioner, and changes nothing.", as_json=as_json, login=login)


@db.command(epilog="Example: phb db backup --out books.dump")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
@json_option
def backup(*, out: Path, as_json: bool) -> None:
    """Write the whole database into one file, which you alone can read; docs/backup.md says what else to keep."""
    write_backup(database_url(Settings.from_environment()), out)
    say(f"The database is in {out}.", as_json=as_json, file=str(out))


@db.command(epilog="Example: phb db restore books.dump")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def restore(*, file: Path, as_json: bool) -> None:
    """Read the backup FILE into an empty database, and tell the seals; docs/backup.md says what to do then."""
    url = database_url(Settings.from_environment())
    read_backup(url, file)
    number = sealing.begin_epoch(url, SystemClock().now())
    say(
        f"{file} is restored, and epoch {number} has begun. Run `phb ledger verify` next.",
        as_json=as_json,
        epoch=number,
    )


@db.command(epilog="Example: phb db stop")
@json_option
def stop(*, as_json: bool) -> None:
    """Stop the embedded server; its data stay."""
    stopped = EmbeddedServer(Settings.from_environment().var_path).stop()
    sentence = "The embedded server is stopped." if stopped else "No embedded server was running."
    say(sentence, as_json=as_json, stopped=stopped)
