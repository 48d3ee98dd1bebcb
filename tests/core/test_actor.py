"""An actor may do what they hold a permission for, and nothing else."""

from uuid import uuid4

import pytest

from phb.core.actor import Actor, MissingPermissionError, Permission, Role


def test_an_actor_may_do_what_they_hold() -> None:
    actor = Actor(uuid4(), uuid4(), frozenset({Role.BROKER}), frozenset({Permission.SPEND_RECORD}))
    assert actor.may(Permission.SPEND_RECORD)
    actor.require(Permission.SPEND_RECORD)


def test_an_actor_is_told_what_is_missing() -> None:
    actor = Actor(uuid4(), uuid4(), frozenset({Role.BROKER}), frozenset({Permission.SPEND_RECORD}))
    assert not actor.may(Permission.RUN_RELEASE)
    with pytest.raises(MissingPermissionError, match=r"it needs “run\.release”") as refusal:
        actor.require(Permission.RUN_RELEASE)
    assert refusal.value.facts == {"permission": "run.release"}
