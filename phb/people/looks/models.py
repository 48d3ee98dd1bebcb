"""Looks that are kept from the person they were at."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from phb.core.database import Base
from phb.people.models import NEW_ID, own


class WithheldLook(Base):
    """All looks of one user at one person's record are kept from that person; never changed, only ended."""

    __tablename__ = "withheld_look"
    __table_args__ = (
        own("person_id", "person", "withheld_look_person"),
        own("user_id", "user_account", "withheld_look_user"),
        CheckConstraint("ground IN ('safeguarding', 'crime', 'another_person')", name="ground"),
        CheckConstraint("char_length(btrim(reason)) BETWEEN 10 AND 500", name="reason"),
        CheckConstraint("review_on > (withheld_at AT TIME ZONE 'Europe/London')::date", name="review"),
        CheckConstraint("withheld_by <> user_id", name="second_person"),
        Index("ix_withheld_look_person", "commissioner_id", "person_id"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=NEW_ID)
    person_id: Mapped[UUID]
    user_id: Mapped[UUID]
    ground: Mapped[str]
    reason: Mapped[str]
    review_on: Mapped[date]
    withheld_by: Mapped[UUID]
    withheld_at: Mapped[datetime]


class WithheldLookEnd(Base):
    """The end of keeping somebody's looks back: from then on the person is told of all of them."""

    __tablename__ = "withheld_look_end"
    __table_args__ = (
        ForeignKeyConstraint(
            ["commissioner_id", "withheld_id"],
            ["withheld_look.commissioner_id", "withheld_look.id"],
            name="fk_withheld_look_end_withheld",
        ),
        CheckConstraint("char_length(btrim(reason)) BETWEEN 10 AND 500", name="reason"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    withheld_id: Mapped[UUID] = mapped_column(primary_key=True)
    reason: Mapped[str]
    ended_by: Mapped[UUID]
    ended_at: Mapped[datetime]
