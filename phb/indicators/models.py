"""What was counted of days that are over."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from phb.core.database import Base


class CountedDay(Base):
    """How many people held which budgets at the end of a day, as the records stood at `counted_at`; never changed.

    `held` is a list of pairs: the budgets that somebody holds, each as [cohort, kind, setting, way of holding the
    money], and how many people hold them. `reporting_order` is what the way of a budget held in several was chosen by.
    """

    __tablename__ = "counted_day"

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    as_of: Mapped[date] = mapped_column(primary_key=True)
    reporting_order: Mapped[str]
    held: Mapped[list[Any]] = mapped_column(JSONB)
    counted_at: Mapped[datetime]
