"""Attach a receipt to a record of spend, when it is recorded or later."""

from hashlib import sha256
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from phb.core.actor import Permission
from phb.core.uow import UnitOfWork
from phb.governance import audit
from phb.people.saving import Change, Put, save
from phb.spending.kinds import Evidence
from phb.spending.receipts.content import media_type_of
from phb.spending.receipts.models import Receipt, ReceiptFile
from phb.spending.records import queries
from phb.spending.records.decisions import refuse_corrected
from phb.spending.records.draft import NewSpend
from phb.spending.records.models import SpendRecord
from phb.spending.records.operations import record_spend


def attach_receipt(uow: UnitOfWork, spend_id: UUID, content: bytes) -> Put[Receipt]:
    """Attach a receipt, so that the evidence of the record is seen; the same file again changes nothing.

    Raises:
        SpendNotFoundError: there is no such record for this actor.
        CorrectedAlreadyError: the record was taken back.
        ReceiptTooLargeError, NotAReceiptError: it is too large, no PDF, PNG or JPEG, or cannot be read.
    """
    uow.actor.require(Permission.SPEND_RECORD)
    row = queries.spend_for_update(uow.session, uow.actor, spend_id, uow.today)
    refuse_corrected(row)
    media_type, digest = media_type_of(content), sha256(content).digest()
    known = uow.session.scalars(select(Receipt).where(Receipt.spend_id == row.id, Receipt.sha256 == digest)).first()
    if known is not None:
        return Put(known, Change.UNCHANGED)
    _keep(uow, digest, content)
    receipt = Receipt(
        commissioner_id=uow.commissioner_id,
        spend_id=row.id,
        sha256=digest,
        media_type=media_type,
        size=len(content),
        attached_by=uow.actor.user_id,
        attached_at=uow.now,
    )
    row.evidence = Evidence.SEEN
    save(uow, {}, receipt)
    audit.record(uow, "receipt.attached", "spend", row.id, person_id=row.person_id, receipt_id=receipt.id)
    return Put(receipt, Change.ADDED)


def record_spend_with_receipt(
    uow: UnitOfWork, budget_id: UUID, new: NewSpend, content: bytes | None
) -> Put[SpendRecord]:
    """Record money that left an account, and attach its receipt where there is one; both, or neither.

    Raises:
        DomainError: as record_spend() and attach_receipt() raise.
    """
    put = record_spend(uow, budget_id, new)
    if content is not None:
        attach_receipt(uow, put.row.id, content)
    return put


def _keep(uow: UnitOfWork, digest: bytes, content: bytes) -> None:
    row = {"commissioner_id": uow.commissioner_id, "sha256": digest, "content": content}
    uow.session.execute(insert(ReceiptFile).values(row).on_conflict_do_nothing())
