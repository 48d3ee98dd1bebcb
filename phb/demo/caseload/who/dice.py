"""Chance that falls the same way every time, on every machine and in every version of Python."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")
HUNDRED = 100
# A linear congruential generator modulo 2**64 with the multiplier of Knuth's MMIX; the high bits are the good ones.
MULTIPLIER, INCREMENT, MASK, LOW_BITS, HIGH_BITS = 6364136223846793005, 1442695040888963407, 2**64 - 1, 32, 32


class Dice:
    """Choices from a seed, cheap enough to make anew for each question about each of a million people."""

    def __init__(self, seed: str) -> None:
        self._state = int.from_bytes(blake2b(seed.encode(), digest_size=8).digest(), "big")

    def between(self, least: int, most: int) -> int:
        """Return a whole number from least to most."""
        self._state = (self._state * MULTIPLIER + INCREMENT) & MASK
        return least + ((self._state >> LOW_BITS) * (most - least + 1) >> HIGH_BITS)

    def one_of(self, choices: Sequence[T]) -> T:
        """Return one of the choices."""
        return choices[self.between(0, len(choices) - 1)]

    def some_of(self, choices: Sequence[T], most: int) -> list[T]:
        """Return one to `most` different choices."""
        left = list(choices)
        return [left.pop(self.between(0, len(left) - 1)) for _ in range(self.between(1, min(most, len(left))))]

    def falls(self, per_cent: int) -> bool:
        """Say whether something happens that does so in so many of a hundred cases."""
        return self.between(1, HUNDRED) <= per_cent
