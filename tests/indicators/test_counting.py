"""A day that is over is counted once and kept as it was; anew, it is counted from the records as they stand."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from phb.core.actor import MissingPermissionError
from phb.core.uow import begin
from phb.governance.permissions import the_system
from phb.governance.policies import ReportingOrder
from phb.indicators import queries
from phb.indicators.counting import count_day
from phb.indicators.report import Report
from tests.indicators.conftest import Area
from tests.people.conftest import APRIL

NEXT_DAY = APRIL + timedelta(days=1)
CHANGES = ("UPDATE counted_day SET held = '[]'", "DELETE FROM counted_day", "TRUNCATE counted_day")
COUNTED_BEFORE_MIDNIGHT = """
INSERT INTO counted_day (commissioner_id, as_of, reporting_order, held, counted_at)
VALUES (:commissioner_id, '2026-04-02', 'notional', '[]', '2026-04-02T22:59:59Z')
"""  # 23:59:59 in London


@pytest.fixture
def counted(area: Area) -> Area:
    """Return an area that counted 1 April with one budget held as direct payment; it is 2 April."""
    area.give("ADULT_CHC", "dp")
    area.world.on(NEXT_DAY)
    assert count(area)
    return area


def count(area: Area, day: date = APRIL) -> bool:
    return area.world.do(the_system(area.world.service.commissioner_id), count_day, day)


def anew(area: Area) -> Report:
    return area.world.ask(area.world.auditor, queries.checks, APRIL, anew=True)


def back_date(area: Area) -> None:
    """Record on 2 April that a budget was active from 1 April already."""
    area.world.on(APRIL)
    area.give("MENTAL_HEALTH", "np")
    area.world.on(NEXT_DAY)


def test_a_kept_day_is_told_as_it_was_counted(counted: Area) -> None:
    back_date(counted)
    report = counted.report()
    assert (report.whole.people, report.whole.budgets) == (1, 1)
    assert report.kept_at is not None
    assert report.kept_at.date() == NEXT_DAY
    assert any("was counted on 2 April 2026 at" in sentence for sentence in report.how_counted)


def test_counted_anew_it_is_told_as_the_records_stand(counted: Area) -> None:
    back_date(counted)
    report = anew(counted)
    assert (report.whole.people, report.whole.budgets) == (2, 2)
    assert report.kept_at is None


def test_kept_and_counted_figures_are_the_same_while_nothing_changes(area: Area) -> None:
    person_id = area.person()
    area.give("WHEELCHAIR_ADULT", "np", person_id=person_id)
    area.give("ADULT_CHC", "dp", "np", person_id=person_id)
    area.give("END_OF_LIFE", "tp")
    area.world.on(NEXT_DAY)
    before = area.report()
    assert count(area)
    kept = area.report()
    assert (kept.checks, kept.whole, kept.cohorts, kept.ways) == (
        before.checks,
        before.whole,
        before.cohorts,
        before.ways,
    )
    assert (kept.whole.people, kept.whole.budgets) == (2, 3)


def test_a_day_is_kept_once(counted: Area) -> None:
    back_date(counted)
    assert not count(counted)
    assert counted.report().whole.budgets == 1


def test_another_order_of_ways_has_the_day_counted_again(counted: Area) -> None:
    counted.decide(reporting_order=ReportingOrder.NOTIONAL_FIRST.value)
    assert counted.report().kept_at is None


def test_yesterday_is_shown_first_where_it_was_kept_and_else_today(area: Area) -> None:
    area.world.on(NEXT_DAY)
    assert area.world.ask(area.world.auditor, queries.day_to_show, NEXT_DAY) == NEXT_DAY
    count(area)
    assert area.world.ask(area.world.auditor, queries.day_to_show, NEXT_DAY) == APRIL


def test_nobody_but_the_system_counts(area: Area) -> None:
    area.world.on(NEXT_DAY)
    with pytest.raises(MissingPermissionError):
        area.world.do(area.world.auditor, count_day, APRIL)


@pytest.mark.parametrize("change", CHANGES)
def test_the_writer_may_not_change_what_was_kept(counted: Area, change: str) -> None:
    system = the_system(counted.world.service.commissioner_id)
    with pytest.raises(DBAPIError, match="permission denied"), counted.world.service.unit(system) as uow:
        uow.session.execute(text(change))


@pytest.mark.parametrize("change", CHANGES)
def test_not_even_the_owner_may(counted: Area, owner: sessionmaker[Session], change: str) -> None:
    system = the_system(counted.world.service.commissioner_id)
    with pytest.raises(DBAPIError, match="counted_day rows are never changed or removed"), begin(owner, system) as uow:
        uow.session.execute(text(change))
    assert counted.report().whole.budgets == 1


def test_a_day_that_is_not_over_is_not_kept(area: Area) -> None:
    with (
        pytest.raises(IntegrityError, match="ck_counted_day_over"),
        area.world.service.unit(the_system(area.world.service.commissioner_id)) as uow,
    ):
        uow.session.execute(text(COUNTED_BEFORE_MIDNIGHT), {"commissioner_id": area.world.service.commissioner_id})


def test_another_commissioner_sees_nothing_of_it(counted: Area, new_area: Callable[[], Area]) -> None:
    other = new_area()
    with other.world.service.unit(other.world.auditor) as uow:
        assert uow.session.scalar(text("SELECT count(*) FROM counted_day")) == 0
    assert counted.report().whole.budgets == 1
