"""Which organisations an actor may see: names of public bodies and firms, so everybody who works for the service."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from phb.core.actor import Actor, Role
from phb.core.errors import NotFoundError
from phb.people.models import Commissioner, Organisation

WORKS_FOR_THE_SERVICE = frozenset(
    {
        Role.CARE_COORDINATOR,
        Role.CLINICIAN,
        Role.FINANCE_OFFICER,
        Role.APPROVER,
        Role.PAYMENTS_RELEASER,
        Role.AUDITOR,
        Role.ADMINISTRATOR,
        Role.SYSTEM,
    }
)


class OrganisationNotFoundError(NotFoundError):
    """There is no such organisation, or the actor may not know of it."""

    code = "organisation-not-found"


class CommissionerNotFoundError(NotFoundError):
    """The installation serves no such commissioner."""

    code = "commissioner-not-found"


def visible_organisations(actor: Actor) -> Select[Organisation]:
    """Return every organisation for who works for the service; for others their own and the commissioner."""
    query = select(Organisation).where(Organisation.commissioner_id == actor.commissioner_id)
    if actor.roles & WORKS_FOR_THE_SERVICE:
        return query
    return query.where(Organisation.id.in_([actor.commissioner_id, actor.organisation_id or actor.commissioner_id]))


def organisation(session: Session, actor: Actor, organisation_id: UUID) -> Organisation:
    """Return an organisation the actor may see.

    Raises:
        OrganisationNotFoundError: absent, or not theirs to know of.
    """
    return _one(session, visible_organisations(actor).where(Organisation.id == organisation_id))


def organisation_by_reference(session: Session, actor: Actor, reference: str) -> Organisation:
    """Return the organisation the commissioner knows by a reference.

    Raises:
        OrganisationNotFoundError: absent, or not the actor's to know of.
    """
    return _one(session, visible_organisations(actor).where(Organisation.reference == reference))


def commissioners(session: Session) -> Sequence[Commissioner]:
    """Return every commissioner of this installation, by code; for the shell and nightly jobs."""
    return session.scalars(select(Commissioner).order_by(Commissioner.code)).all()


def commissioner(session: Session, code: str) -> Commissioner:
    """Return the commissioner with a code.

    Raises:
        CommissionerNotFoundError: this installation serves none.
    """
    found = session.scalar(select(Commissioner).where(Commissioner.code == code))
    if found is None:
        raise CommissionerNotFoundError(f"This installation serves no commissioner “{code}”. Check the code.")
    return found


def _one(session: Session, query: Select[Organisation]) -> Organisation:
    found = session.scalars(query).first()
    if found is None:
        raise OrganisationNotFoundError("There is no such organisation. Check the list of organisations.")
    return found
