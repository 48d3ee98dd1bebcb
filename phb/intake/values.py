"""Turn the text of one cell into a value, allowing for what spreadsheets do to dates, amounts and long numbers.

Days are read as people in the United Kingdom write them: 04/05/2026 is 4 May. Nothing in a file could tell whether it
was meant the American way, so nobody guesses.
"""

import re
from collections.abc import Callable, Collection
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from moneyed import Money

from phb.core.money import THOUSANDS, pounds
from phb.core.period import FIRST_DAY, LAST_DAY
from phb.intake.reading.json_lines import loads

YES, NO = {"yes", "y", "true"}, {"no", "n", "false"}
NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")
SHORTENED = re.compile(r"-?[0-9](\.[0-9]+)?[eE]\+[0-9]{2,}")
COULD_BE_EITHER = re.compile(r"-?[0-9]{1,3},[0-9]{3}")
POUND_SIGN = re.compile(r"(-?) ?£ ?(-?)(?=[0-9])")
MIDNIGHT = re.compile(r"[T ]00:00(:00)?$")
UK_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
SHORT_YEAR = re.compile(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{2}")
DAY_NUMBER = re.compile(r"[0-9]{5}")


class MisfitError(ValueError):
    """A text does not fit, and there is more to say than what would; the sentence says what to do."""


def one_of(text: str, choices: Collection[str]) -> str:
    """Return a text that is one of some choices.

    Raises:
        ValueError: it is none of them.
    """
    if text not in choices:
        raise ValueError(text)
    return text


def words_of(text: str) -> tuple[str, ...]:
    """Return words that stand with semicolons between them, or in a JSON list."""
    given = loads(text) if text.startswith("[") else text.split(";")
    return tuple(_storable(part.strip()) for part in map(str, given) if part.strip())


def with_digits(text: str, wanted: int) -> str:
    """Return an identifier of so many digits, which may have spaces and hyphens between them.

    Raises:
        MisfitError: digits at the front are missing.
    """
    digits = re.sub("[ -]", "", text)
    if digits.isdecimal() and len(digits) < wanted:
        raise MisfitError(
            f"It has {len(digits)} digits and needs {wanted}: a spreadsheet drops noughts at the front. Set the column "
            "to text and write it with its noughts."
        )
    return text


def _text(text: str) -> str:
    if SHORTENED.fullmatch(text):
        raise MisfitError(
            "A spreadsheet shortened this number and lost its last digits. Set the column to text and write it in full."
        )
    return _storable(text)


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError(text)
    text.encode()
    return text


def _json(kind: type, text: str) -> object:
    found = loads(text)
    if not isinstance(found, kind):
        raise ValueError(text)  # noqa: TRY004 - the caller turns every ValueError into a sentence
    return found


def _number(kind: Callable[[str], object], text: str) -> object:
    if COULD_BE_EITHER.fullmatch(text):
        raise MisfitError(f"Write {text.replace(',', '')} or {text.replace(',', '.')}: the comma could be either.")
    plain = _without_commas(_in_full(text))
    if not NUMBER.fullmatch(plain):
        raise ValueError(text)
    return kind(plain)


def _money(text: str) -> Money:
    return pounds(_without_commas(POUND_SIGN.sub(r"\1\2", _in_full(text), count=1)))


def _in_full(text: str) -> str:
    if SHORTENED.fullmatch(text):
        raise MisfitError("A spreadsheet shortened this number. Show it in full there, and save the file again.")
    return text


def _without_commas(text: str) -> str:
    """Return a number without the commas of its thousands."""
    if THOUSANDS.fullmatch(text):
        return text.replace(",", "")
    if "," in text:
        raise MisfitError("Write it with a point before the pence and no other sign, for example 1234.50.")
    return text


def _day(text: str) -> date:
    plain = MIDNIGHT.sub("", text)
    if DAY_NUMBER.fullmatch(plain):
        raise MisfitError("This is a spreadsheet's own number for a day. Show the column as a date, and save it again.")
    if SHORT_YEAR.fullmatch(plain):
        raise MisfitError("Write the year with four digits, 2026-04-01 or 01/04/2026.")
    in_uk_order = UK_DAY.fullmatch(plain)
    day = _uk_day(*map(int, in_uk_order.groups())) if in_uk_order else date.fromisoformat(plain)
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(day)
    return day


def _uk_day(day: int, month: int, year: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise MisfitError("There is no such day: it is read as day/month/year. Write 2026-04-01.") from error


def _yes(text: str) -> bool:
    return one_of(text.lower(), YES | NO) in YES


CONVERTERS: dict[Any, Callable[[str], object]] = {
    str: _text,
    dict: partial(_json, dict),
    list: partial(_json, list),
    Money: _money,
    date: _day,
    bool: _yes,
    int: partial(_number, int),
    Decimal: partial(_number, Decimal),
    Fraction: partial(_number, Fraction),
}
