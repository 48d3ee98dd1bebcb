"""The heads of seals outside the database, beyond whoever alters the books: a file a day, a message to each auditor."""

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

from sqlalchemy import or_, select

from phb.core import outbox
from phb.core.actor import Role
from phb.core.uow import UnitOfWork
from phb.documents.words import say_day
from phb.ledger.sealing import Head, Stream
from phb.monitoring.duties.digests import is_address
from phb.people.models import User, UserRole

KIND = "seals.heads"
SUBJECT = "The heads of the books: keep this message"
CALLED = {Stream.JOURNALS: "Journals", Stream.AUDIT_EVENTS: "Audit events"}
FACTS = ("block", "last_place", "head")


def publish(folder: Path, commissioner_id: UUID, day: date, heads: Sequence[Head]) -> None:
    """Write a commissioner's heads of a day into a folder; whole or not at all.

    What was written for that day before stays as it is.
    """
    name = _file_name(commissioner_id, day)
    unfinished = folder / f".{name}.{uuid4().hex}"
    with unfinished.open("xb") as file:
        file.write(_told(commissioner_id, day, [head.told() for head in heads]))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        (folder / name).hardlink_to(unfinished)
    unfinished.unlink()


def write(uow: UnitOfWork, day: date, heads: Sequence[Head]) -> int:
    """Write the heads of a day to every auditor who can be written to, once; return to how many."""
    row = UserRole
    runs = (row.start_on <= uow.today, or_(row.end_on.is_(None), row.end_on > uow.today))
    auditors = select(row.user_id).where(row.role == Role.AUDITOR, *runs)
    users = uow.session.scalars(select(User).where(User.id.in_(auditors)).order_by(User.id))
    facts = {f"{head.stream.value}_{name}": value for head in heads for name, value in _facts(head).items()}
    facts |= {"day": day.isoformat(), "commissioner": str(uow.commissioner_id)}
    return sum(
        outbox.add(uow, KIND, user.id, key=uuid5(user.id, f"heads {day}"), **facts)
        for user in users
        if heads and is_address(user.sign_in_name)
    )


def words(facts: Mapping[str, Any]) -> str:
    """Return what the message says."""
    heads = "\n".join(
        f"{CALLED[head['stream']]} no. 1 to {head['last_place']:,}, up to block {head['block']:,}: head {head['head']}"
        for head in _heads(facts)
    )
    return (
        f"These are the heads of the seals of {say_day(date.fromisoformat(facts['day']))}:\n\n{heads}\n\n"
        "Keep this message where nobody else can change it. With it you can tell later whether anything that was "
        "recorded by then was altered, removed or added. The attached file is what the checker in an archive of the "
        "books reads.\n\nYou get this because you are an auditor."
    )


def attached(facts: Mapping[str, Any]) -> tuple[str, bytes]:
    """Return the name and the content of the file that goes with the message: the checker reads it."""
    commissioner_id, day = UUID(facts["commissioner"]), date.fromisoformat(facts["day"])
    return _file_name(commissioner_id, day), _told(commissioner_id, day, _heads(facts))


def _told(commissioner_id: UUID, day: date, heads: Sequence[Mapping[str, str | int]]) -> bytes:
    told = {"commissioner_id": str(commissioner_id), "day": day.isoformat(), "heads": heads}
    return json.dumps(told, indent=2).encode()


def _file_name(commissioner_id: UUID, day: date) -> str:
    return f"{day}-{commissioner_id}.json"


def _facts(head: Head) -> dict[str, str | int]:
    """Return a head as facts of a message, which hold codes in small letters and numbers alone."""
    return {"block": head.block, "last_place": head.last_place, "head": f"sha256:{head.head.hex()}"}


def _heads(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"stream": stream.value}
        | {name: facts[f"{stream.value}_{name}"] for name in FACTS}
        | {"head": facts[f"{stream.value}_head"].removeprefix("sha256:")}
        for stream in sorted(Stream)
        if f"{stream.value}_head" in facts
    ]
