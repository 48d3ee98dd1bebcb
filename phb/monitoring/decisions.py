"""What was decided about one budget, by whom it was for to decide, when and why: one list of every kind of decision."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from moneyed import Money
from sqlalchemy import select
from sqlalchemy.orm import Session

from phb.budget import queries as budgets
from phb.budget.budgets.models import BudgetRevision, PersonalHealthBudget, SignOff
from phb.core.actor import Actor
from phb.core.clock import london_date
from phb.core.period import Period
from phb.payments.checks.models import PaymentHold
from phb.people.kinds import Scope
from phb.people.queries import in_terms, open_parts, terms_of
from phb.spending.kinds import SpendState
from phb.spending.records.models import SpendRecord
from phb.spending.records.queries import visible_spend

MOST_QUESTIONS = 50


class DecisionKind(StrEnum):
    """What a decision is about."""

    STEP = "step"  # of agreeing the budget
    STEP_OF_CHANGE = "step_of_change"
    CHANGE_PROPOSED = "change_proposed"
    HOLD = "hold"
    STOP = "stop"
    LIFTED = "lifted"
    ASKED_ABOUT = "asked_about"
    ACCEPTED_AFTER_ALL = "accepted_after_all"
    PUT_BACK = "put_back"
    CORRECTED = "corrected"


@dataclass(frozen=True)
class Decision:
    """One decision.

    `step` is the step taken of agreeing a budget or a change of it; `subject_id` the change, the hold or the record of
    spend; `what` the words of that record. `first_day` is the day a hold begins, or has ended.
    """

    at: datetime
    kind: DecisionKind
    subject_id: UUID
    reason: str | None = None
    amount: Money | None = None
    step: str | None = None
    what: str | None = None
    first_day: date | None = None


def decisions_of(session: Session, actor: Actor, budget_id: UUID, on: date) -> Sequence[Decision]:
    """Return what was decided about a budget, the newest first, as far as it is dated inside the actor's terms.

    Of questions about spend the newest MOST_QUESTIONS are told, and only where the person's spending is open too.

    Raises:
        BudgetNotFoundError: absent, or its decisions are not the actor's to see.
    """
    row = budgets.budget(session, actor, budget_id, on, Scope.DECISIONS)
    terms = terms_of(session, actor, row.person_id, Scope.DECISIONS, on)
    found = [*_steps(session, row), *_changes(session, row), *_holds(session, row)]
    if Scope.SPEND in open_parts(session, actor, row.person_id, on):
        found += _questions(session, actor, row, on)
    return sorted(_dated_inside(found, terms), key=lambda one: one.at, reverse=True)


def _dated_inside(found: Iterable[Decision], terms: Sequence[Period]) -> Iterator[Decision]:
    return (one for one in found if in_terms(terms, london_date(one.at)))


def _steps(session: Session, budget: PersonalHealthBudget) -> Iterator[Decision]:
    query = select(SignOff).where(SignOff.budget_id == budget.id).order_by(SignOff.ordinal)
    for row in session.scalars(query):
        kind = DecisionKind.STEP if row.revision_id is None else DecisionKind.STEP_OF_CHANGE
        yield Decision(row.signed_at, kind, row.revision_id or budget.id, row.reason, row.value, row.step)


def _changes(session: Session, budget: PersonalHealthBudget) -> Iterator[Decision]:
    for row in session.scalars(select(BudgetRevision).where(BudgetRevision.budget_id == budget.id)):
        yield Decision(row.prepared_at, DecisionKind.CHANGE_PROPOSED, row.id, row.reason)


def _holds(session: Session, budget: PersonalHealthBudget) -> Iterator[Decision]:
    for row in session.scalars(select(PaymentHold).where(PaymentHold.budget_id == budget.id)):
        yield Decision(row.put_at, DecisionKind(row.kind), row.id, row.reason, first_day=row.start_on)
        if row.lifted_at is not None:
            yield Decision(row.lifted_at, DecisionKind.LIFTED, row.id, row.lift_reason, first_day=row.end_on)


def _questions(session: Session, actor: Actor, budget: PersonalHealthBudget, on: date) -> Iterator[Decision]:
    row = SpendRecord
    asked = visible_spend(actor, on, budget_id=budget.id).where(row.reason_code.is_not(None))
    for record in session.scalars(asked.order_by(row.recorded_at.desc(), row.id).limit(MOST_QUESTIONS)):
        yield from _of_question(record)


def _of_question(record: SpendRecord) -> Iterator[Decision]:
    """Yield that a record was asked about, what was decided, and that it was taken back, as far as it came."""

    def one(at: datetime, kind: DecisionKind, reason: str | None) -> Decision:
        return Decision(at, kind, record.id, reason, record.amount, what=record.words)

    yield one(record.recorded_at, DecisionKind.ASKED_ABOUT, record.reason)
    if record.decided_at is not None:
        put_back = record.state == SpendState.PUT_BACK or (
            record.state == SpendState.CORRECTED and not record.booked_line_id
        )
        kind = DecisionKind.PUT_BACK if put_back else DecisionKind.ACCEPTED_AFTER_ALL
        yield one(record.decided_at, kind, record.decision_reason)
    if record.corrected_at is not None:
        yield one(record.corrected_at, DecisionKind.CORRECTED, record.correction_reason)
