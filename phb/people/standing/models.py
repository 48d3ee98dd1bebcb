"""Consent to a direct payment, capacity and exclusion, dated."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from phb.core.database import Base, Versioned
from phb.people.models import NEW_ID, own


class CapacityAssessment(Base):
    """What was found about a person's capacity to manage a direct payment; the newest on a day counts."""

    __tablename__ = "capacity_assessment"
    __table_args__ = (
        own("person_id", "person", "capacity_assessment_person"),
        Index("ix_capacity_assessment_person", "commissioner_id", "person_id", "assessed_on"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=NEW_ID)
    person_id: Mapped[UUID]
    has_capacity: Mapped[bool]
    expected_to_return: Mapped[bool]
    assessed_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class DirectPaymentConsent(Versioned, Base):
    """Consent to a direct payment (SI 2013/1617 regs 3 to 5); not a basis for handling data."""

    __tablename__ = "direct_payment_consent"
    __table_args__ = (
        own("person_id", "person", "direct_payment_consent_person"),
        own("relation_id", "relation", "direct_payment_consent_relation"),
        Index("ix_direct_payment_consent_person", "commissioner_id", "person_id"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=NEW_ID)
    person_id: Mapped[UUID]
    given_by: Mapped[str]
    relation_id: Mapped[UUID | None]
    given_on: Mapped[date]
    how_recorded: Mapped[str]
    withdrawn_on: Mapped[date | None]


class ExclusionGround(Base):
    """A ground of the Schedule to SI 2013/1617 on which nobody may receive or manage a direct payment."""

    __tablename__ = "exclusion_ground"

    code: Mapped[str] = mapped_column(primary_key=True)
    description: Mapped[str]
    provision: Mapped[str]
    confidence: Mapped[str]


class Exclusion(Versioned, Base):
    """A ground that applies to a person, from a day up to another."""

    __tablename__ = "exclusion"
    __table_args__ = (
        own("person_id", "person", "exclusion_person"),
        ForeignKeyConstraint(["ground"], ["exclusion_ground.code"], name="fk_exclusion_ground"),
        Index("ix_exclusion_person", "commissioner_id", "person_id"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=NEW_ID)
    person_id: Mapped[UUID]
    ground: Mapped[str]
    start_on: Mapped[date]
    end_on: Mapped[date | None]
