"""The way out for messages: a folder with one file for each, for a mail server of the commissioner's to pick up."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from phb.core import outbox
from phb.core.outbox import DeliveryError, Message, MessageState
from phb.core.uow import begin
from phb.governance.permissions import the_system
from phb.jobs import heads
from phb.jobs.work import Channel, Installation
from phb.monitoring.duties import digests
from phb.people.models import User

SENDER = "Personal health budgets <no-reply@phb.invalid>"
SUBJECTS = {digests.KIND: "What you have to do", heads.KIND: heads.SUBJECT}
WORDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {digests.KIND: digests.words, heads.KIND: heads.words}
ATTACHED: Mapping[str, Callable[[Mapping[str, Any]], tuple[str, bytes]]] = {heads.KIND: heads.attached}


@dataclass(frozen=True)
class MailFolder:
    """A folder that mail is put into; a file is named by its delivery key, so that the same mail is there once."""

    path: Path

    def deliver(self, message: Message, *, address: str) -> None:
        """Put a message into the folder, whole or not at all.

        Raises:
            DeliveryError: the folder cannot be written.
        """
        unfinished = self.path / f".{message.key}.unfinished"
        try:
            unfinished.write_bytes(bytes(compose(message, address)))
            unfinished.rename(self.path / f"{message.key}.eml")
        except OSError as error:
            raise DeliveryError from error


def compose(message: Message, address: str) -> EmailMessage:
    """Return a message as mail: besides the address there is nothing personal in it."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = SENDER, address, SUBJECTS[message.kind]
    mail["Date"] = format_datetime(message.written_at)
    mail["Message-ID"] = f"<{message.key}@phb.invalid>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(WORDS[message.kind](message.facts))
    if message.kind in ATTACHED:
        name, content = ATTACHED[message.kind](message.facts)
        mail.add_attachment(content, maintype="application", subtype="json", filename=name)
    return mail


def deliver_all(installation: Installation, channel: Channel, commissioner_id: UUID) -> Counter[MessageState]:
    """Deliver every message of a commissioner that may be tried now, each in a unit of work of its own."""
    counts: Counter[MessageState] = Counter()
    while (state := _deliver_one(installation, channel, commissioner_id)) is not None:
        counts[state] += 1
    return counts


def _deliver_one(installation: Installation, channel: Channel, commissioner_id: UUID) -> MessageState | None:
    with begin(installation.sessions, the_system(commissioner_id), clock=installation.clock) as uow:

        def hand_over(message: Message) -> bool:
            address = _address_of(uow.session, commissioner_id, message.recipient_id)
            if address is not None:
                channel.deliver(message, address=address)
            return address is not None

        return outbox.deliver_next(uow, hand_over, real_now=installation.real_now())


def _address_of(session: Session, commissioner_id: UUID, user_id: UUID) -> str | None:
    """Return where a user is written to, or None where they no longer sign in under an address."""
    name = session.get_one(User, (commissioner_id, user_id)).sign_in_name
    return name if digests.is_address(name) else None
