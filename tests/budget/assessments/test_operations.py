"""An assessment leads to an indicative budget, cut at 1 April, that explains itself to the penny."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from phb.budget.assessments import queries
from phb.budget.assessments.operations import AssessedInTheFutureError, PeriodTooLongError, assess, set_indicative
from phb.budget.reference.cohorts import UnknownCohortError
from phb.budget.setting.inputs import Need
from phb.budget.setting.model import BudgetModel
from phb.budget.setting.rates import Rate
from phb.budget.tariffs.operations import record_model, record_rate
from phb.budget.tariffs.tariff import NoModelForCohortError
from phb.budget.written import KnownDifferentlyError
from phb.core.actor import MissingPermissionError, Role
from phb.core.money import pounds
from phb.core.period import Period, financial_year
from phb.people.queries import PersonNotFoundError
from phb.people.saving import Change
from tests.budget.conftest import YEAR, World, dates, model_json, rate_json

APRIL = date(2026, 4, 1)
TEN_HOURS = Need("day", Fraction(10), "hour", "week")
ACROSS = dates("2027-01-01", "2027-06-30")


def given(**changes: object) -> dict[str, Any]:
    return {
        "reference": "A-1",
        "cohort_code": "ADULT_CHC",
        "assessed_on": APRIL,
        "assessed_by": "Nurse assessor",
        "needs": (TEN_HOURS,),
    } | changes


def test_the_same_assessment_again_changes_nothing(world: World) -> None:
    changes = [world.do(world.coordinator, assess, world.person_id, **given()).change for _ in range(2)]
    assert changes == [Change.ADDED, Change.UNCHANGED]
    with pytest.raises(KnownDifferentlyError):
        world.do(world.coordinator, assess, world.person_id, **given(needs=(replace(TEN_HOURS, quantity=Fraction(9)),)))


@pytest.mark.parametrize(
    ("changes", "error"),
    [({"cohort_code": "X"}, UnknownCohortError), ({"assessed_on": date(2026, 4, 2)}, AssessedInTheFutureError)],
)
def test_an_odd_assessment_is_refused(world: World, changes: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        world.do(world.coordinator, assess, world.person_id, **given(**changes))


def test_nobody_is_assessed_whom_the_assessor_may_not_see(world: World) -> None:
    with pytest.raises(PersonNotFoundError):
        world.do(world.coordinator, assess, uuid4(), **given())
    with pytest.raises(MissingPermissionError):
        world.do(world.holder, assess, world.person_id, **given())


def test_an_indicative_budget_has_its_amount_and_every_step(world: World) -> None:
    put = world.do(world.coordinator, set_indicative, world.assessment().id, YEAR)
    # 10 x 20.00 x 365 / 7 = 10,428.571...; contingency two weeks of 200.00.
    assert (put.row.recurring, put.row.contingency) == (pounds("10428.57"), pounds("400.00"))
    assert put.row.total == pounds("10828.57")
    told = world.ask(world.holder, queries.explain, put.row.id, APRIL)
    assert told.total == pounds("10828.57")
    assert any("£20.00" in paragraph for paragraph in told.paragraphs)


def test_setting_it_again_by_the_same_rates_changes_nothing_and_by_others_adds_one(world: World) -> None:
    assessment = world.assessment()
    changes = [world.do(world.coordinator, set_indicative, assessment.id, YEAR).change for _ in range(2)]
    assert changes == [Change.ADDED, Change.UNCHANGED]
    world.on(date(2026, 5, 2))
    world.do(world.administrator, record_rate, Rate.from_json(rate_json("day", "21.00", known_from="2026-05-01")))
    put = world.do(world.coordinator, set_indicative, assessment.id, YEAR)
    assert (put.change, put.row.recurring) == (Change.ADDED, pounds("10950.00"))  # 10 x 21.00 x 365 / 7


def test_a_period_across_1_april_is_cut_and_each_part_has_its_own_model_and_rate(world: World) -> None:
    world.do(
        world.administrator,
        record_rate,
        Rate.from_json(rate_json("day", "21.00", "2027-04-01", known_from="2026-03-02")),
    )
    world.do(world.administrator, record_model, BudgetModel.from_json(model_json("2", "2027-04-01")))
    put = world.do(world.coordinator, set_indicative, world.assessment().id, ACROSS)
    told = world.ask(world.auditor, queries.explain, put.row.id, APRIL)
    # 90 days at 200.00 a week, 91 days at 210.00, and two weeks of the first part.
    assert [trace.model.version for trace in told.traces] == ["1", "2"]
    assert put.row.recurring == pounds("2571.43") + pounds("2730.00")
    assert put.row.contingency == pounds("400.00")
    assert told.total == put.row.total


def test_a_stored_trace_gives_the_same_pence_after_every_rate_has_changed(world: World) -> None:
    put = world.do(world.coordinator, set_indicative, world.assessment().id, YEAR)
    world.on(date(2026, 6, 1))
    world.do(world.administrator, record_rate, Rate.from_json(rate_json("day", "99.00", known_from="2026-05-01")))
    assert world.ask(world.auditor, queries.explain, put.row.id, date(2026, 6, 1)).total == put.row.total


def test_an_absurd_period_or_a_day_without_a_model_is_refused(world: World) -> None:
    assessment = world.assessment()
    with pytest.raises(PeriodTooLongError):
        world.do(world.coordinator, set_indicative, assessment.id, Period(APRIL, date(2036, 4, 1)))
    with pytest.raises(NoModelForCohortError):
        world.do(world.coordinator, set_indicative, assessment.id, financial_year(2025))


def test_what_is_not_yours_looks_absent(world: World) -> None:
    put = world.do(world.coordinator, set_indicative, world.assessment().id, YEAR)
    somebody_else = world.service.user(Role.HOLDER, world.service.commissioner_id, person_id=world.service.person())
    for actor in (world.administrator, somebody_else):
        with pytest.raises(queries.IndicativeBudgetNotFoundError):
            world.ask(actor, queries.explain, put.row.id, APRIL)
        with pytest.raises(queries.AssessmentNotFoundError):
            world.ask(actor, queries.assessment, put.row.assessment_id, APRIL)


def test_the_calendar_of_bank_holidays_is_part_of_the_price(world: World) -> None:
    with world.service.unit(world.administrator) as uow:
        uow.session.execute(
            text(
                "INSERT INTO bank_holiday (commissioner_id, day, title, observed, confidence, source) "
                "VALUES (own_commissioner_id(), '2026-12-25', 'Christmas Day', true, 'verified', 'a test')"
            )
        )
    counted = model_json("2", "2026-06-01")
    counted["steps"][-1]["bands"] = [
        {
            "band": "night",
            "method": {"type": "counted_days", "weekdays": ["fri"], "bank_holidays": "only"},
        }
    ]
    world.do(world.administrator, record_model, BudgetModel.from_json(counted))
    nights = Need("night", Fraction(8), "hour", "day")
    put = world.do(world.coordinator, set_indicative, world.assessment(nights).id, dates("2026-12-01", "2026-12-31"))
    # Christmas Day 2026 is a Friday, and the only bank holiday there is: 8 x 25.00.
    assert put.row.recurring == pounds("200.00")
