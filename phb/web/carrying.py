"""Carry answers from one question to the next in the address, sealed, so that back, forward and reload all work.

Nobody but this service reads them, and only for whoever gave them. They are on no server until they are sent.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from flask import current_app

Answers = dict[str, str]
TWELVE_HOURS = 12 * 60 * 60
"""As long as somebody stays signed in."""


def seal(answers: Mapping[str, str], *, by: UUID) -> str:
    """Return answers as text that nobody else can read or change."""
    return _box().encrypt(json.dumps([str(by), dict(answers)]).encode()).decode()


def opened(sealed: str | None, *, by: UUID) -> Answers:
    """Return the answers that somebody gave; none where they are somebody else's, too old, or not of our making."""
    try:
        giver, answers = json.loads(_box().decrypt((sealed or "").encode(), ttl=TWELVE_HOURS))
    except InvalidToken:
        return {}
    return dict(answers) if giver == str(by) else {}


def _box() -> Fernet:
    secret: bytes = current_app.config["SECRET_KEY"]
    return Fernet(urlsafe_b64encode(sha256(b"answers that are carried on" + secret).digest()))
