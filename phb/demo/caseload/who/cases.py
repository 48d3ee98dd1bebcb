"""Who the invented people are: a cohort, a way of holding the money, who helps, and when their budget runs."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from phb.demo.caseload.who.area import Area, northvale
from phb.demo.caseload.who.dice import Dice
from phb.demo.caseload.who.mix import Group, deal
from phb.demo.caseload.who.numbers import nhs_numbers

PEOPLE, SEED = 600, 2026
CHILDREN = frozenset({"CYP_CONTINUING_CARE", "WHEELCHAIR_CYP", "EHCP_SEND", "LOOKED_AFTER_CYP_MH"})
YEAR_STARTS, YEAR_ENDS = date(2026, 4, 1), date(2027, 3, 31)
BEFORE = date(2026, 3, 16)
A_YEAR, A_QUARTER, HALF_A_YEAR = 365, 91, 183
NUMBERS_OF_EASTMERE = 10  # the first NHS numbers are kept for the smaller commissioner
SATURDAY = 5
# Of a hundred budgets that go on: begun with the year, and of the rest with assistants before it; of all budgets,
# being agreed when the year is over.
WITH_THE_YEAR, BEFORE_THE_YEAR, AFTER_THE_YEAR = 62, 20, 5
BEGIN_LATER = {"agency": date(2026, 10, 5), "third_party": date(2026, 10, 12)}
HELPERS = ("nominee", "deputy", "broker", "advocate")


@dataclass(frozen=True)
class Case:
    """One person with one budget; `place` is where they stand in their group."""

    area: Area
    number: int
    nhs_number: str
    cohort: str
    way: str
    start_on: date
    last_day: date
    hours: int
    council_percent: int = 0
    helper: str | None = None  # nominee, deputy, broker or advocate

    @property
    def person(self) -> str:
        """The person's reference."""
        return f"P-{self.number:04}"

    @property
    def acting(self) -> str:
        """The reference of the parent, deputy or nominee."""
        return f"{self.person}-A"

    @property
    def budget(self) -> str:
        """The budget's reference."""
        return f"B-{self.number:04}"

    @property
    def is_child(self) -> bool:
        """Whether a parent acts for them."""
        return self.cohort in CHILDREN

    @property
    def is_represented(self) -> bool:
        """Whether somebody else consents and agrees for them."""
        return self.is_child or self.helper == "deputy"

    @property
    def co_ordinator(self) -> str:
        """The sign-in name of their care co-ordinator."""
        names = self.area.co_ordinators
        return f"{names[self.number % len(names)]}@{self.area.domain}"

    def dice(self, what: str) -> Dice:
        """Return the chance that decides one thing about this person."""
        return Dice(f"{what} {self.area.code} {self.number} {self.nhs_number}")


def cases(people: int = PEOPLE, seed: int = SEED) -> Iterator[Case]:
    """Yield so many people of Northvale, one at a time, in the order of their numbers; the same ones every time."""
    area, first_round, helpers = northvale(people), set[Group](), set[str]()
    numbers = islice(nhs_numbers(start=seed - SEED), NUMBERS_OF_EASTMERE, None)
    for number, (group, nhs_number) in enumerate(islice(zip(deal(seed), numbers, strict=False), people), start=1):
        dice = Dice(f"case {seed} {number}")
        is_first = group not in first_round
        first_round.add(group)
        start_on = _start(group, dice, is_first=is_first)
        helper = (_first_helper(group, helpers) if is_first else None) or _helper(group, dice)
        helpers.add(helper or "")
        yield Case(
            area=area,
            number=number,
            nhs_number=nhs_number,
            cohort=group.cohort,
            way=group.way,
            start_on=start_on,
            last_day=start_on + timedelta(days=_days(group, dice) - 1),
            hours=group.hours and group.hours + dice.between(-3, 5),
            council_percent=group.council_percent,
            helper=helper,
        )


def _start(group: Group, dice: Dice, *, is_first: bool) -> date:
    """Return the first day: the first of most groups begins early, so that even a few people have a year to show.

    Of some it begins in the autumn, so that budgets run on when the year is over.
    """
    if is_first and group.rhythm == "ongoing":
        return BEGIN_LATER.get(group.way, YEAR_STARTS)
    if is_first:
        return _weekday(YEAR_STARTS + timedelta(dice.between(12, 60)))
    if dice.falls(AFTER_THE_YEAR):
        return _weekday(YEAR_ENDS + timedelta(dice.between(2, 27)))
    if group.rhythm == "ongoing":
        if dice.falls(WITH_THE_YEAR):
            return YEAR_STARTS
        if group.way == "assistants" and dice.falls(BEFORE_THE_YEAR):
            return BEFORE
    return _weekday(YEAR_STARTS + timedelta(dice.between(5, 362)))


def _days(group: Group, dice: Dice) -> int:
    return dice.one_of((A_QUARTER, A_QUARTER, HALF_A_YEAR)) if group.rhythm == "short" else A_YEAR


def _weekday(day: date) -> date:
    return day if day.weekday() < SATURDAY else day + timedelta(days=2)


def _first_helper(group: Group, before: Collection[str]) -> str | None:
    """Return a kind of helper that nobody before has, so that even a few people have one of each kind."""
    return next((name for name in HELPERS if getattr(group, name) and name not in before), None)


def _helper(group: Group, dice: Dice) -> str | None:
    roll = dice.between(1, 100)
    for name in HELPERS:
        roll -= getattr(group, name)
        if roll <= 0:
            return name
    return None
