"""Prices and budget models as they were recorded; the pricing engine reads their documents."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from phb.core.database import Base, Versioned


class PriceRate(Base):
    """One price from a day on, known from an instant on; never changed."""

    __tablename__ = "price_rate"
    __table_args__ = (
        UniqueConstraint("commissioner_id", "code", "effective_from", "known_from", name="uq_price_rate_code"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    code: Mapped[str]
    effective_from: Mapped[date]
    known_from: Mapped[datetime]
    document: Mapped[dict[str, Any]] = mapped_column(JSONB)
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime]


class BudgetModelVersion(Versioned, Base):
    """One version of a way of setting budgets; only its end is ever filled in, when the next one follows.

    `cohorts` are those it is for; none for a model that any other cohort falls back on.
    """

    __tablename__ = "budget_model"
    __table_args__ = (
        UniqueConstraint("commissioner_id", "code", "model_version", name="uq_budget_model_code"),
        Index("ix_budget_model_code", "commissioner_id", "code", "effective_from"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    code: Mapped[str]
    model_version: Mapped[str]
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]
    cohorts: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    document: Mapped[dict[str, Any]] = mapped_column(JSONB)
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime]
