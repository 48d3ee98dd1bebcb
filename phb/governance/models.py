"""The audit trail, dated settings, limits and the decisions made under them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from moneyed import Money
from sqlalchemy import (
    BigInteger,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    text,
)
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
        Index(
            "ix_audit_event_txid",
            "txid",
            postgresql_using="brin",
            postgresql_with={"pages_per_range": 16, "autosummarize": True},
        ),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    # With an id of its own from the start, the events of a unit of work go in as one statement.
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, server_default=text("gen_random_uuid()"))
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
    epoch: Mapped[int] = mapped_column(Integer, server_default=text("0"))


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


class JobRun(Base):
    """One due run of a job: the claim that it happens once, and what came of it; `try_again_at` is real time."""

    __tablename__ = "job_run"
    __table_args__ = (
        UniqueConstraint("commissioner_id", "job", "due_at", name="uq_job_run_due"),
        Index(
            "ix_job_run_unfinished",
            "commissioner_id",
            "due_at",
            postgresql_where=text("state IN ('running', 'failed')"),
        ),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    job: Mapped[str]
    due_at: Mapped[datetime]
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(SmallInteger)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    try_again_at: Mapped[datetime | None]
    counts: Mapped[dict[str, int]] = mapped_column(JSONB, server_default=text("'{}'"))
    sentence: Mapped[str | None]


class OutboxMessage(Base):
    """A message to a user, written with the work and delivered after it; `try_at` and `ended_at` are real time."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        UniqueConstraint("commissioner_id", "key", name="uq_outbox_message_key"),
        ForeignKeyConstraint(
            ["commissioner_id", "recipient_id"],
            ["user_account.commissioner_id", "user_account.id"],
            name="fk_outbox_message_recipient",
        ),
        Index("ix_outbox_message_waiting", "commissioner_id", "try_at", postgresql_where=text("state = 'waiting'")),
        Index("ix_outbox_message_recipient", "commissioner_id", "recipient_id", "kind"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    key: Mapped[UUID]
    kind: Mapped[str]
    recipient_id: Mapped[UUID]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    written_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default=text("'waiting'"))
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    try_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class MailChoice(Base):
    """Whether a user wants mail about what they have to do; without a row, their role decides."""

    __tablename__ = "mail_choice"
    __table_args__ = (
        ForeignKeyConstraint(
            ["commissioner_id", "user_id"],
            ["user_account.commissioner_id", "user_account.id"],
            name="fk_mail_choice_user",
        ),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    digest: Mapped[bool]
    chosen_at: Mapped[datetime]


class Task(Base):
    """A dated duty as it was raised: what, for which roles or one user, by when; closed when it no longer holds."""

    __tablename__ = "task"
    __table_args__ = (
        ForeignKeyConstraint(
            ["commissioner_id", "budget_id"],
            ["personal_health_budget.commissioner_id", "personal_health_budget.id"],
            name="fk_task_budget",
        ),
        ForeignKeyConstraint(
            ["commissioner_id", "person_id"], ["person.commissioner_id", "person.id"], name="fk_task_person"
        ),
        Index(
            "uq_task_open",
            "commissioner_id",
            "kind",
            "subject_id",
            "since_on",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_task_budget", "commissioner_id", "budget_id"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    kind: Mapped[str]
    subject_id: Mapped[UUID]
    budget_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    roles: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    user_id: Mapped[UUID | None]
    since_on: Mapped[date]
    due_on: Mapped[date]
    raised_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_because: Mapped[str | None]
