"""The one engine that every state machine uses: a table of transitions, fired or refused."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from phb.core.actor import Actor, Permission
from phb.core.errors import ConflictError, PermissionDeniedError, RuleViolationError
from phb.core.uow import UnitOfWork
from phb.governance import audit


class WrongStateError(ConflictError):
    """The action does not fit the state that the thing is in."""

    code = "wrong-state"


class SecondPersonNeededError(PermissionDeniedError):
    """Who did an earlier step may not do this one."""

    code = "second-person-needed"


class ReasonNeededError(RuleViolationError):
    """The action needs a reason in words."""

    code = "reason-needed"


class Subject(Protocol):
    """What a workflow moves: it has an id, a state and a person it is about, or none."""

    id: UUID
    state: str

    @property
    def person_id(self) -> UUID | None:
        """The person it is about."""


@dataclass(frozen=True)
class Transition:
    """One permitted move.

    `not_by` names attributes of the subject that hold the users who may not do this. `stamps` names the
    attribute that receives the actor. `past` completes the audit event: "budget.signed_off".
    """

    name: str
    source: str
    target: str
    permission: Permission
    past: str
    not_by: tuple[str, ...] = ()
    stamps: str | None = None
    needs_reason: bool = False


class Workflow:
    """A named table of transitions; the first one leaves the state in which every subject begins."""

    def __init__(self, name: str, *transitions: Transition) -> None:
        if len({(t.name, t.source) for t in transitions}) < len(transitions):
            raise ValueError(f"the workflow “{name}” has two transitions of one name from one state")
        self.name = name
        self.transitions = transitions

    def fire(
        self, uow: UnitOfWork, subject: Subject, name: str, *, reason: str | None = None, **facts: audit.Fact
    ) -> None:
        """Move a subject and write the audit event, or refuse.

        Raises:
            WrongStateError: no such move from the subject's state.
            MissingPermissionError: the actor's roles do not allow it.
            SecondPersonNeededError: the actor did an earlier step.
            ReasonNeededError: the move needs a reason.
        """
        transition = self._find(subject, name)
        uow.actor.require(transition.permission)
        self._require_second_person(uow.actor, subject, transition)
        if transition.needs_reason and not (reason or "").strip():
            raise ReasonNeededError(
                f"Say why: the people concerned are told your reason when you {_words(name)}.", field="reason"
            )
        subject.state = transition.target
        if transition.stamps:
            setattr(subject, transition.stamps, uow.actor.user_id)
        audit.record(
            uow,
            f"{self.name}.{transition.past}",
            self.name,
            subject.id,
            person_id=subject.person_id,
            reason=reason,
            **facts,
        )

    def allowed(self, actor: Actor, subject: Subject) -> list[str]:
        """Return the names of the moves this actor may make now, for the buttons of a page."""
        return [
            t.name
            for t in self.transitions
            if t.source == subject.state and actor.may(t.permission) and not _did_earlier_step(actor, subject, t)
        ]

    def kept_for_others(self, actor: Actor, subject: Subject) -> list[str]:
        """Return the names of the moves that would be this actor's now, had they not done an earlier step."""
        return [
            t.name
            for t in self.transitions
            if t.source == subject.state and actor.may(t.permission) and _did_earlier_step(actor, subject, t)
        ]

    @property
    def states(self) -> list[str]:
        """Every state there is, in the order of the table."""
        return list(dict.fromkeys(str(state) for t in self.transitions for state in (t.source, t.target)))

    def diagram(self) -> str:
        """Return the table as a Mermaid state diagram, from where every subject begins to where it may end."""
        left = {t.source for t in self.transitions}
        names = (f'    state "{_words(state)}" as {state}' for state in self.states)
        moves = (f"    {t.source} --> {t.target}: {_words(t.name)}" for t in self.transitions)
        ends = (f"    {state} --> [*]" for state in self.states if state not in left)
        return "\n".join(["stateDiagram-v2", *names, f"    [*] --> {self.states[0]}", *moves, *ends])

    def _find(self, subject: Subject, name: str) -> Transition:
        for transition in self.transitions:
            if transition.name == name and transition.source == subject.state:
                return transition
        raise WrongStateError(
            f"This {_words(self.name)} is “{_words(subject.state)}”, so you cannot {_words(name)} it. "
            f"{_what_to_do(t.name for t in self.transitions if t.source == subject.state)}",
            state=subject.state,
        )

    def _require_second_person(self, actor: Actor, subject: Subject, transition: Transition) -> None:
        if _did_earlier_step(actor, subject, transition):
            raise SecondPersonNeededError(
                f"You did an earlier step of this {_words(self.name)}, so somebody else must {_words(transition.name)} "
                "it. Ask a colleague with the right to do so."
            )


def _did_earlier_step(actor: Actor, subject: Subject, transition: Transition) -> bool:
    return any(getattr(subject, attribute) == actor.user_id for attribute in transition.not_by)


def _what_to_do(names: Iterable[str]) -> str:
    possible = [_words(name) for name in names]
    return f"What can be done now: {', '.join(possible)}." if possible else "Nothing more can be done to it."


def _words(name: str) -> str:
    return name.replace("_", " ")
