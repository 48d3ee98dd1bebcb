"""NHS numbers are read as people write them and refused unless one could have been issued."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from phb.people.nhs_number import InvalidNHSNumberError, NHSNumber

CASES_FILE = Path(__file__).parent / "data" / "nhs_number_cases.csv"
CASES = list(csv.DictReader(CASES_FILE.read_text(encoding="utf-8").splitlines()))
MORE_BAD = [
    "",
    "9999999999",
    "0000000000",
    "٩٤٣٤٧٦٥٩١٩",
    "943\u00a0476\u00a05919",
    "943.476.5919",
    "943\t476\t5919",
    "+9434765919",
    "94347659190",
    "9434765919\n",
    "1234567881",
    "3200000008",
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['input']}: {case['reason']}")
def test_every_published_case_is_read_or_refused(case: dict[str, str]) -> None:
    if case["valid"].startswith("y"):
        assert NHSNumber.parse(case["input"]).digits == case["input"].replace(" ", "")
    else:
        with pytest.raises(InvalidNHSNumberError):
            NHSNumber.parse(case["input"])


@pytest.mark.parametrize("bad", MORE_BAD)
def test_anything_else_is_refused_with_a_sentence(bad: str) -> None:
    with pytest.raises(InvalidNHSNumberError) as caught:
        NHSNumber.parse(bad)
    assert caught.value.field == "nhs_number"
    assert bad.strip() not in caught.value.sentence or not bad.strip()


def test_it_is_shown_in_threes_and_four_and_read_with_hyphens() -> None:
    assert str(NHSNumber.parse("943-476-5919")) == "943 476 5919"


def test_only_the_test_range_is_for_invented_people() -> None:
    assert NHSNumber.parse("999 000 0018").is_test
    assert not NHSNumber.parse("943 476 5919").is_test


@given(st.from_regex(r"[0-9]{10}", fullmatch=True))
def test_what_is_read_is_shown_and_read_again(digits: str) -> None:
    try:
        number = NHSNumber.parse(digits)
    except InvalidNHSNumberError:
        return
    assert NHSNumber.parse(str(number)) == number


def test_the_database_refuses_what_python_refuses(session_factory: sessionmaker[Session]) -> None:
    asked = [case["input"].replace(" ", "") for case in CASES] + MORE_BAD + [f"94347659{n:02}" for n in range(100)]
    with session_factory() as session:
        for digits in asked:
            try:
                NHSNumber(digits)
            except InvalidNHSNumberError:
                valid = False
            else:
                valid = True
            assert session.scalar(text("SELECT nhs_number_holds(:d)"), {"d": digits}) is valid, digits
