"""Duties of spend that is asked about, of receipts, and of invoices that nobody pays."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, literal, select
from sqlalchemy.orm import aliased

from phb.core.actor import Role
from phb.core.money import from_pence
from phb.monitoring.duties.duty import Column, Duty, Source, Terms, day_of, in_pounds, in_words, row
from phb.payments.kinds import SubjectKind
from phb.payments.runs.models import Instruction
from phb.payments.workflow import InstructionState
from phb.spending.invoices.models import ProviderInvoice
from phb.spending.invoices.queries import visible_invoices
from phb.spending.kinds import Evidence, InvoiceState, SpendState
from phb.spending.records.models import SpendRecord
from phb.spending.records.queries import visible_spend

FINANCE = frozenset({Role.FINANCE_OFFICER})
WHO_SPENDS = frozenset({Role.HOLDER, Role.REPRESENTATIVE, Role.NOMINEE, Role.BROKER, Role.THIRD_PARTY})
Spend, Invoice = SpendRecord, ProviderInvoice

SPEND = Source(lambda: select(Spend), visible_spend)
INVOICES = Source(lambda: select(Invoice), visible_invoices)


def _asked_about(query: Select[Any], terms: Terms) -> Select[Any]:
    since = day_of(Spend.recorded_at)
    about = _about_spend(since, since + terms.finance.decide_within_days)
    return query.where(Spend.state == SpendState.ASKED_ABOUT).with_only_columns(*about)


def _without_receipt(query: Select[Any], terms: Terms) -> Select[Any]:
    recorded_on, after = day_of(Spend.recorded_at), terms.tasks.receipt_after
    about = _about_spend(recorded_on + after, recorded_on + after + terms.tasks.receipt)
    return query.where(
        Spend.evidence == Evidence.AWAITED,
        Spend.state.not_in([SpendState.CORRECTED, SpendState.PUT_BACK]),
        recorded_on <= terms.today - timedelta(days=after),
    ).with_only_columns(*about)


def _unpaid(query: Select[Any], terms: Terms) -> Select[Any]:
    """Find what was accepted and not asked to be paid; what stands for a document that was paid is paid too."""
    before = aliased(Invoice)
    paid = _asked_to_be_paid(Invoice) | exists().where(before.id == Invoice.replaces_id, _asked_to_be_paid(before))
    about = row(
        subject_id=Invoice.id,
        budget_id=Invoice.budget_id,
        person_id=Invoice.person_id,
        since_on=day_of(Invoice.accepted_at),
        due_on=Invoice.invoiced_on + terms.finance.pay_invoices_within_days,
        label=literal("invoice ") + Invoice.reference + literal(" of ") + in_pounds(Invoice.amount),
    )
    owed = (Invoice.state == InvoiceState.ACCEPTED) & (Invoice.amount > from_pence(0))
    return query.where(owed, ~paid).with_only_columns(*about)


def _asked_to_be_paid(invoice: Any) -> Any:  # noqa: ANN401 - the table or an alias of it
    return exists().where(
        Instruction.subject_kind == SubjectKind.INVOICE,
        Instruction.subject_id == invoice.id,
        Instruction.state.not_in([InstructionState.CANCELLED, InstructionState.GIVEN_UP]),
    )


def _about_spend(since_on: Column, due_on: Column) -> tuple[ColumnElement[Any], ...]:
    return row(
        subject_id=Spend.id,
        budget_id=Spend.budget_id,
        person_id=Spend.person_id,
        since_on=since_on,
        due_on=due_on,
        label=in_pounds(Spend.amount) + " spent on " + in_words(Spend.spent_on),
    )


OF_SPENDING = (
    Duty(
        "spend.decide",
        "Decide about this spend: it is being asked about",
        FINANCE,
        "/spending/{subject_id}",
        SPEND,
        _asked_about,
        not_by=(Spend.recorded_by,),
    ),
    Duty(
        "spend.send_receipt",
        "Send a receipt for this spend",
        WHO_SPENDS,
        "/spending/{subject_id}",
        SPEND,
        _without_receipt,
    ),
    Duty(
        "invoice.pay",
        "Have this invoice paid: add the provider as a payee if it is none yet, and ask for the payment",
        FINANCE,
        "/invoices/{subject_id}",
        INVOICES,
        _unpaid,
    ),
)
