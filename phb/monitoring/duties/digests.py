"""A daily message to who wants it: how much they have to do and by when, and nothing of what it is about."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import uuid5

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from phb.core import outbox
from phb.core.actor import Actor
from phb.core.errors import RuleViolationError
from phb.core.uow import UnitOfWork
from phb.governance import audit, policy
from phb.governance.models import MailChoice
from phb.governance.policies import MailedTo, TaskPolicy
from phb.monitoring.duties.queries import summary
from phb.people.models import User
from phb.people.sign_in import actor_of_user
from phb.people.users.roles import STAFF

KIND = "tasks.digest"
HOW_TO_STOP = (
    "We write in the morning, when there is something for you to do. To stop these messages, sign in and open "
    "“Messages in the morning” at the end of your first page."
)
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class NoAddressError(RuleViolationError):
    """Somebody wants to be written to who has no address."""

    code = "no-mail-address"


def write(uow: UnitOfWork) -> int:
    """Write a message to every user who has something to do and wants to hear of it; return how many.

    What still waits from another day is taken back: the new message says more. The keys derive from the request, so
    that the same run writes the same messages once.
    """
    users = [user for user in uow.session.scalars(select(User).order_by(User.id)) if is_address(user.sign_in_name)]
    outbox.withdraw(uow, KIND, [user.id for user in users])
    mailed_to = policy.read(uow.session, TaskPolicy, uow.today).mail
    choices = {row.user_id: row.digest for row in uow.session.scalars(select(MailChoice))}
    return sum(_write(uow, user, choices.get(user.id), mailed_to) for user in users)


def choose(uow: UnitOfWork, *, wanted: bool) -> bool:
    """Say whether the actor wants to be written to, whatever their role.

    Raises:
        NoAddressError: they sign in under a name that nobody can write to.
    """
    own = uow.session.get(User, (uow.commissioner_id, uow.actor.user_id))
    if wanted and own is not None and not is_address(own.sign_in_name):
        raise NoAddressError(
            "We cannot write to you, because your sign-in name is no e-mail address. Ask an administrator to change "
            "it.",
            field="wanted",
        )
    values = {
        "commissioner_id": uow.commissioner_id,
        "user_id": uow.actor.user_id,
        "digest": wanted,
        "chosen_at": uow.now,
    }
    new = insert(MailChoice).values(values)
    changed = {"digest": wanted, "chosen_at": uow.now}
    uow.session.execute(new.on_conflict_do_update(index_elements=["commissioner_id", "user_id"], set_=changed))
    audit.record(uow, "mail.chosen", "user", uow.actor.user_id, digest=wanted)
    return wanted


def is_wanted(session: Session, actor: Actor, today: date) -> bool:
    """Say whether the actor is written to: as they chose, or as the policy says of their roles."""
    chosen = session.get(MailChoice, (actor.commissioner_id, actor.user_id))
    mailed_to = policy.read(session, TaskPolicy, today).mail
    return _wants(actor, chosen.digest if chosen else None, mailed_to)


def is_address(sign_in_name: str) -> bool:
    """Say whether somebody signs in under an e-mail address, so that they can be written to."""
    return ADDRESS.fullmatch(sign_in_name) is not None


def words(facts: Mapping[str, Any]) -> str:
    """Return what the message says."""
    count, first = facts["count"], date.fromisoformat(facts["first_due_on"])
    things = "1 thing" if count == 1 else f"{count} things"
    which = "" if count == 1 else ", the first"
    see = "it" if count == 1 else "them"
    return f"You have {things} to do{which} by {first:%-d %B}. Sign in to see {see}.\n\n{HOW_TO_STOP}"


def _write(uow: UnitOfWork, user: User, chosen: bool | None, mailed_to: MailedTo) -> bool:  # noqa: FBT001 - as stored
    actor = actor_of_user(uow.session, uow.commissioner_id, user.id, uow.today)
    if actor is None or not _wants(actor, chosen, mailed_to):
        return False
    found = summary(uow.session, actor, uow.today)
    if found.first_due_on is None:
        return False
    key = uuid5(uow.request_id, str(user.id))
    return outbox.add(uow, KIND, user.id, key=key, count=found.count, first_due_on=found.first_due_on)


def _wants(actor: Actor, chosen: bool | None, mailed_to: MailedTo) -> bool:  # noqa: FBT001 - as stored
    if chosen is not None:
        return chosen
    return mailed_to is MailedTo.EVERYBODY or (mailed_to is MailedTo.STAFF and bool(actor.roles & STAFF))
