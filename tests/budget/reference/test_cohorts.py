"""Cohorts belong to dated groups and name their source."""

from datetime import date

import pytest

from phb.budget.reference.cohorts import UnknownCohortError, cohort, cohorts

TODAY = date(2026, 4, 1)


def test_both_wheelchair_codes_are_one_group_outside_the_40_percent_check() -> None:
    chairs = [cohort(code, TODAY) for code in ("WHEELCHAIR_ADULT", "WHEELCHAIR_CYP")]
    assert {chair.group for chair in chairs} == {"WHEELCHAIR"}
    assert not any(chair.counts_in_40pct for chair in chairs)


def test_fast_track_is_a_part_of_the_adult_chc_group() -> None:
    assert cohort("ADULT_CHC_FAST_TRACK", TODAY).group == cohort("ADULT_CHC", TODAY).group


def test_the_right_to_have_starts_on_a_day() -> None:
    assert cohort("S117_AFTERCARE", TODAY).right_from == date(2019, 12, 2)


def test_every_row_names_its_source_and_how_sure_it_is() -> None:
    assert all(known.source and known.confidence for known in cohorts(TODAY))


def test_an_unknown_cohort_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownCohortError, match="ADULT_CHC"):
        cohort("NOBODY", TODAY)


def test_no_cohort_is_in_force_before_there_were_budgets() -> None:
    assert cohorts(date(2013, 7, 31)) == ()
