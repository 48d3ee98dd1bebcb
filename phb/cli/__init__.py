"""The `phb` command: each subcommand is one domain call and some printing."""

import sys
from collections.abc import Sequence
from typing import NoReturn

import click
from click.exceptions import NoArgsIsHelpError
from sqlalchemy.exc import OperationalError

from phb.cli.budget import budget
from phb.cli.check import check
from phb.cli.clock import clock
from phb.cli.database import db
from phb.cli.demo import demo
from phb.cli.docs import docs
from phb.cli.funders import funders
from phb.cli.imports import import_
from phb.cli.jobs import jobs
from phb.cli.journal_files import journal_files
from phb.cli.ledger import ledger
from phb.cli.months import months
from phb.cli.payments import payments
from phb.cli.report import report
from phb.cli.serve import api, serve
from phb.cli.statement import statement
from phb.cli.users import user
from phb.core.embedded_server import EmbeddedServerError
from phb.core.errors import DomainError
from phb.core.roles import RolesError
from phb.core.settings import SettingsError

REFUSED = 1
BAD_USAGE = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Run personal health budgets: plan, pay, account and report."""


for group in (
    api,
    budget,
    check,
    clock,
    db,
    demo,
    docs,
    import_,
    jobs,
    ledger,
    funders,
    journal_files,
    months,
    payments,
    report,
    serve,
    statement,
    user,
):
    cli.add_command(group)


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
