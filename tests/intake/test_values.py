"""Cells as spreadsheets rewrite them become the values that were meant, or say how to mend them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moneyed import Money

from phb.core.money import pounds
from phb.core.period import FIRST_DAY, LAST_DAY
from phb.intake.columns import CellError, column, parse_row


@dataclass(frozen=True)
class Example:
    """A column of each type that spreadsheets rewrite."""

    on: date = column("a day", "2026-04-01", default=None)
    price: Money = column("a price", "125.50", default=None)
    hours: Decimal = column("hours", "37.5", default=None)
    count: int = column("how many", "3", default=0)
    reference: str = column("a reference", "C-1", default="")
    sort_code: str = column("a sort code", "08-99-99", default="", digits=6)


def value(name: str, text: str) -> object:
    """Return what becomes of a cell."""
    return getattr(parse_row(Example, {name: text}), name)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("on", "2026-04-01", date(2026, 4, 1)),
        ("on", "01/04/2026", date(2026, 4, 1)),
        ("on", "1/4/2026", date(2026, 4, 1)),
        ("on", "04/05/2026", date(2026, 5, 4)),
        ("on", "01/04/2026 00:00", date(2026, 4, 1)),
        ("on", "2026-04-01T00:00:00", date(2026, 4, 1)),
        ("on", "29/02/2028", date(2028, 2, 29)),
        ("price", "£125.50", pounds("125.50")),
        ("price", "£ 125.5", pounds("125.50")),
        ("price", "-£5", pounds("-5.00")),
        ("price", "£-5.00", pounds("-5.00")),
        ("price", "1,234.50", pounds("1234.50")),
        ("price", "£1,234,567.89", pounds("1234567.89")),
        ("price", "1,234", pounds("1234.00")),
        ("hours", "1,234.5", Decimal("1234.5")),
        ("hours", "1,234,567", Decimal(1234567)),
        ("count", "1,234,567", 1234567),
        ("reference", "9990000026", "9990000026"),
        ("reference", "1e5", "1e5"),
        ("sort_code", "08-99-99", "08-99-99"),
        ("sort_code", "089999", "089999"),
        ("sort_code", "", ""),
    ],
)
def test_what_a_spreadsheet_makes_of_a_cell_is_read(name: str, text: str, expected: object) -> None:
    assert value(name, text) == expected


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("on", "04/13/2026", "read as day/month/year. Write 2026-04-01"),
        ("on", "31/11/2026", "There is no such day"),
        ("on", "01/04/26", "Write the year with four digits"),
        ("on", "46113", "a spreadsheet's own number for a day"),
        ("on", "01/04/2026 09:30", "Give a date"),
        ("on", "01/04/1066", "Give a date"),
        ("price", "1.234,50", "with a point before the pence and no other sign, for example 1234.50"),
        ("price", "1234,50", "with a point before the pence"),
        ("price", "12,34.50", "with a point before the pence"),
        ("price", "£", "Give pounds and pence"),
        ("price", "€5.00", "Give pounds and pence"),
        ("price", "1.5E+04", "shortened this number. Show it in full there"),
        ("price", "12.3456", "Give pounds and pence"),
        ("hours", "1,234", "Write 1234 or 1.234: the comma could be either"),
        ("hours", "37,5", "with a point"),
        ("hours", "9.99E+09", "shortened this number"),
        ("hours", "£5", "Give a number"),
        ("count", "1,234", "Write 1234 or 1.234"),
        ("reference", "9.99E+09", "lost its last digits. Set the column to text and write it in full"),
        ("reference", "1.23457E+17", "lost its last digits"),
        ("sort_code", "89999", "It has 5 digits and needs 6: a spreadsheet drops noughts at the front"),
        ("sort_code", "8-99-99", "It has 5 digits"),
    ],
)
def test_what_a_spreadsheet_spoiled_says_how_to_mend_it(name: str, text: str, said: str) -> None:
    with pytest.raises(CellError) as refused:
        value(name, text)
    assert refused.value.sentence.startswith(f"“{text}” does not fit “{name}”. ")
    assert said in refused.value.sentence
    assert refused.value.field == name


@given(st.dates(FIRST_DAY, LAST_DAY))
def test_a_day_is_the_same_in_both_orders(day: date) -> None:
    assert value("on", f"{day.day:02}/{day.month:02}/{day.year}") == value("on", day.isoformat()) == day


@given(st.integers(-(10**11), 10**11))
def test_an_amount_is_the_same_with_and_without_its_commas(pence: int) -> None:
    amount = Decimal(pence) / 100
    assert value("price", f"{amount:,.2f}") == value("price", f"{amount:.2f}") == pounds(f"{amount:.2f}")
