"""A budget longer than a financial year, or than a rate, is cut and each part priced by its own data."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given

from phb.budget.setting.lines import Line
from phb.budget.setting.model import BudgetModel, ModelCatalogue
from phb.budget.setting.parts import PriceInParts, price_in_parts
from phb.budget.setting.pricing import price
from phb.budget.setting.rates import Rate
from phb.core.errors import RuleViolationError
from phb.core.money import pounds
from phb.core.period import Period
from tests.budget.setting.builders import (
    CALENDAR,
    FIFTY_TWO_WEEKS,
    JSON,
    WEEKDAYS,
    card,
    contingency,
    counted,
    days,
    hours,
    inputs,
    items,
    model,
    need,
    rate,
    weeks,
)
from tests.budget.setting.strategies import PATIENTLY, Case, cases

OLD = rate("day", "18.00", effective_to="2026-03-31")
NEW = rate("day", "18.40", effective_from="2026-04-01", known_from="2026-02-13")
OCTOBER_TO_SEPTEMBER = days("2025-10-01", "2026-09-30")


def in_parts(a_model: BudgetModel, needs: list[JSON], *rates: Rate, period: Period) -> PriceInParts:
    """Price by one model and one card."""
    return price_in_parts(lambda _: a_model, inputs(*needs), lambda _: card(*rates), period, calendar=CALENDAR)


def test_a_budget_is_cut_at_1_april_and_each_part_has_its_own_price() -> None:
    """21 hours from 1 October 2025: £18.00 for 182 days, then £18.40 for 183.

    21 x £18.00 = £378.00 a week; x 182 / 7 = £9,828.00.
    21 x £18.40 = £386.40 a week; x 183 / 7 = £10,101.60.
    Together £19,929.60.
    """
    result = in_parts(model(hours("day"), weeks()), [need("day", "21")], OLD, NEW, period=OCTOBER_TO_SEPTEMBER)
    assert [part.trace.period for part in result.parts] == [
        days("2025-10-01", "2026-03-31"),
        days("2026-04-01", "2026-09-30"),
    ]
    assert [part.trace.totals.recurring_pence for part in result.parts] == [982800, 1010160]
    assert result.recurring == result.total == pounds("19929.60")


def test_each_part_may_have_its_own_card() -> None:
    """The same, from two cards that each know one year."""
    cards = {False: card(OLD), True: card(NEW)}
    result = price_in_parts(
        lambda _: model(hours("day"), weeks()),
        inputs(need("day", "21")),
        lambda day: cards[day >= date(2026, 4, 1)],
        OCTOBER_TO_SEPTEMBER,
    )
    assert result.total == pounds("19929.60")


def test_each_part_is_priced_by_the_version_of_its_day() -> None:
    """2025/26 states 52 weeks: £378.00 x 52 x 182 / 365 = £9,801.073972... = £9,801.07; then £10,101.60 as above."""
    catalogue = ModelCatalogue(
        [
            model(hours("day"), weeks(FIFTY_TWO_WEEKS), version="2025", effective_to="2026-03-31"),
            model(hours("day"), weeks(), version="2026", effective_from="2026-04-01"),
        ]
    )
    result = price_in_parts(
        lambda day: catalogue.on("home-care", day),
        inputs(need("day", "21")),
        lambda _: card(OLD, NEW),
        OCTOBER_TO_SEPTEMBER,
    )
    assert [part.trace.model.version for part in result.parts] == ["2025", "2026"]
    assert [part.trace.totals.recurring_pence for part in result.parts] == [980107, 1010160]


def test_a_version_that_ends_in_the_year_is_a_cut_too() -> None:
    """30 June is the last day of the first version: 91 days of £386.40 x 52 / 365, then 92 of £386.40 / 7.

    £386.40 x 52 x 91 / 365 = £5,009.4378... = £5,009.44; £386.40 x 92 / 7 = £5,078.40.
    """
    catalogue = ModelCatalogue(
        [
            model(hours("day"), weeks(FIFTY_TWO_WEEKS), version="a", effective_to="2026-06-30"),
            model(hours("day"), weeks(), version="b", effective_from="2026-07-01"),
        ]
    )
    result = price_in_parts(
        lambda day: catalogue.on("home-care", day),
        inputs(need("day", "21")),
        lambda _: card(NEW),
        days("2026-04-01", "2026-09-30"),
    )
    assert [part.trace.totals.recurring_pence for part in result.parts] == [500944, 507840]


def test_a_rate_that_changes_in_the_year_is_a_cut_too() -> None:
    """£18.40 to the end of June and £19.00 from July: £386.40 x 91 / 7 = £5,023.20, £399.00 x 92 / 7 = £5,244.00."""
    july = rate("day", "19.00", effective_from="2026-07-01", known_from="2026-06-01")
    unused = rate("weekend", "30.00", effective_from="2026-05-01")
    a_model = model(hours("day", "weekend"), weeks())
    result = in_parts(a_model, [need("day", "21")], NEW, july, unused, period=days("2026-04-01", "2026-09-30"))
    assert [part.trace.totals.recurring_pence for part in result.parts] == [502320, 524400]


def test_one_offs_fall_in_the_part_that_has_their_day() -> None:
    """An advert at the start costs £90.00; a course in June costs the new price, £145.00."""
    a_model = model(items("one_offs", "advert", "course", name="start"))
    rates = (
        rate("advert", "90.00", "each"),
        rate("course", "140.00", "each", effective_to="2026-03-31"),
        rate("course", "145.00", "each", effective_from="2026-04-01"),
    )
    needs = [need("advert", "1", "each", "once"), need("course", "1", "each", "once", on="2026-06-15")]
    result = in_parts(a_model, needs, *rates, period=OCTOBER_TO_SEPTEMBER)
    assert [part.trace.totals.one_off_pence for part in result.parts] == [9000, 14500]
    assert result.one_off == pounds("235.00")


def test_contingency_is_set_aside_once_at_the_first_parts_price() -> None:
    """4 x £378.00 = £1,512.00 in the first part; the second says why it adds none."""
    a_model = model(hours("day"), weeks(), contingency("4", "care"))
    result = in_parts(a_model, [need("day", "21")], OLD, NEW, period=OCTOBER_TO_SEPTEMBER)
    assert [part.trace.totals.contingency_pence for part in result.parts] == [151200, 0]
    assert result.contingency == pounds("1512.00")
    assert (
        "Your contingency was set aside from 1 October 2025 and stays as it is. Nothing is added to it here."
        in result.parts[1].trace.in_plain_english()
    )


def test_counted_days_are_cut_with_the_calendar() -> None:
    """Ordinary weekdays: 127 to 31 March, £72.00 x 127 = £9,144.00; 126 from 1 April, £73.60 x 126 = £9,273.60."""
    a_model = model(hours("day"), weeks(counted(WEEKDAYS, "except")))
    result = in_parts(a_model, [need("day", "20")], OLD, NEW, period=OCTOBER_TO_SEPTEMBER)
    assert [part.trace.totals.recurring_pence for part in result.parts] == [914400, 927360]


def test_three_years_are_four_parts_when_they_start_in_january() -> None:
    """Each 1 April is a cut, and the 366 days of 2027/28 are one part."""
    result = in_parts(
        model(hours("day"), weeks()), [need("day", "7")], rate("day", "1.00"), period=days("2026-01-01", "2028-12-31")
    )
    assert [part.trace.period.days for part in result.parts] == [90, 365, 366, 275]
    assert [part.trace.totals.recurring_pence for part in result.parts] == [9000, 36500, 36600, 27500]


def test_a_gap_in_the_rates_stops_the_pricing() -> None:
    with pytest.raises(
        RuleViolationError, match=r"no price for “day” on 1 April 2026\. The rate card has it for"
    ) as no:
        in_parts(model(hours("day"), weeks()), [need("day", "21")], OLD, period=OCTOBER_TO_SEPTEMBER)
    assert no.value.code == "rate-gap"


def test_a_model_of_another_day_stops_the_pricing() -> None:
    ended = model(hours("day"), weeks(), effective_to="2026-03-31")
    with pytest.raises(RuleViolationError, match="not in force on 1 April 2026") as no:
        in_parts(ended, [need("day", "21")], OLD, NEW, period=OCTOBER_TO_SEPTEMBER)
    assert no.value.code == "model-not-in-force"


@given(case=cases(within_a_year=False))
@PATIENTLY
def test_the_parts_joined_are_the_whole(case: Case) -> None:
    result = price_in_parts(lambda _: case.model, case.inputs, lambda _: case.card, case.period, calendar=case.calendar)
    periods = [part.trace.period for part in result.parts]
    assert (periods[0].start_on, periods[-1].end_on) == (case.period.start_on, case.period.end_on)
    assert all(a.end_on == b.start_on for a, b in pairwise(periods))
    assert all(len(period.cut_by_financial_year()) == 1 for period in periods)
    assert result.total == result.recurring + result.one_off + result.contingency
    once = [line.need for part in result.parts for line in part.trace.lines if line.need and line.kind == "one_off"]
    assert len(once) == len({need.code for need in case.inputs.needs if need.per == "once"})
    assert all(part.trace.totals.contingency_pence == 0 for part in result.parts[1:])


@given(case=cases())
@PATIENTLY
def test_cutting_a_year_in_two_moves_no_more_than_the_roundings(case: Case) -> None:
    """The exact amounts of two halves add up to the whole's; three roundings of half a penny each are a penny apart."""
    middle = case.period.start_on + timedelta(days=case.period.days // 2)
    assume(middle > case.period.start_on)
    halves = [Period(case.period.start_on, middle), Period(middle, case.period.end_on)]
    whole = recurring_lines(case, case.period)
    parts = [recurring_lines(case, half) for half in halves]
    for line, first, second in zip(whole, *parts, strict=True):
        assert first.exact + second.exact == line.exact
        assert abs(first.pence + second.pence - line.pence) <= 1


def recurring_lines(case: Case, period: Period) -> list[Line]:
    """Return the lines of what comes round in some days of a case's budget."""
    result = price(case.model, case.inputs, case.card, period, calendar=case.calendar, whole=case.period)
    return [line for line in result.trace.lines if line.kind == "recurring"]
