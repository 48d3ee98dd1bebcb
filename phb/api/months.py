"""The months of the books: what each takes, and how it is closed and opened again."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from marshmallow import Schema, fields

from phb.api.blueprint import Resource
from phb.api.fields import Month, Words
from phb.core.actor import Permission
from phb.edge.request import begin_request, needs
from phb.ledger import periods
from phb.ledger.models import PeriodStep

blp = Resource("months", "The months of the books")


class MonthArguments(Schema):
    """Which month."""

    month = Month(required=True)


class ReopenArguments(MonthArguments):
    """Which month, and why it is to be opened again."""

    reason = Words(500, required=True)


class MonthBody(Schema):
    """One month: what it takes, and what may be done to it next."""

    month = Month()
    stage = fields.String(metadata={"enum": [stage.value for stage in periods.Stage]})
    next_steps = fields.List(fields.String())


class StepBody(Schema):
    """One step of a month; `digest` is the hash of the trial balance of a month closed for good."""

    step = fields.String(metadata={"enum": [step.value for step in periods.Step]})
    month = Month()
    taken_by = fields.UUID()
    reason = fields.String(allow_none=True)
    recorded_at = fields.AwareDateTime()
    digest = fields.Function(lambda row: row.digest and row.digest.hex(), metadata={"type": ["string", "null"]})


@blp.route("")
@needs(Permission.LEDGER_READ)
@blp.response(200, MonthBody(many=True))
def listed() -> Sequence[periods.Month]:
    """List the last thirteen months, the newest first."""
    with begin_request() as uow:
        return periods.months(uow.session, uow.today)


@blp.route("/steps")
@needs(Permission.LEDGER_READ)
@blp.response(200, StepBody(many=True))
def steps() -> Sequence[PeriodStep]:
    """List every step that was taken, the newest first."""
    with begin_request() as uow:
        return periods.steps(uow.session)


@blp.route("/close", methods=["POST"])
@needs(Permission.PERIOD_CLOSE)
@blp.arguments(MonthArguments)
@blp.response(200, StepBody)
def close(body: dict[str, Any]) -> PeriodStep:
    """Close a month for everything but adjustments."""
    return _take(periods.close, **body)


@blp.route("/close-for-good", methods=["POST"])
@needs(Permission.PERIOD_CLOSE)
@blp.arguments(MonthArguments)
@blp.response(200, StepBody)
def close_for_good(body: dict[str, Any]) -> PeriodStep:
    """Close a month for adjustments too, and store its trial balance."""
    return _take(periods.close_for_good, **body)


@blp.route("/ask-to-reopen", methods=["POST"])
@needs(Permission.PERIOD_CLOSE)
@blp.arguments(ReopenArguments)
@blp.response(200, StepBody)
def ask_to_reopen(body: dict[str, Any]) -> PeriodStep:
    """Ask for the last closed month to be opened again."""
    return _take(periods.ask_to_reopen, **body)


@blp.route("/reopen", methods=["POST"])
@needs(Permission.PERIOD_REOPEN)
@blp.arguments(MonthArguments)
@blp.response(200, StepBody)
def reopen(body: dict[str, Any]) -> PeriodStep:
    """Open a month again that a colleague asked for."""
    return _take(periods.reopen, **body)


def _take(step: Callable[..., PeriodStep], *, month: date, **more: str) -> PeriodStep:
    with begin_request() as uow:
        return step(uow, month, **more)
