"""Issue a statement: fill it, render it in the format its reader can use, and keep that it was read."""

import re
from dataclasses import dataclass
from uuid import UUID

from phb.core.actor import Permission
from phb.core.period import Period
from phb.core.uow import UnitOfWork
from phb.documents.document import Document
from phb.documents.formats import Format
from phb.governance import audit
from phb.people.models import Person
from phb.statements.formats import FORMATS, format_named, render
from phb.statements.queries import budget, statement
from phb.statements.statement import Statement

READ = "statement.read"
NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True)
class IssuedStatement:
    """A statement as it was handed out."""

    statement: Statement
    format_name: str
    content: bytes

    @property
    def format(self) -> Format[Document]:
        """Its media type and how its file is named."""
        return FORMATS[self.format_name]

    @property
    def file_name(self) -> str:
        """A name for its file: the budget's reference and the days, nothing personal."""
        reference = NOT_IN_A_NAME.sub("-", self.statement.reference).strip("-")
        period = self.statement.period
        return f"statement-{reference}-{period.start_on}-{period.last_day}{self.format.suffix}"


def issue_statement(
    uow: UnitOfWork,
    budget_id: UUID,
    period: Period,
    *,
    format_name: str | None = None,
    stylesheet: str | None = None,
) -> IssuedStatement:
    """Return the statement of a budget for a period, rendered; the holder's preferred format unless one is named.

    Args:
        uow: the unit of work.
        budget_id: whose statement.
        period: of which days.
        format_name: one of FORMATS.
        stylesheet: where the styles of a web page are served; by default the page carries them.

    Raises:
        UnknownFormatError: there is no format of that name.
        DomainError: as statement() raises.
    """
    uow.actor.require(Permission.STATEMENT_READ)
    owner = budget(uow.session, uow.actor, budget_id, uow.today)
    preferred = uow.session.get_one(Person, (uow.commissioner_id, owner.person_id)).statement_format
    chosen = format_name or preferred
    format_named(chosen)
    found = statement(uow.session, uow.actor, budget_id, period, issued_on=uow.today)
    audit.record(
        uow,
        READ,
        "budget",
        owner.id,
        person_id=owner.person_id,
        format=chosen,
        first_day=found.period.start_on,
        last_day=found.period.last_day,
    )
    return IssuedStatement(found, chosen, render(found, chosen, stylesheet=stylesheet))
