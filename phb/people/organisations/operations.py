"""Register organisations, and make a new commissioner with its first two administrators.

A commissioner is made by the person at the shell alone: no role of any commissioner could allow it, so no route does.
`founder()` is the actor for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select

from phb.core.actor import SYSTEM_USER_ID, Actor, Permission, Role
from phb.core.errors import ConflictError, RuleViolationError
from phb.core.uow import UnitOfWork
from phb.governance import audit
from phb.people.details import OrganisationCodeError, OrganisationDetails, check_organisation
from phb.people.kinds import OrganisationKind
from phb.people.models import Commissioner, Organisation
from phb.people.organisations.queries import organisation
from phb.people.saving import Change, Put, require_version, save
from phb.people.users.operations import add_user, grant_role

FIRST_ADMINISTRATORS = 2


class OrganisationTakenError(ConflictError):
    """Another organisation has this reference, ODS code or fund."""

    code = "organisation-taken"


class CommissionerExistsError(ConflictError):
    """Another commissioner of the installation has the code."""

    code = "commissioner-exists"


class TwoAdministratorsError(RuleViolationError):
    """A commissioner starts with two administrators, because one confirms what the other proposes."""

    code = "two-administrators"


class CommissionerKindError(RuleViolationError):
    """A commissioner is made at the shell, and its kind never changes."""

    code = "commissioner-kind"


@dataclass(frozen=True)
class NewAdministrator:
    """One of the first administrators; the password is chosen at the shell."""

    sign_in_name: str
    name: str
    password: str


def founder(commissioner_id: UUID | None = None) -> Actor:
    """Return the person at the shell: for making a commissioner, with a new id where none is given, or helping one.

    They add organisations, users and tokens, and may do nothing else.
    """
    permissions = frozenset({Permission.ORGANISATION_WRITE, Permission.USER_WRITE})
    return Actor(SYSTEM_USER_ID, commissioner_id or uuid4(), frozenset({Role.SYSTEM}), permissions)


def found_commissioner(
    uow: UnitOfWork,
    *,
    code: str,
    name: str,
    start_on: date,
    administrators: Sequence[NewAdministrator],
    fund: str = "nhs",
) -> Commissioner:
    """Make a commissioner, its own organisation and its first two administrators.

    Args:
        uow: of founder(): the commissioner gets the id of its actor.
        code: the ODS code; unique in the installation.
        name: as letters show it.
        start_on: the first day its records may be dated; its administrators' term starts then.
        administrators: two different users.
        fund: its code in the ledger.

    Raises:
        CommissionerExistsError: there is one with this code.
        TwoAdministratorsError: there are not two.
        SignInNameTakenError, PasswordTooShortError, OrganisationCodeError: as for the operations it consists of.
    """
    uow.actor.require(Permission.ORGANISATION_WRITE)
    if len({administrator.sign_in_name for administrator in administrators}) != FIRST_ADMINISTRATORS:
        raise TwoAdministratorsError("Name two administrators: what one proposes, the other confirms.")
    details = check_organisation(OrganisationKind.COMMISSIONER, OrganisationDetails(name, start_on, None, code, fund))
    row = Commissioner(id=uow.commissioner_id, code=code, name=details.name, made_at=uow.now)
    exists = CommissionerExistsError(f"This installation serves a commissioner “{code}” already.")
    save(uow, {"uq_commissioner_code": exists, "pk_commissioner": exists}, row)
    save(uow, {}, _new(uow, uow.commissioner_id, code, OrganisationKind.COMMISSIONER, details))
    audit.record(uow, "commissioner.made", "commissioner", row.id, code=code.lower())
    for administrator in administrators:
        user = add_user(
            uow,
            sign_in_name=administrator.sign_in_name,
            name=administrator.name,
            password=administrator.password,
        )
        grant_role(uow, user.id, Role.ADMINISTRATOR, organisation_id=row.id, start_on=start_on)
    return row


def register_organisation(
    uow: UnitOfWork, kind: OrganisationKind, details: OrganisationDetails, *, reference: str | None = None
) -> Organisation:
    """Register an organisation that the commissioner works with.

    Args:
        uow: the unit of work.
        kind: any but a commissioner.
        details: checked before they are stored.
        reference: the commissioner's own; the ODS code or a new one when left out.

    Raises:
        OrganisationTakenError: another one has its reference, code or fund.
        CommissionerKindError: a commissioner is made at the shell.
        RuleViolationError: a detail does not fit.
    """
    uow.actor.require(Permission.ORGANISATION_WRITE)
    if kind is OrganisationKind.COMMISSIONER:
        raise CommissionerKindError("A commissioner is made by the person who runs this installation.", field="kind")
    checked = check_organisation(kind, details)
    new_id = uuid4()
    row = _new(uow, new_id, reference or checked.ods_code or f"O-{new_id.hex[:10].upper()}", kind, checked)
    save(uow, _refusals(), row)
    audit.record(uow, "organisation.registered", "organisation", row.id, kind=kind)
    return row


def amend_organisation(
    uow: UnitOfWork, organisation_id: UUID, details: OrganisationDetails, *, version: int | None
) -> Put[Organisation]:
    """Replace an organisation's details; the kind never changes, nor a fund that was given.

    Raises:
        OrganisationNotFoundError, ChangedMeanwhileError, OrganisationTakenError, RuleViolationError.
    """
    uow.actor.require(Permission.ORGANISATION_WRITE)
    row = organisation(uow.session, uow.actor, organisation_id)
    uow.session.refresh(row, with_for_update=True)
    require_version(row, version)
    new = check_organisation(OrganisationKind(row.kind), details)
    if row.fund is not None and new.fund != row.fund:
        raise OrganisationCodeError("The books carry this fund's name, so it never changes.", field="fund")
    changed = sorted(f.name for f in fields(new) if getattr(row, f.name) != getattr(new, f.name))
    if not changed:
        return Put(row, Change.UNCHANGED)
    for name in changed:
        setattr(row, name, getattr(new, name))
    save(uow, _refusals())
    facts = dict.fromkeys(changed, "changed")
    audit.record(uow, "organisation.amended", "organisation", row.id, person_id=None, reason=None, **facts)
    return Put(row, Change.CHANGED)


def put_organisation(
    uow: UnitOfWork, reference: str, kind: OrganisationKind, details: OrganisationDetails
) -> Put[Organisation]:
    """Register or amend the organisation with a reference; the same details again change nothing.

    Raises:
        CommissionerKindError: it is registered as another kind.
        OrganisationTakenError, RuleViolationError: as for registering.
    """
    uow.actor.require(Permission.ORGANISATION_WRITE)
    known = uow.session.scalar(select(Organisation).where(Organisation.reference == reference))
    if known is None:
        return Put(register_organisation(uow, kind, details, reference=reference), Change.ADDED)
    if known.kind != kind:
        raise CommissionerKindError(
            f"“{reference}” is registered as {known.kind.replace('_', ' ')}, and a kind never changes.", field="kind"
        )
    return amend_organisation(uow, known.id, details, version=None)


def _new(
    uow: UnitOfWork, new_id: UUID, reference: str, kind: OrganisationKind, details: OrganisationDetails
) -> Organisation:
    return Organisation(
        commissioner_id=uow.commissioner_id,
        id=new_id,
        reference=reference,
        kind=kind,
        name=details.name,
        ods_code=details.ods_code,
        fund=details.fund,
        start_on=details.start_on,
        end_on=details.end_on,
    )


def _refusals() -> dict[str, ConflictError]:
    taken = "Another organisation has this {}. Look it up, or give another one."
    return {
        "uq_organisation_reference": OrganisationTakenError(taken.format("reference"), field="reference"),
        "uq_organisation_ods_code": OrganisationTakenError(taken.format("ODS code"), field="ods_code"),
        "uq_organisation_fund": OrganisationTakenError(taken.format("fund"), field="fund"),
    }
