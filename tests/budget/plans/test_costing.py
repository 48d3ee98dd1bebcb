"""A line is cut at 1 April, and each part priced by its own model and rates or by its stated price."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phb.budget.kinds import Frequency
from phb.budget.plans.costing import full_cost, total
from phb.budget.setting.model import BudgetModel
from phb.budget.setting.pricing import NeedWithoutAStepError
from phb.budget.setting.rates import Rate, RateCard, RateGapError
from phb.budget.setting.weeks import StatedWeeks
from phb.budget.tariffs.tariff import ModelInUse, NoModelForCohortError, Tariff
from phb.core.money import pounds
from phb.core.period import Period, financial_year
from tests.budget.conftest import dates, line, model_json, rate_json, stated

RATES = (
    Rate.from_json(rate_json("day", "20.00", effective_to="2027-03-31")),
    Rate.from_json(rate_json("day", "21.00", "2027-04-01")),
    Rate.from_json(rate_json("night", "25.00")),
)
ACROSS = dates("2027-01-01", "2027-06-30")


def tariff(*models: BudgetModel, cohorts: frozenset[str] = frozenset()) -> Tariff:
    used = models or (BudgetModel.from_json(model_json()),)
    return Tariff([ModelInUse(model, cohorts) for model in used], RateCard(RATES), "ADULT_CHC")


def test_a_line_across_1_april_is_cut_and_each_part_has_its_own_rate() -> None:
    costs = full_cost(line(period=ACROSS), tariff())
    # 1 January to 31 March 2027 has 90 days: 10 x 20.00 x 90 / 7 = 2,571.428...
    # 1 April to 30 June 2027 has 91 days: 10 x 21.00 x 91 / 7 = 2,730.00
    assert [(cost.year, cost.cost) for cost in costs] == [(2026, pounds("2571.43")), (2027, pounds("2730.00"))]
    assert [cost.period.days for cost in costs] == [90, 91]
    assert total(costs) == pounds("5301.43")


def test_each_part_is_priced_by_the_version_of_the_model_in_force() -> None:
    by_weeks = {"type": "weeks_in_the_year", "name": "weeks", "words": "weeks"}
    second = model_json("2", "2027-04-01")
    second["steps"][-1] = by_weeks | {"method": {"type": "stated_weeks", "weeks": "52"}}
    models = BudgetModel.from_json(model_json(effective_to="2027-03-31")), BudgetModel.from_json(second)
    costs = full_cost(line(period=ACROSS), tariff(*models))
    # The second version counts 52 weeks a year: 210.00 x 52 x 91 / 366 = 2,715.081...
    assert [cost.cost for cost in costs] == [pounds("2571.43"), pounds("2715.08")]


def test_the_price_of_a_line_leaves_out_what_the_model_adds_to_a_whole_budget() -> None:
    (cost,) = full_cost(line(), tariff())
    assert cost.cost == pounds("10428.57")  # 10 x 20.00 x 365 / 7, and no contingency
    (trace,) = cost.traces
    assert [step["name"] for step in trace["model"]["steps"]] == ["care", "weeks"]


def test_a_stated_price_is_counted_by_days_over_seven_unless_it_says_otherwise() -> None:
    one = line(unit_price=pounds("20.00"))
    assert total(full_cost(one, tariff())) == pounds("10428.57")
    in_weeks = line(unit_price=pounds("20.00"), weeks=StatedWeeks(Fraction(52)))
    assert total(full_cost(in_weeks, tariff())) == pounds("10400.00")


def test_a_monthly_price_is_twelve_a_year() -> None:
    payroll = stated("payroll", "12.50", frequency=Frequency.MONTH)
    assert total(full_cost(payroll, tariff())) == pounds("150.00")
    # A quarter of a year by its days: 150.00 x 91 / 365 = 37.397...
    part = stated("payroll", "12.50", frequency=Frequency.MONTH, period=dates("2026-04-01", "2026-06-30"))
    assert total(full_cost(part, tariff())) == pounds("37.40")


def test_what_is_needed_once_falls_in_the_year_of_its_first_day() -> None:
    costs = full_cost(stated("chair", "1200.00", period=ACROSS), tariff())
    assert [(cost.year, cost.cost) for cost in costs] == [(2026, pounds("1200.00"))]


def test_a_line_without_a_rate_for_its_days_is_refused() -> None:
    with pytest.raises(RateGapError):
        full_cost(
            line(period=dates("2026-03-01", "2026-04-30")),
            tariff(BudgetModel.from_json(model_json(effective_from="2025-04-01"))),
        )


def test_a_line_for_what_no_step_prices_is_refused() -> None:
    with pytest.raises(NeedWithoutAStepError):
        full_cost(line(need="physiotherapy"), tariff())


def test_the_model_of_the_cohort_goes_before_the_one_for_all() -> None:
    own = BudgetModel.from_json(model_json(code="chc-care"))
    for_all = BudgetModel.from_json(model_json())
    both = Tariff(
        [ModelInUse(for_all, frozenset()), ModelInUse(own, frozenset({"ADULT_CHC"}))], RateCard(RATES), "ADULT_CHC"
    )
    assert both.model_on(ACROSS.start_on) is own
    for unclear in (tariff(own, for_all), tariff(own, cohorts=frozenset({"MENTAL_HEALTH"}))):
        with pytest.raises(NoModelForCohortError):
            unclear.model_on(ACROSS.start_on)


@given(
    st.integers(1, 100_000), st.dates(financial_year(2026).start_on, financial_year(2026).last_day), st.integers(1, 600)
)
def test_the_parts_of_a_stated_daily_price_add_up_to_the_whole(pence: int, first: object, days: int) -> None:
    assert isinstance(first, type(ACROSS.start_on))
    period = Period(first, first.fromordinal(first.toordinal() + days))
    weekly = line(unit_price=pounds(f"{pence * 7 / 100:.2f}"), quantity=Fraction(1), unit="each", period=period)
    # A weekly price of seven times so many pence is exactly that many pence a day, however the days are cut.
    assert total(full_cost(weekly, tariff())).amount * 100 == pence * days
