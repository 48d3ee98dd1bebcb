"""Spend that is asked about, and providers' invoices that are owed and not on their way to be paid."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import ColumnElement, Exists, case, exists, literal, select, type_coerce
from sqlalchemy.types import BigInteger

from phb.budget.budgets.models import PersonalHealthBudget
from phb.monitoring.waiting.columns import Of, Reader, columns
from phb.monitoring.waiting.kinds import WaitingKind
from phb.payments.kinds import PayeeKind, SubjectKind
from phb.payments.payees.models import Payee
from phb.payments.runs.models import Instruction
from phb.payments.workflow import UNSENT
from phb.spending.invoices.models import ProviderInvoice
from phb.spending.invoices.queries import visible_invoices
from phb.spending.kinds import InvoiceState
from phb.spending.records.models import SpendRecord
from phb.spending.records.queries import pending_questions

NOBODYS = literal(value=False)


def spending(reader: Reader) -> Iterator[tuple[WaitingKind, Of]]:
    """Yield what waits of spending, one query for each kind; those of invoices for both of theirs."""
    yield WaitingKind.SPEND_ASKED_ABOUT, _asked_about(reader)
    yield WaitingKind.INVOICE_NOT_PAID, _invoices(reader, _waits_for_a_run())
    yield WaitingKind.INVOICE_NOT_PAID, _invoices(reader, ~ProviderInvoice.payment_asked_for)


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


def _waits_for_a_run() -> ColumnElement[bool]:
    """Return the condition that an invoice has a payment which is in no run yet."""
    row = Instruction
    of_invoices = select(row.subject_id).where(row.subject_kind == SubjectKind.INVOICE, row.state.in_(UNSENT))
    return ProviderInvoice.id.in_(of_invoices)
