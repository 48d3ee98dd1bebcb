"""`phb user`: what only whoever has the shell may do for a user."""

from datetime import timedelta

import click

from phb.cli import units
from phb.cli.output import json_option, say
from phb.core.uow import begin
from phb.people.kinds import TokenScope
from phb.people.organisations.operations import founder
from phb.people.sign_in import actor_named
from phb.people.users.credentials import issue_token


@click.group()
def user() -> None:
    """Give a user a token."""


@user.command(epilog="Example: phb user token ann@northvale.example --hours 8")
@click.argument("sign_in_name")
@click.option("--hours", type=click.IntRange(1, 24 * 365), default=8, show_default=True, help="How long it lasts.")
@click.option("--scope", type=click.Choice([scope.value for scope in TokenScope]), default="write", show_default=True)
@json_option
def token(*, sign_in_name: str, hours: int, scope: str, as_json: bool) -> None:
    """Issue a bearer token for SIGN_IN_NAME; it is shown this once."""
    with units.sessions() as opened:
        actor = actor_named(opened, sign_in_name)
        with begin(opened, founder(actor.commissioner_id)) as uow:
            issued = issue_token(
                uow, actor.user_id, scope=TokenScope(scope), label="Issued at the shell", lasts=timedelta(hours=hours)
            )
    expires_at = issued.row.expires_at
    say(issued.token, as_json=as_json, token=issued.token, expires_at=expires_at.isoformat())
