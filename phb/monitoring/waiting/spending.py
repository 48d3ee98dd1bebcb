"""Spend that is asked about, and providers' invoices that are owed and not on their way to be paid."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import ColumnElement, Exists, case, exists, literal, select, type_coerce
from sqlalchemy.orm import aliased
from sqlalchemy.types import BigInteger

from phb.budget.budgets.models import PersonalHealthBudget
from phb.monitoring.waiting.columns import Of, Reader, columns
from phb.monitoring.waiting.kinds import WaitingKind
from phb.payments.kinds import PayeeKind, SubjectKind
from phb.payments.payees.models import Payee
from phb.payments.runs.models import Instruction
from phb.payments.workflow import ENDED, UNSENT
from phb.spending.invoices.models import ProviderInvoice
from phb.spending.invoices.queries import visible_invoices
from phb.spending.kinds import InvoiceState
from phb.spending.records.models import SpendRecord
from phb.spending.records.queries import pending_questions

NOBODYS = literal(value=False)


def spending(reader: Reader) -> Iterator[tuple[WaitingKind, Of]]:
    """Yield what waits of spending, one query for each kind; those of invoices for both of theirs."""
    yield WaitingKind.SPEND_ASKED_ABOUT, _asked_about(reader)
    asked_for = _payment(Instruction.state.in_(UNSENT))
    yield WaitingKind.INVOICE_NOT_PAID, _invoices(reader, asked_for)
    never_asked_for = ~_payment(Instruction.state.not_in(ENDED))
    yield WaitingKind.INVOICE_NOT_PAID, _invoices(reader, never_asked_for & ~_an_earlier_one_was_sent())


def _asked_about(reader: Reader) -> Of:
    row = SpendRecord
    return (
        pending_questions(reader.actor, reader.on)
        .join(PersonalHealthBudget, PersonalHealthBudget.id == row.budget_id)
        .with_only_columns(
            *columns(
                kind=WaitingKind.SPEND_ASKED_ABOUT,
                id=row.id,
                place_id=row.budget_id,
                person_id=row.person_id,
                reference=PersonalHealthBudget.reference,
                detail=row.reason,
                pence=type_coerce(row.amount, BigInteger),
                since=row.recorded_at,
                by_on=reader.decide_by(row.recorded_at),
                whose=reader.whose(row.recorded_by == reader.actor.user_id),
            )
        )
    )


def _invoices(reader: Reader, which: ColumnElement[bool]) -> Of:
    row = ProviderInvoice
    kind = case((_has_payee(), WaitingKind.INVOICE_NOT_PAID.value), else_=WaitingKind.INVOICE_WITHOUT_PAYEE.value)
    return (
        visible_invoices(reader.actor, reader.on)
        .where(row.state == InvoiceState.ACCEPTED, type_coerce(row.amount, BigInteger) > 0, which)
        .with_only_columns(
            *columns(
                kind=kind,
                id=row.id,
                place_id=row.budget_id,
                person_id=row.person_id,
                reference=row.reference,
                detail=None,
                pence=type_coerce(row.amount, BigInteger),
                since=row.accepted_at,
                by_on=row.invoiced_on + timedelta(days=reader.times.pay_invoices_within_days),
                whose=reader.whose(NOBODYS),
            )
        )
    )


def _has_payee() -> Exists:
    return exists().where(Payee.kind == PayeeKind.PROVIDER, Payee.organisation_id == ProviderInvoice.provider_id)


def _payment(which: ColumnElement[bool]) -> Exists:
    """Return the condition that an invoice has a payment of a kind."""
    row = Instruction
    return exists().where(row.subject_kind == SubjectKind.INVOICE, row.subject_id == ProviderInvoice.id, which)


def _an_earlier_one_was_sent() -> Exists:
    """Return the condition that the payment of a document which this one stands for, at any remove, was sent."""
    row, before, payment = ProviderInvoice, aliased(ProviderInvoice), Instruction
    first = select(row.id, row.replaces_id).where(row.state == InvoiceState.ACCEPTED, row.replaces_id.is_not(None))
    chain = first.cte("chain", recursive=True)
    further = select(chain.c.id, before.replaces_id).join(before, before.id == chain.c.replaces_id)
    chain = chain.union_all(further.where(before.replaces_id.is_not(None)))
    return exists().where(
        chain.c.id == row.id,
        payment.subject_kind == SubjectKind.INVOICE,
        payment.subject_id == chain.c.replaces_id,
        payment.state.not_in((*ENDED, *UNSENT)),
    )
