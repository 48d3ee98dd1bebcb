"""How a command reaches the database and acts for somebody."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import TypeVar

import click
from sqlalchemy.orm import Session, sessionmaker

from phb.app import open_sessions
from phb.core.clock import LONDON
from phb.core.settings import Settings
from phb.core.uow import UnitOfWork, begin
from phb.people.sign_in import actor_named

Command = TypeVar("Command", bound=Callable[..., object])


def as_option(command: Command) -> Command:
    """Add `--as` to a command: who acts; whoever has the shell needs no password."""
    return click.option("--as", "sign_in_name", required=True, help="The sign-in name of who acts.")(command)


def in_london(_context: click.Context, _option: click.Parameter, given: datetime | None) -> datetime | None:
    """Return a time that was given as the time in London; for options."""
    return given and given.replace(tzinfo=LONDON)


def known_at_option(command: Command) -> Command:
    """Add `--known-at` to a command, which then gets `known_at`: an instant, given as the time in London."""
    return click.option(
        "--known-at",
        type=click.DateTime(["%Y-%m-%dT%H:%M"]),
        callback=in_london,
        help="With what was known at this time in London; with what is known now, if left out.",
    )(command)


def sessions() -> AbstractContextManager[sessionmaker[Session]]:
    """Open sessions on the database that the environment names."""
    return open_sessions(Settings.from_environment())


@contextmanager
def unit_of(sign_in_name: str, *, one_view: bool = False) -> Iterator[UnitOfWork]:
    """Open a unit of work in which a named user acts; see begin()."""
    with sessions() as opened, begin(opened, actor_named(opened, sign_in_name), one_view=one_view) as uow:
        yield uow
