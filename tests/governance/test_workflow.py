"""A workflow moves what it may, refuses the rest, and tells both apart."""

from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from phb.core.actor import Actor, MissingPermissionError, Permission, Role
from phb.core.errors import DomainError
from phb.governance.models import AuditEvent
from phb.governance.workflow import (
    ReasonNeededError,
    SecondPersonNeededError,
    Transition,
    Workflow,
    WrongStateError,
)
from tests.governance.conftest import Commissioner

PURSE = Workflow(
    "purse",
    Transition("submit", "draft", "in_review", Permission.BUDGET_PREPARE, "submitted", stamps="submitted_by"),
    Transition("return", "in_review", "draft", Permission.BUDGET_REFUSE, "returned", needs_reason=True),
    Transition(
        "sign_off", "in_review", "active", Permission.BUDGET_SIGN_OFF_FINANCE, "signed_off", not_by=("submitted_by",)
    ),
)


@dataclass
class Purse:
    """Something with a state."""

    state: str = "draft"
    submitted_by: UUID | None = None
    person_id: UUID | None = None
    id: UUID = field(default_factory=uuid4)


@pytest.fixture
def everybody(commissioner: Commissioner) -> Actor:
    """Return somebody who holds every permission that the workflow asks for."""
    return commissioner.appoint(Role.CARE_COORDINATOR, Role.APPROVER)


def fire(commissioner: Commissioner, actor: Actor, purse: Purse, name: str, reason: str | None = None) -> None:
    with commissioner.unit(actor) as uow:
        PURSE.fire(uow, purse, name, reason=reason, attempt=1)


def events(commissioner: Commissioner) -> list[AuditEvent]:
    return commissioner.ask(lambda session: list(session.scalars(select(AuditEvent))))


def test_a_move_changes_the_state_stamps_the_actor_and_is_recorded(commissioner: Commissioner) -> None:
    purse = Purse(person_id=uuid4())
    actor = commissioner.appoint(Role.CARE_COORDINATOR)
    fire(commissioner, actor, purse, "submit")
    assert (purse.state, purse.submitted_by) == ("in_review", actor.user_id)
    event = events(commissioner)[0]
    assert (event.action, event.subject_kind, event.subject_id) == ("purse.submitted", "purse", purse.id)
    assert (event.person_id, event.reason, event.facts) == (purse.person_id, None, {"attempt": 1})


def test_a_reason_is_kept_for_the_people_concerned(commissioner: Commissioner, everybody: Actor) -> None:
    purse = Purse("in_review")
    fire(commissioner, everybody, purse, "return", reason="The plan has no review date.")
    assert purse.state == "draft"
    assert events(commissioner)[0].reason == "The plan has no review date."


def refusal(commissioner: Commissioner, actor: Actor, purse: Purse, name: str, **why: str) -> DomainError:
    """Return the error of a move that is refused, once nothing is seen to have changed."""
    before = purse.state
    with pytest.raises(DomainError) as error:
        fire(commissioner, actor, purse, name, **why)
    assert purse.state == before
    assert events(commissioner) == []
    return error.value


def test_a_move_from_another_state_is_refused_and_says_what_can_be_done(
    commissioner: Commissioner, everybody: Actor
) -> None:
    error = refusal(commissioner, everybody, Purse("in_review"), "submit")
    assert isinstance(error, WrongStateError)
    assert error.sentence == (
        "This purse is “in review”, so you cannot submit it. What can be done now: return, sign off."
    )
    assert error.facts == {"state": "in_review"}


def test_nothing_more_can_be_done_at_the_end(commissioner: Commissioner, everybody: Actor) -> None:
    error = refusal(commissioner, everybody, Purse("active"), "submit")
    assert error.sentence.endswith("Nothing more can be done to it.")


def test_a_move_without_its_permission_is_refused(commissioner: Commissioner) -> None:
    error = refusal(commissioner, commissioner.appoint(Role.CLINICIAN), Purse(), "submit")
    assert isinstance(error, MissingPermissionError)


def test_who_did_an_earlier_step_may_not_do_the_next(commissioner: Commissioner, everybody: Actor) -> None:
    error = refusal(commissioner, everybody, Purse("in_review", submitted_by=everybody.user_id), "sign_off")
    assert isinstance(error, SecondPersonNeededError)
    assert "somebody else must sign off it" in error.sentence


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_move_that_needs_a_reason_is_refused_without_words(
    commissioner: Commissioner, everybody: Actor, reason: str
) -> None:
    error = refusal(commissioner, everybody, Purse("in_review"), "return", reason=reason)
    assert isinstance(error, ReasonNeededError)
    assert error.field == "reason"


def test_a_reason_left_out_is_no_reason(commissioner: Commissioner, everybody: Actor) -> None:
    assert isinstance(refusal(commissioner, everybody, Purse("in_review"), "return"), ReasonNeededError)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("state", PURSE.states)
def test_what_is_allowed_fires_and_the_rest_raises(commissioner: Commissioner, role: Role, state: str) -> None:
    actor = commissioner.appoint(role)
    for name in {transition.name for transition in PURSE.transitions}:
        purse = Purse(state)
        if name in PURSE.allowed(actor, purse):
            fire(commissioner, actor, purse, name, reason="As the test says")
            assert purse.state != state
        else:
            with pytest.raises((WrongStateError, MissingPermissionError)):
                fire(commissioner, actor, purse, name, reason="As the test says")


def test_allowed_leaves_out_what_another_person_must_do(everybody: Actor) -> None:
    assert PURSE.allowed(everybody, Purse("in_review")) == ["return", "sign_off"]
    assert PURSE.allowed(everybody, Purse("in_review", submitted_by=everybody.user_id)) == ["return"]
    assert PURSE.allowed(everybody, Purse("active")) == []


def test_one_name_means_one_move_from_a_state() -> None:
    submit = PURSE.transitions[0]
    with pytest.raises(ValueError, match="has two transitions of one name from one state"):
        Workflow("purse", submit, submit)


def test_the_diagram_shows_every_move_the_beginning_and_the_end() -> None:
    assert PURSE.diagram().splitlines() == [
        "stateDiagram-v2",
        '    state "draft" as draft',
        '    state "in review" as in_review',
        '    state "active" as active',
        "    [*] --> draft",
        "    draft --> in_review: submit",
        "    in_review --> draft: return",
        "    in_review --> active: sign off",
        "    active --> [*]",
    ]


def test_what_an_earlier_step_keeps_for_others_is_told(commissioner: Commissioner, everybody: Actor) -> None:
    purse = Purse("in_review", submitted_by=everybody.user_id)
    assert PURSE.kept_for_others(everybody, purse) == ["sign_off"]
    assert PURSE.kept_for_others(everybody, Purse("in_review", submitted_by=uuid4())) == []
    assert PURSE.kept_for_others(everybody, Purse("draft", submitted_by=everybody.user_id)) == []
    coordinator = commissioner.appoint(Role.CARE_COORDINATOR)
    assert PURSE.kept_for_others(coordinator, Purse("in_review", submitted_by=coordinator.user_id)) == []
    assert PURSE.kept_for_others(everybody, Purse("active", submitted_by=everybody.user_id)) == []
