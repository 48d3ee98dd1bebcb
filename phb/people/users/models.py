"""What signing in needs and nothing else reads: password hashes, tokens, wrong attempts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Integer, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from phb.core.database import Base
from phb.people.models import NEW_ID, own


class Credential(Base):
    """The argon2id hash of a user's password; `must_change` when somebody else chose it."""

    __tablename__ = "credential"
    __table_args__ = (own("user_id", "user_account", "credential_user"),)

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    password_hash: Mapped[str]
    must_change: Mapped[bool]
    set_at: Mapped[datetime]


class AccessToken(Base):
    """A bearer token: its SHA-256 and what it is for, never the token. Instants are real time."""

    __tablename__ = "access_token"
    __table_args__ = (
        UniqueConstraint("token_hash", name="uq_access_token_hash"),
        own("user_id", "user_account", "access_token_user"),
        Index("ix_access_token_user", "commissioner_id", "user_id"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=NEW_ID)
    user_id: Mapped[UUID]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    scope: Mapped[str]
    label: Mapped[str]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """How often in a row a wrong password was given for a name, known or not. Real time."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_last_at", "last_at"),)

    name_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    wrong_in_a_row: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[datetime]
