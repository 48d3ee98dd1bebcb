"""A budget over the API as a newcomer would do it: from an assessment to money in the books."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session, sessionmaker

from phb.app import create_app
from phb.core.actor import Actor, Role
from tests.api.conftest import Answer, Caller, Desk
from tests.budget.conftest import World, model_json, rate_json
from tests.people.conftest import Service, on_day

CARE = {"amount": "10428.57", "currency": "GBP"}  # 10 hours x £20.00 x 365 / 7


class Office:
    """A world with an API, and everybody signed in to it."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self.world = World(Service(sessions))
        self.desk = Desk(self.world.service, create_app(sessions, clock=on_day(self.world.service.today)))
        self.callers: dict[UUID, Caller] = {}

    def as_(self, actor: Actor) -> Caller:
        """Return a caller, signed in once."""
        if actor.user_id not in self.callers:
            self.callers[actor.user_id] = self.desk.call_as(actor)
        return self.callers[actor.user_id]

    def body(self, **changes: Any) -> dict[str, Any]:
        """Describe a budget to propose."""
        return {
            "person_id": str(self.world.person_id),
            "reference": "B-1",
            "cohort_code": "ADULT_CHC",
            "care_setting": "home",
            "plan": self.plan(),
        } | changes

    def plan(self, *lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """Describe a plan."""
        return {
            "start_on": "2026-04-01",
            "last_day": "2027-03-31",
            "pots": [{"reference": "dp", "management": "direct_payment"}],
            "outcomes": [{"reference": "living", "words": "I want to live at home"}],
            "lines": list(lines) or [line()],
            "risks": [{"words": "An assistant is ill", "response": "The agency sends somebody"}],
            "contingency": "Call the co-ordinator",
            "training": "Moving and handling",
            "review_on": "2026-07-01",
            "care_coordinator_id": str(self.world.coordinator.user_id),
        } | changes

    def propose(self, **changes: Any) -> Answer:
        """Propose a budget as the care co-ordinator."""
        return self.as_(self.world.coordinator).post("/budgets", self.body(**changes))

    def step(self, actor: Actor, address: str, body: object = None, etag: str = "*", **headers: str) -> Answer:
        """Take a step under If-Match."""
        return self.as_(actor).post(address, body, **{"If-Match": etag} | headers)

    def steps(self, address: str) -> list[int]:
        """Take every step up to the last, and return what was answered."""
        world = self.world
        taken: tuple[tuple[Actor, str, dict[str, str] | None], ...] = (
            (world.coordinator, "submission", None),
            (world.clinician, "clinical-sign-off", {}),
            (world.approver, "finance-sign-off", {"note": "Within the budget"}),
            (world.holder, "agreement", None),
        )
        return [self.step(actor, f"{address}/{step}", body).status for actor, step, body in taken]

    def active(self) -> str:
        """Make a budget active, and return its address."""
        address = f"/budgets/{self.propose().body['id']}"
        assert self.steps(address) == [200] * 4
        assert self.step(self.world.approver, f"{address}/activation").body["state"] == "active"
        return address


def line(**changes: Any) -> dict[str, Any]:
    return {
        "reference": "care",
        "outcome": "living",
        "pot": "dp",
        "category": "PERSONAL_CARE",
        "words": "Help at home",
        "start_on": "2026-04-01",
        "last_day": "2027-03-31",
        "quantity": "10",
        "unit": "hour",
        "frequency": "week",
        "need": "day",
        "shares": [{"fund": "nhs"}],
    } | changes


def money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "GBP"}


@pytest.fixture
def office(session_factory: sessionmaker[Session]) -> Office:
    """Return a commissioner's office with its API."""
    return Office(session_factory)


def test_a_budget_becomes_active_step_by_step(office: Office) -> None:
    address = office.active()
    holder = office.as_(office.world.holder)
    budget = holder.get(address)
    assert (budget.body["state"], budget.body["last_day"]) == ("active", "2027-03-31")
    assert budget.headers["ETag"] == f'"{budget.body["version"]}"'
    plan = holder.get(f"{address}/plan").body
    assert (plan["amount"], plan["lines"][0]["amount"], plan["plan"]["plan_version"]) == (CARE, CARE, 1)
    assert plan["lines"][0]["years"][0]["shares"] == [{"fund": "nhs", "amount": CARE}]
    agreement = holder.get(f"{address}/agreement").body
    assert [step["step"] for step in agreement["taken"]] == [
        "submit",
        "sign_off_clinically",
        "sign_off_finance",
        "agree",
        "activate",
    ]
    assert agreement["taken"][2]["value"] == CARE
    standing = holder.get(f"{address}/standing", year=2026).body
    assert standing["position"]["available"] == standing["pots"][0]["position"]["available"] == CARE
    office.world.assert_sound()


def test_activating_again_with_the_same_key_answers_the_first_time_again(office: Office) -> None:
    address = f"/budgets/{office.propose().body['id']}"
    office.steps(address)
    key = str(uuid4())
    first, again = (office.step(office.world.approver, f"{address}/activation", key=key) for _ in range(2))
    assert (first.body, again.headers["Idempotent-Replayed"]) == (again.body, "true")
    other = office.step(office.world.approver, f"{address}/activation")
    assert (other.status, other.body["code"]) == (409, "wrong-state")


def test_proposing_the_same_again_answers_the_same_budget(office: Office) -> None:
    first, again = office.propose(), office.propose()
    assert (first.status, again.status, first.body["id"]) == (201, 201, again.body["id"])
    other = office.propose(plan=office.plan(line(quantity="11")))
    assert (other.status, other.body["code"]) == (409, "known-differently")


def test_what_was_changed_meanwhile_is_not_signed_off(office: Office) -> None:
    proposed = office.propose()
    address, read = f"/budgets/{proposed.body['id']}", proposed.headers["ETag"]
    put = office.as_(office.world.coordinator).put(
        f"{address}/plan", office.plan(line(quantity="11")), **{"If-Match": read}
    )
    assert put.status == 200
    stale = office.step(office.world.coordinator, f"{address}/submission", etag=read)
    assert (stale.status, stale.body["code"]) == (412, "changed-meanwhile")
    assert office.as_(office.world.coordinator).post(f"{address}/submission").status == 428
    assert office.step(office.world.coordinator, f"{address}/submission", etag=put.headers["ETag"]).status == 200


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"category": "GAMBLING"}, "barred-category"),
        ({"category": "LIVING_COSTS"}, "referred-category"),
        ({"category": "SWEETS"}, "unknown-category"),
        ({"outcome": "work"}, "line-serves-no-outcome"),
        ({"pot": "np"}, "unknown-pot"),
        ({"start_on": "2026-03-31"}, "line-outside-plan"),
        ({"last_day": "2026-03-31"}, "dates-wrong-way-round"),
        ({"need": None}, "price-unclear"),
        ({"need": "physiotherapy"}, "need-without-a-step"),
        ({"quantity": "0"}, "absurd-amount"),
        ({"money": money("10428.56")}, "not-sufficient"),
        ({"shares": [{"fund": "nhs", "basis": "percent", "percent": "99"}]}, "shares-do-not-add-up"),
        ({"shares": [{"fund": "nhs", "basis": "percent"}]}, "share-unclear"),
        ({"shares": [{"fund": "N H S"}]}, "unknown-fund"),
        ({"quantity": "ten"}, "invalid-input"),
        ({"quantity": "1/0"}, "invalid-input"),
        ({"weeks": {"type": "always"}}, "invalid-input"),
        ({"weeks": {"type": "stated_weeks"}}, "invalid-input"),
        ({"unit_price": {"amount": "1.005", "currency": "GBP"}}, "invalid-input"),
        ({"frequency": "often"}, "invalid-input"),
        ({"surprise": True}, "invalid-input"),
    ],
)
def test_a_line_that_does_not_fit_is_refused_with_its_code(office: Office, changes: dict[str, Any], code: str) -> None:
    answer = office.propose(plan=office.plan(line(**changes)))
    assert (answer.status, answer.body["code"]) == (422, code)
    assert office.as_(office.world.coordinator).get("/budgets").body == []


def test_a_plan_or_budget_that_does_not_fit_is_refused(office: Office) -> None:
    unserved = [{"reference": name, "words": name} for name in ("living", "work")]
    for changes, code in (
        ({"plan": office.plan(outcomes=unserved)}, "outcome-not-served"),
        ({"plan": office.plan(review_on="2026-03-31")}, "review-in-the-past"),
        ({"plan": office.plan(care_coordinator_id=str(uuid4()))}, "unknown-coordinator"),
        ({"plan": office.plan(pots=[{"reference": "dp", "management": "third_party"}])}, "pot-unclear"),
        ({"cohort_code": "X"}, "unknown-cohort"),
    ):
        answer = office.propose(**changes)
        assert (answer.status, answer.body["code"]) == (422, code)
    assert office.propose(person_id=str(uuid4())).status == 404


def test_who_may_not_is_told_so_and_who_may_not_see_finds_nothing(office: Office) -> None:
    world, address = office.world, f"/budgets/{office.propose().body['id']}"
    office.step(world.coordinator, f"{address}/submission")
    assert office.step(world.approver, f"{address}/clinical-sign-off", {}).status == 403
    assert office.step(world.holder, f"{address}/refusal", {"reason": "No"}).status == 403
    assert office.as_(world.administrator).get(address).status == 403
    stranger = world.service.user(Role.HOLDER, world.service.commissioner_id, person_id=world.service.person())
    for end in ("", "/plan", "/agreement", "/standing"):
        assert office.as_(stranger).get(f"{address}{end}").body["code"] == "budget-not-found"
    assert office.as_(stranger).get("/budgets").body == []


def test_returning_and_refusing_need_a_reason(office: Office) -> None:
    world, address = office.world, f"/budgets/{office.propose().body['id']}"
    office.step(world.coordinator, f"{address}/submission")
    assert office.step(world.clinician, f"{address}/return", {"reason": ""}).status == 422
    assert office.step(world.clinician, f"{address}/return", {"reason": "Unclear"}).body["state"] == "draft"
    office.step(world.coordinator, f"{address}/submission")
    assert office.step(world.clinician, f"{address}/refusal", {"reason": "Unsafe"}).body["state"] == "refused"


def test_a_value_above_the_limit_is_refused_with_both_sums(office: Office) -> None:
    address = f"/budgets/{office.propose(plan=office.plan(line(quantity='100'))).body['id']}"
    assert office.steps(address) == [200, 200, 403, 409]
    told = office.step(office.world.approver, f"{address}/finance-sign-off", {}).body
    assert (told["code"], told["facts"]["limit"]) == ("over-limit", money("50000.00"))


def test_budgets_are_listed_by_person_and_state_page_by_page(office: Office) -> None:
    for reference in ("B-1", "B-2"):
        office.propose(reference=reference)
    caller = office.as_(office.world.auditor)
    page = caller.get("/budgets", limit=1, state="draft", person_id=str(office.world.person_id))
    assert [row["reference"] for row in page.body] == ["B-1"]
    assert "cursor=" in page.headers["Link"]
    assert caller.get("/budgets", state="active").body == []
    assert caller.get("/budgets", colour="red").status == 400


def test_a_change_is_agreed_and_applied(office: Office) -> None:
    world, budget = office.world, office.active()
    coordinator = office.as_(world.coordinator)
    more = {"plan": office.plan(line(quantity="12")), "reason": "Needs more"}
    of_budget = f"/budget-revisions/of/{budget.rpartition('/')[2]}"
    revision = coordinator.post(of_budget, more)
    assert (revision.status, revision.body["state"]) == (201, "draft")
    assert coordinator.post(of_budget, more).body["code"] == "revision-open"
    address = f"/budget-revisions/{revision.body['id']}"
    put = coordinator.put(f"{address}/plan", office.plan(line(quantity="13")), **{"If-Match": revision.headers["ETag"]})
    assert put.status == 200
    office.step(world.coordinator, f"{address}/submission")
    assert office.step(world.clinician, f"{address}/return", {"reason": "Too much"}).body["state"] == "draft"
    coordinator.put(f"{address}/plan", office.plan(line(quantity="12")), **{"If-Match": "*"})
    assert coordinator.get(f"{address}/plan").body["amount"] == money("12514.29")
    assert office.steps(address) == [200] * 4
    assert office.step(world.approver, f"{address}/application").body["state"] == "applied"
    # 12 hours x £20.00 x 365 / 7 = 12,514.285...
    assert coordinator.get(f"{budget}/standing").body["position"]["approved"] == money("12514.29")
    assert [row["state"] for row in coordinator.get(of_budget).body] == ["applied"]
    world.assert_sound()


def test_a_change_may_be_refused_and_needs_its_value_signed_off(office: Office) -> None:
    world, budget = office.world, office.active()
    more = {"plan": office.plan(line(quantity="12")), "reason": "Needs more"}
    made = office.as_(world.coordinator).post(f"/budget-revisions/of/{budget.rpartition('/')[2]}", more)
    address = f"/budget-revisions/{made.body['id']}"
    office.step(world.coordinator, f"{address}/submission")
    office.step(world.clinician, f"{address}/clinical-sign-off", {})
    early = office.step(world.holder, f"{address}/agreement")
    assert (early.status, early.body["code"]) == (422, "finance-sign-off-needed")
    assert office.step(world.approver, f"{address}/refusal", {"reason": "No money"}).body["state"] == "refused"
    assert office.as_(world.holder).get(f"/budget-revisions/{uuid4()}/plan").body["code"] == "revision-not-found"


def test_a_rota_is_raised_increased_and_released(office: Office) -> None:
    budget = office.active()
    coordinator = office.as_(office.world.coordinator)
    plan_line_id = coordinator.get(f"{budget}/plan").body["lines"][0]["id"]
    rota = {
        "plan_line_id": plan_line_id,
        "reference": "R-1",
        "kind": "rota",
        "amount": money("1000.00"),
        "start_on": "2026-05-01",
        "last_day": "2026-05-31",
        "words": "Shifts in May",
    }
    raised = coordinator.post("/commitments", rota)
    assert (raised.status, raised.body["expires_on"]) == (201, "2026-05-31")
    address = f"/commitments/{raised.body['id']}"
    more = {"amount": money("50.00"), "reason": "An extra shift"}
    assert coordinator.post(f"{address}/increase", more).status == 200
    assert coordinator.get(address).body["open_amount"] == money("1050.00")
    assert coordinator.get(address).body["still_open"] == [{"fund": "nhs", "amount": money("1050.00")}]
    assert coordinator.post(f"{address}/release", {"reason": "In hospital"}).status == 200
    assert coordinator.get(address).body["open_amount"] == money("0.00")
    assert coordinator.post(f"{address}/release", {"reason": "Again"}).body["code"] == "nothing-open"
    assert len(coordinator.get("/commitments", plan_line_id=plan_line_id).body) == 1
    for changes, code in (
        ({"kind": "order"}, "wrong-way-of-holding"),
        ({"last_day": "2027-05-31"}, "commitment-outside-line"),
        ({"category_code": "TOBACCO"}, "barred-category"),
        ({"amount": money("99999.00")}, "too-little-left"),
        ({"provider_id": str(uuid4())}, "provider-unclear"),
        ({"amount": money("0.00")}, "invalid-input"),
    ):
        answer = coordinator.post("/commitments", rota | {"reference": "R-2"} | changes)
        assert (answer.status, answer.body["code"]) == (422, code)
    assert coordinator.get(f"/commitments/{uuid4()}").body["code"] == "commitment-not-found"
    office.world.assert_sound()


def test_an_assessment_leads_to_an_amount_that_explains_itself(office: Office) -> None:
    coordinator = office.as_(office.world.coordinator)
    body = {
        "person_id": str(office.world.person_id),
        "reference": "A-1",
        "cohort_code": "ADULT_CHC",
        "assessed_on": "2026-04-01",
        "assessed_by": "Nurse assessor",
        "needs": [{"code": "day", "quantity": "10", "unit": "hour", "per": "week"}],
    }
    made = coordinator.post("/assessments", body)
    assert (made.status, coordinator.post("/assessments", body).body["id"]) == (201, made.body["id"])
    address = f"/assessments/{made.body['id']}"
    days = {"start_on": "2026-04-01", "last_day": "2027-03-31"}
    indicative = coordinator.post(f"{address}/indicative-budgets", days)
    assert (indicative.status, indicative.body["total"]) == (201, money("10828.57"))
    holder = office.as_(office.world.holder)
    told = holder.get(f"/indicative-budgets/{indicative.body['id']}/explanation").body
    assert told["total"] == indicative.body["total"]
    assert told["traces"][0]["totals"]["total_pence"] == 1082857
    assert holder.get(f"/indicative-budgets/{indicative.body['id']}").body["last_day"] == "2027-03-31"
    for listed in ("/assessments", "/indicative-budgets"):
        assert len(holder.get(listed, person_id=str(office.world.person_id)).body) == 1
    assert holder.get(address).body["needs"] == body["needs"]
    for need, code in (
        ({"code": "day", "quantity": "-1", "unit": "hour", "per": "week"}, "number-out-of-range"),
        ({"code": "day", "quantity": "x", "unit": "hour", "per": "week"}, "not-a-number"),
        ({"code": "day", "quantity": "1", "unit": "hour", "per": "week", "on": "2026-04-01"}, "need-date"),
    ):
        answer = coordinator.post("/assessments", body | {"reference": "A-2", "needs": [need]})
        assert (answer.status, answer.body["code"]) == (422, code)
    assert coordinator.get(f"/assessments/{uuid4()}").body["code"] == "assessment-not-found"
    assert holder.post("/assessments", body).status == 403


def test_rates_and_models_are_recorded_and_listed(office: Office) -> None:
    administrator, coordinator = office.as_(office.world.administrator), office.as_(office.world.coordinator)
    rate = {"code": "sleep-in", "amount": "80.00", "unit": "night", "effective_from": "2026-04-01", "source": "Card"}
    assert administrator.post("/rates", rate).status == 201
    assert [row["code"] for row in coordinator.get("/rates").body] == ["day", "night", "sleep-in"]
    odd = administrator.post("/rates", rate | {"amount": "-1"})
    assert (odd.status, odd.body["code"], odd.body["field"]) == (422, "number-out-of-range", "amount")
    second = {"model": model_json("2", "2027-04-01"), "cohorts": ["ADULT_CHC"]}
    assert administrator.post("/budget-models", second).status == 201
    versions = coordinator.get("/budget-models").body
    assert [(row["model_version"], row["effective_to"]) for row in versions] == [("1", "2027-03-31"), ("2", None)]
    broken = administrator.post(
        "/budget-models",
        {"model": model_json("3", steps=[{"type": "hours", "name": "care", "words": "care", "bands": []}])},
    )
    assert (broken.status, broken.body["code"]) == (422, "nothing-named")
    assert coordinator.post("/rates", rate_json("x", "1.00")).status == 403


def test_reference_data_is_recorded_and_listed(office: Office) -> None:
    world = office.world
    administrator, finance = office.as_(world.administrator), office.as_(world.finance)
    offer = {"cohort_code": "ADULT_CHC", "offered_from": "2026-04-01", "source": "Board"}
    assert administrator.post("/offers", offer).status == 201
    package = {
        "reference": "P-1",
        "cohort_code": "ADULT_CHC",
        "care_setting": "home",
        "start_on": "2026-04-01",
        "source": "CHC system",
    }
    assert administrator.post("/home-packages", package).status == 201
    assert administrator.post("/offers", offer | {"offered_to": "2026-03-01"}).body["code"] == "dates-wrong-way-round"
    envelope = {"fund": "education", "year": 2026, "amount": money("5000.00"), "source": "Board"}
    assert finance.post("/programme-budgets", envelope).status == 201
    assert finance.post("/programme-budgets", envelope | {"year": 26}).body["code"] == "year-out-of-range"
    assert [row["cohort_code"] for row in finance.get("/offers").body] == ["ADULT_CHC"]
    assert [row["reference"] for row in finance.get("/home-packages", on="2026-04-01").body] == ["P-1"]
    assert {row["fund"] for row in finance.get("/programme-budgets").body} == {"nhs", "council", "education"}
    codes = {row["code"]: row for row in finance.get("/spend-categories").body}
    assert (codes["DENTAL"]["severity"], codes["DENTAL"]["applies_to"]) == ("block", ["direct_payment"])
    assert {row["group"] for row in finance.get("/cohorts", on=str(date(2026, 4, 1))).body} >= {"CHC", "WHEELCHAIR"}
