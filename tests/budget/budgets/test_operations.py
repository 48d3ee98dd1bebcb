"""A budget is proposed, agreed step by step by different people, and becomes active with its money in the books."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from phb.budget import queries
from phb.budget.assessments.operations import set_indicative
from phb.budget.budgets import operations as budgets
from phb.budget.budgets.models import SignOff
from phb.budget.budgets.operations import AnotherPersonsIndicativeError, NotADraftError
from phb.budget.budgets.steps import NotYoursToAgreeError
from phb.budget.kinds import BudgetKind, CareSetting, Frequency, LinePurpose, ManagementType, ShareBasis
from phb.budget.plans.draft import PotDraft, ShareRule
from phb.budget.plans.operations import PotChangedError, UnknownCoordinatorError, UnknownOrganisationError
from phb.budget.plans.rules import NotSufficientError
from phb.budget.reference.cohorts import UnknownCohortError
from phb.budget.setting.rates import Rate
from phb.budget.tariffs.operations import record_rate
from phb.budget.written import KnownDifferentlyError
from phb.core.actor import Actor, MissingPermissionError, Role
from phb.core.money import pounds
from phb.governance import policy
from phb.governance.delegation import OverLimitError
from phb.governance.models import AuditEvent
from phb.governance.workflow import SecondPersonNeededError, WrongStateError
from phb.ledger.entry import Share
from phb.ledger.models import Journal
from phb.ledger.queries import pay_out_of
from phb.people.kinds import Basis, RelationKind
from phb.people.queries import PersonNotFoundError
from phb.people.relations.rules import NewRelation
from phb.people.saving import Change, ChangedMeanwhileError
from tests.budget.conftest import YEAR, World, dates, line, rate_json, stated
from tests.people.conftest import BY_THE_PERSON, Service

CARE = pounds("10428.57")  # 10 hours x £20.00 x 365 / 7
APRIL = date(2026, 4, 1)


def given(world: World, **changes: object) -> dict[str, Any]:
    return {
        "reference": "B-1",
        "cohort_code": "ADULT_CHC",
        "kind": BudgetKind.PERSONAL_HEALTH_BUDGET,
        "care_setting": CareSetting.HOME,
        "plan": world.plan(),
    } | changes


def signed(world: World, budget_id: UUID) -> list[SignOff]:
    return list(world.ask(world.auditor, queries.sign_offs_of, budget_id, APRIL))


def test_the_same_proposal_again_changes_nothing_even_once_it_is_active(world: World) -> None:
    budget_id = world.active(reference="B-1")
    put = world.do(world.coordinator, budgets.propose, world.person_id, **given(world))
    assert (put.row.id, put.change) == (budget_id, Change.UNCHANGED)
    with pytest.raises(KnownDifferentlyError):
        world.do(
            world.coordinator,
            budgets.propose,
            world.person_id,
            **given(world, plan=world.plan(line(quantity=Fraction(9)))),
        )


def test_becoming_active_allocates_each_line_year_and_funder_and_opens_pots(world: World) -> None:
    jointly = (ShareRule("council"), ShareRule("nhs", ShareBasis.PERCENT, percent=Fraction(60)))
    budget_id = world.active(
        line(shares=jointly),
        stated("chair", "1200.00", pot="np", category="EQUIPMENT"),
        stated("club", "300.00", pot="tp", category="ACTIVITIES", frequency=Frequency.YEAR),
    )
    view = world.plan_of(budget_id)
    assert [pot.management for pot in view.pots] == ["direct_payment", "notional", "third_party"]
    # 60 % of 10,428.57 is 6,257.142 and 40 % is 4,171.428: the penny goes to the larger remainder, the council's.
    assert world.line_of(budget_id).years[0].shares == (
        Share("nhs", pounds("6257.14")),
        Share("council", pounds("4171.43")),
    )
    assert world.approved(budget_id) == CARE + pounds("1200.00") + pounds("300.00")
    with world.service.unit(world.auditor) as uow:
        payable = {pot.management: pay_out_of(uow.session, pot.id, 2026).payable for pot in view.pots}
        journal = uow.session.scalars(select(Journal).where(Journal.source_id == budget_id)).one()
    assert payable == {"direct_payment": CARE, "notional": pounds("0.00"), "third_party": pounds("300.00")}
    assert (journal.prepared_by, journal.approved_by) == (world.coordinator.user_id, world.approver.user_id)
    world.assert_sound()


def test_nothing_is_in_the_books_before_the_budget_is_active(world: World) -> None:
    budget_id = world.agreed()
    assert world.approved(budget_id) == pounds("0.00")
    with world.service.unit(world.auditor) as uow:
        assert uow.session.scalars(select(Journal).where(Journal.source_id == budget_id)).all() == []


def test_a_plan_across_1_april_has_a_portion_in_each_year(world: World) -> None:
    world.do(
        world.administrator,
        record_rate,
        Rate.from_json(rate_json("day", "21.00", "2027-04-01", known_from="2026-03-02")),
    )
    across = dates("2027-01-01", "2027-06-30")
    fixed = (ShareRule("nhs", ShareBasis.FIXED, amount=pounds("3000.00")), ShareRule("council"))
    budget_id = world.active(line(period=across, shares=fixed), period=across, review_on=date(2027, 4, 1))
    view = world.line_of(budget_id)
    # 90 days at 10 x 20.00 a week, then 91 days at 10 x 21.00.
    assert [year.amount for year in view.years] == [pounds("2571.43"), pounds("2730.00")]
    assert world.line_position(view, 2026).approved == pounds("2571.43")
    assert world.line_position(view, 2027).approved == pounds("2730.00")
    # £3,000.00 of £5,301.43 is the NHS's: of 2,571.43 that is 1,455.133..., and the rest in the second year.
    assert [year.shares[0].amount for year in view.years] == [pounds("1455.13"), pounds("1544.87")]
    world.assert_sound()


def test_each_step_is_kept_with_who_when_value_and_limit(world: World) -> None:
    steps = signed(world, world.active(stated("chair", "1200.00", category="EQUIPMENT"), line()))
    assert {step.step: step.signed_by for step in steps} == {
        "submit": world.coordinator.user_id,
        "sign_off_clinically": world.clinician.user_id,
        "sign_off_finance": world.approver.user_id,
        "agree": world.holder.user_id,
        "activate": world.approver.user_id,
    }
    finance = next(step for step in steps if step.step == "sign_off_finance")
    assert finance.value == CARE + pounds("1200.00")
    assert finance.limit_id is not None


def test_every_step_is_an_audit_event_that_the_person_can_be_shown(world: World) -> None:
    budget_id = world.active()
    with world.service.unit(world.auditor) as uow:
        events = uow.session.scalars(select(AuditEvent).where(AuditEvent.subject_id == budget_id)).all()
    assert {event.action for event in events} == {
        "budget.proposed",
        "budget.submitted",
        "budget.signed_off_clinically",
        "budget.signed_off_finance",
        "budget.agreed",
        "budget.activated",
    }
    assert {event.person_id for event in events} == {world.person_id}


@pytest.mark.parametrize(("limit", "passes"), [("10428.56", False), ("10428.57", True)])
def test_a_value_equal_to_the_limit_is_inside_it(session_factory: Any, limit: str, passes: bool) -> None:  # noqa: FBT001 - a case of the table
    world = World(Service(session_factory), limit=limit)
    budget_id = world.propose().id
    world.do(world.coordinator, budgets.submit, budget_id)
    world.do(world.clinician, budgets.sign_off_clinically, budget_id)
    if passes:
        assert world.do(world.approver, budgets.sign_off_finance, budget_id).state == "signed_off_finance"
        return
    with pytest.raises(OverLimitError, match=r"£10,428\.57"):
        world.do(world.approver, budgets.sign_off_finance, budget_id)
    assert world.budget(budget_id).state == "signed_off_clinically"
    assert [step.step for step in signed(world, budget_id)] == ["submit", "sign_off_clinically"]


def test_two_commissioners_measure_and_bound_the_same_plan_differently(session_factory: Any) -> None:
    """The plan has 91 days: £2,600.00 in all, £10,428.57 for a year."""
    short = dates("2026-04-01", "2026-06-30")
    states = []
    for value in ({}, {"measure": "agreed_total"}, {"measure": "agreed_total", "limit_included": False}):
        world = World(Service(session_factory), limit="2600.00")
        row = world.do(
            world.administrator, policy.propose, "delegation", value, effective_from=APRIL, source="Local scheme"
        )
        world.do(world.service.named("bo"), policy.confirm, row.id)
        budget_id = world.propose(line(period=short)).id
        world.do(world.coordinator, budgets.submit, budget_id)
        world.do(world.clinician, budgets.sign_off_clinically, budget_id)
        try:
            states.append(world.do(world.approver, budgets.sign_off_finance, budget_id).state)
        except OverLimitError:
            states.append("over the limit")
    assert states == ["over the limit", "signed_off_finance", "over the limit"]


def test_the_tolerance_of_the_policy_is_copied_onto_each_line(world: World) -> None:
    row = world.do(
        world.administrator, policy.propose, "spending", {"tolerance": "5.00"}, effective_from=APRIL, source="Local"
    )
    world.do(world.service.named("bo"), policy.confirm, row.id)
    world.active()
    with world.service.unit(world.auditor) as uow:
        assert uow.session.scalars(text("SELECT tolerance FROM plan_line_position")).all() == [500]


def test_only_the_person_or_their_representative_agrees(world: World) -> None:
    budget_id = world.propose().id
    for actor, step in (
        (world.coordinator, budgets.submit),
        (world.clinician, budgets.sign_off_clinically),
        (world.approver, budgets.sign_off_finance),
    ):
        world.do(actor, step, budget_id)
    pretender = replace(world.clinician, permissions=world.holder.permissions)
    with pytest.raises(NotYoursToAgreeError):
        world.do(pretender, budgets.agree, budget_id)
    representative = appoint(world)
    assert world.do(representative, budgets.agree, budget_id).state == "agreed"


def test_only_the_person_or_their_representative_sends_back_what_waits_for_them(world: World) -> None:
    budget_id = world.propose().id
    for actor, step in (
        (world.coordinator, budgets.submit),
        (world.clinician, budgets.sign_off_clinically),
        (world.approver, budgets.sign_off_finance),
    ):
        world.do(actor, step, budget_id)
    somebody_elses = replace(world.auditor, permissions=world.holder.permissions)
    with pytest.raises(NotYoursToAgreeError):
        world.do(somebody_elses, budgets.return_to_draft, budget_id, reason="I would rather not")
    assert world.budget(budget_id).state == "signed_off_finance"
    assert world.ask(somebody_elses, queries.agreement_of, budget_id, APRIL).allowed == ()
    assert world.ask(world.holder, queries.agreement_of, budget_id, APRIL).allowed == ("agree", "return")
    returned = world.do(world.holder, budgets.return_to_draft, budget_id, reason="Two mornings are too few")
    assert returned.state == "draft"


def appoint(world: World) -> Actor:
    acting_id = world.service.person()
    world.service.relate(
        world.person_id,
        NewRelation(
            RelationKind.REPRESENTATIVE,
            Basis.APPOINTED,
            APRIL,
            None,
            acting_person_id=acting_id,
            consent=BY_THE_PERSON,
        ),
    )
    return world.service.user(Role.REPRESENTATIVE, world.service.commissioner_id, person_id=acting_id)


def test_a_returned_budget_is_a_draft_again_and_every_step_is_taken_again(world: World) -> None:
    budget_id = world.propose().id
    world.do(world.coordinator, budgets.submit, budget_id)
    world.do(world.clinician, budgets.sign_off_clinically, budget_id)
    budget = world.do(world.approver, budgets.return_to_draft, budget_id, reason="The price is last year's")
    assert (budget.state, budget.signed_off_clinically_by) == ("draft", None)
    put = world.do(world.coordinator, budgets.redraft, budget_id, world.plan(line(quantity=Fraction(11))))
    assert put.change is Change.CHANGED
    with pytest.raises(WrongStateError):
        world.do(world.approver, budgets.sign_off_finance, budget_id)
    assert world.plan_of(budget_id).plan.plan_version == 2


def test_a_refused_budget_stays_refused_and_its_reason_is_kept(world: World) -> None:
    budget_id = world.propose().id
    world.do(world.coordinator, budgets.submit, budget_id)
    world.do(world.clinician, budgets.refuse, budget_id, reason="The plan is not safe")
    with pytest.raises(WrongStateError):
        world.do(world.coordinator, budgets.submit, budget_id)
    assert signed(world, budget_id)[-1].reason == "The plan is not safe"


def test_who_redrafts_is_its_proposer(world: World) -> None:
    budget_id = world.propose().id
    both = replace(world.clinician, permissions=world.clinician.permissions | world.coordinator.permissions)
    world.do(both, budgets.redraft, budget_id, world.plan(line(quantity=Fraction(11))))
    world.do(world.coordinator, budgets.submit, budget_id)
    with pytest.raises(SecondPersonNeededError):
        world.do(both, budgets.sign_off_clinically, budget_id)


def test_only_a_drafts_plan_is_replaced(world: World) -> None:
    budget_id = world.propose().id
    assert world.do(world.coordinator, budgets.redraft, budget_id, world.plan()).change is Change.UNCHANGED
    world.do(world.coordinator, budgets.submit, budget_id)
    with pytest.raises(NotADraftError):
        world.do(world.coordinator, budgets.redraft, budget_id, world.plan(line(quantity=Fraction(11))))


def test_a_pot_keeps_its_way_and_a_line_its_pot(world: World) -> None:
    budget_id = world.propose().id
    other_way = world.plan(line(), pots=(PotDraft("dp", ManagementType.NOTIONAL),))
    for plan in (other_way, world.plan(line(pot="np"))):
        with pytest.raises(PotChangedError):
            world.do(world.coordinator, budgets.redraft, budget_id, plan)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"cohort_code": "X"}, UnknownCohortError),
        ({"plan": {"care_coordinator_id": uuid4()}}, UnknownCoordinatorError),
        ({"plan": {"pots": (PotDraft("dp", ManagementType.THIRD_PARTY, uuid4()),)}}, UnknownOrganisationError),
    ],
)
def test_a_proposal_that_names_what_does_not_exist_is_refused(
    world: World, changes: dict[str, Any], error: type[Exception]
) -> None:
    if "plan" in changes:
        changes = changes | {"plan": world.plan(**changes["plan"])}
    with pytest.raises(error):
        world.do(world.coordinator, budgets.propose, world.person_id, **given(world, **changes))


def test_sufficiency_is_of_each_service_and_never_in_total(world: World) -> None:
    rich, poor = stated("chair", "100.00", money=pounds("500.00")), line(money=CARE - pounds("0.01"))
    with pytest.raises(NotSufficientError, match="care"):
        world.propose(rich, poor)


def test_contingency_and_training_may_be_lines_of_their_own(world: World) -> None:
    spare = stated("spare", "400.00", category="CONTINGENCY", purpose=LinePurpose.CONTINGENCY)
    budget_id = world.active(line(), spare)
    assert world.line_of(budget_id, "spare").terms.purpose == "contingency"
    assert world.approved(budget_id) == CARE + pounds("400.00")


def test_nobody_proposes_for_whom_they_may_not_see(world: World) -> None:
    with pytest.raises(PersonNotFoundError):
        world.do(world.coordinator, budgets.propose, uuid4(), **given(world))
    with pytest.raises(MissingPermissionError):
        world.do(world.approver, budgets.propose, world.person_id, **given(world))


def test_an_indicative_budget_is_the_same_persons(world: World) -> None:
    indicative_id = world.do(world.coordinator, set_indicative, world.assessment().id, YEAR).row.id
    other_id = world.service.person()
    with pytest.raises(AnotherPersonsIndicativeError):
        world.do(world.coordinator, budgets.propose, other_id, **given(world, indicative_id=indicative_id))
    put = world.do(world.coordinator, budgets.propose, world.person_id, **given(world, indicative_id=indicative_id))
    assert put.row.indicative_id == indicative_id


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE personal_health_budget SET state = 'active'",
        "UPDATE personal_health_budget SET signed_off_finance_by = prepared_by",
        "UPDATE personal_health_budget SET reference = 'another'",
        "DELETE FROM personal_health_budget",
        "UPDATE line_year SET amount_pence = amount_pence + 1",
        "INSERT INTO line_fund SELECT commissioner_id, plan_id, plan_line_id, year, 'council', 2, 1 FROM line_fund",
        "DELETE FROM sign_off",
    ],
)
def test_the_database_itself_keeps_the_agreement(world: World, statement: str) -> None:
    world.propose()
    with pytest.raises(DBAPIError), world.service.unit(world.coordinator) as uow:
        uow.session.execute(text(statement))


def test_nobody_signs_off_what_changed_since_they_read_it(world: World) -> None:
    read = world.propose()
    world.do(world.coordinator, budgets.redraft, read.id, world.plan(line(quantity=Fraction(11))))
    with pytest.raises(ChangedMeanwhileError):
        world.do(world.coordinator, budgets.submit, read.id, version=read.version)
