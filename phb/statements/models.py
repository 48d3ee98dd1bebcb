"""Statements as they were shown: whoever was told something can read again what they were told."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from phb.core.database import Base
from phb.core.period import Period


class ShownStatement(Base):
    """A statement as somebody was shown it; shown again with the same words and figures, it is not kept twice.

    `document` is the text of phb.documents.stored, `view_id` says what the books knew. The database works out `digest`.
    """

    __tablename__ = "shown_statement"
    __table_args__ = (
        ForeignKeyConstraint(
            ["commissioner_id", "budget_id"],
            ["personal_health_budget.commissioner_id", "personal_health_budget.id"],
            name="fk_shown_statement_budget",
        ),
        ForeignKeyConstraint(
            ["commissioner_id", "view_id"],
            ["known_view.commissioner_id", "known_view.id"],
            name="fk_shown_statement_view",
        ),
        CheckConstraint("first_day <= last_day", name="days"),
        UniqueConstraint(
            "commissioner_id",
            "budget_id",
            "shown_to",
            "first_day",
            "last_day",
            "format",
            "digest",
            name="uq_shown_statement",
        ),
        Index("ix_shown_statement_view", "commissioner_id", "view_id"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    budget_id: Mapped[UUID]
    first_day: Mapped[date]
    last_day: Mapped[date]
    format: Mapped[str]
    shown_to: Mapped[UUID]
    shown_at: Mapped[datetime]
    view_id: Mapped[UUID]
    document: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary, Computed("sha256(convert_to_utf8(document))", persisted=True))

    @property
    def period(self) -> Period:
        """The days that it covers."""
        return Period.of_days(self.first_day, self.last_day)
