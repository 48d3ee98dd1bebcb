"""Bank holidays, as imported."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from phb.core.database import Base


class BankHoliday(Base):
    """A day on which banks are shut; not `observed` once it was moved to another day."""

    __tablename__ = "bank_holiday"

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    title: Mapped[str]
    observed: Mapped[bool]
    confidence: Mapped[str]
    source: Mapped[str]
