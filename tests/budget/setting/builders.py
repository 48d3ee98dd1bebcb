"""Small models, needs and prices to build examples from."""

from datetime import UTC, date, datetime
from typing import Any

from phb.budget.setting.inputs import Inputs
from phb.budget.setting.lines import Line
from phb.budget.setting.model import BudgetModel
from phb.budget.setting.pricing import IndicativePrice, price
from phb.budget.setting.rates import Rate, RateCard
from phb.budget.setting.weeks import Calendar
from phb.core.period import Period, financial_year

JSON = dict[str, Any]

YEAR_2026 = financial_year(2026)
LEAP_YEAR = financial_year(2027)  # it holds 29 February 2028
DAYS_OVER_SEVEN: JSON = {"type": "days_over_seven"}
FIFTY_TWO_WEEKS: JSON = {"type": "stated_weeks", "weeks": "52"}
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri"]
WEEKEND = ["sat", "sun"]


def dates(text: str) -> tuple[date, ...]:
    """Return dates written one after the other."""
    return tuple(date.fromisoformat(day) for day in text.split())


CALENDAR = Calendar(
    source="Bank holidays of England, for these tests",
    covers=Period(date(2025, 4, 1), date(2028, 4, 1)),
    bank_holidays=dates(
        "2025-04-18 2025-04-21 2025-05-05 2025-05-26 2025-08-25 2025-12-25 2025-12-26 2026-01-01 "
        "2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-28 2027-01-01 2027-03-26 "
        "2027-03-29 2027-05-03 2027-05-31 2027-08-30 2027-12-27 2027-12-28 2028-01-03"
    ),
)


def counted(weekdays: list[str], bank_holidays: str) -> JSON:
    """Count such days on the calendar."""
    return {"type": "counted_days", "weekdays": weekdays, "bank_holidays": bank_holidays}


def hours(*bands: str, name: str = "care") -> JSON:
    """Price hours by band; each band's rate has the band's own code."""
    given = [{"band": band, "words": f"{band} care", "rate": band} for band in bands]
    return {"type": "hours", "name": name, "words": f"{name} at home", "bands": given}


def items(kind: str, *codes: str, name: str) -> JSON:
    """Price pieces; each item's rate has the item's own code."""
    given = [{"item": code, "one": code, "many": f"{code}s", "rate": code} for code in codes]
    return {"type": kind, "name": name, "words": name, "items": given}


def weeks(method: JSON = DAYS_OVER_SEVEN, **bands: JSON) -> JSON:
    """Say how weekly amounts become longer ones."""
    given = [{"band": band.replace("_", "-"), "method": way} for band, way in bands.items()]
    return {"type": "weeks_in_the_year", "name": "weeks", "words": "the weeks", "method": method, "bands": given}


def percentage(percent: str, *of: str, name: str = "extra") -> JSON:
    """Add a percentage of earlier steps."""
    return {"type": "percentage", "name": name, "words": name, "percent": percent, "of": list(of)}


def contingency(number: str, *of: str) -> JSON:
    """Set weeks of earlier steps aside."""
    return {"type": "contingency_weeks", "name": "contingency", "words": "contingency", "weeks": number, "of": list(of)}


def model_json(*steps: JSON, **changes: object) -> JSON:
    """Describe a model; by default it rounds by the year and is in force from 1 April 2025."""
    return {
        "code": "home-care",
        "version": "1",
        "title": "Care at home",
        "source": "an invented board paper",
        "effective_from": "2025-04-01",
        "round_by": "year",
        "steps": list(steps),
    } | changes


def model(*steps: JSON, **changes: object) -> BudgetModel:
    """Make a model."""
    return BudgetModel.from_json(model_json(*steps, **changes))


def need(code: str, quantity: str, unit: str = "hour", per: str = "week", **more: str) -> JSON:
    """Describe a need; by default hours a week."""
    return {"code": code, "quantity": quantity, "unit": unit, "per": per} | more


def inputs(*needs: JSON) -> Inputs:
    """Make the inputs of an assessment."""
    return Inputs.from_json({"assessment": "A-1", "assessed_on": "2026-03-12", "needs": list(needs)})


def rate(code: str, amount: str, unit: str = "hour", **more: object) -> Rate:
    """Make a rate; by default in force and known from April 2025."""
    given = {"effective_from": "2025-04-01", "known_from": "2025-02-01", "source": "Northvale rate card"}
    return Rate.from_json({"code": code, "amount": amount, "unit": unit} | given | more)


def card(*rates: Rate) -> RateCard:
    """Make a rate card of all that was ever recorded."""
    return RateCard(rates)


def priced(
    a_model: BudgetModel,
    needs: list[JSON],
    *rates: Rate,
    period: Period = YEAR_2026,
    whole: Period | None = None,
    calendar: Calendar | None = CALENDAR,
) -> IndicativePrice:
    """Price needs by a model."""
    return price(a_model, inputs(*needs), card(*rates), period, calendar=calendar, whole=whole)


def pounds_of(result: IndicativePrice) -> dict[str, str]:
    """Return the totals of a price as text."""
    names = ("weekly", "recurring", "one_off", "contingency", "total")
    return {name: f"{getattr(result, name).amount:.2f}" for name in names}


def line_of(result: IndicativePrice, step: str) -> Line:
    """Return the one line of a step."""
    (line,) = [line for line in result.trace.lines if line.step == step]
    return line


def days(first: str, last: str) -> Period:
    """Return the days from one to another, both included."""
    return Period.of_days(date.fromisoformat(first), date.fromisoformat(last))


def at(text: str) -> datetime:
    """Return an instant in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)
