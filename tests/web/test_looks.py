"""Who looked, on pages: told to the holder, withheld by a care co-ordinator, and never the holder's own looks."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session, sessionmaker

from phb.people.kinds import RelationKind, Scope
from tests.budget.conftest import World
from tests.people.conftest import Service
from tests.web.holding import Holding, day


@pytest.fixture
def holding(vault_sessions: sessionmaker[Session]) -> Iterator[Holding]:
    """Return an active budget that nobody has looked at."""
    world = World(Service(vault_sessions))
    yield Holding(world, world.active())
    world.assert_sound()


def test_a_holder_is_told_who_looked_and_no_name(holding: Holding) -> None:
    browser, finance = holding.browser(), holding.browser(holding.world.finance)
    page = browser.open(holding.address("people", "looks"))
    assert "Nobody else has looked yet." in page.text
    finance.open(f"/budgets/{holding.budget_id}")
    finance.open(holding.address())
    page = browser.open(holding.address("people", "looks"))
    assert "1 April 2026" in page.text
    assert "Finance officer" in page.text
    assert "Northvale" in page.text
    assert "How often 2" in page.text
    assert browser.open(holding.address("people")).html.count(holding.address("people", "looks")) == 1


def test_who_has_no_part_in_the_record_is_not_told(holding: Holding) -> None:
    for actor in (holding.stranger(), holding.world.service.broker(holding.world.person_id, Scope.BUDGET)):
        assert holding.browser(actor).open(holding.address("people", "looks")).status == 404
    advocate = holding.browser(holding.acting(RelationKind.ADVOCATE, Scope.RECORD))
    assert advocate.open(holding.address("people", "looks")).status == 200


def test_a_coordinator_withholds_looks_and_ends_that(holding: Holding) -> None:
    world = holding.world
    holder, coordinator = holding.browser(), holding.browser(world.coordinator)
    holding.browser(world.finance).open(f"/budgets/{holding.budget_id}")
    looks = f"/people/{world.person_id}/looks"
    page = coordinator.open(looks)
    assert coordinator.open(f"/people/{world.person_id}").html.count(f'href="{looks}"') == 1
    withhold = f"{looks}/{world.finance.user_id}/withhold"
    assert f'href="{withhold}"' in page.html
    assert f"{world.coordinator.user_id}/withhold" not in coordinator.open(looks).html

    wrong = coordinator.send(withhold)
    assert wrong.status == 422
    assert {"Choose why it is withheld", "Enter the reason", "Enter the day"} <= set(wrong.wrong.values())
    late = coordinator.send(withhold, ground="crime", reason="Too short", **day("review_on", 1, 4, 2026))
    assert "Say why in 10 to 500 characters" in late.text
    done = coordinator.send(withhold, ground="crime", reason="Asked for by the police", **day("review_on", 2, 4, 2026))
    assert "The looks are withheld." in done.text
    assert "Not to hinder the finding of a crime. Asked for by the police" in done.text
    assert "Finance officer" not in holder.open(holding.address("people", "looks")).text

    world.on(day_of_review := world.service.today.replace(day=2))
    assert "Look at this now" in holding.browser(world.coordinator).open(looks).text
    assert day_of_review.day == 2
    coordinator = holding.browser(world.coordinator)
    end = coordinator.open(looks).html.split("/looks/withheld/")[1].split('"')[0]
    assert "Enter the reason" in coordinator.send(f"{looks}/withheld/{end}").text
    told = coordinator.send(f"{looks}/withheld/{end}", reason="The police have finished")
    assert "The person is told of these looks from now on." in told.text
    assert "Finance officer" in holding.browser().open(holding.address("people", "looks")).text


def test_other_staff_do_not_decide(holding: Holding) -> None:
    assert holding.browser(holding.world.finance).open(f"/people/{holding.world.person_id}/looks").status == 403
