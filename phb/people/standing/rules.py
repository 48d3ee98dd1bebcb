"""Whose consent a direct payment needs."""

from datetime import date
from typing import Protocol

from phb.people.details import is_regulatory_child
from phb.people.kinds import Consenter


class Found(Protocol):
    """What an assessment of capacity found."""

    has_capacity: bool
    expected_to_return: bool


def who_must_consent(born: date | None, capacity: Found | None, on: date) -> Consenter:
    """Return whose consent counts on a day.

    Args:
        born: None counts as an adult.
        capacity: the assessment in force; None presumes capacity. While a loss is expected to be temporary, the
            person's own earlier consent goes on counting.
        on: the day.

    Source: SI 2013/1617 regs 3 to 5; the temporary loss from NHS England's guidance.
    """
    child = born is not None and is_regulatory_child(born, on)
    lacking = capacity is not None and not capacity.has_capacity and not capacity.expected_to_return
    return Consenter.REPRESENTATIVE if child or lacking else Consenter.PERSON
