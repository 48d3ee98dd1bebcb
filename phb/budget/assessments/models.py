"""Assessments and the indicative budgets made of them; neither is ever changed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from moneyed import Money
from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from phb.core.database import Base
from phb.core.money import MoneyType
from phb.core.period import Period


class Assessment(Base):
    """What somebody found that a person needs."""

    __tablename__ = "assessment"
    __table_args__ = (
        UniqueConstraint("commissioner_id", "reference", name="uq_assessment_reference"),
        ForeignKeyConstraint(
            ["commissioner_id", "person_id"], ["person.commissioner_id", "person.id"], name="fk_assessment_person"
        ),
        Index("ix_assessment_person", "commissioner_id", "person_id", "assessed_on"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    reference: Mapped[str]
    person_id: Mapped[UUID]
    cohort_code: Mapped[str]
    assessed_on: Mapped[date]
    assessed_by: Mapped[str]
    needs: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime]


class IndicativeBudget(Base):
    """An early estimate to plan by, with the whole calculation: one trace for each part of the period."""

    __tablename__ = "indicative_budget"
    __table_args__ = (
        ForeignKeyConstraint(
            ["commissioner_id", "assessment_id"],
            ["assessment.commissioner_id", "assessment.id"],
            name="fk_indicative_budget_assessment",
        ),
        ForeignKeyConstraint(
            ["commissioner_id", "person_id"],
            ["person.commissioner_id", "person.id"],
            name="fk_indicative_budget_person",
        ),
        Index("ix_indicative_budget_assessment", "commissioner_id", "assessment_id", "set_at"),
        Index("ix_indicative_budget_person", "commissioner_id", "person_id", "set_at"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    assessment_id: Mapped[UUID]
    person_id: Mapped[UUID]
    start_on: Mapped[date]
    end_on: Mapped[date]
    recurring: Mapped[Money] = mapped_column("recurring_pence", MoneyType)
    one_off: Mapped[Money] = mapped_column("one_off_pence", MoneyType)
    contingency: Mapped[Money] = mapped_column("contingency_pence", MoneyType)
    total: Mapped[Money] = mapped_column("total_pence", MoneyType)
    traces: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    set_by: Mapped[UUID]
    set_at: Mapped[datetime]

    @property
    def period(self) -> Period:
        """The days it is for."""
        return Period(self.start_on, self.end_on)
