"""A model is read from JSON whole, or refused at the place of its first fault with a sentence."""

import json
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from hypothesis import given

from phb.budget.setting.model import BudgetModel, ModelCatalogue
from phb.core.errors import RuleViolationError
from tests.budget.setting.builders import (
    JSON,
    WEEKDAYS,
    contingency,
    counted,
    hours,
    items,
    model,
    model_json,
    percentage,
    weeks,
)
from tests.budget.setting.strategies import PATIENTLY, models

FLAT: JSON = {"type": "flat_sum", "name": "fee", "words": "a fee", "amount": "3.75", "per": "week"}


@given(a_model=models())
@PATIENTLY
def test_a_model_comes_back_from_json_as_it_was(a_model: BudgetModel) -> None:
    text = json.dumps(a_model.to_json())
    again = BudgetModel.from_json(json.loads(text))
    assert again == a_model
    assert json.dumps(again.to_json()) == text


def test_amounts_are_written_with_their_pence_and_other_numbers_as_short_as_they_are() -> None:
    steps: Any = model(FLAT | {"amount": 4}, weeks(), contingency("1.50", "fee")).to_json()["steps"]
    assert (steps[0]["amount"], steps[2]["weeks"]) == ("4.00", "1.5")


def full() -> JSON:
    """Describe a model with every type of step."""
    document = model_json(
        hours("day", "night"),
        items("units", "pack", name="packs"),
        FLAT,
        {"type": "flat_rate", "name": "payroll", "words": "payroll", "rate": "payroll"},
        percentage("10", "care", "packs"),
        weeks(day=counted(WEEKDAYS, "except")),
        items("one_offs", "advert", name="start"),
        contingency("4", "care"),
    )
    return deepcopy(document)


def test_every_type_of_step_is_read() -> None:
    assert BudgetModel.from_json(full()).to_json() == full()


FAULTS: list[tuple[list[Any], object, str, str, str]] = [
    (["code"], None, "wrong-shape", "code", "should be text"),
    (["code"], "Home care", "not-a-code", "code", "small letters, digits and single hyphens"),
    (["code"], "a" * 61, "not-a-code", "code", "at most 60"),
    (["title"], "  ", "no-words", "title", "needs words on one line"),
    (["title"], "two\nlines", "no-words", "title", "needs words on one line"),
    (["title"], "x" * 501, "no-words", "title", "at most 500"),
    (["colour"], "red", "field-unknown", "colour", "“colour” means nothing. Remove it"),
    (["effective_from"], "1 April 2026", "not-a-date", "effective_from", "Write a date that exists"),
    (["effective_from"], "2026-02-29", "not-a-date", "effective_from", "“2026-02-29”"),
    (["effective_to"], "2025-03-31", "dates-wrong-way-round", "effective_to", "its last day is 31 March 2025"),
    (["round_by"], "month", "unknown-choice", "round_by", "“month”. Write one of: week, year"),
    (["steps"], {}, "wrong-shape", "steps", "should be a list"),
    (["steps"], [], "nothing-named", "steps", "“steps” is empty"),
    (["steps", 0], "hours", "wrong-shape", "steps[0]", "should be an object"),
    (["steps", 0, "type"], "hourz", "unknown-type", "steps[0].type", "“hourz” is not a type known in “steps[0]”"),
    (["steps", 0, "type"], 7, "unknown-type", "steps[0].type", "Write one of: hours, units, one_offs, flat_sum"),
    (["steps", 0, "name"], "packs", "duplicate-name", "steps[1].name", "“packs” is there twice"),
    (["steps", 0, "bands"], [], "nothing-named", "steps[0].bands", "is empty"),
    (["steps", 0, "bands", 1, "band"], "day", "duplicate-name", "steps[0].bands[1].band", "“day” is there twice"),
    (["steps", 0, "bands", 1, "rate"], "Night rate", "not-a-code", "steps[0].bands[1].rate", "“Night rate”"),
    (["steps", 1, "items", 0, "one"], 1, "wrong-shape", "steps[1].items[0].one", "should be text"),
    (["steps", 1, "items"], [], "nothing-named", "steps[1].items", "is empty"),
    (["steps", 2, "amount"], 3.75, "float-refused", "steps[2].amount", "Write it as text, for example “18.40”"),
    (["steps", 2, "amount"], "3,75", "not-a-number", "steps[2].amount", "“3,75”, which is not a number"),
    (["steps", 2, "amount"], "1e3", "not-a-number", "steps[2].amount", "not a number"),
    (["steps", 2, "amount"], "NaN", "not-a-number", "steps[2].amount", "not a number"),
    (["steps", 2, "amount"], "٣", "not-a-number", "steps[2].amount", "not a number"),
    (["steps", 2, "amount"], "1/0", "not-a-number", "steps[2].amount", "not a number"),
    (["steps", 2, "amount"], True, "not-a-number", "steps[2].amount", "not a number"),
    (["steps", 2, "amount"], "-0.01", "number-out-of-range", "steps[2].amount", "is -0.01. Give a number from 0"),
    (["steps", 2, "amount"], "1000001", "number-out-of-range", "steps[2].amount", "to 1,000,000"),
    (["steps", 2, "amount"], "9" * 5000, "not-a-number", "steps[2].amount", "not a number"),
    (["steps", 2, "amount"], "0.0000001", "number-too-fine", "steps[2].amount", "at most six"),
    (["steps", 2, "per"], "month", "unknown-choice", "steps[2].per", "week, year"),
    (["steps", 4, "percent"], "1001", "number-out-of-range", "steps[4].percent", "to 1,000"),
    (["steps", 4, "percent"], "-5", "number-out-of-range", "steps[4].percent", "is -5"),
    (["steps", 4, "of"], [], "nothing-named", "steps[4].of", "is empty"),
    (["steps", 4, "of"], ["care", "care"], "duplicate-name", "steps[4].of[1]", "“care” is there twice"),
    (["steps", 4, "of", 1], "pakcs", "unknown-step", "steps[4].of[1]", "no step has that name"),
    (["steps", 4, "of", 1], "start", "later-step", "steps[4].of[1]", "Move “start” up"),
    (["steps", 4, "of", 1], "extra", "later-step", "steps[4].of[1]", "Name steps that come before it."),
    (["steps", 5, "method", "type"], "guess", "unknown-type", "steps[5].method.type", "days_over_seven, stated_weeks"),
    (["steps", 5, "method"], {"weeks": "52"}, "field-missing", "steps[5].method.type", "“type” is missing"),
    (
        ["steps", 5, "method"],
        {"type": "stated_weeks", "weeks": "54"},
        "number-out-of-range",
        "steps[5].method.weeks",
        "from 1 to 53",
    ),
    (["steps", 5, "bands", 0, "band"], "dya", "unknown-band", "steps[5].bands[0].band", "No step has a band"),
    (
        ["steps", 5, "bands", 0, "method", "weekdays"],
        ["monday"],
        "unknown-choice",
        "steps[5].bands[0].method.weekdays[0]",
        "Write one of: mon, tue",
    ),
    (
        ["steps", 5, "bands", 0, "method", "weekdays"],
        [],
        "weekdays-missing",
        "steps[5].bands[0].method.weekdays",
        "at least one day",
    ),
    (
        ["steps", 6, "items", 0],
        {},
        "field-missing",
        "steps[6].items[0].item",
        "“item” is missing in “steps[6].items",
    ),
    (["steps", 7, "weeks"], "53", "number-out-of-range", "steps[7].weeks", "from 0 to 52"),
    (["steps", 7, "of"], ["start"], "cannot-build-on", "steps[7].of", "may build on steps that come round"),
    (["steps", 7, "of"], ["weeks"], "cannot-build-on", "steps[7].of", "Make two steps of it"),
]


@pytest.mark.parametrize(("path", "to", "code", "field", "sentence"), FAULTS)
def test_each_fault_has_its_code_its_place_and_its_sentence(
    path: list[Any], to: object, code: str, field: str, sentence: str
) -> None:
    document = full()
    place: Any = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    with pytest.raises(RuleViolationError) as refusal:
        BudgetModel.from_json(document)
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert sentence in refusal.value.sentence


@pytest.mark.parametrize("missing", ["code", "version", "title", "source", "effective_from", "round_by", "steps"])
def test_what_a_model_cannot_do_without_is_named(missing: str) -> None:
    document = full()
    del document[missing]
    with pytest.raises(RuleViolationError, match=f"“{missing}” is missing. Add it.") as refusal:
        BudgetModel.from_json(document)
    assert (refusal.value.code, refusal.value.field) == ("field-missing", missing)


@pytest.mark.parametrize("document", [None, [], "model", 7])
def test_what_is_no_object_is_refused(document: object) -> None:
    with pytest.raises(RuleViolationError, match="“the whole” should be an object") as refusal:
        BudgetModel.from_json(document)
    assert refusal.value.code == "wrong-shape"


def test_a_percentage_of_recurring_and_one_off_steps_is_refused() -> None:
    with pytest.raises(RuleViolationError, match="not on both or on others") as refusal:
        model(hours("day"), weeks(), items("one_offs", "advert", name="start"), percentage("5", "care", "start"))
    assert (refusal.value.code, refusal.value.field) == ("cannot-build-on", "steps[3].of")


def test_a_percentage_of_contingency_is_refused() -> None:
    with pytest.raises(RuleViolationError) as refusal:
        model(hours("day"), weeks(), contingency("4", "care"), percentage("5", "contingency"))
    assert refusal.value.code == "cannot-build-on"


def test_a_percentage_of_a_percentage_is_what_that_is() -> None:
    a_model = model(hours("day"), percentage("5", "care"), percentage("5", "extra", name="more"), weeks())
    assert a_model.kind_of(a_model.step("more")) == "recurring"


def test_what_comes_round_needs_a_way_to_become_a_year() -> None:
    with pytest.raises(RuleViolationError, match="Add a step “weeks_in_the_year”") as refusal:
        model(hours("day"))
    assert (refusal.value.code, refusal.value.field) == ("weeks-in-the-year", "steps")


def test_two_ways_to_become_a_year_are_refused() -> None:
    with pytest.raises(RuleViolationError, match="says twice") as refusal:
        model(hours("day"), weeks(), weeks() | {"name": "again"})
    assert (refusal.value.code, refusal.value.field) == ("weeks-in-the-year", "steps[2]")


def test_a_model_of_one_offs_needs_none() -> None:
    assert model(items("one_offs", "chair", name="chairs")).weeks is None


def test_a_band_is_counted_in_one_way() -> None:
    twice = weeks(day=counted(WEEKDAYS, "except"))
    twice["bands"] = twice["bands"] * 2
    with pytest.raises(RuleViolationError) as refusal:
        model(hours("day"), twice)
    assert (refusal.value.code, refusal.value.field) == ("duplicate-name", "steps[1].bands[1].band")


def test_a_model_has_at_most_a_hundred_steps() -> None:
    with pytest.raises(RuleViolationError, match="at most 100 steps") as refusal:
        model(weeks(), *(FLAT | {"name": f"fee-{n}"} for n in range(100)))
    assert refusal.value.code == "too-many-steps"


def test_a_float_is_refused_however_the_value_is_made() -> None:
    good = model(FLAT, weeks()).steps[0]
    with pytest.raises(RuleViolationError) as refusal:
        type(good)(**(vars(good) | {"amount": 3.75}))
    assert refusal.value.code == "float-refused"


def versions(*dates: tuple[str, str | None]) -> list[BudgetModel]:
    """Make versions of one model, in force between dates."""
    return [
        model(FLAT, weeks(), version=f"{n}", effective_from=start, **({"effective_to": end} if end else {}))
        for n, (start, end) in enumerate(dates, 1)
    ]


def test_a_catalogue_finds_the_version_of_a_day() -> None:
    catalogue = ModelCatalogue(versions(("2026-04-01", None), ("2025-04-01", "2026-03-31")))
    assert catalogue.on("home-care", date(2026, 3, 31)).version == "2"
    assert catalogue.on("home-care", date(2026, 4, 1)).version == "1"


def test_a_catalogue_refuses_versions_that_overlap() -> None:
    with pytest.raises(RuleViolationError) as refusal:
        ModelCatalogue(versions(("2025-04-01", None), ("2026-04-01", None)))
    assert refusal.value.code == "model-overlap"
    assert refusal.value.sentence == (
        "Versions 1 and 2 of “home-care” are both in force on 1 April 2026. End 1 the day before."
    )


def test_models_of_other_codes_may_overlap() -> None:
    other = model(FLAT, weeks(), code="wheelchair")
    assert ModelCatalogue([*versions(("2025-04-01", None)), other]).on("wheelchair", date(2026, 4, 1)) == other


def test_a_gap_between_versions_is_said_with_what_there_is() -> None:
    catalogue = ModelCatalogue(versions(("2025-04-01", "2026-03-31"), ("2026-05-01", None)))
    with pytest.raises(RuleViolationError) as refusal:
        catalogue.on("home-care", date(2026, 4, 1))
    assert refusal.value.code == "model-gap"
    assert refusal.value.sentence == (
        "No version of the budget model “home-care” is in force on 1 April 2026. "
        "There is 1 from 1 April 2025 and 2 from 1 May 2026. Add one for that day."
    )


def test_a_model_nobody_has_is_said_so() -> None:
    with pytest.raises(RuleViolationError, match="No version of it is known") as refusal:
        ModelCatalogue([]).on("home-care", date(2026, 4, 1))
    assert refusal.value.code == "model-gap"
