"""Schedules and their instalments, as Python sees the tables; migrations/ holds their guards."""

from datetime import date, datetime
from uuid import UUID, uuid4

from moneyed import Money
from sqlalchemy import ForeignKeyConstraint, Index, Integer, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from phb.core.database import Base, Versioned
from phb.core.money import MoneyType
from phb.core.period import Period
from phb.people.models import NEW_ID, own


class InstalmentSchedule(Base):
    """How a pot is paid out over some days of one financial year; a new one takes over what is not yet sent."""

    __tablename__ = "instalment_schedule"
    __table_args__ = (
        ForeignKeyConstraint(
            ["commissioner_id", "pot_id", "year"],
            ["pot_position.commissioner_id", "pot_position.pot_id", "pot_position.year"],
            name="fk_instalment_schedule_pot",
        ),
        own("person_id", "person", "instalment_schedule_person"),
        own("payee_id", "payee", "instalment_schedule_payee"),
        Index("ix_instalment_schedule_pot", "commissioner_id", "pot_id", "year"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=NEW_ID)
    budget_id: Mapped[UUID]
    pot_id: Mapped[UUID]
    person_id: Mapped[UUID]
    payee_id: Mapped[UUID]
    year: Mapped[int] = mapped_column(SmallInteger)
    rhythm: Mapped[str]
    in_advance: Mapped[bool]
    covers: Mapped[Range[date]] = mapped_column(DATERANGE)
    total: Mapped[Money] = mapped_column("total_pence", MoneyType)
    reason: Mapped[str]
    planned_by: Mapped[UUID]
    planned_at: Mapped[datetime]


class Instalment(Versioned, Base):
    """One payment of a schedule: for which days, how much, due when and paid on which working day."""

    __tablename__ = "instalment"
    __table_args__ = (
        UniqueConstraint("commissioner_id", "schedule_id", "number", name="uq_instalment_number"),
        own("schedule_id", "instalment_schedule", "instalment_schedule"),
        own("payee_id", "payee", "instalment_payee"),
        Index("ix_instalment_pay_on", "commissioner_id", "pay_on", postgresql_where=text("ended IS NULL")),
        Index("ix_instalment_budget", "commissioner_id", "budget_id"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, server_default=NEW_ID)
    schedule_id: Mapped[UUID]
    budget_id: Mapped[UUID]
    pot_id: Mapped[UUID]
    person_id: Mapped[UUID]
    payee_id: Mapped[UUID]
    year: Mapped[int] = mapped_column(SmallInteger)
    number: Mapped[int] = mapped_column(Integer)
    of_how_many: Mapped[int] = mapped_column(Integer)
    covers: Mapped[Range[date]] = mapped_column(DATERANGE)
    due_on: Mapped[date]
    pay_on: Mapped[date]
    amount: Mapped[Money] = mapped_column("amount_pence", MoneyType)
    ended: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    one_off: Mapped[bool]

    @property
    def period(self) -> Period:
        """The days it is for."""
        return as_period(self.covers)


def as_period(covers: Range[date]) -> Period:
    """Return a stored range of days, which is never open."""
    return Period(covers.lower, covers.upper)  # type: ignore[arg-type]  # a stored one is bounded on both sides


def as_range(period: Period) -> Range[date]:
    """Return a period as it is stored."""
    return Range(period.start_on, period.end_on)
