"""Every state, action and role of a payment and of a run either moves or is refused."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from unittest.mock import Mock
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from phb.core.actor import Actor, Permission, Role
from phb.core.errors import DomainError
from phb.core.uow import UnitOfWork
from phb.governance.permissions import permissions_of
from phb.governance.workflow import ReasonNeededError, SecondPersonNeededError, Workflow
from phb.payments.workflow import INSTRUCTION, PAYMENT_RUN

SOMEBODY = uuid4()
FINANCE, SYSTEM = Role.FINANCE_OFFICER, Role.SYSTEM
MAY: dict[tuple[str, str], dict[str, tuple[str, set[Role]]]] = {
    ("instruction", "requested"): {"include": ("in_run", {FINANCE}), "cancel": ("cancelled", {FINANCE})},
    ("instruction", "in_run"): {
        "take_out": ("requested", {FINANCE}),
        "release": ("released", {Role.PAYMENTS_RELEASER}),
    },
    ("instruction", "released"): {"settle": ("settled", {FINANCE, SYSTEM}), "return": ("came_back", {FINANCE, SYSTEM})},
    ("instruction", "settled"): {"return": ("came_back", {FINANCE, SYSTEM})},
    ("instruction", "came_back"): {
        "reissue": ("reissue_requested", {FINANCE}),
        "give_up": ("given_up", {Role.APPROVER}),
    },
    ("instruction", "reissue_requested"): {
        "include": ("reissue_in_run", {FINANCE}),
        "give_up": ("given_up", {Role.APPROVER}),
    },
    ("instruction", "reissue_in_run"): {
        "take_out": ("reissue_requested", {FINANCE}),
        "release": ("released", {Role.PAYMENTS_RELEASER}),
    },
    ("payment_run", "assembled"): {"approve": ("approved", {Role.APPROVER}), "withdraw": ("withdrawn", {FINANCE})},
    ("payment_run", "approved"): {
        "release": ("released", {Role.PAYMENTS_RELEASER}),
        "withdraw": ("withdrawn", {FINANCE}),
    },
    ("payment_run", "released"): {"export": ("exported", {Role.PAYMENTS_RELEASER})},
    ("payment_run", "exported"): {"settle": ("settled", {FINANCE, SYSTEM})},
}


@dataclass
class Subject:
    """Something in a state, done so far by somebody else."""

    state: str
    id: UUID = SOMEBODY
    person_id: UUID | None = None
    assembled_by: UUID | None = SOMEBODY
    approved_by: UUID | None = SOMEBODY
    released_by: UUID | None = SOMEBODY
    exported_by: UUID | None = None


def unit(role: Role, user_id: UUID | None = None) -> UnitOfWork:
    """Return a unit of work of somebody with one role, over no database."""
    actor = Actor(user_id or uuid4(), uuid4(), frozenset({role}), permissions_of([role]))
    return UnitOfWork(Mock(spec=Session), actor, datetime(2026, 4, 1, tzinfo=UTC), uuid4())


def cases() -> Iterator[tuple[Workflow, str, str, Role]]:
    """Yield every workflow, state, action and role."""
    for workflow in (INSTRUCTION, PAYMENT_RUN):
        actions = sorted({transition.name for transition in workflow.transitions})
        for state in workflow.states:
            for action in actions:
                for role in Role:
                    yield workflow, state, action, role


def test_every_state_action_and_role_moves_or_is_refused() -> None:
    for workflow, state, action, role in cases():
        target, roles = MAY.get((workflow.name, state), {}).get(action, ("", set()))
        subject = Subject(state)
        if role in roles:
            workflow.fire(unit(role), subject, action, reason="Because")
            assert subject.state == target, (workflow.name, state, action, role)
        else:
            with pytest.raises(DomainError):
                workflow.fire(unit(role), subject, action, reason="Because")
            assert subject.state == state


@pytest.mark.parametrize(
    ("action", "state", "attribute"),
    [
        ("approve", "assembled", "assembled_by"),
        ("release", "approved", "assembled_by"),
        ("release", "approved", "approved_by"),
    ],
)
def test_who_did_an_earlier_step_does_not_do_the_next(action: str, state: str, attribute: str) -> None:
    role = Role.APPROVER if action == "approve" else Role.PAYMENTS_RELEASER
    own = unit(role)
    subject = Subject(state)
    setattr(subject, attribute, own.actor.user_id)
    with pytest.raises(SecondPersonNeededError):
        PAYMENT_RUN.fire(own, subject, action)


@pytest.mark.parametrize(
    ("action", "state", "role"),
    [
        ("return", "released", FINANCE),
        ("reissue", "came_back", FINANCE),
        ("give_up", "came_back", Role.APPROVER),
        ("cancel", "requested", FINANCE),
    ],
)
def test_what_turns_a_payment_back_needs_a_reason(action: str, state: str, role: Role) -> None:
    with pytest.raises(ReasonNeededError):
        INSTRUCTION.fire(unit(role), Subject(state), action, reason=" ")


def test_each_step_of_a_run_has_its_own_permission() -> None:
    needed = {transition.name: transition.permission for transition in PAYMENT_RUN.transitions}
    assert (needed["approve"], needed["release"]) == (Permission.RUN_APPROVE, Permission.RUN_RELEASE)
