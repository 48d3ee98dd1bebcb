"""The lines of a price: factors multiplied into workings, rounded half up once where the model says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import prod
from typing import Literal

from phb.budget.setting.schema.checks import Code, Words
from phb.budget.setting.words import pence_text, pounds_text
from phb.core.money import PENCE_IN_A_POUND, round_to_penny, to_pence

Kind = Literal["recurring", "one_off", "contingency"]
Basis = Literal["week", "year", "day", "once", "whole"]
RoundBy = Literal["week", "year"]
Sign = Literal["times", "over", "of"]


@dataclass(frozen=True)
class Factor:
    """One number of a calculation.

    Args:
        shown: the number as people read it: "21", "£18.40", "12.07%".
        sign: what stands before it; "over" divides, the others multiply.
        because: the sentence that says where it comes from; None where the line has said so.
    """

    number: Fraction
    shown: str
    sign: Sign = "times"
    because: str | None = None


@dataclass(frozen=True)
class Working:
    """Factors multiplied.

    Args:
        per: what the result is for: a week, a year, one such day, or the whole period (never "once").
        exact: the result in pounds before any rounding.
        pence: the result half up to the penny, where this is a place the model rounds at.
    """

    per: Basis
    factors: tuple[Factor, ...]
    exact: Fraction
    pence: int | None = None

    @property
    def pounds(self) -> Fraction:
        """What the calculation goes on with: the rounded amount where there is one."""
        return self.exact if self.pence is None else Fraction(self.pence, PENCE_IN_A_POUND)

    def goes_on_as(self, round_by: RoundBy) -> Fraction:
        """Return what a sum of weeks takes: the rounded amount only where the model rounds by the week."""
        return self.pounds if round_by == "week" else self.exact

    @property
    def is_rounded(self) -> bool:
        """Say whether rounding changed the amount."""
        return self.pounds != self.exact

    def as_factor(self, because: str | None = None) -> Factor:
        """Return the result as the first number of the next working."""
        shown = pounds_text(self.exact) if self.pence is None else pence_text(self.pence)
        return Factor(self.pounds, shown, because=because)


@dataclass(frozen=True)
class Line:
    """The cost of one thing.

    Args:
        step: the step of the model it belongs to.
        words: what it is, as people are told.
        basis: what it comes round by; "once" does not, and "whole" is worked out for the whole period at a time.
        rate_on: the day whose rate it uses.
        workings: in order; the last is for the whole period and rounded, so its pence are the line's.
        weekly: what it comes to in a week, for a line that comes round.
    """

    step: Code
    kind: Kind
    words: Words
    basis: Basis
    workings: tuple[Working, ...]
    need: Code | None = None
    rate: Code | None = None
    rate_on: date | None = None
    weekly: Working | None = None

    @property
    def pence(self) -> int:
        """The amount of the line."""
        return self.workings[-1].pence or 0

    @property
    def exact(self) -> Fraction:
        """The amount of the line in pounds before it was rounded for the whole period."""
        return self.workings[-1].exact

    @property
    def weekly_pence(self) -> int:
        """What it comes to in a week, to the penny; nothing for what does not come round."""
        return self.weekly.pence or 0 if self.weekly else 0

    @property
    def is_spread(self) -> bool:
        """Say whether its weekly cost is its whole cost spread evenly over the weeks."""
        return self.basis != "week"

    @property
    def lengthening(self) -> tuple[Factor, ...]:
        """The factors that made the amount of a week, a year or a day one for the whole period."""
        return self.workings[-1].factors[1:]


def working(per: Basis, factors: Sequence[Factor], *, rounded: bool) -> Working:
    """Multiply factors, and round half up to the penny where asked."""
    powers = (1 / factor.number if factor.sign == "over" else factor.number for factor in factors)
    exact = prod(powers, start=Fraction(1))
    return Working(per, tuple(factors), exact, to_pence(round_to_penny(exact)) if rounded else None)
