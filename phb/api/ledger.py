"""Read the books: the trial balance, journals and whether every identity holds."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import Schema, ValidationError, fields, validates_schema

from phb.api.blueprint import Listed, Resource, listed
from phb.api.fields import Month
from phb.api.list_files import FILES, JSON, FormatArguments, list_file
from phb.api.schemas import AsOfArguments, MoneyField, PageArguments
from phb.core.actor import Permission
from phb.edge import paging
from phb.edge.request import begin_request, needs
from phb.indicators import documents
from phb.ledger import identities, queries
from phb.ledger.models import Journal
from phb.ledger.periods import closed_month
from phb.ledger.trial import of_fund
from phb.ledger.views import view_known_at
from phb.monitoring.reconcile import verify_books

blp = Resource("ledger", "The books of the commissioner")


class TrialBalanceArguments(AsOfArguments, FormatArguments):
    """The day or the closed month that the question is about, and in which format."""

    month = Month(
        load_default=None,
        metadata={"description": "of this month, as it was closed for good; alone"},
    )

    fund = fields.String(load_default=None, metadata={"description": "of this funder alone", "examples": ["council"]})

    @validates_schema
    def _one_of_them(self, data: dict[str, Any], **_: object) -> None:
        if data["month"] and (data["as_of"] or data["known_at"]):
            raise ValidationError("Give a month alone, or a day and what was known when.", "month")


class BalanceBody(Schema):
    """The balance of one account of one funder; a debit balance is positive."""

    layer = fields.Function(lambda row: row.layer.name.lower(), metadata={"type": "string"})
    account = fields.String()
    fund = fields.String()
    amount = MoneyField(signed=True)


class BreachBody(Schema):
    """The first place where an identity fails."""

    place = fields.String()
    off_by_pence = fields.Integer()


class VerificationArguments(Schema):
    """What was checked before."""

    since = fields.AwareDateTime(
        load_default=None,
        metadata={"description": "look again only at budgets posted to since this instant, when the books held"},
    )


class IdentityBody(Schema):
    """One identity; `first_breach` is null where it holds."""

    number = fields.Integer()
    sentence = fields.String()
    first_breach = fields.Nested(BreachBody, allow_none=True)


class JournalArguments(PageArguments):
    """Which journals."""

    budget_id = fields.UUID(load_default=None)


class LineBody(Schema):
    """One line of a journal; debit positive."""

    ordinal = fields.Integer()
    account = fields.String()
    layer = fields.Integer()
    fund = fields.String()
    pence = fields.Integer()
    year = fields.Integer(allow_none=True)
    budget_id = fields.UUID(allow_none=True)
    pot_id = fields.UUID(allow_none=True)
    plan_line_id = fields.UUID(allow_none=True)
    commitment_id = fields.UUID(allow_none=True)
    counterparty_id = fields.UUID(allow_none=True)


class JournalBody(Schema):
    """One event in the books."""

    id = fields.UUID()
    kind = fields.String()
    effective_on = fields.Date()
    recorded_at = fields.AwareDateTime()
    narration = fields.String()
    source_kind = fields.String()
    source_id = fields.UUID()
    prepared_by = fields.UUID()
    approved_by = fields.UUID(allow_none=True)
    reverses_id = fields.UUID(allow_none=True)
    reporting_month = fields.Date(
        allow_none=True, metadata={"description": "the first day of the month that reports it, where it is not its own"}
    )


class JournalWithLinesBody(Schema):
    """One event in the books with its lines."""

    journal = fields.Nested(JournalBody)
    lines = fields.List(fields.Nested(LineBody))


@blp.route("/trial-balance")
@needs(Permission.LEDGER_READ)
@blp.query(TrialBalanceArguments)
@blp.response(200, BalanceBody(many=True))
@blp.doc(responses=FILES)
def trial_balance(query: dict[str, Any]) -> Sequence[queries.Balance] | Response:
    """Every account's balance by layer and funder."""
    as_of, known_at, month, fund = (query[name] for name in ("as_of", "known_at", "month", "fund"))
    with begin_request() as uow:
        if query["format"] == JSON and month:
            return of_fund(closed_month(uow.session, month).balances, fund)
        if query["format"] == JSON:
            view = view_known_at(uow.session, known_at) if known_at else None
            return of_fund(queries.trial_balance(uow.session, as_of=as_of, view=view), fund)
        document = documents.balances(
            uow.session, uow.actor, as_of=as_of, known_at=known_at, today=uow.today, month=month, fund=fund
        )
    return list_file(document, query["format"], f"trial-balance-{as_of or month or uow.today}")


@blp.route("/verification")
@needs(Permission.LEDGER_READ)
@blp.query(VerificationArguments)
@blp.response(200, IdentityBody(many=True))
def verification(query: dict[str, Any]) -> list[identities.IdentityResult]:
    """Whether every identity of the books holds, checked now."""
    with begin_request() as uow:
        since = view_known_at(uow.session, query["since"]) if query["since"] else None
        return verify_books(uow.session, since=since)


@blp.route("/journals")
@needs(Permission.LEDGER_READ)
@blp.query(JournalArguments)
@blp.response(200, JournalBody(many=True))
def journals(query: dict[str, Any]) -> Listed:
    """Journals in the order they were recorded."""
    with begin_request() as uow:
        found = queries.journals(query["budget_id"])
        sort = (Journal.recorded_at, Journal.id)
        return listed(paging.page(uow.session, found, sort, limit=query["limit"], cursor=query["cursor"]))


@blp.route("/journals/<uuid:journal_id>")
@needs(Permission.LEDGER_READ)
@blp.response(200, JournalWithLinesBody)
def journal(journal_id: UUID) -> queries.JournalWithLines:
    """One journal with its lines."""
    with begin_request() as uow:
        return queries.journal(uow.session, journal_id)
