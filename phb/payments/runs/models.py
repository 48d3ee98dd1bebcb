"""Instructions, the runs they are paid in and the files for the bank, as Python sees the tables."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from moneyed import Money
from sqlalchemy import Index, Integer, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import DATERANGE, JSONB, Range
from sqlalchemy.orm import Mapped, mapped_column

from phb.core.database import Base, Versioned
from phb.core.money import MoneyType
from phb.payments.vault import Sealed
from phb.people.models import NEW_ID, own


class PaymentRun(Versioned, Base):
    """Payments that leave together: assembled, approved and released by three people."""

    __tablename__ = "payment_run"
    __table_args__ = (
        UniqueConstraint("commissioner_id", "serial", name="uq_payment_run_serial"),
        own("paying_account_id", "paying_account", "payment_run_paying_account"),
        Index("ix_payment_run_entry_on", "commissioner_id", "entry_on"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=NEW_ID)
    state: Mapped[str]
    entry_on: Mapped[date]
    processing_on: Mapped[date]
    paying_account_id: Mapped[UUID]
    serial: Mapped[str | None]
    count: Mapped[int] = mapped_column(Integer)
    total: Mapped[Money] = mapped_column("total_pence", MoneyType)
    assembled_by: Mapped[UUID]
    assembled_at: Mapped[datetime]
    approved_by: Mapped[UUID | None]
    released_by: Mapped[UUID | None]
    released_at: Mapped[datetime | None]
    exported_by: Mapped[UUID | None]

    @property
    def person_id(self) -> None:
        """A run is about nobody in particular."""


class Instruction(Versioned, Base):
    """One payment of one subject, through whichever runs it takes; `run_id` is the newest of them."""

    __tablename__ = "instruction"
    __table_args__ = (
        own("payee_id", "payee", "instruction_payee"),
        own("run_id", "payment_run", "instruction_run"),
        Index(
            "uq_instruction_subject",
            "commissioner_id",
            "subject_kind",
            "subject_id",
            unique=True,
            postgresql_where=text("state NOT IN ('cancelled', 'given_up')"),
        ),
        Index("ix_instruction_run", "commissioner_id", "run_id"),
        Index("ix_instruction_budget", "commissioner_id", "budget_id"),
        Index(
            "ix_instruction_waiting",
            "commissioner_id",
            "state",
            postgresql_where=text("state IN ('requested', 'came_back', 'reissue_requested')"),
        ),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=NEW_ID)
    state: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    budget_id: Mapped[UUID | None]
    pot_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    payee_id: Mapped[UUID]
    run_id: Mapped[UUID | None]
    amount: Mapped[Money] = mapped_column("amount_pence", MoneyType)
    due_on: Mapped[date]
    covers: Mapped[Range[date] | None] = mapped_column(DATERANGE)
    settled_on: Mapped[date | None]
    returned_on: Mapped[date | None]
    requested_by: Mapped[UUID]
    requested_at: Mapped[datetime]


class InstructionShare(Base):
    """One part of an instruction: of a pot's plan line or owed to a provider, and of one fund."""

    __tablename__ = "instruction_share"
    __table_args__ = (own("instruction_id", "instruction", "instruction_share_instruction"),)

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    instruction_id: Mapped[UUID] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(Integer, primary_key=True)
    budget_id: Mapped[UUID]
    pot_id: Mapped[UUID | None]
    plan_line_id: Mapped[UUID | None]
    counterparty_id: Mapped[UUID | None]
    year: Mapped[int] = mapped_column(SmallInteger)
    fund: Mapped[str]
    amount: Mapped[Money] = mapped_column("amount_pence", MoneyType)


class RunItem(Base):
    """An instruction's place in a run: into which account, and under which reference at the bank."""

    __tablename__ = "payment_run_item"
    __table_args__ = (
        UniqueConstraint("commissioner_id", "run_id", "ordinal", name="uq_payment_run_item_ordinal"),
        UniqueConstraint("commissioner_id", "reference", name="uq_payment_run_item_reference"),
        own("run_id", "payment_run", "payment_run_item_run"),
        own("instruction_id", "instruction", "payment_run_item_instruction"),
        own("bank_account_id", "bank_account", "payment_run_item_bank_account"),
        Index("ix_payment_run_item_instruction", "commissioner_id", "instruction_id"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    instruction_id: Mapped[UUID] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(Integer)
    bank_account_id: Mapped[UUID]
    reference: Mapped[str]
    is_reissue: Mapped[bool]
    warnings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


class LeftOut(Base):
    """What was due and not taken into a run, with every reason."""

    __tablename__ = "payment_run_left_out"
    __table_args__ = (own("run_id", "payment_run", "payment_run_left_out_run"),)

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    subject_kind: Mapped[str] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    budget_id: Mapped[UUID | None]
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


class PaymentFile(Base):
    """The bytes a run was written as, once; sealed like the bank details in them."""

    __tablename__ = "payment_file"
    __table_args__ = (own("run_id", "payment_run", "payment_file_run"),)

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID]
    key_id: Mapped[str]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    length: Mapped[int] = mapped_column(Integer)
    written_by: Mapped[UUID]
    written_at: Mapped[datetime]

    @property
    def contents(self) -> Sealed:
        """What the vault opens."""
        return Sealed(self.key_id, self.sealed)
