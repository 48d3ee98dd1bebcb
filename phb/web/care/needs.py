"""What a person needs, asked for by what the commissioner's model and rates put a price on."""

from collections.abc import Sequence
from typing import ClassVar, cast

from wtforms import ValidationError

from phb.budget.setting.inputs import Need, Per
from phb.budget.tariffs.priced import PricedNeed
from phb.web.care.quantities import Quantity
from phb.web.care.stepping import Step, StepForm
from phb.web.forms import Choice, Day, Needed, Words

ROUND = {"week": "A week", "day": "Each such day", "year": "A year"}


class NeedsForm(StepForm):
    """Who assessed whom for which cohort, and what they need; `of_model()` adds what there is to need."""

    button = "Record this assessment"
    priced: ClassVar[Sequence[PricedNeed]] = ()
    cohort_code = Choice("Which group is it for?", many=True, validators=[Needed("Choose the group")])
    assessed_on = Day(
        "On which day was the assessment?", hint="For example, 27 3 2026", validators=[Needed("Enter the day")]
    )
    assessed_by = Words("Who assessed?", longest=200, validators=[Needed("Enter who assessed")])
    steps = (Step("What is this assessment?", ("cohort_code", "assessed_on", "assessed_by")),)

    @property
    def needs(self) -> tuple[Need, ...]:
        """What is needed, in the order of the model."""
        return tuple(Need(one.code, self[f"need_{i}"].data, one.unit, self._per(i)) for i, one in self._given())

    def _given(self) -> list[tuple[int, PricedNeed]]:
        return [(i, one) for i, one in enumerate(self.priced) if self[f"need_{i}"].data is not None]

    def _per(self, i: int) -> Per:
        return cast("Per", self[f"per_{i}"].data if self.priced[i].comes_round else "once")


def of_model(priced: Sequence[PricedNeed]) -> type[NeedsForm]:
    """Return the form that asks how much is needed of each thing that has a price."""
    made: dict[str, object] = {}
    names: list[str] = []
    for i, one in enumerate(priced):
        unit = "" if one.unit == "each" else f", in {one.unit}s"
        made[f"need_{i}"] = Quantity(
            f"{one.words[:1].upper()}{one.words[1:]}{unit}", hint="" if one.comes_round else "Once"
        )
        names.append(f"need_{i}")
        if one.comes_round:
            made[f"per_{i}"] = Choice(f"How often: {one.words}", options=_ways(one), many=True, default=one.per[0])
            made[f"validate_per_{i}"] = _often(i)
            names.append(f"per_{i}")
    if names:
        made["validate_need_0"] = _something
    asked = Step(
        "What do they need?",
        tuple(names),
        hint="Leave empty what is not needed. These are the things that the commissioner's rules put a price on.",
    )
    return type("NeedsForm", (NeedsForm,), made | {"priced": tuple(priced), "steps": (*NeedsForm.steps, asked)})


def _ways(one: PricedNeed) -> list[tuple[str, str]]:
    return [(per, ROUND[per]) for per in one.per]


def _something(form: NeedsForm, _field: Quantity) -> None:
    unreadable = any(form[f"need_{i}"].process_errors for i in range(len(form.priced)))
    if not unreadable and not form._given():  # noqa: SLF001 - a part of the form
        raise ValidationError("Say how much is needed of at least one thing")


def _often(i: int) -> object:
    def check(form: NeedsForm, field: Choice) -> None:
        if form[f"need_{i}"].data is not None and not field.data:
            raise ValidationError("Choose how often")

    return check
