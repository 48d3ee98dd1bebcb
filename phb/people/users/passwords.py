"""Passwords: long enough, stored as argon2id hashes, compared in the same time whether or not anybody has the name."""

from datetime import timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from phb.core.errors import RuleViolationError

SHORTEST = 12
LONGEST = 200  # longer texts only make hashing slow
WRONG_IN_A_ROW = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)

HASHER = PasswordHasher()  # argon2id with the library's current cost


class PasswordRuleError(RuleViolationError):
    """A password is too short, too long or the name itself."""

    code = "password-rule"


def check_password(password: str, sign_in_name: str) -> None:
    """Refuse a password that is too short, too long or contains the sign-in name.

    Length is the one rule: signs that must be mixed in make passwords worse, not better.

    Raises:
        PasswordRuleError: it is.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise PasswordRuleError(
            f"Choose a password of {SHORTEST} to {LONGEST} characters: three or four unrelated words are a good one.",
            field="password",
        )
    if sign_in_name.casefold() in password.casefold():
        raise PasswordRuleError("Choose a password that does not contain your sign-in name.", field="password")


def hashed(password: str) -> str:
    """Return the argon2id hash to store."""
    return HASHER.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Say whether a password is the hashed one; without a hash it takes as long, and is not."""
    try:
        HASHER.verify(password_hash or _nobodys(), password)
    except VerifyMismatchError:
        return False
    return password_hash is not None


@cache
def _nobodys() -> str:
    return HASHER.hash("nobody has this password")


def wait_after(wrong_in_a_row: int) -> timedelta:
    """Return how long to wait after so many wrong passwords in a row: nothing at first, then doubling up to a limit."""
    if wrong_in_a_row < WRONG_IN_A_ROW:
        return timedelta(0)
    doublings = min(wrong_in_a_row - WRONG_IN_A_ROW, 10)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
