"""A payee, or the account that is paid from, as people read it: each set of details and where it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from phb.core.actor import Actor, Permission
from phb.payments.kinds import AccountUse
from phb.payments.payees import queries
from phb.payments.payees.models import BankAccount, Payee, PayingAccount
from phb.payments.payees.names import payee_names
from phb.payments.payees.operations import refusal_to_confirm
from phb.people.users.queries import names_of


class Standing(StrEnum):
    """Where one set of bank details stands among those that were entered."""

    IN_USE = "in_use"
    TO_CONFIRM = "to_confirm"
    REPLACED = "replaced"
    NEVER_USED = "never_used"


@dataclass(frozen=True)
class DetailsView:
    """One set of details, masked; `why_not` says why the reader may not confirm them, where that is up to them."""

    account: BankAccount | PayingAccount
    standing: Standing
    may_confirm: bool
    may_approve: bool
    why_not: str | None


@dataclass(frozen=True)
class PayeeView:
    """A payee, what it is called, and its accounts, the newest first."""

    payee: Payee
    name: str
    accounts: Sequence[DetailsView]
    people: Mapping[UUID, str]


@dataclass(frozen=True)
class PayingView:
    """The accounts entered to pay from, the newest first."""

    accounts: Sequence[DetailsView]
    people: Mapping[UUID, str]


def payee_view(session: Session, actor: Actor, payee_id: UUID, on: date) -> PayeeView:
    """Return one payee with every account it ever had proposed.

    Raises:
        PayeeNotFoundError: absent, or not the actor's to know of.
    """
    found = queries.payee_with_accounts(session, actor, payee_id, on)
    return PayeeView(
        payee=found.payee,
        name=payee_names(session, actor, [payee_id], on)[payee_id],
        accounts=_views(actor, found.accounts),
        people=_people(session, actor, found.accounts),
    )


def paying_view(session: Session, actor: Actor) -> PayingView:
    """Return every account that was entered to pay from.

    Raises:
        MissingPermissionError: the actor does not read the books.
    """
    rows = queries.paying_accounts(session, actor)
    return PayingView(_views(actor, rows), _people(session, actor, rows))


def _views(actor: Actor, newest_first: Sequence[BankAccount | PayingAccount]) -> list[DetailsView]:
    in_use = next((row for row in newest_first if row.confirmed_by is not None), None)
    return [
        _view(actor, row, is_newest=number == 0, is_in_use=row is in_use) for number, row in enumerate(newest_first)
    ]


def _view(actor: Actor, row: BankAccount | PayingAccount, *, is_newest: bool, is_in_use: bool) -> DetailsView:
    decides = actor.may(Permission.PAYEE_CONFIRM)
    standing = _standing(row, is_newest=is_newest, is_in_use=is_in_use)
    refusal = refusal_to_confirm(actor, row.proposed_by, row.confirmed_by, is_newest=is_newest)
    is_open = standing is Standing.TO_CONFIRM
    return DetailsView(
        account=row,
        standing=standing,
        may_confirm=decides and refusal is None,
        may_approve=decides and _waits_for_approval(row) and standing in {Standing.IN_USE, Standing.TO_CONFIRM},
        why_not=refusal.sentence if decides and is_open and refusal else None,
    )


def _standing(row: BankAccount | PayingAccount, *, is_newest: bool, is_in_use: bool) -> Standing:
    if is_in_use:
        return Standing.IN_USE
    if row.confirmed_by is not None:
        return Standing.REPLACED
    return Standing.TO_CONFIRM if is_newest else Standing.NEVER_USED


def _waits_for_approval(row: BankAccount | PayingAccount) -> bool:
    return isinstance(row, BankAccount) and row.use == AccountUse.DEDICATED and row.approved_by is None


def _people(session: Session, actor: Actor, rows: Sequence[BankAccount | PayingAccount]) -> dict[UUID, str]:
    ids = [user_id for row in rows for user_id in (row.proposed_by, row.confirmed_by)]
    approvers = [row.approved_by for row in rows if isinstance(row, BankAccount)]
    return names_of(session, actor, [*ids, *approvers])
