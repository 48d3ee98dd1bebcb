"""What an actor may see of payees and accounts, and the accounts in use."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from phb.core.actor import Actor, Permission
from phb.core.errors import NotFoundError
from phb.payments.modulus import ModulusTable
from phb.payments.payees.models import BankAccount, ModulusTableInUse, ModulusWeight, Payee, PayingAccount
from phb.people.kinds import Scope
from phb.people.queries import about_visible


class PayeeNotFoundError(NotFoundError):
    """There is no such payee, or it is not the actor's to know of."""

    code = "payee-not-found"


class BankAccountNotFoundError(NotFoundError):
    """There is no such account, or it is not the actor's to know of."""

    code = "bank-account-not-found"


class NoPayingAccountError(NotFoundError):
    """The commissioner has no confirmed account to pay from."""

    code = "no-paying-account"


class UsedBefore(Protocol):
    """A row that a second person confirmed, or not yet."""

    confirmed_by: UUID | None


@dataclass(frozen=True)
class PayeeWithAccounts:
    """A payee and its accounts, the newest first, all masked."""

    payee: Payee
    accounts: Sequence[BankAccount]


def visible_payees(actor: Actor, on: date) -> Select[Payee]:
    """Select the payees an actor may see on a day: those of the people they see, and for finance all organisations'."""
    theirs: ColumnElement[bool] = about_visible(actor, on, Scope.BUDGET, Payee.person_id)
    if actor.may(Permission.LEDGER_READ) or actor.may(Permission.PAYEE_WRITE):
        theirs = or_(theirs, Payee.person_id.is_(None))
    return select(Payee).where(Payee.commissioner_id == actor.commissioner_id, theirs)


def payee(session: Session, actor: Actor, payee_id: UUID, on: date) -> Payee:
    """Return one payee.

    Raises:
        PayeeNotFoundError: absent, or not the actor's to know of.
    """
    return _one_payee(session, visible_payees(actor, on).where(Payee.id == payee_id))


def payee_by_reference(session: Session, actor: Actor, reference: str, on: date) -> Payee:
    """Return the payee the commissioner knows by a reference.

    Raises:
        PayeeNotFoundError: absent, or not the actor's to know of.
    """
    return _one_payee(session, visible_payees(actor, on).where(Payee.reference == reference))


def payee_with_accounts(session: Session, actor: Actor, payee_id: UUID, on: date) -> PayeeWithAccounts:
    """Return one payee with its accounts.

    Raises:
        PayeeNotFoundError: absent, or not the actor's to know of.
    """
    found = payee(session, actor, payee_id, on)
    return PayeeWithAccounts(found, accounts_of(session, found.id))


def accounts_of(session: Session, payee_id: UUID) -> Sequence[BankAccount]:
    """Return every account a payee ever had proposed, the newest first."""
    query = select(BankAccount).where(BankAccount.payee_id == payee_id).order_by(BankAccount.ordinal.desc())
    return session.scalars(query).all()


def account_in_use(session: Session, payee_id: UUID) -> BankAccount | None:
    """Return the account a payee is paid into: the newest that a second person confirmed, or None."""
    return accounts_in_use(session, [payee_id]).get(payee_id)


def accounts_in_use(session: Session, payee_ids: Collection[UUID]) -> dict[UUID, BankAccount]:
    """Return the accounts that some payees are paid into, by payee; those that have none are left out."""
    row = BankAccount
    confirmed = select(row).where(row.payee_id.in_(payee_ids), row.confirmed_by.is_not(None))
    return {account.payee_id: account for account in session.scalars(confirmed.order_by(row.ordinal))}


def bank_account(
    session: Session, actor: Actor, account_id: UUID, on: date, *, for_update: bool = False
) -> BankAccount:
    """Return one account of a payee the actor may see.

    Raises:
        BankAccountNotFoundError: absent, or not the actor's to know of.
    """
    mine = visible_payees(actor, on).with_only_columns(Payee.id)
    query = select(BankAccount).where(BankAccount.id == account_id, BankAccount.payee_id.in_(mine))
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(query).first()
    if found is None:
        raise BankAccountNotFoundError("There is no such bank account. Look it up at its payee.")
    return found


def paying_accounts(session: Session, actor: Actor) -> Sequence[PayingAccount]:
    """Return every account that was proposed to pay from, the newest first."""
    actor.require(Permission.LEDGER_READ)
    return session.scalars(select(PayingAccount).order_by(PayingAccount.ordinal.desc())).all()


def paying_account_in_use(session: Session, *, for_update: bool = False) -> PayingAccount:
    """Return the account the commissioner pays from.

    Raises:
        NoPayingAccountError: none is confirmed.
    """
    query = select(PayingAccount).where(PayingAccount.confirmed_by.is_not(None)).order_by(PayingAccount.ordinal.desc())
    found = session.scalars(query.limit(1).with_for_update() if for_update else query.limit(1)).first()
    if found is None:
        raise NoPayingAccountError(
            "There is no confirmed account to pay from. Enter it with its service user number, and let a second "
            "person confirm it."
        )
    return found


def modulus_table(session: Session) -> ModulusTable | None:
    """Return the weight table in use, or None when none was imported."""
    newest = select(ModulusTableInUse).order_by(ModulusTableInUse.used_from.desc(), ModulusTableInUse.version.desc())
    found = session.scalars(newest.limit(1)).first()
    return None if found is None else read_table(session, found.version)


def read_table(session: Session, version: str) -> ModulusTable:
    """Return one issue of the weight table.

    Raises:
        ModulusTableError: its rows make no table.
    """
    rows = select(ModulusWeight.cells).where(ModulusWeight.version == version).order_by(ModulusWeight.place)
    return ModulusTable.from_rows(session.scalars(rows).all(), version=version)


def _one_payee(session: Session, query: Select[Payee]) -> Payee:
    found = session.scalars(query).first()
    if found is None:
        raise PayeeNotFoundError("There is no such payee. Check its number, or add it first.")
    return found
