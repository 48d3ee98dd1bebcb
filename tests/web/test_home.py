"""The start page: what is yours to do and by when, in words, and where to go."""

import re
from datetime import date
from uuid import UUID

from phb.app import create_app
from phb.budget.budgets import operations as budgets
from phb.core.actor import Actor, Role
from phb.monitoring.duties.table import DUTIES
from phb.web.duties import AT_HOME, PLACES, Place
from tests.budget.conftest import World, dates, stated
from tests.payments.conftest import Paying
from tests.people.conftest import on_day
from tests.spending.conftest import Spender
from tests.web.conftest import Browser, Counter, Page

LATER = dates("2026-06-20", "2027-03-31")


def browser(world: World, actor: Actor) -> Browser:
    service = world.service
    return Counter(service, create_app(service.sessions, clock=on_day(service.today))).browser(actor)


def submitted(world: World, reference: str = "B-1") -> UUID:
    row = world.propose(
        stated("care", "100.00", period=LATER), reference=reference, period=LATER, review_on=LATER.start_on
    )
    world.do(world.coordinator, budgets.submit, row.id)
    return row.id


def to_do(page: Page) -> list[str]:
    """Return where each thing that is to be done leads."""
    return re.findall(r'nhsuk-task-list__link[^>]*href="([^"]+)"', page.html)


def test_every_kind_of_duty_opens_a_page_that_is_there(counter: Counter) -> None:
    assert set(PLACES) == set(DUTIES)
    rules = {rule.endpoint: rule for rule in counter.app.url_map.iter_rules()}
    places: list[Place] = [*PLACES.values(), *AT_HOME.values()]
    assert [rules[place.endpoint].arguments for place in places] == [set(place.ids) for place in places]


def test_it_says_what_about_whom_and_by_when_and_leads_there(world: World) -> None:
    budget_id = submitted(world)
    clinician = browser(world, world.clinician)
    page = clinician.open("/")
    assert page.title == "Your work - Personal health budgets"
    assert "You have 1 thing to do" in page.text
    assert "Sign off this budget clinically, or return it with your reasons" in page.text
    assert "Budget B-1, Aled Example. By 8 April 2026" in page.text
    assert "Overdue" not in page.text
    assert to_do(page) == [f"/care/budgets/{budget_id}"]
    assert clinician.open(to_do(page)[0]).status == 200


def test_what_is_overdue_is_marked_in_words(world: World) -> None:
    submitted(world)
    world.on(date(2026, 4, 8))
    assert "Overdue" not in browser(world, world.clinician).open("/").text
    world.on(date(2026, 4, 9))
    page = browser(world, world.clinician).open("/")
    assert "Budget B-1, Aled Example. It was to be done by 8 April 2026 Overdue" in page.text


def test_nothing_to_do_is_said_in_words_above_where_to_go(world: World) -> None:
    page = browser(world, world.auditor).open("/")
    assert "There is nothing you need to do today" in page.text
    assert "When something becomes yours to do, it stands here with the day it is due." in page.text
    assert page.text.index("There is nothing") < page.text.index("Where you can go")
    assert "Search, journals, proof that the books hold, lists" in page.text


def test_a_holder_is_greeted_and_asked_to_agree_on_their_own_page(world: World) -> None:
    holder = browser(world, world.holder)
    page = holder.open("/")
    assert "Hello, u" in page.text
    assert "If we need something from you, it will stand here." in page.text
    budget_id = submitted(world)
    world.do(world.clinician, budgets.sign_off_clinically, budget_id)
    world.do(world.approver, budgets.sign_off_finance, budget_id)
    page = holder.open("/")
    assert "Agree to this budget, or send it back with your reasons Budget B-1. By 15 April 2026" in page.text
    assert to_do(page) == [f"/your-budgets/{budget_id}"]
    assert holder.open(to_do(page)[0]).status == 200


def test_a_missing_receipt_leads_a_holder_to_their_own_page(spender: Spender) -> None:
    spend = spender.spend("12.50")
    spender.world.on(date(2026, 7, 1))
    holder = browser(spender.world, spender.world.holder)
    page = holder.open("/")
    assert "Send a receipt for this spend £12.50 spent on 4 May 2026." in page.text
    assert to_do(page) == [f"/your-budgets/{spender.budget_id}/spending/{spend.id}"]
    assert holder.open(to_do(page)[0]).status == 200


def test_a_payment_run_leads_an_approver_to_its_page(paying: Paying) -> None:
    paying.paid_plan()
    run = paying.assembled()
    approver = browser(paying.world, paying.approver)
    page = approver.open("/")
    assert "Approve this payment run, or withdraw it Payments to arrive on 8 April 2026" in page.text
    assert to_do(page) == [f"/payment-runs/{run.id}"]
    assert approver.open(to_do(page)[0]).status == 200


def test_a_long_list_goes_on_over_the_page(world: World) -> None:
    for number in range(51):
        submitted(world, f"B-{number:02}")
    clinician = browser(world, world.clinician)
    first = clinician.open("/")
    assert "What to do, the most urgent first" in first.text
    found = re.search(r'href="(\?after=[^"]+)"', first.html)
    assert found is not None
    rest = clinician.open(f"/{found[1]}")
    assert (len(to_do(first)), len(to_do(rest))) == (50, 1)
    assert not set(to_do(first)) & set(to_do(rest))
    assert clinician.open("/", after="odd").status == 422


def test_everybody_sees_the_cards_of_their_role(counter: Counter) -> None:
    page = counter.staff(Role.ADMINISTRATOR).open("/")
    for words in ("Who may sign in, and the roles they hold", "Bring in many rows at once", "What happens by itself"):
        assert words in page.text
    assert "Search, journals" not in page.text


def test_somebody_chooses_whether_they_are_written_to(world: World) -> None:
    clinician = browser(world, world.service.with_address(Role.CLINICIAN, "cy"))
    page = clinician.open("/messages")
    assert page.fields["wanted"] == "yes"  # as the policy says of everybody who works for the service
    assert clinician.send("/messages", page, wanted="no").text.count("Saved.") == 1
    assert clinician.open("/messages").fields["wanted"] == "no"


def test_nobody_asks_to_be_written_to_without_an_address(world: World) -> None:
    holder = browser(world, world.holder)
    refused = holder.send("/messages", wanted="yes")
    assert refused.status == 422
    assert refused.wrong == {
        "wanted": "We cannot write to you, because your sign-in name is no e-mail address. Ask an administrator to "
        "change it."
    }
    assert holder.open("/messages").fields["wanted"] == "no"
