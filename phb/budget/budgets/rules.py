"""Arithmetic on agreed money: what it is worth to the scheme of delegation, and what a new version changes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from moneyed import Money

from phb.budget.kinds import ManagementType
from phb.core.money import from_pence, round_to_penny
from phb.core.period import Period, add_months
from phb.governance.policies import ApprovedValue
from phb.ledger.entry import Place, Portion, Share

MONTHS_IN_A_YEAR = 12
REPORTING_ORDER = (ManagementType.DIRECT_PAYMENT, ManagementType.THIRD_PARTY, ManagementType.NOTIONAL)


@dataclass(frozen=True)
class LineValue:
    """The money of a plan line for all its days; `comes_round` is false for what is needed once."""

    money: Money
    period: Period
    comes_round: bool


@dataclass(frozen=True)
class Difference:
    """What changes between two versions of a budget: each portion is above nil."""

    raised: tuple[Portion, ...]
    lowered: tuple[Portion, ...]


def annual_cost(money: Money, period: Period) -> Money:
    """Return what the money of some days is for the year that starts with them, half up to the penny."""
    year = (add_months(period.start_on, MONTHS_IN_A_YEAR) - period.start_on).days
    return round_to_penny(Fraction(money.amount) * year / period.days)


def approved_value(measure: ApprovedValue, lines: Iterable[LineValue]) -> Money:
    """Return the value of a plan that a limit of the scheme of delegation is compared with.

    All funders' money counts in full, so that dividing a plan between funders or into short lines dodges no limit.
    """
    annualised = measure is ApprovedValue.ANNUALISED_FULL_COST_PLUS_ONE_OFFS
    values = (annual_cost(line.money, line.period) if annualised and line.comes_round else line.money for line in lines)
    return sum(values, from_pence(0))


def difference(before: Sequence[Portion], after: Sequence[Portion]) -> Difference:
    """Return what is raised and what is lowered, for each place and fund, between two versions."""
    old, new = _by_place(before), _by_place(after)
    keys = [*old, *(key for key in new if key not in old)]
    changes = [(key, new.get(key, from_pence(0)) - old.get(key, from_pence(0))) for key in keys]
    return Difference(
        raised=tuple(_portion(key, amount) for key, amount in changes if amount.amount > 0),
        lowered=tuple(_portion(key, -amount) for key, amount in changes if amount.amount < 0),
    )


def reported_management(held: Iterable[ManagementType]) -> ManagementType:
    """Return the one way of holding that a mixed budget is counted under.

    Source: design; direct payment before third party before notional, stated on the report.
    """
    ways = set(held)
    return next(way for way in REPORTING_ORDER if way in ways)


def _by_place(portions: Sequence[Portion]) -> Mapping[tuple[Place, str], Money]:
    sums: dict[tuple[Place, str], Money] = {}
    for portion in portions:
        key = (portion.place, portion.share.fund)
        sums[key] = sums.get(key, from_pence(0)) + portion.share.amount
    return sums


def _portion(key: tuple[Place, str], amount: Money) -> Portion:
    place, fund = key
    return Portion(place, Share(fund, amount))
