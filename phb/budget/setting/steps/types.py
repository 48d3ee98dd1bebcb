"""The types of step a budget model is made of; `prices` says how each is priced."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, ClassVar, Literal

from phb.budget.setting.inputs import Inputs, Need
from phb.budget.setting.lines import Kind
from phb.budget.setting.schema.checks import Between, Checked, Code, Pounds, Words
from phb.budget.setting.weeks import Method
from phb.budget.setting.words import counted_text, is_title, plain
from phb.core.errors import RuleViolationError

MOST_WEEKS_OF_CONTINGENCY = 52


class DuplicateNameError(RuleViolationError):
    """Two things that are told apart by name have the same one."""

    code = "duplicate-name"


class NothingNamedError(RuleViolationError):
    """A list that must hold something is empty."""

    code = "nothing-named"


def refuse_repeats(names: Sequence[str], field: str, key: str = "") -> None:
    """Refuse a list that is empty or names something twice; `key` is the name's own field."""
    if not names:
        raise NothingNamedError(f"“{field}” is empty. Name at least one.", field=field)
    for i, name in enumerate(names):
        if name in names[:i]:
            place = f"{field}[{i}]" + (f".{key}" if key else "")
            raise DuplicateNameError(f"“{name}” is there twice. Give each its own name, or remove one.", field=place)


@dataclass(frozen=True)
class Band(Checked):
    """Hours or nights of one kind, and the rate that prices them.

    Args:
        words: what a person gets, without a number: "daytime care".
    """

    band: Code
    words: Words
    rate: Code

    @property
    def code(self) -> str:
        """What an assessment calls it."""
        return self.band

    @property
    def title(self) -> str:
        """What a table calls it."""
        return self.words

    def counted(self, need: Need) -> str:
        """Return how much: “21 hours of daytime care”."""
        words = f"“{self.words}”" if is_title(self.words) else self.words
        return f"{counted_text(need.quantity, need.unit, f'{need.unit}s')} of {words}"


@dataclass(frozen=True)
class Item(Checked):
    """Something counted in pieces, and the rate that prices one.

    Args:
        one, many: what a person gets: "physiotherapy session", "physiotherapy sessions".
    """

    item: Code
    one: Words
    many: Words
    rate: Code

    @property
    def code(self) -> str:
        """What an assessment calls it."""
        return self.item

    @property
    def title(self) -> str:
        """What a table calls it."""
        return self.many

    def counted(self, need: Need) -> str:
        """Return how much: “2 physiotherapy sessions”, or “1 of “A powered chair””."""
        if is_title(self.one):
            return f"{plain(need.quantity)} of “{self.one}”"
        return counted_text(need.quantity, self.one, self.many)


@dataclass(frozen=True)
class Step(Checked):
    """One step of a model.

    Args:
        name: what later steps call it.
        words: what it pays for, in the middle of a sentence: "care at home".
    """

    kind: ClassVar[Kind | None] = None

    name: Code
    words: Words

    def takes(self, need: Need) -> bool:  # noqa: ARG002 - the subclasses look at it
        """Say whether the step puts a price on a need."""
        return False

    def rates_for(self, inputs: Inputs) -> Iterator[str]:  # noqa: ARG002 - the subclasses look at it
        """Return the codes of the rates that what comes round makes it use."""
        yield from ()

    @property
    def builds_on(self) -> tuple[str, ...]:
        """The names of the steps whose amounts it uses."""
        return ()


@dataclass(frozen=True)
class QuantityStep(Step, ABC):
    """A step that multiplies what is needed by a rate; `counts` says in which units."""

    counts: ClassVar[str]

    @property
    @abstractmethod
    def priced(self) -> tuple[Band, ...] | tuple[Item, ...]:
        """What it puts a price on."""

    def takes(self, need: Need) -> bool:
        """Say whether the need is one of its bands or items and comes round as its own do."""
        return need.code in {one.code for one in self.priced} and (need.per == "once") == (self.kind == "one_off")

    def rates_for(self, inputs: Inputs) -> Iterator[str]:
        """Return the rates of what is needed again and again; a one-off has its own day's."""
        for one in self.priced if self.kind == "recurring" else ():
            if any(self.takes(need) for need in inputs.of(one.code)):
                yield one.rate


@dataclass(frozen=True)
class Hours(QuantityStep):
    """Assessed hours or nights by band x rate."""

    type: ClassVar[str] = "hours"
    kind: ClassVar[Kind | None] = "recurring"
    counts: ClassVar[str] = "hours or nights"

    bands: tuple[Band, ...]

    def __post_init__(self) -> None:
        """Refuse a band that is there twice."""
        super().__post_init__()
        refuse_repeats([band.band for band in self.bands], "bands", "band")

    @property
    def priced(self) -> tuple[Band, ...]:
        """The bands it puts a price on."""
        return self.bands


@dataclass(frozen=True)
class _Items(QuantityStep):
    counts: ClassVar[str] = "pieces"

    items: tuple[Item, ...]

    def __post_init__(self) -> None:
        """Refuse an item that is there twice."""
        super().__post_init__()
        refuse_repeats([item.item for item in self.items], "items", "item")

    @property
    def priced(self) -> tuple[Item, ...]:
        """The items it puts a price on."""
        return self.items


@dataclass(frozen=True)
class Units(_Items):
    """Pieces that come round (sessions, packs, deliveries) x price."""

    type: ClassVar[str] = "units"
    kind: ClassVar[Kind | None] = "recurring"


@dataclass(frozen=True)
class OneOffs(_Items):
    """Pieces needed once x price; never part of what comes round."""

    type: ClassVar[str] = "one_offs"
    kind: ClassVar[Kind | None] = "one_off"


@dataclass(frozen=True)
class FlatSum(Step):
    """The same sum for everybody, stated by the model itself."""

    type: ClassVar[str] = "flat_sum"
    kind: ClassVar[Kind | None] = "recurring"

    amount: Pounds
    per: Literal["week", "year"]


@dataclass(frozen=True)
class FlatRate(Step):
    """The same sum for everybody, from the rate card; the rate's unit says week or year."""

    type: ClassVar[str] = "flat_rate"
    kind: ClassVar[Kind | None] = "recurring"

    rate: Code

    def rates_for(self, inputs: Inputs) -> Iterator[str]:  # noqa: ARG002 - whatever is needed
        """Return its one rate."""
        yield self.rate


@dataclass(frozen=True)
class Percentage(Step):
    """A percentage of earlier steps; it comes round if they do."""

    type: ClassVar[str] = "percentage"

    percent: Annotated[Fraction, Between(0, 1000)]
    of: tuple[Code, ...]

    def __post_init__(self) -> None:
        """Refuse a step that is there twice."""
        super().__post_init__()
        refuse_repeats(self.of, "of")

    @property
    def builds_on(self) -> tuple[str, ...]:
        """The steps it is a percentage of."""
        return self.of


@dataclass(frozen=True)
class Contingency(Step):
    """Some weeks of earlier steps that come round, set aside once."""

    type: ClassVar[str] = "contingency_weeks"
    kind: ClassVar[Kind | None] = "contingency"

    weeks: Annotated[Fraction, Between(0, MOST_WEEKS_OF_CONTINGENCY)]
    of: tuple[Code, ...]

    def __post_init__(self) -> None:
        """Refuse a step that is there twice."""
        super().__post_init__()
        refuse_repeats(self.of, "of")

    @property
    def builds_on(self) -> tuple[str, ...]:
        """The steps whose weeks it counts."""
        return self.of


@dataclass(frozen=True)
class BandMethod(Checked):
    """How the weekly amount of one band or item becomes a longer one."""

    band: Code
    method: Method


@dataclass(frozen=True)
class WeeksInTheYear(Step):
    """How weekly amounts become longer ones; a rate with a way of its own goes first.

    Args:
        bands: the bands or items that have another way than `method`.
    """

    type: ClassVar[str] = "weeks_in_the_year"

    method: Method
    bands: tuple[BandMethod, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a band that is there twice."""
        super().__post_init__()
        if self.bands:
            refuse_repeats([band.band for band in self.bands], "bands", "band")

    def method_for(self, code: str | None) -> Method:
        """Return the way for a band or item, or for a sum that has neither."""
        return next((band.method for band in self.bands if band.band == code), self.method)


AnyStep = Hours | Units | OneOffs | FlatSum | FlatRate | Percentage | Contingency | WeeksInTheYear
