"""What a commissioner records about its own offer, envelopes and packages of care that are no budgets."""

from datetime import date, datetime
from uuid import UUID

from moneyed import Money
from sqlalchemy import Integer, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from phb.core.database import Base, Versioned
from phb.core.money import MoneyType
from phb.people.models import own


class ServiceOffer(Versioned, Base):
    """A cohort that personal health budgets are offered to, from a day on."""

    __tablename__ = "service_offer"
    __table_args__ = (
        UniqueConstraint("commissioner_id", "cohort_code", "offered_from", name="uq_service_offer_cohort_code"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    cohort_code: Mapped[str]
    offered_from: Mapped[date]
    offered_to: Mapped[date | None]
    source: Mapped[str]


class ProgrammeBudget(Base):
    """What one funder has for the programme in one financial year; a later row takes the place of an earlier."""

    __tablename__ = "programme_budget"
    __table_args__ = (
        UniqueConstraint("commissioner_id", "fund", "year", "ordinal", name="uq_programme_budget_ordinal"),
        own("journal_id", "journal", "programme_budget_journal"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    fund: Mapped[str]
    year: Mapped[int] = mapped_column(SmallInteger)
    amount: Mapped[Money] = mapped_column("amount_pence", MoneyType)
    source: Mapped[str]
    journal_id: Mapped[UUID]
    set_by: Mapped[UUID]
    set_at: Mapped[datetime]
    ordinal: Mapped[int] = mapped_column(Integer)


class HomePackage(Versioned, Base):
    """A package of care that is no personal health budget, counted by the check of home packages."""

    __tablename__ = "home_package"
    __table_args__ = (UniqueConstraint("commissioner_id", "reference", name="uq_home_package_reference"),)

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    reference: Mapped[str]
    cohort_code: Mapped[str]
    care_setting: Mapped[str]
    start_on: Mapped[date]
    end_on: Mapped[date | None]
    source: Mapped[str]
