"""Which price holds on a day, as far as was known."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phb.budget.setting.rates import Rate, RateCard
from phb.core.errors import RuleViolationError
from tests.budget.setting.builders import FIFTY_TWO_WEEKS, JSON, YEAR_2026, at, card, days, rate
from tests.budget.setting.strategies import PATIENTLY, rate_cards

OLD = rate("day", "18.00", effective_to="2026-03-31")
NEW = rate("day", "18.40", effective_from="2026-04-01", known_from="2026-02-13")


@pytest.mark.parametrize(
    ("day", "found"),
    [("2025-04-01", OLD), ("2026-03-31", OLD), ("2026-04-01", NEW), ("2030-01-01", NEW)],
)
def test_first_and_last_day_of_a_rate_are_included(day: str, found: Rate) -> None:
    assert card(OLD, NEW).rate_on("day", date.fromisoformat(day)) == found


def test_of_two_rates_that_hold_the_later_known_counts() -> None:
    """A new price recorded without ending the old one takes over on its first day."""
    open_ended = rate("day", "18.00")
    both = card(NEW, open_ended)
    assert both.rate_on("day", date(2026, 3, 31)) == open_ended
    assert both.rate_on("day", date(2026, 4, 1)) == NEW


def test_a_card_as_known_then_does_not_know_what_came_later() -> None:
    open_ended = rate("day", "18.00")
    then = card(NEW, open_ended).as_known_at(at("2026-02-12T23:59:59+00:00"))
    assert then.rate_on("day", date(2026, 4, 1)) == open_ended
    assert then.as_known_at(at("2027-01-01T00:00:00+00:00")).known_at == at("2026-02-12T23:59:59+00:00")


def test_a_rate_is_known_from_its_very_instant() -> None:
    assert card(NEW).as_known_at(at("2026-02-13T00:00:00+00:00")).rate_on("day", date(2026, 4, 1)) == NEW


def test_a_rate_recorded_on_a_summer_day_is_known_from_midnight_in_london() -> None:
    assert rate("day", "1.00", known_from="2026-07-01").known_from == at("2026-06-30T23:00:00+00:00")


def test_a_gap_says_which_days_there_are() -> None:
    with pytest.raises(RuleViolationError) as refusal:
        card(OLD).rate_on("day", date(2026, 4, 1))
    assert refusal.value.code == "rate-gap"
    assert refusal.value.sentence == (
        "There is no price for “day” on 1 April 2026. "
        "The rate card has it for from 1 April 2025 to 31 March 2026: add the missing days."
    )


def test_a_code_nobody_knows_is_said_so() -> None:
    with pytest.raises(RuleViolationError, match="The rate card does not have it at all") as refusal:
        card().rate_on("day", date(2026, 4, 1))
    assert refusal.value.code == "rate-gap"


def test_two_rates_of_the_same_instant_overlap() -> None:
    again = rate("day", "18.10", source="a second list")
    with pytest.raises(RuleViolationError) as refusal:
        card(OLD, again).rate_on("day", date(2026, 3, 1))
    assert refusal.value.code == "rate-overlap"
    assert refusal.value.sentence == (
        "Two prices for “day” hold on 1 March 2026: £18.00 (Northvale rate card, from 1 April 2025 to 31 March 2026) "
        "and £18.10 (a second list, from 1 April 2025). End one on the day before the other starts."
    )


def test_one_rate_holds_through_a_period() -> None:
    assert card(OLD, NEW).rate_through("day", YEAR_2026) == NEW


def test_a_change_inside_a_period_is_refused_with_its_day() -> None:
    with pytest.raises(RuleViolationError) as refusal:
        card(OLD, NEW).rate_through("day", days("2026-03-01", "2026-04-30"))
    assert refusal.value.code == "rate-changes"
    assert refusal.value.facts["on"] == date(2026, 4, 1)
    assert "changes on 1 April 2026, from £18.00 (" in refusal.value.sentence


def test_a_gap_inside_a_period_is_refused() -> None:
    with pytest.raises(RuleViolationError, match="no price for “day” on 1 April 2026"):
        card(OLD).rate_through("day", days("2026-03-01", "2026-04-30"))


def test_an_edge_that_changes_nothing_is_no_change() -> None:
    """A rate that a later known one covers starts and ends unseen."""
    hidden = rate("day", "17.00", effective_from="2026-05-01", effective_to="2026-05-31", known_from="2025-03-01")
    late = rate("day", "18.40", known_from="2026-02-13")
    assert card(late, hidden).next_change(["day"], YEAR_2026) is None


def test_the_next_change_is_the_earliest_of_several_codes() -> None:
    july = rate("night", "20.00", effective_from="2026-07-01", known_from="2026-06-01")
    may = rate("day", "19.00", effective_from="2026-05-01", known_from="2026-04-20")
    assert card(NEW, may, rate("night", "19.00"), july).next_change(["day", "night"], YEAR_2026) == date(2026, 5, 1)


def test_a_last_day_at_the_end_of_time_is_allowed() -> None:
    for_ever = rate("day", "18.00", effective_to="9999-12-31")
    assert card(for_ever).rate_through("day", YEAR_2026) == for_ever


def row(**changes: str) -> dict[str, str]:
    """Return a row of a CSV file."""
    given = {"code": "day", "amount": "18.40", "unit": "hour", "effective_from": "2026-04-01", "effective_to": ""}
    return (
        given | {"known_from": "2026-02-13", "source": "Northvale rate card", "confidence": " ", "note": ""} | changes
    )


def test_a_row_of_a_file_is_a_rate() -> None:
    assert Rate.from_row(row()) == NEW


@pytest.mark.parametrize(
    ("columns", "method"),
    [
        ({"weeks": "days_over_seven"}, {"type": "days_over_seven"}),
        ({"weeks": "stated_weeks", "weeks_number": "52"}, FIFTY_TWO_WEEKS),
        (
            {"weeks": "counted_days", "weeks_days": "sat sun", "weeks_bank_holidays": "except"},
            {"type": "counted_days", "weekdays": ["sat", "sun"], "bank_holidays": "except"},
        ),
    ],
)
def test_a_row_may_say_how_the_price_becomes_a_longer_amount(columns: dict[str, str], method: JSON) -> None:
    assert Rate.from_row(row(**columns)).to_json()["weeks"] == method


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"amount": "eighteen"}, "not-a-number", "amount"),
        ({"amount": "-1"}, "number-out-of-range", "amount"),
        ({"amount": "1000000.01"}, "number-out-of-range", "amount"),
        ({"amount": "0.1234567"}, "number-too-fine", "amount"),
        ({"amount": ""}, "field-missing", "amount"),
        ({"unit": "day"}, "unknown-choice", "unit"),
        ({"code": "Day care"}, "not-a-code", "code"),
        ({"effective_from": "1/4/2026"}, "not-a-date", "effective_from"),
        ({"effective_to": "2026-03-31"}, "dates-wrong-way-round", "effective_to"),
        ({"known_from": "2026-02-13T09:00"}, "not-a-date", "known_from"),
        ({"colour": "red"}, "field-unknown", "colour"),
        ({"weeks_number": "52"}, "field-missing", "weeks.type"),
        ({"weeks": "52"}, "unknown-type", "weeks.type"),
        ({"weeks": "stated_weeks", "weeks_number": "60"}, "number-out-of-range", "weeks.weeks"),
        (
            {"weeks": "counted_days", "weeks_days": "sat sat", "weeks_bank_holidays": "only"},
            "weekdays-missing",
            "weeks.weekdays",
        ),
    ],
)
def test_a_bad_row_is_refused_at_its_field(changes: dict[str, str], code: str, field: str) -> None:
    with pytest.raises(RuleViolationError) as refusal:
        Rate.from_row(row(**changes))
    assert (refusal.value.code, refusal.value.field) == (code, field)


@given(rates=rate_cards())
@PATIENTLY
def test_rates_come_back_from_json_as_they_were(rates: tuple[Rate, ...]) -> None:
    assert tuple(Rate.from_json(one.to_json()) for one in rates) == rates


@given(st.dates(date(2024, 1, 1), date(2028, 1, 1)))
@PATIENTLY
def test_a_day_has_one_price_or_a_refusal(day: date) -> None:
    either = RateCard([OLD, NEW])
    if day < OLD.effective_from:
        with pytest.raises(RuleViolationError):
            either.rate_on("day", day)
    else:
        assert either.rate_on("day", day) == (OLD if day < NEW.effective_from else NEW)
