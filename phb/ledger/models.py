"""The ledger's tables as Python sees them; migrations/ holds their guards."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Computed,
    FetchedValue,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, DATERANGE, JSONB, TEXT, Range
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from phb.core.database import Base


class Snapshot(UserDefinedType[str]):
    """Which transactions a reader of the database saw, as PostgreSQL writes it."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Return the name of the type in the database."""
        return "pg_snapshot"


ischema_names["pg_snapshot"] = Snapshot  # so that a comparison of models with tables knows it


class EventLine(Base):
    """One line that a kind of journal may hold, and how its pence move positions."""

    __tablename__ = "event_line"

    kind: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    layer: Mapped[int] = mapped_column(SmallInteger)
    side: Mapped[str]
    needs: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    allocated: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    committed: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    spent: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    owed: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    payable: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    in_payment: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    paid: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    came_back: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    raised: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    consumed: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    released: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    moves_plan_line: Mapped[bool] = mapped_column(
        Computed("allocated <> 0 OR committed <> 0 OR spent <> 0 OR owed <> 0")
    )
    moves_pot: Mapped[bool] = mapped_column(Computed("payable <> 0 OR in_payment <> 0 OR paid <> 0 OR came_back <> 0"))
    moves_commitment: Mapped[bool] = mapped_column(Computed("raised <> 0 OR consumed <> 0 OR released <> 0"))


class Journal(Base):
    """One event, posted whole and never changed."""

    __tablename__ = "journal"
    __table_args__ = (
        UniqueConstraint("commissioner_id", "key", name="uq_journal_key"),
        Index(
            "uq_journal_reverses_id",
            "commissioner_id",
            "reverses_id",
            unique=True,
            postgresql_where=text("reverses_id IS NOT NULL"),
        ),
        ForeignKeyConstraint(
            ["commissioner_id", "reverses_id"],
            ["journal.commissioner_id", "journal.id"],
            name="fk_journal_reverses_id_journal",
        ),
        Index("ix_journal_source", "commissioner_id", "source_id"),
        Index(
            "ix_journal_late",
            "commissioner_id",
            "reporting_month",
            postgresql_where=text("reporting_month IS NOT NULL"),
        ),
        Index(
            "ix_journal_txid",
            "txid",
            postgresql_using="brin",
            postgresql_with={"pages_per_range": 16, "autosummarize": True},
        ),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    key: Mapped[UUID]
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    kind: Mapped[str]
    effective_on: Mapped[date]
    recorded_at: Mapped[datetime]
    narration: Mapped[str]
    source_kind: Mapped[str]
    source_id: Mapped[UUID]
    prepared_by: Mapped[UUID]
    approved_by: Mapped[UUID | None]
    reverses_id: Mapped[UUID | None]
    line_count: Mapped[int] = mapped_column(SmallInteger)
    reporting_month: Mapped[date | None]
    txid: Mapped[int] = mapped_column(BigInteger, server_default=text("pg_current_xact_id()::text::bigint"))
    epoch: Mapped[int] = mapped_column(Integer, server_default=text("0"))

    @property
    def is_late(self) -> bool:
        """Whether its own month was closed when it was recorded, so that a later one reports it."""
        return self.reporting_month is not None and self.reporting_month > self.effective_on


class JournalLine(Base):
    """Signed pence on an account, debit positive, with the dimensions that say whose and for what."""

    __tablename__ = "journal_line"
    __table_args__ = (
        Index(
            "ix_journal_line_budget",
            "commissioner_id",
            "budget_id",
            "effective_on",
            postgresql_where=text("budget_id IS NOT NULL"),
        ),
        Index(
            "ix_journal_line_account",
            "commissioner_id",
            "account",
            "fund",
            "effective_on",
            postgresql_include=["pence"],
        ),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    journal_id: Mapped[UUID] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    kind: Mapped[str]
    effective_on: Mapped[date]
    account: Mapped[str]
    layer: Mapped[int] = mapped_column(SmallInteger)
    fund: Mapped[str]
    pence: Mapped[int] = mapped_column(BigInteger)
    year: Mapped[int | None] = mapped_column(SmallInteger)
    budget_id: Mapped[UUID | None]
    pot_id: Mapped[UUID | None]
    plan_line_id: Mapped[UUID | None]
    commitment_id: Mapped[UUID | None]
    counterparty_id: Mapped[UUID | None]
    covers: Mapped[Range[date] | None] = mapped_column(DATERANGE)


class PlanLinePosition(Base):
    """What one plan line may still spend in one financial year; moved by lines alone."""

    __tablename__ = "plan_line_position"
    __table_args__ = (Index("ix_plan_line_position_budget", "commissioner_id", "budget_id"),)

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_line_id: Mapped[UUID] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    budget_id: Mapped[UUID]
    pot_id: Mapped[UUID]
    tolerance: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    allocated: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    committed: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    spent: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    owed: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))


class PotPosition(Base):
    """What of one pot was paid out in one financial year; `handed_over` for third party and direct payment."""

    __tablename__ = "pot_position"
    __table_args__ = (Index("ix_pot_position_budget", "commissioner_id", "budget_id"),)

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    pot_id: Mapped[UUID] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    budget_id: Mapped[UUID]
    handed_over: Mapped[bool]
    payable: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    in_payment: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    paid: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    came_back: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))


class Commitment(Base):
    """Money promised by an order, agreement or rota: raised, then used, released or expired."""

    __tablename__ = "commitment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["commissioner_id", "plan_line_id", "year"],
            ["plan_line_position.commissioner_id", "plan_line_position.plan_line_id", "plan_line_position.year"],
            name="fk_commitment_position",
        ),
        Index("ix_commitment_plan_line", "commissioner_id", "plan_line_id"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_line_id: Mapped[UUID]
    year: Mapped[int] = mapped_column(SmallInteger)
    expires_on: Mapped[date]
    raised: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    consumed: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    released: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))


class BetweenTerms(Base):
    """What two commissioners settle; `commissioner_id` is who lets the person go, or pays the whole invoice."""

    __tablename__ = "between_terms"
    __table_args__ = (Index("uq_between_terms_id", "id", unique=True),)

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    other_commissioner_id: Mapped[UUID]
    kind: Mapped[str]
    proposed_by: Mapped[UUID]
    proposed_at: Mapped[datetime]


class BetweenAcceptance(Base):
    """One side's acceptance, with its own entry as it is posted once the other side has accepted too."""

    __tablename__ = "between_acceptance"

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    terms_id: Mapped[UUID] = mapped_column(primary_key=True)
    accepted_by: Mapped[UUID]
    accepted_at: Mapped[datetime]
    entry: Mapped[dict[str, Any]] = mapped_column(JSONB)


class BetweenPosting(Base):
    """The journals of both sides of terms."""

    __tablename__ = "between_posting"
    __table_args__ = (
        ForeignKeyConstraint(
            ["commissioner_id", "terms_id"],
            ["between_terms.commissioner_id", "between_terms.id"],
            name="fk_between_posting_terms",
        ),
        ForeignKeyConstraint(
            ["commissioner_id", "journal_id"],
            ["journal.commissioner_id", "journal.id"],
            name="fk_between_posting_journal",
        ),
        ForeignKeyConstraint(
            ["other_commissioner_id", "other_journal_id"],
            ["journal.commissioner_id", "journal.id"],
            name="fk_between_posting_other_journal",
        ),
        Index("ix_between_posting_other", "other_commissioner_id", "terms_id"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    terms_id: Mapped[UUID] = mapped_column(primary_key=True)
    journal_id: Mapped[UUID]
    other_commissioner_id: Mapped[UUID]
    other_journal_id: Mapped[UUID]


class ReaderLogin(Base):
    """Which commissioner's books a database login of an auditor reads."""

    __tablename__ = "reader_login"

    login: Mapped[str] = mapped_column(primary_key=True)
    commissioner_id: Mapped[UUID]


class SealBlock(Base):
    """A block of seals: the root of their Merkle tree, and the head that chains it to the block before."""

    __tablename__ = "seal_block"

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    stream: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    first_place: Mapped[int]
    last_place: Mapped[int]
    root: Mapped[bytes] = mapped_column(LargeBinary)
    head: Mapped[bytes] = mapped_column(LargeBinary)
    epoch: Mapped[int] = mapped_column(Integer)
    horizon: Mapped[int]
    sealed_at: Mapped[datetime]


class Seal(Base):
    """The leaf of one journal or audit event; its place is the running number."""

    __tablename__ = "seal"
    __table_args__ = (UniqueConstraint("commissioner_id", "stream", "subject_id", name="uq_seal_subject"),)

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    stream: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID]
    leaf: Mapped[bytes] = mapped_column(LargeBinary)


class SealEpoch(Base):
    """An epoch of transaction ids: it begins when the database is restored from a backup."""

    __tablename__ = "seal_epoch"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    begun_at: Mapped[datetime]


class PeriodStep(Base):
    """One step of a month, and where the books stand after it.

    Up to `closed_through` only adjustments are posted, up to `final_through` nothing is.
    """

    __tablename__ = "period_step"
    __table_args__ = (Index("ix_period_step_month", "commissioner_id", "month"),)

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(Integer, FetchedValue(), primary_key=True)
    step: Mapped[str]
    month: Mapped[date]
    taken_by: Mapped[UUID]
    reason: Mapped[str | None]
    recorded_at: Mapped[datetime]
    closed_through: Mapped[date]
    final_through: Mapped[date | None]
    digest: Mapped[bytes | None] = mapped_column(LargeBinary)


class PeriodBalance(Base):
    """One account's balance at the end of a month, as it was closed for good; of nothing where it is not there."""

    __tablename__ = "period_balance"
    __table_args__ = (
        ForeignKeyConstraint(
            ["commissioner_id", "ordinal"],
            ["period_step.commissioner_id", "period_step.ordinal"],
            name="fk_period_balance_step",
            deferrable=True,
            initially="DEFERRED",
        ),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    layer: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    fund: Mapped[str] = mapped_column(primary_key=True)
    pence: Mapped[int] = mapped_column(BigInteger)


class KnownView(Base):
    """What was known at an instant: the entries whose transactions were over when it was recorded.

    The database fills in `epoch` and `seen`.
    """

    __tablename__ = "known_view"
    __table_args__ = (Index("ix_known_view_recorded_at", "commissioner_id", "recorded_at"),)

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    recorded_at: Mapped[datetime]
    epoch: Mapped[int] = mapped_column(Integer, server_default=text("current_epoch()"))
    seen: Mapped[str] = mapped_column(Snapshot, server_default=text("pg_current_snapshot()"))


class DayBalance(Base):
    """What an account's lines of one day come to, of the journals that the checkpoint's view knew."""

    __tablename__ = "day_balance"

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    layer: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    fund: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    pence: Mapped[int] = mapped_column(BigInteger)


class BalanceCheckpoint(Base):
    """Under which view the balances by day were added up last."""

    __tablename__ = "balance_checkpoint"
    __table_args__ = (
        ForeignKeyConstraint(
            ["commissioner_id", "view_id"],
            ["known_view.commissioner_id", "known_view.id"],
            name="fk_balance_checkpoint_view",
        ),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    view_id: Mapped[UUID]
