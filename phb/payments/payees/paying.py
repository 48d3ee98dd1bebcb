"""The commissioner's own account: where payments come from, and the numbers of its files."""

from uuid import UUID, uuid4

from phb.core.actor import Permission
from phb.core.errors import NotFoundError
from phb.core.uow import UnitOfWork
from phb.governance import audit
from phb.payments import vault
from phb.payments.payees import queries
from phb.payments.payees.details import BankDetails
from phb.payments.payees.models import PayingAccount
from phb.payments.payees.operations import DetailsConfirmedAlreadyError, require_second_person
from phb.people.saving import Change, Put, require_version, save


class PayingAccountNotFoundError(NotFoundError):
    """There is no such account to pay from."""

    code = "paying-account-not-found"


def propose_paying_account(
    uow: UnitOfWork, details: BankDetails, *, service_user_number: str, first_serial: int = 1
) -> Put[PayingAccount]:
    """Keep the account the commissioner pays from; a second person confirms it before it is used.

    Args:
        uow: who enters it.
        details: the originating account.
        service_user_number: six digits, from the sponsoring bank.
        first_serial: the first number for a file, above every one used before.
    """
    uow.actor.require(Permission.PAYEE_WRITE)
    before = queries.paying_accounts(uow.session, uow.actor)
    keys = vault.of(uow.session)
    if before and _is_same(before[0], details, service_user_number, keys):
        return Put(before[0], Change.UNCHANGED)
    row_id = uuid4()
    sealed = details.sealed(keys, row_id)
    row = PayingAccount(
        commissioner_id=uow.commissioner_id,
        id=row_id,
        ordinal=len(before) + 1,
        service_user_number=service_user_number,
        first_serial=first_serial,
        key_id=sealed.key_id,
        sealed=sealed.content,
        ending=details.ending,
        proposed_by=uow.actor.user_id,
        proposed_at=uow.now,
    )
    meanwhile = DetailsConfirmedAlreadyError("Somebody proposed another account meanwhile. Look at it first.")
    save(uow, {"uq_paying_account_ordinal": meanwhile}, row)
    audit.record(uow, "paying_account.proposed", "paying_account", row.id, ordinal=row.ordinal)
    return Put(row, Change.CHANGED if before else Change.ADDED)


def confirm_paying_account(uow: UnitOfWork, account_id: UUID, *, version: int | None = None) -> PayingAccount:
    """Put the account in use, as the second person.

    Raises:
        PayingAccountNotFoundError: there is no such account.
        DetailsConfirmedAlreadyError, ConfirmOwnDetailsError: as for a payee's.
    """
    uow.actor.require(Permission.PAYEE_CONFIRM)
    row = uow.session.get(PayingAccount, (uow.commissioner_id, account_id), with_for_update=True)
    if row is None:
        raise PayingAccountNotFoundError("There is no such account to pay from. Look at the list.")
    require_version(row, version)
    newest = queries.paying_accounts(uow.session, uow.actor)[0]
    require_second_person(uow, row.proposed_by, row.confirmed_by, is_newest=newest.id == row.id)
    row.confirmed_by, row.confirmed_at = uow.actor.user_id, uow.now
    save(uow, {})
    audit.record(uow, "paying_account.confirmed", "paying_account", row.id)
    return row


def _is_same(row: PayingAccount, details: BankDetails, service_user_number: str, keys: vault.Vault) -> bool:
    same_number = row.service_user_number == service_user_number
    return same_number and BankDetails.opened(keys, row.details, row.id) == details
