"""Clinicians find what waits for them, read it whole, and sign off, return or refuse it; never their own proposal."""

from datetime import date
from fractions import Fraction

import pytest
from sqlalchemy.orm import Session, sessionmaker

from phb.budget.budgets import operations, revisions
from phb.budget.budgets.models import PersonalHealthBudget
from phb.core.actor import Role
from phb.people.users.operations import grant_role
from tests.budget.conftest import World, line, stated
from tests.people.conftest import Service
from tests.web.caring import CareOffice, Desk


@pytest.fixture
def office(vault_sessions: sessionmaker[Session]) -> CareOffice:
    """Return a care office on 1 April 2026."""
    return CareOffice(World(Service(vault_sessions)))


@pytest.fixture
def clinician(office: CareOffice) -> Desk:
    """Return a clinician's desk."""
    return office.desk(office.world.clinician)


def submitted(office: CareOffice) -> PersonalHealthBudget:
    """Return a budget that waits, with something that needs a decision."""
    referred = stated("power", "144.00", category="LIVING_COSTS", words="Power", referral_reason="The ventilator")
    budget = office.world.propose(line(money=None), referred)
    office.world.do(office.world.coordinator, operations.submit, budget.id)
    return budget


def test_what_waits_is_listed_with_since_when_and_by_when(office: CareOffice, clinician: Desk) -> None:
    assert "Nothing waits for you." in clinician.open("/care/waiting").text
    budget = submitted(office)
    page = clinician.open("/care/waiting")
    # 10,428.57 for the care and 144.00; a clinician has seven days.
    for words in (f"Budget {budget.reference}", "Aled Example", "1 April 2026", "8 April 2026", "£10,572.57"):
        assert words in page.text, words
    office.world.on(date(2026, 4, 9))
    assert "8 April 2026 Late" in office.desk(office.world.clinician).open("/care/waiting").text


def test_a_change_waits_with_its_reason(office: CareOffice, clinician: Desk) -> None:
    budget_id = office.world.active()
    plan = office.world.plan(line(quantity=Fraction(12)))
    revision = office.world.do(office.world.coordinator, revisions.revise, budget_id, plan, reason="More help")
    office.world.do(office.world.coordinator, revisions.submit_revision, revision.id)
    assert "More help" in clinician.open("/care/waiting").text
    page = clinician.open(f"/care/changes/{revision.id}")
    assert "In the plan in force it has £10,428.57" in page.text
    done = clinician.send(clinician.open(f"/care/changes/{revision.id}/sign-off"), note="Seen at home")
    assert "It is signed off clinically." in done.text
    assert "Seen at home" in done.text


def test_a_budget_is_read_whole(office: CareOffice, clinician: Desk) -> None:
    page = clinician.open(f"/care/budgets/{submitted(office).id}")
    for words in (
        "What needs a decision",
        "Power is “Ordinary living costs",
        "Why it is right here: The ventilator",
        "enough for all of it",
        "An assistant is ill",
        "Call the co-ordinator",
        "Sign off the plan",
        "Return it",
        "Refuse it",
    ):
        assert words in page.text, words
    assert "Add a service" not in page.text


def test_a_budget_is_signed_off_clinically(office: CareOffice, clinician: Desk) -> None:
    budget = submitted(office)
    done = clinician.send(clinician.open(f"/care/budgets/{budget.id}/sign-off"))
    assert "It is signed off clinically. Finance signs off its value next." in done.text
    assert office.world.budget(budget.id).state == "signed_off_clinically"
    assert "Return it" not in done.text


def test_a_budget_is_returned_or_refused_with_reasons(office: CareOffice, clinician: Desk) -> None:
    budget = submitted(office)
    back = clinician.open(f"/care/budgets/{budget.id}/return")
    assert clinician.send(back).wrong == {"reason": "Say why you return it"}
    assert "It is returned." in clinician.send(back, reason="Who lifts at night?").text
    office.world.do(office.world.coordinator, operations.submit, budget.id)
    refusal = clinician.open(f"/care/budgets/{budget.id}/refuse")
    assert clinician.send(refusal).wrong == {"reason": "Say why you refuse it: the person is told"}
    done = clinician.send(refusal, reason="The nursing home gives all of this")
    assert "It was refused" in done.text
    assert "The nursing home gives all of this" in done.text


def test_nobody_signs_off_what_they_proposed(office: CareOffice) -> None:
    world = office.world
    with world.service.unit(world.administrator) as uow:
        grant_role(
            uow,
            world.coordinator.user_id,
            Role.CLINICIAN,
            organisation_id=world.service.commissioner_id,
            start_on=date(2026, 4, 1),
        )
    budget = submitted(office)
    both = office.desk(world.coordinator)
    assert "You proposed this, so somebody else signs it off." in both.open("/care/waiting").text
    page = both.open(f"/care/budgets/{budget.id}")
    assert "You prepared this or sent it to be signed off, so somebody else decides on it." in page.text
    assert "Sign off the plan" not in page.text
    refused = both.send(both.open(f"/care/budgets/{budget.id}/sign-off"))
    assert refused.status == 403
    assert world.budget(budget.id).state == "submitted"


def test_a_plan_that_changed_meanwhile_is_not_signed_off(office: CareOffice, clinician: Desk) -> None:
    budget = submitted(office)
    page = clinician.open(f"/care/budgets/{budget.id}/sign-off")
    other = office.world.service.staff(Role.CLINICIAN)
    office.world.do(other, operations.return_to_draft, budget.id, reason="A typing mistake")
    office.world.do(office.world.coordinator, operations.submit, budget.id)
    refused = clinician.send(page)
    assert refused.status == 409
    assert "Somebody changed this since you read it." in refused.wrong[""]
    assert office.world.budget(budget.id).state == "submitted"


def test_only_clinicians_have_these_pages(office: CareOffice) -> None:
    budget = submitted(office)
    desk = office.desk(office.world.coordinator)
    for address in ("/care/waiting", f"/care/budgets/{budget.id}/sign-off", f"/care/budgets/{budget.id}/return"):
        assert desk.open(address).status == 403, address
