"""What lies between two commissioners is posted on both sides or on neither, and no other way."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from sqlalchemy import URL, Engine, text
from sqlalchemy.orm import Session, sessionmaker

from phb.core.database import make_engine
from phb.core.money import pounds
from phb.core.roles import OWNER, WRITER
from phb.ledger import between, events
from phb.ledger.between import Between
from phb.ledger.chart import Account
from phb.ledger.entry import BudgetShare, CreditorShare, Entry, Share
from phb.ledger.queries import balance_of
from phb.ledger.refusals import AcceptedAlreadyError, NotPayableError, TermsDifferError, TermsNotFoundError
from tests.ledger.conftest import Books, heading, portion
from tests.ledger.plainly import PlainSql, refused
from tests.ledger.steps import NIL, pay_in, spend, standing

NO_RIGHT, UNCHANGING = "42501", "PH102"


@dataclass(frozen=True)
class Two:
    """The books of whom a person leaves and of whom takes them over; £400.00 is held, £150.00 of it paid in advance."""

    leaving: Books
    taking: Books

    def propose(self, kind: Between = Between.BALANCE) -> UUID:
        with self.leaving.unit() as uow:
            ids = (self.leaving.actor.commissioner_id, self.taking.actor.commissioner_id)
            return between.propose(uow, kind, leaving=ids[0], taking=ids[1])

    def accept(self, books: Books, terms_id: UUID, entry: Entry) -> UUID | None:
        with books.unit() as uow:
            return between.accept(uow, terms_id, entry)

    def moved_out(self, in_advance: str = "150") -> Entry:
        care = self.leaving.care
        return events.balance_moved_out(
            heading(),
            self.taking.actor.commissioner_id,
            unspent=[portion(care, "250")],
            in_advance=[portion(care, in_advance)],
            given_back=[portion(care, "550")],
        )

    def moved_in(self, in_advance: str = "150", of: UUID | None = None) -> Entry:
        care = self.taking.care
        return events.balance_moved_in(
            heading(),
            of or self.leaving.actor.commissioner_id,
            unspent=[portion(care, "250")],
            in_advance=[portion(care, in_advance)],
            own_days=[portion(care, "500")],
        )

    def nothing_is_posted(self) -> bool:
        before = ("1000", "200", "0", "400", "600", "400"), ("0", "0", "0", "0", "0", "0")
        return (standing(self.leaving), standing(self.taking)) == before

    def assert_sound(self) -> None:
        self.leaving.assert_sound()
        self.taking.assert_sound()


@pytest.fixture
def two(funded: Books, session_factory: sessionmaker[Session]) -> Two:
    """Return a person's books here, paid £600.00 and £200.00 spent, and opened books where they move to."""
    pay_in(funded, "600")
    spend(funded, "200")
    taking = Books(session_factory)
    taking.open()
    return Two(funded, taking)


def test_until_both_have_accepted_neither_is_posted(two: Two) -> None:
    assert two.accept(two.leaving, two.propose(), two.moved_out()) is None
    assert two.nothing_is_posted()


@pytest.mark.parametrize("first", ["leaving", "taking"])
def test_whoever_accepts_second_posts_both(two: Two, first: str) -> None:
    terms_id = two.propose()
    sides = [(two.leaving, two.moved_out()), (two.taking, two.moved_in())]
    if first == "taking":
        sides.reverse()
    (_, posted) = [two.accept(books, terms_id, entry) for books, entry in sides]
    assert posted is not None
    assert standing(two.leaving) == ("200", "200", "0", "0", "200", "0")
    assert standing(two.taking) == ("750", "0", "0", "350", "150", "400")
    assert two.leaving.ask(balance_of, Account.DUE_FROM_COMMISSIONER) == pounds("150")
    assert two.taking.ask(balance_of, Account.DUE_TO_COMMISSIONER) == pounds("-150")
    two.assert_sound()


def test_two_who_accept_at_once_post_once(two: Two) -> None:
    terms_id, together = two.propose(), Barrier(2)

    def accept(side: tuple[Books, Entry]) -> UUID | None:
        together.wait()
        return two.accept(side[0], terms_id, side[1])

    with ThreadPoolExecutor(2) as both:
        posted = list(both.map(accept, [(two.leaving, two.moved_out()), (two.taking, two.moved_in())]))
    assert sum(journal is not None for journal in posted) == 1
    two.assert_sound()
    assert not two.nothing_is_posted()


def test_sides_that_differ_are_refused_on_both(two: Two) -> None:
    terms_id = two.propose()
    two.accept(two.leaving, terms_id, two.moved_out())
    with pytest.raises(TermsDifferError, match="Nothing was posted on either side"):
        two.accept(two.taking, terms_id, two.moved_in("150.01"))
    assert two.nothing_is_posted()
    two.accept(two.taking, terms_id, two.moved_in())
    two.assert_sound()


def test_an_entry_that_names_somebody_else_is_refused(two: Two) -> None:
    terms_id = two.propose()
    two.accept(two.leaving, terms_id, two.moved_out())
    with pytest.raises(TermsDifferError):
        two.accept(two.taking, terms_id, two.moved_in(of=uuid4()))
    assert two.nothing_is_posted()


def test_an_entry_of_another_kind_is_refused(two: Two) -> None:
    terms_id = two.propose(Between.INVOICE)
    two.accept(two.leaving, terms_id, two.moved_out())
    with pytest.raises(TermsDifferError):
        two.accept(two.taking, terms_id, two.moved_in())
    assert two.nothing_is_posted()


def test_what_one_side_cannot_afford_is_posted_on_neither(two: Two) -> None:
    terms_id = two.propose()
    two.accept(two.taking, terms_id, two.moved_in())
    pay_in(two.leaving, "0.01")  # meanwhile a penny more was paid than the terms let go
    with pytest.raises(NotPayableError):
        two.accept(two.leaving, terms_id, two.moved_out())
    assert standing(two.taking) == ("0", "0", "0", "0", "0", "0")


def test_a_balance_does_not_move_while_the_holder_keeps_some_of_it(two: Two) -> None:
    # 800 is taken off what may be paid out, so that 200 are left of it, and 600 - 300 would still count as paid.
    terms_id = two.propose()
    two.accept(two.taking, terms_id, two.moved_in("50"))
    with pytest.raises(NotPayableError):
        two.accept(two.leaving, terms_id, two.moved_out("50"))


def test_what_is_due_between_commissioners_is_paid(two: Two) -> None:
    terms_id = two.propose()
    two.accept(two.leaving, terms_id, two.moved_out())
    two.accept(two.taking, terms_id, two.moved_in())
    for books, other, paid, account in (
        (two.leaving, two.taking, events.received_from_commissioner, Account.DUE_FROM_COMMISSIONER),
        (two.taking, two.leaving, events.paid_to_commissioner, Account.DUE_TO_COMMISSIONER),
    ):
        due = CreditorShare(books.budget_id, other.actor.commissioner_id, 2026, Share("nhs", pounds("150")))
        books.post(paid(heading(), [due]))
        assert books.ask(balance_of, account) == NIL
    two.assert_sound()


def test_terms_are_accepted_once_for_each_side(two: Two) -> None:
    terms_id = two.propose()
    two.accept(two.leaving, terms_id, two.moved_out())
    with pytest.raises(AcceptedAlreadyError):
        two.accept(two.leaving, terms_id, two.moved_out())


def test_a_third_commissioner_knows_nothing_of_the_terms(two: Two, session_factory: sessionmaker[Session]) -> None:
    third = Books(session_factory)
    third.open()
    with pytest.raises(TermsNotFoundError):
        two.accept(third, two.propose(), two.moved_in())


def test_an_invoice_for_days_on_both_sides_is_posted_on_both(two: Two) -> None:
    two.taking.allocate()
    theirs = BudgetShare(two.leaving.budget_id, 2026, Share("nhs", pounds("40")))
    whole = events.shared_invoice_accepted(
        heading(),
        two.leaving.provider_id,
        two.taking.actor.commissioner_id,
        own_days=[portion(two.leaving.equipment, "60")],
        their_days=[theirs],
    )
    share = events.share_of_invoice_accepted(
        heading(), two.leaving.actor.commissioner_id, [portion(two.taking.equipment, "40")]
    )
    terms_id = two.propose(Between.INVOICE)
    two.accept(two.leaving, terms_id, whole)
    two.accept(two.taking, terms_id, share)
    assert two.leaving.ask(balance_of, Account.CREDITOR) == pounds("-100")
    assert two.taking.ask(balance_of, Account.EXPENDITURE) == pounds("40")
    two.assert_sound()


@pytest.fixture(params=[WRITER, OWNER])
def sql(request: pytest.FixtureRequest, database: URL, two: Two) -> Iterator[PlainSql]:
    """Run plain SQL for the leaving side, as the writer and as the tables' owner."""
    engine: Engine = make_engine(database, role=request.param, pooled=False)
    yield PlainSql(engine, two.leaving)
    engine.dispose()


def test_nobody_posts_one_half_by_themselves(sql: PlainSql, two: Two) -> None:
    with refused(NO_RIGHT, because="no_half_between"):
        sql.post(two.moved_out())


def test_nobody_writes_an_acceptance_or_a_posting_by_themselves(database: URL, two: Two) -> None:
    sql = PlainSql(make_engine(database, role=WRITER, pooled=False), two.leaving)
    for table in ("between_acceptance", "between_posting"):
        with refused(NO_RIGHT, because="permission denied"):
            sql.run(f"INSERT INTO {table} SELECT * FROM {table}")  # noqa: S608 - a name of this file


@pytest.mark.parametrize("table", ["between_terms", "between_acceptance"])
def test_what_was_agreed_never_changes(database: URL, two: Two, table: str) -> None:
    two.accept(two.leaving, two.propose(), two.moved_out())
    owner = PlainSql(make_engine(database, role=OWNER, pooled=False), two.leaving)
    for statement in (f"UPDATE {table} SET commissioner_id = commissioner_id", f"DELETE FROM {table}"):  # noqa: S608 - a name of this file
        with refused(UNCHANGING):
            owner.run(statement)
    with refused(UNCHANGING, "0A000"):
        owner.run(f"TRUNCATE {table}")


def test_one_side_never_sees_the_others_entry(database: URL, two: Two) -> None:
    two.accept(two.leaving, two.propose(), two.moved_out())
    sql = PlainSql(make_engine(database, role=WRITER, pooled=False), two.taking)
    with sql.transaction() as connection:
        assert connection.scalar(text("SELECT count(*) FROM between_acceptance")) == 0
        assert connection.scalar(text("SELECT count(*) FROM between_terms")) == 1


def test_the_unit_of_work_goes_on_for_its_own_commissioner(two: Two) -> None:
    terms_id = two.propose()
    two.accept(two.leaving, terms_id, two.moved_out())
    with two.taking.unit() as uow:
        between.accept(uow, terms_id, two.moved_in())
        assert balance_of(uow.session, Account.FUNDS_HELD, pot_id=two.taking.pot_id) == pounds("400")
        assert balance_of(uow.session, Account.FUNDS_HELD, pot_id=two.leaving.pot_id) == NIL
