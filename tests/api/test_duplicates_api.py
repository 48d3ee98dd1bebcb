"""What was stopped from being done twice is there for auditors to list, though its own work was undone."""

from uuid import uuid4

from phb.core.actor import Role
from tests.api.test_spending_api import Counter, counter  # noqa: F401 - a fixture
from tests.payments.conftest import Paying
from tests.web.conftest import Browser
from tests.web.finance_office import Office


def listed(counter: Counter) -> list[str]:  # noqa: F811 - the fixture's value
    rows = counter.desk.staff(Role.AUDITOR).get("/reports/duplicates").body["rows"]
    return [row["what"] for row in rows]


def test_a_request_sent_again_and_one_refused_are_listed(counter: Counter) -> None:  # noqa: F811 - the fixture
    key, holder = str(uuid4()), counter.holder
    for _ in range(2):
        holder.post("/spending", counter.body(), key=key)
    assert listed(counter) == ["Sent again, and answered as the first time"]
    assert holder.post("/spending", counter.body("5.00"), key=key).status == 422
    refused = "Refused: key used for another request"
    assert sorted(listed(counter)) == [refused, "Sent again, and answered as the first time"]


def test_what_was_refused_for_another_reason_is_not(counter: Counter) -> None:  # noqa: F811 - the fixture
    assert counter.holder.post("/spending", counter.body("0.00")).status == 422
    assert listed(counter) == []


def test_spend_that_looks_like_other_spend_is_listed(counter: Counter) -> None:  # noqa: F811 - the fixture
    for _ in range(2):
        assert counter.holder.post("/spending", counter.body()).status == 201
    assert listed(counter) == ["Spend that looks like other spend, which is asked about"]


def test_a_form_sent_twice_or_refused_as_done_is_listed(counter: Counter) -> None:  # noqa: F811 - the fixture
    office = Office(Paying(counter.spender.world))
    finance: Browser = office.browser(office.world.service.staff(Role.FINANCE_OFFICER))
    page = finance.open("/funders/ask")
    for day in ("15", "14"):
        finance.send("/funders/ask", page, **{"until-day": day, "until-month": "6", "until-year": "2026"})
    assert listed(counter) == ["Refused: form sent before"]
    finance.send("/funders/ask", page, **{"until-day": "15", "until-month": "6", "until-year": "2026"})
    assert sorted(listed(counter)) == ["Refused: form sent before", "Sent again, and answered as the first time"]
