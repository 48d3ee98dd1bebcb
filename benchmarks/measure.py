"""Measure two rates in turns and compare them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from time import perf_counter

REPEATS = 3


@dataclass(frozen=True)
class Row:
    """One comparison.

    `ours` and `reference` are medians in `unit`; `ratio` is the median of ours / reference over the repeats and
    `spread` their lowest and highest. `must` and `aim` are ratios to reach, from docs/performance.md; None where the
    design sets none.
    """

    name: str
    ours: float
    reference: float
    unit: str
    ratio: float
    must: float | None
    aim: float | None
    repeats: int
    spread: tuple[float, float]


@dataclass(frozen=True)
class Compared:
    """What one row compares: names of two rates that measure_in_turns() returns, and the ratios to reach."""

    name: str
    ours: str
    reference: str
    must: float | None = None
    aim: float | None = None

    def row(self, rates: Mapping[str, list[float]], unit: str) -> Row:
        """Return the row for rates measured in turns."""
        ours, reference = rates[self.ours], rates[self.reference]
        ratios = [one / other for one, other in zip(ours, reference, strict=True)]
        return Row(
            self.name,
            round(median(ours), 1),
            round(median(reference), 1),
            unit,
            round(median(ratios), 3),
            self.must,
            self.aim,
            len(ratios),
            (round(min(ratios), 3), round(max(ratios), 3)),
        )


def measure_in_turns(
    measures: Mapping[str, Callable[[], float]], tell: Callable[[str], None]
) -> dict[str, list[float]]:
    """Return each measure's results, one for each repeat; in turns, so that a slow minute slows them all."""
    results: dict[str, list[float]] = {name: [] for name in measures}
    for repeat in range(1, REPEATS + 1):
        for name, measure in measures.items():
            tell(f"{name}, {repeat} of {REPEATS}")
            results[name].append(measure())
    return results


def rate(work: Callable[[], int], seconds: float) -> float:
    """Return how many things a second `work` does, called again and again; it returns how many it did."""
    done, began = 0, perf_counter()
    while (passed := perf_counter() - began) < seconds:
        done += work()
    return done / passed
