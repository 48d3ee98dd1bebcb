"""Issue a statement: fill it, render it in the format its reader can use, and keep what was shown and to whom."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from phb.budget.budgets.models import PersonalHealthBudget
from phb.core.actor import Permission
from phb.core.period import Period
from phb.core.uow import UnitOfWork
from phb.documents import stored
from phb.documents.document import Document
from phb.documents.formats import Format
from phb.governance import audit
from phb.ledger.views import record_view, view_known_at
from phb.people.models import Person
from phb.statements import shown
from phb.statements.formats import FORMATS, format_named, render
from phb.statements.queries import budget, statement
from phb.statements.sections import document_of

NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True)
class IssuedStatement:
    """A statement as it was handed out."""

    document: Document
    budget_reference: str
    period: Period
    format_name: str
    content: bytes

    @property
    def format(self) -> Format[Document]:
        """Its media type and how its file is named."""
        return FORMATS[self.format_name]

    @property
    def file_name(self) -> str:
        """A name for its file: the budget's reference and the days, nothing personal."""
        reference = NOT_IN_A_NAME.sub("-", self.budget_reference).strip("-")
        return f"statement-{reference}-{self.period.start_on}-{self.period.last_day}{self.format.suffix}"


def issue_statement(
    uow: UnitOfWork,
    budget_id: UUID,
    period: Period,
    *,
    format_name: str | None = None,
    stylesheet: str | None = None,
    known_at: datetime | None = None,
) -> IssuedStatement:
    """Return the statement of a budget for a period, rendered; the holder's preferred format unless one is named.

    Its figures are read under one view of the books, and it is kept as it is shown.

    Args:
        uow: the unit of work; what it posted itself is not in the statement.
        budget_id: whose statement.
        period: of which days.
        format_name: one of FORMATS.
        stylesheet: where the styles of a web page are served; by default the page carries them.
        known_at: with the figures that were known at this instant; those known now, if left out.

    Raises:
        UnknownFormatError: there is no format of that name.
        NothingKnownError: what was known then was not recorded.
        DomainError: as statement() raises.
    """
    uow.actor.require(Permission.STATEMENT_READ)
    owner = budget(uow.session, uow.actor, budget_id, uow.today)
    preferred = uow.session.get_one(Person, (uow.commissioner_id, owner.person_id)).statement_format
    chosen = format_name or preferred
    format_named(chosen)
    view = record_view(uow) if known_at is None else view_known_at(uow.session, known_at)
    found = statement(uow.session, uow.actor, budget_id, period, issued_on=uow.today, view=view)
    if known_at is not None:
        found = replace(found, known_at=view.recorded_at)
    document = document_of(found)
    shown.keep(uow, document, budget_id=owner.id, period=found.period, format_name=chosen, view_id=view.id)
    audit.record(
        uow,
        audit.Read.STATEMENT,
        "budget",
        owner.id,
        person_id=owner.person_id,
        format=chosen,
        first_day=found.period.start_on,
        last_day=found.period.last_day,
    )
    content = render(document, chosen, stylesheet=stylesheet)
    return IssuedStatement(document, owner.reference, found.period, chosen, content)


def open_again(uow: UnitOfWork, budget_id: UUID, shown_id: UUID, *, stylesheet: str | None = None) -> IssuedStatement:
    """Return a statement exactly as it was shown, in the format in which it was shown.

    Raises:
        DomainError: as shown.read_again() raises.
    """
    row = shown.read_again(uow, budget_id, shown_id)
    owner = uow.session.get_one(PersonalHealthBudget, (uow.commissioner_id, budget_id))
    document = stored.load(row.document)
    content = render(document, row.format, stylesheet=stylesheet)
    return IssuedStatement(document, owner.reference, row.period, row.format, content)
