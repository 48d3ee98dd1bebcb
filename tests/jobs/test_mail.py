"""A message becomes one file, with nothing personal in it but the address it goes to."""

import json
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from time import monotonic
from uuid import UUID, uuid4

import pytest

from phb.core import outbox
from phb.core.actor import Role
from phb.core.clock import SystemClock
from phb.core.outbox import FIRST_WAIT, DeliveryError, Message
from phb.core.uow import begin
from phb.governance.jobs import DELIVER_MESSAGES, SEAL_BOOKS
from phb.governance.permissions import the_system
from phb.jobs import heads
from phb.jobs.mail import MailFolder
from phb.ledger import sealing
from phb.ledger.sealing import Head, Stream
from phb.people.users.operations import add_user
from tests.budget.conftest import World, stated
from tests.jobs.conftest import EARLY, Night

LONGEST = 20  # seconds
WRITTEN = datetime(2026, 4, 1, 6, tzinfo=UTC)


def message(count: int = 3) -> Message:
    return Message(uuid4(), "tasks.digest", uuid4(), {"count": count, "first_due_on": "2026-04-04"}, WRITTEN)


def read(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes(), policy=policy.default)


def test_a_message_is_a_file_named_by_its_key(tmp_path: Path) -> None:
    one = message()
    MailFolder(tmp_path).deliver(one, address="ada@northvale.example")
    (path,) = tmp_path.iterdir()
    mail = read(path)
    assert path.name == f"{one.key}.eml"
    assert (mail["To"], mail["Subject"]) == ("ada@northvale.example", "What you have to do")
    assert mail["Date"].datetime == WRITTEN
    first, how_to_stop = mail.get_content().split("\n\n")
    assert first == "You have 3 things to do, the first by 4 April. Sign in to see them."
    assert "To stop these messages, sign in" in how_to_stop


def test_the_same_message_handed_over_again_is_there_once(tmp_path: Path) -> None:
    one = message()
    for _ in range(2):
        MailFolder(tmp_path).deliver(one, address="ada@northvale.example")
    assert len(list(tmp_path.iterdir())) == 1


def test_one_thing_is_said_as_one(tmp_path: Path) -> None:
    MailFolder(tmp_path).deliver(message(1), address="ada@northvale.example")
    (path,) = tmp_path.iterdir()
    assert read(path).get_content().startswith("You have 1 thing to do by 4 April. Sign in to see it.\n")


def test_a_folder_that_is_gone_is_no_delivery(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError):
        MailFolder(tmp_path / "gone").deliver(message(), address="ada@northvale.example")


def test_nobody_adds_a_line_to_the_head_of_a_mail(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="linefeed"):
        MailFolder(tmp_path).deliver(message(), address="ada@northvale.example\nBcc: all@northvale.example")


@pytest.fixture
def reader(night: Night) -> UUID:
    """Return a user who signs in under an address."""
    with night.service.unit(night.service.administrator) as uow:
        return add_user(uow, sign_in_name=f"kit@{night.service.code.lower()}.example", name="Kit").id


def write(night: Night, recipient_id: UUID) -> UUID:
    """Write a message after the digests of the day, which take back what waits from before."""
    night.do()
    key = uuid4()
    with night.service.unit(night.service.administrator) as uow:
        outbox.add(uow, "tasks.digest", recipient_id, key=key, count=2, first_due_on="2026-04-04")
    night.real.at = SystemClock().now() + timedelta(seconds=1)
    return key


def test_a_message_is_delivered_into_the_folder_as_soon_as_there_is_one(
    night: Night, reader: UUID, tmp_path: Path
) -> None:
    key = write(night, reader)
    night.do()
    assert night.rows(DELIVER_MESSAGES) == []
    night.mail = MailFolder(tmp_path)
    assert [ran.due.job for ran in night.do()] == ["deliver-messages"]
    assert night.do() == []
    mail = read(tmp_path / f"{key}.eml")
    assert mail["To"] == f"kit@{night.service.code.lower()}.example"
    row = night.newest(DELIVER_MESSAGES)
    assert (row.sentence, row.counts) == ("1 message delivered.", {"delivered": 1, "tried_again": 0, "given_up": 0})


def test_while_the_folder_is_gone_messages_wait_and_are_tried_again(night: Night, reader: UUID, tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    night.mail = MailFolder(folder)
    key = write(night, reader)
    night.do()
    row = night.newest(DELIVER_MESSAGES)
    assert (row.state, row.sentence) == (
        "done",
        "No message delivered. 1 message to be tried again later, none given up.",
    )
    folder.mkdir()
    assert night.do() == []
    night.real.move(FIRST_WAIT)
    night.do()
    assert (folder / f"{key}.eml").exists()


def test_whoever_signs_in_under_no_address_gets_no_mail(night: Night, tmp_path: Path) -> None:
    night.mail = MailFolder(tmp_path)
    write(night, night.service.administrator.user_id)
    night.do()
    assert night.newest(DELIVER_MESSAGES).counts["delivered"] == 0
    assert list(tmp_path.iterdir()) == []
    assert night.do() == []


def seal_both(world: World) -> None:
    """Seal until both streams have a head; a transaction of anybody on this server holds the horizon back."""
    until = monotonic() + LONGEST
    found: list[Head] = []
    while len(found) < len(Stream) and monotonic() < until:
        with begin(world.service.sessions, the_system(world.service.commissioner_id)) as uow:
            sealing.seal(uow)
            found = sealing.heads(uow.session)


def test_the_heads_of_a_day_go_to_every_auditor_once(world: World, tmp_path: Path) -> None:
    """The file in the message is the one in the folder, which the checker reads, but for the instant."""
    world.active(stated("care", "100.00"))
    night = Night(world.service, mail=MailFolder(tmp_path), heads_path=tmp_path)
    world.service.with_address(Role.AUDITOR, "ada")
    seal_both(world)
    night.do()
    sealed = night.newest(SEAL_BOOKS)
    assert sealed.sentence is not None
    assert sealed.sentence.endswith("The heads go to 1 auditor.")
    with begin(world.service.sessions, the_system(world.service.commissioner_id), clock=night.clock) as uow:
        assert heads.write(uow, EARLY.date(), sealing.heads(uow.session)) == 0
    night.real.at = SystemClock().now() + timedelta(seconds=1)
    night.do()
    (letter,) = (found for found in map(read, tmp_path.glob("*.eml")) if found["Subject"] == heads.SUBJECT)
    (file,) = tmp_path.glob("*.json")
    (attached,) = letter.iter_attachments()
    assert (letter["To"], attached.get_filename()) == (f"ada@{world.service.code.lower()}.example", file.name)
    published = json.loads(file.read_text())
    for head in published["heads"]:
        del head["sealed_at"]
    assert json.loads(attached.get_content()) == published
    body = letter.get_body(("plain",))
    assert body is not None
    assert all(f"head {head['head']}" in body.get_content() for head in published["heads"])
