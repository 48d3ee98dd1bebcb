"""Files that were taken in, as Python sees their table; migrations/ holds its guards."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from phb.core.database import Base
from phb.people.models import NEW_ID, own


class TakenFile(Base):
    """That a file was taken in: its digest, never its name or what it holds."""

    __tablename__ = "taken_file"
    __table_args__ = (
        own("taken_by", "user_account", "taken_file_user"),
        Index("ix_taken_file_sha256", "commissioner_id", "kind", "sha256", "taken_at"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=NEW_ID)
    kind: Mapped[str]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    taken_by: Mapped[UUID]
    roles: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    taken_at: Mapped[datetime]
