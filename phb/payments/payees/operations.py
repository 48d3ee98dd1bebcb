"""Add payees, propose their bank accounts, and confirm and approve what a colleague proposed."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from sqlalchemy import select

from phb.core.actor import Actor, Permission
from phb.core.errors import ConflictError, DomainError, PermissionDeniedError, RuleViolationError
from phb.core.uow import UnitOfWork
from phb.governance import audit
from phb.payments import modulus, vault
from phb.payments.kinds import USES, AccountUse, PayeeKind
from phb.payments.modulus import ModulusOutcome
from phb.payments.payees import queries
from phb.payments.payees.details import BankDetails
from phb.payments.payees.models import BankAccount, Payee
from phb.people.queries import person
from phb.people.saving import Change, Put, require_version, save

NEEDS_PERSON = frozenset({PayeeKind.HOLDER, PayeeKind.REPRESENTATIVE, PayeeKind.NOMINEE})
NEEDS_ORGANISATION = frozenset({PayeeKind.MANAGED_ACCOUNT, PayeeKind.THIRD_PARTY, PayeeKind.PROVIDER})


class PayeePartyError(RuleViolationError):
    """The people or organisations named do not make a payee of this kind."""

    code = "payee-party"


class PayeeKnownDifferentlyError(ConflictError):
    """The reference belongs to another payee, or the party has one already."""

    code = "payee-known-differently"


class BankDetailsWrongError(RuleViolationError):
    """The account number cannot belong to the sort code."""

    code = "bank-details-wrong"


class AccountUseError(RuleViolationError):
    """An account of this use is none for the payee, or needs no approval."""

    code = "account-use"


class DetailsConfirmedAlreadyError(ConflictError):
    """The details are in use already, or newer ones were proposed."""

    code = "details-decided"


class ConfirmOwnDetailsError(PermissionDeniedError):
    """Who proposed bank details may not confirm them."""

    code = "confirm-own-details"


def add_payee(
    uow: UnitOfWork,
    kind: PayeeKind,
    *,
    reference: str,
    person_id: UUID | None = None,
    acting_person_id: UUID | None = None,
    organisation_id: UUID | None = None,
) -> Put[Payee]:
    """Add somebody who is paid; the same payee again changes nothing.

    Args:
        uow: who adds it.
        kind: who they are to the budget.
        reference: the commissioner's own, with nothing personal in it.
        person_id: whose budget it is for; none for a provider or a third party.
        acting_person_id: the representative or nominee, where a person.
        organisation_id: the provider, third party, holder of a managed account, or acting organisation.

    Raises:
        PayeePartyError: they do not make a payee of this kind, or one of them is not known.
        PayeeKnownDifferentlyError: the reference is another payee's.
    """
    uow.actor.require(Permission.PAYEE_WRITE)
    party = (person_id, acting_person_id, organisation_id)
    _require_party(kind, *party)
    if person_id is not None:
        person(uow.session, uow.actor, person_id, uow.today)
    known = uow.session.scalars(select(Payee).where(Payee.reference == reference)).first()
    taken = PayeeKnownDifferentlyError(
        "This reference, or this payee, is known already and says something else. Look it up and use what is there.",
        field="reference",
    )
    if known is not None:
        same = (known.kind, known.person_id, known.acting_person_id, known.organisation_id) == (kind, *party)
        if not same:
            raise taken
        return Put(known, Change.UNCHANGED)
    row = Payee(
        commissioner_id=uow.commissioner_id,
        reference=reference,
        kind=kind,
        person_id=person_id,
        acting_person_id=acting_person_id,
        organisation_id=organisation_id,
        added_by=uow.actor.user_id,
        added_at=uow.now,
    )
    unknown = PayeePartyError("Somebody named here is not known. Add the person or the organisation first.")
    refusals = {"uq_payee_party": taken, "fk_payee_acting_person": unknown, "fk_payee_organisation": unknown}
    save(uow, {**refusals}, row)
    audit.record(uow, "payee.added", "payee", row.id, person_id=person_id, kind=kind)
    return Put(row, Change.ADDED)


def propose_bank_account(uow: UnitOfWork, payee_id: UUID, details: BankDetails, *, use: AccountUse) -> Put[BankAccount]:
    """Keep new bank details; nothing is paid into them until a second person confirms them.

    Raises:
        PayeeNotFoundError: absent, or not the actor's to know of.
        AccountUseError: such an account is none for this payee.
        BankDetailsWrongError: the modulus check says that the account number cannot belong to the sort code.
        NoKeyError: the installation has no key to seal them with.
    """
    uow.actor.require(Permission.PAYEE_WRITE)
    payee = queries.payee(uow.session, uow.actor, payee_id, uow.today)
    uses = USES[PayeeKind(payee.kind)]
    if use not in uses:
        raise AccountUseError(f"This payee has no “{use}” account. Choose {' or '.join(sorted(uses))}.", field="use")
    before = queries.accounts_of(uow.session, payee.id)
    keys = vault.of(uow.session)
    if before and before[0].use == use and BankDetails.opened(keys, before[0].details, before[0].id) == details:
        return Put(before[0], Change.UNCHANGED)
    outcome, table_version = _check(uow, details)
    row_id = uuid4()
    sealed = details.sealed(keys, row_id)
    row = BankAccount(
        commissioner_id=uow.commissioner_id,
        id=row_id,
        payee_id=payee.id,
        ordinal=len(before) + 1,
        use=use,
        key_id=sealed.key_id,
        sealed=sealed.content,
        ending=details.ending,
        modulus_outcome=outcome.value,
        modulus_version=table_version,
        proposed_by=uow.actor.user_id,
        proposed_at=uow.now,
    )
    meanwhile = DetailsConfirmedAlreadyError("Somebody proposed other details meanwhile. Look at them first.")
    save(uow, {"uq_bank_account_ordinal": meanwhile}, row)
    audit.record(
        uow, "bank_account.proposed", "bank_account", row.id, person_id=payee.person_id, use=use, modulus=outcome.value
    )
    return Put(row, Change.CHANGED if before else Change.ADDED)


def confirm_bank_account(uow: UnitOfWork, account_id: UUID, *, version: int | None = None) -> BankAccount:
    """Put a payee's proposed bank details in use, as the second person.

    Raises:
        BankAccountNotFoundError: absent, or not the actor's to know of.
        DetailsConfirmedAlreadyError: they are in use, or newer ones were proposed.
        ConfirmOwnDetailsError: the actor proposed them.
    """
    uow.actor.require(Permission.PAYEE_CONFIRM)
    row = queries.bank_account(uow.session, uow.actor, account_id, uow.today, for_update=True)
    require_version(row, version)
    newest = queries.accounts_of(uow.session, row.payee_id)[0]
    require_second_person(uow, row.proposed_by, row.confirmed_by, is_newest=newest.id == row.id)
    row.confirmed_by, row.confirmed_at = uow.actor.user_id, uow.now
    save(uow, {})
    audit.record(uow, "bank_account.confirmed", "bank_account", row.id, payee_id=row.payee_id)
    return row


def approve_bank_account(
    uow: UnitOfWork, account_id: UUID, *, evidence: str, version: int | None = None
) -> BankAccount:
    """Approve a dedicated account for a direct payment (SI 2013/1617 reg 10).

    Args:
        uow: who approves.
        account_id: a dedicated account.
        evidence: what was seen that shows it is for this money alone and can be checked from its statements.
        version: the version that was read.

    Raises:
        BankAccountNotFoundError: absent, or not the actor's to know of.
        AccountUseError: the account needs no approval, or has it.
    """
    uow.actor.require(Permission.PAYEE_CONFIRM)
    row = queries.bank_account(uow.session, uow.actor, account_id, uow.today, for_update=True)
    require_version(row, version)
    if row.use != AccountUse.DEDICATED or row.approved_by is not None:
        raise AccountUseError(
            "Only a dedicated account is approved, and once. This one needs no approval, or has it already."
        )
    if not evidence.strip():
        raise AccountUseError("Say what was seen that shows the account is for this money alone.", field="evidence")
    row.approved_by, row.approved_at, row.approval_evidence = uow.actor.user_id, uow.now, evidence
    save(uow, {})
    audit.record(uow, "bank_account.approved", "bank_account", row.id, payee_id=row.payee_id)
    return row


def require_second_person(uow: UnitOfWork, proposed_by: UUID, confirmed_by: UUID | None, *, is_newest: bool) -> None:
    """Refuse to confirm details twice, by the one who proposed them, or after newer ones were proposed.

    Raises:
        DetailsConfirmedAlreadyError, ConfirmOwnDetailsError.
    """
    refusal = refusal_to_confirm(uow.actor, proposed_by, confirmed_by, is_newest=is_newest)
    if refusal is not None:
        raise refusal


def refusal_to_confirm(
    actor: Actor, proposed_by: UUID, confirmed_by: UUID | None, *, is_newest: bool
) -> DomainError | None:
    """Return why an actor may not confirm some details, or None; whether they may confirm any is asked apart."""
    if confirmed_by is not None or not is_newest:
        return DetailsConfirmedAlreadyError(
            "These details are in use already, or newer ones were proposed. Look at the newest ones."
        )
    if proposed_by == actor.user_id:
        return ConfirmOwnDetailsError("You entered these details, so a second person must confirm them.")
    return None


def check_of(uow: UnitOfWork, details: BankDetails) -> Mapping[str, str | None]:
    """Return what the modulus check says of details, and by which table; for a page, before anything is kept."""
    uow.actor.require(Permission.PAYEE_WRITE)
    table = queries.modulus_table(uow.session)
    outcome = _outcome(table, details)
    return {"outcome": outcome.value, "table_version": table.version if table else None}


def _check(uow: UnitOfWork, details: BankDetails) -> tuple[ModulusOutcome, str | None]:
    table = queries.modulus_table(uow.session)
    outcome = _outcome(table, details)
    if outcome is ModulusOutcome.INVALID:
        raise BankDetailsWrongError(
            "This account number cannot belong to this sort code. Check both against a bank statement or card.",
            field="account_number",
        )
    return outcome, table.version if table else None


def _outcome(table: modulus.ModulusTable | None, details: BankDetails) -> ModulusOutcome:
    if table is None:
        return ModulusOutcome.NOT_CHECKABLE
    return modulus.check(table, details.sort_code, details.account_number)


def _require_party(
    kind: PayeeKind, person_id: UUID | None, acting_person_id: UUID | None, organisation_id: UUID | None
) -> None:
    acts = kind in {PayeeKind.REPRESENTATIVE, PayeeKind.NOMINEE}
    others = [party for party in (acting_person_id, organisation_id) if party is not None]
    fits = (person_id is not None) == (kind in NEEDS_PERSON) or (kind is PayeeKind.MANAGED_ACCOUNT)
    if kind in NEEDS_ORGANISATION:
        fits = fits and organisation_id is not None and acting_person_id is None
    else:
        fits = fits and len(others) == (1 if acts else 0)
    if not fits:
        raise PayeePartyError(
            f"These do not make a payee of the kind “{kind}”. A holder is one person; a representative or nominee is "
            "that person and who acts for them; a managed account, third party or provider is an organisation.",
            field="kind",
        )
