"""The questions a plan asks about the budget itself, and about a part of a plan that is stored."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from wtforms import Field, ValidationError

from phb.budget.kinds import BudgetKind
from phb.web.care import words as called
from phb.web.care.line_forms import HOLDING, PAYING, PLACES, PRICE, WHAT, LineFields
from phb.web.care.revising import RevisedForm
from phb.web.care.stepping import Step, StepForm
from phb.web.forms import Choice, Day, Needed, Words


class ProposeForm(StepForm, LineFields):
    """A budget to plan: what it is for, its first service, and what happens when things go wrong."""

    button = "Save the draft"
    is_checked = False
    places: ClassVar[Mapping[str, str]] = PLACES
    outcome = None  # type: ignore[assignment]  # WTForms' way to leave a field out: the first service has a new outcome
    cohort_code = Choice("Which group is it for?", many=True, validators=[Needed("Choose the group")])
    kind = Choice(
        "What kind of budget is it?",
        options=called.options(called.KINDS),
        default=BudgetKind.PERSONAL_HEALTH_BUDGET.value,
        validators=[Needed("Choose the kind")],
    )
    care_setting = Choice(
        "Where is the care given?", options=called.options(called.SETTINGS), validators=[Needed("Choose where")]
    )
    indicative_id = Choice("Which first estimate is it planned by?", many=True)
    start_on = Day("First day", hint="For example, 1 4 2026", validators=[Needed("Enter the first day")])
    last_day = Day("Last day", hint="For example, 31 3 2027", validators=[Needed("Enter the last day")])
    review_on = Day(
        "On which day is it reviewed?",
        hint="For example, 24 6 2026",
        validators=[Needed("Enter the day of the review")],
    )
    coordinator = Choice("Who is the care co-ordinator?", many=True, validators=[Needed("Choose a colleague")])
    contingency = Words(
        "What happens when the usual care breaks down?",
        rows=4,
        validators=[Needed("Say what happens then")],
    )
    training = Words(
        "Who learns what, and who signs it off?", rows=4, validators=[Needed("Say what training there is, or none")]
    )
    risk_words = Words("What could go wrong?", hint="You can add more risks later", rows=2)
    risk_response = Words("What is then done?", rows=2)
    steps = (
        Step("What is this budget for?", ("cohort_code", "kind", "care_setting", "indicative_id")),
        Step("Which days is it for, and who looks after it?", ("start_on", "last_day", "review_on", "coordinator")),
        Step(
            "What does the person want, and what is bought for it?",
            WHAT[1:],
            hint="Begin with one service. You can add more.",
        ),
        Step("How much of it, at which price?", PRICE),
        Step("Who holds the money, and who pays?", (*HOLDING, *PAYING)),
        Step("What if things go wrong?", ("contingency", "training", "risk_words", "risk_response")),
    )

    def validate_last_day(self, field: Day) -> None:
        """Refuse a last day before the first."""
        if field.data and self["start_on"].data and field.data < self["start_on"].data:
            raise ValidationError("The last day is before the first. Correct one of them.")

    def validate_risk_response(self, field: Words) -> None:
        """Ask for both or neither."""
        if bool(field.data) != bool(self["risk_words"].data):
            raise ValidationError("Say both what could go wrong and what is then done, or neither")


class PlanEdit(RevisedForm):
    """A part of a stored plan; `reason` is asked for where the budget is active."""

    places: ClassVar[Mapping[str, str]] = PLACES
    reason = Words(
        "Why should the plan change?",
        hint="The person, the clinician and finance read this.",
        rows=3,
        validators=[Needed("Say why the plan should change")],
    )

    @property
    def asked(self) -> Sequence[Field]:
        """The fields that are shown, the reason last."""
        return sorted(super().asked, key=lambda field: field.name == "reason")


class SectionForm(PlanEdit, LineFields):
    """A part of what a plan says of a service."""


class ArrangementsForm(PlanEdit):
    """What happens when things go wrong, who learns what, when it is reviewed, and who looks after it."""

    question = "Contingency, training and review"
    contingency = Words(
        "What happens when the usual care breaks down?", rows=4, validators=[Needed("Say what happens then")]
    )
    training = Words(
        "Who learns what, and who signs it off?", rows=4, validators=[Needed("Say what training there is, or none")]
    )
    review_on = Day("On which day is it reviewed?", validators=[Needed("Enter the day of the review")])
    coordinator = Choice("Who is the care co-ordinator?", many=True, validators=[Needed("Choose a colleague")])


class DaysForm(PlanEdit):
    """The days of the plan."""

    question = "Days of the plan"
    hint = "Services that ran to the first or last day of the plan are moved with it."
    start_on = Day("First day", validators=[Needed("Enter the first day")])
    last_day = Day("Last day", validators=[Needed("Enter the last day")])

    def validate_last_day(self, field: Day) -> None:
        """Refuse a last day before the first."""
        if field.data and self["start_on"].data and field.data < self["start_on"].data:
            raise ValidationError("The last day is before the first. Correct one of them.")


class RemoveForm(PlanEdit):
    """Nothing but the reason is asked."""

    question = "Take this service out of the plan"
    button = "Take it out"
