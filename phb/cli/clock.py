"""`phb clock`: tell the time that the system goes by, and move a settable clock forward."""

from datetime import datetime

import click

from phb.cli import units
from phb.cli.output import json_option, say
from phb.core.clock import LONDON, installation_now, move_clock
from phb.core.uow import begin_installation


@click.command(epilog="Example: phb clock --to 2026-04-30T09:00")
@click.option("--to", type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d"]), help="Move forward to this time in London.")
@json_option
def clock(*, to: datetime | None, as_json: bool) -> None:
    """Show the clock, or move one that was made settable.

    Recorded instants, due dates and expiries follow it. A database keeps real time unless it was made with
    PHB_CLOCK=settable, for demonstrations and tests.
    """
    with units.sessions() as opened, begin_installation(opened) as session:
        if to is not None:
            move_clock(session, to.replace(tzinfo=LONDON))
        now = installation_now(session).astimezone(LONDON)
    say(f"It is {now:%-d %B %Y %H:%M} in London.", as_json=as_json, now=now.isoformat())
