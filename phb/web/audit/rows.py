"""The rows of each list of the auditor."""

from collections.abc import Sequence
from dataclasses import fields

from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.finding import describe
from phb.budget.reference.cohorts import cohort
from phb.core.uow import UnitOfWork
from phb.governance import policy
from phb.governance.delegation import scheme_on
from phb.governance.policies import POLICIES
from phb.payments.payees.names import called
from phb.payments.runs.models import Instruction
from phb.people.models import User
from phb.people.organisations.queries import visible_organisations
from phb.people.users.queries import names_of, roles_of_users
from phb.web.audit.listing import Part, Row
from phb.web.presenters import setting, words


def budgets(uow: UnitOfWork, rows: Sequence[PersonalHealthBudget]) -> list[Row]:
    """Return each budget's row."""
    return [
        (
            one.budget.reference,
            one.person.reference,
            one.person.full_name,
            words(one.budget.kind),
            cohort(one.budget.cohort_code, one.budget.start_on).label,
            words(one.budget.care_setting),
            words(one.budget.state),
            one.budget.period.start_on,
            one.budget.period.last_day,
            ", ".join(map(words, one.ways)),
            one.amount,
        )
        for one in describe(uow.session, rows)
    ]


def payments(uow: UnitOfWork, rows: Sequence[Instruction]) -> list[Row]:
    """Return each payment's row."""
    names = called(uow.session, uow.actor, rows, uow.today)
    return [
        (
            row.due_on,
            names.payees[row.payee_id],
            "several" if row.budget_id is None else names.budgets[row.budget_id],
            words(row.subject_kind),
            words(row.state),
            row.settled_on,
            row.returned_on,
            row.amount,
        )
        for row in rows
    ]


def users(uow: UnitOfWork, rows: Sequence[User]) -> list[Row]:
    """Return a row for each role of each user, and one for a user without any."""
    held = roles_of_users(uow.session, uow.actor, [row.id for row in rows])
    places = {row.id: row.name for row in uow.session.scalars(visible_organisations(uow.actor))}
    found: list[Row] = []
    for row in rows:
        roles = held.get(row.id, [])
        found += [
            (row.name, row.sign_in_name, words(role.role), places[role.organisation_id], role.start_on, role.end_on)
            for role in roles
        ] or [(row.name, row.sign_in_name, "No role", None, None, None)]
    return found


def policies(uow: UnitOfWork, _cursor: str | None, _limit: int) -> Part:
    """Return a row for each setting in force today, all of them."""
    held = policy.in_force(uow.session, uow.today)
    rows: list[Row] = []
    for name, kind in POLICIES.items():
        row = held.get(name)
        since, source = (row.effective_from, row.source) if row else (None, kind.source)
        value = policy.read(uow.session, kind, uow.today)
        rows += [
            (kind.title, entry.metadata["meaning"], setting(getattr(value, entry.name)), since, source)
            for entry in fields(kind)
        ]
    return Part(rows)


def limits(uow: UnitOfWork, _cursor: str | None, _limit: int) -> Part:
    """Return a row for each limit in force today, all of them."""
    held = scheme_on(uow.session, uow.today).limits.values()
    names = names_of(uow.session, uow.actor, [user_id for row in held for user_id in (row.user_id, row.confirmed_by)])
    rows: list[Row] = [
        (
            words(row.role),
            names[row.user_id] if row.user_id else "Everybody in the role",
            row.effective_from,
            row.source,
            names[row.confirmed_by] if row.confirmed_by else None,
            row.limit,
        )
        for row in sorted(held, key=lambda row: (row.role, row.limit))
    ]
    return Part(rows)
