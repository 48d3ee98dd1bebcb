"""The receipts of spend that an actor may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from phb.core.actor import Actor
from phb.core.errors import NotFoundError
from phb.spending.receipts.models import Receipt, ReceiptFile
from phb.spending.records.models import SpendRecord
from phb.spending.records.queries import spend, visible_spend


class ReceiptNotFoundError(NotFoundError):
    """There is no such receipt for this actor."""

    code = "receipt-not-found"


@dataclass(frozen=True)
class ReceiptWithContent:
    """A receipt and its bytes."""

    receipt: Receipt
    content: bytes


def receipts_of(session: Session, actor: Actor, spend_id: UUID, on: date) -> Sequence[Receipt]:
    """Return the receipts of a record, the first attached first.

    Raises:
        SpendNotFoundError: there is no such record for this actor.
    """
    found = spend(session, actor, spend_id, on)
    query = select(Receipt).where(Receipt.spend_id == found.id).order_by(Receipt.attached_at, Receipt.id)
    return session.scalars(query).all()


def receipt(session: Session, actor: Actor, receipt_id: UUID, on: date) -> ReceiptWithContent:
    """Return one receipt with its bytes.

    Raises:
        ReceiptNotFoundError: absent, or of spend that is not the actor's to see.
    """
    mine = visible_spend(actor, on).with_only_columns(SpendRecord.id)
    row = session.scalars(select(Receipt).where(Receipt.id == receipt_id, Receipt.spend_id.in_(mine))).first()
    if row is None:
        raise ReceiptNotFoundError("There is no such receipt. Look at the record of spend.")
    file = session.get_one(ReceiptFile, (row.commissioner_id, row.sha256))
    return ReceiptWithContent(row, file.content)
