"""A message is written with the work, delivered after it, tried again, and given up in the end."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from threading import Event, Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from phb.core import outbox
from phb.core.clock import SystemClock
from phb.core.outbox import FIRST_WAIT, MOST_ATTEMPTS, DeliveryError, Message, MessageState
from phb.core.uow import UnitOfWork
from tests.people.conftest import Service

KIND = "tasks.digest"


@dataclass
class Post:
    """The messages of one commissioner, and what was handed over."""

    service: Service
    handed_over: list[Message] = field(default_factory=list)

    @property
    def recipient_id(self) -> UUID:
        return self.service.administrator.user_id

    def unit(self) -> AbstractContextManager[UnitOfWork]:
        return self.service.unit(self.service.administrator)

    def write(self, key: UUID | None = None, **facts: Any) -> UUID:
        key = key or uuid4()
        with self.unit() as uow:
            outbox.add(uow, KIND, self.recipient_id, key=key, **(facts or {"count": 3}))
        return key

    def take(self, message: Message) -> bool:
        self.handed_over.append(message)
        return True

    def deliver(
        self, hand_over: Callable[[Message], bool] | None = None, *, after: timedelta = timedelta(0)
    ) -> MessageState | None:
        real_now = SystemClock().now() + timedelta(seconds=1) + after
        with self.unit() as uow:
            return outbox.deliver_next(uow, hand_over or self.take, real_now=real_now)

    def rows(self) -> list[Any]:
        with self.unit() as uow:
            return list(uow.session.execute(text("SELECT * FROM outbox_message ORDER BY try_at, id")))


@pytest.fixture
def post(session_factory: sessionmaker[Session]) -> Post:
    """Return a commissioner's messages: none yet."""
    return Post(Service(session_factory))


def refuse(_message: Message) -> bool:
    raise DeliveryError


def test_a_message_is_delivered_once(post: Post) -> None:
    key = post.write(count=3, first_due_on=date(2026, 4, 4))
    assert post.deliver() is MessageState.DELIVERED
    assert post.deliver() is None
    (message,) = post.handed_over
    assert (message.key, message.kind, message.recipient_id) == (key, KIND, post.recipient_id)
    assert message.facts == {"count": 3, "first_due_on": "2026-04-04"}
    assert message.written_at == datetime(2026, 4, 1, 11, tzinfo=UTC)


def test_the_same_key_writes_one_message(post: Post) -> None:
    key = uuid4()
    with post.unit() as uow:
        assert outbox.add(uow, KIND, post.recipient_id, key=key, count=1)
        assert not outbox.add(uow, KIND, post.recipient_id, key=key, count=1)
    assert len(post.rows()) == 1


def test_what_is_rolled_back_is_never_delivered(post: Post) -> None:
    def write_and_fail() -> None:
        with post.unit() as uow:
            outbox.add(uow, KIND, post.recipient_id, key=uuid4(), count=1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert post.deliver() is None


def test_cut_off_after_the_hand_over_it_is_handed_over_again_under_the_same_key(post: Post) -> None:
    key = post.write()

    def die(message: Message) -> bool:
        post.take(message)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        post.deliver(die)
    assert post.deliver() is MessageState.DELIVERED
    assert [message.key for message in post.handed_over] == [key, key]


def test_what_cannot_be_delivered_waits_twice_as_long_each_time_and_is_given_up(post: Post) -> None:
    post.write()
    waited = timedelta(0)
    for attempt in range(MOST_ATTEMPTS - 1):
        assert post.deliver(refuse, after=waited) is MessageState.WAITING
        assert post.deliver(refuse, after=waited) is None
        waited += FIRST_WAIT * 2**attempt + timedelta(seconds=1)
    assert post.deliver(refuse, after=waited) is MessageState.FAILED
    assert post.deliver(after=timedelta(days=400)) is None
    (row,) = post.rows()
    assert (row.state, row.attempts) == ("failed", MOST_ATTEMPTS)


def test_a_message_that_fails_does_not_hold_up_the_next(post: Post) -> None:
    first, second = post.write(), post.write()
    refused: list[UUID] = []

    def refuse_one(message: Message) -> bool:
        if not refused:
            refused.append(message.key)
            raise DeliveryError
        return post.take(message)

    states = [post.deliver(refuse_one) for _ in range(3)]
    assert states == [MessageState.WAITING, MessageState.DELIVERED, None]
    assert {refused[0], post.handed_over[0].key} == {first, second}


def test_what_has_nowhere_to_go_is_withdrawn(post: Post) -> None:
    post.write()
    assert post.deliver(lambda _message: False) is MessageState.WITHDRAWN


def test_what_was_overtaken_is_withdrawn_and_what_was_delivered_is_not(post: Post) -> None:
    post.write()
    post.deliver()
    post.write()
    with post.unit() as uow:
        assert outbox.withdraw(uow, "another.kind", [post.recipient_id]) == 0
        assert outbox.withdraw(uow, KIND, [uuid4()]) == 0
        assert outbox.withdraw(uow, KIND, [post.recipient_id]) == 1
    assert sorted(row.state for row in post.rows()) == ["delivered", "withdrawn"]


def test_two_who_deliver_at_once_take_two_messages(post: Post) -> None:
    keys = {post.write(), post.write()}
    holds, may_go_on = Event(), Event()

    def slowly(message: Message) -> bool:
        holds.set()
        assert may_go_on.wait(20)
        return post.take(message)

    first = Thread(target=post.deliver, args=(slowly,))
    first.start()
    assert holds.wait(20)
    assert post.deliver() is MessageState.DELIVERED
    assert post.deliver() is None
    may_go_on.set()
    first.join()
    assert {message.key for message in post.handed_over} == keys


def test_it_is_known_what_waits_and_what_may_be_tried(post: Post) -> None:
    now = SystemClock().now() + timedelta(seconds=1)
    with post.unit() as uow:
        assert (outbox.count_waiting(uow.session), outbox.is_ready(uow.session, now)) == (0, False)
    post.write()
    with post.unit() as uow:
        assert (outbox.count_waiting(uow.session), outbox.is_ready(uow.session, now)) == (1, True)
    post.deliver(refuse)
    with post.unit() as uow:
        assert (outbox.count_waiting(uow.session), outbox.is_ready(uow.session, now)) == (1, False)


@pytest.mark.parametrize("fact", ["Aled Example", "999 123 4567", "9991234567", 9_991_234_567, "20-29-59"])
def test_nothing_personal_is_kept(post: Post, fact: str | int) -> None:
    with pytest.raises(IntegrityError, match="ck_outbox_message_facts"):
        post.write(said=fact)


@pytest.mark.parametrize(
    ("ended", "statement", "refusal"),
    [
        (True, "UPDATE outbox_message SET state = 'waiting', ended_at = NULL", "never changed or removed"),
        (False, "UPDATE outbox_message SET state = 'delivered'", "ck_outbox_message_ended"),
        (False, "UPDATE outbox_message SET state = 'lost', ended_at = now()", "ck_outbox_message_state"),
        (False, "UPDATE outbox_message SET attempts = -1", "ck_outbox_message_attempts"),
        (False, "UPDATE outbox_message SET facts = '{}'", "permission denied"),
        (False, "DELETE FROM outbox_message", "permission denied"),
    ],
)
def test_the_table_refuses(post: Post, ended: bool, statement: str, refusal: str) -> None:  # noqa: FBT001 - a case
    post.write()
    if ended:
        post.deliver()
    with pytest.raises((DBAPIError, IntegrityError), match=refusal), post.unit() as uow:
        uow.session.execute(text(statement))


def test_a_message_goes_to_a_user_of_the_commissioner(post: Post) -> None:
    with pytest.raises(IntegrityError, match="fk_outbox_message_recipient"), post.unit() as uow:
        outbox.add(uow, KIND, uuid4(), key=uuid4(), count=1)
    with pytest.raises(IntegrityError, match="ck_outbox_message_kind"), post.unit() as uow:
        outbox.add(uow, "Dear Aled", post.recipient_id, key=uuid4(), count=1)


def test_another_commissioner_delivers_nothing_of_it(post: Post, session_factory: sessionmaker[Session]) -> None:
    post.write()
    other = Post(Service(session_factory))
    assert (other.deliver(), other.rows()) == (None, [])
    assert post.deliver() is MessageState.DELIVERED
