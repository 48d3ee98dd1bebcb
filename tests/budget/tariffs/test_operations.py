"""Rates and budget models are recorded once; a version follows the one before and never overlaps it."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from phb.budget.reference.cohorts import UnknownCohortError
from phb.budget.setting.model import BudgetModel, ModelOverlapError
from phb.budget.setting.rates import Rate
from phb.budget.tariffs import queries
from phb.budget.tariffs.operations import record_model, record_rate
from phb.budget.written import KnownDifferentlyError
from phb.core.actor import MissingPermissionError
from phb.people.saving import Change
from tests.budget.conftest import World, model_json, rate_json


def test_a_rate_is_recorded_once_whenever_it_is_said_to_be_known(world: World) -> None:
    for known_from in ("2026-03-01", "2026-04-01"):
        put = world.do(
            world.administrator, record_rate, Rate.from_json(rate_json("day", "20.00", known_from=known_from))
        )
        assert put.change is Change.UNCHANGED


def test_a_new_price_for_the_same_day_takes_over_from_when_it_is_known(world: World) -> None:
    later = Rate.from_json(rate_json("day", "20.50", known_from="2026-05-01"))
    assert world.do(world.administrator, record_rate, later).change is Change.ADDED
    earlier = Rate.from_json(rate_json("day", "19.00", known_from="2026-05-01"))
    with pytest.raises(KnownDifferentlyError):
        world.do(world.administrator, record_rate, earlier)


def test_a_version_ends_the_one_before_and_the_same_again_changes_nothing(world: World) -> None:
    second = BudgetModel.from_json(model_json("2", "2027-04-01"))
    assert world.do(world.administrator, record_model, second).change is Change.ADDED
    assert world.do(world.administrator, record_model, second).change is Change.UNCHANGED
    assert world.do(world.administrator, record_model, BudgetModel.from_json(model_json())).change is Change.UNCHANGED
    with world.service.unit(world.auditor) as uow:
        ends = [row.effective_to for row in queries.versions_of(uow.session, "home-care")]
    assert ends == [date(2027, 3, 31), None]


def test_versions_that_overlap_or_say_something_else_are_refused(world: World) -> None:
    with pytest.raises(ModelOverlapError):
        world.do(world.administrator, record_model, BudgetModel.from_json(model_json("0", "2026-01-01")))
    with pytest.raises(KnownDifferentlyError):
        world.do(world.administrator, record_model, BudgetModel.from_json(model_json(round_by="year")))
    with pytest.raises(UnknownCohortError):
        world.do(world.administrator, record_model, BudgetModel.from_json(model_json("2", "2027-04-01")), cohorts=["X"])


def test_only_an_administrator_records_prices(world: World) -> None:
    with pytest.raises(MissingPermissionError):
        world.do(world.finance, record_rate, Rate.from_json(rate_json("x", "1.00")))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE budget_model SET effective_to = '2030-01-01'",
        "UPDATE price_rate SET code = 'x'",
        "DELETE FROM budget_model",
        "DELETE FROM price_rate",
    ],
)
def test_the_database_itself_keeps_what_was_recorded(world: World, statement: str) -> None:
    world.do(
        world.administrator,
        record_model,
        BudgetModel.from_json(model_json("2", "2027-04-01", effective_to="2028-03-31")),
    )
    with pytest.raises(DBAPIError), world.service.unit(world.administrator) as uow:
        uow.session.execute(text(statement))
