"""The files that were made for the finance system."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, undefer

from phb.core.actor import Actor, Permission
from phb.core.errors import NotFoundError
from phb.journal_files.models import JournalFile

LARGEST_NUMBER = 10**9
MEDIA_TYPE = "text/csv; charset=utf-8"


class JournalFileNotFoundError(NotFoundError):
    """There is no journal file of that number."""

    code = "journal-file-not-found"


def visible_files(actor: Actor) -> Select[JournalFile]:
    """Select the files that were made.

    Raises:
        MissingPermissionError: the actor may not read the books.
    """
    actor.require(Permission.LEDGER_READ)
    return select(JournalFile)


def journal_file(session: Session, actor: Actor, number: int) -> JournalFile:
    """Return one file with its content, byte for byte as it was made.

    Raises:
        MissingPermissionError: the actor may not read the books.
        JournalFileNotFoundError: there is none of that number.
    """
    query = visible_files(actor).where(JournalFile.number == number).options(undefer(JournalFile.content))
    found = session.scalars(query).first() if number < LARGEST_NUMBER else None
    if found is None:
        raise JournalFileNotFoundError("There is no journal file of that number. Look at the list.")
    return found
