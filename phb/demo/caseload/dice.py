"""Chance that falls the same way every time."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Choices from a seed; random() alone is used, because it alone is promised never to change."""

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)  # noqa: S311 - nothing here is secret

    def between(self, least: int, most: int) -> int:
        """Return a whole number from least to most."""
        return least + int(self._random.random() * (most - least + 1))

    def one_of(self, choices: Sequence[T]) -> T:
        """Return one of the choices."""
        return choices[self.between(0, len(choices) - 1)]
