"""The checks over the API."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from phb.app import create_app
from phb.core.actor import Role
from phb.governance.permissions import the_system
from phb.indicators.counting import count_day
from tests.api.conftest import Caller, Desk
from tests.budget.conftest import World
from tests.indicators.conftest import Area, new_area  # noqa: F401 - a fixture
from tests.people.conftest import Service, on_day


@pytest.fixture
def callers(session_factory: sessionmaker[Session]) -> Callable[[Role], Caller]:
    """Return callers at an area with one notional budget of five home packages, offered to one cohort."""
    area = Area(World(Service(session_factory)))
    area.offer("ADULT_CHC")
    area.give("ADULT_CHC", "np")
    for _ in range(4):
        area.package()
    service = area.world.service
    return Desk(service, create_app(session_factory, clock=on_day(service.today))).staff


def test_each_check_comes_with_what_was_counted_and_what_is_missing(callers: Callable[[Role], Caller]) -> None:
    # One package of five: 20 x 1 < 17 x 5; 4.25 of five pass, so five do and four are missing.
    body = callers(Role.APPROVER).get("/checks").body
    checks = {check["code"]: check for check in body["checks"]}
    home = checks["IND_CHC_HOME"]
    assert (home["numerator"], home["denominator"], home["share"], home["percent"]) == (1, 5, "1/5", "20.0")
    assert (home["operator"], home["threshold"], home["verdict"], home["how_many_more"]) == (">=", "17/20", "fails", 4)
    assert (home["counts_few"], home["confidence"]) == (True, "verified")
    breadth = checks["IND_COHORT_BREADTH"]
    assert (breadth["numerator"], breadth["denominator"], breadth["share"], breadth["how_many_more"]) == (
        1,
        None,
        None,
        3,
    )
    assert body["whole"] == {"name": "all", "people": 1, "budgets": 1}
    assert len(body["how_counted"]) == 7
    assert body["kept_at"] is None


def test_as_of_another_day(callers: Callable[[Role], Caller]) -> None:
    body = callers(Role.AUDITOR).get("/checks", as_of="2027-04-01").body
    assert {check["code"]: check["verdict"] for check in body["checks"]} == {
        "IND_COHORT_BREADTH": "fails",
        "IND_COHORT_MIX": "no_result",
        "IND_DP_OR_TP": "no_result",
        "IND_CHC_HOME": "fails",
    }


def test_refusals(callers: Callable[[Role], Caller]) -> None:
    assert callers(Role.CARE_COORDINATOR).get("/checks").status == 403
    officer = callers(Role.FINANCE_OFFICER)
    outside = officer.get("/checks", as_of="2026-03-31")
    assert (outside.status, outside.body["code"], outside.body["field"]) == (403, "outside-term", "as_of")
    assert officer.get("/checks", as_of="soon").status == 400
    assert officer.get("/checks", on="2026-04-01").status == 400


def test_yesterday_is_told_as_it_was_kept_and_anew_where_that_is_asked(session_factory: sessionmaker[Session]) -> None:
    area = Area(World(Service(session_factory)))
    area.give("ADULT_CHC", "np")
    service, yesterday = area.world.service, area.world.service.today
    area.world.on(yesterday + timedelta(days=1))
    service.do(the_system(service.commissioner_id), count_day, yesterday)
    caller = Desk(service, create_app(session_factory, clock=on_day(service.today))).staff(Role.AUDITOR)
    kept = caller.get("/checks").body
    assert (kept["as_of"], kept["kept_at"] is None) == (yesterday.isoformat(), False)
    anew = caller.get(f"/checks?as_of={yesterday}&anew=true").body
    assert (anew["as_of"], anew["kept_at"], anew["whole"]) == (yesterday.isoformat(), None, kept["whole"])
