"""The auditor's reports: which there are, and each page by page or whole as a file."""

from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from phb.api.blueprint import Listed, Resource, listed
from phb.api.fields import Choice
from phb.api.list_files import FILES, JSON, FormatArguments, list_file
from phb.api.schemas import PageArguments
from phb.core.actor import Permission
from phb.core.days import Days
from phb.core.money import pounds
from phb.documents import as_json
from phb.edge.paging import Page
from phb.edge.request import begin_request, needs
from phb.ledger.chart import Account
from phb.reports.catalogue import REPORTS
from phb.reports.document import document_of, report_named
from phb.reports.report import Asked, Report

blp = Resource("reports", "The auditor's reports, each page by page or whole as a file")
A_SUM = r"^[0-9]{1,9}\.[0-9]{2}$"


class ReportBody(Schema):
    """One report: what it shows, under which headings, and what it can be narrowed by."""

    name = fields.String()
    title = fields.String()
    why = fields.String()
    columns = fields.List(fields.String())
    narrowed_by = fields.List(fields.String())


class RowsBody(Schema):
    """Rows of a report, each by the keys of its columns."""

    rows = fields.List(fields.Dict(keys=fields.String()))


class ReportArguments(FormatArguments, PageArguments):
    """What a report is narrowed to, and in which format; a file is whole."""

    from_ = fields.Date(load_default=None, data_key="from", metadata={"description": "the first day"})
    to = fields.Date(load_default=None, metadata={"description": "the last day; inside the report"})
    at_least = fields.String(
        load_default=None,
        validate=validate.Regexp(A_SUM, error="Give pounds and pence with two decimals, for example 125.50."),
        metadata={"description": "the least amount in pounds", "pattern": A_SUM},
    )
    account = Choice(Account, load_default=None, metadata={"description": "one account of the books"})
    journal = fields.UUID(load_default=None, metadata={"description": "the number of one journal"})


@blp.route("")
@needs(Permission.AUDIT_READ)
@blp.response(200, ReportBody(many=True))
def list_reports() -> list[dict[str, object]]:
    """List the reports."""
    return [_described(name, report) for name, report in REPORTS.items()]


@blp.route("/<string:name>")
@needs(Permission.AUDIT_READ)
@blp.query(ReportArguments)
@blp.response(200, RowsBody)
@blp.doc(responses=FILES)
def show_report(query: dict[str, Any], name: str) -> Listed | Response:
    """Show a report: a page of its rows by the keys of their columns, or all of it as a file."""
    at_least = pounds(query["at_least"]) if query["at_least"] else None
    asked = Asked(Days(query["from_"], query["to"]), at_least, query["account"], query["journal"])
    report = report_named(name, asked)
    with begin_request() as uow:
        if query["format"] != JSON:
            return list_file(document_of(uow, name, asked), query["format"], f"{name}-{uow.today}")
        found = report.part(uow, asked, query["cursor"], query["limit"])
    keys = [column.key for column in report.columns]
    rows = [dict(zip(keys, map(as_json.value, row), strict=True)) for row in found.rows]
    _, status, headers = listed(Page(rows, found.next_cursor))
    return {"rows": rows}, status, headers


def _described(name: str, report: Report) -> dict[str, object]:
    return {
        "name": name,
        "title": report.title,
        "why": report.why,
        "columns": [column.key for column in report.columns],
        "narrowed_by": report.narrowed_by,
    }
