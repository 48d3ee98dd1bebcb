"""Finance decides on budgets and changes: signed off, put in force, returned, refused; and why not."""

from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from phb.budget.budgets import operations as budgets
from phb.budget.budgets import revisions
from phb.budget.budgets.models import BudgetRevision, SignOff
from phb.core.actor import Role
from phb.core.money import pounds
from phb.people.users.operations import grant_role
from phb.people.users.queries import user
from tests.budget.conftest import World, stated
from tests.payments.conftest import Paying
from tests.people.conftest import APRIL, Service
from tests.people.test_approvers import allow
from tests.web.conftest import Browser
from tests.web.finance_office import Office, links


@pytest.fixture
def office(vault_sessions: sessionmaker[Session]) -> Office:
    """Return a commissioner that pays, on 1 April 2026."""
    return Office(Paying(World(Service(vault_sessions))))


@pytest.fixture
def approver(office: Office) -> Browser:
    """Return the browser of an approver, who may sign off up to £50,000.00."""
    return office.browser(office.world.approver)


def steps(office: Office, budget_id: UUID) -> list[tuple[str, str | None]]:
    """Return the steps taken with their notes and reasons."""
    with office.world.service.unit(office.world.auditor) as uow:
        rows = uow.session.scalars(select(SignOff).where(SignOff.budget_id == budget_id).order_by(SignOff.ordinal))
        return [(row.step, row.reason) for row in rows]


def change_now(office: Office, revision_id: UUID) -> BudgetRevision:
    with office.world.service.unit(office.world.auditor) as uow:
        return uow.session.scalars(select(BudgetRevision).where(BudgetRevision.id == revision_id)).one()


def test_the_value_is_signed_off_with_a_note(office: Office, approver: Browser) -> None:
    budget_id = office.to_sign_off()
    shown = approver.open(f"/budgets/{budget_id}")
    for words in (
        "It waits for an approver to sign off its value.",
        "Sign off the value Return it Refuse it",
        "Value for the scheme of delegation £5,200.00",
        "Your limit £50,000.00",
    ):
        assert words in shown.text, words
    asked = approver.open(f"/budgets/{budget_id}/sign-off")
    assert "The scheme of delegation counts this budget as £5,200.00." in asked.text
    done = approver.send(f"/budgets/{budget_id}/sign-off", asked, note="Within the scheme")
    assert "The value is signed off. The person can now agree to the budget." in done.text
    assert "It waits for the person, or who represents them, to agree to it." in done.text
    assert steps(office, budget_id)[-1] == ("sign_off_finance", "Within the scheme")


def test_a_form_that_is_sent_twice_signs_off_once(office: Office, approver: Browser) -> None:
    budget_id = office.to_sign_off()
    asked = approver.open(f"/budgets/{budget_id}/sign-off")
    for _ in range(2):
        done = approver.send(f"/budgets/{budget_id}/sign-off", asked)
        assert done.status == 200
    assert [step for step, _ in steps(office, budget_id)].count("sign_off_finance") == 1


def test_an_agreed_budget_is_made_active_and_its_money_allocated(office: Office, approver: Browser) -> None:
    budget_id = office.world.agreed(stated("care", "5200.00"))
    assert "Make it active" in approver.open(f"/budgets/{budget_id}").text
    done = approver.send(f"/budgets/{budget_id}/activate")
    assert "The budget is active, and its money is allocated." in done.text
    assert "Approved £5,200.00" in done.text
    assert office.world.approved(budget_id) == pounds("5200.00")


def test_a_budget_is_returned_with_reasons(office: Office, approver: Browser) -> None:
    budget_id = office.to_sign_off()
    refused = approver.send(f"/budgets/{budget_id}/return")
    assert (refused.status, refused.wrong) == (422, {"reason": "Say why you return it"})
    done = approver.send(f"/budgets/{budget_id}/return", reason="The nights are missing")
    assert "The budget is returned." in done.text
    assert office.world.budget(budget_id).state == "draft"
    assert steps(office, budget_id)[-1] == ("return", "The nights are missing")


def test_a_budget_is_refused_with_the_reasons_the_person_is_told(office: Office, approver: Browser) -> None:
    budget_id = office.to_sign_off()
    refused = approver.send(f"/budgets/{budget_id}/refuse")
    assert (refused.status, refused.wrong) == (422, {"reason": "Say why you refuse it: the person is told"})
    done = approver.send(f"/budgets/{budget_id}/refuse", reason="Another service arranges this")
    assert "It was refused, and nothing more can be done to it." in done.text
    assert steps(office, budget_id)[-1] == ("refuse", "Another service arranges this")


def test_above_the_limit_there_is_no_button_and_a_reason(office: Office, approver: Browser) -> None:
    budget_id = office.to_sign_off("60000.00")
    page = approver.open(f"/budgets/{budget_id}")
    assert "This is worth £60,000.00 and you may sign off up to £50,000.00." in page.text
    assert f"/budgets/{budget_id}/sign-off" not in links(page.html)
    assert f"/budgets/{budget_id}/refuse" in links(page.html)
    sent = approver.send(f"/budgets/{budget_id}/sign-off")
    assert sent.status == 403
    assert "Ask an approver with a higher limit." in sent.text
    assert office.world.budget(budget_id).state == "signed_off_clinically"


def test_who_can_sign_it_off_is_named(office: Office, approver: Browser) -> None:
    budget_id = office.to_sign_off("60000.00")
    higher = office.world.service.staff(Role.APPROVER)
    allow(office.world.service, "90000.00", higher.user_id)
    with office.world.service.unit(office.world.administrator) as uow:
        name = user(uow.session, uow.actor, higher.user_id).name
    assert f"{name} can sign it off." in approver.open(f"/budgets/{budget_id}").text


def test_who_proposed_a_budget_does_not_decide_on_it(office: Office) -> None:
    world = office.world
    budget_id = office.to_sign_off()
    with world.service.unit(world.administrator) as uow:
        grant_role(
            uow,
            world.coordinator.user_id,
            Role.APPROVER,
            organisation_id=world.service.commissioner_id,
            start_on=APRIL,
        )
    page = office.browser(world.coordinator).open(f"/budgets/{budget_id}")
    assert "You prepared this or sent it to be signed off, so somebody else decides on it." in page.text
    assert f"/budgets/{budget_id}/sign-off" not in links(page.html)


def test_what_is_not_signed_off_clinically_says_so(office: Office, approver: Browser) -> None:
    budget_id = office.world.propose().id
    office.world.do(office.world.coordinator, budgets.submit, budget_id)
    page = approver.open(f"/budgets/{budget_id}")
    assert "It waits for a clinician to sign it off. Its value can be signed off after that." in page.text
    assert f"/budgets/{budget_id}/sign-off" not in links(page.html)


def test_a_budget_that_changed_meanwhile_is_not_decided_on(office: Office, approver: Browser) -> None:
    budget_id = office.to_sign_off()
    asked = approver.open(f"/budgets/{budget_id}/refuse")
    office.world.do(office.world.approver, budgets.sign_off_finance, budget_id)
    sent = approver.send(f"/budgets/{budget_id}/refuse", asked, reason="Too late")
    assert sent.status == 409
    assert "Somebody changed this since you read it." in sent.wrong[""]
    assert office.world.budget(budget_id).state == "signed_off_finance"


@pytest.mark.parametrize("step", ["sign-off", "activate", "return", "refuse"])
def test_finance_officers_and_readers_do_not_decide(office: Office, step: str) -> None:
    budget_id = office.to_sign_off()
    for actor in (office.world.finance, office.world.auditor, office.paying.releaser):
        browser = office.browser(actor)
        assert browser.open(f"/budgets/{budget_id}/{step}").status == 403
        assert f"/budgets/{budget_id}/{step}" not in links(browser.open(f"/budgets/{budget_id}").html)


def test_a_change_is_shown_beside_the_plan_and_signed_off(office: Office, approver: Browser) -> None:
    budget_id = office.world.active(stated("care", "1000.00"))
    row = office.change(budget_id, "1500.00")
    assert "A change is being agreed" in approver.open(f"/budgets/{budget_id}").text
    place = f"/budgets/{budget_id}/changes/{row.id}"
    page = approver.open(place)
    for words in (
        "More hours at night",
        "The plan in force comes to £1,000.00. With the change it comes to £1,500.00.",
        "Line care Now Help at home: 1, once",
        "£1,000.00",
        "£1,500.00",
    ):
        assert words in page.text, words
    done = approver.send(f"{place}/sign-off", note="")
    assert "The value is signed off. The person can now agree to the change." in done.text
    assert change_now(office, row.id).state == "signed_off_finance"


def test_an_agreed_change_is_put_in_force_and_the_books_follow(office: Office, approver: Browser) -> None:
    budget_id = office.world.active(stated("care", "1000.00"))
    row = office.change(budget_id, "1500.00")
    office.world.do(office.world.approver, revisions.sign_off_revision_finance, row.id)
    office.world.do(office.world.holder, revisions.agree_revision, row.id)
    done = approver.send(f"/budgets/{budget_id}/changes/{row.id}/apply")
    assert "The change is in force, and the books follow it." in done.text
    assert "See the plan in force" in done.text
    assert office.world.approved(budget_id) == pounds("1500.00")


@pytest.mark.parametrize(
    ("step", "said", "state"),
    [("return", "The change is returned.", "draft"), ("refuse", "The change is refused.", "refused")],
)
def test_a_change_is_returned_or_refused_with_reasons(
    office: Office, approver: Browser, step: str, said: str, state: str
) -> None:
    budget_id = office.world.active(stated("care", "1000.00"))
    row = office.change(budget_id, "1500.00")
    place = f"/budgets/{budget_id}/changes/{row.id}/{step}"
    assert list(approver.send(place).wrong) == ["reason"]
    assert said in approver.send(place, reason="Not enough is known").text
    assert change_now(office, row.id).state == state
    assert office.world.approved(budget_id) == pounds("1000.00")


def test_a_change_of_another_budget_is_no_page(office: Office, approver: Browser) -> None:
    budget_id = office.world.active(stated("care", "1000.00"))
    row = office.change(budget_id, "1500.00")
    other = office.world.active(stated("care", "10.00"))
    assert approver.open(f"/budgets/{other}/changes/{row.id}").status == 404
    assert approver.open(f"/budgets/{other}/changes/{row.id}/refuse").status == 404
