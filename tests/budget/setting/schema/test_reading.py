"""JSON to values and back."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phb.budget.setting.schema.checks import Between, Checked, Words, number, number_text
from phb.budget.setting.schema.reading import read, write
from phb.core.errors import RuleViolationError
from tests.budget.setting.strategies import PATIENTLY


@dataclass(frozen=True)
class Sample(Checked):
    """A value with one field of each sort."""

    count: int
    on: date
    at: datetime
    share: Annotated[Fraction, Between(-5, 5, places=1)]
    note: Words | None = None


def sample(**changes: object) -> dict[str, object]:
    """Describe a sample."""
    given = {"count": 3, "on": "2026-04-01", "at": "2026-04-01T09:00:00+01:00", "share": "-0.5"}
    return given | changes


def test_a_value_is_read_and_written() -> None:
    value = read(Sample, sample())
    assert value == Sample(3, date(2026, 4, 1), datetime(2026, 4, 1, 8, tzinfo=UTC), Fraction(-1, 2))
    assert write(value) == sample(at="2026-04-01T08:00:00Z")


def test_null_is_absent_where_a_field_may_be() -> None:
    assert read(Sample, sample(note=None)).note is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"count": "3.5"}, "wrong-shape"),
        ({"on": 20260401}, "wrong-shape"),
        ({"on": "2026-W14-3"}, "not-a-date"),
        ({"on": None}, "wrong-shape"),
        ({"at": "2026-04-01T09:00:00"}, "not-a-date"),
        ({"at": "yesterday"}, "not-a-date"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "not-a-date"),
        ({"share": "-5.5"}, "number-out-of-range"),
        ({"note": ""}, "no-words"),
        ({"note": "bell\a"}, "no-words"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(changes: dict[str, object], code: str) -> None:
    with pytest.raises(RuleViolationError) as refusal:
        read(Sample, sample(**changes), "rows[3]")
    assert (refusal.value.code, refusal.value.field) == (code, f"rows[3].{next(iter(changes))}")


@given(st.fractions())
@PATIENTLY
def test_a_number_comes_back_from_text(exact: Fraction) -> None:
    assert number(number_text(exact), "n") == exact


@pytest.mark.parametrize(
    ("exact", "places", "text"),
    [("18.4", 2, "18.40"), ("-0.5", 0, "-0.5"), ("365/7", 2, "365/7"), ("3", 0, "3"), ("0.005", 2, "0.005")],
)
def test_a_number_is_written_as_short_as_its_places_allow(exact: str, places: int, text: str) -> None:
    assert number_text(Fraction(exact), places) == text


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_whatever_comes_is_refused_and_never_crashes(document: object) -> None:
    with pytest.raises(RuleViolationError):
        read(Sample, document)


@given(
    st.sampled_from(["count", "on", "at", "share", "note"]),
    st.booleans() | st.floats() | st.lists(st.text()) | st.dictionaries(st.text(), st.text()),
)
@PATIENTLY
def test_whatever_comes_in_a_field_is_refused_and_never_crashes(name: str, bad: object) -> None:
    with pytest.raises(RuleViolationError):
        read(Sample, sample(**{name: bad}))
