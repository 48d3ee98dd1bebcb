"""How long the faults last and from which seed: few rounds in `make test`, and all there is time for in `make soak`."""

import os
from collections.abc import Callable, Iterator
from itertools import count
from random import Random, SystemRandom
from time import monotonic

import pytest

SECONDS, SEED = "SOAK_SECONDS", "SOAK_SEED"
Rounds = Callable[[int], Iterator[Random]]


@pytest.fixture
def rounds() -> Rounds:
    """Return what yields at least so many rounds, each with numbers of its own that all follow from one seed."""
    seed = int(os.environ.get(SEED) or SystemRandom().randrange(10**9))
    until = monotonic() + float(os.environ.get(SECONDS) or 0)
    print(f"{SEED}={seed}")  # noqa: T201 - shown where a test fails, and in a soak

    def rounds(least: int) -> Iterator[Random]:
        for number in count():
            if number >= least and monotonic() >= until:
                return
            yield Random(f"{seed} {number}")  # noqa: S311 - nothing secret

    return rounds
