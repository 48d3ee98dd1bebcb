"""The arithmetic of the checks on plain values: whole numbers are compared, nothing is rounded before."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

TENTHS_OF_A_PERCENT = 1000


class Operator(StrEnum):
    """On which side of its threshold a figure passes; the threshold itself always does."""

    AT_LEAST = ">="
    AT_MOST = "<="


class Verdict(StrEnum):
    """What a check comes to; nothing to divide by is no result, neither none nor all."""

    PASSES = "passes"
    FAILS = "fails"
    NO_RESULT = "no_result"


@dataclass(frozen=True)
class Threshold:
    """An exact figure above nil, and the side on which it is passed."""

    operator: Operator
    value: Fraction

    def __post_init__(self) -> None:
        """Refuse a threshold that everything or nothing passes."""
        if self.value <= 0:
            raise ValueError("a threshold is above nil")


@dataclass(frozen=True)
class Outcome:
    """What was counted and what follows. `denominator` is None for a plain count.

    `how_many_more` is the smallest number that is missing to pass, None where there is no result.
    """

    numerator: int
    denominator: int | None
    verdict: Verdict
    how_many_more: int | None

    @property
    def share(self) -> Fraction | None:
        """The exact share, None for a plain count or where nothing is there to divide by."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None


def judge(numerator: int, denominator: int | None, threshold: Threshold) -> Outcome:
    """Compare a count, or a share of a whole, with its threshold as whole numbers.

    What is missing to reach a least share are more of those already in the whole; what is missing to stay within a
    most share are others that join the whole. At 2/5 the first is 5 x n >= 2 x total, at 1/2 the second is
    2 x largest <= total.

    Args:
        numerator: nil or more.
        denominator: the whole, at least the numerator; None where a plain count is compared.
        threshold: a count, or a share of one.
    """
    if denominator == 0:
        return Outcome(numerator, denominator, Verdict.NO_RESULT, None)
    part, whole = threshold.value.numerator, threshold.value.denominator
    have, bound = whole * numerator, part * (1 if denominator is None else denominator)
    if threshold.operator is Operator.AT_LEAST:
        missing, each = bound - have, whole
    else:
        missing, each = have - bound, part
    more = max(0, -(-missing // each))
    return Outcome(numerator, denominator, Verdict.FAILS if more else Verdict.PASSES, more)


def percent(share: Fraction, operator: Operator) -> Decimal:
    """Return a share as a percentage with one decimal, for show alone.

    It is rounded to the failing side, so that a share which misses its threshold never looks as if it met it.
    """
    exact = share * TENTHS_OF_A_PERCENT
    tenths = exact.__floor__() if operator is Operator.AT_LEAST else exact.__ceil__()
    return Decimal(tenths).scaleb(-1)
