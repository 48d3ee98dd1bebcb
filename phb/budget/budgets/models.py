"""Budgets, the changes proposed to active ones, and who signed off what."""

from datetime import date, datetime
from uuid import UUID

from moneyed import Money
from sqlalchemy import ForeignKeyConstraint, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from phb.core.database import Base, Versioned
from phb.core.money import MoneyType
from phb.core.period import Period
from phb.people.models import own


class PersonalHealthBudget(Versioned, Base):
    """One person's budget; `plan_id` is the version of the plan that is proposed, and once active, in force.

    `end_on` is the first day after its last.
    """

    __tablename__ = "personal_health_budget"
    __table_args__ = (
        UniqueConstraint("commissioner_id", "reference", name="uq_personal_health_budget_reference"),
        own("person_id", "person", "personal_health_budget_person"),
        own("indicative_id", "indicative_budget", "personal_health_budget_indicative"),
        ForeignKeyConstraint(
            ["commissioner_id", "id", "plan_id"],
            ["care_plan.commissioner_id", "care_plan.budget_id", "care_plan.id"],
            name="fk_personal_health_budget_plan",
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
        Index("ix_personal_health_budget_person", "commissioner_id", "person_id"),
        Index(
            "ix_personal_health_budget_agreeing",
            "commissioner_id",
            "state",
            postgresql_where=text("state NOT IN ('active', 'refused')"),
        ),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str]
    person_id: Mapped[UUID]
    cohort_code: Mapped[str]
    kind: Mapped[str]
    care_setting: Mapped[str]
    state: Mapped[str]
    start_on: Mapped[date]
    end_on: Mapped[date]
    plan_id: Mapped[UUID]
    indicative_id: Mapped[UUID | None]
    prepared_by: Mapped[UUID]
    submitted_by: Mapped[UUID | None]
    signed_off_clinically_by: Mapped[UUID | None]
    signed_off_finance_by: Mapped[UUID | None]
    agreed_by: Mapped[UUID | None]
    activated_by: Mapped[UUID | None]
    active_from: Mapped[date | None]

    @property
    def period(self) -> Period:
        """The days it is for."""
        return Period(self.start_on, self.end_on)


class BudgetRevision(Versioned, Base):
    """A change proposed to an active budget: a new version of its plan, agreed step by step like the first."""

    __tablename__ = "budget_revision"
    __table_args__ = (
        own("budget_id", "personal_health_budget", "budget_revision_budget"),
        own("person_id", "person", "budget_revision_person"),
        ForeignKeyConstraint(
            ["commissioner_id", "budget_id", "plan_id"],
            ["care_plan.commissioner_id", "care_plan.budget_id", "care_plan.id"],
            name="fk_budget_revision_plan",
        ),
        Index("ix_budget_revision_budget", "commissioner_id", "budget_id"),
        Index(
            "uq_budget_revision_one_open",
            "commissioner_id",
            "budget_id",
            unique=True,
            postgresql_where=text("state NOT IN ('applied', 'refused')"),
        ),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    budget_id: Mapped[UUID]
    person_id: Mapped[UUID]
    plan_id: Mapped[UUID]
    state: Mapped[str]
    reason: Mapped[str]
    prepared_by: Mapped[UUID]
    prepared_at: Mapped[datetime]
    submitted_by: Mapped[UUID | None]
    signed_off_clinically_by: Mapped[UUID | None]
    signed_off_finance_by: Mapped[UUID | None]
    agreed_by: Mapped[UUID | None]
    applied_by: Mapped[UUID | None]
    applied_on: Mapped[date | None]


class SignOff(Base):
    """One step of agreeing a plan: who took it, when, for which value and under which limit; never changed."""

    __tablename__ = "sign_off"
    __table_args__ = (
        own("budget_id", "personal_health_budget", "sign_off_budget"),
        own("revision_id", "budget_revision", "sign_off_revision"),
        own("limit_id", "delegation_limit", "sign_off_limit"),
        own("plan_id", "care_plan", "sign_off_plan"),
        UniqueConstraint("commissioner_id", "budget_id", "ordinal", name="uq_sign_off_ordinal"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    budget_id: Mapped[UUID]
    ordinal: Mapped[int] = mapped_column(Integer)
    revision_id: Mapped[UUID | None]
    plan_id: Mapped[UUID]
    step: Mapped[str]
    signed_by: Mapped[UUID]
    signed_at: Mapped[datetime]
    reason: Mapped[str | None]
    value: Mapped[Money | None] = mapped_column("value_pence", MoneyType)
    limit_id: Mapped[UUID | None]
