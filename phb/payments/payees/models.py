"""Payees, their bank accounts, the commissioner's own, and the modulus weights they are checked with."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Integer, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from phb.core.database import Base, Versioned
from phb.payments.vault import Sealed
from phb.people.models import NEW_ID, own


class ModulusTableInUse(Base):
    """One issue of the Pay.UK weight table, complete and used from an instant on."""

    __tablename__ = "modulus_table"

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    used_from: Mapped[datetime]
    used_by: Mapped[UUID]
    rows: Mapped[int] = mapped_column(Integer)


class ModulusWeight(Base):
    """One row of an issue of the table as it was imported."""

    __tablename__ = "modulus_weight"

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    cells: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Payee(Base):
    """Somebody who is paid. `person_id` is the person whose budget it is for, where it is for one alone.

    A representative or nominee is another person or an organisation; a managed account is held by an organisation.
    """

    __tablename__ = "payee"
    __table_args__ = (
        UniqueConstraint("commissioner_id", "reference", name="uq_payee_reference"),
        UniqueConstraint(
            "commissioner_id",
            "kind",
            "person_id",
            "acting_person_id",
            "organisation_id",
            name="uq_payee_party",
            postgresql_nulls_not_distinct=True,
        ),
        own("person_id", "person", "payee_person"),
        own("acting_person_id", "person", "payee_acting_person"),
        own("organisation_id", "organisation", "payee_organisation"),
        Index("ix_payee_person", "commissioner_id", "person_id"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=NEW_ID)
    reference: Mapped[str]
    kind: Mapped[str]
    person_id: Mapped[UUID | None]
    acting_person_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None]
    added_by: Mapped[UUID]
    added_at: Mapped[datetime]


class BankAccount(Versioned, Base):
    """An account a payee is paid into; of those confirmed, the one with the highest ordinal is in use.

    `ending` is the last two digits; the rest is readable with the vault alone.
    """

    __tablename__ = "bank_account"
    __table_args__ = (
        UniqueConstraint("commissioner_id", "payee_id", "ordinal", name="uq_bank_account_ordinal"),
        own("payee_id", "payee", "bank_account_payee"),
        ForeignKeyConstraint(
            ["commissioner_id", "modulus_version"],
            ["modulus_table.commissioner_id", "modulus_table.version"],
            name="fk_bank_account_modulus",
        ),
        Index(
            "ix_bank_account_unconfirmed",
            "commissioner_id",
            "payee_id",
            postgresql_where=text("confirmed_by IS NULL"),
        ),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=NEW_ID)
    payee_id: Mapped[UUID]
    ordinal: Mapped[int] = mapped_column(Integer)
    use: Mapped[str]
    key_id: Mapped[str]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    ending: Mapped[str]
    modulus_outcome: Mapped[str]
    modulus_version: Mapped[str | None]
    proposed_by: Mapped[UUID]
    proposed_at: Mapped[datetime]
    confirmed_by: Mapped[UUID | None]
    confirmed_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    approval_evidence: Mapped[str | None]

    @property
    def masked(self) -> str:
        """The account as pages show it."""
        return masked(self.ending)

    @property
    def details(self) -> Sealed:
        """What the vault opens."""
        return Sealed(self.key_id, self.sealed)


class PayingAccount(Versioned, Base):
    """The account the commissioner pays from; of those confirmed, the one with the highest ordinal is in use.

    `first_serial` is the first number its files may have: earlier ones were used before this service was.
    """

    __tablename__ = "paying_account"
    __table_args__ = (UniqueConstraint("commissioner_id", "ordinal", name="uq_paying_account_ordinal"),)

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=NEW_ID)
    ordinal: Mapped[int] = mapped_column(Integer)
    service_user_number: Mapped[str]
    first_serial: Mapped[int] = mapped_column(Integer)
    key_id: Mapped[str]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    ending: Mapped[str]
    proposed_by: Mapped[UUID]
    proposed_at: Mapped[datetime]
    confirmed_by: Mapped[UUID | None]
    confirmed_at: Mapped[datetime | None]

    @property
    def masked(self) -> str:
        """The account as pages show it."""
        return masked(self.ending)

    @property
    def details(self) -> Sealed:
        """What the vault opens."""
        return Sealed(self.key_id, self.sealed)


def masked(ending: str) -> str:
    """Return an account number with all but its last two digits hidden."""
    return f"account ending {ending}"
