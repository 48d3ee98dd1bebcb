"""The statements that were shown: kept as they were shown, opened again, and compared with what is known now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, defer

from phb.budget.budgets.models import PersonalHealthBudget
from phb.core.actor import Actor, Permission
from phb.core.clock import london_date
from phb.core.errors import NotFoundError
from phb.core.period import Period
from phb.core.uow import UnitOfWork
from phb.documents import stored
from phb.documents.differences import Difference, differences
from phb.documents.document import Document
from phb.governance import audit
from phb.people.kinds import Scope
from phb.people.queries import terms_of
from phb.statements.models import ShownStatement
from phb.statements.queries import budget, joined
from phb.statements.reading.filling import Filling
from phb.statements.sections import document_of

MOST = 20


class ShownStatementNotFoundError(NotFoundError):
    """No such statement was shown, or not to the actor, or its days are no longer theirs to see."""

    code = "shown-statement-not-found"


@dataclass(frozen=True)
class ThenAndNow:
    """A statement as it was shown, and where what is known now of the same days is different."""

    shown: ShownStatement
    document: Document
    differences: Sequence[Difference]


def keep(
    uow: UnitOfWork, document: Document, *, budget_id: UUID, period: Period, format_name: str, view_id: UUID
) -> None:
    """Keep a statement as it is shown to the actor; once, however often it is shown unchanged."""
    row = {
        "commissioner_id": uow.commissioner_id,
        "budget_id": budget_id,
        "first_day": period.start_on,
        "last_day": period.last_day,
        "format": format_name,
        "shown_to": uow.actor.user_id,
        "shown_at": uow.now,
        "view_id": view_id,
        "document": stored.dump(document),
    }
    uow.session.execute(insert(ShownStatement).on_conflict_do_nothing(), row)


def shown_statements(session: Session, actor: Actor, budget_id: UUID, on: date) -> list[ShownStatement]:
    """Return the newest statements of a budget that were shown to the actor, or to anybody if they read the books.

    Raises:
        BudgetNotFoundError: absent, or its statements are not the actor's to see.
    """
    owner = budget(session, actor, budget_id, on)
    row, terms = ShownStatement, terms_of(session, actor, owner.person_id, Scope.STATEMENTS, on)
    query = _visible(actor, owner).options(defer(row.document)).order_by(row.shown_at.desc(), row.id)
    found = [one for one in session.scalars(query) if _is_open(terms, one.period)]
    return found[:MOST]


def read_again(uow: UnitOfWork, budget_id: UUID, shown_id: UUID) -> ShownStatement:
    """Return a statement as it was shown, and keep that it was read again.

    Raises:
        MissingPermissionError: the actor may not read statements.
        BudgetNotFoundError: absent, or its statements are not the actor's to see.
        ShownStatementNotFoundError: absent, or not the actor's to open.
    """
    uow.actor.require(Permission.STATEMENT_READ)
    owner = budget(uow.session, uow.actor, budget_id, uow.today)
    found = uow.session.scalars(_visible(uow.actor, owner).where(ShownStatement.id == shown_id)).first()
    terms = terms_of(uow.session, uow.actor, owner.person_id, Scope.STATEMENTS, uow.today)
    if found is None or not _is_open(terms, found.period):
        raise ShownStatementNotFoundError(
            "There is no such statement that was shown to you. Choose one from the list of the statements you opened."
        )
    audit.record(uow, audit.Read.STATEMENT_AGAIN, "budget", owner.id, person_id=owner.person_id, shown_id=found.id)
    return found


def then_and_now(uow: UnitOfWork, budget_id: UUID, shown_id: UUID) -> ThenAndNow:
    """Return a statement as it was shown, with what is known now of the same days, up to the day that it was shown.

    Raises:
        DomainError: as read_again() raises.
    """
    shown = read_again(uow, budget_id, shown_id)
    owner = uow.session.get_one(PersonalHealthBudget, (uow.commissioner_id, budget_id))
    now = Filling(uow.session, owner, shown.period, london_date(shown.shown_at)).statement()
    document = stored.load(shown.document)
    return ThenAndNow(shown, document, differences(document, document_of(now)))


def _visible(actor: Actor, owner: PersonalHealthBudget) -> Select[ShownStatement]:
    row = ShownStatement
    query = select(row).where(row.commissioner_id == owner.commissioner_id, row.budget_id == owner.id)
    return query if actor.may(Permission.LEDGER_READ) else query.where(row.shown_to == actor.user_id)


def _is_open(terms: Sequence[Period], period: Period) -> bool:
    """Say whether every day of a statement is one that its reader may see today."""
    return any(stretch.overlap(period) == period for stretch in joined(terms))
