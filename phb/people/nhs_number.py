"""NHS numbers: read as people write them, refused unless one could have been issued."""

import re
from dataclasses import dataclass
from typing import Self

from nhs_number.validate import is_valid
from sqlalchemy import Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from phb.core.errors import RuleViolationError

DIGITS = re.compile(r"[0-9]{10}")
SEPARATORS = str.maketrans("", "", " -")
ISSUED_FROM = ("4", "6", "7", "9")  # 1 to 3 are other nations' schemes, 5 and 8 were never issued, 9 is for testing
TEST_RANGE = "999"


class InvalidNHSNumberError(RuleViolationError):
    """The text is no NHS number."""

    code = "nhs-number"


@dataclass(frozen=True, order=True)
class NHSNumber:
    """Ten digits that pass the check and lie in a range of NHS numbers; as text they are shown 3-3-4.

    Source: NHS Data Dictionary (check digit modulus 11); ranges as the nhs-number library collects them.
    """

    digits: str

    def __post_init__(self) -> None:
        """Refuse what could never be an NHS number."""
        if not DIGITS.fullmatch(self.digits):
            raise _invalid("has not ten digits. Type the ten digits, with or without spaces or hyphens")
        if len(set(self.digits)) == 1 or not self.digits.startswith(ISSUED_FROM):
            raise _invalid("is outside the ranges of NHS numbers. Check that it is not a number of another scheme")
        if not is_valid(self.digits):
            raise _invalid("has a mistyped digit: its check digit does not fit. Compare it with the letter or record")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the number written in a text; spaces and hyphens are let through, nothing else.

        Raises:
            InvalidNHSNumberError: the text is no NHS number.
        """
        return cls(text.translate(SEPARATORS))

    @property
    def is_test(self) -> bool:
        """Whether it lies in the range kept for invented people."""
        return self.digits.startswith(TEST_RANGE)

    def __str__(self) -> str:
        return f"{self.digits[:3]} {self.digits[3:6]} {self.digits[6:]}"


def _invalid(fault: str) -> InvalidNHSNumberError:
    return InvalidNHSNumberError(f"This NHS number {fault}.", field="nhs_number")


class NHSNumberType(TypeDecorator[NHSNumber]):
    """An NHSNumber in Python, ten digits in a text column."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: NHSNumber | None, _dialect: Dialect) -> str | None:
        """Return the digits to store."""
        return None if value is None else value.digits

    def process_result_value(self, value: str | None, _dialect: Dialect) -> NHSNumber | None:
        """Return stored digits as a number."""
        return None if value is None else NHSNumber(value)
