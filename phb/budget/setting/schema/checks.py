"""Numbers, codes and words that a budget model's values may hold, checked however the value is made."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from phb.core.errors import RuleViolationError

PENNY_PLACES = 2
MOST_PARTS_OF_ONE = 10**6
MOST_LETTERS_IN_A_CODE = 60
MOST_LETTERS_IN_WORDS = 500

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NOT_ON_A_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NUMBER = re.compile(r"-?[0-9]{1,2000}(\.[0-9]{1,2000})?|-?[0-9]{1,2000}/[0-9]{1,2000}")


class FloatRefusedError(RuleViolationError):
    """A number came as a binary fraction, which cannot hold pounds and pence exactly."""

    code = "float-refused"


class NotANumberError(RuleViolationError):
    """A number was expected."""

    code = "not-a-number"


class NumberOutOfRangeError(RuleViolationError):
    """A number is negative or absurd."""

    code = "number-out-of-range"


class NumberTooFineError(RuleViolationError):
    """A number has more decimals than anything people agree on."""

    code = "number-too-fine"


class NotACodeError(RuleViolationError):
    """A code holds something other than small letters, digits and hyphens."""

    code = "not-a-code"


class NoWordsError(RuleViolationError):
    """Words were expected and there are none, or far too many."""

    code = "no-words"


@dataclass(frozen=True)
class Between:
    """A number from `least` to `most`, written with at least `places` decimals."""

    least: Fraction | int
    most: Fraction | int
    places: int = 0

    def refuse(self, value: Fraction | float, field: str) -> None:
        """Raise when the number is outside, too fine, or a float."""
        if isinstance(value, float):
            raise FloatRefusedError(
                f"“{field}” is {value} as a computer's rounded number. Write it as text, for example “18.40”.",
                field=field,
            )
        if not self.least <= value <= self.most:
            raise NumberOutOfRangeError(
                f"“{field}” is {number_text(value)[:20]}. Give a number from {self.least} to {self.most:,}.",
                field=field,
                least=str(self.least),
                most=str(self.most),
            )
        if Fraction(value).denominator > MOST_PARTS_OF_ONE:
            raise NumberTooFineError(
                f"“{field}” has too many decimals. Give at most six, or a fraction such as “365/7”.", field=field
            )


@dataclass(frozen=True)
class IsCode:
    """A short name for machines, safe in an address."""

    def refuse(self, value: str, field: str) -> None:
        """Raise when the text is no code."""
        if len(value) > MOST_LETTERS_IN_A_CODE or not _CODE.fullmatch(value):
            raise NotACodeError(
                f"“{field}” is “{value[:MOST_LETTERS_IN_A_CODE]}”. Use small letters, digits and single hyphens, "
                f"at most {MOST_LETTERS_IN_A_CODE}, for example “waking-night”.",
                field=field,
            )


@dataclass(frozen=True)
class IsWords:
    """Something a person can read."""

    def refuse(self, value: str, field: str) -> None:
        """Raise when there is nothing to read, or a page of it."""
        if not value.strip() or len(value) > MOST_LETTERS_IN_WORDS or _NOT_ON_A_LINE.search(value):
            raise NoWordsError(
                f"“{field}” needs words on one line: at least one letter and at most {MOST_LETTERS_IN_WORDS}.",
                field=field,
            )


Code = Annotated[str, IsCode()]
Words = Annotated[str, IsWords()]
Pounds = Annotated[Fraction, Between(0, 1_000_000, places=PENNY_PLACES)]


class Checked:
    """A frozen dataclass whose fields are checked by their annotations when it is made."""

    def __post_init__(self) -> None:
        """Refuse the first field that does not fit."""
        for name, hint in hints_of(type(self)).items():
            value = getattr(self, name)
            for check in _checks(hint) if value is not None else ():
                check.refuse(value, name)


def hints_of(kind: type) -> Mapping[str, object]:
    """Return the annotations of a dataclass; working them out anew for each value would take most of the time."""
    if kind not in _HINTS:
        _HINTS[kind] = get_type_hints(kind, include_extras=True)
    return _HINTS[kind]


_HINTS: dict[type, Mapping[str, object]] = {}


def _checks(hint: object) -> tuple[Any, ...]:
    """Return what an annotation asks of a value, also inside “or None”."""
    inside = get_args(hint) if get_origin(hint) is Union else (hint,)
    return tuple(check for part in inside for check in getattr(part, "__metadata__", ()))


def number(text: object, field: str) -> Fraction:
    """Return a number written as a whole number, or as text like “18.40” or “365/7”.

    Raises:
        FloatRefusedError: it came as a binary fraction.
        NotANumberError: it is anything else.
    """
    if isinstance(text, float):
        Between(0, 0).refuse(text, field)
    if isinstance(text, int) and not isinstance(text, bool):
        return Fraction(text)
    if not isinstance(text, str) or not _NUMBER.fullmatch(text) or re.search(r"/0+$", text):
        raise NotANumberError(
            f"“{field}” is “{str(text)[:40]}”, which is not a number. Write digits, for example “18.40”.", field=field
        )
    return Fraction(text)


def number_text(exact: Fraction | int, places: int = 0) -> str:
    """Return a number as decimals where they end, otherwise as a fraction like 365/7."""
    value = Fraction(exact)
    ends_after = decimals(value)
    if ends_after is None:
        return f"{value.numerator}/{value.denominator}"
    shown = max(ends_after, places)
    digits = str(abs(value.numerator) * 10**shown // value.denominator).rjust(shown + 1, "0")
    whole, rest = digits[: len(digits) - shown], digits[len(digits) - shown :]
    return ("-" if value < 0 else "") + whole + (f".{rest}" if rest else "")


def decimals(value: Fraction) -> int | None:
    """Return after how many decimals a number ends, or None where it never does."""
    twos, rest = _times(value.denominator, 2)
    fives, rest = _times(rest, 5)
    return max(twos, fives) if rest == 1 else None


def _times(whole: int, factor: int) -> tuple[int, int]:
    """Return how often a factor divides a whole number, and what is then left of it."""
    times = 0
    while whole % factor == 0:
        whole, times = whole // factor, times + 1
    return times, whole
