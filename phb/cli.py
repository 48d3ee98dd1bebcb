"""The `phb` command: each subcommand is one domain call and some printing."""

import json
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn, TypeVar

import click
from click.exceptions import NoArgsIsHelpError
from sqlalchemy.exc import OperationalError

from phb.core import migration
from phb.core.database import database_url
from phb.core.embedded_server import EmbeddedServer, EmbeddedServerError
from phb.core.errors import DomainError
from phb.core.roles import RolesError
from phb.core.settings import Settings, SettingsError

REFUSED = 1
BAD_USAGE = 2

Command = TypeVar("Command", bound=Callable[..., object])


def json_option(command: Command) -> Command:
    """Add `--json` to a command, which then gets `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Write one JSON object for machines.")(command)


def say(sentence: str, *, as_json: bool, **facts: object) -> None:
    """Print the outcome of a command: a sentence for people, or the facts for machines."""
    click.echo(json.dumps(facts, default=str) if as_json else sentence)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Run personal health budgets: plan, pay, account and report."""


@cli.group()
def db() -> None:
    """Make, change and check the database.

    It is the one PHB_DATABASE_URL names, or else the embedded server's under var/.
    """


@db.command(epilog="Example: phb db upgrade")
@json_option
def upgrade(*, as_json: bool) -> None:
    """Bring the database to the newest version, making it and its roles when missing."""
    revision = migration.upgrade(database_url(Settings.from_environment()))
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


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command and leave with 0 done, 1 refused, 2 bad usage; an error is one sentence on standard error."""
    try:
        cli.main(arguments, prog_name="phb", standalone_mode=False)
    except DomainError as error:
        _leave(error.sentence, REFUSED)
    except (EmbeddedServerError, RolesError) as error:
        _leave(str(error), REFUSED)
    except OperationalError as error:
        _leave(f"The database cannot be reached: {str(error.orig).splitlines()[0]}", REFUSED)
    except SettingsError as error:
        _leave(str(error), BAD_USAGE)
    except NoArgsIsHelpError as error:
        _leave(error.format_message(), BAD_USAGE)
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "phb"
        _leave(f"{error.format_message()} See `{path} --help`.", BAD_USAGE)
    except click.ClickException as error:
        _leave(error.format_message(), error.exit_code)
    except click.Abort:
        _leave("Stopped before it was done.", REFUSED)
    sys.exit(0)


def _leave(sentence: str, status: int) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(status)
