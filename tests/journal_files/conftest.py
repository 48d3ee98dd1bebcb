"""A budget that was paid and spent from by 15 June, and codes for what that books."""

from datetime import date

import pytest

from phb.journal_files.codes import NewCode, record_code
from phb.spending.records.models import SpendRecord
from tests.spending.conftest import Spender

ACCOUNTS = ("expenditure", "bank", "in_transit", "funds_held")
CARE = NewCode("expenditure", date(2026, 4, 1), "100000", "52000001", "Chart", category_code="PERSONAL_CARE")


def record_codes(spender: Spender, *accounts: str) -> None:
    """Record a code for each of some accounts, the last digit of which tells them apart."""
    for account in accounts:
        new = NewCode(account, date(2026, 4, 1), "100000", f"4000000{ACCOUNTS.index(account)}", "Chart")
        spender.world.do(spender.world.administrator, record_code, new)


@pytest.fixture
def spent(spender: Spender) -> SpendRecord:
    """Spend £100.00 of £4,000.00 in May, 60 % of it of the NHS."""
    return spender.spend("100.00")
