"""Write a row and say in words what the database refused; tell whether a row changed; keep to the version read."""

from collections.abc import Mapping

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from phb.core.change import Change, Put
from phb.core.database import Versioned
from phb.core.errors import ConflictError, DomainError
from phb.core.uow import UnitOfWork

__all__ = ["Change", "ChangedMeanwhileError", "Put", "changed_meanwhile", "require_version", "save"]


class ChangedMeanwhileError(ConflictError):
    """Somebody changed this since it was read."""

    code = "changed-meanwhile"


def require_version(row: Versioned, version: int | None) -> None:
    """Refuse a change made to an older version than the one stored; None asks for no such check.

    Raises:
        ChangedMeanwhileError: the versions differ.
    """
    if version is not None and row.version != version:
        raise changed_meanwhile()


def changed_meanwhile() -> ChangedMeanwhileError:
    """Return the refusal of a change to what somebody else changed first."""
    return ChangedMeanwhileError(
        "Somebody changed this since you read it. Read it again and make your change to what it says now."
    )


def save(uow: UnitOfWork, refusals: Mapping[str, DomainError], *rows: object) -> None:
    """Write rows, added or changed, or raise the refusal that belongs to the constraint they break.

    Args:
        uow: its transaction stays usable after a refusal.
        refusals: by name of constraint.
        rows: new ones to add; changed ones are written anyway.

    Raises:
        DomainError: one of the refusals, or ChangedMeanwhileError.
    """
    try:
        with uow.session.begin_nested():
            uow.session.add_all(rows)
            uow.session.flush()
    except IntegrityError as error:
        name = str(getattr(getattr(error.orig, "diag", None), "constraint_name", None))
        if name not in refusals:
            raise
        raise refusals[name] from error
    except StaleDataError as error:
        raise changed_meanwhile() from error
