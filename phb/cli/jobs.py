"""`phb jobs`: what happens by itself: a list of it, and the process that does it."""

import signal
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.table import Column, Table
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from phb.app import open_sessions
from phb.cli.output import json_option, say
from phb.core.clock import LONDON
from phb.core.job_log import RunState
from phb.core.settings import Settings
from phb.core.uow import begin, begin_installation
from phb.edge import log
from phb.governance.jobs import JobView, listing
from phb.governance.permissions import the_system
from phb.jobs import scheduler
from phb.jobs.mail import MailFolder
from phb.jobs.running import Ran
from phb.jobs.work import Installation
from phb.people.models import Commissioner
from phb.people.organisations.queries import commissioners

NOT_OVER = {RunState.FAILED: "to be tried again", RunState.GIVEN_UP: "given up"}


@click.group()
def jobs() -> None:
    """Do what happens by itself, and tell what did."""


@jobs.command("run", epilog="Example: phb jobs run")
@click.option("--once", is_flag=True, help="Do everything that is due now, and leave.")
@click.option(
    "--every",
    type=click.IntRange(1, 3600),
    default=scheduler.EVERY_SECONDS,
    show_default=True,
    help="Seconds between looking for what is due.",
)
@json_option
def run_(*, once: bool, every: int, as_json: bool) -> None:
    """Do what is due until you stop it with Control-C: in a process of its own, beside `phb serve`.

    What is due follows the clock of the database. What was missed is caught up, and nothing is done twice: a second
    one that is started waits until the first ends. Mail goes into the folder PHB_MAIL_FOLDER, or waits;
    the heads of seals go into PHB_HEADS_FOLDER.
    """
    log.configure()
    signal.signal(signal.SIGTERM, _stop)
    with _installation() as (engine, installation):
        if once:
            ran = scheduler.run_once(engine, installation)
            say(_in_words(ran), as_json=as_json, ran=[_as_facts(one) for one in ran])
        else:
            scheduler.run(engine, installation, every=every, tell=lambda words: click.echo(words, err=True))


@jobs.command("list", epilog="Example: phb jobs list")
@json_option
def list_(*, as_json: bool) -> None:
    """Show every job of every commissioner: what it does, its last run and what came of it, and its next one."""
    settings = Settings.from_environment()
    with open_sessions(settings) as sessions:
        found = _listings(sessions)
    if as_json:
        say("", as_json=True, jobs=[_facts_of(row, view) for row, views in found for view in views])
        return
    console = Console()
    for row, views in found:
        console.print(_table(row, views))
    waiting = sum(view.messages_waiting for _, views in found for view in views)
    if waiting and settings.mail_path is None:
        console.print(
            f"{waiting} {'message waits' if waiting == 1 else 'messages wait'}, because nothing says where mail goes. "
            "Set PHB_MAIL_FOLDER to a folder, and start `phb jobs run` again."
        )


@contextmanager
def _installation() -> Iterator[tuple[Engine, Installation]]:
    settings = Settings.from_environment()
    mail = MailFolder(settings.mail_path) if settings.mail_path else None
    with open_sessions(settings) as sessions:
        engine = sessions.kw["bind"]
        yield engine, Installation(sessions, mail, settings.heads_path)


def _listings(sessions: sessionmaker[Session]) -> list[tuple[Commissioner, list[JobView]]]:
    with begin_installation(sessions) as session:
        rows = commissioners(session)
    found = []
    for row in rows:
        with begin(sessions, the_system(row.id)) as uow:
            found.append((row, listing(uow.session, uow.actor, uow.now)))
    return found


def _table(row: Commissioner, views: Sequence[JobView]) -> Table:
    name = Column("Job", no_wrap=True)
    table = Table(name, "Runs", "Last run", "What came of it", "Next due", title=row.name, title_justify="left")
    for view in views:
        last = view.last
        came = "" if last is None else " ".join(filter(None, (NOT_OVER.get(RunState(last.state)), last.sentence)))
        table.add_row(
            view.job.name,
            view.job.when_in_words,
            _when(_ran_at(view)),
            came,
            _when(view.next_at),
        )
    return table


def _facts_of(row: Commissioner, view: JobView) -> dict[str, Any]:
    last = view.last
    return {
        "commissioner": row.code,
        "name": view.job.name,
        "does": view.job.does,
        "when": view.job.when_in_words,
        "last_due_at": last and last.due_at,
        "state": last and last.state,
        "sentence": last and last.sentence,
        "counts": last and last.counts,
        "next_at": view.next_at,
        "messages_waiting": view.messages_waiting,
    }


def _as_facts(ran: Ran) -> dict[str, Any]:
    return {
        "commissioner_id": ran.due.commissioner_id,
        "job": ran.due.job,
        "due_at": ran.due.due_at,
        "state": ran.state,
    }


def _in_words(ran: Sequence[Ran]) -> str:
    if not ran:
        return "Nothing was due."
    counts = Counter(one.state for one in ran)
    failed = counts[RunState.FAILED] + counts[RunState.GIVEN_UP]
    sentence = f"{len(ran)} {'run was' if len(ran) == 1 else 'runs were'} due; {len(ran) - failed} done."
    return f"{sentence} {failed} failed: look at `phb jobs list`." if failed else sentence


def _ran_at(view: JobView) -> datetime | None:
    """Return when the last run was due, or began where the job has no time of its own."""
    if view.last is None:
        return None
    return view.last.due_at if view.job.when else view.last.started_at


def _when(at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone(LONDON):%-d %B %Y %H:%M}"


def _stop(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt
