"""Days and references of a run."""

from datetime import date
from uuid import uuid4

import pytest

from phb.payments.bank_files.bacs_standard_18 import BacsAccount, BacsItem
from phb.payments.runs.rules import BacsDays, EntryDay, EntryDayError, entry_days, reference
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


def test_the_days_that_can_be_reached_stand_among_those_that_cannot_with_why() -> None:
    shut = "Banks are shut on this day."
    late = "The file would have to be sent by {} 2026, which has passed."
    seventh = date(2026, 4, 7)
    assert entry_days(date(2026, 4, 1), HOLIDAYS, 1) == [
        EntryDay(date(2026, 4, 1), why_not=late.format("30 March")),
        EntryDay(date(2026, 4, 2), why_not=late.format("31 March")),
        *(EntryDay(date(2026, 4, number), why_not=shut) for number in (3, 4, 5, 6)),
        EntryDay(seventh, BacsDays(date(2026, 4, 1), date(2026, 4, 2), seventh)),
    ]
    assert [entry.day for entry in entry_days(seventh, HOLIDAYS, 2) if entry.days] == [
        date(2026, 4, 9),
        date(2026, 4, 10),
    ]


def test_the_days_of_a_run_stand_though_its_entry_day_became_a_holiday() -> None:
    eighth = date(2026, 4, 8)
    days = BacsDays.leading_to(eighth, HOLIDAYS | {eighth})
    assert (days.input_by, days.processing_on) == (date(2026, 4, 2), date(2026, 4, 7))
    assert [days.is_too_late(day) for day in (date(2026, 4, 2), date(2026, 4, 3))] == [False, True]
