"""Seals take everything once, in an order that nothing can still come before, and show what was changed since."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime
from threading import Barrier
from time import monotonic
from uuid import UUID

import pytest
from sqlalchemy import URL, Engine, func, select
from sqlalchemy.exc import DBAPIError

from phb.core.database import make_engine
from phb.core.merkle import chained, root_by
from phb.core.roles import OWNER, WRITER
from phb.governance import audit
from phb.ledger import events, posting, sealing
from phb.ledger.identities import verify
from phb.ledger.models import Journal, Seal, SealBlock
from phb.ledger.refusals import RestoredError
from phb.ledger.sealing import NotSealedError, Stream
from tests.ledger.conftest import Books, heading, portion
from tests.ledger.plainly import PlainSql, plant, refused

NO_RIGHT, UNCHANGING = "42501", "PH102"
PATIENCE = 20  # seconds
LATER = datetime(2026, 11, 1, tzinfo=UTC)


def raise_by(books: Books, amount: str = "1") -> UUID:
    return books.post(events.budget_raised(heading(), [portion(books.care, amount)])).journal_id


def seal_now(books: Books) -> int:
    """Seal what can be sealed now, and return how many journals were."""
    with books.unit() as uow:
        return sealing.seal(uow)[Stream.JOURNALS]


def seal(books: Books, wanted: int) -> int:
    """Seal until some journals are; a transaction of anybody on this server holds the horizon back while it lasts."""
    done, until = 0, monotonic() + PATIENCE
    while done < wanted and monotonic() < until:
        done += seal_now(books)
    return done


def seals(books: Books) -> list[tuple[int, UUID]]:
    """Return the running numbers of the sealed journals, in order, and the journals."""
    query = select(Seal.place, Seal.subject_id).where(Seal.stream == Stream.JOURNALS).order_by(Seal.place)
    return [(place, subject_id) for place, subject_id in books.ask(lambda session: session.execute(query).all())]


def sealed(books: Books) -> list[UUID]:
    """Return the sealed journals in the order of their running numbers, which have no gap."""
    rows = seals(books)
    assert [place for place, _ in rows] == list(range(1, len(rows) + 1))
    return [subject_id for _, subject_id in rows]


def blocks(books: Books) -> list[SealBlock]:
    query = select(SealBlock).where(SealBlock.stream == Stream.JOURNALS).order_by(SealBlock.number)
    return books.ask(lambda session: list(session.scalars(query)))


def ninth(books: Books) -> str | None:
    """Return where identity 9 fails first, or None."""
    breach = next(result for result in books.ask(verify) if result.number == 9).first_breach
    return breach.place if breach else None


def test_journals_are_sealed_once_in_the_order_they_were_posted(funded: Books) -> None:
    posted = [raise_by(funded) for _ in range(3)]
    assert (seal(funded, 4), sealed(funded)[1:]) == (4, posted)
    before = len(blocks(funded))
    assert (seal_now(funded), len(blocks(funded))) == (0, before)
    last = raise_by(funded)
    assert (seal(funded, 1), sealed(funded)[-1], len(blocks(funded))) == (1, last, before + 1)


def test_a_slow_writer_is_never_passed_over(funded: Books) -> None:
    seal(funded, 1)
    with funded.unit() as slow:
        early = posting.post(slow, events.budget_raised(heading(), [portion(funded.equipment, "1")])).journal_id
        slow.session.flush()
        late = raise_by(funded)  # commits first, with a later transaction id
        assert seal_now(funded) == 0
        assert ninth(funded) is None
    assert seal(funded, 2) == 2
    assert sealed(funded)[-2:] == [early, late]


def test_two_who_seal_at_once_make_one_chain(funded: Books) -> None:
    for _ in range(5):
        raise_by(funded)
    together = Barrier(4)

    def work(_: int) -> int:
        together.wait()
        return seal_now(funded)

    with ThreadPoolExecutor(4) as workers:
        done = sum(workers.map(work, range(4)))
    assert done + seal(funded, 6 - done) == 6
    assert len(sealed(funded)) == 6
    numbers = [block.number for block in blocks(funded)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_transaction_is_never_parted(funded: Books) -> None:
    seal(funded, 1)
    with funded.unit() as uow:
        entries = [events.budget_raised(heading(), [portion(funded.care, "1")]) for _ in range(5)]
        posting.post_batch(uow, entries)
    raise_by(funded)
    taken, until = list[int](), monotonic() + PATIENCE
    while sum(taken) < 6 and monotonic() < until:
        with funded.unit() as uow:
            names = {"stream": "journal", "now": uow.now, "most": 2}
            taken.append(int(uow.session.scalar(sealing.SEAL, names) or 0))
    assert [count for count in taken if count] == [5, 1]
    assert ninth(funded) is None


def test_a_journal_is_proved_by_a_short_path_to_the_head(funded: Books) -> None:
    seal(funded, 1)
    with funded.unit() as uow:
        batch = [events.budget_raised(heading(), [portion(funded.care, "1")]) for _ in range(7)]
        journals = [posted.journal_id for posted in posting.post_batch(uow, batch)]
    seal(funded, 7)
    (first, second) = blocks(funded)
    for place, journal_id in enumerate(journals, start=2):
        proof = funded.ask(sealing.proof_of, journal_id)
        assert (proof.place, proof.block) == (place, 2)
        assert len(proof.path) <= 3
        assert root_by(proof.leaf, proof.path) == proof.root == second.root
        assert proof.earlier_head == first.head
        assert chained(proof.earlier_head, proof.root) == proof.head == second.head
    assert [(head.stream, head.head) for head in funded.ask(sealing.heads)] == [(Stream.JOURNALS, second.head)]


def test_what_no_seal_has_taken_is_not_proved(funded: Books) -> None:
    with pytest.raises(NotSealedError, match="has no seal"):
        funded.ask(sealing.proof_of, raise_by(funded))


def test_a_proof_needs_the_block(books: Books, administrator: Engine) -> None:
    books.allocate()
    seal(books, 1)
    plant(administrator, books, "DELETE FROM seal_block WHERE commissioner_id = :commissioner")
    with pytest.raises(NotSealedError, match="Verify the books"):
        books.ask(sealing.proof_of, sealed(books)[0])


def test_audit_events_are_sealed_in_a_chain_of_their_own(funded: Books) -> None:
    with funded.unit() as uow:
        for number in range(3):
            audit.record(uow, "budget.agreed", "budget", funded.budget_id, reason="Agreed, with £ signs", number=number)
    seal(funded, 1)
    count = select(func.count()).select_from(Seal).where(Seal.stream == Stream.AUDIT_EVENTS)
    assert funded.ask(lambda session: session.scalar(count)) == 3
    assert ninth(funded) is None


def test_after_a_restore_an_epoch_tells_old_transactions_from_new(
    funded: Books, database: URL, administrator: Engine
) -> None:
    plant(administrator, funded, "UPDATE journal SET txid = 9000000000000 WHERE commissioner_id = :commissioner")
    assert seal_now(funded) == 0  # as if a new server had not got that far yet
    epoch = sealing.begin_epoch(database, LATER)
    after = raise_by(funded)
    query = select(Journal.epoch).where(Journal.id == after)
    assert funded.ask(lambda session: session.scalar(query)) == epoch
    assert seal(funded, 2) == 2
    assert sealed(funded)[-1] == after
    assert ninth(funded) is None


PUT_IN = """
    INSERT INTO journal (commissioner_id, key, request_hash, kind, effective_on, recorded_at, narration, source_kind,
                         source_id, prepared_by, line_count, txid)
    SELECT commissioner_id, gen_random_uuid(), request_hash, kind, effective_on, recorded_at, narration, source_kind,
           source_id, prepared_by, line_count, txid FROM journal WHERE {journal}
"""


def test_a_restore_that_nobody_told_of_is_refused(funded: Books, administrator: Engine) -> None:
    seal(funded, 1)
    plant(administrator, funded, "UPDATE seal_block SET horizon = 9000000000000 WHERE commissioner_id = :commissioner")
    with pytest.raises(RestoredError, match="phb ledger begin-epoch"):
        seal_now(funded)
    plant(administrator, funded, "UPDATE seal_block SET horizon = 3 WHERE commissioner_id = :commissioner")


FAULTS = {
    "an amount altered": ("UPDATE journal_line SET pence = pence + 1 WHERE {journal_line}", "altered since"),
    "a narration altered": ("UPDATE journal SET narration = 'Another' WHERE {journal}", "altered since"),
    "a day altered": ("UPDATE journal SET effective_on = '2026-04-02' WHERE {journal}", "altered since"),
    "an instant altered": (
        "UPDATE journal SET recorded_at = recorded_at + interval '1 microsecond' WHERE {journal}",
        "altered since",
    ),
    "a line removed": ("DELETE FROM journal_line WHERE ordinal = 2 AND {journal_line}", "altered since"),
    "a journal removed": ("DELETE FROM journal WHERE {journal}", "removed since"),
    "a journal put in": (PUT_IN, "put in behind the seals"),
    "a seal removed": ("DELETE FROM seal WHERE stream = 'audit_event' AND {seal}", "put in behind the seals"),
    "a seal altered": ("UPDATE seal SET leaf = sha256('x') WHERE {seal}", "altered since"),
    "a root altered": ("UPDATE seal_block SET root = sha256('x') WHERE {seal_block}", "whose root is another"),
    "a head altered": ("UPDATE seal_block SET head = sha256('x') WHERE {seal_block}", "does not follow"),
    "a block removed": ("DELETE FROM seal_block WHERE number = 2 AND {seal_block}", "of no block"),
    "an audit event altered": ("UPDATE audit_event SET reason = 'Other' WHERE {audit_event}", "audit event no. 1"),
    "an audit event removed": ("DELETE FROM audit_event WHERE {audit_event}", "removed since"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_was_changed_behind_the_seals_is_named(books: Books, administrator: Engine, fault: str) -> None:
    with books.unit() as uow:
        audit.record(uow, "budget.agreed", "budget", books.budget_id, reason="Agreed")
    for amount in ("1000", "50"):  # a block each
        books.allocate(amount)
        seal(books, 1)
    assert ninth(books) is None
    statement, words = FAULTS[fault]
    own = "commissioner_id = :commissioner"
    tables = ("journal", "journal_line", "seal", "seal_block", "audit_event")
    plant(administrator, books, statement.format(**dict.fromkeys(tables, own)))
    assert words in (ninth(books) or "nothing")


@pytest.mark.parametrize("role", [WRITER, OWNER])
@pytest.mark.parametrize("table", ["seal", "seal_block"])
def test_nobody_writes_a_seal_by_hand(database: URL, funded: Books, role: str, table: str) -> None:
    seal(funded, 1)
    before = everything(funded)
    sql = PlainSql(make_engine(database, role=role, pooled=False), funded)
    copied = {
        "seal": "commissioner_id, stream, place + 1, gen_random_uuid(), leaf",
        "seal_block": "commissioner_id, stream, number + 1, last_place + 1, last_place + 1, root, head, epoch, horizon,"
        " sealed_at",
    }
    with refused(NO_RIGHT):
        sql.run(f"INSERT INTO {table} SELECT {copied[table]} FROM {table}")  # noqa: S608 - names of this file
    with refused(NO_RIGHT, UNCHANGING):
        sql.run(f"TRUNCATE {table}")
    for statement in (f"UPDATE {table} SET stream = stream", f"DELETE FROM {table}"):  # noqa: S608 - names of this file
        with suppress(DBAPIError):  # the writer may not, and the owner is shown nothing to change
            sql.run(statement)
    assert everything(funded) == before


def everything(books: Books) -> list[tuple[object, ...]]:
    """Return every seal and every block, whole."""
    return books.ask(
        lambda session: [
            tuple(row)
            for table in (Seal, SealBlock)
            for row in session.execute(select(table.__table__).order_by(*table.__table__.primary_key))
        ]
    )


def test_a_writer_says_neither_in_which_transaction_nor_in_which_epoch(database: URL, funded: Books) -> None:
    sql = PlainSql(make_engine(database, role=WRITER, pooled=False), funded)
    for column in ("txid", "epoch"):
        with refused(NO_RIGHT):
            sql.run(f"INSERT INTO audit_event (commissioner_id, {column}) VALUES (:commissioner, 1)")  # noqa: S608 - names of this file


def test_the_day_of_a_seal_is_the_units(funded: Books) -> None:
    seal(funded, 1)
    assert blocks(funded)[0].sealed_at.date() == date(2026, 4, 1)
