"""The models and rates that the sample commissioners import are legal and price what people need."""

import csv
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from phb.budget.setting.model import BudgetModel, ModelCatalogue
from phb.budget.setting.parts import price_in_parts
from phb.budget.setting.rates import Rate, RateCard
from phb.budget.setting.replay import replay
from phb.budget.setting.steps.types import FlatRate, QuantityStep
from phb.core.period import Period, financial_year
from tests.budget.setting.builders import CALENDAR, JSON, inputs, need

SAMPLES = Path(__file__).parents[3] / "samples"
COMMISSIONERS = ("northvale", "eastmere")
TWO_YEARS = Period(date(2025, 4, 1), date(2027, 4, 1))


def models_of(commissioner: str) -> ModelCatalogue:
    """Read a commissioner's models."""
    text = (SAMPLES / commissioner / "budget-models.jsonl").read_text(encoding="utf-8")
    documents = [json.loads(line) for line in text.splitlines()]
    return ModelCatalogue(
        BudgetModel.from_json({name: value for name, value in document.items() if name != "cohorts"})
        for document in documents
    )


def rates_of(commissioner: str) -> RateCard:
    """Read a commissioner's rates."""
    with (SAMPLES / commissioner / "rates.csv").open(encoding="utf-8", newline="") as file:
        return RateCard([Rate.from_row(row) for row in csv.DictReader(file)])


def codes_of(model: BudgetModel) -> Iterator[str]:
    """Name every rate a model could use."""
    for step in model.steps:
        if isinstance(step, QuantityStep):
            yield from (one.rate for one in step.priced)
        if isinstance(step, FlatRate):
            yield step.rate


@pytest.mark.parametrize("commissioner", COMMISSIONERS)
def test_every_rate_of_every_model_holds_in_both_years(commissioner: str) -> None:
    card = rates_of(commissioner)
    for model in models_of(commissioner).models:
        for year in TWO_YEARS.cut_by_financial_year():
            if model.holds_on(year.start_on):
                assert [card.rate_through(code, year).code for code in codes_of(model)] == list(codes_of(model))


@pytest.mark.parametrize(
    ("commissioner", "code", "needs", "pounds"),
    [
        # 21 / 5 x £25.40 = £106.68 x 251 days = £26,776.68; four weeks of £26,776.68 x 7 / 365: £2,054.10.
        ("northvale", "chc-home-care", [need("day", "21")], "28830.78"),
        # Pay 30 x £14.00 = £420.00; 16.5 % = £69.30; payroll £5.50 x 52 = £286.00; insurance £122.50.
        # £420.00 x 365 / 7 = £21,900.00; £69.30 x 365 / 7 = £3,613.50; set aside 4 x £489.30 = £1,957.20.
        ("northvale", "own-assistants", [need("day", "30")], "27879.20"),
        # £2,215.00 + 7.5 % = £166.125 = £166.13.
        ("northvale", "wheelchair", [need("powered-wheelchair", "1", "each", "once")], "2381.13"),
        # 10.3 x £22.95 = £236.385 = £236.39 x 52.2 = £12,339.558 = £12,339.56; £3.75 x 52.2 = £195.75; one week.
        ("eastmere", "home-support", [need("day", "10.3")], "12771.70"),
    ],
)
def test_a_year_by_each_commissioners_own_way(commissioner: str, code: str, needs: list[JSON], pounds: str) -> None:
    catalogue, card = models_of(commissioner), rates_of(commissioner)
    result = price_in_parts(
        lambda day: catalogue.on(code, day), inputs(*needs), lambda _: card, financial_year(2026), calendar=CALENDAR
    )
    assert f"{result.total.amount:.2f}" == pounds
    assert all(replay(part.trace) == part for part in result.parts)


def test_northvale_changed_its_way_on_1_april_2026() -> None:
    """2025/26 rounds the week of a waking night and counts 52; 2026/27 counts days and rounds at the end.

    10.5 x £25.80 = £270.90 x 52 = £14,086.80; 10.5 x £26.65 = £279.825 x 365 / 7 = £14,590.875 = £14,590.88.
    """
    catalogue, card = models_of("northvale"), rates_of("northvale")
    result = price_in_parts(
        lambda day: catalogue.on("chc-home-care", day),
        inputs(need("waking-night", "10.5")),
        lambda _: card,
        TWO_YEARS,
        calendar=CALENDAR,
    )
    assert [part.trace.totals.recurring_pence for part in result.parts] == [1408680, 1459088]
