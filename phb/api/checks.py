"""The checks of the standard model from live data."""

from typing import Any

from flask import Response
from marshmallow import Schema, fields

from phb.api.blueprint import Resource
from phb.api.list_files import FILES, JSON, FormatArguments, list_file
from phb.core.actor import Permission
from phb.edge.request import begin_request, needs
from phb.indicators import documents, queries
from phb.indicators.report import Report

blp = Resource("checks", "Who is offered and holds budgets, against what the standard model expects")


AS_OF = "at the end of this day; if left out, yesterday where it was counted and kept, else today"
ANEW = "count the day now, from the records as they stand, also where it was counted and kept"


class CheckArguments(FormatArguments):
    """The day the question is about; a file in csv holds the checks alone, xlsx and pdf what was counted too."""

    as_of = fields.Date(load_default=None, metadata={"description": AS_OF})
    anew = fields.Boolean(load_default=False, metadata={"description": ANEW})


class IndicatorBody(Schema):
    """One check. `share` is the exact fraction; `percent` is for show, rounded to the failing side.

    `denominator` is null where a plain count is compared; `how_many_more` is null where there is no result.
    """

    code = fields.String(attribute="rule.code")
    name = fields.String(attribute="rule.name")
    numerator = fields.Integer(attribute="outcome.numerator")
    denominator = fields.Integer(attribute="outcome.denominator", allow_none=True)
    share = fields.String(attribute="outcome.share", allow_none=True, metadata={"examples": ["2/5"]})
    percent = fields.String(allow_none=True, metadata={"examples": ["40.0"]})
    operator = fields.String(attribute="rule.threshold.operator")
    threshold = fields.String(attribute="rule.threshold.value", metadata={"examples": ["2/5"]})
    verdict = fields.String(attribute="outcome.verdict", metadata={"enum": ["passes", "fails", "no_result"]})
    how_many_more = fields.Integer(attribute="outcome.how_many_more", allow_none=True)
    more = fields.String(attribute="rule.more", metadata={"description": "what “how many more” is of"})
    numerator_is = fields.String(attribute="rule.numerator")
    denominator_is = fields.String(attribute="rule.denominator")
    exclusions = fields.String(attribute="rule.exclusions")
    counts_few = fields.Boolean(metadata={"description": "fewer than ten are counted: read the share with care"})
    source = fields.String(attribute="rule.source")
    confidence = fields.String(attribute="rule.confidence")


class CountBody(Schema):
    """How many people and budgets there are of one name."""

    name = fields.String()
    people = fields.Integer()
    budgets = fields.Integer()


class ChecksBody(Schema):
    """The checks of one day, what they were made of and how it was counted."""

    as_of = fields.Date()
    checks = fields.List(fields.Nested(IndicatorBody))
    whole = fields.Nested(CountBody)
    cohorts = fields.List(fields.Nested(CountBody))
    ways = fields.List(fields.Nested(CountBody))
    how_counted = fields.List(fields.String())
    kept_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "when the day was counted and kept; null if counted for this answer"}
    )


@blp.route("")
@needs(Permission.INDICATORS_READ)
@blp.query(CheckArguments)
@blp.response(200, ChecksBody)
@blp.doc(responses=FILES)
def show_checks(query: dict[str, Any]) -> Report | Response:
    """Show the checks as they stood at the end of a day."""
    with begin_request() as uow:
        as_of = query["as_of"] or queries.day_to_show(uow.session, uow.actor, uow.today)
        if query["format"] == JSON:
            return queries.checks(uow.session, uow.actor, as_of, anew=query["anew"])
        document = documents.checks(uow.session, uow.actor, as_of, anew=query["anew"])
    return list_file(document, query["format"], f"checks-{as_of}")
