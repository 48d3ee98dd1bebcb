"""What is in somebody's inbox, in few words."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from phb.core.actor import Actor, Role
from phb.governance import policy
from phb.monitoring.duties.queries import Entry, inbox
from phb.people.models import User
from phb.people.users.operations import grant_role
from tests.budget.conftest import World
from tests.people.conftest import APRIL


def entries(world: World, actor: Actor, **options: Any) -> Sequence[Entry]:
    """Return somebody's inbox today."""
    found: Sequence[Entry] = world.ask(actor, inbox, world.service.today, **options)
    return found


def kinds(world: World, actor: Actor) -> list[str]:
    """Return the kinds of what somebody has to do, what is due first coming first."""
    return [entry.kind for entry in entries(world, actor)]


def due(world: World, actor: Actor, kind: str) -> list[date]:
    """Return the days on which what somebody has to do of a kind is due."""
    return [entry.due_on for entry in entries(world, actor) if entry.kind == kind]


def also(world: World, actor: Actor, role: Role) -> Actor:
    """Give somebody a second role, and return them as they act now."""
    with world.service.unit(world.administrator) as uow:
        grant_role(uow, actor.user_id, role, organisation_id=world.service.commissioner_id, start_on=APRIL)
        name = uow.session.get_one(User, (uow.commissioner_id, actor.user_id)).sign_in_name
    return world.service.named(name.split(".")[0])


def decide(world: World, name: str, **value: object) -> None:
    """Put a policy in force from 1 April."""
    row = world.do(world.administrator, policy.propose, name, value, effective_from=APRIL, source="Board")
    world.do(world.service.named("bo"), policy.confirm, row.id)
