"""Budgets and changes that wait for finance: their value, since when, and whether the reader may decide."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, func, literal, null, or_, select, true
from sqlalchemy.sql.selectable import LateralFromClause

from phb.budget.budgets.models import BudgetRevision, PersonalHealthBudget, SignOff
from phb.budget.budgets.values import value_beside
from phb.budget.budgets.workflow import PROPOSERS, BudgetState, RevisionState
from phb.budget.queries import visible_budgets
from phb.monitoring.waiting.columns import Of, Reader, columns
from phb.monitoring.waiting.kinds import WaitingKind


def agreeing(reader: Reader) -> Iterator[tuple[WaitingKind, Of]]:
    """Yield what waits of budgets and of changes of them, one query for each kind."""
    for kind, state in (
        (WaitingKind.BUDGET_TO_SIGN_OFF, BudgetState.SIGNED_OFF_CLINICALLY),
        (WaitingKind.BUDGET_TO_ACTIVATE, BudgetState.AGREED),
    ):
        yield kind, _budgets(reader, kind, state)
    yield WaitingKind.CHANGE_TO_SIGN_OFF, _changes_to_sign_off(reader)
    yield WaitingKind.CHANGE_TO_APPLY, _changes(reader, WaitingKind.CHANGE_TO_APPLY, RevisionState.AGREED)


def _budgets(reader: Reader, kind: WaitingKind, state: BudgetState) -> Of:
    row = PersonalHealthBudget
    worth, reached = value_beside(reader.measure, row.plan_id), _reached(SignOff.budget_id == row.id)
    return (
        visible_budgets(reader.actor, reader.on)
        .join(worth, true())
        .join(reached, true())
        .where(row.state == state)
        .with_only_columns(
            *columns(
                kind=kind,
                id=row.id,
                place_id=row.id,
                person_id=row.person_id,
                reference=row.reference,
                detail=null(),
                pence=worth.c.pence,
                since=reached.c.at,
                by_on=func.least(row.start_on, reader.decide_by(reached.c.at)),
                whose=reader.whose(
                    _is_own(reader, row), worth.c.pence if kind is WaitingKind.BUDGET_TO_SIGN_OFF else None
                ),
            )
        )
    )


def _changes(reader: Reader, kind: WaitingKind, state: RevisionState) -> Of:
    row, budget = BudgetRevision, PersonalHealthBudget
    worth = value_beside(reader.measure, row.plan_id)
    reached = _reached((SignOff.budget_id == row.budget_id) & (SignOff.revision_id == row.id))
    return (
        visible_budgets(reader.actor, reader.on)
        .join(row, row.budget_id == budget.id)
        .join(worth, true())
        .join(reached, true())
        .where(row.state == state)
        .with_only_columns(
            *columns(
                kind=kind,
                id=row.id,
                place_id=budget.id,
                person_id=row.person_id,
                reference=budget.reference,
                detail=row.reason,
                pence=worth.c.pence,
                since=reached.c.at,
                by_on=reader.decide_by(reached.c.at),
                whose=reader.whose(
                    _is_own(reader, row), worth.c.pence if kind is WaitingKind.CHANGE_TO_SIGN_OFF else None
                ),
            )
        )
    )


def _changes_to_sign_off(reader: Reader) -> Of:
    """Select the changes that raise a budget's value: any other may be agreed without finance."""
    after = value_beside(reader.measure, BudgetRevision.plan_id)
    before = value_beside(reader.measure, PersonalHealthBudget.plan_id)
    every = _changes(reader, WaitingKind.CHANGE_TO_SIGN_OFF, RevisionState.SIGNED_OFF_CLINICALLY)
    return every.join(after, true()).join(before, true()).where(after.c.pence > before.c.pence)


def _reached(of_subject: ColumnElement[bool]) -> LateralFromClause:
    """Return one row, `at`, to join to a budget or a change: the instant of the last step taken of it."""
    steps = select(func.max(SignOff.signed_at).label("at")).where(of_subject)
    return steps.correlate(PersonalHealthBudget, BudgetRevision).lateral()


def _is_own(reader: Reader, row: type[PersonalHealthBudget | BudgetRevision]) -> ColumnElement[bool]:
    proposed = or_(*(getattr(row, name) == reader.actor.user_id for name in PROPOSERS))
    return func.coalesce(proposed, literal(value=False))
