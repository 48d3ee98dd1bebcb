"""What is read from a checkpoint and what was posted since is what the lines come to, whoever posts meanwhile."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import URL, Engine, text
from sqlalchemy.orm import Session, sessionmaker

from phb.core.money import pounds
from phb.ledger import checkpoints, events, identities, posting, sealing
from phb.ledger.chart import Account
from phb.ledger.queries import balance_of, trial_balance
from phb.ledger.views import record_view
from tests.ledger.conftest import Books, heading, portion
from tests.ledger.plainly import refused
from tests.ledger.steps import accept_invoice, pay_in, promise, spend

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 30)
PLAINLY = text("""
    SELECT layer, account, fund, sum(pence)::bigint FROM journal_line
    WHERE CAST(:as_of AS date) IS NULL OR effective_on <= :as_of GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
""")


def move(books: Books) -> bool:
    with books.unit() as uow:
        return checkpoints.move_checkpoint(uow, record_view(uow))


def assert_reads_the_lines(books: Books) -> None:
    """Compare every balance with the sum of its lines, now and at the end of three days."""
    with books.unit() as uow:
        for as_of in (None, date(2026, 3, 31), date(2026, 4, 1), MAY):
            plain = [tuple(row) for row in uow.session.execute(PLAINLY, {"as_of": as_of})]
            found = trial_balance(uow.session, as_of=as_of)
            assert [(row.layer, row.account, row.fund, int(row.amount.amount * 100)) for row in found] == plain
        for account in (Account.BANK, Account.EXPENDITURE, Account.DISPUTED):
            mine = sum(row[3] for row in uow.session.execute(PLAINLY, {"as_of": None}) if row[1] == account)
            assert balance_of(uow.session, account) == pounds("0.01") * mine


def live(books: Books) -> None:
    promise(books, "300")
    accept_invoice(books, "280", uses="280", on=MAY)
    pay_in(books, "250")
    spend(books, "40")


def test_balances_are_the_sums_of_lines_before_and_after_each_checkpoint(funded: Books) -> None:
    live(funded)
    assert_reads_the_lines(funded)
    assert move(funded)
    assert_reads_the_lines(funded)
    spend(funded, "2.50")
    accept_invoice(funded, "1", on=JUNE)
    assert_reads_the_lines(funded)
    assert move(funded)
    assert_reads_the_lines(funded)


def test_what_was_being_posted_while_it_moved_is_counted_once(funded: Books) -> None:
    live(funded)
    with funded.unit() as slow:
        posting.post(slow, events.budget_raised(heading(), [portion(funded.equipment, "7")]))
        assert move(funded)
        spend(funded, "3")
        assert_reads_the_lines(funded)
    assert_reads_the_lines(funded)
    assert move(funded)
    assert_reads_the_lines(funded)


def test_it_moves_forward_alone(funded: Books) -> None:
    with funded.unit() as uow:
        earlier = record_view(uow)
    live(funded)
    with funded.unit() as uow:
        later = record_view(uow)
    with funded.unit() as uow:
        assert checkpoints.move_checkpoint(uow, later)
        assert not checkpoints.move_checkpoint(uow, later)
        assert not checkpoints.move_checkpoint(uow, earlier)
    assert_reads_the_lines(funded)


def test_after_a_restore_the_checkpoint_of_before_still_counts(funded: Books, database: URL) -> None:
    live(funded)
    assert move(funded)
    spend(funded, "1")
    sealing.begin_epoch(database, datetime(2026, 4, 1, 13, tzinfo=UTC))
    spend(funded, "2")
    assert_reads_the_lines(funded)
    assert move(funded)
    assert_reads_the_lines(funded)


def test_an_altered_checkpoint_is_found(funded: Books, administrator: Engine) -> None:
    live(funded)
    move(funded)
    with administrator.begin() as connection:
        connection.execute(
            text("UPDATE day_balance SET pence = pence + 5 WHERE commissioner_id = :own AND account = 'bank'"),
            {"own": funded.actor.commissioner_id},
        )
    (found,) = (row for row in funded.ask(identities.verify) if row.first_breach)
    assert (found.number, found.first_breach and found.first_breach.off_by_pence) == (8, 5)
    assert found.first_breach
    assert "bank, fund nhs, 2026-04-01" in found.first_breach.place
    with administrator.begin() as connection:
        connection.execute(
            text("UPDATE day_balance SET pence = pence - 5 WHERE commissioner_id = :own AND account = 'bank'"),
            {"own": funded.actor.commissioner_id},
        )


CHANGES = (
    "UPDATE day_balance SET pence = 0",
    "DELETE FROM day_balance",
    "INSERT INTO day_balance SELECT * FROM day_balance",
    "UPDATE balance_checkpoint SET view_id = view_id",
    "DELETE FROM balance_checkpoint",
)


@pytest.mark.parametrize("change", CHANGES)
def test_nobody_who_posts_writes_a_checkpoint(funded: Books, change: str) -> None:
    move(funded)
    with funded.unit() as uow, refused("42501"):
        uow.session.execute(text(change))


def test_another_commissioners_checkpoint_is_not_seen(funded: Books, session_factory: sessionmaker[Session]) -> None:
    move(funded)
    other = Books(session_factory)
    assert other.ask(checkpoints.sums) is None
