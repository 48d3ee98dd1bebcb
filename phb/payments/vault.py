"""Bank details at rest: sealed with a key from a file, opened only to check, compare or pay.

A row keeps the id of its key beside the sealed bytes, so that a new key can come into use while old rows stay
readable. The key file holds one key to a line, "id key", the one in use first; nobody but its owner may read it.
"""

import os
import re
import stat
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.orm import Session, sessionmaker

from phb.core.errors import ConflictError, RuleViolationError

NAME = "phb.vault"
KEY_BYTES = 32
NONCE_BYTES = 12
OTHERS = stat.S_IRWXG | stat.S_IRWXO
LINE = re.compile("(?P<id>[a-z0-9]{1,32}) (?P<key>[A-Za-z0-9_=-]+)")


class KeyFileError(RuleViolationError):
    """The key file cannot be used."""

    code = "key-file"


class NoKeyError(ConflictError):
    """Bank details are needed, and the key they are sealed with is not here."""

    code = "key-missing"


class TamperedError(ConflictError):
    """Sealed bytes were changed, or belong to another row."""

    code = "sealed-bytes-changed"


@dataclass(frozen=True)
class Sealed:
    """Bytes nobody can read without the key of that id."""

    key_id: str
    content: bytes


@dataclass(frozen=True)
class Vault:
    """The keys by id, and the one that seals what is new."""

    keys: Mapping[str, bytes] = field(repr=False)
    key_id: str

    @classmethod
    def from_file(cls, path: Path) -> "Vault":
        """Return the vault whose keys a file holds.

        Raises:
            KeyFileError: others may read the file, or a line of it is no key.
        """
        if path.stat().st_mode & OTHERS:
            raise KeyFileError("Others than its owner may read the key file. Take that away from them: chmod 600.")
        keys = dict(_key(number, line) for number, line in enumerate(path.read_text().splitlines(), start=1))
        if not keys:
            raise KeyFileError("The key file is empty. Restore it from where the keys are kept, or make a new one.")
        return cls(keys, next(iter(keys)))

    def seal(self, content: bytes, *, for_row: UUID) -> Sealed:
        """Seal bytes for one row: in another row they do not open."""
        nonce = os.urandom(NONCE_BYTES)
        return Sealed(self.key_id, nonce + AESGCM(self.keys[self.key_id]).encrypt(nonce, content, for_row.bytes))

    def open(self, sealed: Sealed, *, for_row: UUID) -> bytes:
        """Return what was sealed.

        Raises:
            NoKeyError: the key is not in the file.
            TamperedError: the bytes are not those that were sealed for this row.
        """
        if sealed.key_id not in self.keys:
            raise NoKeyError(
                f"These bank details are sealed with the key “{sealed.key_id}”, which is not in the key file. "
                "Put the key back into the file and start again.",
                key_id=sealed.key_id,
            )
        nonce, content = sealed.content[:NONCE_BYTES], sealed.content[NONCE_BYTES:]
        try:
            return AESGCM(self.keys[sealed.key_id]).decrypt(nonce, content, for_row.bytes)
        except InvalidTag as error:
            raise TamperedError(
                "These bank details were changed in the database, so they are not used. "
                "Tell your security team, and enter the details again from the payee's own papers."
            ) from error

    def secret_for(self, purpose: str) -> bytes:
        """Return a secret of its own for another purpose, the same as long as the key in use is."""
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(self.keys[self.key_id])


def make_key_file(path: Path) -> Vault:
    """Write a file with a new key that only its owner may read, unless there is one, and return its vault."""
    key = os.urandom(KEY_BYTES)
    line = f"{sha256(key).hexdigest()[:12]} {urlsafe_b64encode(key).decode()}\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return Vault.from_file(path)
    with os.fdopen(handle, "w") as file:
        file.write(line)
    return Vault.from_file(path)


def attach(sessions: sessionmaker[Session], vault: Vault) -> None:
    """Give every session that is made from now on the vault."""
    sessions.configure(info={**sessions.kw.get("info", {}), NAME: vault})


def attached(sessions: sessionmaker[Session]) -> Vault | None:
    """Return the vault that sessions are given, or None."""
    found: Vault | None = sessions.kw.get("info", {}).get(NAME)
    return found


def of(session: Session) -> Vault:
    """Return the vault of a session.

    Raises:
        NoKeyError: the installation was started without a key.
    """
    vault = session.info.get(NAME)
    if not isinstance(vault, Vault):
        raise NoKeyError(
            "This installation has no key for bank details, so they can be neither kept nor read. "
            "Name the key file in PHB_KEY_FILE and start it again."
        )
    return vault


def _key(number: int, line: str) -> tuple[str, bytes]:
    found = LINE.fullmatch(line)
    try:
        key = urlsafe_b64decode(found["key"]) if found else b""
    except (NotBase64, ValueError):
        key = b""
    if found is None or len(key) != KEY_BYTES:
        raise KeyFileError(f"Line {number} of the key file is no key. Restore the file from where the keys are kept.")
    return found["id"], key
