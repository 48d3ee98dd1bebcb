"""What an assessment may name is what the commissioner's model and rates put a price on."""

from datetime import date

import pytest

from phb.budget.setting.model import BudgetModel
from phb.budget.setting.rates import Rate
from phb.budget.tariffs.operations import record_model, record_rate
from phb.budget.tariffs.priced import PricedNeed, priced_needs
from phb.budget.tariffs.tariff import NoModelForCohortError
from tests.budget.conftest import World, model_json, rate_json

SPRING = date(2026, 4, 1)


def priced(world: World, on: date = SPRING) -> tuple[PricedNeed, ...]:
    with world.service.unit(world.coordinator) as uow:
        return priced_needs(uow.session, "ADULT_CHC", on, known_at=uow.now)


def test_the_bands_of_the_model_come_with_their_words_and_units(world: World) -> None:
    assert priced(world) == (
        PricedNeed("day", "day care", "hour", ("week", "year")),
        PricedNeed("night", "night care", "hour", ("week", "year")),
    )


def test_what_has_no_price_on_the_day_is_left_out(world: World) -> None:
    items = [{"item": name, "one": name, "many": f"{name}s", "rate": f"price-of-{name}"} for name in ("hoist", "bed")]
    steps = [*model_json()["steps"], {"type": "one_offs", "name": "kit", "words": "equipment", "items": items}]
    price = rate_json("price-of-hoist", "900.00", "2027-04-01", unit="each")
    world.do(world.administrator, record_rate, Rate.from_json(price))
    world.do(world.administrator, record_model, BudgetModel.from_json(model_json("2", "2027-04-01", steps=steps)))
    found = priced(world, date(2027, 4, 1))
    assert PricedNeed("hoist", "hoists", "each", ("once",)) in found
    assert "bed" not in {one.code for one in found}


@pytest.mark.parametrize(
    ("method", "per"),
    [
        ({"type": "stated_weeks", "weeks": "40"}, ("week", "year")),
        ({"type": "counted_days", "weekdays": ["sat", "sun"], "bank_holidays": "except"}, ("week", "day", "year")),
        ({"type": "counted_days", "weekdays": ["mon"], "bank_holidays": "only"}, ("day", "year")),
    ],
)
def test_what_may_come_round_by_the_day_is_what_the_model_counts_days_of(
    world: World, method: dict[str, object], per: tuple[str, ...]
) -> None:
    steps = [
        *model_json()["steps"][:-1],
        {"type": "weeks_in_the_year", "name": "weeks", "words": "w", "method": method},
    ]
    world.do(world.administrator, record_model, BudgetModel.from_json(model_json("2", "2027-04-01", steps=steps)))
    assert {one.per for one in priced(world, date(2027, 4, 1))} == {per}


def test_a_day_without_a_model_says_so(world: World) -> None:
    with pytest.raises(NoModelForCohortError):
        priced(world, date(2026, 3, 31))
