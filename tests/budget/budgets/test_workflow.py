"""Every state, move and role either fires or is refused with a code; the tables list the tests."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from phb.budget.budgets.workflow import BUDGET, REVISION, BudgetState, RevisionState
from phb.core.actor import Actor, MissingPermissionError, Role
from phb.core.errors import DomainError
from phb.core.uow import UnitOfWork
from phb.governance.permissions import permissions_of
from phb.governance.workflow import ReasonNeededError, SecondPersonNeededError, Workflow, WrongStateError

COMMISSIONER, PREPARER = uuid4(), uuid4()
MAY = {
    "submit": {Role.CARE_COORDINATOR},
    "sign_off_clinically": {Role.CLINICIAN},
    "sign_off_finance": {Role.APPROVER},
    "agree": {Role.HOLDER, Role.REPRESENTATIVE},
    "activate": {Role.APPROVER},
    "apply": {Role.APPROVER},
    "refuse": {Role.CLINICIAN, Role.APPROVER},
}
MAY_RETURN = {
    "submitted": {Role.CLINICIAN},
    "signed_off_clinically": {Role.APPROVER},
    "signed_off_finance": {Role.HOLDER, Role.REPRESENTATIVE},
    "agreed": {Role.APPROVER},
}
NEXT = {
    ("draft", "submit"): "submitted",
    ("submitted", "sign_off_clinically"): "signed_off_clinically",
    ("submitted", "return"): "draft",
    ("submitted", "refuse"): "refused",
    ("signed_off_clinically", "sign_off_finance"): "signed_off_finance",
    ("signed_off_clinically", "return"): "draft",
    ("signed_off_clinically", "refuse"): "refused",
    ("signed_off_finance", "agree"): "agreed",
    ("signed_off_finance", "return"): "draft",
    ("agreed", "return"): "draft",
}
EXPECTED = {
    BUDGET: NEXT | {("agreed", "activate"): "active"},
    REVISION: NEXT | {("agreed", "apply"): "applied", ("signed_off_clinically", "agree"): "agreed"},
}
STATES: dict[Workflow, list[str]] = {BUDGET: list(BudgetState), REVISION: list(RevisionState)}
MOVES = [*MAY, "return"]


@dataclass
class Proposal:
    """What a workflow moves."""

    state: str
    id: UUID
    person_id: UUID
    prepared_by: UUID = PREPARER
    submitted_by: UUID | None = None
    signed_off_clinically_by: UUID | None = None
    signed_off_finance_by: UUID | None = None
    agreed_by: UUID | None = None
    activated_by: UUID | None = None
    applied_by: UUID | None = None


def unit(role: Role, user_id: UUID | None = None) -> UnitOfWork:
    roles = frozenset({role})
    actor = Actor(user_id or uuid4(), COMMISSIONER, roles, permissions_of(roles))
    return UnitOfWork(Session(), actor, datetime(2026, 4, 1, 12, tzinfo=UTC), uuid4())


def proposal(state: str) -> Proposal:
    return Proposal(state, uuid4(), uuid4())


CASES = [
    pytest.param(workflow, state, move, role, id=f"{workflow.name}-{state}-{move}-{role}")
    for workflow in (BUDGET, REVISION)
    for state, move, role in product(STATES[workflow], MOVES, Role)
]


@pytest.mark.parametrize(("workflow", "state", "move", "role"), CASES)
def test_every_state_move_and_role_fires_or_is_refused(workflow: Workflow, state: str, move: str, role: Role) -> None:
    subject = proposal(state)
    target = EXPECTED[workflow].get((state, move))
    allowed = MAY_RETURN.get(state, set()) if move == "return" else MAY[move]
    refusal: type[DomainError] | None = (
        WrongStateError if target is None else None if role in allowed else MissingPermissionError
    )
    if refusal is None:
        workflow.fire(unit(role), subject, move, reason="Because")
        assert subject.state == target
        return
    with pytest.raises(refusal) as refused:
        workflow.fire(unit(role), subject, move, reason="Because")
    assert refused.value.code in {"wrong-state", "missing-permission"}
    assert subject.state == state


@pytest.mark.parametrize("workflow", [BUDGET, REVISION], ids=lambda workflow: workflow.name)
def test_no_approving_move_is_made_by_who_proposed_or_submitted(workflow: Workflow) -> None:
    approving = [t for t in workflow.transitions if t.name not in {"submit", "return"}]
    for transition, role in product(approving, Role):
        for proposer in ("prepared_by", "submitted_by"):
            user_id, subject = uuid4(), proposal(transition.source)
            setattr(subject, proposer, user_id)
            uow = unit(role, user_id)
            if uow.actor.may(transition.permission):
                with pytest.raises(SecondPersonNeededError):
                    workflow.fire(uow, subject, transition.name, reason="Because")
                assert transition.name not in workflow.allowed(uow.actor, subject)


@pytest.mark.parametrize("workflow", [BUDGET, REVISION], ids=lambda workflow: workflow.name)
@pytest.mark.parametrize("blank", [None, "", " "])
def test_returning_and_refusing_need_a_reason(workflow: Workflow, blank: str | None) -> None:
    for move in ("return", "refuse"):
        with pytest.raises(ReasonNeededError):
            workflow.fire(unit(Role.CLINICIAN), proposal("submitted"), move, reason=blank)


def test_the_diagram_names_every_state_of_the_table() -> None:
    assert all(state in BUDGET.diagram() for state in BudgetState)
    assert all(state in REVISION.diagram() for state in RevisionState)
