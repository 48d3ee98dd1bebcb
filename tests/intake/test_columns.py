"""Cells become values, or say what the column asks for."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

import pytest
from moneyed import Money

from phb.core.money import pounds
from phb.intake.columns import CellError, column, headings, parse_row


class Colour(StrEnum):
    """A list to choose from."""

    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Example:
    """One column of each type."""

    name: str = column("a name", "Ann")
    on: date = column("a day", "2026-04-01")
    price: Money = column("a price", "125.50")
    hours: Decimal = column("hours", "37.5")
    count: int = column("how many", "3")
    urgent: bool = column("whether it is urgent", "no")
    colour: Colour = column("a colour", "red")
    tags: tuple[str, ...] = column("tags", "a;b", default=())
    ends_on: date | None = column("the last day", "2027-03-31", default=None)


GOOD = {
    "name": " Ann ",
    "on": "2026-04-01",
    "price": "125.50",
    "hours": "37.5",
    "count": "3",
    "urgent": "Yes",
    "colour": "red",
    "tags": "a; b;",
    "ends_on": "",
}


def test_each_type_is_parsed() -> None:
    assert parse_row(Example, GOOD) == Example(
        name="Ann",
        on=date(2026, 4, 1),
        price=pounds("125.50"),
        hours=Decimal("37.5"),
        count=3,
        urgent=True,
        colour=Colour.RED,
        tags=("a", "b"),
        ends_on=None,
    )
    assert parse_row(Example, {**GOOD, "ends_on": "2027-03-31"}).ends_on == date(2027, 3, 31)


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("on", "1 April 2026", "a date, 2026-04-01"),
        ("on", "2026-02-30", "a date, 2026-04-01"),
        ("price", "1.005", "pounds and pence, 125.50"),
        ("price", "NaN", "pounds and pence, 125.50"),
        ("hours", "lots", "a number, 37.5"),
        ("hours", "Infinity", "a number, 37.5"),
        ("count", "3.5", "a whole number"),
        ("urgent", "maybe", "yes or no"),
        ("colour", "green", "one of red, blue"),
    ],
)
def test_what_does_not_fit_says_what_would(name: str, text: str, wanted: str) -> None:
    with pytest.raises(CellError) as refused:
        parse_row(Example, {**GOOD, name: text})
    assert refused.value.sentence == f"“{text}” does not fit “{name}”. Give {wanted}."
    assert refused.value.field == name


@dataclass(frozen=True)
class Part:
    """One object of a list."""

    name: str = column("a name", "Ann")


@dataclass(frozen=True)
class Nested:
    """A list of objects, and an object that is taken as it is."""

    parts: tuple[Part, ...] = column("parts", "[...]", default=())
    value: dict[str, object] = column("an object", "{}", default=None)


def test_a_list_of_objects_is_parsed() -> None:
    found = parse_row(Nested, {"parts": '[{"name": "Ann"}, {"name": "Bo"}]', "value": '{"a": 1}'})
    assert found == Nested((Part("Ann"), Part("Bo")), {"a": 1})
    assert headings(Nested)[0].parts[0].name == "name"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"parts": "["}, "“parts” is not a list"),
        ({"parts": "[1]"}, "“parts[0]” is not an object"),
        ({"parts": '[{"name": ""}]'}, "“parts[0].name” is empty"),
        ({"parts": '[{"name": "a\\u0000"}]'}, "does not fit “parts[0].name”"),
        ({"parts": '[{"shoe": 1}]'}, "“shoe” of “parts[0]” is not known here"),
        ({"value": "[]"}, "Give an object"),
    ],
)
def test_what_does_not_fit_in_a_list_is_named_by_its_place(cells: dict[str, str], said: str) -> None:
    with pytest.raises(CellError) as refused:
        parse_row(Nested, cells)
    assert said in refused.value.sentence


def test_a_day_that_must_be_a_slip_does_not_fit() -> None:
    with pytest.raises(CellError, match="Give a date"):
        parse_row(Example, {**GOOD, "on": "0026-04-01"})


def test_a_needed_cell_may_not_be_empty() -> None:
    with pytest.raises(CellError, match="“name” is empty"):
        parse_row(Example, {**GOOD, "name": " "})


def test_headings_say_what_a_column_holds() -> None:
    by_name = {heading.name: heading for heading in headings(Example)}
    assert by_name["tags"].kind == "words with semicolons between them"
    assert by_name["name"].kind == "text"
    assert by_name["ends_on"].kind == "a date, 2026-04-01"
    assert (by_name["ends_on"].required, by_name["name"].required) == (False, True)
