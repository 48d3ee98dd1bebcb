"""Days and references of a run."""

from datetime import date
from uuid import uuid4

import pytest

from phb.payments.bank_files.bacs_standard_18 import BacsAccount, BacsItem
from phb.payments.runs.rules import BacsDays, EntryDayError, reference
from tests.payments.conftest import money

HOLIDAYS = frozenset({date(2026, 4, 3), date(2026, 4, 6)})


def test_three_working_days_lead_to_the_entry_day() -> None:
    days = BacsDays.of(date(2026, 4, 8), HOLIDAYS)
    assert (days.input_by, days.processing_on) == (date(2026, 4, 2), date(2026, 4, 7))
    days.refuse_too_late(date(2026, 4, 2))
    with pytest.raises(EntryDayError, match="must be sent by 2 April 2026"):
        days.refuse_too_late(date(2026, 4, 3))


@pytest.mark.parametrize("day", [date(2026, 4, 3), date(2026, 4, 4)])
def test_an_entry_day_is_a_working_day(day: date) -> None:
    with pytest.raises(EntryDayError, match="is no working day"):
        BacsDays.of(day, HOLIDAYS)


def test_a_reference_is_opaque_and_fit_for_bacs() -> None:
    run_id, payment_id = uuid4(), uuid4()
    first, second = reference(run_id, payment_id), reference(uuid4(), payment_id)
    assert first != second
    assert first == reference(run_id, payment_id)
    item = BacsItem(BacsAccount("089999", "66374958", "A EXAMPLE"), money("1"), first)
    assert item.reference == first
