"""A retry repeats nothing; a key belongs to one body of one user."""

from contextlib import AbstractContextManager
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from phb.core.actor import Actor
from phb.core.idempotency import KeyUsedForAnotherRequestError, StillRunningError, earlier_answer, keep_answer
from phb.core.uow import UnitOfWork, begin

BODY = b'{"amount": "5.00"}'


class Caller:
    """Somebody at a commissioner of their own who sends requests."""

    def __init__(self, sessions: sessionmaker[Session], commissioner_id: UUID | None = None) -> None:
        self._sessions = sessions
        self.commissioner_id = commissioner_id or uuid4()
        self._actor = Actor(uuid4(), self.commissioner_id, frozenset(), frozenset())

    def send(self, key: UUID) -> AbstractContextManager[UnitOfWork]:
        """Open the unit of work of a request."""
        return begin(self._sessions, self._actor, request_id=key)

    def answer(self, key: UUID, body: bytes = BODY) -> None:
        """Answer a request for the first time."""
        with self.send(key) as uow:
            assert earlier_answer(uow, body) is None
            keep_answer(uow, body, 201, '{"id": 7}')


@pytest.fixture
def caller(session_factory: sessionmaker[Session]) -> Caller:
    """Return a caller."""
    return Caller(session_factory)


def test_the_same_key_and_body_gives_the_first_answer(caller: Caller) -> None:
    key = uuid4()
    caller.answer(key)
    for _ in range(2):
        with caller.send(key) as uow:
            assert earlier_answer(uow, BODY) == (201, {"id": 7})


def test_another_body_under_the_key_is_refused(caller: Caller) -> None:
    key = uuid4()
    caller.answer(key)
    with caller.send(key) as uow, pytest.raises(KeyUsedForAnotherRequestError, match="was used for another request"):
        earlier_answer(uow, BODY + b" ")


def test_a_colleague_is_not_shown_the_answer(caller: Caller, session_factory: sessionmaker[Session]) -> None:
    key = uuid4()
    caller.answer(key)
    colleague = Caller(session_factory, caller.commissioner_id)
    with colleague.send(key) as uow, pytest.raises(KeyUsedForAnotherRequestError):
        earlier_answer(uow, BODY)


def test_another_commissioner_may_use_the_key(caller: Caller, session_factory: sessionmaker[Session]) -> None:
    key = uuid4()
    caller.answer(key)
    Caller(session_factory).answer(key)


def test_a_request_that_is_still_running_is_waited_for(caller: Caller) -> None:
    key = uuid4()
    with caller.send(key) as first:
        assert earlier_answer(first, BODY) is None
        with caller.send(key) as second, pytest.raises(StillRunningError, match=r"is still running\. Wait a moment"):
            earlier_answer(second, BODY)
        with caller.send(uuid4()) as unrelated:
            assert earlier_answer(unrelated, BODY) is None


def test_a_request_that_failed_leaves_its_key_free(caller: Caller) -> None:
    key = uuid4()

    def fail_after_answering() -> None:
        with caller.send(key) as uow:
            keep_answer(uow, BODY, 201, "{}")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_answering()
    caller.answer(key)


@pytest.mark.parametrize("statement", ["UPDATE idempotent_request SET status = 500", "DELETE FROM idempotent_request"])
def test_the_writer_cannot_change_an_answer(caller: Caller, statement: str) -> None:
    caller.answer(uuid4())
    with caller.send(uuid4()) as uow, pytest.raises(DBAPIError, match="permission denied"):
        uow.session.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE idempotent_request SET status = 500",
        "DELETE FROM idempotent_request",
        "TRUNCATE idempotent_request CASCADE",
    ],
)
def test_not_even_the_owner_can(caller: Caller, owner: sessionmaker[Session], statement: str) -> None:
    caller.answer(uuid4())
    with begin(owner, Actor(uuid4(), caller.commissioner_id, frozenset(), frozenset())) as uow:
        with pytest.raises(DBAPIError, match="rows are never changed or removed"):
            uow.session.execute(text(statement))
        uow.session.rollback()
