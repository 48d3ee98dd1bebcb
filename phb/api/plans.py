"""A care plan in and out: what budgets and their changes share; it has no address of its own."""

from fractions import Fraction
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from phb.api.fields import Choice, Words
from phb.api.schemas import MoneyField
from phb.budget.kinds import Frequency, LinePurpose, ManagementType, ShareBasis
from phb.budget.plans.draft import LineDraft, OutcomeDraft, PlanDraft, PotDraft, RiskDraft, ShareRule
from phb.budget.setting.schema.checks import number, number_text
from phb.budget.setting.schema.reading import read
from phb.budget.setting.weeks import CountedDays, DaysOverSeven, Method, StatedWeeks
from phb.core.errors import RuleViolationError
from phb.core.period import Period

METHODS: dict[str, type[Method]] = {kind.type: kind for kind in (DaysOverSeven, StatedWeeks, CountedDays)}
TEXT = 2000


class NumberField(fields.String):
    """An exact number as text: “21”, “7.5” or “365/7”."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - marshmallow's own options
        super().__init__(metadata={"examples": ["10", "7.5", "365/7"]}, **options)

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:  # noqa: ANN401 - marshmallow's signature
        return None if value is None else number_text(value)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - marshmallow's signature
        text = super()._deserialize(value, *args, **kwargs)
        try:
            return number(text, self.name or "number")
        except RuleViolationError as error:
            raise ValidationError(error.sentence) from error


class WeeksField(fields.Dict):
    """How a weekly amount becomes a longer one: {"type": "stated_weeks", "weeks": "52"}."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - marshmallow's signature
        document = super()._deserialize(value, *args, **kwargs)  # type: ignore[no-untyped-call]
        kind = METHODS.get(str(document.get("type")))
        if kind is None:
            raise ValidationError(f"Give a “type”: one of {', '.join(METHODS)}.")
        try:
            return read(kind, document)
        except RuleViolationError as error:
            raise ValidationError(error.sentence) from error


def last_day() -> fields.Function:
    """Return the field for the last day of something whose Python value has a period."""
    return fields.Function(lambda row: row.period.last_day.isoformat(), metadata={"type": "string", "format": "date"})


class PotInput(Schema):
    """A way of holding some of the money."""

    reference = Words(100, required=True)
    management = Choice(ManagementType, required=True)
    organisation_id = fields.UUID(load_default=None, allow_none=True, metadata={"description": "of a third party"})


class OutcomeInput(Schema):
    """Something the person wants."""

    reference = Words(100, required=True)
    words = fields.String(required=True, validate=validate.Length(1, TEXT))


class RiskInput(Schema):
    """What could go wrong, and what is then done."""

    words = fields.String(required=True, validate=validate.Length(1, TEXT))
    response = fields.String(required=True, validate=validate.Length(1, TEXT))


class ShareInput(Schema):
    """How much of a line one funder pays; without a basis the whole, or what the others leave."""

    fund = Words(40, required=True, metadata={"examples": ["nhs", "council"]})
    basis = Choice(ShareBasis, load_default=ShareBasis.REST)
    percent = NumberField(load_default=None, allow_none=True)
    amount = MoneyField(load_default=None, allow_none=True)
    start_on = fields.Date(
        load_default=None,
        allow_none=True,
        metadata={"description": "from when it holds, with all that begin on that day; from the line's first day"},
    )


class LineInput(Schema):
    """One service: a need that the rate card prices, or a stated price of one."""

    reference = Words(100, required=True)
    outcome = Words(100, required=True, metadata={"description": "the reference of the outcome it serves"})
    pot = Words(100, required=True, metadata={"description": "the reference of its pot"})
    category = Words(60, required=True)
    words = fields.String(required=True, validate=validate.Length(1, 500))
    start_on = fields.Date(required=True)
    last_day = fields.Date(required=True)
    quantity = NumberField(required=True)
    unit = fields.String(required=True, validate=validate.OneOf(["hour", "night", "each"]))
    frequency = Choice(Frequency, required=True)
    shares = fields.List(fields.Nested(ShareInput), required=True, validate=validate.Length(1, 10))
    need = Words(60, load_default=None, allow_none=True)
    unit_price = MoneyField(load_default=None, allow_none=True)
    weeks = WeeksField(load_default=None, allow_none=True)
    money = MoneyField(load_default=None, allow_none=True, metadata={"description": "its full cost if left out"})
    purpose = Choice(LinePurpose, load_default=LinePurpose.SERVICE)
    referral_reason = Words(TEXT, load_default=None, allow_none=True)


class PlanInput(Schema):
    """A whole care plan."""

    start_on = fields.Date(required=True)
    last_day = fields.Date(required=True)
    pots = fields.List(fields.Nested(PotInput), required=True, validate=validate.Length(1, 20))
    outcomes = fields.List(fields.Nested(OutcomeInput), required=True, validate=validate.Length(1, 50))
    lines = fields.List(fields.Nested(LineInput), required=True, validate=validate.Length(1, 100))
    risks = fields.List(fields.Nested(RiskInput), load_default=[], validate=validate.Length(0, 50))
    contingency = fields.String(required=True, validate=validate.Length(1, TEXT))
    training = fields.String(required=True, validate=validate.Length(1, TEXT))
    review_on = fields.Date(required=True)
    care_coordinator_id = fields.UUID(required=True)


class ShareBody(Schema):
    """One funder's money."""

    fund = fields.String()
    amount = MoneyField()


class YearBody(Schema):
    """A line's money in one financial year, named by the calendar year it starts in."""

    year = fields.Integer()
    cost = MoneyField(attribute="money.cost")
    amount = MoneyField()
    shares = fields.List(fields.Nested(ShareBody))
    traces = fields.List(fields.Dict(), attribute="money.traces")


class PotBody(Schema):
    """A pot of a budget."""

    id = fields.UUID()
    reference = fields.String()
    management = fields.String()
    organisation_id = fields.UUID(allow_none=True)


class TermsBody(Schema):
    """What this version of the plan says of a line."""

    outcome = fields.String(attribute="outcome_reference")
    category = fields.String(attribute="category_code")
    purpose = fields.String()
    words = fields.String()
    start_on = fields.Date()
    last_day = last_day()
    quantity = NumberField()
    unit = fields.String()
    frequency = fields.String()
    need = fields.String(allow_none=True)
    unit_price = MoneyField(allow_none=True)
    shares = fields.List(fields.Dict())
    referral_reason = fields.String(allow_none=True)


class PlanLineBody(Schema):
    """A plan line with its money."""

    id = fields.UUID(attribute="line.id")
    reference = fields.String(attribute="line.reference")
    pot = fields.Nested(PotBody)
    terms = fields.Nested(TermsBody)
    cost = MoneyField()
    amount = MoneyField()
    years = fields.List(fields.Nested(YearBody))


class PlanHeadBody(Schema):
    """A version of a plan."""

    id = fields.UUID()
    plan_version = fields.Integer()
    start_on = fields.Date()
    last_day = last_day()
    contingency = fields.String()
    training = fields.String()
    review_on = fields.Date()
    care_coordinator_id = fields.UUID()
    drafted_by = fields.UUID()
    drafted_at = fields.AwareDateTime()


class PlanBody(Schema):
    """A version of a plan with everything in it."""

    plan = fields.Nested(PlanHeadBody)
    pots = fields.List(fields.Nested(PotBody))
    outcomes = fields.List(fields.Nested(OutcomeInput))
    lines = fields.List(fields.Nested(PlanLineBody))
    risks = fields.List(fields.Nested(RiskInput))
    amount = MoneyField()


def plan_draft(body: dict[str, Any]) -> PlanDraft:
    """Return a body as the plan it describes."""
    return PlanDraft(
        period=_period(body),
        pots=tuple(PotDraft(**pot) for pot in body.pop("pots")),
        outcomes=tuple(OutcomeDraft(**outcome) for outcome in body.pop("outcomes")),
        lines=tuple(_line(line) for line in body.pop("lines")),
        risks=tuple(RiskDraft(**risk) for risk in body.pop("risks")),
        **body,
    )


def _line(body: dict[str, Any]) -> LineDraft:
    shares = tuple(ShareRule(**share) for share in body.pop("shares"))
    quantity: Fraction = body.pop("quantity")
    return LineDraft(period=_period(body), quantity=quantity, shares=shares, **body)


def _period(body: dict[str, Any]) -> Period:
    return Period.of_days(body.pop("start_on"), body.pop("last_day"))
