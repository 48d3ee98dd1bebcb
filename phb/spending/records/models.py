"""Records of spend and each funder's share of them, as Python sees the tables; migrations/ holds their guards."""

from datetime import date, datetime
from uuid import UUID

from moneyed import Money
from sqlalchemy import BigInteger, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from phb.core.database import Base, Versioned
from phb.core.money import MoneyType
from phb.core.period import Period
from phb.people.models import own
from phb.spending.kinds import ReasonCode
from phb.spending.records.rules import Question


class SpendRecord(Versioned, Base):
    """Money that left an account of a pot, as somebody recorded it.

    `plan_line_id` is the line it was recorded against, None where it is in no plan; `booked_line_id` the line it was
    spent on in the books, None while or where it was not. `duplicate_of` is an earlier record that looks the same;
    `replaces_id` the mistaken one that this record stands for.
    """

    __tablename__ = "spend_record"
    __table_args__ = (
        UniqueConstraint("commissioner_id", "reference", name="uq_spend_record_reference"),
        UniqueConstraint("commissioner_id", "replaces_id", name="uq_spend_record_replaces"),
        own("budget_id", "personal_health_budget", "spend_record_budget"),
        own("person_id", "person", "spend_record_person"),
        own("pot_id", "pot", "spend_record_pot"),
        own("plan_line_id", "plan_line", "spend_record_plan_line"),
        own("booked_line_id", "plan_line", "spend_record_booked_line"),
        own("commitment_id", "spend_commitment", "spend_record_commitment"),
        own("duplicate_of", "spend_record", "spend_record_duplicate_of"),
        own("replaces_id", "spend_record", "spend_record_replaces"),
        Index("ix_spend_record_budget", "commissioner_id", "budget_id", "spent_on"),
        Index("ix_spend_record_person", "commissioner_id", "person_id", "spent_on"),
        Index(
            "ix_spend_record_asked_about",
            "commissioner_id",
            "recorded_at",
            postgresql_where=text("state = 'asked_about'"),
        ),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str]
    budget_id: Mapped[UUID]
    person_id: Mapped[UUID]
    pot_id: Mapped[UUID]
    plan_line_id: Mapped[UUID | None]
    booked_line_id: Mapped[UUID | None]
    commitment_id: Mapped[UUID | None]
    spent_on: Mapped[date]
    covers: Mapped[Range[date] | None] = mapped_column(DATERANGE)
    amount: Mapped[Money] = mapped_column("amount_pence", MoneyType)
    category_code: Mapped[str]
    payee: Mapped[str]
    words: Mapped[str]
    evidence: Mapped[str]
    state: Mapped[str]
    reason_code: Mapped[str | None]
    reason: Mapped[str | None]
    duplicate_of: Mapped[UUID | None]
    replaces_id: Mapped[UUID | None]
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
    corrected_by: Mapped[UUID | None]
    corrected_at: Mapped[datetime | None]
    correction_reason: Mapped[str | None]

    @property
    def period(self) -> Period | None:
        """The days it was for, where they were stated."""
        return as_period(self.covers)

    @property
    def question(self) -> Question | None:
        """Why it is or was asked about, or None where it never was."""
        if self.reason_code is None or self.reason is None:
            return None
        return Question(ReasonCode(self.reason_code), self.reason)


class SpendShare(Base):
    """One funder's part of a record in one financial year: of what is asked about, or of what was spent."""

    __tablename__ = "spend_share"
    __table_args__ = (own("spend_id", "spend_record", "spend_share_record"),)

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    spend_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    fund: Mapped[str] = mapped_column(primary_key=True)
    pence: Mapped[int] = mapped_column("amount_pence", BigInteger)


def as_period(covers: Range[date] | None) -> Period | None:
    """Return stored days as a period."""
    return Period(covers.lower, covers.upper) if covers and covers.lower and covers.upper else None


def as_range(period: Period | None) -> Range[date] | None:
    """Return a period as it is stored."""
    return None if period is None else Range(period.start_on, period.end_on)
