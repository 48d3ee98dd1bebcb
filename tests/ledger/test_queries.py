"""Reading the books: as of a day, by layer and fund, in the order things happened."""

from datetime import date
from typing import Any
from uuid import UUID

from phb.core.days import Days
from phb.core.money import pounds
from phb.ledger import events, posting
from phb.ledger.chart import Account, JournalKind, Layer
from phb.ledger.entry import CommitmentPortion, Share
from phb.ledger.queries import (
    balance_of,
    journal,
    journals,
    lines_of_budget,
    lines_of_journals,
    open_commitments,
    position_of_budget,
    position_of_plan_line,
    position_of_pot,
    positions_of_lines,
    trial_balance,
)
from tests.ledger.conftest import Books, heading, portion

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
NIL = pounds("0")


def pay_in_and_spend(books: Books) -> None:
    """Release £250 in April, settle it in May, spend £99.99 of it in June."""
    instalment = [portion(books.care, "250")]
    books.post(events.payment_released(heading(), instalment))
    books.post(events.payment_settled(heading(MAY), instalment))
    books.post(events.paid_from_funds(heading(JUNE), [portion(books.care, "99.99")]))


def test_a_balance_is_told_at_the_end_of_a_day(funded: Books) -> None:
    pay_in_and_spend(funded)

    def cash(as_of: date | None = None) -> object:
        return funded.ask(balance_of, Account.FUNDS_HELD, pot_id=funded.pot_id, as_of=as_of)

    assert cash(as_of=date(2026, 4, 30)) == NIL
    assert cash(as_of=MAY) == pounds("250")
    assert cash(as_of=JUNE) == cash() == pounds("150.01")


def test_a_balance_is_told_for_a_budget_or_a_pot(funded: Books) -> None:
    pay_in_and_spend(funded)
    assert funded.ask(balance_of, Account.FUNDS_HELD, budget_id=funded.budget_id) == pounds("150.01")
    assert funded.ask(balance_of, Account.FUNDS_HELD, budget_id=funded.pot_id) == NIL
    assert funded.ask(balance_of, Account.FUNDS_HELD, pot_id=funded.notional_pot_id) == NIL
    assert funded.ask(balance_of, Account.BANK, pot_id=funded.pot_id) == pounds("-250")


def test_positions_are_told_for_one_year_or_all(funded: Books) -> None:
    for position in (
        funded.ask(position_of_budget, funded.budget_id, year=2026),
        funded.ask(position_of_budget, funded.budget_id),
    ):
        assert position.approved == pounds("2000")
    assert funded.ask(position_of_pot, funded.pot_id, year=2026).approved == pounds("1000")
    assert funded.ask(position_of_pot, funded.pot_id, year=2027).approved == NIL
    assert funded.ask(position_of_plan_line, funded.care.plan_line_id, 2027).approved == NIL


def test_the_position_of_each_line_is_told_and_adds_up_to_the_budget(funded: Books) -> None:
    pay_in_and_spend(funded)
    lines = funded.ask(positions_of_lines, funded.budget_id)
    care = lines[funded.care.plan_line_id]
    assert (care.approved, care.spent, care.available) == (pounds("1000"), pounds("99.99"), pounds("900.01"))
    assert sum((line.approved for line in lines.values()), NIL) == pounds("2000")
    assert funded.ask(positions_of_lines, funded.pot_id) == {}


def test_the_trial_balance_is_nil_for_each_fund_and_layer(funded: Books) -> None:
    funded.post(events.budget_raised(heading(), [portion(funded.care, "70"), portion(funded.care, "30", "council")]))
    pay_in_and_spend(funded)
    totals: dict[tuple[Layer, str], object] = {}
    for balance in funded.ask(trial_balance):
        totals[balance.layer, balance.fund] = totals.get((balance.layer, balance.fund), NIL) + balance.amount
    assert totals == {(Layer.ACTUAL, "nhs"): NIL, (Layer.BUDGET, "nhs"): NIL, (Layer.BUDGET, "council"): NIL}


def test_the_trial_balance_names_each_account_as_of_a_day(funded: Books) -> None:
    pay_in_and_spend(funded)
    told = {(b.account, b.amount) for b in funded.ask(trial_balance, as_of=MAY) if b.layer == Layer.ACTUAL}
    assert told == {
        (Account.BANK, pounds("-250")),
        (Account.FUNDS_HELD, pounds("250")),
        (Account.IN_TRANSIT, NIL),
    }


def test_lines_of_a_budget_come_by_day_then_as_recorded(funded: Books) -> None:
    early, late = date(2026, 4, 2), date(2026, 4, 3)
    with funded.unit() as uow:
        posting.post_batch(
            uow,
            [
                events.budget_raised(heading(day), [portion(funded.care, amount)])
                for day, amount in ((late, "3"), (early, "1"), (late, "4"), (early, "2"))
            ],
        )
        posting.post(uow, events.budget_raised(heading(late), [portion(funded.care, "5")]))
    lines = funded.ask(lines_of_budget, funded.budget_id, accounts=[Account.ALLOCATION])
    assert [line.pence for _, line in lines] == [100_000, 100_000, 100, 200, 300, 400, 500]
    until = funded.ask(lines_of_budget, funded.budget_id, accounts=[Account.ALLOCATION], until=early)
    assert [line.pence for _, line in until] == [100_000, 100_000, 100, 200]
    assert until[-1][0].effective_on == early


def test_lines_of_a_budget_are_of_the_accounts_asked_for(funded: Books) -> None:
    pay_in_and_spend(funded)
    lines = funded.ask(lines_of_budget, funded.budget_id, accounts=[Account.FUNDS_HELD, Account.EXPENDITURE])
    assert [line.account for _, line in lines] == ["funds_held", "expenditure", "funds_held"]


def test_a_commitment_is_open_until_it_is_used_up(funded: Books) -> None:
    promised = [CommitmentPortion(funded.commitment_id, portion(funded.equipment, "300"))]
    assert funded.ask(open_commitments) == []
    funded.post(events.commitment_raised(heading(), promised))
    assert [c.id for c in funded.ask(open_commitments)] == [funded.commitment_id]
    funded.post(events.commitment_released(heading(), promised))
    assert funded.ask(open_commitments) == []


def test_commitments_past_their_last_day_are_told_apart(funded: Books) -> None:
    promised = [CommitmentPortion(funded.commitment_id, portion(funded.equipment, "300"))]
    funded.post(events.commitment_raised(heading(), promised))
    assert funded.ask(open_commitments, expired_by=date(2026, 9, 30)) == []
    assert [c.id for c in funded.ask(open_commitments, expired_by=date(2026, 10, 1))] == [funded.commitment_id]


def test_a_journal_is_told_with_its_lines(funded: Books) -> None:
    posted = funded.post(events.payment_released(heading(), [portion(funded.care, "250")]))
    told = funded.ask(journal, posted.journal_id)
    assert told.journal.kind == "payment_released"
    assert [(line.account, line.pence) for line in told.lines] == [("in_transit", 25_000), ("bank", -25_000)]


def test_journals_are_of_one_budget_or_all(funded: Books) -> None:
    funded.post(events.programme_budget_set(heading(), 2026, [Share("nhs", pounds("900"))]))

    def kinds(budget_id: UUID | None = None) -> list[str]:
        return sorted(funded.ask(lambda session: [j.kind for j in session.scalars(journals(budget_id))]))

    assert kinds() == ["budget_agreed", "programme_budget_set"]
    assert kinds(funded.budget_id) == ["budget_agreed"]
    assert kinds(funded.pot_id) == []


def test_the_lines_of_some_journals_are_told_by_journal(funded: Books) -> None:
    pay_in_and_spend(funded)
    found = funded.ask(lambda session: session.scalars(journals(funded.budget_id)).all())
    first, second = found[:2]
    lines = funded.ask(lines_of_journals, [first.id, second.id])
    assert set(lines) == {first.id, second.id}
    for known in (first, second):
        assert [line.ordinal for line in lines[known.id]] == list(range(1, known.line_count + 1))
        assert sum(line.pence for line in lines[known.id]) == 0


def test_journals_are_narrowed_by_kind_and_by_the_days_they_count_on(funded: Books) -> None:
    pay_in_and_spend(funded)

    def found(**narrowed: Any) -> list[str]:
        return sorted(funded.ask(lambda session: [row.kind for row in session.scalars(journals(**narrowed))]))

    assert found(kind=JournalKind.PAYMENT_SETTLED) == ["payment_settled"]
    assert found(days=Days(MAY, MAY)) == ["payment_settled"]
    assert found(days=Days(last=date(2026, 4, 30))) == ["budget_agreed", "payment_released"]
    assert found(days=Days(first=JUNE)) == ["paid_from_funds"]


def test_a_journal_names_the_one_that_turned_it_round(funded: Books) -> None:
    posted = funded.post(events.payment_released(heading(), [portion(funded.care, "250")]))
    assert funded.ask(journal, posted.journal_id).reversed_by_id is None
    mirror = funded.reverse(posted)
    assert funded.ask(journal, posted.journal_id).reversed_by_id == mirror.journal_id
    assert funded.ask(journal, mirror.journal_id).journal.reverses_id == posted.journal_id
