"""Every state, action and role of a payment and of a run either moves or is refused."""

from dataclasses import dataclass
from itertools import product
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from phb.core.actor import MissingPermissionError, Permission, Role
from phb.governance.models import AuditEvent
from phb.governance.permissions import ROLE_PERMISSIONS
from phb.governance.workflow import ReasonNeededError, SecondPersonNeededError, Workflow, WrongStateError
from phb.payments.workflow import INSTRUCTION, PAYMENT_RUN
from tests.governance.conftest import Commissioner

SOMEBODY = uuid4()
FINANCE, SYSTEM = Role.FINANCE_OFFICER, Role.SYSTEM
BY_ITSELF = {FINANCE, SYSTEM}  # the system puts what is due into a run and books what arrived, and nothing else
MAY: dict[tuple[str, str], dict[str, tuple[str, set[Role]]]] = {
    ("instruction", "requested"): {"include": ("in_run", BY_ITSELF), "cancel": ("cancelled", {FINANCE})},
    ("instruction", "in_run"): {
        "take_out": ("requested", {FINANCE}),
        "release": ("released", {Role.PAYMENTS_RELEASER}),
    },
    ("instruction", "released"): {"settle": ("settled", BY_ITSELF), "return": ("came_back", {FINANCE})},
    ("instruction", "settled"): {"return": ("came_back", {FINANCE})},
    ("instruction", "came_back"): {
        "reissue": ("reissue_requested", {FINANCE}),
        "give_up": ("given_up", {Role.APPROVER}),
    },
    ("instruction", "reissue_requested"): {
        "include": ("reissue_in_run", BY_ITSELF),
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
    ("payment_run", "exported"): {"settle": ("settled", BY_ITSELF)},
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


@pytest.fixture
def commissioner(session_factory: sessionmaker[Session]) -> Commissioner:
    """Return a new commissioner."""
    return Commissioner(session_factory)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("workflow", [INSTRUCTION, PAYMENT_RUN], ids=lambda workflow: workflow.name)
def test_every_state_action_and_role_moves_or_is_refused(
    commissioner: Commissioner, workflow: Workflow, role: Role
) -> None:
    moved: dict[UUID, str] = {}
    with commissioner.unit(commissioner.appoint(role)) as uow:
        for state, action in product(workflow.states, {transition.name for transition in workflow.transitions}):
            target, roles = MAY.get((workflow.name, state), {}).get(action, ("", set()))
            subject = Subject(state, uuid4())
            if role in roles:
                workflow.fire(uow, subject, action, reason="Because")
                assert subject.state == target
                moved[subject.id] = workflow.name
            else:
                with pytest.raises(MissingPermissionError if target else WrongStateError):
                    workflow.fire(uow, subject, action, reason="Because")
                assert subject.state == state
    events = commissioner.ask(lambda session: list(session.scalars(select(AuditEvent))))
    assert {event.subject_id: event.subject_kind for event in events} == moved
    assert {event.reason for event in events} <= {"Because"}


@pytest.mark.parametrize(
    ("action", "state", "attribute"),
    [
        ("approve", "assembled", "assembled_by"),
        ("release", "approved", "assembled_by"),
        ("release", "approved", "approved_by"),
    ],
)
def test_who_did_an_earlier_step_does_not_do_the_next(
    commissioner: Commissioner, action: str, state: str, attribute: str
) -> None:
    own = commissioner.appoint(Role.APPROVER if action == "approve" else Role.PAYMENTS_RELEASER)
    subject = Subject(state)
    setattr(subject, attribute, own.user_id)
    with commissioner.unit(own) as uow, pytest.raises(SecondPersonNeededError):
        PAYMENT_RUN.fire(uow, subject, action)


@pytest.mark.parametrize(
    ("action", "state", "role"),
    [
        ("return", "released", FINANCE),
        ("reissue", "came_back", FINANCE),
        ("give_up", "came_back", Role.APPROVER),
        ("cancel", "requested", FINANCE),
    ],
)
def test_what_turns_a_payment_back_needs_a_reason(
    commissioner: Commissioner, action: str, state: str, role: Role
) -> None:
    with commissioner.unit(commissioner.appoint(role)) as uow, pytest.raises(ReasonNeededError):
        INSTRUCTION.fire(uow, Subject(state), action, reason=" ")


def test_each_step_of_a_run_has_its_own_permission() -> None:
    needed = {transition.name: transition.permission for transition in PAYMENT_RUN.transitions}
    assert (needed["approve"], needed["release"]) == (Permission.RUN_APPROVE, Permission.RUN_RELEASE)


def test_the_system_moves_payments_and_runs_only_as_its_two_jobs_need() -> None:
    held = ROLE_PERMISSIONS[SYSTEM]
    moves = {
        (flow.name, t.name) for flow in (INSTRUCTION, PAYMENT_RUN) for t in flow.transitions if t.permission in held
    }
    assert moves == {("instruction", "include"), ("instruction", "settle"), ("payment_run", "settle")}
