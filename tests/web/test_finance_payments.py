"""May we pay, what was paid, and holds put and lifted."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy.orm import Session, sessionmaker

from phb.payments.checklist import CHECKS
from phb.payments.checks.operations import put_hold
from phb.payments.checks.queries import holds_of
from phb.payments.checks.rules import Code
from phb.payments.kinds import HoldKind
from phb.people.standing.operations import withdraw_consent
from phb.people.standing.queries import consents
from tests.budget.conftest import World, stated
from tests.payments.conftest import Paying
from tests.people.conftest import Service
from tests.web.finance_office import Office, links

A_DAY = {"start_on-day": "2", "start_on-month": "4", "start_on-year": "2026"}
AFTER = {"end_on-day": "9", "end_on-month": "4", "end_on-year": "2026"}


@pytest.fixture
def office(vault_sessions: sessionmaker[Session]) -> Office:
    """Return a commissioner that pays, on 1 April 2026."""
    return Office(Paying(World(Service(vault_sessions))))


@pytest.fixture
def budget_id(office: Office) -> UUID:
    """Return a budget with thirteen instalments of £400.00 planned, the first due on 1 April."""
    return office.paying.paid_plan()[1][0].budget_id


def holds(office: Office, budget_id: UUID) -> list[tuple[str, date, date | None, str]]:
    found = office.world.ask(office.world.auditor, holds_of, budget_id, office.world.service.today)
    return [(hold.kind, hold.start_on, hold.end_on, hold.reason) for hold in found]


def test_every_reason_of_the_checklist_has_its_place() -> None:
    placed = [code for _, codes in CHECKS for code in codes]
    assert sorted(placed) == sorted(set(Code) - {Code.DETAILS_CHANGED})  # that one is about a run


def test_every_check_of_the_next_payment_is_told(office: Office, budget_id: UUID) -> None:
    page = office.browser(office.world.auditor).open(f"/budgets/{budget_id}/payments")
    assert "The next payment is £400.00 on 1 April 2026, for 1 April 2026 to 28 April 2026." in page.text
    assert "Nothing stands against it." in page.text
    assert page.text.count("Outcome Passed") == len(CHECKS)


def test_what_stands_against_a_payment_is_told_with_what_to_do(office: Office, budget_id: UUID) -> None:
    world = office.world
    (consent,) = world.ask(world.coordinator, consents, world.person_id, world.service.today)
    world.do(world.coordinator, withdraw_consent, consent.id, on=date(2026, 4, 1))
    page = office.browser(world.auditor).open(f"/budgets/{budget_id}/payments")
    assert "It cannot be paid yet. The list says why." in page.text
    assert "Outcome Stops the payment Why, and what to do Nobody's consent" in page.text
    assert page.text.count("Outcome Passed") == len(CHECKS) - 1


def test_an_overdue_review_warns_and_stops_nothing(office: Office) -> None:
    pot_id = office.paying.pot(review_on=date(2026, 4, 1))
    row = office.paying.plan(pot_id).instalments[0]
    office.world.on(date(2026, 4, 2))
    page = office.browser(office.world.auditor).open(f"/budgets/{row.budget_id}/payments")
    assert "Outcome Look at this Why, and what to do A review was due on 1 April 2026." in page.text
    assert "Nothing stands against it." in page.text


def test_money_the_commissioner_holds_is_not_paid_out(office: Office) -> None:
    budget_id = office.world.active(stated("care", "900.00", pot="np"))
    page = office.browser(office.world.auditor).open(f"/budgets/{budget_id}/payments")
    assert "The commissioner holds this money and pays the providers' invoices" in page.text
    assert "No payment was asked for yet." in page.text


def test_a_pot_without_a_plan_says_that_nothing_is_planned(office: Office) -> None:
    budget_id = office.world.active(stated("care", "900.00"))
    page = office.browser(office.world.auditor).open(f"/budgets/{budget_id}/payments")
    assert "Nothing more is planned to be paid out of it." in page.text


def test_payments_lead_to_their_pages(office: Office, budget_id: UUID) -> None:
    payment = office.paying.payments(office.paying.settled())[0]
    browser = office.browser(office.paying.clerk)
    page = browser.open(f"/budgets/{budget_id}/payments")
    assert "£400.00 Where it stands Settled, 8 April 2026" in page.text
    places = [address for address in links(page.html) if address.startswith(("/payments", "/pots"))]
    assert f"/payments/{payment.id}" in places
    assert [browser.open(address).status for address in places] == [200] * len(places)


def test_payments_are_put_on_hold_with_a_reason(office: Office, budget_id: UUID) -> None:
    browser = office.browser(office.world.finance)
    asked = browser.open(f"/budgets/{budget_id}/holds/new")
    answers = {"kind": "hold", "pot": "whole", "reason": "The account is being looked at", **A_DAY}
    done = browser.send(f"/budgets/{budget_id}/holds/new", asked, **answers)
    assert "It is in place. Tell the person in writing, with your reasons." in done.text
    assert "On hold from 2 April 2026" in done.text
    assert holds(office, budget_id) == [("hold", date(2026, 4, 2), None, "The account is being looked at")]
    again = browser.send(f"/budgets/{budget_id}/holds/new", asked, **answers)
    assert (again.status, len(holds(office, budget_id))) == (200, 1)
    overview = browser.open(f"/budgets/{budget_id}").text
    for words in ("Payments are on hold", "From 2 April 2026: The account is being looked at"):
        assert words in overview


def test_one_pot_alone_is_stopped(office: Office, budget_id: UUID) -> None:
    pot_id = office.world.plan_of(budget_id).pots[0].id
    browser = office.browser(office.world.finance)
    done = browser.send(
        f"/budgets/{budget_id}/holds/new", kind="stop", pot=str(pot_id), reason="The person moved away", **A_DAY
    )
    assert "Stopped from 2 April 2026" in done.text
    assert "Payments are stopped" in browser.open(f"/budgets/{budget_id}").text


def test_a_hold_is_refused_at_each_field(office: Office, budget_id: UUID) -> None:
    browser = office.browser(office.world.finance)
    nothing = browser.send(f"/budgets/{budget_id}/holds/new")
    assert nothing.status == 422
    assert list(nothing.wrong) == ["kind", "pot", "start_on-day", "reason"]
    yesterday = A_DAY | {"start_on-day": "31", "start_on-month": "3"}
    past = browser.send(f"/budgets/{budget_id}/holds/new", kind="hold", pot="whole", reason="Late", **yesterday)
    assert past.wrong == {"start_on-day": "A hold starts today or later: what was paid before stays paid."}


def test_a_hold_is_lifted_with_a_reason(office: Office, budget_id: UUID) -> None:
    browser = office.browser(office.world.finance)
    hold = office.world.do(
        office.world.finance, put_hold, budget_id, kind=HoldKind.HOLD, start_on=date(2026, 4, 1), reason="Statement"
    )
    place = f"/budgets/{budget_id}/holds/{hold.id}/lift"
    assert place in links(browser.open(f"/budgets/{budget_id}/payments").html)
    assert list(browser.send(place).wrong) == ["end_on-day", "reason"]
    stale = browser.open(place)
    assert "It was put in place for this reason: Statement" in stale.text
    done = browser.send(place, reason="The statement came", **AFTER)
    assert "The first day without it is 9 April 2026." in done.text
    assert holds(office, budget_id) == [("hold", date(2026, 4, 1), date(2026, 4, 9), "Statement")]
    again = browser.send(place, stale, reason="Once more", **AFTER)
    assert again.status == 409


def test_a_hold_of_another_budget_is_no_page(office: Office, budget_id: UUID) -> None:
    hold = office.world.do(
        office.world.finance, put_hold, budget_id, kind=HoldKind.HOLD, start_on=date(2026, 4, 1), reason="Statement"
    )
    other = office.world.active(stated("care", "10.00"))
    assert office.browser(office.world.finance).open(f"/budgets/{other}/holds/{hold.id}/lift").status == 404


def test_only_finance_officers_put_and_lift(office: Office, budget_id: UUID) -> None:
    for actor in (office.world.approver, office.world.auditor):
        browser = office.browser(actor)
        assert browser.open(f"/budgets/{budget_id}/holds/new").status == 403
        assert "Put payments on hold" not in browser.open(f"/budgets/{budget_id}/payments").text
