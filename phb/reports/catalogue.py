"""Which reports there are: what each shows, in which order, under which headings, and what it is narrowed by."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from phb.budget.budgets.models import PersonalHealthBudget, SignOff
from phb.budget.queries import visible_budgets
from phb.core.clock import LONDON, end_of_day
from phb.core.days import Days
from phb.core.uow import UnitOfWork
from phb.documents.document import Column
from phb.governance.audit import READS, Stopped
from phb.governance.models import AuditEvent, DelegationLimit
from phb.ledger.chart import JournalKind
from phb.ledger.models import Journal, JournalLine
from phb.payments.checks.models import PaymentHold
from phb.payments.checks.queries import visible_holds
from phb.payments.payees.models import BankAccount
from phb.payments.runs.models import Instruction
from phb.payments.runs.queries import visible_instructions
from phb.people.models import User
from phb.people.users.queries import visible_users
from phb.reports import rows
from phb.reports.pound import pound
from phb.reports.report import Asked, Report, selected

T = TypeVar("T")
DONE_BY = (
    Column("day", "Day"),
    Column("time", "Time"),
    Column("who", "Who"),
    Column("roles", "Roles"),
    Column("organisation", "At"),
)
JOURNALS = (
    Column("day", "Happened"),
    Column("recorded", "Recorded"),
    Column("reported", "Reported in"),
    Column("kind", "Kind"),
    Column("what", "What"),
    Column("prepared_by", "Prepared by"),
    Column("approved_by", "Approved by"),
    Column("amount", "Amount", numeric=True),
)
WRITE_OFFS = (JournalKind.SPEND_WRITTEN_OFF, JournalKind.UNUSED_WRITTEN_OFF, JournalKind.SMALL_SUM_LEFT)


def payments(uow: UnitOfWork, asked: Asked) -> Select[Instruction]:
    """Select the payments due in some days, of at least a sum."""
    query = asked.days.of(visible_instructions(uow.actor, uow.today), Instruction.due_on)
    return query if asked.at_least is None else query.where(Instruction.amount >= asked.at_least)


def looks(_: UnitOfWork, asked: Asked) -> Select[AuditEvent]:
    """Select the looks at people's records in some days."""
    event = AuditEvent
    return select(event).where(event.action.in_(READS), *_within(asked.days, event.recorded_at))


def reasons(_: UnitOfWork, asked: Asked) -> Select[AuditEvent]:
    """Select what was done in some days with a reason."""
    event = AuditEvent
    return select(event).where(event.reason.is_not(None), *_within(asked.days, event.recorded_at))


def changed_details(_: UnitOfWork, asked: Asked) -> Select[BankAccount]:
    """Select the bank details that took the place of others, by the day they were confirmed."""
    row = BankAccount
    return select(row).where(row.ordinal > 1, row.confirmed_at.is_not(None), *_within(asked.days, row.confirmed_at))


def duplicates(_: UnitOfWork, asked: Asked) -> Select[AuditEvent]:
    """Select what was stopped in some days from being done twice, and spend that looks like other spend."""
    event = AuditEvent
    looks_alike = (event.action == "spend.recorded") & (event.facts["looks_like"].astext.is_not(None))
    return select(event).where(
        or_(event.action.in_(tuple(Stopped)), looks_alike), *_within(asked.days, event.recorded_at)
    )


def over_limits(_: UnitOfWork, asked: Asked) -> Select[SignOff]:
    """Select the sign-offs by finance in some days that are above their limit, or have none."""
    row, limit = SignOff, DelegationLimit
    return (
        select(row)
        .outerjoin(limit, (limit.commissioner_id == row.commissioner_id) & (limit.id == row.limit_id))
        .where(
            row.step == "sign_off_finance",
            or_(row.limit_id.is_(None), row.value > limit.limit),
            *_within(asked.days, row.signed_at),
        )
    )


def late(_: UnitOfWork, asked: Asked) -> Select[Journal]:
    """Select what happened in some days and is reported in a later month."""
    return asked.days.of(select(Journal), Journal.effective_on).where(Journal.reporting_month > Journal.effective_on)


def written_off(_: UnitOfWork, asked: Asked) -> Select[Journal]:
    """Select the write-offs of some days."""
    return asked.days.of(select(Journal), Journal.effective_on).where(Journal.kind.in_(WRITE_OFFS))


def account_lines(_: UnitOfWork, asked: Asked) -> Select[JournalLine]:
    """Select the lines of an account in some days."""
    query = asked.days.of(select(JournalLine), JournalLine.effective_on)
    return query if asked.account is None else query.where(JournalLine.account == asked.account)


def _within(
    days: Days, at: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]
) -> list[ColumnElement[bool]]:
    """Return the conditions for an instant to lie in some days in London."""
    conditions: list[ColumnElement[bool]] = []
    if days.first is not None:
        conditions.append(at >= datetime.combine(days.first, time.min, tzinfo=LONDON))
    if days.last is not None:
        conditions.append(at <= end_of_day(days.last))
    return conditions


REPORTS: Mapping[str, Report] = {
    "budgets": Report(
        "Budgets",
        "Every budget: whose, of which kind, where it stands, and what its plan comes to",
        (
            Column("budget", "Budget"),
            Column("person", "Person"),
            Column("name", "Name"),
            Column("kind", "Kind"),
            Column("cohort", "Cohort"),
            Column("care_setting", "Where"),
            Column("state", "Where it stands"),
            Column("first_day", "First day"),
            Column("last_day", "Last day"),
            Column("ways", "How the money is held"),
            Column("amount", "The plan comes to", numeric=True),
        ),
        selected(
            lambda uow, _: visible_budgets(uow.actor, uow.today),
            (PersonalHealthBudget.reference, PersonalHealthBudget.id),
            rows.budgets,
        ),
    ),
    "payments": Report(
        "Payments",
        "Every payment: to whom, for which budget, and what became of it",
        (
            Column("due", "Due"),
            Column("payee", "Payee"),
            Column("budget", "Budget"),
            Column("what", "What it pays"),
            Column("state", "Where it stands"),
            Column("arrived", "Arrived"),
            Column("came_back", "Came back"),
            Column("amount", "Amount", numeric=True),
        ),
        selected(payments, (Instruction.due_on, Instruction.id), rows.payments),
        ("days", "at_least"),
    ),
    "users": Report(
        "Users and their roles",
        "Everybody who signs in, and every role they held, hold or will hold",
        (
            Column("name", "Name"),
            Column("sign_in_name", "Sign-in name"),
            Column("role", "Role"),
            Column("organisation", "At"),
            Column("from", "From"),
            Column("before", "Before"),
        ),
        selected(lambda uow, _: visible_users(uow.actor), (User.name, User.id), rows.users),
    ),
    "policies": Report(
        "Policies in force today",
        "Each setting, since when it holds, and where it was decided",
        (
            Column("policy", "Policy"),
            Column("setting", "Setting"),
            Column("value", "Value"),
            Column("since", "Since"),
            Column("decided", "Decided"),
        ),
        rows.policies,
    ),
    "limits": Report(
        "Limits in force today",
        "Who may sign off how much",
        (
            Column("role", "Role"),
            Column("who", "Who"),
            Column("since", "Since"),
            Column("decided", "Decided"),
            Column("confirmed_by", "Confirmed by"),
            Column("limit", "Up to", numeric=True),
        ),
        rows.limits,
    ),
    "finance-codes": Report(
        "Codes of the finance system",
        "What each account and category is called in the finance system, and since when",
        (
            Column("account", "Account"),
            Column("category", "Category"),
            Column("fund", "Fund"),
            Column("since", "Since"),
            Column("cost_centre", "Cost centre"),
            Column("subjective_code", "Subjective code"),
            Column("decided", "Decided"),
        ),
        rows.finance_codes,
    ),
    "looks": Report(
        "Who looked at whose record",
        "Every look at a person's record, the latest first",
        (*DONE_BY, Column("what", "What"), Column("person", "Whose")),
        selected(looks, (AuditEvent.recorded_at, AuditEvent.id), rows.looks, newest_first=True),
        ("days",),
    ),
    "reasons": Report(
        "What was done for a reason",
        "Everything for which somebody had to say why, the latest first",
        (*DONE_BY, Column("about", "About"), Column("what", "What"), Column("reason", "Reason")),
        selected(reasons, (AuditEvent.recorded_at, AuditEvent.id), rows.reasons, newest_first=True),
        ("days",),
    ),
    "duplicates": Report(
        "Duplicates stopped",
        "What was not done a second time, and spend that is asked about because it looks like other spend",
        (*DONE_BY, Column("what", "What"), Column("reference", "Number")),
        selected(duplicates, (AuditEvent.recorded_at, AuditEvent.id), rows.duplicates, newest_first=True),
        ("days",),
    ),
    "holds": Report(
        "Holds and stops",
        "When payments were held or stopped, why, and who put and lifted it",
        (
            Column("from", "From"),
            Column("before", "Before"),
            Column("budget", "Budget"),
            Column("kind", "Kind"),
            Column("reason", "Reason"),
            Column("put_by", "Put by"),
            Column("lifted_by", "Lifted by"),
            Column("lift_reason", "Why it was lifted"),
        ),
        selected(
            lambda uow, asked: asked.days.of(visible_holds(uow.actor, uow.today), PaymentHold.start_on),
            (PaymentHold.start_on, PaymentHold.id),
            rows.holds,
        ),
        ("days",),
    ),
    "bank-details": Report(
        "Bank details changed, and then paid",
        "Every change of confirmed bank details, with the first payment after it",
        (
            Column("changed", "Changed"),
            Column("payee", "Payee"),
            Column("account", "Account"),
            Column("proposed_by", "Proposed by"),
            Column("confirmed_by", "Confirmed by"),
            Column("paid", "Next paid"),
            Column("days", "Days between", numeric=True),
            Column("amount", "Amount", numeric=True),
        ),
        selected(changed_details, (BankAccount.confirmed_at, BankAccount.id), rows.changed_details, newest_first=True),
        ("days",),
    ),
    "over-limits": Report(
        "Sign-offs above a limit",
        "What finance signed off above the limit, or under none; there is nothing here while the limits hold",
        (
            Column("day", "Day"),
            Column("budget", "Budget"),
            Column("by", "Signed off by"),
            Column("value", "Value", numeric=True),
            Column("limit", "Limit", numeric=True),
        ),
        selected(over_limits, (SignOff.signed_at, SignOff.id), rows.over_limits),
        ("days",),
    ),
    "late": Report(
        "Entries that came late",
        "What happened in a month that was closed when it was recorded, and which month reports it",
        JOURNALS,
        selected(late, (Journal.recorded_at, Journal.id), rows.journals, newest_first=True),
        ("days",),
    ),
    "write-offs": Report(
        "Write-offs",
        "Money that is no longer asked back: written off, or left with somebody as a small sum",
        JOURNALS,
        selected(written_off, (Journal.effective_on, Journal.id), rows.journals),
        ("days",),
    ),
    "funders": Report(
        "What funders bear of each budget",
        "Each funder's part of what was spent and paid out for each budget, in some days",
        (
            Column("fund", "Fund"),
            Column("budget", "Budget"),
            Column("spent", "Spent", numeric=True),
            Column("contributions", "Contributions", numeric=True),
            Column("paid_out", "Paid out", numeric=True),
        ),
        rows.funders,
        ("days",),
    ),
    "pound": Report(
        "One pound, from envelope to receipt",
        "Every step that leads to one journal: what funders have, who agreed, paid and bought, and the receipt",
        (
            Column("stage", "Stage"),
            Column("day", "Day"),
            Column("what", "What"),
            Column("who", "Who"),
            Column("reference", "Number"),
            Column("amount", "Amount", numeric=True),
        ),
        pound,
        ("journal",),
    ),
    "account": Report(
        "Lines of an account",
        "Every line of one account of the books, or of all, in the order of their days",
        (
            Column("day", "Day"),
            Column("account", "Account"),
            Column("fund", "Fund"),
            Column("kind", "Kind"),
            Column("budget", "Budget"),
            Column("journal", "Journal"),
            Column("debit", "Debit", numeric=True),
            Column("credit", "Credit", numeric=True),
        ),
        selected(
            account_lines,
            (JournalLine.effective_on, JournalLine.journal_id, JournalLine.ordinal),
            rows.account_lines,
        ),
        ("days", "account"),
    ),
}
