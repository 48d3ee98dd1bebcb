"""`phb db`: make, change, check and stop the database."""

import click

from phb.cli.output import json_option, say
from phb.core import migration
from phb.core.database import database_url
from phb.core.embedded_server import EmbeddedServer
from phb.core.settings import Settings


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


@db.command(epilog="Example: phb db stop")
@json_option
def stop(*, as_json: bool) -> None:
    """Stop the embedded server; its data stay."""
    stopped = EmbeddedServer(Settings.from_environment().var_path).stop()
    sentence = "The embedded server is stopped." if stopped else "No embedded server was running."
    say(sentence, as_json=as_json, stopped=stopped)
