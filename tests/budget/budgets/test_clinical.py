"""A clinician finds what waits for them, the longest waiting first, and what somebody else must sign off."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from phb.budget.budgets import operations, revisions
from phb.budget.budgets.clinical import waiting_for_clinician
from phb.core.actor import Actor, MissingPermissionError, Role
from phb.core.money import pounds
from phb.edge import paging
from phb.people.models import User
from phb.people.users.operations import grant_role
from tests.budget.conftest import World, line, stated

SPRING = date(2026, 4, 1)


def waiting(world: World, actor: Actor, *, limit: int = 50, cursor: str | None = None) -> paging.Page[Any]:
    """Return a page of what waits."""
    with world.service.unit(actor) as uow:
        query, order = waiting_for_clinician(actor, SPRING)
        return paging.page(uow.session, query, order, limit=limit, cursor=cursor)


def test_budgets_and_changes_wait_until_they_are_signed_off(world: World) -> None:
    active_id = world.active()
    revision = world.do(
        world.coordinator, revisions.revise, active_id, world.plan(line(quantity=Fraction(12))), reason="More help"
    )
    budget = world.propose(stated("kit", "120.00"), reference="B-NEW")
    assert list(waiting(world, world.clinician).rows) == []
    world.do(world.coordinator, operations.submit, budget.id)
    world.on(date(2026, 4, 2))
    world.do(world.coordinator, revisions.submit_revision, revision.id)
    first, second = waiting(world, world.clinician).rows
    assert (first.kind, first.id, first.reference, first.amount) == ("budget", budget.id, "B-NEW", pounds("120.00"))
    assert (first.person, first.reason, first.is_own, first.since.date()) == ("Aled Example", None, False, SPRING)
    # 12 hours x 20.00 x 365 / 7 = 12,514.285...
    assert (second.kind, second.id, second.amount) == ("change", revision.id, pounds("12514.29"))
    assert second.reason == "More help"
    world.do(world.clinician, operations.sign_off_clinically, budget.id)
    assert [row.id for row in waiting(world, world.clinician).rows] == [revision.id]


def test_the_list_goes_on_where_a_page_ended(world: World) -> None:
    for reference in ("B-1", "B-2", "B-3"):
        world.do(world.coordinator, operations.submit, world.propose(reference=reference).id)
    first = waiting(world, world.clinician, limit=2)
    rest = waiting(world, world.clinician, limit=2, cursor=first.next_cursor)
    assert {row.reference for row in (*first.rows, *rest.rows)} == {"B-1", "B-2", "B-3"}
    assert rest.next_cursor is None


def test_who_proposed_it_sees_that_it_is_their_own(world: World) -> None:
    with world.service.unit(world.administrator) as uow:
        grant_role(
            uow,
            world.coordinator.user_id,
            Role.CLINICIAN,
            organisation_id=world.service.commissioner_id,
            start_on=SPRING,
        )
    world.do(world.coordinator, operations.submit, world.propose().id)
    name = world.service.ask(world.administrator, _sign_in_name, world.coordinator)
    both = world.service.named(name.split(".")[0])
    assert [row.is_own for row in waiting(world, both).rows] == [True]


def _sign_in_name(session: Any, _asker: Actor, actor: Actor) -> str:
    return str(session.get_one(User, (actor.commissioner_id, actor.user_id)).sign_in_name)


def test_only_who_signs_off_clinically_has_such_a_list(world: World) -> None:
    with pytest.raises(MissingPermissionError):
        waiting(world, world.finance)
