"""What may be bought, what needs a decision and what is barred."""

from datetime import date

import pytest

from phb.budget.kinds import ManagementType
from phb.budget.reference.categories import (
    BarredCategoryError,
    ReferredCategoryError,
    Severity,
    UnknownCategoryError,
    categories,
    category,
    refuse_barred,
)

TODAY = date(2026, 4, 1)
DIRECT, NOTIONAL = ManagementType.DIRECT_PAYMENT, ManagementType.NOTIONAL


def test_what_is_never_allowable_is_barred_however_the_money_is_held() -> None:
    for management in ManagementType:
        with pytest.raises(BarredCategoryError, match="Gambling"):
            refuse_barred("GAMBLING", management, TODAY, reason="The doctor says so")


def test_a_bar_on_direct_payments_leaves_a_notional_budget_alone() -> None:
    with pytest.raises(BarredCategoryError):
        refuse_barred("DENTAL", DIRECT, TODAY, reason=None)
    assert refuse_barred("DENTAL", NOTIONAL, TODAY, reason=None).severity_for(NOTIONAL) is Severity.ALLOW


def test_a_referred_category_needs_a_reason() -> None:
    for blank in (None, "", "  "):
        with pytest.raises(ReferredCategoryError, match="needs a decision"):
            refuse_barred("HOUSEHOLD_CONNECTED_PERSON", DIRECT, TODAY, reason=blank)
    assert refuse_barred("HOUSEHOLD_CONNECTED_PERSON", DIRECT, TODAY, reason="No other carer speaks the language")


def test_an_ordinary_category_is_allowed() -> None:
    assert refuse_barred("PERSONAL_CARE", DIRECT, TODAY, reason=None).label == "Personal care and support"


def test_an_unknown_category_is_refused() -> None:
    with pytest.raises(UnknownCategoryError):
        category("SWEETS", TODAY)


def test_every_category_names_its_source_and_how_sure_it_is() -> None:
    assert all(known.source and known.confidence for known in categories(TODAY))
