"""What happens on which day, in the order it was written down."""

from collections import defaultdict, deque
from collections.abc import Callable
from datetime import date

Deed = Callable[[], object]


class Diary:
    """A year's deeds by day; a deed may write down further ones for its own day or later.

    What is written for a day after the last is never done.
    """

    def __init__(self, last_day: date) -> None:
        self._last_day = last_day
        self._days: defaultdict[date, deque[Deed]] = defaultdict(deque)

    def add(self, on: date, deed: Deed) -> None:
        """Write down a deed for a day."""
        if on <= self._last_day:
            self._days[on].append(deed)

    @property
    def next_day(self) -> date | None:
        """The first day on which something is left to do."""
        return min((day for day, deeds in self._days.items() if deeds), default=None)

    def do_day(self, on: date) -> int:
        """Do everything written down for a day, and return how many deeds that were."""
        done = 0
        while self._days[on]:
            self._days[on].popleft()()
            done += 1
        del self._days[on]
        return done
