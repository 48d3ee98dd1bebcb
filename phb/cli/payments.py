"""`phb payments`: a payment run from assembly to settlement, each step by somebody else."""

from datetime import datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import click

from phb.cli.output import json_option, say, write_file
from phb.cli.units import as_option, unit_of
from phb.payments.runs import following, operations

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def payments() -> None:
    """Take a payment run from assembly to settlement.

    One person assembles a run, a second approves it and a third releases it.
    """


@payments.command(epilog="Example: phb payments assemble --entry-on 2026-04-30 --as fay@northvale.example")
@as_option
@click.option("--entry-on", type=DAY, required=True, help="The day the money arrives: a working day.")
@json_option
def assemble(*, sign_in_name: str, entry_on: datetime, as_json: bool) -> None:
    """Put what is due and may be paid into a new run; the rest is listed on it with reasons."""
    with unit_of(sign_in_name) as uow:
        run = operations.assemble_run(uow, entry_on=entry_on.date())
    say(f"Run {run.id} is assembled; a colleague approves it.", as_json=as_json, run_id=run.id)


@payments.command(epilog="Example: phb payments approve RUN --as abe@northvale.example")
@click.argument("run", type=click.UUID)
@as_option
@json_option
def approve(*, run: UUID, sign_in_name: str, as_json: bool) -> None:
    """Approve a RUN that a colleague assembled."""
    with unit_of(sign_in_name) as uow:
        operations.approve_run(uow, run)
    say(f"Run {run} is approved; a third colleague releases it.", as_json=as_json, run_id=run)


@payments.command(epilog="Example: phb payments release RUN --as rae@northvale.example")
@click.argument("run", type=click.UUID)
@as_option
@json_option
def release(*, run: UUID, sign_in_name: str, as_json: bool) -> None:
    """Release a RUN that two colleagues assembled and approved: its payments are booked as on their way."""
    with unit_of(sign_in_name) as uow:
        operations.release_run(uow, run)
    say(f"Run {run} is released; export its file next.", as_json=as_json, run_id=run)


@payments.command(epilog="Example: phb payments export RUN --out bacs.txt --as rae@northvale.example")
@click.argument("run", type=click.UUID)
@as_option
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Where to write the file.")
@json_option
def export(*, run: UUID, sign_in_name: str, out: Path, as_json: bool) -> None:
    """Write the bank's file of a released RUN; the same file every time."""
    with unit_of(sign_in_name) as uow:
        content = operations.file_for_bank(uow, run)
    write_file(out, content)
    digest = sha256(content).hexdigest()
    say(f"Written to {out}; its SHA-256 is {digest}.", as_json=as_json, run_id=run, file=out, sha256=digest)


@payments.command(epilog="Example: phb payments settle --as fay@northvale.example")
@as_option
@json_option
def settle(*, sign_in_name: str, as_json: bool) -> None:
    """Book the payments whose entry day has come as arrived."""
    with unit_of(sign_in_name) as uow:
        settlement = following.settle_due(uow, uow.today)
    settled = [run.id for run in settlement.settled]
    waiting = [run.id for run in settlement.not_exported]
    sentence = f"{len(settled)} runs are settled; {len(waiting)} wait for their file to be exported."
    say(sentence, as_json=as_json, settled=settled, not_exported=waiting)
