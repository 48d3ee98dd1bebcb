"""The audit trail, dated settings, limits and the decisions made under them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from moneyed import Money
from sqlalchemy import BigInteger, Identity, Index, LargeBinary, SmallInteger, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from phb.core.database import Base
from phb.core.money import MoneyType


class Installation(Base):
    """The one row that says which clock this database keeps."""

    __tablename__ = "installation"

    one: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    clock_at: Mapped[datetime | None]
    made_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class AuditEvent(Base):
    """Something that somebody did: who, when, to what, why; never changed."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_subject", "commissioner_id", "subject_id", "recorded_at"),
        Index(
            "ix_audit_event_person",
            "commissioner_id",
            "person_id",
            "recorded_at",
            postgresql_where=text("person_id IS NOT NULL"),
        ),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    recorded_at: Mapped[datetime]
    user_id: Mapped[UUID]
    roles: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    organisation_id: Mapped[UUID | None]
    request_id: Mapped[UUID]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    reason: Mapped[str | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    txid: Mapped[int] = mapped_column(BigInteger, server_default=text("pg_current_xact_id()::text::bigint"))


class PolicySetting(Base):
    """A commissioner's value for one policy from a day on; in force once a second administrator confirmed it."""

    __tablename__ = "policy_setting"
    __table_args__ = (Index("ix_policy_setting_name", "commissioner_id", "name", "effective_from"),)

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    name: Mapped[str]
    value: Mapped[dict[str, Any]] = mapped_column(JSONB)
    effective_from: Mapped[date]
    source: Mapped[str]
    proposed_by: Mapped[UUID]
    proposed_at: Mapped[datetime]
    confirmed_by: Mapped[UUID | None]
    confirmed_at: Mapped[datetime | None]
    ordinal: Mapped[int] = mapped_column(BigInteger, Identity(always=True))


class DelegationLimit(Base):
    """How much a role may sign off from a day on; in force once a second administrator confirmed it."""

    __tablename__ = "delegation_limit"
    __table_args__ = (Index("ix_delegation_limit_role", "commissioner_id", "role", "effective_from"),)

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    role: Mapped[str]
    user_id: Mapped[UUID | None]
    limit: Mapped[Money] = mapped_column("limit_pence", MoneyType)
    effective_from: Mapped[date]
    source: Mapped[str]
    proposed_by: Mapped[UUID]
    proposed_at: Mapped[datetime]
    confirmed_by: Mapped[UUID | None]
    confirmed_at: Mapped[datetime | None]
    ordinal: Mapped[int] = mapped_column(BigInteger, Identity(always=True))


class IdempotentRequest(Base):
    """A request's key with what it answered."""

    __tablename__ = "idempotent_request"

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    body_hash: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int] = mapped_column(SmallInteger)
    answer: Mapped[dict[str, Any]] = mapped_column(JSONB)
    recorded_at: Mapped[datetime]
