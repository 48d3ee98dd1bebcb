"""Who is paid and into which account: details go in whole and come out masked; a second person puts them in use."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, validate

from phb.api.blueprint import Listed, Resource, listed
from phb.api.schemas import PageArguments
from phb.core.actor import Permission
from phb.edge import paging
from phb.edge.etags import Tagged, conditional, tagged
from phb.edge.request import begin_request, needs
from phb.payments.kinds import AccountUse, PayeeKind
from phb.payments.payees import operations, paying, queries, weights
from phb.payments.payees.details import BankDetails
from phb.payments.payees.models import BankAccount, ModulusTableInUse, Payee, PayingAccount

payees = Resource("payees", "Who is paid, and their bank accounts, masked")
paying_accounts = Resource("paying-accounts", "The account the commissioner pays from")
modulus_tables = Resource("modulus-tables", "The Pay.UK weight tables that bank details are checked with")

KINDS = [kind.value for kind in PayeeKind]
USES = [use.value for use in AccountUse]


class PayeeArguments(PageArguments):
    """How to page through payees."""


class NewPayee(Schema):
    """Somebody to be paid: a person, who acts for one, or an organisation, as the kind asks."""

    reference = fields.String(required=True, validate=validate.Length(1, 100))
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    person_id = fields.UUID(load_default=None, allow_none=True)
    acting_person_id = fields.UUID(load_default=None, allow_none=True)
    organisation_id = fields.UUID(load_default=None, allow_none=True)


class PayeeBody(NewPayee):
    """A payee."""

    id = fields.UUID()
    added_at = fields.AwareDateTime()


class DetailsBody(Schema):
    """A bank account in whole; it is never answered."""

    sort_code = fields.String(required=True, validate=validate.Length(1, 20), metadata={"examples": ["08-99-99"]})
    account_number = fields.String(required=True, validate=validate.Length(1, 20))
    name = fields.String(required=True, validate=validate.Length(1, 100))


class NewAccount(DetailsBody):
    """A bank account for a payee."""

    use = fields.String(required=True, validate=validate.OneOf(USES))


class AccountBody(Schema):
    """A bank account, masked; in use once confirmed."""

    id = fields.UUID()
    payee_id = fields.UUID()
    use = fields.String()
    masked = fields.String()
    modulus_outcome = fields.String()
    modulus_version = fields.String(allow_none=True)
    proposed_by = fields.UUID()
    proposed_at = fields.AwareDateTime()
    confirmed_by = fields.UUID(allow_none=True)
    confirmed_at = fields.AwareDateTime(allow_none=True)
    approved_by = fields.UUID(allow_none=True)
    approved_at = fields.AwareDateTime(allow_none=True)
    version = fields.Integer()


class PayeeWithAccountsBody(Schema):
    """A payee and its accounts, the newest first."""

    payee = fields.Nested(PayeeBody)
    accounts = fields.List(fields.Nested(AccountBody))


class ApprovalBody(Schema):
    """What was seen of a dedicated account."""

    evidence = fields.String(required=True, validate=validate.Length(1, 1000))


class CheckBody(Schema):
    """What the modulus check says: no more than whether the pair could exist."""

    outcome = fields.String()
    table_version = fields.String(allow_none=True)


class NewPayingAccount(DetailsBody):
    """The account to pay from."""

    service_user_number = fields.String(required=True, validate=validate.Regexp(r"^(?!.*\n)[0-9]{6}$"))
    first_serial = fields.Integer(load_default=1, validate=validate.Range(1, 999999))


class PayingAccountBody(Schema):
    """The account to pay from, masked."""

    id = fields.UUID()
    service_user_number = fields.String()
    first_serial = fields.Integer()
    masked = fields.String()
    proposed_by = fields.UUID()
    confirmed_by = fields.UUID(allow_none=True)
    confirmed_at = fields.AwareDateTime(allow_none=True)
    version = fields.Integer()


class NewModulusTable(Schema):
    """A whole issue of the weight table, rows as in its CSV."""

    version = fields.String(required=True, validate=validate.Length(1, 50))
    rows = fields.List(
        fields.Dict(keys=fields.String(), values=fields.String()), required=True, validate=validate.Length(1, 5000)
    )


class ModulusTableBody(Schema):
    """An issue of the weight table in use."""

    version = fields.String()
    rows = fields.Integer()
    used_from = fields.AwareDateTime()


@payees.route("", methods=["GET"])
@needs(Permission.BUDGET_READ)
@payees.query(PayeeArguments)
@payees.response(200, PayeeBody(many=True))
def list_payees(query: dict[str, Any]) -> Listed:
    """List the payees you may see, by reference."""
    with begin_request() as uow:
        found = queries.visible_payees(uow.actor, uow.today)
        return listed(paging.page(uow.session, found, (Payee.reference,), limit=query["limit"], cursor=query["cursor"]))


@payees.route("", methods=["POST"])
@needs(Permission.PAYEE_WRITE)
@payees.arguments(NewPayee)
@payees.response(201, PayeeBody)
def add_payee(body: dict[str, Any]) -> Payee:
    """Add a payee."""
    with begin_request() as uow:
        return operations.add_payee(uow, PayeeKind(body.pop("kind")), **body).row


@payees.route("/<uuid:payee_id>", methods=["GET"])
@needs(Permission.BUDGET_READ)
@payees.response(200, PayeeWithAccountsBody)
def show_payee(payee_id: UUID) -> queries.PayeeWithAccounts:
    """Show a payee and its accounts, masked."""
    with begin_request() as uow:
        return queries.payee_with_accounts(uow.session, uow.actor, payee_id, uow.today)


@payees.route("/<uuid:payee_id>/bank-accounts", methods=["POST"])
@needs(Permission.PAYEE_WRITE)
@payees.arguments(NewAccount)
@payees.response(201, AccountBody)
def propose_bank_account(body: dict[str, Any], payee_id: UUID) -> BankAccount:
    """Enter bank details; nothing is paid into them before a second person confirms them."""
    with begin_request() as uow:
        use = AccountUse(body.pop("use"))
        return operations.propose_bank_account(uow, payee_id, BankDetails(**body), use=use).row


@payees.route("/bank-details-check", methods=["POST"])
@needs(Permission.PAYEE_WRITE)
@payees.arguments(DetailsBody)
@payees.response(200, CheckBody)
def check_details(body: dict[str, Any]) -> Mapping[str, str | None]:
    """Check bank details without keeping them."""
    with begin_request() as uow:
        return operations.check_of(uow, BankDetails(**body))


@payees.route("/bank-accounts/<uuid:account_id>/confirmation", methods=["POST"])
@needs(Permission.PAYEE_CONFIRM)
@conditional
@payees.response(200, AccountBody)
def confirm_bank_account(account_id: UUID, version: int | None) -> Tagged[BankAccount]:
    """Put bank details in use that a colleague entered."""
    with begin_request() as uow:
        return tagged(operations.confirm_bank_account(uow, account_id, version=version))


@payees.route("/bank-accounts/<uuid:account_id>/approval", methods=["POST"])
@needs(Permission.PAYEE_CONFIRM)
@payees.arguments(ApprovalBody)
@conditional
@payees.response(200, AccountBody)
def approve_bank_account(body: dict[str, Any], account_id: UUID, version: int | None) -> Tagged[BankAccount]:
    """Approve a dedicated account for a direct payment."""
    with begin_request() as uow:
        return tagged(operations.approve_bank_account(uow, account_id, **body, version=version))


@paying_accounts.route("", methods=["GET"])
@needs(Permission.LEDGER_READ)
@paying_accounts.response(200, PayingAccountBody(many=True))
def list_paying_accounts() -> Sequence[PayingAccount]:
    """List the accounts entered to pay from, the newest first."""
    with begin_request() as uow:
        return queries.paying_accounts(uow.session, uow.actor)


@paying_accounts.route("", methods=["POST"])
@needs(Permission.PAYEE_WRITE)
@paying_accounts.arguments(NewPayingAccount)
@paying_accounts.response(201, PayingAccountBody)
def propose_paying_account(body: dict[str, Any]) -> PayingAccount:
    """Enter the account to pay from; a second person confirms it before it is used."""
    with begin_request() as uow:
        numbers = {name: body.pop(name) for name in ("service_user_number", "first_serial")}
        return paying.propose_paying_account(uow, BankDetails(**body), **numbers).row


@paying_accounts.route("/<uuid:account_id>/confirmation", methods=["POST"])
@needs(Permission.PAYEE_CONFIRM)
@conditional
@paying_accounts.response(200, PayingAccountBody)
def confirm_paying_account(account_id: UUID, version: int | None) -> Tagged[PayingAccount]:
    """Put the account in use that a colleague entered."""
    with begin_request() as uow:
        return tagged(paying.confirm_paying_account(uow, account_id, version=version))


@modulus_tables.route("", methods=["POST"])
@needs(Permission.REFERENCE_WRITE)
@modulus_tables.arguments(NewModulusTable)
@modulus_tables.response(201, ModulusTableBody)
def import_modulus_table(body: dict[str, Any]) -> ModulusTableInUse:
    """Import a whole issue of the weight table and use it from now on."""
    with begin_request() as uow:
        return weights.import_table(uow, body["rows"], version=body["version"]).row
