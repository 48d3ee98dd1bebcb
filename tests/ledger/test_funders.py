"""What each funder bears by the books, asking it for its share once, and giving back what was too much."""

from datetime import date
from typing import Any

import pytest

from phb.core.actor import Actor, MissingPermissionError, Role
from phb.core.days import ANY_DAY, Days
from phb.core.money import pounds
from phb.core.uow import begin
from phb.governance import policy
from phb.governance.policies import FunderPolicy, RechargedWhen
from phb.ledger import events, funders
from phb.ledger.chart import Account
from phb.ledger.entry import FundTransfer
from phb.ledger.funders import FunderOwesLessError, FunderYear
from phb.ledger.queries import balance_of
from tests.ledger.conftest import APRIL, NOON, Books, heading, portion
from tests.ledger.steps import NIL

YESTERDAY = date(2026, 3, 31)


@pytest.fixture
def shared(books: Books) -> Books:
    """Return £1,000.00 of care, paid out as £600.00 of the NHS and £400.00 of the council, £500.00 of it spent."""
    both = [portion(books.care, "600"), portion(books.care, "400", "council")]
    books.post(events.budget_agreed(heading(), both))
    books.post(events.payment_released(heading(), both))
    books.post(events.payment_settled(heading(), both))
    spent = [portion(books.care, "300"), portion(books.care, "200", "council")]
    books.post(events.paid_from_funds(heading(), spent))
    return books


def council(books: Books, until: date = APRIL) -> FunderYear:
    found: list[FunderYear] = books.ask(funders.funder_years, until)
    return next(row for row in found if row.fund == "council")


def ask(books: Books, until: date = APRIL) -> tuple[str, str]:
    with books.unit() as uow:
        done = funders.ask_funders(uow, until)
    books.assert_sound()
    return f"{done.asked.amount:g}", f"{done.owed_back.amount:g}"


def settle(books: Books, operation: Any, amount: str, fund: str = "council") -> None:
    with books.unit() as uow:
        operation(uow, fund, 2026, pounds(amount), APRIL)
    books.assert_sound()


def count_when_spent(books: Books) -> None:
    """Let the commissioner's policy count what was spent on care."""
    other = Actor(books.provider_id, books.actor.commissioner_id, books.actor.roles, books.actor.permissions)
    values = {"recharged_when": RechargedWhen.SPENT.value}
    with books.unit() as uow:
        row = policy.propose(uow, FunderPolicy.name, values, effective_from=APRIL, source="Board")
    with begin(books.sessions, other, clock=NOON) as uow:
        policy.confirm(uow, row.id)


def test_each_funder_bears_what_was_booked_of_its_fund(shared: Books) -> None:
    nhs, other = shared.ask(funders.funder_years, APRIL)
    assert (nhs.fund, nhs.year, nhs.spent, nhs.paid_out, nhs.to_ask) == ("nhs", 2026, pounds("300"), pounds("600"), NIL)
    assert (other.spent, other.paid_out, other.to_ask) == (pounds("200"), pounds("400"), pounds("400"))
    assert shared.ask(funders.funder_years, YESTERDAY) == []


def test_a_funder_is_asked_once(shared: Books) -> None:
    assert ask(shared) == ("400", "0")
    assert ask(shared) == ("0", "0")
    assert council(shared).owed == pounds("400")


def test_by_policy_it_is_asked_for_what_was_spent(shared: Books) -> None:
    count_when_spent(shared)
    assert ask(shared) == ("200", "0")


def test_money_that_came_back_is_owed_back_in_the_shares_in_which_it_was_paid(shared: Books) -> None:
    """Of £50.00 that came back £20.00 was the council's; it paid £400.00 and is paid £20.00 back."""
    ask(shared)
    settle(shared, funders.receive, "400")
    shared.post(events.returned_unasked(heading(), [portion(shared.care, "30"), portion(shared.care, "20", "council")]))
    assert council(shared).to_ask == pounds("-20")
    assert ask(shared) == ("0", "20")
    assert council(shared).owed == pounds("-20")
    settle(shared, funders.pay_back, "20")
    assert (council(shared).owed, council(shared).received) == (NIL, pounds("380"))
    assert shared.ask(balance_of, Account.DUE_TO_FUNDER) == NIL


def test_a_contribution_paid_to_us_is_not_asked_of_its_funder(shared: Books) -> None:
    """The person's £80.00 is money of its own inside the council's share: 400 - 80 paid out, 200 - 80 spent."""
    mine = [portion(shared.care, "80", "council")]
    shared.post(events.budget_agreed(heading(), [], mine))
    shared.post(events.contribution_due(heading(), mine))
    shared.post(events.contribution_paid_to_us(heading(), mine))
    found = council(shared)
    assert (found.paid_out, found.spent, found.contributions) == (pounds("320"), pounds("120"), pounds("80"))
    assert ask(shared) == ("320", "0")


def test_a_missed_contribution_is_owed_by_its_funder_once(shared: Books) -> None:
    """The council owes the £80.00 that the person did not pay; once it is paid out it is not asked for again."""
    mine = [portion(shared.care, "80", "council")]
    shared.post(events.budget_agreed(heading(), [], mine))
    shared.post(events.contribution_due(heading(), mine))
    shared.post(events.contribution_missed(heading(), mine))
    shared.post(events.payment_released(heading(), mine))
    found = council(shared)
    assert (found.missed, found.paid_out, found.owed) == (pounds("80"), pounds("400"), pounds("80"))
    assert ask(shared) == ("400", "0")
    settle(shared, funders.receive, "480")
    assert council(shared).owed == NIL


def test_what_a_true_up_moved_is_asked_of_the_one_it_moved_to(shared: Books) -> None:
    """£10.00 of cost goes over to the council: it bears 210 spent, and the NHS laid 10 of its 400 + 10 out for it."""
    shared.post(events.funds_trued_up(heading(), [FundTransfer(shared.care, "council", "nhs", pounds("10"))]))
    found = council(shared)
    assert (found.spent, found.paid_out) == (pounds("210"), pounds("410"))
    assert ask(shared) == ("410", "0")


def test_what_each_bears_of_a_budget_adds_up_to_the_years(shared: Books) -> None:
    found = {row.fund: row for row in shared.ask(funders.shares_of_budgets, ANY_DAY)}
    assert {row.budget_id for row in found.values()} == {shared.budget_id}
    assert found["council"].spent == council(shared).spent
    assert found["council"].paid_out == council(shared).paid_out
    assert shared.ask(funders.shares_of_budgets, Days(last=YESTERDAY)) == []


@pytest.mark.parametrize(
    ("operation", "amount", "fund", "words"),
    [
        (funders.receive, "400.01", "council", r"council owes £400\.00 of 2026 to 2027 .* the amount is £400\.01"),
        (funders.receive, "0.00", "council", r"the amount is £0\.00"),
        (funders.receive, "-5.00", "council", r"the amount is -£5\.00"),
        (funders.pay_back, "1.00", "council", r"council is owed £0\.00"),
        (funders.receive, "1.00", "nhs", r"nhs owes £0\.00"),
        (funders.receive, "1.00", "nobody", r"nobody owes £0\.00"),
    ],
)
def test_more_than_is_owed_is_refused(shared: Books, operation: Any, amount: str, fund: str, words: str) -> None:
    ask(shared)
    with pytest.raises(FunderOwesLessError, match=words):
        settle(shared, operation, amount, fund)


@pytest.mark.parametrize("operation", ["ask_funders", "receive", "pay_back"])
def test_who_may_not_is_told(shared: Books, operation: str) -> None:
    nobody = Actor(shared.actor.user_id, shared.actor.commissioner_id, frozenset({Role.AUDITOR}), frozenset())
    given = (APRIL,) if operation == "ask_funders" else ("council", 2026, pounds("1"), APRIL)
    with pytest.raises(MissingPermissionError), begin(shared.sessions, nobody, clock=NOON) as uow:
        getattr(funders, operation)(uow, *given)
