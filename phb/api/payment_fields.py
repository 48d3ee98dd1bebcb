"""Shapes that schedules, runs and payments share."""

from typing import Any

from marshmallow import Schema, fields, validate

from phb.api.schemas import MoneyField, PageArguments
from phb.core.period import Period


class RangeField(fields.Dict):
    """Days as their first and last."""

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:  # noqa: ANN401 - marshmallow's signature
        if value is None:
            return None
        days = Period(value.lower, value.upper)
        return {"first_day": days.start_on.isoformat(), "last_day": days.last_day.isoformat()}


class BudgetArguments(PageArguments):
    """Rows of one budget, or of all you may see."""

    budget_id = fields.UUID(load_default=None)


class ReasonBody(Schema):
    """Why, in words that the people concerned are told."""

    reason = fields.String(required=True, validate=validate.Length(1, 2000))


class RunBody(Schema):
    """A payment run."""

    id = fields.UUID()
    state = fields.String()
    entry_on = fields.Date()
    processing_on = fields.Date()
    serial = fields.String(allow_none=True)
    count = fields.Integer()
    total = MoneyField()
    assembled_by = fields.UUID()
    assembled_at = fields.AwareDateTime()
    approved_by = fields.UUID(allow_none=True)
    released_by = fields.UUID(allow_none=True)
    released_at = fields.AwareDateTime(allow_none=True)
    exported_by = fields.UUID(allow_none=True)
    version = fields.Integer()


class PaymentBody(Schema):
    """One payment and where it stands."""

    id = fields.UUID()
    state = fields.String()
    subject_kind = fields.String()
    subject_id = fields.UUID()
    budget_id = fields.UUID(allow_none=True)
    pot_id = fields.UUID(allow_none=True)
    payee_id = fields.UUID()
    run_id = fields.UUID(allow_none=True)
    amount = MoneyField()
    due_on = fields.Date()
    covers = RangeField(allow_none=True)
    settled_on = fields.Date(allow_none=True)
    returned_on = fields.Date(allow_none=True)
    version = fields.Integer()
