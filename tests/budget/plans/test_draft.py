"""A proposed plan refuses what cannot be right as soon as it is said."""

from fractions import Fraction
from typing import Any
from uuid import uuid4

import pytest
from moneyed import Money

from phb.budget.kinds import ManagementType, ShareBasis
from phb.budget.plans.draft import (
    AbsurdAmountError,
    OutcomeDraft,
    PotDraft,
    PotUnclearError,
    PriceUnclearError,
    RiskDraft,
    ShareRule,
    ShareUnclearError,
    WordsMissingError,
)
from phb.core.money import FractionOfAPennyError, pounds
from tests.budget.conftest import line, stated


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"words": " "}, WordsMissingError),
        ({"words": "x" * 2001}, WordsMissingError),
        ({"quantity": Fraction(0)}, AbsurdAmountError),
        ({"quantity": Fraction(-1)}, AbsurdAmountError),
        ({"need": None}, PriceUnclearError),
        ({"unit_price": pounds("-1.00")}, AbsurdAmountError),
        ({"unit_price": pounds("0.00")}, AbsurdAmountError),
        ({"unit_price": pounds("10000000.01")}, AbsurdAmountError),
        ({"money": pounds("0.00")}, AbsurdAmountError),
        ({"money": Money("1.005", "GBP")}, FractionOfAPennyError),
    ],
)
def test_a_line_that_cannot_be_right_is_refused(changes: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        line(**changes)


def test_a_line_has_one_price_and_not_two() -> None:
    with pytest.raises(PriceUnclearError):
        stated("chair", "5.00", need="day")


@pytest.mark.parametrize("management", list(ManagementType))
def test_a_third_party_is_named_and_nobody_else(management: ManagementType) -> None:
    named = uuid4() if management is not ManagementType.THIRD_PARTY else None
    with pytest.raises(PotUnclearError):
        PotDraft("p", management, named)


@pytest.mark.parametrize(
    "given",
    [
        {"basis": ShareBasis.PERCENT},
        {"basis": ShareBasis.FIXED},
        {"basis": ShareBasis.REST, "percent": Fraction(50)},
        {"basis": ShareBasis.PERCENT, "amount": pounds("1.00")},
        {"basis": ShareBasis.PERCENT, "percent": Fraction(0)},
        {"basis": ShareBasis.FIXED, "amount": pounds("-1.00")},
    ],
)
def test_a_share_says_how_much_in_the_way_it_promises(given: dict[str, Any]) -> None:
    with pytest.raises(ShareUnclearError):
        ShareRule("nhs", **given)


def test_outcomes_and_risks_have_words() -> None:
    with pytest.raises(WordsMissingError):
        OutcomeDraft("living", "")
    with pytest.raises(WordsMissingError):
        RiskDraft("Falls", "")
