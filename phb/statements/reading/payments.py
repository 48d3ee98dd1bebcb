"""Who holds the money of each pot, what is due for some days, and which payment comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from phb.budget.plans.models import Pot as PotRow
from phb.core.period import Period
from phb.payments.checks.models import PaymentHold
from phb.payments.kinds import SubjectKind
from phb.payments.payees.models import Payee
from phb.payments.runs.models import Instruction
from phb.payments.schedules.models import Instalment
from phb.payments.workflow import InstructionState
from phb.people.models import Organisation, Person
from phb.statements.pot import Due, NextPayment

NOT_SENT = (InstructionState.REQUESTED, InstructionState.IN_RUN, InstructionState.CANCELLED)


@dataclass(frozen=True)
class Parties:
    """The names that a statement calls people by: the commissioner's and the budget holder's."""

    commissioner: str
    holder: str


def holders(session: Session, pots: Sequence[PotRow], parties: Parties, on: date) -> dict[UUID, str]:
    """Return who holds the money of each pot on a day; two pots of one way and name are told apart by reference."""
    names = {pot.id: _holder(session, pot, parties, on) for pot in pots}
    ways = [(pot.management, names[pot.id]) for pot in pots]
    return {
        pot.id: f"{name} ({pot.reference})" if ways.count((pot.management, name)) > 1 else name
        for pot, (_, name) in zip(pots, ways, strict=True)
    }


def due_for(session: Session, pot_id: UUID, days: Period) -> tuple[Due, ...]:
    """Return the payments of a pot that are for any of some days, those planned and not given up."""
    rows = session.scalars(
        select(Instalment)
        .where(Instalment.pot_id == pot_id, Instalment.ended.is_(None))
        .where(func.lower(Instalment.covers) < days.end_on, func.upper(Instalment.covers) > days.start_on)
        .order_by(Instalment.due_on, Instalment.id)
    )
    return tuple(Due(row.period, row.amount) for row in rows)


def next_payment(session: Session, pot_id: UUID, on: date) -> NextPayment | None:
    """Return the first payment of a pot that is planned for a day or later, not on its way and not held."""
    sent = exists().where(
        Instruction.subject_kind == SubjectKind.INSTALMENT,
        Instruction.subject_id == Instalment.id,
        Instruction.state.not_in(NOT_SENT),
    )
    held = exists().where(
        PaymentHold.budget_id == Instalment.budget_id,
        or_(PaymentHold.pot_id.is_(None), PaymentHold.pot_id == Instalment.pot_id),
        PaymentHold.start_on <= Instalment.pay_on,
        or_(PaymentHold.end_on.is_(None), PaymentHold.end_on > Instalment.pay_on),
    )
    planned = select(Instalment).where(
        Instalment.pot_id == pot_id, Instalment.ended.is_(None), Instalment.pay_on >= on, ~sent, ~held
    )
    row = session.scalars(planned.order_by(Instalment.pay_on, Instalment.id).limit(1)).first()
    return NextPayment(row.pay_on, row.amount, row.period) if row else None


def _holder(session: Session, pot: PotRow, parties: Parties, on: date) -> str:
    if not pot.management_type.is_handed_over:
        return parties.commissioner
    if pot.organisation_id is not None:
        return session.scalars(select(Organisation.name).where(Organisation.id == pot.organisation_id)).one()
    return _payee(session, pot.id, on) or parties.holder


def _payee(session: Session, pot_id: UUID, on: date) -> str | None:
    """Return who receives a direct payment in somebody's place, by the newest instalment whose days have begun."""
    row = Instalment
    found = session.execute(
        select(Person, Organisation.name)
        .select_from(row)
        .join(Payee, Payee.id == row.payee_id)
        .outerjoin(Person, Person.id == Payee.acting_person_id)
        .outerjoin(Organisation, Organisation.id == Payee.organisation_id)
        .where(row.pot_id == pot_id, row.ended.is_(None), func.lower(row.covers) <= on)
        .order_by(func.lower(row.covers).desc(), row.id)
        .limit(1)
    ).first()
    if found is None:
        return None
    person, organisation = found
    return person.full_name if person else organisation
