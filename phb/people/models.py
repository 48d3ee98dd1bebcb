"""Who is known here, as Python sees the tables; migrations/ holds their guards."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from phb.core.database import Base, Versioned
from phb.people.nhs_number import NHSNumber, NHSNumberType

NEW_ID = text("gen_random_uuid()")


def own(column: str, table: str, name: str) -> ForeignKeyConstraint:
    """Return a foreign key that stays inside the commissioner."""
    return ForeignKeyConstraint(
        ["commissioner_id", column], [f"{table}.commissioner_id", f"{table}.id"], name=f"fk_{name}"
    )


class Commissioner(Base):
    """A commissioner that this installation serves; the one table that every commissioner may read."""

    __tablename__ = "commissioner"
    __table_args__ = (UniqueConstraint("code", name="uq_commissioner_code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    name: Mapped[str]
    made_at: Mapped[datetime]


class Organisation(Versioned, Base):
    """An organisation a commissioner works with; `fund` is its code in the ledger where it pays for care."""

    __tablename__ = "organisation"
    __table_args__ = (
        UniqueConstraint("commissioner_id", "reference", name="uq_organisation_reference"),
        UniqueConstraint("commissioner_id", "ods_code", name="uq_organisation_ods_code"),
        UniqueConstraint("commissioner_id", "fund", name="uq_organisation_fund"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str]
    ods_code: Mapped[str | None]
    fund: Mapped[str | None]
    start_on: Mapped[date]
    end_on: Mapped[date | None]


class Person(Versioned, Base):
    """Somebody known by name: who the service is for, or who acts for them.

    `date_of_birth` may be missing only for somebody who acts for others; `reference` is the commissioner's own.
    """

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("commissioner_id", "reference", name="uq_person_reference"),
        UniqueConstraint("commissioner_id", "nhs_number", name="uq_person_nhs_number"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=NEW_ID)
    reference: Mapped[str]
    nhs_number: Mapped[NHSNumber | None] = mapped_column(NHSNumberType)
    trace_status: Mapped[str]
    given_names: Mapped[str]
    family_name: Mapped[str]
    date_of_birth: Mapped[date | None]
    died_on: Mapped[date | None]
    address_lines: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    postcode: Mapped[str | None]
    statement_format: Mapped[str]
    language: Mapped[str]

    @property
    def full_name(self) -> str:
        """The name as a letter shows it."""
        return f"{self.given_names} {self.family_name}"


class CommunicationNeed(Versioned, Base):
    """A need of the Accessible Information Standard, coded, from a day on."""

    __tablename__ = "communication_need"
    __table_args__ = (
        own("person_id", "person", "communication_need_person"),
        Index("ix_communication_need_person", "commissioner_id", "person_id"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=NEW_ID)
    person_id: Mapped[UUID]
    kind: Mapped[str]
    code: Mapped[str]
    snomed_code: Mapped[str | None]
    start_on: Mapped[date]
    end_on: Mapped[date | None]


class ProtectedCharacteristics(Versioned, Base):
    """What a person chose to tell under the Equality Act 2010; age is the date of birth."""

    __tablename__ = "protected_characteristics"
    __table_args__ = (own("person_id", "person", "protected_characteristics_person"),)

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    ethnicity: Mapped[str | None]
    disability: Mapped[str | None]
    religion_or_belief: Mapped[str | None]
    sexual_orientation: Mapped[str | None]
    sex: Mapped[str | None]
    gender_reassignment: Mapped[str | None]
    marriage_or_civil_partnership: Mapped[str | None]
    pregnancy_or_maternity: Mapped[str | None]


class Relation(Versioned, Base):
    """Who is what to a person: a representative, nominee, advocate, broker, third party or care co-ordinator.

    The other party is one of a person, an organisation (all its users then act) or a user. `sees_from` is the first day
    whose records the relation opens; `start_on` unless the basis or the consent opens earlier ones.
    """

    __tablename__ = "relation"
    __table_args__ = (
        own("person_id", "person", "relation_person"),
        own("acting_person_id", "person", "relation_acting_person"),
        own("organisation_id", "organisation", "relation_organisation"),
        own("user_id", "user_account", "relation_user"),
        Index("ix_relation_person", "commissioner_id", "person_id"),
        Index("ix_relation_acting_person", "commissioner_id", "acting_person_id"),
        Index("ix_relation_organisation", "commissioner_id", "organisation_id"),
        Index("ix_relation_user", "commissioner_id", "user_id"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=NEW_ID)
    person_id: Mapped[UUID]
    kind: Mapped[str]
    basis: Mapped[str]
    acting_person_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None]
    user_id: Mapped[UUID | None]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    start_on: Mapped[date]
    end_on: Mapped[date | None]
    sees_from: Mapped[date]
    consent_of: Mapped[str]
    consent_on: Mapped[date | None]
    consent_recorded: Mapped[str | None]
    evidence: Mapped[str | None]
    end_reason: Mapped[str | None]


class User(Versioned, Base):
    """Somebody who signs in: one of the service's people (`person_id`), or somebody who works with it.

    A sign-in name belongs to one user of the whole installation.
    """

    __tablename__ = "user_account"
    __table_args__ = (
        UniqueConstraint("sign_in_name", name="uq_user_account_sign_in_name"),
        own("person_id", "person", "user_account_person"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=NEW_ID)
    sign_in_name: Mapped[str]
    name: Mapped[str]
    person_id: Mapped[UUID | None]


class UserRole(Versioned, Base):
    """A role a user holds at an organisation, from a day up to another.

    `sees_from` is the first day whose records the role opens: `start_on`, unless an administrator dated it earlier.
    """

    __tablename__ = "user_role"
    __table_args__ = (
        own("user_id", "user_account", "user_role_user"),
        own("organisation_id", "organisation", "user_role_organisation"),
        Index("ix_user_role_user", "commissioner_id", "user_id"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=NEW_ID)
    user_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    role: Mapped[str]
    start_on: Mapped[date]
    end_on: Mapped[date | None]
    sees_from: Mapped[date]
    granted_by: Mapped[UUID]
