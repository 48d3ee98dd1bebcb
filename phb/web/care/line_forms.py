"""The questions a plan asks about each service: what, how much at which price, and whose money."""

from collections.abc import Mapping
from typing import ClassVar

from wtforms import ValidationError

from phb.budget.kinds import LinePurpose, ManagementType
from phb.budget.plans.choices import PlanChoices
from phb.budget.reference.categories import Severity, SpendCategory
from phb.ledger.chart import NHS
from phb.web.care import words as called
from phb.web.care.offering import Options
from phb.web.care.quantities import Quantity
from phb.web.care.stepping import Step, StepForm
from phb.web.forms import Choice, Day, Needed, PageForm, Pounds, Words

NEW_OUTCOME = "another"
STATED = "stated"
OTHERS = 2
"""How many funders besides the one who pays the rest a page asks for."""

WHAT = ("outcome", "outcome_words", "words", "category", "purpose", "referral_reason")
PRICE = ("need", "unit_price", "unit", "quantity", "frequency", "weeks", "line_start", "line_last")
HOLDING = ("management", "organisation_id")
PAYING = (
    "rest_fund",
    *(f"{name}_{i}" for i in range(1, OTHERS + 1) for name in ("fund", "percent", "amount")),
    "money",
)

PLACES: Mapping[str, str] = {
    "lines.words": "words",
    "lines.quantity": "quantity",
    "quantity": "quantity",
    "lines.unit_price": "unit_price",
    "lines": "quantity",
    "lines.money": "money",
    "lines.period": "line_start",
    "lines.pot": "management",
    "pots.organisation_id": "organisation_id",
    "outcomes.words": "outcome_words",
    "shares": "rest_fund",
    "fund": "rest_fund",
    "cohort": "cohort_code",
    "period": "last_day",
    "care_coordinator_id": "coordinator",
}


class LineFields(PageForm):
    """What a plan says of one service."""

    outcome = Choice("What does it help with?", validators=[Needed("Choose what it helps with")])
    outcome_words = Words(
        "What does the person want?", hint="In their own words: I want to see my friends", rows=2, longest=500
    )
    words = Words(
        "What is bought?",
        hint="For example: help to get up and dressed",
        longest=500,
        validators=[Needed("Say what is bought")],
    )
    category = Choice("What kind of spending is it?", many=True, validators=[Needed("Choose the kind of spending")])
    purpose = Choice(
        "What is it there for?",
        options=called.options(called.PURPOSES),
        default=LinePurpose.SERVICE.value,
        validators=[Needed("Choose what it is there for")],
    )
    referral_reason = Words(
        "If this kind of spending needs a decision, why is it right here?",
        hint="The clinician reads this. Leave it empty for the usual kinds.",
        rows=3,
        longest=1000,
    )
    need = Choice("Which price is it?", many=True, validators=[Needed("Choose the price")])
    unit_price = Pounds("Price of one, where you state it", hint="For example, 21.50")
    unit = Choice("What is counted, where you state the price?", options=called.options(called.UNITS), many=True)
    quantity = Quantity("How many?", hint="For example, 10 or 7.5", validators=[Needed("Enter how many")])
    frequency = Choice(
        "How often?", options=called.options(called.FREQUENCIES), many=True, validators=[Needed("Choose how often")]
    )
    weeks = Quantity(
        "In how many weeks of a year?",
        hint="Only for a stated price that is needed every week. Leave it empty for every week.",
    )
    line_start = Day("First day", hint="Leave it empty for the first day of the plan")
    line_last = Day("Last day", hint="Leave it empty for the last day of the plan")
    management = Choice(
        "Who holds the money?", options=called.options(called.HELD), validators=[Needed("Choose who holds the money")]
    )
    organisation_id = Choice("Which organisation, if a third party holds it?", many=True)
    rest_fund = Choice("Who pays, or pays the rest?", many=True, default=NHS, validators=[Needed("Choose who pays")])
    fund_1 = Choice("Another who pays a part", many=True)
    percent_1 = Quantity("Their percentage", hint="Either this or a sum")
    amount_1 = Pounds("Their fixed sum for the whole service")
    fund_2 = Choice("A third who pays a part", many=True)
    percent_2 = Quantity("Percentage of the third", hint="Either this or a sum")
    amount_2 = Pounds("Fixed sum of the third")
    money = Pounds(
        "How much is set aside for it?", hint="Leave it empty for what it costs in full. It cannot be less than that."
    )

    def validate_outcome_words(self, field: Words) -> None:
        """Ask for them where the outcome is new."""
        if not field.data and ("outcome" not in self or self["outcome"].data == NEW_OUTCOME):
            raise ValidationError("Say what the person wants")

    def validate_unit_price(self, field: Pounds) -> None:
        """Ask for it where the price is stated, and only there."""
        if self["need"].data == STATED and field.data is None:
            raise ValidationError("Enter the price of one, or choose a price of the rate card")

    def validate_unit(self, field: Choice) -> None:
        """Ask for it where the price is stated."""
        if self["need"].data == STATED and not field.data:
            raise ValidationError("Choose what is counted")

    def validate_line_last(self, field: Day) -> None:
        """Refuse a last day before the first."""
        if field.data and self["line_start"].data and field.data < self["line_start"].data:
            raise ValidationError("The last day is before the first. Correct one of them.")

    def validate_organisation_id(self, field: Choice) -> None:
        """Ask for it where a third party holds the money."""
        if self["management"].data == "third_party" and not field.data:
            raise ValidationError("Choose the organisation that holds the money")

    def validate_percent_1(self, _field: Quantity) -> None:
        """Ask for one of the two."""
        self._part_of(1)

    def validate_percent_2(self, _field: Quantity) -> None:
        """Ask for one of the two."""
        self._part_of(2)

    def _part_of(self, i: int) -> None:
        fund, parts = self[f"fund_{i}"].data, [self[f"{name}_{i}"].data for name in ("percent", "amount")]
        if bool(fund) != (parts.count(None) == 1):
            raise ValidationError("Choose who pays, and enter either a percentage or a sum")


class LineForm(StepForm, LineFields):
    """A service to add to a plan."""

    button = "Add this service"
    is_checked = False
    places: ClassVar[Mapping[str, str]] = PLACES
    steps = (
        Step("What does the person want, and what is bought for it?", WHAT),
        Step("How much of it, at which price?", PRICE),
        Step("Who holds the money, and who pays?", (*HOLDING, *PAYING)),
    )


def line_options(choices: PlanChoices, outcomes: Options = ()) -> dict[str, Options]:
    """Return what the fields of a line offer."""
    priced = [(one.code, f"By the rate card: {one.words} ({_unit(one.unit)})") for one in choices.priced]
    funds = {NHS: "The NHS"} | {one.fund: one.name for one in choices.funders if one.fund}
    others = list(funds.items())
    return {
        "outcome": [*outcomes, (NEW_OUTCOME, "Something else that they want")],
        "category": [(one.code, _category(one)) for one in choices.categories],
        "need": [*priced, (STATED, "A price that I state")],
        "organisation_id": [(str(one.id), one.name) for one in choices.third_parties],
        "rest_fund": others,
        **{f"fund_{i}": others for i in range(1, OTHERS + 1)},
    }


def _category(one: SpendCategory) -> str:
    """Return what a category is called, with what a planner has to know before choosing it."""
    if one.severity is Severity.ALLOW:
        return one.label
    ways = (
        ""
        if one.applies_to == set(ManagementType)
        else " or ".join(called.HELD_AS[way] for way in sorted(one.applies_to))
    )
    if one.severity is Severity.BLOCK:
        return f"{one.label} (not with {ways})"
    return f"{one.label} ({f'with {ways} it ' if ways else ''}needs a decision: say why it is right)"


def _unit(unit: str) -> str:
    return "each" if unit == "each" else f"an {unit}" if unit == "hour" else f"a {unit}"
