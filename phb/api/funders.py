"""Who else pays: what each funder bears, was asked for and has paid."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from marshmallow import Schema, fields

from phb.api.blueprint import Resource
from phb.api.schemas import MoneyField
from phb.core.actor import Permission
from phb.edge.request import begin_request, idempotent, needs
from phb.ledger import funders
from phb.ledger.funders import FunderYear
from phb.ledger.posting import Posted

blp = Resource("funders", "Funders of integrated budgets")


class UntilArguments(Schema):
    """Up to the end of which day."""

    until = fields.Date(load_default=None, metadata={"description": "at the end of this day; today, if left out"})


class AskArguments(Schema):
    """Up to the end of which day funders are asked."""

    until = fields.Date(required=True)


class PaidArguments(Schema):
    """What was paid, and when."""

    amount = MoneyField(required=True)
    on = fields.Date(required=True)


class FunderYearBody(Schema):
    """One funder in one financial year; below nil it is owed, or was asked for too much."""

    fund = fields.String()
    year = fields.Integer()
    spent = MoneyField()
    paid_out = MoneyField()
    contributions = MoneyField()
    missed = MoneyField()
    asked = MoneyField()
    received = MoneyField()
    owed = MoneyField()
    to_ask = MoneyField()


class AskedBody(Schema):
    """What funders were asked for, and what they are owed back."""

    asked = MoneyField()
    owed_back = MoneyField()


class PostedBody(Schema):
    """The journal that books it."""

    journal_id = fields.UUID()


@blp.route("")
@needs(Permission.LEDGER_READ)
@blp.query(UntilArguments)
@blp.response(200, FunderYearBody(many=True))
def listed(query: dict[str, Any]) -> Sequence[FunderYear]:
    """Every funder in every financial year, with what it bears, was asked for and paid; the newest year first."""
    with begin_request() as uow:
        until: date = query["until"] or uow.today
        return funders.funder_years(uow.session, until)


@blp.route("/ask", methods=["POST"])
@needs(Permission.FUNDERS_ASK)
@idempotent
@blp.arguments(AskArguments)
@blp.response(200, AskedBody)
def ask(body: dict[str, Any]) -> funders.Asked:
    """Ask every funder for what it has not been asked for, and owe it what was too much."""
    with begin_request() as uow:
        return funders.ask_funders(uow, body["until"])


@blp.route("/<fund>/<int:year>/received", methods=["POST"])
@needs(Permission.FUNDERS_ASK)
@idempotent
@blp.arguments(PaidArguments)
@blp.response(201, PostedBody)
def received(body: dict[str, Any], fund: str, year: int) -> Posted:
    """Book what a funder paid of what it owes for a financial year."""
    return _settle(funders.receive, fund, year, body)


@blp.route("/<fund>/<int:year>/paid-back", methods=["POST"])
@needs(Permission.FUNDERS_ASK)
@idempotent
@blp.arguments(PaidArguments)
@blp.response(201, PostedBody)
def paid_back(body: dict[str, Any], fund: str, year: int) -> Posted:
    """Book what a funder was paid of what it is owed for a financial year."""
    return _settle(funders.pay_back, fund, year, body)


def _settle(operation: Callable[..., Posted], fund: str, year: int, body: dict[str, Any]) -> Posted:
    with begin_request() as uow:
        return operation(uow, fund, year, body["amount"], body["on"])
