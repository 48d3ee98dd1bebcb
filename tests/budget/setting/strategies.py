"""Any legal model with an assessment and prices that fit it."""

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from phb.budget.setting.inputs import Inputs
from phb.budget.setting.model import BudgetModel
from phb.budget.setting.rates import Rate, RateCard
from phb.budget.setting.weeks import WEEKDAYS, Calendar
from phb.core.period import Period
from tests.budget.setting.builders import (
    JSON,
    contingency,
    hours,
    inputs,
    items,
    model,
    need,
    percentage,
    rate,
    weeks,
)

BANDS = ("day", "waking-night", "weekend")
PIECES = ("session", "pack")
ONCE = ("advert", "course")
PATIENTLY = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FIRST, LAST = date(2025, 4, 1), date(2029, 3, 31)


@dataclass(frozen=True)
class Case:
    """Everything a price depends on."""

    model: BudgetModel
    inputs: Inputs
    rates: tuple[Rate, ...]
    calendar: Calendar
    period: Period

    @property
    def card(self) -> RateCard:
        """The rates as a card."""
        return RateCard(self.rates)


def decimals(most: int, places: int) -> st.SearchStrategy[str]:
    """Return numbers as text, from nil."""
    scale = 10**places
    return st.integers(0, most * scale).map(lambda n: f"{n // scale}.{n % scale:0{places}d}")


def amounts() -> st.SearchStrategy[str]:
    """Return pounds, some with parts of a penny."""
    return st.one_of(decimals(100, 2), decimals(100, 4))


@st.composite
def methods(draw: st.DrawFn) -> JSON:
    """Return any way a weekly amount becomes a longer one."""
    kind = draw(st.sampled_from(("days_over_seven", "stated_weeks", "counted_days")))
    if kind == "stated_weeks":
        return {"type": kind, "weeks": draw(st.sampled_from(("52", "52.14", "365/7", "52.2", "48")))}
    if kind == "counted_days":
        weekdays = draw(st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=7, unique=True))
        return {"type": kind, "weekdays": weekdays, "bank_holidays": draw(st.sampled_from(("except", "include")))}
    return {"type": kind}


@st.composite
def models(draw: st.DrawFn) -> BudgetModel:
    """Return a model with some of every type of step."""
    bands = draw(st.lists(st.sampled_from(BANDS), unique=True))
    own_ways = {band.replace("-", "_"): draw(methods()) for band in bands}
    flat = {"type": "flat_sum", "name": "fee", "words": "a fee", "amount": draw(amounts()), "per": "week"}
    steps = [
        hours(*BANDS),
        items("units", *PIECES, name="therapy"),
        flat | {"per": draw(st.sampled_from(("week", "year")))},
        {"type": "flat_rate", "name": "insurance", "words": "insurance", "rate": "insurance"},
        percentage(draw(decimals(30, 2)), *draw(_some("care", "therapy", "fee", "insurance")), name="on-costs"),
        weeks(draw(methods()), **own_ways),
        items("one_offs", *ONCE, name="start"),
        percentage(draw(decimals(30, 2)), "start", name="handling"),
        contingency(draw(decimals(8, 1)), *draw(_some("care", "therapy", "fee", "insurance", "on-costs"))),
    ]
    return model(*steps, round_by=draw(st.sampled_from(("week", "year"))))


@st.composite
def assessments(draw: st.DrawFn, period: Period) -> Inputs:
    """Return needs that the models price, with one-offs on days of the period."""
    often = [need(code, draw(decimals(100, 2)), per=draw(_per())) for code in draw(_any(*BANDS))]
    pieces = [need(code, draw(decimals(9, 1)), "each", draw(_per())) for code in draw(_any(*PIECES))]
    once = [need(code, draw(decimals(3, 0)), "each", "once", **draw(_day(period))) for code in draw(_any(*ONCE))]
    return inputs(*often, *pieces, *once)


@st.composite
def rate_cards(draw: st.DrawFn) -> tuple[Rate, ...]:
    """Return prices for all that the models use, some with a way of their own."""
    codes = [(band, "hour") for band in BANDS] + [(code, "each") for code in (*PIECES, *ONCE)]
    unit = draw(st.sampled_from(("week", "year")))
    return tuple(
        rate(code, draw(amounts()), counts, **({"weeks": draw(methods())} if draw(st.booleans()) else {}))
        for code, counts in [*codes, ("insurance", unit)]
    )


@st.composite
def periods(draw: st.DrawFn) -> Period:
    """Return up to two years of days; the years hold a 29 February."""
    start_on = draw(st.dates(FIRST, LAST))
    return Period(start_on, start_on + timedelta(days=draw(st.integers(1, 730))))


@st.composite
def cases(draw: st.DrawFn, *, within_a_year: bool = True) -> Case:
    """Return everything a price depends on."""
    period = draw(periods())
    if within_a_year:
        period = period.cut_by_financial_year()[0]
    holidays = draw(st.lists(st.dates(FIRST, LAST), max_size=20, unique=True))
    calendar = Calendar("invented", Period(FIRST, LAST + timedelta(days=1000)), tuple(holidays))
    return Case(draw(models()), draw(assessments(period)), draw(rate_cards()), calendar, period)


def _some(*names: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(names), min_size=1, unique=True)


def _any(*names: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(names), unique=True)


def _per() -> st.SearchStrategy[str]:
    return st.sampled_from(("week", "year"))


def _day(period: Period) -> st.SearchStrategy[dict[str, str]]:
    inside = st.dates(period.start_on, period.last_day).map(lambda day: {"on": day.isoformat()})
    return st.one_of(st.just({}), inside)
