"""Whole pence: making, rounding and sharing pounds without losing a penny."""

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import floor

from moneyed import GBP, Money
from sqlalchemy import BigInteger
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from phb.core.errors import RuleViolationError

PENCE_IN_A_POUND = 100
LARGEST_POWER = 13  # ten million million pounds: sums of many such still fit a BIGINT of pence

THOUSANDS = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")

_WRITTEN = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")


class FractionOfAPennyError(RuleViolationError):
    """An amount is not a whole number of pence."""

    code = "fraction-of-a-penny"


class NotPoundsError(RuleViolationError):
    """An amount is in another currency, or is no number."""

    code = "not-pounds"


class AmountOutOfRangeError(RuleViolationError):
    """An amount is larger than anything these books will hold."""

    code = "amount-out-of-range"


def from_pence(pence: int) -> Money:
    """Return whole pence as pounds."""
    return Money(Decimal(pence) / PENCE_IN_A_POUND, GBP)


def pounds(text: str) -> Money:
    """Return pounds and pence written as in "125.50".

    Raises:
        NotPoundsError: the text is no decimal number.
        FractionOfAPennyError: it has more than two decimals.
        AmountOutOfRangeError: it is absurdly large.
    """
    if not _WRITTEN.fullmatch(text):
        raise NotPoundsError(f"“{text}” is not an amount. Write pounds and pence, for example 125.50.")
    return from_pence(to_pence(Money(Decimal(text), GBP)))


def pounds_typed(text: str) -> Money:
    """Return pounds and pence as people type them, "£1,250.50": with a pound sign and commas between thousands.

    Raises:
        NotPoundsError: no decimal number, or a comma anywhere else: “15,50” must not become 1,550 pounds.
        FractionOfAPennyError: it has more than two decimals.
        AmountOutOfRangeError: it is absurdly large.
    """
    plain = text.strip().removeprefix("£").strip()
    if "," in plain and not THOUSANDS.fullmatch(plain):
        raise NotPoundsError("Write the pence after a full stop, like 15.50. A comma stands between thousands only.")
    return pounds(plain.replace(",", ""))


def to_pence(money: Money) -> int:
    """Return an amount as whole pence.

    Raises:
        NotPoundsError: the amount is not in pounds sterling.
        FractionOfAPennyError: the amount has a fraction of a penny; round_to_penny() alone rounds.
        AmountOutOfRangeError: it is ten million million pounds or more.
    """
    if money.currency != GBP or not money.amount.is_finite():
        raise NotPoundsError(f"{money} is not in pounds. Give the amount in GBP.", currency=str(money.currency))
    if money.amount.adjusted() >= LARGEST_POWER:
        raise AmountOutOfRangeError("The amount is absurdly large. Look for a slip, and give pounds and pence.")
    numerator, denominator = money.amount.as_integer_ratio()
    pence, fraction = divmod(numerator * PENCE_IN_A_POUND, denominator)
    if fraction:
        raise FractionOfAPennyError(
            f"£{money.amount} has a fraction of a penny. Give pounds and whole pence, for example 125.50."
        )
    return pence


def round_to_penny(exact: Fraction | Decimal | int) -> Money:
    """Return an exact number of pounds to the nearest penny, half away from nil."""
    pence = Fraction(exact) * PENCE_IN_A_POUND
    return from_pence(_half_up(pence))


def split(total: Money, weights: Sequence[Fraction | int]) -> tuple[Money, ...]:
    """Share an amount by weights so that the parts add up to the whole.

    Args:
        total: what is shared; a negative amount shares like its mirror.
        weights: one for each part, none negative, not all nil; on a tie of remainders the earlier part
            gets the penny, so list the NHS first. A part of no weight gets nothing.

    Source: largest remainder, the NHS on a tie (docs/adr/0003).
    """
    shares = [Fraction(weight) for weight in weights]
    whole = sum(shares)
    if whole <= 0 or min(shares) < 0:
        raise ValueError("weights are nil or more, and not all nil")
    pence = to_pence(total)
    sign = -1 if pence < 0 else 1
    parts = whole_pence([abs(pence) * share / whole for share in shares])
    return tuple(from_pence(sign * part) for part in parts)


def whole_pence(exact: Sequence[Fraction]) -> list[int]:
    """Return exact pence, which add up to whole ones, as whole pence that add up to the same.

    Source: largest remainder, the earlier part on a tie (docs/adr/0003).
    """
    parts = [floor(part) for part in exact]
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_remainder[: int(sum(exact)) - sum(parts)]:
        parts[i] += 1
    return parts


def instalments(total: Money, count: int) -> tuple[Money, ...]:
    """Divide an amount into equal instalments whose running total is always the rounded share.

    Instalment n = round(total x n / count) - round(total x (n - 1) / count).

    Source: docs/adr/0003.
    """
    if count < 1:
        raise ValueError("count is at least one")
    pence = to_pence(total)
    running = [_half_up(Fraction(pence * n, count)) for n in range(count + 1)]
    return tuple(from_pence(after - before) for before, after in pairwise(running))


def as_json(money: Money) -> dict[str, str]:
    """Return an amount as JSON has it: {"amount": "125.50", "currency": "GBP"}."""
    return {"amount": f"{money.amount:.2f}", "currency": money.currency.code}


def format_pounds(money: Money) -> str:
    """Return an amount as people write it: £1,234.50, or -£1,234.50."""
    pence = to_pence(money)
    sign = "-" if pence < 0 else ""
    whole, rest = divmod(abs(pence), PENCE_IN_A_POUND)
    return f"{sign}£{whole:,}.{rest:02d}"


def _half_up(exact: Fraction) -> int:
    rounded = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return -rounded if exact < 0 else rounded


class MoneyType(TypeDecorator[Money]):
    """Pounds in Python, whole pence in a BIGINT column."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Money | None, _dialect: Dialect) -> int | None:
        """Return the pence to store."""
        return None if value is None else to_pence(value)

    def process_result_value(self, value: int | None, _dialect: Dialect) -> Money | None:
        """Return stored pence as pounds."""
        return None if value is None else from_pence(value)
