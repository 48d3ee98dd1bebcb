"""How days, periods and amounts are said."""

from datetime import date

import pytest

from phb.core.money import pounds
from phb.core.period import Period
from phb.documents.words import Cell, say


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (None, ""),
        ("as it is", "as it is"),
        (1234567, "1,234,567"),
        (pounds("-1234.5"), "-£1,234.50"),
        (date(2028, 2, 29), "29 February 2028"),
        (Period(date(2026, 4, 1), date(2026, 7, 1)), "1 April 2026 to 30 June 2026"),
        (Period(date(2026, 4, 5), date(2026, 4, 6)), "5 April 2026"),
    ],
)
def test_each_kind_of_cell_is_said(cell: Cell, words: str) -> None:
    assert say(cell) == words
