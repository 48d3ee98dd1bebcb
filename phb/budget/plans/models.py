"""A budget's pots and plan lines, and the versions of its plan that say what each line buys.

`PlanLine` and `Pot` are what the ledger, payments and spending know by id, for as long as the budget lasts. What a
version of the plan says of a line is `LineTerms`; its money in each financial year is `LineYear`, and each funder's
part of that is `LineFund`.
"""

from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from moneyed import Money
from sqlalchemy import ForeignKeyConstraint, Index, Integer, LargeBinary, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from phb.budget.kinds import ManagementType
from phb.core.database import Base
from phb.core.money import MoneyType
from phb.core.period import Period
from phb.people.models import own


class FractionType(TypeDecorator[Fraction]):
    """An exact number in Python, text such as “21” or “365/7” in the column."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Fraction | None, _dialect: Dialect) -> str | None:
        """Return the text to store."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Fraction | None:
        """Return stored text as a number."""
        return None if value is None else Fraction(value)


def own_line(name: str) -> ForeignKeyConstraint:
    """Return a foreign key to what a version of the plan says of a line."""
    return ForeignKeyConstraint(
        ["commissioner_id", "plan_id", "plan_line_id"],
        ["line_terms.commissioner_id", "line_terms.plan_id", "line_terms.plan_line_id"],
        name=f"fk_{name}",
    )


class Pot(Base):
    """A way of holding part of a budget's money."""

    __tablename__ = "pot"
    __table_args__ = (
        UniqueConstraint("commissioner_id", "budget_id", "reference", name="uq_pot_reference"),
        UniqueConstraint("commissioner_id", "budget_id", "id", name="uq_pot_budget"),
        own("budget_id", "personal_health_budget", "pot_budget"),
        own("organisation_id", "organisation", "pot_organisation"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    budget_id: Mapped[UUID]
    reference: Mapped[str]
    management: Mapped[str]
    organisation_id: Mapped[UUID | None]

    @property
    def management_type(self) -> ManagementType:
        """Who holds its money."""
        return ManagementType(self.management)


class PlanLine(Base):
    """One service of a budget as the books know it; it keeps its pot."""

    __tablename__ = "plan_line"
    __table_args__ = (
        UniqueConstraint("commissioner_id", "budget_id", "reference", name="uq_plan_line_reference"),
        ForeignKeyConstraint(
            ["commissioner_id", "budget_id", "pot_id"],
            ["pot.commissioner_id", "pot.budget_id", "pot.id"],
            name="fk_plan_line_pot",
        ),
        Index("ix_plan_line_pot", "commissioner_id", "pot_id"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    budget_id: Mapped[UUID]
    pot_id: Mapped[UUID]
    reference: Mapped[str]


class CarePlan(Base):
    """One version of a budget's personalised care and support plan; never changed, the next version follows it."""

    __tablename__ = "care_plan"
    __table_args__ = (
        UniqueConstraint("commissioner_id", "budget_id", "plan_version", name="uq_care_plan_version"),
        UniqueConstraint("commissioner_id", "budget_id", "id", name="uq_care_plan_budget"),
        own("budget_id", "personal_health_budget", "care_plan_budget"),
        own("care_coordinator_id", "user_account", "care_plan_care_coordinator"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    budget_id: Mapped[UUID]
    plan_version: Mapped[int] = mapped_column(Integer)
    start_on: Mapped[date]
    end_on: Mapped[date]
    contingency: Mapped[str]
    training: Mapped[str]
    review_on: Mapped[date]
    care_coordinator_id: Mapped[UUID]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    drafted_by: Mapped[UUID]
    drafted_at: Mapped[datetime]

    @property
    def period(self) -> Period:
        """The days it is for."""
        return Period(self.start_on, self.end_on)


class PlanOutcome(Base):
    """Something the person wants, served by at least one line."""

    __tablename__ = "plan_outcome"
    __table_args__ = (own("plan_id", "care_plan", "plan_outcome_plan"),)

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(SmallInteger)
    words: Mapped[str]


class PlanRisk(Base):
    """What could go wrong, and what is then done."""

    __tablename__ = "plan_risk"
    __table_args__ = (own("plan_id", "care_plan", "plan_risk_plan"),)

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    words: Mapped[str]
    response: Mapped[str]


class LineTerms(Base):
    """What one version of the plan says of a line: what it buys, how much of it, at which price, for which outcome."""

    __tablename__ = "line_terms"
    __table_args__ = (
        own("plan_id", "care_plan", "line_terms_plan"),
        own("plan_line_id", "plan_line", "line_terms_plan_line"),
        ForeignKeyConstraint(
            ["commissioner_id", "plan_id", "outcome_reference"],
            ["plan_outcome.commissioner_id", "plan_outcome.plan_id", "plan_outcome.reference"],
            name="fk_line_terms_outcome",
        ),
        Index("ix_line_terms_plan_line", "commissioner_id", "plan_line_id"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_line_id: Mapped[UUID] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(SmallInteger)
    outcome_reference: Mapped[str]
    category_code: Mapped[str]
    purpose: Mapped[str]
    words: Mapped[str]
    start_on: Mapped[date]
    end_on: Mapped[date]
    quantity: Mapped[Fraction] = mapped_column(FractionType)
    unit: Mapped[str]
    frequency: Mapped[str]
    need: Mapped[str | None]
    unit_price: Mapped[Money | None] = mapped_column("unit_price_pence", MoneyType)
    shares: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    referral_reason: Mapped[str | None]

    @property
    def period(self) -> Period:
        """Its days."""
        return Period(self.start_on, self.end_on)


class LineYear(Base):
    """A line's money in one financial year: what it costs in full, what is set aside, and the calculation."""

    __tablename__ = "line_year"
    __table_args__ = (own_line("line_year_terms"),)

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_line_id: Mapped[UUID] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    start_on: Mapped[date]
    end_on: Mapped[date]
    cost: Mapped[Money] = mapped_column("cost_pence", MoneyType)
    amount: Mapped[Money] = mapped_column("amount_pence", MoneyType)
    traces: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


class LineFund(Base):
    """One funder's part of a line's money in one financial year."""

    __tablename__ = "line_fund"
    __table_args__ = (
        ForeignKeyConstraint(
            ["commissioner_id", "plan_id", "plan_line_id", "year"],
            ["line_year.commissioner_id", "line_year.plan_id", "line_year.plan_line_id", "line_year.year"],
            name="fk_line_fund_year",
        ),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_line_id: Mapped[UUID] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    fund: Mapped[str] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(SmallInteger)
    amount: Mapped[Money] = mapped_column("amount_pence", MoneyType)
