"""A commissioner's way of setting budgets: a versioned, dated model made of steps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from phb.budget.setting.inputs import Inputs
from phb.budget.setting.lines import Kind, RoundBy
from phb.budget.setting.schema.checks import Checked, Code, Words
from phb.budget.setting.schema.reading import Json, read, write
from phb.budget.setting.steps.types import AnyStep, QuantityStep, Step, WeeksInTheYear, refuse_repeats
from phb.budget.setting.words import day_text, listed
from phb.core.errors import RuleViolationError
from phb.core.period import DatesWrongWayRoundError

MOST_STEPS = 100


class TooManyStepsError(RuleViolationError):
    """A model has more steps than anybody could follow."""

    code = "too-many-steps"


class UnknownStepError(RuleViolationError):
    """A step builds on one that does not exist."""

    code = "unknown-step"


class LaterStepError(RuleViolationError):
    """A step builds on itself or on one that comes later."""

    code = "later-step"


class CannotBuildOnError(RuleViolationError):
    """A step builds on one of a kind it cannot use, or on two kinds at once."""

    code = "cannot-build-on"


class WeeksInTheYearError(RuleViolationError):
    """A model does not say, or says twice, how a weekly amount becomes a longer one."""

    code = "weeks-in-the-year"


class UnknownBandError(RuleViolationError):
    """A way of counting weeks is for a band that no step has."""

    code = "unknown-band"


class ModelGapError(RuleViolationError):
    """No version of a model is in force on a day."""

    code = "model-gap"


class ModelOverlapError(RuleViolationError):
    """Two versions of a model are in force on the same day."""

    code = "model-overlap"


@dataclass(frozen=True)
class BudgetModel(Checked):
    """How one commissioner gets from an assessment to an amount.

    Args:
        effective_from: the first day it may price.
        effective_to: the last day it may price, included; None while no end is known.
        source: who decided it and where.
        round_by: "week" rounds the weekly amount of each line to the penny and goes on with it; "year" rounds
            only the line's amount for the whole period.
        steps: in the order they are worked out and explained.
    """

    code: Code
    version: Words
    title: Words
    source: Words
    effective_from: date
    round_by: RoundBy
    steps: tuple[AnyStep, ...]
    effective_to: date | None = None

    def __post_init__(self) -> None:
        """Refuse dates the wrong way round and steps that do not fit together."""
        super().__post_init__()
        if self.effective_to is not None and self.effective_to < self.effective_from:
            raise DatesWrongWayRoundError(
                f"The model starts on {day_text(self.effective_from)} and its last day is "
                f"{day_text(self.effective_to)}, which is earlier. Give a last day on or after the first.",
                field="effective_to",
            )
        if len(self.steps) > MOST_STEPS:
            raise TooManyStepsError(f"A model has at most {MOST_STEPS} steps. Split this one.", field="steps")
        refuse_repeats([step.name for step in self.steps], "steps", "name")
        for i, step in enumerate(self.steps):
            self._refuse_misplaced(i, step)
        self._refuse_weeks_unsaid()

    def step(self, name: str) -> Step:
        """Return the step of a name."""
        return next(step for step in self.steps if step.name == name)

    def kind_of(self, step: Step) -> Kind | None:
        """Return what a step's lines are; a percentage is what it is a percentage of."""
        return self.kind_of(self.step(step.builds_on[0])) if step.kind is None and step.builds_on else step.kind

    @property
    def weeks(self) -> WeeksInTheYear | None:
        """How weekly amounts become longer ones; None in a model where nothing comes round."""
        return next((step for step in self.steps if isinstance(step, WeeksInTheYear)), None)

    def rates_for(self, inputs: Inputs) -> tuple[str, ...]:
        """Return the codes of the rates that an assessment makes it use, each once."""
        return tuple(dict.fromkeys(code for step in self.steps for code in step.rates_for(inputs)))

    def holds_on(self, day: date) -> bool:
        """Say whether it is in force on a day."""
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)

    @classmethod
    def from_json(cls, document: object) -> "BudgetModel":
        """Return a model from what JSON holds, or refuse with the place of the first fault."""
        return read(cls, document)

    def to_json(self) -> dict[str, Json]:
        """Return the model as JSON holds it."""
        return write(self)

    def _refuse_misplaced(self, at: int, step: Step) -> None:
        earlier = {earlier.name for earlier in self.steps[:at]}
        for i, name in enumerate(step.builds_on):
            if name in earlier:
                continue
            if name in {other.name for other in self.steps}:
                mend = f"Move “{name}” up" if name != step.name else "Name steps that come before it"
                raise LaterStepError(
                    f"“{step.name}” builds on “{name}”, which does not come before it. {mend}.",
                    field=f"steps[{at}].of[{i}]",
                )
            raise UnknownStepError(
                f"“{step.name}” builds on “{name}”, and no step has that name. Correct the name or add the step.",
                field=f"steps[{at}].of[{i}]",
            )
        self._refuse_odd_kinds(at, step)

    def _refuse_odd_kinds(self, at: int, step: Step) -> None:
        kinds = {self.kind_of(self.step(name)) for name in step.builds_on}
        allowed = ({"recurring"},) if step.kind == "contingency" else ({"recurring"}, {"one_off"})
        if step.builds_on and kinds not in allowed:
            raise CannotBuildOnError(
                f"“{step.name}” may build on steps that come round, or (a percentage only) on one-offs, not on both "
                "or on others. Make two steps of it, or correct the names.",
                field=f"steps[{at}].of",
            )

    def _refuse_weeks_unsaid(self) -> None:
        found = [i for i, step in enumerate(self.steps) if isinstance(step, WeeksInTheYear)]
        if len(found) > 1:
            raise WeeksInTheYearError(
                "The model says twice how a weekly amount becomes a longer one. Keep one of the steps.",
                field=f"steps[{found[1]}]",
            )
        if not found and any(step.kind == "recurring" for step in self.steps):
            raise WeeksInTheYearError(
                "The model does not say how a weekly amount becomes a longer one. Add a step “weeks_in_the_year”.",
                field="steps",
            )
        for at in found:
            self._refuse_unknown_bands(at)

    def _refuse_unknown_bands(self, at: int) -> None:
        known = {one.code for step in self.steps if isinstance(step, QuantityStep) for one in step.priced}
        for i, band in enumerate(self.weeks.bands if self.weeks else ()):
            if band.band not in known:
                raise UnknownBandError(
                    f"No step has a band or item “{band.band}”. Correct it, or remove its way of counting.",
                    field=f"steps[{at}].bands[{i}].band",
                )


class ModelCatalogue:
    """The models of a commissioner; the versions of one code follow each other and never overlap."""

    def __init__(self, models: Iterable[BudgetModel]) -> None:
        """Hold the models, or refuse two versions in force on the same day."""
        self.models = tuple(sorted(models, key=lambda model: (model.code, model.effective_from)))
        for first, second in _neighbours(self.models):
            if first.holds_on(second.effective_from):
                raise ModelOverlapError(
                    f"Versions {first.version} and {second.version} of “{first.code}” are both in force on "
                    f"{day_text(second.effective_from)}. End {first.version} the day before.",
                    field="effective_from",
                    model=first.code,
                )

    def on(self, code: str, day: date) -> BudgetModel:
        """Return the version of a model in force on a day, or refuse."""
        versions = [model for model in self.models if model.code == code]
        for model in versions:
            if model.holds_on(day):
                return model
        known = [f"{model.version} from {day_text(model.effective_from)}" for model in versions]
        there_is = f"There is {listed(known)}." if known else "No version of it is known."
        raise ModelGapError(
            f"No version of the budget model “{code}” is in force on {day_text(day)}. {there_is} Add one for that day.",
            model=code,
            on=day,
        )


def _neighbours(models: tuple[BudgetModel, ...]) -> Iterator[tuple[BudgetModel, BudgetModel]]:
    return ((a, b) for a, b in combinations(models, 2) if a.code == b.code)
