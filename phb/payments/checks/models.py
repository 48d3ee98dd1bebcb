"""Holds and stops on paying out, as Python sees the table."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from phb.core.database import Base, Versioned
from phb.people.models import NEW_ID, own


class PaymentHold(Versioned, Base):
    """Why nothing is paid for a budget, or one of its pots, from a day on; `end_on` is the first day without it."""

    __tablename__ = "payment_hold"
    __table_args__ = (
        own("person_id", "person", "payment_hold_person"),
        own("budget_id", "personal_health_budget", "payment_hold_budget"),
        Index("ix_payment_hold_budget", "commissioner_id", "budget_id"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=NEW_ID)
    budget_id: Mapped[UUID]
    pot_id: Mapped[UUID | None]
    person_id: Mapped[UUID]
    kind: Mapped[str]
    start_on: Mapped[date]
    end_on: Mapped[date | None]
    reason: Mapped[str]
    put_by: Mapped[UUID]
    put_at: Mapped[datetime]
    lifted_by: Mapped[UUID | None]
    lifted_at: Mapped[datetime | None]
    lift_reason: Mapped[str | None]
