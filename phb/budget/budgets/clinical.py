"""What waits for clinical sign-off: budgets and changes, those that wait longest first."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, Text, cast, func, literal, null, or_, select, type_coerce
from sqlalchemy import union_all as every_row_of
from sqlalchemy.orm import Bundle

from phb.budget.budgets.models import BudgetRevision, PersonalHealthBudget, SignOff
from phb.budget.budgets.workflow import PROPOSERS, BudgetState, RevisionState
from phb.budget.plans.models import LineYear
from phb.budget.queries import visible_budgets
from phb.core.actor import Actor, Permission
from phb.core.money import MoneyType
from phb.people.models import Person, User


def waiting_for_clinician(actor: Actor, on: date) -> tuple[Select[Any], Sequence[ColumnElement[Any]]]:
    """Select what waits for clinical sign-off, and name the columns that put it in order.

    A row has the `kind` (budget or change), its `id`, the budget's `reference`, the `person`, what the plan comes to
    (`amount`), why a change is proposed (`reason`), `since` when, by whom (`proposer`), and whether the actor is that
    themselves (`is_own`), so that somebody else signs it off.

    Raises:
        MissingPermissionError: the actor signs nothing off clinically.
    """
    actor.require(Permission.BUDGET_SIGN_OFF_CLINICALLY)
    every = every_row_of(_budgets(actor, on), _changes(actor, on)).subquery("waiting")
    pence = func.sum(type_coerce(LineYear.amount, BigInteger))
    amount = select(cast(pence, BigInteger)).where(LineYear.plan_id == every.c.plan_id).scalar_subquery()
    row: Bundle[Any] = Bundle(
        "row",
        *(every.c[name] for name in ("kind", "id", "reference", "reason", "since", "is_own")),
        (Person.given_names + " " + Person.family_name).label("person"),
        User.name.label("proposer"),
        type_coerce(amount, MoneyType).label("amount"),
    )
    query = select(row).join_from(every, Person, Person.id == every.c.person_id)
    return query.join(User, User.id == every.c.proposer_id), (every.c.since, every.c.id)


def _budgets(actor: Actor, on: date) -> Select[Any]:
    row = PersonalHealthBudget
    mine = visible_budgets(actor, on).where(row.state == BudgetState.SUBMITTED)
    submitted = (SignOff.budget_id == row.id) & SignOff.revision_id.is_(None)
    return mine.with_only_columns(
        literal("budget").label("kind"), cast(null(), Text).label("reason"), *_columns(actor, row, submitted)
    )


def _changes(actor: Actor, on: date) -> Select[Any]:
    row, budget = BudgetRevision, PersonalHealthBudget
    mine = visible_budgets(actor, on).join(row, row.budget_id == budget.id).where(row.state == RevisionState.SUBMITTED)
    return mine.with_only_columns(
        literal("change").label("kind"),
        row.reason.label("reason"),
        *_columns(actor, row, SignOff.revision_id == row.id),
    )


def _columns(
    actor: Actor, row: type[PersonalHealthBudget | BudgetRevision], steps: ColumnElement[bool]
) -> list[ColumnElement[Any]]:
    since = select(func.max(SignOff.signed_at)).where(steps, SignOff.step == "submit").scalar_subquery()
    is_own = or_(*(getattr(row, name) == actor.user_id for name in PROPOSERS))
    return [
        row.id.label("id"),
        PersonalHealthBudget.reference.label("reference"),
        row.person_id.label("person_id"),
        row.plan_id.label("plan_id"),
        row.submitted_by.label("proposer_id"),
        since.label("since"),
        is_own.label("is_own"),
    ]
