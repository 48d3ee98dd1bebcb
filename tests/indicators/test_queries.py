"""The checks of live data: who is counted, once or twice, under which way of holding money, and on which day."""

from collections.abc import Callable
from datetime import date

import pytest

from phb.budget.kinds import BudgetKind, CareSetting
from phb.core.actor import MissingPermissionError, Role
from phb.governance.policies import ReportingOrder
from phb.indicators.queries import OutsideTermError
from tests.budget.conftest import dates, stated
from tests.indicators.conftest import HALF_YEAR, Area
from tests.people.conftest import APRIL

BREADTH, MIX, HANDED_OVER, HOME = "IND_COHORT_BREADTH", "IND_COHORT_MIX", "IND_DP_OR_TP", "IND_CHC_HOME"
OCTOBER = date(2026, 10, 1)


def test_an_empty_area_has_no_result(area: Area) -> None:
    assert area.figures(BREADTH) == (0, None, "fails", 4)
    for code in (MIX, HANDED_OVER, HOME):
        assert area.figures(code) == (0, 0, "no_result", None)
    assert area.report().whole.people == 0


def test_breadth_counts_groups_that_are_offered_on_the_day(area: Area) -> None:
    # CHC and fast track are one group, both wheelchair codes another; with section 117 there are three.
    area.offer("ADULT_CHC", "ADULT_CHC_FAST_TRACK", "WHEELCHAIR_ADULT", "WHEELCHAIR_CYP", "S117_AFTERCARE")
    assert area.figures(BREADTH) == (3, None, "fails", 1)
    area.offer("END_OF_LIFE", offered_from=date(2026, 5, 1), offered_to=date(2026, 5, 31))
    assert area.figures(BREADTH, date(2026, 5, 31)) == (4, None, "passes", 0)
    assert area.figures(BREADTH, date(2026, 6, 1)) == (3, None, "fails", 1)


@pytest.fixture(scope="module")
def mixed(new_area: Callable[[], Area]) -> Area:
    """Return five people: two of them with a wheelchair budget, one of these with continuing healthcare too.

    Budgets, six: wheelchair adult (np) and child (dp), CHC of the wheelchair adult (np), learning disability (dp until
    30 September), mental health (tp and np), end of life (np).
    """
    area = new_area()
    both = area.person()
    area.give("WHEELCHAIR_ADULT", "np", person_id=both, kind=BudgetKind.WHEELCHAIR)
    area.give("ADULT_CHC", "np", person_id=both)
    area.give("WHEELCHAIR_CYP", "dp", kind=BudgetKind.WHEELCHAIR)
    area.give("LEARNING_DISABILITY", "dp", days=HALF_YEAR)
    area.give("MENTAL_HEALTH", "np", "tp")
    area.give("END_OF_LIFE", "np", setting=CareSetting.CARE_HOME)
    area.proposed("OTHER", "dp")
    return area


def test_people_are_counted_once_and_budgets_under_their_own_cohort(mixed: Area) -> None:
    report = mixed.report()
    assert (report.whole.people, report.whole.budgets) == (5, 6)
    assert [(row.name, row.people, row.budgets) for row in report.cohorts] == [
        ("WHEELCHAIR", 2, 2),
        ("CHC", 1, 1),
        ("END_OF_LIFE", 1, 1),
        ("LEARNING_DISABILITY", 1, 1),
        ("MENTAL_HEALTH", 1, 1),
    ]
    assert [(row.name, row.budgets) for row in report.ways] == [
        ("notional", 3),
        ("third_party", 1),
        ("direct_payment", 2),
    ]


def test_the_mix_counts_people_with_both_wheelchair_codes_as_one_group(mixed: Area) -> None:
    # Two of the five people are in the wheelchair group: 2 x 2 <= 5. From 1 October it is two of four: 2 x 2 <= 4.
    assert mixed.figures(MIX) == (2, 5, "passes", 0)
    assert mixed.figures(MIX, date(2026, 9, 30)) == (2, 5, "passes", 0)
    assert mixed.figures(MIX, OCTOBER) == (2, 4, "passes", 0)


def test_exactly_half_passes_and_one_more_fails(area: Area) -> None:
    area.give("WHEELCHAIR_ADULT", "np", kind=BudgetKind.WHEELCHAIR)
    area.give("ADULT_CHC", days=HALF_YEAR)
    assert area.figures(MIX) == (1, 2, "passes", 0)
    assert area.figures(MIX, OCTOBER) == (1, 1, "fails", 1)


def test_wheelchair_budgets_are_out_of_both_sides_of_the_forty_percent(mixed: Area) -> None:
    # Four others: CHC and end of life are notional, learning disability dp, mental health tp before np: 2 of 4.
    assert mixed.figures(HANDED_OVER) == (2, 4, "passes", 0)
    # From 1 October: mental health alone of three. 5 x 1 < 2 x 3; with one more it is 5 x 2 >= 6.
    assert mixed.figures(HANDED_OVER, OCTOBER) == (1, 3, "fails", 1)


def test_exactly_forty_percent_passes(area: Area) -> None:
    # Two of five until 30 September; then one of four.
    area.give("ADULT_CHC", "dp")
    area.give("ADULT_CHC", "tp", days=HALF_YEAR)
    for _ in range(3):
        area.give("ADULT_CHC", "np")
    assert area.figures(HANDED_OVER) == (2, 5, "passes", 0)
    assert area.figures(HANDED_OVER, OCTOBER) == (1, 4, "fails", 1)


def test_exactly_eighty_five_percent_of_home_packages_passes(area: Area) -> None:
    # Seventeen budgets of twenty packages: 20 x 17 >= 17 x 20. The care-home package and the ended one do not count.
    for _ in range(17):
        area.give("ADULT_CHC", "np")
    for _ in range(3):
        area.package()
    area.package(setting=CareSetting.CARE_HOME)
    area.package(start_on=date(2026, 5, 1), end_on=date(2026, 5, 31))
    area.package("S117_AFTERCARE")
    assert area.figures(HOME) == (17, 20, "passes", 0)
    assert area.figures(HOME, date(2026, 5, 31)) == (17, 21, "fails", 1)
    assert area.figures(HOME, date(2026, 6, 1)) == (17, 20, "passes", 0)


def test_a_wheelchair_budget_beside_a_package_is_no_package(area: Area) -> None:
    area.give("ADULT_CHC", "np", kind=BudgetKind.WHEELCHAIR)
    area.give("ADULT_CHC", "np", kind=BudgetKind.INTEGRATED)
    area.give("ADULT_CHC", "np", setting=CareSetting.CARE_HOME)
    assert area.figures(HOME) == (1, 1, "passes", 0)
    assert area.figures(HANDED_OVER) == (0, 2, "fails", 1)


def test_home_packages_count_budgets_at_home_alone(mixed: Area) -> None:
    # The only CHC budget is at home; end of life in a care home is no CHC.
    assert mixed.figures(HOME) == (1, 1, "passes", 0)


def test_two_commissioners_count_fast_track_and_children_otherwise(new_area: Callable[[], Area]) -> None:
    strict, wide = new_area(), new_area()
    for area in (strict, wide):
        area.give("ADULT_CHC", "np")
        area.give("ADULT_CHC_FAST_TRACK", "np")
        area.package("ADULT_CHC_FAST_TRACK")
        area.package("CYP_CONTINUING_CARE")
    wide.decide(fast_track_in_chc_home=True, children_in_chc_home=True)
    assert strict.figures(HOME) == (1, 1, "passes", 0)
    assert wide.figures(HOME) == (2, 4, "fails", 2)
    assert "Fast track home packages are left out of the check" in " ".join(strict.report().how_counted)
    assert "Fast track home packages are in the check" in " ".join(wide.report().how_counted)


def test_a_policy_counts_from_its_day_on(area: Area) -> None:
    area.package("ADULT_CHC_FAST_TRACK")
    area.decide(effective_from=OCTOBER, fast_track_in_chc_home=True)
    assert area.figures(HOME, date(2026, 9, 30)) == (0, 0, "no_result", None)
    assert area.figures(HOME, OCTOBER) == (0, 1, "fails", 1)


def test_maternity_is_on_a_line_of_its_own_unless_policy_counts_it(area: Area) -> None:
    area.give("MATERNITY_PMCB", "np", kind=BudgetKind.MATERNITY)
    area.give("ADULT_CHC", "np")
    assert area.figures(MIX) == (1, 1, "fails", 1)
    assert area.figures(HANDED_OVER) == (0, 1, "fails", 1)
    area.decide(separate_lines_in_mix=True)
    assert area.figures(MIX) == (1, 2, "passes", 0)


def test_the_order_for_mixed_budgets_is_the_commissioners(area: Area) -> None:
    area.give("ADULT_CHC", "np", "tp", "dp")
    assert [row.budgets for row in area.report().ways] == [0, 0, 1]
    area.decide(reporting_order=ReportingOrder.THIRD_PARTY_FIRST.value)
    assert [row.budgets for row in area.report().ways] == [0, 1, 0]
    assert "third-party budget first, then direct payment, then notional budget." in " ".join(area.report().how_counted)
    area.decide(reporting_order=ReportingOrder.NOTIONAL_FIRST.value)
    assert area.figures(HANDED_OVER) == (0, 1, "fails", 1)


def test_a_change_of_the_way_counts_from_the_day_it_is_for(area: Area) -> None:
    # Direct payment until 30 June; from 1 July the same money is held notionally, agreed on 1 June.
    world = area.world
    budget_id = world.active(stated("care", "100.00"))
    world.on(date(2026, 6, 1))
    before, after = dates("2026-04-01", "2026-06-30"), dates("2026-07-01", "2027-03-31")
    world.changed(budget_id, stated("care", "100.00", period=before), stated("later", "50.00", pot="np", period=after))
    assert area.figures(HANDED_OVER, date(2026, 5, 31)) == (1, 1, "passes", 0)
    assert area.figures(HANDED_OVER, date(2026, 6, 30)) == (1, 1, "passes", 0)
    assert area.figures(HANDED_OVER, date(2026, 7, 1)) == (0, 1, "fails", 1)


def test_a_budget_counts_from_the_day_it_became_active(area: Area) -> None:
    area.world.on(date(2026, 4, 20))
    area.give("ADULT_CHC")
    assert area.report(date(2026, 4, 19)).whole.budgets == 0
    assert area.report(date(2026, 4, 20)).whole.budgets == 1
    assert area.report(date(2027, 4, 1)).whole.budgets == 0


def test_days_without_a_line_count_by_all_lines(area: Area) -> None:
    world = area.world
    world.active(
        stated("kit", "100.00", pot="np", period=dates("2026-04-01", "2026-04-30")),
        stated("care", "100.00", period=dates("2026-06-01", "2026-06-30")),
    )
    assert [row.budgets for row in area.report(date(2026, 4, 30)).ways] == [1, 0, 0]
    assert [row.budgets for row in area.report(date(2026, 5, 1)).ways] == [0, 0, 1]


def test_the_readers_own_budget_is_counted_too(area: Area) -> None:
    service = area.world.service
    person_id = area.person()
    area.give("ADULT_CHC", person_id=person_id)
    officer = service.user(Role.FINANCE_OFFICER, service.commissioner_id, person_id=person_id)
    assert area.report(actor=officer).whole.budgets == 1


def test_another_commissioners_budgets_are_not_counted(new_area: Callable[[], Area]) -> None:
    ours, theirs = new_area(), new_area()
    theirs.give("ADULT_CHC")
    theirs.offer("ADULT_CHC")
    theirs.package()
    assert ours.figures(HOME) == (0, 0, "no_result", None)
    assert ours.figures(BREADTH) == (0, None, "fails", 4)


def test_who_may_read_and_of_which_days(area: Area) -> None:
    with pytest.raises(MissingPermissionError):
        area.report(actor=area.world.coordinator)
    with pytest.raises(OutsideTermError):
        area.report(date(2026, 3, 31))


def test_no_rule_was_in_force_before_the_standard_model(area: Area) -> None:
    service = area.world.service
    auditor = service.user(Role.AUDITOR, service.commissioner_id, start_on=APRIL, sees_from=date(2015, 1, 1))
    assert area.report(date(2019, 1, 30), auditor).checks == ()
    assert len(area.report(date(2019, 1, 31), auditor).checks) == 4


def test_fewer_than_ten_is_said(mixed: Area) -> None:
    assert mixed.check(MIX).counts_few
    assert not mixed.check(BREADTH).counts_few
