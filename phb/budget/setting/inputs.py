"""What an assessment says a person needs: the quantities a budget model puts a price on."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Annotated, Literal

from phb.budget.setting.schema.checks import Between, Checked, Code, NumberOutOfRangeError, Words
from phb.budget.setting.schema.reading import Json, read, write
from phb.core.errors import RuleViolationError

Unit = Literal["hour", "night", "each"]
Per = Literal["week", "year", "day", "once"]

MOST_CARERS_AT_ONCE = 10
_IN_ONE: dict[tuple[Unit, Per], int] = {
    ("hour", "day"): 24,
    ("hour", "week"): 24 * 7,
    ("hour", "year"): 24 * 366,
    ("night", "day"): 1,
    ("night", "week"): 7,
    ("night", "year"): 366,
}


class NeedTwiceError(RuleViolationError):
    """An assessment names the same need twice."""

    code = "need-twice"


class NeedDateError(RuleViolationError):
    """A need that comes round again has a single date."""

    code = "need-date"


@dataclass(frozen=True)
class Need(Checked):
    """How much of one thing is needed.

    Args:
        code: the band or the item, as budget models name it: "waking-night", "physiotherapy".
        per: "day" is each day of the kind that the model counts for this band.
        on: for something needed once, the day it is needed; None is the first day of the budget.
    """

    code: Code
    quantity: Annotated[Fraction, Between(0, 100_000)]
    unit: Unit
    per: Per
    on: date | None = None

    def __post_init__(self) -> None:
        """Refuse more hours or nights than there are, and a date for what is not needed once."""
        super().__post_init__()
        most = _IN_ONE.get((self.unit, self.per))
        if most is not None and self.quantity > most * MOST_CARERS_AT_ONCE:
            raise NumberOutOfRangeError(
                f"A {self.per} has {most} {self.unit}s, so “{self.code}” asks for more than "
                f"{MOST_CARERS_AT_ONCE} carers at once. Check the number.",
                field="quantity",
            )
        if self.on is not None and self.per != "once":
            raise NeedDateError(
                f"“{self.code}” is needed every {self.per}, so it has no single date. Remove “on”, "
                "or write “once” in “per”.",
                field="on",
            )

    def falls_on(self, start_on: date) -> date:
        """Return the day a one-off need falls on in a budget that starts on a day."""
        return self.on or start_on


@dataclass(frozen=True)
class Inputs(Checked):
    """The needs of one assessment.

    Args:
        assessment: the reference people find it by.
    """

    assessment: Words
    assessed_on: date
    needs: tuple[Need, ...]

    def __post_init__(self) -> None:
        """Refuse the same need twice."""
        super().__post_init__()
        seen: set[tuple[object, ...]] = set()
        for i, need in enumerate(self.needs):
            key = (need.code, need.per, need.on)
            if key in seen:
                raise NeedTwiceError(
                    f"The assessment names “{need.code}” twice. Add the two together.", field=f"needs[{i}].code"
                )
            seen.add(key)

    def of(self, code: str) -> tuple[Need, ...]:
        """Return what is needed of one band or item."""
        return tuple(need for need in self.needs if need.code == code)

    @classmethod
    def from_json(cls, document: object) -> "Inputs":
        """Return inputs from what JSON holds, or refuse with the place of the fault."""
        return read(cls, document)

    def to_json(self) -> dict[str, Json]:
        """Return the inputs as JSON holds them."""
        return write(self)
