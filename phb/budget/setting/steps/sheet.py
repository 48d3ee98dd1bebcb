"""What the pricing of a step may look at, and how its factors become a line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from phb.budget.setting.inputs import Inputs
from phb.budget.setting.lines import Factor, Line, RoundBy, Working, working
from phb.budget.setting.rates import Rate, RateCard
from phb.budget.setting.steps.lengthening import CannotLengthenError, lengthening, shortening
from phb.budget.setting.steps.types import WeeksInTheYear
from phb.budget.setting.weeks import DAYS_IN_A_WEEK, Calendar, CountedDays, DaysOverSeven, Method
from phb.budget.setting.words import listed
from phb.core.period import Period


@dataclass(frozen=True)
class Sheet:
    """What the pricing of a step may look at.

    Args:
        period: the days that are priced.
        whole: the days they are a part of; the same unless a longer budget was cut.
        source: what the model calls itself and since when, for sums it states itself.
        titles: the words of each step by its name.
        lines: those of the steps before.
    """

    inputs: Inputs
    rates: RateCard
    calendar: Calendar | None
    period: Period
    whole: Period
    source: str
    round_by: RoundBy
    weeks: WeeksInTheYear | None
    titles: Mapping[str, str]
    lines: tuple[Line, ...] = ()

    @property
    def is_first_part(self) -> bool:
        """Say whether the budget starts here."""
        return self.period.start_on == self.whole.start_on

    def rate(self, code: str) -> Rate:
        """Return the rate that holds through the period, or refuse."""
        return self.rates.rate_through(code, self.period)

    def lines_of(self, names: Sequence[str]) -> tuple[Line, ...]:
        """Return the lines of some steps before this one."""
        return tuple(line for line in self.lines if line.step in names)

    def names(self, steps: Sequence[str]) -> str:
        """Return steps as a sentence names them."""
        return listed([self.titles[name] for name in steps])

    def lengthened(self, line: Line, factors: Sequence[Factor], rate: Rate | None = None) -> Line:
        """Return the line of an amount that comes round: the price's own way first, then the model's.

        Raises:
            CannotLengthenError: it comes round in a way that cannot be made longer.
        """
        method = rate.weeks if rate and rate.weeks else self._method(line.need)
        try:
            if isinstance(method, CountedDays) and line.basis == "week":
                line, factors = replace(line, basis="day"), (*factors, shortening(method))
            return self.recurring(line, factors, lengthening(line.basis, method, self.period, self.calendar))
        except CannotLengthenError as error:
            raise CannotLengthenError(f"“{line.need or line.step}”: {error.sentence}", need=line.need) from error

    def recurring(self, line: Line, factors: Sequence[Factor], longer: Sequence[Factor]) -> Line:
        """Return the line with the amount of its basis, of the whole period, and of a week."""
        by_week = line.basis == "week"
        first = working(line.basis, factors, rounded=by_week and self.round_by == "week")
        whole = working("whole", (first.as_factor(), *longer), rounded=True)
        weekly = self._one_week(first) if by_week else self.week_of(whole)
        return replace(line, workings=(first, whole), weekly=weekly)

    def week_of(self, whole: Working) -> Working:
        """Return what an amount for the whole period comes to in a week, spread evenly."""
        days = Factor(Fraction(self.period.days), f"{self.period.days}", "over")
        week = Factor(Fraction(DAYS_IN_A_WEEK), f"{DAYS_IN_A_WEEK}")
        return working("week", (replace(whole, pence=None).as_factor(), week, days), rounded=True)

    def _method(self, code: str | None) -> Method:
        return self.weeks.method_for(code) if self.weeks else DaysOverSeven()

    def _one_week(self, first: Working) -> Working:
        return first if first.pence is not None else working("week", (first.as_factor(),), rounded=True)
