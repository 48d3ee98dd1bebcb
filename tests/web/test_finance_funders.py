"""Funders as pages: what each bears, asking it, and saving what it pays or is paid back."""

from datetime import date

import pytest

from phb.core.actor import Role
from phb.core.money import pounds
from phb.governance import policy
from phb.governance.policies import FunderPolicy
from phb.ledger import events, posting
from phb.ledger.entry import Heading, Source
from phb.spending.sharing import days_of, portions
from tests.payments.conftest import Paying
from tests.spending.conftest import JUNE, Spender
from tests.web.caring import day
from tests.web.finance_office import Office


@pytest.fixture
def office(spender: Spender) -> Office:
    """Return a commissioner on 15 June 2026 that paid £1,200.00 out for the council."""
    return Office(Paying(spender.world))


def test_a_funder_is_asked_and_pays(office: Office) -> None:
    finance = office.browser(office.world.service.staff(Role.FINANCE_OFFICER))
    page = finance.open("/funders")
    assert "A funder's share counts when money was paid out for it, less what came back." in page.text
    assert "Council, 2026/27" in page.text
    assert "£1,200.00" in page.text
    assert finance.send("/funders/ask").wrong == {"until-day": "Enter a day"}
    done = finance.send("/funders/ask", **day("until", "2026-06-15"))
    assert "The funders are asked for their shares." in done.text
    asked = finance.open("/funders/council/2026/received")
    assert "For 2026/27 it owes £1,200.00 today." in asked.text
    refused = finance.send("/funders/council/2026/received", amount="1,200.01", **day("on", "2026-06-15"))
    assert "council owes £1,200.00 of 2026 to 2027" in refused.wrong["amount"]
    done = finance.send("/funders/council/2026/received", amount="1200", **day("on", "2026-06-15"))
    assert "What it paid is saved." in done.text
    balance = finance.open("/audit/trial-balance", fund="council")
    assert "Only what is of the fund “council” is here." in balance.text
    assert "Actual, nhs" not in balance.text
    assert "fund=council" in balance.html
    assert finance.open("/audit/trial-balance.csv", fund="council").status == 200


def test_what_was_too_much_is_paid_back(office: Office, spender: Spender) -> None:
    finance = office.browser(office.world.service.staff(Role.FINANCE_OFFICER))
    finance.send("/funders/ask", **day("until", "2026-06-15"))
    finance.send("/funders/council/2026/received", amount="1200", **day("on", "2026-06-15"))
    back = portions(spender.world.line_of(spender.budget_id, "care"), days_of(JUNE, None), pounds("100.00"))
    with spender.world.service.unit(spender.world.finance) as uow:
        heading = Heading(JUNE, "Sent back", Source("test", spender.budget_id))
        posting.post(uow, events.returned_unasked(heading, back))
    finance.send("/funders/ask", **day("until", "2026-06-15"))
    asked = finance.open("/funders/council/2026/paid-back")
    assert "For 2026/27 it is owed £40.00 today." in asked.text
    done = finance.send("/funders/council/2026/paid-back", amount="40", **day("on", "2026-06-15"))
    assert "What it was paid back is saved." in done.text


def test_the_page_says_by_which_policy_a_share_counts(office: Office) -> None:
    world = office.world
    values = {"recharged_when": "spent"}
    row = world.do(
        world.administrator,
        policy.propose,
        FunderPolicy.name,
        values,
        effective_from=date(2026, 6, 15),
        source="Board",
    )
    world.do(world.service.named("bo"), policy.confirm, row.id)
    page = office.browser(world.auditor).open("/funders")
    assert "when it was spent on care" in page.text
    assert "Ask the funders" not in page.text


def test_a_funder_or_a_way_that_there_is_not_is_not_found(office: Office) -> None:
    finance = office.browser(office.world.service.staff(Role.FINANCE_OFFICER))
    for address in ("nobody/2026/received", "council/1999/received", "council/2026/lent", "nhs/2026/received"):
        assert finance.open(f"/funders/{address}").status == 404
