"""Who pays how much of a plan line: rules as they are stated, and the exact parts they come to on given days."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise

from moneyed import Money

from phb.budget.kinds import ShareBasis
from phb.budget.plans.draft import ShareRule
from phb.core.errors import RuleViolationError
from phb.core.money import format_pounds, from_pence, pounds, split, to_pence
from phb.core.period import Period
from phb.ledger.chart import NHS
from phb.ledger.entry import Share

PERCENT = 100


class SharesDoNotAddUpError(RuleViolationError):
    """The funders' shares of a line do not come to the whole line."""

    code = "shares-do-not-add-up"


class ShareDayError(RuleViolationError):
    """A share begins on a day that the line does not have, or a fixed sum on any day of its own."""

    code = "share-day"


def shared(
    rules: Sequence[ShareRule], years: Sequence[tuple[Period, Money]], reference: str
) -> tuple[tuple[Share, ...], ...]:
    """Share each year's money between the funders, to the penny; the NHS comes first and takes a tie.

    Percentages share each year by largest remainder, by the days that each percentage holds. Fixed sums are for the
    whole line: each year takes its part of what is still to come of each, so that both the years and the funders
    come to exactly what was agreed.

    Args:
        rules: in any order; those that begin on the same day are the whole line from then on.
        years: the line's days of each financial year, in order, with their money.
        reference: what people call the line.

    Raises:
        SharesDoNotAddUpError: the shares are not the whole line, or mix percentages with fixed sums.
        ShareDayError: a share begins on a day that the line does not have.
    """
    _refuse_days(rules, Period(years[0][0].start_on, years[-1][0].end_on), reference)
    for group in _by_day(rules).values() or [[]]:
        _refuse_odd_funds([rule.fund for rule in group], reference)
    if any(rule.basis is ShareBasis.FIXED for rule in rules):
        ordered = sorted(rules, key=lambda rule: rule.fund != NHS)
        sums = _fixed(ordered, sum((money for _, money in years), from_pence(0)), reference)
        parts_by_year = _by_what_is_left(sums, [money for _, money in years])
        return tuple(_named([rule.fund for rule in ordered], parts) for parts in parts_by_year)
    for group in _by_day(rules).values():
        _percentages(group, reference)
    weighed = [(weights(rules, days), money) for days, money in years]
    return tuple(_named(list(by_fund), split(money, list(by_fund.values()))) for by_fund, money in weighed)


def weights(rules: Sequence[ShareRule], days: Period) -> dict[str, Fraction]:
    """Return how much each funder pays of each pound that is for some days, exactly; the NHS comes first.

    Args:
        rules: sound ones, without fixed sums.
        days: any; before the first day of a dated share the one before it holds, and the last one holds for ever.
    """
    groups = _by_day(rules)
    begins = [days.start_on, *(max(days.start_on, day) for day in sorted(groups)[1:]), days.end_on]
    found: dict[str, Fraction] = {}
    for (first, end), (_, group) in zip(pairwise(begins), sorted(groups.items()), strict=True):
        length = max(0, (min(end, days.end_on) - first).days)
        for fund, percent in _percents(group):
            found[fund] = found.get(fund, Fraction(0)) + Fraction(length, days.days) * percent / PERCENT
    in_order = sorted(found.items(), key=lambda item: item[0] != NHS)
    return {fund: weight for fund, weight in in_order if weight}


def exact_parts(rules: Sequence[ShareRule], agreed: Sequence[Share], days: Period) -> dict[str, Fraction]:
    """Return how much each funder pays of each pound of a line that is for some days of one financial year, exactly.

    Fixed sums pay in the proportion of what was agreed of each for the year.
    """
    if any(rule.basis is ShareBasis.FIXED for rule in rules):
        whole = sum(to_pence(share.amount) for share in agreed)
        return {share.fund: Fraction(to_pence(share.amount), whole) for share in agreed}
    return weights(rules, days)


def as_stored(rule: ShareRule) -> dict[str, str]:
    """Return a rule as a plan line stores it."""
    stated = {
        "percent": rule.percent,
        "amount": None if rule.amount is None else f"{rule.amount.amount:.2f}",
        "start_on": rule.start_on,
    }
    return {"fund": rule.fund, "basis": rule.basis.value} | {
        name: str(value) for name, value in stated.items() if value is not None
    }


def from_stored(rule: Mapping[str, str]) -> ShareRule:
    """Return a rule that a plan line stores."""
    percent, amount, start_on = (rule.get(name) for name in ("percent", "amount", "start_on"))
    return ShareRule(
        fund=rule["fund"],
        basis=ShareBasis(rule["basis"]),
        percent=Fraction(percent) if percent is not None else None,
        amount=pounds(amount) if amount is not None else None,
        start_on=date.fromisoformat(start_on) if start_on is not None else None,
    )


def _by_day(rules: Iterable[ShareRule]) -> dict[date, list[ShareRule]]:
    """Return the rules by the day they begin on; those that hold from the start come first, under the first of days."""
    found: dict[date, list[ShareRule]] = {}
    for rule in rules:
        found.setdefault(rule.start_on or date.min, []).append(rule)
    return found


def _refuse_days(rules: Sequence[ShareRule], line: Period, reference: str) -> None:
    later = [rule.start_on for rule in rules if rule.start_on is not None]
    if later and any(rule.basis is ShareBasis.FIXED for rule in rules):
        raise ShareDayError(
            f"“{reference}” has a fixed sum and a share that begins on a later day. A fixed sum is for the whole line: "
            "give percentages, or end the line on that day and add another.",
            field="shares.start_on",
        )
    if later and len(later) == len(rules):
        raise ShareDayError(
            f"Nobody pays for the first days of “{reference}”. Leave out the first day of the shares that hold from "
            "the start.",
            field="shares.start_on",
        )
    for day in later:
        if not line.start_on < day < line.end_on:
            raise ShareDayError(
                f"A share of “{reference}” begins on {day:%-d %B %Y}, and the line runs from "
                f"{line.start_on:%-d %B %Y} to {line.last_day:%-d %B %Y}. Give a later day of the line; leave it out "
                "for a share that holds from the start.",
                field="shares.start_on",
            )


def _refuse_odd_funds(funds: Sequence[str], reference: str) -> None:
    if not funds or len(set(funds)) < len(funds):
        raise SharesDoNotAddUpError(
            f"“{reference}” needs its funders, each once. Say who pays: nhs alone, or who shares it.", field="shares"
        )


def _percentages(rules: Sequence[ShareRule], reference: str) -> None:
    left = _left(rules)
    rests = sum(rule.basis is ShareBasis.REST for rule in rules)
    if left < 0 or rests > 1 or (left == 0) == (rests == 1):
        raise SharesDoNotAddUpError(
            f"The percentages of “{reference}” do not come to 100. Correct them, or let one funder pay the rest.",
            field="shares",
        )


def _percents(rules: Sequence[ShareRule]) -> Iterator[tuple[str, Fraction]]:
    left = _left(rules)
    for rule in rules:
        yield rule.fund, left if rule.percent is None else rule.percent


def _left(rules: Sequence[ShareRule]) -> Fraction:
    return PERCENT - sum((rule.percent or Fraction(0) for rule in rules), Fraction(0))


def _fixed(rules: Sequence[ShareRule], total: Money, reference: str) -> list[Money]:
    left = total - sum((rule.amount for rule in rules if rule.amount is not None), from_pence(0))
    rests = sum(rule.basis is ShareBasis.REST for rule in rules)
    mixed = any(rule.basis is ShareBasis.PERCENT for rule in rules)
    if mixed or rests > 1 or left.amount < 0 or (left.amount == 0) == (rests == 1):
        raise SharesDoNotAddUpError(
            f"The fixed sums of “{reference}” come to {format_pounds(total - left)} and the line to "
            f"{format_pounds(total)}. Make them equal, or let one funder pay the rest; do not mix in percentages.",
            field="shares",
            total=total,
        )
    return [left if rule.amount is None else rule.amount for rule in rules]


def _by_what_is_left(amounts: Iterable[Money], years: Sequence[Money]) -> Iterator[tuple[Money, ...]]:
    """Yield each year's parts; a part is never more than its funder has left, and the last year takes it all."""
    left = [to_pence(amount) for amount in amounts]
    for year in years:
        parts = split(year, left) if any(left) else tuple(from_pence(0) for _ in left)
        left = [before - to_pence(part) for before, part in zip(left, parts, strict=True)]
        yield parts


def _named(funds: Sequence[str], parts: Sequence[Money]) -> tuple[Share, ...]:
    return tuple(Share(fund, part) for fund, part in zip(funds, parts, strict=True) if part.amount)
