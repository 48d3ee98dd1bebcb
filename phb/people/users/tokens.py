"""Bearer tokens: what they look like, how they are stored, what a read-only one lets through.

A token is "phb_", the commissioner's id and 256 random bits. The id lets it be looked up under that commissioner's
row-level security, so no query ever reads the tokens of several; only the SHA-256 of the whole is stored.
"""

import re
from collections.abc import Iterable
from hashlib import sha256
from secrets import token_urlsafe
from uuid import UUID

from phb.core.actor import Permission

TOKEN = re.compile(r"phb_([0-9a-f]{32})_[A-Za-z0-9_-]{43}")
READS = ".read"


def new_token(commissioner_id: UUID) -> str:
    """Return a new token of a commissioner."""
    return f"phb_{commissioner_id.hex}_{token_urlsafe(32)}"


def commissioner_of(token: str) -> UUID | None:
    """Return the commissioner a token says it is of, or None where it is no token."""
    found = TOKEN.fullmatch(token)
    return UUID(found[1]) if found else None


def hash_of(token: str) -> bytes:
    """Return what is stored of a token."""
    return sha256(token.encode()).digest()


def only_reading(permissions: Iterable[Permission]) -> frozenset[Permission]:
    """Return the permissions that change nothing."""
    return frozenset(permission for permission in permissions if permission.endswith(READS))
