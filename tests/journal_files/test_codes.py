"""A code holds from its day, for the category before the funder, for the funder before all; nothing is edited."""

from dataclasses import replace
from datetime import date

import pytest

from phb.budget.reference.categories import UnknownCategoryError
from phb.budget.reference.operations import UnknownFundError
from phb.core.actor import MissingPermissionError
from phb.core.change import Change
from phb.journal_files.codes import FinanceCodeError, NewCode, Subject, code_of, codes, record_code
from tests.budget.conftest import World

APRIL, OCTOBER = date(2026, 4, 1), date(2026, 10, 1)
ALL = NewCode("expenditure", APRIL, "100000", "52000000", "Chart of accounts 2026/27")
CARE = replace(ALL, category_code="PERSONAL_CARE", subjective_code="52000001")
COUNCIL = replace(ALL, fund="council", subjective_code="52000002")
LATER = replace(CARE, effective_from=OCTOBER, subjective_code="52000003")


def record(world: World, *new: NewCode) -> list[Change]:
    return [world.do(world.administrator, record_code, one).change for one in new]


def found(world: World, day: date, category: str | None, fund: str, account: str = "expenditure") -> str | None:
    with world.service.unit(world.auditor) as uow:
        code = code_of(codes(uow.session), Subject(account, category, fund), day)
    return code.subjective_code if code else None


def test_the_closest_code_holds(world: World) -> None:
    record(world, ALL, CARE, COUNCIL, LATER)
    assert found(world, APRIL, "EQUIPMENT", "nhs") == "52000000"
    assert found(world, APRIL, "EQUIPMENT", "council") == "52000002"
    assert found(world, APRIL, "PERSONAL_CARE", "council") == "52000001"
    assert found(world, OCTOBER, "PERSONAL_CARE", "nhs") == "52000003"
    assert found(world, date(2026, 3, 31), "PERSONAL_CARE", "nhs") is None
    assert found(world, APRIL, None, "nhs", account="bank") is None


def test_the_same_again_changes_nothing_and_another_of_the_day_takes_its_place(world: World) -> None:
    assert record(world, ALL, ALL) == [Change.ADDED, Change.UNCHANGED]
    assert record(world, replace(ALL, cost_centre="200000"), ALL) == [Change.CHANGED, Change.CHANGED]
    assert found(world, APRIL, None, "nhs") == "52000000"
    with world.service.unit(world.auditor) as uow:
        assert [row.cost_centre for row in codes(uow.session)] == ["100000", "200000", "100000"]


@pytest.mark.parametrize(
    ("new", "error"),
    [
        (replace(ALL, account="allocation"), FinanceCodeError),
        (replace(ALL, account="shoes"), FinanceCodeError),
        (replace(ALL, cost_centre=""), FinanceCodeError),
        (replace(ALL, cost_centre="é1"), FinanceCodeError),
        (replace(ALL, subjective_code="1" * 21), FinanceCodeError),
        (replace(ALL, source=" "), FinanceCodeError),
        (replace(ALL, category_code="SHOES"), UnknownCategoryError),
        (replace(ALL, fund="N H S"), UnknownFundError),
    ],
)
def test_what_is_no_code_is_refused(world: World, new: NewCode, error: type[Exception]) -> None:
    with pytest.raises(error):
        record(world, new)


def test_who_may_not_is_told(world: World) -> None:
    with pytest.raises(MissingPermissionError):
        world.do(world.finance, record_code, ALL)
