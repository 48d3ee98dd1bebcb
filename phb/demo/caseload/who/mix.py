"""How many people are of which cohort and hold their money which way, dealt out so that any number follows the mix."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from heapq import heapify, heapreplace

from phb.demo.caseload.reading import table
from phb.demo.caseload.who.dice import Dice


@dataclass(frozen=True)
class Group:
    """People of one cohort who hold their money the same way; the last four are per cent of them."""

    cohort: str
    way: str
    per_thousand: int
    rhythm: str  # "ongoing", "once" or "short"
    hours: int
    council_percent: int
    nominee: int
    deputy: int
    broker: int
    advocate: int


@cache
def groups() -> tuple[Group, ...]:
    """Return every group, as data/mix.csv has them."""
    whole = ("per_thousand", "hours", "council_percent", "nominee", "deputy", "broker", "advocate")
    return tuple(
        Group(row["cohort"], row["way"], rhythm=row["rhythm"], **{name: int(row[name]) for name in whole})
        for row in table("mix")
    )


def deal(seed: int) -> Iterator[Group]:
    """Yield a group for each person, for ever: first one of each, then every group as often as its share.

    After the first round each group comes when its next member falls due: so the first thousand, and every thousand,
    are mixed as the table says, whatever the seed shuffles.
    """
    found = groups()
    yield from found
    dice = Dice(f"mix {seed}")
    due = [((1 + dice.between(0, 99) / 100) / group.per_thousand, place) for place, group in enumerate(found)]
    heapify(due)
    while True:
        at, place = due[0]
        yield found[place]
        heapreplace(due, (at + 1 / found[place].per_thousand, place))
