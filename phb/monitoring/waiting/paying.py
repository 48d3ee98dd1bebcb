"""Bank details that a second person has to confirm, and payments that came back."""

from collections.abc import Iterator

from sqlalchemy import cast, func, literal, type_coerce
from sqlalchemy.types import BigInteger, DateTime

from phb.budget.budgets.models import PersonalHealthBudget
from phb.monitoring.waiting.columns import LONDON, Of, Reader, columns
from phb.monitoring.waiting.kinds import WaitingKind
from phb.payments.payees.models import BankAccount, Payee
from phb.payments.payees.names import details_to_confirm
from phb.payments.runs.models import Instruction
from phb.payments.runs.queries import visible_instructions
from phb.payments.workflow import InstructionState

NOBODYS = literal(value=False)


def paying(reader: Reader) -> Iterator[tuple[WaitingKind, Of]]:
    """Yield what waits of payees and payments, one query for each kind."""
    yield WaitingKind.ACCOUNT_TO_CONFIRM, _accounts(reader)
    yield WaitingKind.PAYMENT_CAME_BACK, _came_back(reader)


def _accounts(reader: Reader) -> Of:
    row = BankAccount
    return (
        details_to_confirm(reader.actor, reader.on)
        .join(Payee, Payee.id == row.payee_id)
        .with_only_columns(
            *columns(
                kind=WaitingKind.ACCOUNT_TO_CONFIRM,
                id=row.id,
                place_id=Payee.id,
                person_id=Payee.person_id,
                reference=Payee.reference,
                detail=row.ending,
                pence=None,
                since=row.proposed_at,
                by_on=reader.decide_by(row.proposed_at),
                whose=reader.whose(row.proposed_by == reader.actor.user_id),
            )
        )
    )


def _came_back(reader: Reader) -> Of:
    row, budget = Instruction, PersonalHealthBudget
    since = func.timezone(LONDON, cast(row.returned_on, DateTime))  # the day it came back, from its midnight
    return (
        visible_instructions(reader.actor, reader.on)
        .outerjoin(budget, budget.id == row.budget_id)
        .where(row.state == InstructionState.CAME_BACK)
        .with_only_columns(
            *columns(
                kind=WaitingKind.PAYMENT_CAME_BACK,
                id=row.id,
                place_id=row.id,
                person_id=row.person_id,
                reference=func.coalesce(budget.reference, ""),
                detail=None,
                pence=type_coerce(row.amount, BigInteger),
                since=since,
                by_on=reader.decide_by(since),
                whose=reader.whose(NOBODYS),
            )
        )
    )
