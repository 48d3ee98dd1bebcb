"""Which files were taken in before: the SHA-256 of each, by kind, so that a file sent twice is noticed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from phb.core.actor import Role
from phb.core.clock import london_date
from phb.core.uow import UnitOfWork
from phb.documents.words import say_day
from phb.intake.models import TakenFile


@dataclass(frozen=True)
class TakenBefore:
    """When the same file was last taken, and the roles of who sent it."""

    on: date
    roles: Sequence[Role]

    def sentence(self, unchanged: int) -> str:
        """Return this in words, with how many of its rows changed nothing now."""
        who = " and ".join(map(_with_article, self.roles))
        rows = "1 row is" if unchanged == 1 else f"{unchanged} rows are"
        return f"This same file was taken in on {say_day(self.on)} by {who}; {rows} unchanged."


def last_time(session: Session, kind: str, content: bytes) -> TakenBefore | None:
    """Return when a file of a kind was last taken in, or None."""
    row = TakenFile
    query = select(row).where(row.kind == kind, row.sha256 == sha256(content).digest())
    found = session.scalars(query.order_by(row.taken_at.desc(), row.id).limit(1)).first()
    return None if found is None else TakenBefore(london_date(found.taken_at), [Role(role) for role in found.roles])


def remember(uow: UnitOfWork, kind: str, content: bytes) -> None:
    """Remember that a file of a kind was taken in."""
    uow.session.add(
        TakenFile(
            commissioner_id=uow.commissioner_id,
            kind=kind,
            sha256=sha256(content).digest(),
            taken_by=uow.actor.user_id,
            roles=sorted(uow.actor.roles),
            taken_at=uow.now,
        )
    )


def _with_article(role: Role) -> str:
    words = role.replace("_", " ")
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"
