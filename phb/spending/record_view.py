"""One record of spend as people look at it: what it was for, its receipts, and what may be done with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from phb.budget.plans.models import CarePlan, LineTerms
from phb.budget.reference.categories import category
from phb.core.actor import Actor
from phb.spending.receipts.models import Receipt
from phb.spending.receipts.queries import receipts_of
from phb.spending.records.models import SpendRecord
from phb.spending.records.queries import is_barred, spend, visible_spend
from phb.spending.records.workflow import SPEND


@dataclass(frozen=True)
class SpendView:
    """A record of spend.

    `line` is what the plan says of the line it is for, None where it is in no plan; `allowed` names the moves the
    actor may make now. `barred` says that nobody may accept it, whatever their role. `instead` is the record that
    stands in its place, `mistaken` the one that it stands for, and `looks_like` an earlier one that looks the same.
    """

    record: SpendRecord
    category: str
    line: str | None
    receipts: Sequence[Receipt]
    allowed: tuple[str, ...]
    barred: bool
    instead: SpendRecord | None
    mistaken: SpendRecord | None
    looks_like: SpendRecord | None


def spend_view(session: Session, actor: Actor, spend_id: UUID, on: date) -> SpendView:
    """Return one record of spend with everything about it.

    Raises:
        SpendNotFoundError: absent, or not the actor's to see.
    """
    row = spend(session, actor, spend_id, on)
    barred = is_barred(session, row)

    def another(condition: ColumnElement[bool]) -> SpendRecord | None:
        return session.scalars(visible_spend(actor, on).where(condition)).first()

    return SpendView(
        record=row,
        category=category(row.category_code, row.spent_on).label,
        line=_words_of(session, row.booked_line_id or row.plan_line_id),
        receipts=receipts_of(session, actor, row.id, on),
        allowed=tuple(move for move in SPEND.allowed(actor, row) if not (barred and move == "accept")),
        barred=barred,
        instead=another(SpendRecord.replaces_id == row.id),
        mistaken=another(SpendRecord.id == row.replaces_id),
        looks_like=another(SpendRecord.id == row.duplicate_of),
    )


def _words_of(session: Session, plan_line_id: UUID | None) -> str | None:
    """Return what the newest version of the plan that has a line says it is for."""
    terms = LineTerms
    query = select(terms.words).join(CarePlan, CarePlan.id == terms.plan_id).where(terms.plan_line_id == plan_line_id)
    return session.scalars(query.order_by(CarePlan.plan_version.desc()).limit(1)).first()
