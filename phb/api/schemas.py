"""Shapes that several resources share: money, pages, problems."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate
from moneyed import Money

from phb.core.errors import RuleViolationError
from phb.core.money import as_json, pounds
from phb.edge.paging import DEFAULT_LIMIT, LARGEST_LIMIT

AMOUNT = r"^(?!.*\n)-?[0-9]{1,9}\.[0-9]{2}$"


class MoneyBody(Schema):
    """{"amount": "125.50", "currency": "GBP"}."""

    amount = fields.String(
        required=True,
        validate=validate.Regexp(AMOUNT, error="Give pounds and pence with two decimals, for example 125.50."),
        metadata={"pattern": AMOUNT, "examples": ["125.50"]},
    )
    currency = fields.String(required=True, validate=validate.OneOf(["GBP"]), metadata={"enum": ["GBP"]})


class MoneyField(fields.Nested):
    """Money in and out; `positive` refuses nil and less, `signed` allows less than nil."""

    def __init__(self, *, signed: bool = False, positive: bool = False, **options: Any) -> None:  # noqa: ANN401 - marshmallow's own options
        super().__init__(MoneyBody, **options)
        self.signed = signed
        self.positive = positive

    def _serialize(self, nested_obj: Any, attr: Any, obj: Any, **kwargs: Any) -> Any:  # type: ignore[override]  # noqa: ANN401 - marshmallow's own signatures disagree
        body = as_json(nested_obj) if nested_obj is not None else None
        return super()._serialize(body, attr, obj, **kwargs)  # type: ignore[no-untyped-call]

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Money:  # noqa: ANN401 - marshmallow's signature
        body = super()._deserialize(value, *args, **kwargs)
        try:
            money = pounds(body["amount"])
        except RuleViolationError as error:
            raise ValidationError(error.sentence) from error
        if self.positive and money.amount <= 0:
            raise ValidationError("Give an amount above nil.")
        if not self.signed and money.amount < 0:
            raise ValidationError("Give an amount that is not below nil.")
        return money


class AsOfArguments(Schema):
    """The day that a question is about, and what was known when."""

    as_of = fields.Date(load_default=None, metadata={"description": "at the end of this day; now, if left out"})
    known_at = fields.AwareDateTime(
        load_default=None,
        metadata={"description": "with what was known at this instant; with what is known now, if left out"},
    )


class PageArguments(Schema):
    """How to page through a list."""

    limit = fields.Integer(
        load_default=DEFAULT_LIMIT,
        validate=validate.Range(1, LARGEST_LIMIT),
        metadata={"description": f"rows a page, at most {LARGEST_LIMIT}"},
    )
    cursor = fields.String(load_default=None, metadata={"description": "from the page before"})


class ProblemField(Schema):
    """One field that does not fit."""

    field = fields.String()
    detail = fields.String()


class Problem(Schema):
    """RFC 9457: what is wrong, why and what to do, with a stable code."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True, metadata={"description": "stable; the same in letters and pages"})
    detail = fields.String(required=True)
    field = fields.String()
    facts = fields.Dict(keys=fields.String())
    errors = fields.List(fields.Nested(ProblemField))
