"""Posting: once for each key, all or none, in order, and back again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from functools import partial
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from sqlalchemy import URL, func, select, text
from sqlalchemy.exc import DBAPIError

from phb.core.database import make_engine
from phb.core.money import from_pence, pounds
from phb.core.period import Period
from phb.core.roles import WRITER
from phb.ledger import events, posting
from phb.ledger.chart import Account
from phb.ledger.entry import Entry
from phb.ledger.models import Journal, JournalLine, PlanLinePosition, PotPosition
from phb.ledger.queries import JournalNotFoundError, balance_of, journal, lines_of_budget, position_of_plan_line
from phb.ledger.refusals import (
    BusyError,
    HandedOverError,
    KeyReusedError,
    NotPayableError,
    ReversedAlreadyError,
    SamePersonError,
    TooLittleLeftError,
    UnsoundEntryError,
    explained,
)
from tests.ledger.conftest import Books, heading, portion
from tests.ledger.plainly import PlainSql

ENTRIES: dict[str, Callable[[Books], Entry]] = {
    "raised": lambda b: events.budget_raised(heading(), [portion(b.care, "12.34")], [portion(b.care, "1", "council")]),
    "released": lambda b: events.payment_released(heading(), [portion(b.care, "250")]),
    "settled": lambda b: events.payment_settled(
        heading(), [portion(b.care, "250")], covers=Period(date(2026, 4, 1), date(2026, 4, 29))
    ),
    "settled again": lambda b: events.payment_settled(heading(), [portion(b.care, "0.01")]),
    "spent": lambda b: events.paid_from_funds(heading(), [portion(b.care, "99.99")]),
    "overspent": lambda b: events.paid_from_funds(heading(), [portion(b.care, "1000")]),
    "lowered": lambda b: events.budget_lowered(heading(), [portion(b.equipment, "400")]),
}


def raised(books: Books, amount: str = "10") -> Entry:
    """Return the care line's budget raised."""
    return events.budget_raised(heading(), [portion(books.care, amount)])


def approved(books: Books) -> object:
    """Return what is approved on the care line."""
    return books.ask(position_of_plan_line, books.care.plan_line_id, 2026).approved


def test_the_function_writes_what_plain_statements_write(books: Books, database: URL) -> None:
    """The differential test: the same entries, taken or refused alike, leave the same rows."""
    other = Books(books.sessions)
    other.open()
    engine = make_engine(database, role=WRITER, pooled=False)
    plain = PlainSql(engine, other)
    books.allocate()
    plain.post(events.budget_agreed(heading(), [portion(other.care, "1000"), portion(other.equipment, "1000")]))
    for name, entry in ENTRIES.items():
        taken = _taken(partial(books.post, entry(books)))
        assert taken == _taken(partial(plain.post, entry(other))), name
        assert _figures(books) == _figures(other), name
    books.assert_sound()
    other.assert_sound()


def _taken(post: Callable[[], object]) -> bool:
    try:
        post()
    except (DBAPIError, TooLittleLeftError, NotPayableError):
        return False
    return True


def _figures(books: Books) -> list[object]:
    """Return every figure of the books, names of their own left out."""
    lines = select(
        JournalLine.account, JournalLine.layer, JournalLine.fund, JournalLine.pence, JournalLine.covers,
        JournalLine.kind, JournalLine.ordinal, JournalLine.year, JournalLine.effective_on,
    ).order_by(JournalLine.kind, JournalLine.ordinal, JournalLine.pence)  # fmt: skip
    plan_lines = select(
        PlanLinePosition.allocated, PlanLinePosition.committed, PlanLinePosition.spent, PlanLinePosition.owed
    ).order_by(PlanLinePosition.allocated)
    pots = select(
        PotPosition.payable, PotPosition.in_payment, PotPosition.paid, PotPosition.came_back
    ).order_by(PotPosition.payable)  # fmt: skip
    return [books.ask(lambda session, q=query: session.execute(q).all()) for query in (lines, plan_lines, pots)]


def test_a_key_answers_its_first_journal_again(funded: Books) -> None:
    key, entry = uuid4(), raised(funded)
    first = funded.post(entry, key=key)
    again = funded.post(entry, key=key)
    assert (first.replayed, again.replayed) == (False, True)
    assert again.journal_id == first.journal_id
    assert approved(funded) == pounds("1010")


def test_a_key_refuses_another_entry(funded: Books) -> None:
    key = uuid4()
    funded.post(raised(funded), key=key)
    with pytest.raises(KeyReusedError):
        funded.post(raised(funded, "10.01"), key=key)


def test_a_unit_tried_again_repeats_nothing(funded: Books) -> None:
    request_id, entries = uuid4(), [raised(funded, "1"), raised(funded, "2")]
    posted = []
    for _ in range(2):
        with funded.unit(request_id=request_id) as uow:
            posted.append([posting.post(uow, entry) for entry in entries])
    first, again = posted
    assert [p.journal_id for p in first] == [p.journal_id for p in again]
    assert all(p.replayed for p in again)
    assert approved(funded) == pounds("1003")


def test_a_batch_is_posted_whole_or_not_at_all(funded: Books) -> None:
    too_much = events.budget_lowered(heading(), [portion(funded.equipment, "1000.01")])
    with pytest.raises(TooLittleLeftError), funded.unit() as uow:
        posting.post_batch(uow, [raised(funded), too_much])
    assert approved(funded) == pounds("1000")


def test_a_batch_answers_in_the_order_asked(funded: Books) -> None:
    keys = sorted((uuid4() for _ in range(5)), reverse=True)
    entries = [raised(funded, f"{n}") for n in range(1, 6)]
    with funded.unit() as uow:
        posted = posting.post_batch(uow, entries, keys=keys)
    assert [_pence(funded, p.journal_id) for p in posted] == [100, 200, 300, 400, 500]
    assert sorted(p.journal_id for p in posted) == [p.journal_id for p in posted]


def _pence(books: Books, journal_id: UUID) -> int:
    return books.ask(journal, journal_id).lines[0].pence


def test_a_batch_may_hold_keys_that_were_posted(funded: Books) -> None:
    key, known = uuid4(), raised(funded, "1")
    first = funded.post(known, key=key)
    with funded.unit() as uow:
        posted = posting.post_batch(uow, [raised(funded, "2"), known], keys=[uuid4(), key])
    assert [p.replayed for p in posted] == [False, True]
    assert posted[1].journal_id == first.journal_id
    assert approved(funded) == pounds("1003")


def test_a_key_twice_in_a_batch_posts_once(funded: Books) -> None:
    key, entry = uuid4(), raised(funded)
    with funded.unit() as uow:
        one, other = posting.post_batch(uow, [entry, entry], keys=[key, key])
    assert (one.journal_id, one.replayed, other.replayed) == (other.journal_id, False, True)
    assert approved(funded) == pounds("1010")
    second = uuid4()
    with pytest.raises(KeyReusedError), funded.unit() as uow:
        posting.post_batch(uow, [entry, raised(funded, "11")], keys=[second, second])


def test_an_empty_batch_posts_nothing(funded: Books) -> None:
    with funded.unit() as uow:
        assert posting.post_batch(uow, []) == []


def test_an_entry_without_lines_is_refused(funded: Books) -> None:
    with pytest.raises(UnsoundEntryError):
        funded.post(replace(raised(funded), lines=()))


def test_a_nil_line_is_refused(funded: Books) -> None:
    with pytest.raises(UnsoundEntryError):
        funded.post(raised(funded, "0"))


def test_an_unsound_entry_says_why(funded: Books) -> None:
    entry = raised(funded)
    with pytest.raises(UnsoundEntryError) as refused:
        funded.post(replace(entry, lines=entry.lines[:1]))
    assert "out by 1000 pence" in str(refused.value.facts["reason"])


def test_a_provider_is_not_paid_for_money_handed_over(funded: Books) -> None:
    with pytest.raises(HandedOverError):
        funded.post(events.invoice_accepted(heading(), [portion(funded.care, "1")], funded.provider_id))


def test_nobody_approves_what_they_prepared(funded: Books) -> None:
    with pytest.raises(SamePersonError):
        funded.post(replace(raised(funded), heading=heading(approved_by=funded.actor.user_id)))


def test_other_failures_are_not_explained_away(funded: Books) -> None:
    with pytest.raises(DBAPIError), explained(), funded.unit() as uow:
        uow.session.execute(text("SELECT 1 / 0"))


def test_what_the_driver_did_not_say_is_not_explained() -> None:
    with pytest.raises(DBAPIError), explained():
        raise DBAPIError("SELECT 1", None, ValueError("not from the server"))


# Reversal.


def test_a_reversal_undoes_a_journal_and_keeps_what_it_covers(funded: Books) -> None:
    funded.post(events.payment_released(heading(), [portion(funded.care, "250")]))
    april = Period(date(2026, 4, 1), date(2026, 4, 29))
    settled = funded.post(events.payment_settled(heading(), [portion(funded.care, "250")], covers=april))
    funded.reverse(settled)
    assert funded.cash() == pounds("0")
    lines = funded.ask(lines_of_budget, funded.budget_id, accounts=[Account.FUNDS_HELD])
    assert [(line.pence, line.covers.lower, line.covers.upper) for _, line in lines if line.covers] == [
        (25_000, april.start_on, april.end_on),
        (-25_000, april.start_on, april.end_on),
    ]


def test_a_reversal_is_linked_and_dated_today(funded: Books) -> None:
    posted = funded.post(events.budget_raised(heading(date(2026, 3, 1)), [portion(funded.care, "10")]))
    mirror = funded.ask(
        lambda s, id_: s.get(Journal, (funded.actor.commissioner_id, id_)), funded.reverse(posted).journal_id
    )
    assert mirror is not None
    assert (mirror.reverses_id, mirror.effective_on, mirror.narration) == (
        posted.journal_id,
        date(2026, 4, 1),
        "Posted in error",
    )


def test_a_journal_is_reversed_once(funded: Books) -> None:
    posted = funded.post(raised(funded))
    funded.reverse(posted)
    with pytest.raises(ReversedAlreadyError):
        funded.reverse(posted)


def test_a_reversal_is_not_reversed(funded: Books) -> None:
    mirror = funded.reverse(funded.post(raised(funded)))
    with pytest.raises(UnsoundEntryError):
        funded.reverse(mirror)


def test_an_unknown_journal_is_not_reversed(funded: Books) -> None:
    with pytest.raises(JournalNotFoundError):
        funded.reverse(posting.Posted(uuid4(), replayed=False))


def test_another_commissioners_journal_is_not_known(funded: Books) -> None:
    posted = funded.post(raised(funded))
    with pytest.raises(JournalNotFoundError):
        Books(funded.sessions).reverse(posted)


def test_a_reversal_is_refused_where_the_money_is_gone(funded: Books) -> None:
    more = funded.post(raised(funded, "10"))
    funded.post(events.paid_from_funds(heading(), [portion(funded.care, "1000.01")]))
    with pytest.raises(TooLittleLeftError):
        funded.reverse(more)


# Several at once.


def together(*works: Callable[[], object]) -> list[object]:
    """Run each work in a thread of its own, started together, and return what they answer or raise."""
    barrier = Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        barrier.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return [future.exception() or future.result() for future in [pool.submit(run, work) for work in works]]


def test_two_at_once_with_one_key_post_once(funded: Books) -> None:
    for n in range(5):
        key, entry = uuid4(), raised(funded, "1")
        answers = together(*[lambda key=key, entry=entry: funded.post(entry, key=key)] * 2)
        posted = [answer for answer in answers if isinstance(answer, posting.Posted)]
        assert len({answer.journal_id for answer in posted}) == 1
        assert sorted(answer.replayed for answer in posted) == [False, True]
        assert approved(funded) == pounds(f"{1001 + n}")


def test_two_at_once_with_crossed_positions_do_not_wait_for_each_other(funded: Books) -> None:
    places = [funded.care, funded.equipment]

    def post_twenty(order: list[int]) -> None:
        for _ in range(20):
            funded.post(events.budget_raised(heading(), [portion(places[i], "1") for i in order]))

    assert together(lambda: post_twenty([0, 1]), lambda: post_twenty([1, 0])) == [None, None]
    assert approved(funded) == pounds("1040")


def test_two_at_once_never_spend_the_same_money(funded: Books) -> None:
    def spend_all() -> object:
        return funded.post(events.paid_from_funds(heading(), [portion(funded.care, "1000")]))

    answers = together(*[spend_all] * 4)
    assert sum(isinstance(answer, posting.Posted) for answer in answers) == 1
    assert sum(isinstance(answer, TooLittleLeftError) for answer in answers) == 3


def test_units_that_cross_are_told_to_try_again(funded: Books) -> None:
    """Two posts in each unit, the other way round: one of the units is refused and the other goes through."""
    meet = Barrier(2)

    def post_both(first: str, second: str) -> None:
        with funded.unit() as uow:
            for place in (first, second):
                posting.post(uow, events.budget_raised(heading(), [portion(getattr(funded, place), "1")]))
                if place == first:
                    meet.wait()

    answers = together(lambda: post_both("care", "equipment"), lambda: post_both("equipment", "care"))
    assert {type(answer) for answer in answers} == {type(None), BusyError}
    assert approved(funded) == pounds("1001")


def test_who_waits_too_long_is_told_that_somebody_else_is_at_work(funded: Books) -> None:
    with funded.unit() as holder:
        posting.post(holder, raised(funded))
        with funded.unit() as waiter:
            waiter.session.execute(text("SET LOCAL lock_timeout = '50ms'"))
            with pytest.raises(BusyError):
                posting.post(waiter, raised(funded))
            waiter.session.rollback()


def test_journals_sort_in_the_order_they_were_posted(funded: Books) -> None:
    ids = [funded.post(raised(funded, "1")).journal_id for _ in range(5)]
    assert ids == sorted(ids)


def test_nothing_is_left_of_a_refused_post(funded: Books) -> None:
    before = funded.ask(lambda s: s.scalar(select(func.count()).select_from(Journal)))
    with pytest.raises(NotPayableError):
        funded.post(events.payment_settled(heading(), [portion(funded.care, "1")]))
    assert funded.ask(lambda s: s.scalar(select(func.count()).select_from(Journal))) == before
    assert funded.ask(balance_of, Account.ALLOCATION) == from_pence(200_000)
