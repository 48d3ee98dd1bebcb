"""What happened in the demonstration's year, counted in its database."""

from collections.abc import Mapping, Sequence
from typing import Any

from moneyed import Money
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from phb.budget.budgets.models import PersonalHealthBudget
from phb.core.money import format_pounds, from_pence
from phb.demo.office import Office
from phb.governance.models import AuditEvent
from phb.indicators.queries import checks
from phb.ledger.models import Journal
from phb.monitoring.reconcile import verify_books
from phb.payments.runs.models import Instruction, PaymentRun
from phb.people.models import Person
from phb.spending.invoices.models import ProviderInvoice
from phb.spending.records.models import SpendRecord

COUNTED: Mapping[str, Any] = {
    "people": Person,
    "budgets": PersonalHealthBudget,
    "records of spend": SpendRecord,
    "invoices": ProviderInvoice,
    "payment runs": PaymentRun,
    "payments": Instruction,
    "journals": Journal,
    "audit events": AuditEvent,
}
STATES: Mapping[str, Any] = {"budgets": PersonalHealthBudget, "payments": Instruction, "records of spend": SpendRecord}


def of(offices: Sequence[Office]) -> dict[str, dict[str, Any]]:
    """Return what each commissioner's year came to."""
    return {office.about.name: _of(office) for office in offices}


def lines(facts: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return what happened, in lines to print."""
    return [line for name, found in facts.items() for line in _lines(name, found)]


def _of(office: Office) -> dict[str, Any]:
    with office.unit(office.staff.auditor) as uow:
        report = checks(uow.session, uow.actor, uow.today)
        return {
            "counts": {name: _count(uow.session, model) for name, model in COUNTED.items()},
            "states": {name: _by_state(uow.session, model) for name, model in STATES.items()},
            "paid": format_pounds(_paid(uow.session)),
            "identities": [result.number for result in verify_books(uow.session) if not result.first_breach],
            "checks": [
                f"{check.rule.name}: {check.outcome.numerator}"
                + (f" of {check.outcome.denominator}" if check.outcome.denominator is not None else "")
                + f", {check.outcome.verdict.replace('_', ' ')}"
                for check in report.checks
            ],
        }


def _count(session: Session, model: Any) -> int:  # noqa: ANN401 - any table
    return session.scalar(select(func.count()).select_from(model)) or 0


def _by_state(session: Session, model: Any) -> dict[str, int]:  # noqa: ANN401 - any table with states
    rows = session.execute(select(model.state, func.count()).group_by(model.state).order_by(model.state))
    return {state: count for state, count in rows}  # noqa: C416 - a row is no pair to the type checker


def _paid(session: Session) -> Money:
    amounts = session.scalars(select(Instruction.amount).where(Instruction.state == "settled"))
    return sum(amounts, from_pence(0))


def _lines(name: str, found: Mapping[str, Any]) -> list[str]:
    counts = ", ".join(f"{count} {what}" for what, count in found["counts"].items())
    states = [
        f"  {what}: " + ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in by_state.items())
        for what, by_state in found["states"].items()
    ]
    return [
        f"{name}: {counts}; {found['paid']} arrived.",
        *states,
        f"  identities of the books that hold: {', '.join(map(str, found['identities']))}",
        *(f"  {check}" for check in found["checks"]),
    ]
