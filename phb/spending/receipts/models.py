"""Receipts of a record of spend, and the files they are, as Python sees the tables; migrations/ holds their guards."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Integer, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from phb.core.database import Base
from phb.people.models import NEW_ID, own


class ReceiptFile(Base):
    """The bytes of a receipt, kept once under their digest."""

    __tablename__ = "receipt_file"

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Receipt(Base):
    """A receipt of a record of spend. It has a name made from its digest: a file's own name may hold anything."""

    __tablename__ = "receipt"
    __table_args__ = (
        UniqueConstraint("commissioner_id", "spend_id", "sha256", name="uq_receipt_once"),
        own("spend_id", "spend_record", "receipt_spend"),
        ForeignKeyConstraint(
            ["commissioner_id", "sha256"],
            ["receipt_file.commissioner_id", "receipt_file.sha256"],
            name="fk_receipt_file",
        ),
        Index("ix_receipt_file", "commissioner_id", "sha256"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=NEW_ID)
    spend_id: Mapped[UUID]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column("size_bytes", Integer)
    attached_by: Mapped[UUID]
    attached_at: Mapped[datetime]

    @property
    def digest(self) -> str:
        """The SHA-256 of the bytes, as people compare it."""
        return self.sha256.hex()

    @property
    def name(self) -> str:
        """A name with nothing personal in it."""
        return f"receipt-{self.digest[:12]}.{EXTENSIONS[self.media_type]}"

    def again_for(self, spend_id: UUID) -> "Receipt":
        """Return the same receipt for another record of spend."""
        return Receipt(
            commissioner_id=self.commissioner_id,
            spend_id=spend_id,
            sha256=self.sha256,
            media_type=self.media_type,
            size=self.size,
            attached_by=self.attached_by,
            attached_at=self.attached_at,
        )


EXTENSIONS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}
