"""The rows of each report."""

from collections.abc import Iterator, Sequence
from dataclasses import fields

from sqlalchemy import select

from phb.budget.budgets.models import PersonalHealthBudget, SignOff
from phb.budget.finding import describe
from phb.budget.queries import references_of
from phb.budget.reference.cohorts import cohort
from phb.core.clock import LONDON, london_date
from phb.core.money import from_pence
from phb.core.period import month_in_words
from phb.core.uow import UnitOfWork
from phb.governance import policy
from phb.governance.audit import Stopped
from phb.governance.delegation import scheme_on
from phb.governance.models import AuditEvent, DelegationLimit
from phb.governance.policies import POLICIES
from phb.journal_files.codes import codes
from phb.ledger.chart import NHS
from phb.ledger.funders import shares_of_budgets
from phb.ledger.models import Journal, JournalLine
from phb.ledger.queries import lines_of_journals
from phb.ledger.trial import sides
from phb.payments.checks.models import PaymentHold
from phb.payments.payees.models import BankAccount
from phb.payments.payees.names import called, payee_names
from phb.payments.runs.models import Instruction
from phb.people.models import User
from phb.people.organisations.queries import visible_organisations
from phb.people.queries import people_by_id
from phb.people.users.queries import names_of, roles_of_users
from phb.reports.report import Asked, Part, Row
from phb.reports.words import setting, words


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


def policies(uow: UnitOfWork, _asked: Asked, _cursor: str | None, _limit: int) -> Part:
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


def limits(uow: UnitOfWork, _asked: Asked, _cursor: str | None, _limit: int) -> Part:
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


def looks(uow: UnitOfWork, rows: Sequence[AuditEvent]) -> list[Row]:
    """Return a row for each look at a person's record."""
    people = people_by_id(uow.session, uow.actor, {row.person_id for row in rows if row.person_id}, uow.today)
    whose = {person_id: person.reference for person_id, person in people.items()}
    return [
        (*told, words(row.subject_kind), whose.get(row.person_id) if row.person_id else None)
        for row, told in _told(uow, rows)
    ]


def reasons(uow: UnitOfWork, rows: Sequence[AuditEvent]) -> list[Row]:
    """Return a row for each thing that somebody gave a reason for."""
    return [
        (*told, words(row.subject_kind), words(row.action.rpartition(".")[2]), row.reason)
        for row, told in _told(uow, rows)
    ]


def duplicates(uow: UnitOfWork, rows: Sequence[AuditEvent]) -> list[Row]:
    """Return a row for each duplicate that was stopped."""
    return [(*told, _stopped(row), str(row.subject_id)) for row, told in _told(uow, rows)]


def _stopped(row: AuditEvent) -> str:
    if row.action == Stopped.REPEATED:
        return "Sent again, and answered as the first time"
    if row.action == Stopped.REFUSED:
        return f"Refused: {words(str(row.facts['code']).replace('-', '_')).lower()}"
    return "Spend that looks like other spend, which is asked about"


def _told(uow: UnitOfWork, rows: Sequence[AuditEvent]) -> Iterator[tuple[AuditEvent, Row]]:
    """Yield each event with its day and time in London, and who it was: name, roles and organisation."""
    names = names_of(uow.session, uow.actor, [row.user_id for row in rows])
    places = {row.id: row.name for row in uow.session.scalars(visible_organisations(uow.actor))}
    for row in rows:
        at = row.recorded_at.astimezone(LONDON)
        place = places.get(row.organisation_id) if row.organisation_id else None
        yield row, (at.date(), f"{at:%H:%M}", names.get(row.user_id), ", ".join(map(words, row.roles)), place)


def holds(uow: UnitOfWork, rows: Sequence[PaymentHold]) -> list[Row]:
    """Return a row for each hold and stop of payments."""
    names = names_of(uow.session, uow.actor, [user_id for row in rows for user_id in (row.put_by, row.lifted_by)])
    budgets_called = references_of(uow.session, uow.actor, [row.budget_id for row in rows], uow.today)
    return [
        (
            row.start_on,
            row.end_on,
            budgets_called[row.budget_id],
            words(row.kind),
            row.reason,
            names.get(row.put_by),
            names.get(row.lifted_by) if row.lifted_by else None,
            row.lift_reason,
        )
        for row in rows
    ]


def journals(uow: UnitOfWork, rows: Sequence[Journal]) -> list[Row]:
    """Return a row for each journal, with what its debits come to in its own layer."""
    lines = lines_of_journals(uow.session, [row.id for row in rows])
    names = names_of(
        uow.session, uow.actor, [user_id for row in rows for user_id in (row.prepared_by, row.approved_by)]
    )
    return [
        (
            row.effective_on,
            london_date(row.recorded_at),
            row.reporting_month and month_in_words(row.reporting_month),
            words(row.kind),
            row.narration,
            names.get(row.prepared_by),
            names.get(row.approved_by) if row.approved_by else None,
            from_pence(_debits(lines[row.id])),
        )
        for row in rows
    ]


def _debits(lines: Sequence[JournalLine]) -> int:
    """Return what the debits of a journal come to in the first of its layers: the others repeat it."""
    layer = min(line.layer for line in lines)
    return sum(line.pence for line in lines if line.layer == layer and line.pence > 0)


def account_lines(uow: UnitOfWork, rows: Sequence[JournalLine]) -> list[Row]:
    """Return a row for each line of an account, debit and credit apart."""
    budgets_called = references_of(uow.session, uow.actor, [row.budget_id for row in rows], uow.today)
    return [
        (
            row.effective_on,
            words(row.account),
            row.fund,
            words(row.kind),
            budgets_called.get(row.budget_id) if row.budget_id else None,
            str(row.journal_id),
            *sides(from_pence(row.pence)),
        )
        for row in rows
    ]


def finance_codes(uow: UnitOfWork, _asked: Asked, _cursor: str | None, _limit: int) -> Part:
    """Return a row for each code of the finance system, all of them."""
    return Part(
        [
            (
                words(row.account),
                row.category_code,
                row.fund,
                row.effective_from,
                row.cost_centre,
                row.subjective_code,
                row.source,
            )
            for row in codes(uow.session)
        ]
    )


def funders(uow: UnitOfWork, asked: Asked, _cursor: str | None, _limit: int) -> Part:
    """Return a row for each funder of each budget, all of them: what it bears in some days."""
    shares = shares_of_budgets(uow.session, asked.days)
    budgets_called = references_of(uow.session, uow.actor, [share.budget_id for share in shares], uow.today)
    rows = [
        (share.fund, budgets_called.get(share.budget_id), share.spent, share.contributions, share.paid_out)
        for share in shares
    ]
    return Part(sorted(rows, key=lambda row: (row[0] != NHS, row[0], row[1] or "")))


def changed_details(uow: UnitOfWork, rows: Sequence[BankAccount]) -> list[Row]:
    """Return a row for each change of bank details, with the first payment that came after it."""
    names = names_of(
        uow.session, uow.actor, [user_id for row in rows for user_id in (row.proposed_by, row.confirmed_by)]
    )
    payees = payee_names(uow.session, uow.actor, [row.payee_id for row in rows], uow.today)
    found: list[Row] = []
    for row in rows:
        changed_on = london_date(row.confirmed_at) if row.confirmed_at else uow.today
        paid = uow.session.scalars(
            select(Instruction)
            .where(Instruction.payee_id == row.payee_id, Instruction.settled_on >= changed_on)
            .order_by(Instruction.settled_on, Instruction.id)
            .limit(1)
        ).first()
        after = (paid.settled_on, paid.settled_on - changed_on, paid.amount) if paid and paid.settled_on else None
        found.append(
            (
                changed_on,
                payees.get(row.payee_id),
                row.masked,
                names.get(row.proposed_by),
                names.get(row.confirmed_by) if row.confirmed_by else None,
                after and after[0],
                after and after[1].days,
                after and after[2],
            )
        )
    return found


def over_limits(uow: UnitOfWork, rows: Sequence[SignOff]) -> list[Row]:
    """Return a row for each sign-off above the limit it was given under, or under none."""
    limits_of = {
        row.id: row
        for row in uow.session.scalars(
            select(DelegationLimit).where(DelegationLimit.id.in_({row.limit_id for row in rows if row.limit_id}))
        )
    }
    names = names_of(uow.session, uow.actor, [row.signed_by for row in rows])
    budgets_called = references_of(uow.session, uow.actor, [row.budget_id for row in rows], uow.today)
    return [
        (
            london_date(row.signed_at),
            budgets_called.get(row.budget_id),
            names.get(row.signed_by),
            row.value,
            limits_of[row.limit_id].limit if row.limit_id else None,
        )
        for row in rows
    ]
