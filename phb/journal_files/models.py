"""Codes of the finance system, the files made for it, and which journals each of them holds."""

from datetime import date, datetime
from uuid import UUID

from moneyed import Money
from sqlalchemy import BigInteger, ForeignKeyConstraint, Identity, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from phb.core.database import Base
from phb.core.money import MoneyType
from phb.people.models import NEW_ID


class FinanceCode(Base):
    """The cost centre and the subjective code of an account from a day on.

    `category_code` and `fund` are None where it holds for every category of spending, or every funder.
    """

    __tablename__ = "finance_code"

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=NEW_ID)
    account: Mapped[str]
    category_code: Mapped[str | None]
    fund: Mapped[str | None]
    effective_from: Mapped[date]
    cost_centre: Mapped[str]
    subjective_code: Mapped[str]
    source: Mapped[str]
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime]
    ordinal: Mapped[int] = mapped_column(BigInteger, Identity(always=True))


class JournalFile(Base):
    """One file for the finance system, up to the end of a month, with what it adds up to."""

    __tablename__ = "journal_file"

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    until_month: Mapped[date]
    journals: Mapped[int]
    lines: Mapped[int]
    debit: Mapped[Money] = mapped_column("debit_pence", MoneyType)
    credit: Mapped[Money] = mapped_column("credit_pence", MoneyType)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]

    @property
    def name(self) -> str:
        """What the file is called."""
        return f"journals-{self.number:04d}-{self.until_month:%Y-%m}.csv"


class SentJournal(Base):
    """That a journal is in a file: it is in one at most, for ever."""

    __tablename__ = "sent_journal"
    __table_args__ = (
        ForeignKeyConstraint(
            ["commissioner_id", "journal_id"],
            ["journal.commissioner_id", "journal.id"],
            name="fk_sent_journal_journal",
        ),
        ForeignKeyConstraint(
            ["commissioner_id", "file_number"],
            ["journal_file.commissioner_id", "journal_file.number"],
            name="fk_sent_journal_file",
            deferrable=True,
            initially="DEFERRED",
        ),
        Index("ix_sent_journal_file", "commissioner_id", "file_number"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    journal_id: Mapped[UUID] = mapped_column(primary_key=True)
    file_number: Mapped[int]
