"""Files about paying: who is paid into which account, and the table bank details are checked by."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from phb.core.actor import Permission
from phb.core.change import Change
from phb.core.uow import UnitOfWork
from phb.intake import lookups
from phb.intake.columns import column
from phb.intake.importing import Kind
from phb.payments.kinds import AccountUse, PayeeKind
from phb.payments.payees.details import BankDetails
from phb.payments.payees.models import BankAccount
from phb.payments.payees.operations import (
    add_payee,
    approve_bank_account,
    confirm_bank_account,
    propose_bank_account,
)
from phb.payments.payees.weights import record_weight, use_table


@dataclass(frozen=True)
class PayeeRow:
    """Somebody who is paid, and the account they are paid into."""

    reference: str = column("the commissioner's own reference", "PAY-0001")
    kind: PayeeKind = column("who they are to the budget", "holder")
    sort_code: str = column("the sort code", "08-99-99", digits=6)
    account_number: str = column("the account number", "66374958", digits=8)
    account_name: str = column("the name the account is held in", "A Example")
    use: AccountUse = column("what the account is for", "dedicated")
    person: str | None = column("whose budget it is for; empty for a provider or third party", "P-0001", default=None)
    acting_person: str | None = column("the representative or nominee who is paid", "P-0002", default=None)
    organisation: str | None = column("the organisation that is paid", "ORG-05", default=None)
    approval_evidence: str | None = column(
        "what was seen that shows a dedicated account is for this money alone", "Empty statement seen", default=None
    )


@dataclass(frozen=True)
class WeightRow:
    """One row of the Pay.UK table of modulus weights, or one substitution of sort codes."""

    version: str = column("the issue of the table", "8.50")
    sort_code_from: str = column("the first sort code", "089999", digits=6)
    sort_code_to: str = column("the last sort code", "089999", digits=6)
    method: str = column("the check, or SUBSTITUTE", "MOD10")
    file_order: str = column("the place in the table; empty for a substitution", "1", default="")
    u: str = column("a weight", "0", default="")
    v: str = column("a weight", "0", default="")
    w: str = column("a weight", "0", default="")
    x: str = column("a weight", "0", default="")
    y: str = column("a weight", "0", default="")
    z: str = column("a weight", "0", default="")
    a: str = column("a weight", "7", default="")
    b: str = column("a weight", "1", default="")
    c: str = column("a weight", "3", default="")
    d: str = column("a weight", "7", default="")
    e: str = column("a weight", "1", default="")
    f: str = column("a weight", "3", default="")
    g: str = column("a weight", "7", default="")
    h: str = column("a weight", "1", default="")
    exception: str = column("the exception", "", default="")
    substitute_sort_code: str = column("the sort code in place of this one", "", default="", digits=6)
    confidence: str = column("how sure the source is", "verified-secondary", default="")
    source: str = column("where the row comes from", "Pay.UK weight table v8.50", default="")


def _payee(uow: UnitOfWork, row: PayeeRow) -> Change:
    """Add a payee and propose the account; for a second person, confirm it and approve what they saw papers of."""
    details = BankDetails(row.sort_code, row.account_number, row.account_name)
    payee = add_payee(
        uow,
        row.kind,
        reference=row.reference,
        person_id=None if row.person is None else lookups.person_id(uow, row.person),
        acting_person_id=lookups.anybody_id(uow, row.acting_person, "acting_person"),
        organisation_id=lookups.organisation_id(uow, row.organisation),
    )
    account = propose_bank_account(uow, payee.row.id, details, use=row.use)
    if account.change is Change.UNCHANGED and _may_confirm(uow, account.row):
        confirm_bank_account(uow, account.row.id)
        if row.use is AccountUse.DEDICATED and row.approval_evidence:
            approve_bank_account(uow, account.row.id, evidence=row.approval_evidence)
        return Change.CHANGED
    return account.change if payee.change is Change.UNCHANGED else payee.change


def _may_confirm(uow: UnitOfWork, account: BankAccount) -> bool:
    second = account.proposed_by != uow.actor.user_id and uow.actor.may(Permission.PAYEE_CONFIRM)
    return account.confirmed_by is None and second


def _weight(uow: UnitOfWork, row: WeightRow) -> Change:
    return record_weight(uow, version=row.version, cells=asdict(row)).change


def _use_weights(uow: UnitOfWork, rows: Sequence[WeightRow]) -> None:
    for version in dict.fromkeys(row.version for row in rows):
        use_table(uow, version)


MODULUS_WEIGHTS = Kind(
    "modulus-weights",
    "Weights of the modulus check; in use once every row of a file was taken",
    "an administrator",
    Permission.REFERENCE_WRITE,
    WeightRow,
    _weight,
    _use_weights,
)
PAYEES = Kind(
    "payees",
    "Payees and their bank accounts",
    "a finance officer, then a second one with the same file: the first proposes, the second confirms and approves",
    Permission.PAYEE_WRITE,
    PayeeRow,
    _payee,
)
