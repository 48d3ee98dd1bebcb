"""The database refuses, whoever asks: each guard is tried with plain SQL as the writer and as the tables' owner."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import URL, Connection, text

from phb.core.database import make_engine
from phb.core.money import pounds
from phb.core.roles import OWNER, WRITER
from phb.ledger import events
from phb.ledger.chart import Account, JournalKind
from phb.ledger.entry import CommitmentPortion, CreditorShare, Entry, OwedPortion, Share
from phb.ledger.positions import open_commitment
from phb.ledger.queries import balance_of, position_of_plan_line
from tests.ledger.conftest import Books, heading, portion
from tests.ledger.plainly import PlainSql, insert_rows, journal_row, line_rows, refused, with_pence

NO_RIGHT, UNIQUE, FOREIGN, CHECK = "42501", "23505", "23503", "23514"
UNSOUND, UNBALANCED, NO_MIRROR, NOT_OPEN, EXPIRED = "PH001", "PH002", "PH003", "PH004", "PH005"
TOO_LITTLE, NOT_BY_LINES, NOTIONAL, HANDED_OVER, UNCHANGING = "PH006", "PH007", "PH009", "PH010", "PH102"

POSITIONS = ("plan_line_position", "pot_position", "commitment")


@pytest.fixture(params=[WRITER, OWNER])
def sql(request: pytest.FixtureRequest, database: URL, funded: Books) -> Iterator[PlainSql]:
    """Run plain SQL as the writer, then as the owner, on books with £1,000.00 on each plan line."""
    engine = make_engine(database, role=request.param, pooled=False)
    yield PlainSql(engine, funded)
    engine.dispose()


@pytest.fixture
def as_owner(database: URL, funded: Books) -> PlainSql:
    """Run plain SQL as the owner alone: the writer lacks the right to try."""
    return PlainSql(make_engine(database, role=OWNER, pooled=False), funded)


@pytest.fixture
def as_writer(database: URL, funded: Books) -> PlainSql:
    """Run plain SQL as the writer alone."""
    return PlainSql(make_engine(database, role=WRITER, pooled=False), funded)


def raised(books: Books, amount: str = "10") -> Entry:
    """Return a sound entry of two lines: the budget raised on the care line."""
    return events.budget_raised(heading(), [portion(books.care, amount)])


def spent(books: Books, amount: str) -> Entry:
    """Return care paid from the money held."""
    return events.paid_from_funds(heading(), [portion(books.care, amount)])


def promise(books: Books, amount: str) -> list[CommitmentPortion]:
    """Return an amount of the order on the equipment line."""
    return [CommitmentPortion(books.commitment_id, portion(books.equipment, amount))]


def promise_by_another_order(sql: PlainSql, amount: str) -> None:
    """Promise an amount on the same plan line, so that the line has enough promised and one order has not."""
    other = uuid4()
    with sql.books.unit() as uow:
        open_commitment(uow, other, sql.books.equipment, expires_on=date(2026, 9, 30))
    promised = CommitmentPortion(other, portion(sql.books.equipment, amount))
    sql.post(events.commitment_raised(heading(), [promised]))


def owed(books: Books, amount: str) -> list[CreditorShare]:
    """Return what the provider is owed."""
    return [CreditorShare(books.budget_id, books.provider_id, 2026, Share("nhs", pounds(amount)))]


def test_a_sound_journal_is_taken_from_plain_sql(sql: PlainSql) -> None:
    sql.post(raised(sql.books))
    care = sql.books.ask(position_of_plan_line, sql.books.care.plan_line_id, 2026)
    assert care.approved == pounds("1010")


# Balance and shape.


def test_a_journal_balances_for_each_fund(sql: PlainSql) -> None:
    entry = raised(sql.books)
    crossed = replace(entry, lines=(entry.lines[0], replace(entry.lines[1], fund="council")))
    with refused(UNBALANCED, because=r"out by -?1000 pence in fund"):
        sql.post(crossed)


def test_a_journal_balances_to_the_penny(sql: PlainSql) -> None:
    with refused(UNBALANCED, because="out by 1 pence in fund nhs of layer 2"):
        sql.post(with_pence(raised(sql.books), 0, 1001))


def test_a_journal_balances_for_each_layer(sql: PlainSql) -> None:
    used = events.invoice_accepted(
        heading(), [portion(sql.books.equipment, "10")], sql.books.provider_id, used=promise(sql.books, "10")
    )
    sql.post(events.commitment_raised(heading(), promise(sql.books, "10")))
    without_creditor_or_commitment = replace(used, lines=(used.lines[0], used.lines[3]))
    with refused(UNBALANCED, because="of layer"):
        sql.post(without_creditor_or_commitment)


def test_a_journal_balances_for_each_budget(sql: PlainSql) -> None:
    entry = events.payment_released(heading(), owed(sql.books, "10"))
    elsewhere = replace(entry, lines=(entry.lines[0], replace(entry.lines[1], budget_id=uuid4())))
    with refused(UNBALANCED, because="in fund nhs of layer 0"):
        sql.post(elsewhere)


def test_a_line_is_never_nil(sql: PlainSql) -> None:
    entry = raised(sql.books)
    nil = replace(entry, lines=(*entry.lines, replace(entry.lines[0], pence=0)))
    with refused(CHECK, because="ck_journal_line_not_nil"):
        sql.post(nil)


def test_a_line_never_comes_late(sql: PlainSql) -> None:
    entry = raised(sql.books)
    journal = journal_row(sql.books, entry)
    sql.insert(journal, line_rows(journal, entry.lines))
    late = [row | {"ordinal": row["ordinal"] + 2} for row in line_rows(journal, entry.lines)]
    with refused(UNSOUND, because="posted earlier"):
        sql.insert(None, late)


def test_a_line_belongs_to_a_journal(sql: PlainSql) -> None:
    entry = raised(sql.books)
    with refused(UNSOUND, because="belongs to no journal"):
        sql.insert(None, line_rows(journal_row(sql.books, entry), entry.lines))


def test_a_journal_comes_with_its_lines(sql: PlainSql) -> None:
    with refused(UNSOUND, because="does not come with all its lines"):
        sql.insert(journal_row(sql.books, raised(sql.books)), [])


def test_a_journal_says_how_many_lines_it_has(sql: PlainSql) -> None:
    with refused(CHECK, because="ck_journal_line_count"):
        sql.insert(journal_row(sql.books, raised(sql.books), line_count=0), [])


def test_lines_do_not_come_in_two_statements(sql: PlainSql) -> None:
    entry = raised(sql.books)
    journal = journal_row(sql.books, entry, line_count=4)
    with refused(UNSOUND, because="does not come with all its lines"), sql.transaction() as connection:
        insert_rows(connection, journal, line_rows(journal, entry.lines))


def test_lines_are_not_added_in_a_second_statement(sql: PlainSql) -> None:
    entry = raised(sql.books)
    journal = journal_row(sql.books, entry)
    rows = line_rows(journal, entry.lines)
    with refused(UNSOUND, because="its journal has fewer lines"), sql.transaction() as connection:
        insert_rows(connection, journal, rows)
        insert_rows(connection, None, [row | {"ordinal": row["ordinal"] + 2} for row in rows])


def test_a_journal_cannot_be_held_open_for_another_transaction(sql: PlainSql) -> None:
    entry = raised(sql.books)
    journal = journal_row(sql.books, entry) | {"txid": 2**40}
    with refused(UNSOUND, NO_RIGHT):
        sql.insert(journal, line_rows(journal, entry.lines))


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"kind": "budget_agreed"}, "kind or date"),
        ({"effective_on": date(2026, 4, 2)}, "kind or date"),
        ({"account": "bank"}, "no such line"),
        ({"layer": 3}, "another layer"),
        ({"budget_id": None}, "names no budget"),
        ({"year": None}, "names no year"),
        ({"pot_id": None}, "names no pot"),
        ({"plan_line_id": None}, "names no plan line"),
    ],
)
def test_a_line_follows_the_event_table(sql: PlainSql, changes: dict[str, object], because: str) -> None:
    journal = journal_row(sql.books, raised(sql.books))
    with refused(UNSOUND, because=because):
        sql.insert(journal, line_rows(journal, raised(sql.books).lines, **changes))


def test_a_line_keeps_to_its_side(sql: PlainSql) -> None:
    entry = raised(sql.books)
    mirrored = replace(entry, lines=tuple(line.mirrored() for line in entry.lines))
    with refused(UNSOUND, because="wrong side"):
        sql.post(mirrored)


def test_a_use_names_its_commitment(sql: PlainSql) -> None:
    entry = events.commitment_raised(heading(), promise(sql.books, "10"))
    journal = journal_row(sql.books, entry)
    with refused(UNSOUND, because="names no commitment"):
        sql.insert(journal, line_rows(journal, entry.lines, commitment_id=None))


def test_a_creditor_has_a_name(sql: PlainSql) -> None:
    entry = events.invoice_accepted(heading(), [portion(sql.books.equipment, "10")], sql.books.provider_id)
    journal = journal_row(sql.books, entry)
    with refused(UNSOUND, because="names no counterparty"):
        sql.insert(journal, line_rows(journal, entry.lines, counterparty_id=None))


@pytest.mark.parametrize("counterparty", [True, False])
def test_a_payment_has_one_payee(sql: PlainSql, *, counterparty: bool) -> None:
    entry = events.payment_released(heading(), [portion(sql.books.care, "10")])
    journal = journal_row(sql.books, entry)
    changes = {"counterparty_id": uuid4()} if counterparty else {"pot_id": None, "plan_line_id": None}
    with refused(UNSOUND, because="names no payee, or two"):
        sql.insert(journal, line_rows(journal, entry.lines, **changes))


# Whose money.


@pytest.mark.parametrize(
    ("column", "because"), [("plan_line_id", "plan line"), ("pot_id", "plan line"), ("year", "plan line")]
)
def test_a_line_is_placed_where_its_plan_line_is_open(sql: PlainSql, column: str, because: str) -> None:
    journal = journal_row(sql.books, raised(sql.books))
    elsewhere = 2027 if column == "year" else uuid4()
    with refused(NOT_OPEN, because=because):
        sql.insert(journal, line_rows(journal, raised(sql.books).lines, **{column: elsewhere}))


def test_a_line_is_placed_where_its_pot_is_open(sql: PlainSql) -> None:
    entry = events.money_left_account(heading(), [portion(sql.books.care, "10")])
    journal = journal_row(sql.books, entry)
    with refused(NOT_OPEN, because="its pot is not open in its budget and year"):
        sql.insert(journal, line_rows(journal, entry.lines, budget_id=uuid4()))


def test_a_commitment_is_used_on_its_own_plan_line(sql: PlainSql) -> None:
    elsewhere = [CommitmentPortion(sql.books.commitment_id, portion(sql.books.care, "10"))]
    with refused(NOT_OPEN, because="its commitment is not open on its plan line and year"):
        sql.post(events.commitment_raised(heading(), elsewhere))


def test_a_notional_pot_holds_no_cash(sql: PlainSql) -> None:
    for event in (events.payment_released, events.money_left_account, events.paid_from_funds):
        with refused(NOTIONAL):
            sql.post(event(heading(), [portion(sql.books.equipment, "10")]))


def test_an_invoice_is_not_booked_on_money_handed_over(sql: PlainSql) -> None:
    with refused(HANDED_OVER):
        sql.post(events.invoice_accepted(heading(), [portion(sql.books.care, "10")], sql.books.provider_id))


# What is written stays.


@pytest.mark.parametrize("table", ["journal", "journal_line", "audit_event", *POSITIONS])
def test_a_row_is_never_removed(sql: PlainSql, table: str) -> None:
    write_audit_event(sql)
    with refused(NO_RIGHT, UNCHANGING):
        sql.run(f"DELETE FROM {table}")  # noqa: S608 - a name of this file


@pytest.mark.parametrize("table", ["journal", "journal_line", "audit_event", "event_line", *POSITIONS])
def test_a_table_is_never_emptied(sql: PlainSql, table: str) -> None:
    with refused(NO_RIGHT, UNCHANGING):
        sql.run(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("journal", "narration = 'Something else'"),
        ("journal_line", "pence = pence + 1"),
        ("audit_event", "reason = 'Another'"),
    ],
)
def test_a_row_is_never_edited(sql: PlainSql, table: str, change: str) -> None:
    write_audit_event(sql)
    with refused(NO_RIGHT, UNCHANGING):
        sql.run(f"UPDATE {table} SET {change}")  # noqa: S608 - words of this file


def test_the_event_table_is_not_edited(sql: PlainSql) -> None:
    with refused(NO_RIGHT, UNCHANGING):
        sql.run("UPDATE event_line SET spent = 0")


@pytest.mark.parametrize(
    ("table", "column"),
    [("plan_line_position", "allocated"), ("plan_line_position", "tolerance"), ("pot_position", "payable")],
)
def test_a_position_is_never_updated_directly(sql: PlainSql, table: str, column: str) -> None:
    with refused(NO_RIGHT, NOT_BY_LINES):
        sql.run(f"UPDATE {table} SET {column} = {column} + 1")  # noqa: S608 - names of this file


def test_a_commitment_is_never_updated_directly(sql: PlainSql) -> None:
    with refused(NO_RIGHT, NOT_BY_LINES):
        sql.run("UPDATE commitment SET raised = raised + 1")


def test_an_upsert_does_not_move_a_position(as_owner: PlainSql) -> None:
    with refused(NOT_BY_LINES):
        as_owner.run(
            "INSERT INTO pot_position (commissioner_id, pot_id, year, budget_id, handed_over)"
            " SELECT commissioner_id, pot_id, year, budget_id, handed_over FROM pot_position"
            " ON CONFLICT ON CONSTRAINT pk_pot_position DO UPDATE SET payable = 1"
        )


@pytest.mark.parametrize(
    ("table", "columns", "values"),
    [
        (
            "plan_line_position",
            "plan_line_id, year, budget_id, pot_id, allocated",
            "gen_random_uuid(), 2026, :one, :one, 1",
        ),
        ("pot_position", "pot_id, year, budget_id, handed_over, payable", "gen_random_uuid(), 2026, :one, true, 1"),
        ("commitment", "id, plan_line_id, year, expires_on, raised", ":one, :plan_line, 2026, '2027-01-01', 1"),
    ],
)
def test_a_position_opens_empty(sql: PlainSql, table: str, columns: str, values: str) -> None:
    statement = f"INSERT INTO {table} (commissioner_id, {columns}) VALUES (:commissioner, {values})"  # noqa: S608
    with refused(NO_RIGHT, NOT_BY_LINES):
        sql.run(statement, one=uuid4(), plan_line=sql.books.care.plan_line_id)


def test_the_writer_opens_positions_with_their_own_columns_only(as_writer: PlainSql) -> None:
    as_writer.run(
        "INSERT INTO pot_position (commissioner_id, pot_id, year, budget_id, handed_over)"
        " VALUES (:commissioner, gen_random_uuid(), 2026, gen_random_uuid(), true)"
    )


def test_a_temporary_table_does_not_stand_in_for_the_event_table(as_writer: PlainSql) -> None:
    with refused(UNSOUND, because="no such line"), as_writer.transaction() as connection:
        connection.execute(text("CREATE TEMPORARY TABLE event_line (LIKE event_line INCLUDING ALL) ON COMMIT DROP"))
        connection.execute(
            text(
                "INSERT INTO pg_temp.event_line SELECT kind, 'bank', layer, side, needs FROM public.event_line LIMIT 1"
            )
        )
        entry = raised(as_writer.books)
        journal = journal_row(as_writer.books, entry)
        insert_rows(connection, journal, line_rows(journal, entry.lines, account="bank"))


# Positions.


def test_a_plan_line_is_never_overspent(sql: PlainSql) -> None:
    sql.post(spent(sql.books, "1000"))
    with refused(TOO_LITTLE, because="0 pence left in 2026, 1 pence are asked"):
        sql.post(spent(sql.books, "0.01"))


def test_a_plan_line_is_never_promised_beyond_what_is_left(sql: PlainSql) -> None:
    with refused(TOO_LITTLE):
        sql.post(events.commitment_raised(heading(), promise(sql.books, "1000.01")))


def test_a_plan_line_is_never_lowered_beyond_what_is_left(sql: PlainSql) -> None:
    sql.post(events.commitment_raised(heading(), promise(sql.books, "600")))
    with refused(TOO_LITTLE):
        sql.post(events.budget_lowered(heading(), [portion(sql.books.equipment, "400.01")]))


def test_a_pot_is_never_paid_out_twice(sql: PlainSql) -> None:
    sql.post(events.payment_released(heading(), [portion(sql.books.care, "1000")]))
    with refused(CHECK, because="ck_pot_position_paid_once"):
        sql.post(events.payment_released(heading(), [portion(sql.books.care, "0.01")]))


def test_a_pot_settles_no_more_than_is_in_payment(sql: PlainSql) -> None:
    sql.post(events.payment_released(heading(), [portion(sql.books.care, "10")]))
    with refused(CHECK, because="ck_pot_position"):
        sql.post(events.payment_settled(heading(), [portion(sql.books.care, "10.01")]))


def test_a_payment_never_comes_back_twice(sql: PlainSql) -> None:
    instalment = [portion(sql.books.care, "10")]
    sql.post(events.payment_released(heading(), instalment))
    sql.post(events.payment_returned(heading(), instalment))
    with refused(CHECK, because="ck_pot_position_came_back"):
        sql.post(events.payment_returned(heading(), instalment))
    with refused(CHECK, because="ck_pot_position_came_back"):
        sql.post(events.payment_settled(heading(), instalment))


def test_a_commitment_is_never_used_beyond_what_was_raised(sql: PlainSql) -> None:
    sql.post(events.commitment_raised(heading(), promise(sql.books, "10")))
    promise_by_another_order(sql, "10")
    with refused(CHECK, because="ck_commitment_used_once"):
        sql.post(
            events.invoice_accepted(
                heading(),
                [portion(sql.books.equipment, "10.01")],
                sql.books.provider_id,
                used=promise(sql.books, "10.01"),
            )
        )


def test_a_commitment_is_never_resolved_twice(sql: PlainSql) -> None:
    sql.post(events.commitment_raised(heading(), promise(sql.books, "10")))
    sql.post(events.commitment_released(heading(), promise(sql.books, "10")))
    promise_by_another_order(sql, "10")
    with refused(CHECK, because="ck_commitment_used_once"):
        sql.post(events.commitment_expired(heading(date(2026, 10, 1)), promise(sql.books, "10")))


def test_a_line_never_has_less_promised_than_nothing_in_a_year(sql: PlainSql) -> None:
    sql.post(events.commitment_raised(heading(), promise(sql.books, "10")))
    with refused(CHECK, because="ck_plan_line_position_committed"):
        sql.post(events.commitment_released(heading(), promise(sql.books, "10.01")))


def test_no_more_is_repaid_than_is_owed_back(sql: PlainSql) -> None:
    with refused(CHECK, because="ck_plan_line_position_owed"):
        sql.post(events.repaid_to_budget(heading(), [OwedPortion(uuid4(), portion(sql.books.care, "0.01"))]))


def test_money_moves_to_both_sides_of_an_account_in_no_other_event(sql: PlainSql) -> None:
    moved = events.money_moved(heading(), [portion(sql.books.care, "1")], [portion(sql.books.equipment, "1")])
    sql.post(moved)
    with refused(UNSOUND, because="wrong side"):
        sql.post(replace(moved, kind=JournalKind.BUDGET_AGREED))


def test_a_commitment_is_never_used_after_its_last_day(sql: PlainSql) -> None:
    sql.post(events.commitment_raised(heading(), promise(sql.books, "10")))
    late = heading(date(2026, 10, 1))
    with refused(EXPIRED):
        sql.post(
            events.invoice_accepted(
                late, [portion(sql.books.equipment, "10")], sql.books.provider_id, used=promise(sql.books, "10")
            )
        )


def test_a_commitment_expires_no_sooner_than_its_last_day(sql: PlainSql) -> None:
    sql.post(events.commitment_raised(heading(), promise(sql.books, "10")))
    with refused(EXPIRED):
        sql.post(events.commitment_expired(heading(date(2026, 9, 30)), promise(sql.books, "10")))


def test_spending_may_pass_the_plan_line_by_its_tolerance(sql: PlainSql) -> None:
    tolerant = Books(sql.books.sessions)
    tolerant.open(tolerance="5")
    tolerant.allocate("100")
    other = PlainSql(sql.engine, tolerant)
    other.post(spent(tolerant, "105"))
    with refused(TOO_LITTLE):
        other.post(spent(tolerant, "0.01"))
    other.post(raised(tolerant, "0.01"))
    tolerant.assert_sound()


def test_a_rise_of_owed_and_what_improves_an_overspent_plan_line_are_never_refused(as_owner: PlainSql) -> None:
    """A notice that money asked about is not accepted comes later; its event is tried here and rolled back."""
    books = as_owner.books
    bought = spent(books, "999")
    bought_id = as_owner.post(bought)
    asked_about = events.money_left_account(heading(), [portion(books.care, "50")])
    with as_owner.transaction() as connection:
        connection.execute(text(NOTICE))
        journal = journal_row(books, asked_about, kind="notice_in_a_test")
        recoverable, held = line_rows(journal, asked_about.lines)
        recoverable |= {"account": "recoverable", "plan_line_id": books.care.plan_line_id}
        insert_rows(connection, journal, [recoverable, held])
        assert left_on_care(connection) == -4900
        with refused(TOO_LITTLE), connection.begin_nested():
            insert_entry(connection, books, spent(books, "0.01"))
        insert_entry(connection, books, raised(books, "1"))
        assert left_on_care(connection) == -4800
        insert_entry(connection, books, reversal_of(bought, bought_id))
        assert left_on_care(connection) == 95100
        connection.rollback()


NOTICE = """
INSERT INTO event_line (kind, account, layer, side, needs, owed) VALUES
    ('notice_in_a_test', 'recoverable', 0, 'debit', '{plan_line_id,pot_id,year}', 1),
    ('notice_in_a_test', 'funds_held', 0, 'credit', '{pot_id,year}', 0)
"""


def left_on_care(connection: Connection) -> int:
    """Return the pence left on the plan line that is spent from money handed over."""
    left = text(
        "SELECT allocated - committed - spent - owed FROM plan_line_position JOIN pot_position"
        " USING (commissioner_id, pot_id, year) WHERE handed_over"
    )
    return int(connection.scalar(left) or 0)


def insert_entry(connection: Connection, books: Books, entry: Entry) -> None:
    """Insert an entry whole in an open transaction."""
    journal = journal_row(books, entry)
    insert_rows(connection, journal, line_rows(journal, entry.lines))


# Keys, reversals and people.


def test_a_key_posts_once(sql: PlainSql) -> None:
    key = uuid4()
    sql.post(raised(sql.books), key=key)
    with refused(UNIQUE, because="uq_journal_key"):
        sql.post(raised(sql.books), key=key)


def reversal_of(entry: Entry, journal_id: UUID) -> Entry:
    """Return the entry that mirrors another."""
    return replace(entry, lines=tuple(line.mirrored() for line in entry.lines), reverses_id=journal_id)


def test_a_journal_is_reversed_once(sql: PlainSql) -> None:
    entry = raised(sql.books)
    mirror = reversal_of(entry, sql.post(entry))
    sql.post(mirror)
    with refused(UNIQUE, because="uq_journal_reverses_id"):
        sql.post(mirror)


def test_a_reversal_names_a_journal(sql: PlainSql) -> None:
    with refused(FOREIGN, NO_MIRROR):
        sql.post(reversal_of(raised(sql.books), uuid4()))


MIRROR_FAULTS: dict[str, Callable[[Entry], Entry]] = {
    "another amount": lambda e: replace(e, lines=tuple(replace(line, pence=line.pence * 2) for line in e.lines)),
    "another fund": lambda e: replace(e, lines=tuple(replace(line, fund="council") for line in e.lines)),
    "more lines": lambda e: replace(e, lines=e.lines * 2),
}


@pytest.mark.parametrize("fault", MIRROR_FAULTS)
def test_a_reversal_mirrors_what_it_reverses(sql: PlainSql, fault: str) -> None:
    entry = raised(sql.books)
    mirror = reversal_of(entry, sql.post(entry))
    with refused(NO_MIRROR):
        sql.post(MIRROR_FAULTS[fault](mirror))


def test_a_reversal_is_of_the_same_kind(sql: PlainSql) -> None:
    entry = raised(sql.books)
    agreed = events.budget_agreed(heading(), [portion(sql.books.care, "10")])
    with refused(NO_MIRROR):
        sql.post(reversal_of(agreed, sql.post(entry)))


def test_a_reversal_is_not_reversed(sql: PlainSql) -> None:
    entry = raised(sql.books)
    mirror = reversal_of(entry, sql.post(entry))
    mirror_id = sql.post(mirror)
    with refused(UNSOUND, NO_MIRROR):
        sql.post(reversal_of(mirror, mirror_id))
    with refused(NO_MIRROR):
        sql.post(reversal_of(entry, mirror_id))


def test_nobody_approves_what_they_prepared(sql: PlainSql) -> None:
    somebody = uuid4()
    with refused(CHECK, because="ck_journal_second_person"):
        sql.post(raised(sql.books), prepared_by=somebody, approved_by=somebody)


# Another commissioner's books.


@pytest.mark.parametrize("table", ["journal", "journal_line", *POSITIONS])
def test_another_commissioners_rows_are_not_seen(sql: PlainSql, table: str) -> None:
    stranger = PlainSql(sql.engine, Books(sql.books.sessions))
    assert count(sql, table) > 0
    assert count(stranger, table) == 0


@pytest.mark.parametrize("table", ["journal", "journal_line", *POSITIONS])
def test_without_a_commissioner_nothing_is_seen(sql: PlainSql, table: str) -> None:
    with sql.engine.begin() as connection:
        assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0  # noqa: S608 - a name of this file


def test_another_commissioners_rows_are_not_written(sql: PlainSql) -> None:
    journal = journal_row(sql.books, raised(sql.books), commissioner_id=uuid4())
    with refused(NO_RIGHT, because="row-level security"):
        sql.insert(journal, line_rows(journal, raised(sql.books).lines))


def test_another_commissioners_plan_line_is_not_spent(sql: PlainSql) -> None:
    stranger = PlainSql(sql.engine, Books(sql.books.sessions))
    with refused(NOT_OPEN):
        stranger.post(raised(sql.books))


def count(sql: PlainSql, table: str) -> int:
    """Return how many rows of a table are seen."""
    with sql.transaction() as connection:
        return int(connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0)  # noqa: S608 - a name of this file


def write_audit_event(sql: PlainSql) -> None:
    """Write one audit event, so that there is a row to change."""
    sql.run(
        "INSERT INTO audit_event (commissioner_id, recorded_at, user_id, roles, request_id, action, subject_kind,"
        " subject_id) VALUES (:commissioner, now(), :id, '{system}', :id, 'budget.agreed', 'budget', :id)",
        id=uuid4(),
    )
    assert sql.books.ask(balance_of, Account.ALLOCATION) == pounds("2000")
