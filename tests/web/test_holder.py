"""The holder's budget: how much and why, what is left, what is decided; for whom it is, and for nobody else."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from phb.budget.assessments.operations import set_indicative
from phb.budget.budgets import operations as budgets
from phb.budget.budgets import revisions
from phb.budget.kinds import BudgetKind, CareSetting
from phb.core.actor import Role
from phb.payments.checks.operations import put_hold
from phb.payments.kinds import HoldKind
from phb.people.kinds import Basis, RelationKind, Scope
from phb.people.relations.rules import NewRelation
from phb.people.standing.operations import record_consent
from phb.people.users.operations import grant_role
from tests.budget.conftest import YEAR, World, line, stated
from tests.payments.conftest import Paying
from tests.people.conftest import APRIL, BY_THE_PERSON
from tests.spending.conftest import JUNE, SHARED, Spender, usual_lines
from tests.web.holding import Holding, answer

PARTS = ("statements", "decisions", "spending", "people")


@pytest.fixture
def paying(world: World) -> Paying:
    """Return the same commissioner with everything that paying needs."""
    return Paying(world)


@pytest.fixture
def holding(world: World) -> Iterator[Holding]:
    """Return a budget of £6,500.00 of which £120.00 is spent and £30.00 asked about, on 15 June 2026."""
    spender = Spender(world, world.active(*usual_lines()))
    spender.pay_in("3000.00")
    world.on(JUNE)
    spender.spend("120.00")
    spender.spend("30.00", category="TRANSPORT", words="A taxi")
    yield Holding(world, spender.budget_id)
    world.assert_sound()


@pytest.fixture
def waiting(world: World) -> Holding:
    """Return a budget of £640.00 that is signed off and waits for the person."""
    return Holding(world, signed_off(world))


def signed_off(world: World) -> UUID:
    row = world.propose(stated("chair", "640.00", category="EQUIPMENT", words="A chair"))
    for actor, step in (
        (world.coordinator, budgets.submit),
        (world.clinician, budgets.sign_off_clinically),
        (world.approver, budgets.sign_off_finance),
    ):
        world.do(actor, step, row.id)
    return row.id


def test_the_only_budget_is_opened_at_once(holding: Holding) -> None:
    page = holding.browser().open("/your-budgets/")
    assert page.response.request.path == holding.address()
    assert page.title.startswith("Your budget")


def test_the_figures_are_those_of_the_books(holding: Holding) -> None:
    text = holding.browser().open(holding.address()).text
    # 6,500.00 - 120.00; the 30.00 that is asked about counts as left until it is decided.
    assert "£6,380.00 is left to spend out of £6,500.00." in text
    assert "Spent £120.00" in text
    assert "Left to spend £6,380.00" in text
    assert "Agreed in all £6,500.00" in text
    assert "£30.00 that left an account is being asked about" in text
    # 3,000.00 - 120.00 - 30.00 is in the account.
    assert "Aled Example £2,850.00 in the account. Paid into an account as a direct payment." in text
    assert "Northvale Held by the NHS, which pays for the care." in text


def test_each_line_is_priced_with_what_is_spent_and_left(holding: Holding) -> None:
    text = holding.browser().open(holding.address()).text
    assert "I want living" in text
    for words in ("Grab rails", "Once, £500.00", "£2,880.00", "Nurse visits"):
        assert words in text
    assert "The plan was to be looked at again by 1 July 2026" not in text
    assert "The plan is looked at again by 1 July 2026." in text


def test_a_nominee_reads_whose_budget_it_is(holding: Holding) -> None:
    page = holding.browser(holding.acting(RelationKind.NOMINEE)).open(holding.address())
    assert page.title.startswith("Aled's budget")
    assert "This is about Aled Example. Where it says “you”, it means Aled." in page.text
    assert "How Aled's budget divides" in page.text


def test_somebody_who_sees_several_budgets_chooses(holding: Holding) -> None:
    representative = holding.acting(RelationKind.REPRESENTATIVE)
    Holding(holding.world, holding.world.propose(review_on=JUNE).id)
    page = holding.browser(representative).open("/your-budgets/")
    assert page.title.startswith("Budgets you can see")
    assert page.text.count("Aled Example: 1 April 2026 to 31 March 2027") == 2
    assert "Being prepared" in page.text


def test_somebody_without_a_budget_is_told_so(world: World) -> None:
    page = Holding(world, world.person_id).browser().open("/your-budgets/")
    assert "There is no budget here for you yet." in page.text


def test_another_persons_pages_are_not_found(holding: Holding) -> None:
    browser = holding.browser(holding.stranger())
    for part in ("", "how-we-worked-it-out", "spending", "statements", "decisions", "people", "agree", "send-back"):
        assert browser.open(holding.address(part).rstrip("/")).status == 404
    assert "/your-budgets/" in browser.open("/").html


def test_only_the_parts_of_a_tie_are_opened(holding: Holding) -> None:
    browser = holding.browser(holding.acting(RelationKind.ADVOCATE, Scope.STATEMENTS, Scope.DECISIONS))
    page = browser.open(holding.address())
    assert "You may see some things about this budget" in page.text
    assert "£" not in page.text
    opened = {part: browser.open(holding.address(part)).status for part in PARTS}
    assert opened == {"statements": 200, "decisions": 200, "spending": 404, "people": 404}
    assert holding.address("spending") not in page.html


def test_the_next_payment_is_told_with_its_days_and_why_it_is_held(paying: Paying) -> None:
    _, instalments = paying.paid_plan()
    budget_id = instalments[0].budget_id
    holding = Holding(paying.world, budget_id)
    text = holding.browser().open(holding.address()).text
    assert "£400.00 to Aled Example will be paid on 29 April 2026. It is for 29 April 2026 to 26 May 2026." in text
    assert "£400.00 to Aled Example will be paid on 1 April 2026." in text
    paying.do(
        paying.clerk, put_hold, budget_id, kind=HoldKind.HOLD, start_on=APRIL, reason="Two statements are missing"
    )
    text = holding.browser().open(holding.address()).text
    assert "£400.00 to Aled Example was planned for 29 April 2026 and is held." in text
    assert "Payments are on hold. This is from 1 April 2026. The reason: Two statements are missing" in text
    decided = holding.browser().open(holding.address("decisions")).text
    assert "1 April 2026 Payments were put on hold From 1 April 2026. The reason: Two statements are missing" in decided
    assert "you can ask us to look at it again" in decided


def test_how_it_was_worked_out_is_told_in_words(world: World) -> None:
    indicative = world.do(world.coordinator, set_indicative, world.assessment().id, YEAR).row
    row = world.do(
        world.coordinator,
        budgets.propose,
        world.person_id,
        reference="B-1",
        cohort_code="ADULT_CHC",
        kind=BudgetKind.PERSONAL_HEALTH_BUDGET,
        care_setting=CareSetting.HOME,
        plan=world.plan(line()),
        indicative_id=indicative.id,
    ).row
    holding = Holding(world, row.id)
    first = holding.browser().open(holding.address()).text
    # 10 hours at 20.00 for 365 of 7 days is 10,428.57; the estimate keeps two weeks of 200.00 apart.
    assert "we worked out a first estimate of £10,828.57, to plan by." in first
    assert "Everything in it costs £10,428.57 together." in first
    assert "Being prepared" in first
    page = holding.browser().open(holding.address("how-we-worked-it-out"))
    assert "You need 10 hours of day care a week. Each hour costs £20.00" in page.text
    assert "Help at home, 1 April 2026 to 31 March 2027: £10,428.57" in page.text
    assert page.text.count("Where a number ends in “…”, it goes on with more digits.") == 2


def test_a_budget_that_waits_is_agreed_once(waiting: Holding) -> None:
    browser = waiting.browser()
    page = browser.open(waiting.address())
    assert "Waiting for agreement" in page.text
    assert "It is for £640.00, from 1 April 2026 to 31 March 2027." in page.text
    form = browser.open(waiting.address("agree"))
    assert "the plan is right for you" in form.text
    page = answer(browser, form)
    assert "Agreed. The finance team can now start the budget." in page.text
    assert waiting.world.budget(waiting.budget_id).state == "agreed"
    again = answer(browser, form)
    assert (again.status, again.response.request.path) == (200, waiting.address())
    late = answer(browser, browser.open(waiting.address("agree")))
    assert late.status == 409
    assert "so you cannot agree it" in late.text


def test_a_budget_that_waits_is_sent_back_with_what_should_change(waiting: Holding) -> None:
    browser = waiting.browser()
    address = waiting.address("send-back")
    empty = browser.send(address)
    assert empty.status == 422
    assert "Say what should change" in empty.text
    page = browser.send(address, reason="The chair is too small")
    assert "Sent back." in page.text
    assert "It was sent back to be changed on 1 April 2026. The reason: The chair is too small" in page.text
    assert waiting.world.budget(waiting.budget_id).state == "draft"


def test_a_stale_agreement_is_refused(waiting: Holding) -> None:
    browser = waiting.browser()
    form = browser.open(waiting.address("agree"))
    waiting.world.do(waiting.world.holder, budgets.return_to_draft, waiting.budget_id, reason="Not yet")
    page = answer(browser, form)
    assert page.status == 409
    assert "Somebody changed this since you read it." in page.text


def test_who_may_not_agree_sees_it_and_why_there_is_no_button(waiting: Holding) -> None:
    for kind, scopes in ((RelationKind.NOMINEE, ()), (RelationKind.ADVOCATE, tuple(Scope))):
        browser = waiting.browser(waiting.acting(kind, *scopes))
        page = browser.open(waiting.address())
        assert "Only Aled Example, or who represents Aled by law, can agree to it or send it back." in page.text
        assert "Agree to this budget" not in page.text
        assert browser.open(waiting.address("agree")).status == 403


def test_a_representative_agrees_for_the_person(waiting: Holding) -> None:
    browser = waiting.browser(waiting.acting(RelationKind.REPRESENTATIVE))
    form = browser.open(waiting.address("agree"))
    assert "the plan is right for Aled" in form.text
    answer(browser, form)
    assert waiting.world.budget(waiting.budget_id).state == "agreed"


def test_who_represents_somebody_else_does_not_agree(waiting: Holding) -> None:
    service = waiting.world.service
    nominee = waiting.acting(RelationKind.NOMINEE)
    service.relate(
        service.person(),
        NewRelation(
            RelationKind.NOMINEE, Basis.NOMINATED, APRIL, acting_person_id=nominee.person_id, consent=BY_THE_PERSON
        ),
    )
    with service.unit(service.administrator) as uow:
        grant_role(uow, nominee.user_id, Role.REPRESENTATIVE, organisation_id=service.commissioner_id, start_on=APRIL)
    browser = waiting.browser(nominee)
    assert "Agree to this budget" not in browser.open(waiting.address()).text
    assert browser.send(waiting.address("agree")).status == 403
    assert browser.send(waiting.address("send-back"), reason="No").status == 403
    assert waiting.world.budget(waiting.budget_id).state == "signed_off_finance"


def test_a_refused_budget_says_why_and_how_to_ask_again(world: World) -> None:
    row = world.propose()
    world.do(world.coordinator, budgets.submit, row.id)
    world.do(world.clinician, budgets.refuse, row.id, reason="Another service gives this")
    holding = Holding(world, row.id)
    text = holding.browser().open(holding.address()).text
    assert "It was refused on 1 April 2026. The reason: Another service gives this" in text
    assert "you can ask us to look at it again" in text


def test_a_change_is_read_and_agreed(holding: Holding) -> None:
    world = holding.world
    plan = world.plan(*usual_lines()[:3], stated("nurse", "400.00", pot="np", category="NURSING", shares=SHARED))
    revision = world.do(world.coordinator, revisions.revise, holding.budget_id, plan, reason="Fewer visits are needed")
    address = holding.address("changes", revision.id)
    browser = holding.browser()
    assert "It is still being checked." in browser.open(address).text
    world.do(world.coordinator, revisions.submit_revision, revision.id)
    world.do(world.clinician, revisions.sign_off_revision_clinically, revision.id)
    assert "A change to your budget is being agreed" in browser.open(holding.address()).text
    page = browser.open(address)
    assert "Why it is proposed: Fewer visits are needed" in page.text
    assert "The budget is £6,500.00 now. With the change it is £5,900.00" in page.text
    assert "The plan now" in page.text
    form = browser.open(f"{address}/agree")
    assert "Agreed. The finance team can now start the change." in answer(browser, form).text
    world.do(world.approver, revisions.apply_revision, revision.id)
    started = browser.open(address)
    assert "This change has started." in started.text
    assert "The plan with the change" in started.text
    assert "The plan now" not in started.text
    assert "Change: agreed by the person" in browser.open(holding.address("decisions")).text


def test_a_change_is_sent_back(holding: Holding) -> None:
    world = holding.world
    plan = world.plan(*usual_lines()[:3], stated("nurse", "1200.00", pot="np", category="NURSING", shares=SHARED))
    revision = world.do(world.coordinator, revisions.revise, holding.budget_id, plan, reason="More visits")
    address = holding.address("changes", revision.id)
    world.do(world.coordinator, revisions.submit_revision, revision.id)
    world.do(world.clinician, revisions.sign_off_revision_clinically, revision.id)
    browser = holding.browser()
    assert "It is still being checked." in browser.open(address).text
    world.do(world.approver, revisions.sign_off_revision_finance, revision.id)
    nominee = holding.browser(holding.acting(RelationKind.NOMINEE)).open(address)
    assert "Only Aled Example, or who represents Aled by law, can agree to it" in nominee.text
    page = browser.send(f"{address}/send-back", reason="Mornings please")
    assert "Sent back." in page.text
    elsewhere = Holding(world, world.propose(review_on=JUNE).id)
    assert browser.open(elsewhere.address("changes", revision.id)).status == 404


def test_what_was_decided_is_listed_with_reasons_and_dates(holding: Holding) -> None:
    text = holding.browser().open(holding.address("decisions")).text
    assert "15 June 2026 We asked about money that was spent A taxi, £30.00 The reason: " in text
    assert "1 April 2026 The finance team signed off the money For £6,500.00." in text
    assert "1 April 2026 The budget started" in text


def test_who_may_see_and_act_is_told(holding: Holding) -> None:
    world = holding.world
    world.service.relate(
        world.person_id,
        NewRelation(RelationKind.CARE_COORDINATOR, Basis.ASSIGNED, JUNE, user_id=world.coordinator.user_id),
    )
    world.do(world.coordinator, record_consent, world.person_id, given_on=APRIL, how_recorded="Signed form seen")
    nominee = holding.acting(RelationKind.NOMINEE)
    page = holding.browser().open(holding.address("people"))
    assert page.title.startswith("Who may see and act for you")
    assert "Nominee: receives and looks after the money" in page.text
    assert "Who agreed The person, on 1 March 2026" in page.text
    assert "Given by the person on 1 April 2026 (Signed form seen)" in page.text
    assert "auditors, who check that everything is in order" in page.text
    assert "Ask the care co-ordinator." in page.text
    assert holding.browser(nominee).open(holding.address("people")).title.startswith("Who may see and act for Aled")
