"""The statements that were shown: kept as they were shown, opened again, and compared with what is known now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from moneyed import Money
from sqlalchemy import Date, Select, cast, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, defer

from phb.budget.budgets.models import PersonalHealthBudget
from phb.core.actor import Actor, Permission
from phb.core.clock import LONDON, london_date
from phb.core.errors import NotFoundError
from phb.core.money import to_pence
from phb.core.period import Period
from phb.core.uow import UnitOfWork
from phb.documents import stored
from phb.documents.differences import Difference, differences
from phb.documents.document import Document, Facts
from phb.governance import audit
from phb.ledger.models import Journal, JournalLine, KnownView
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


def told_figures(session: Session, budget_id: UUID | None = None) -> Iterator[dict[str, Any]]:
    """Yield where the budget stood by each statement that was shown, as an archive tells it: no name, no word.

    `unknown` are the journals that the books hold now for its days and that were not known when it was shown.

    Args:
        session: sees one commissioner's rows.
        budget_id: of this budget alone.
    """
    shown, view, line = ShownStatement, KnownView, JournalLine
    stood_on = func.least(shown.last_day, cast(func.timezone(LONDON.key, shown.shown_at), Date))
    of_days = (line.budget_id == shown.budget_id) & (line.effective_on <= stood_on)
    unknown = (
        select(func.array_agg(Journal.id.distinct()))
        .join(line, (line.commissioner_id == Journal.commissioner_id) & (line.journal_id == Journal.id))
        .where(of_days, ~func.was_known(Journal.epoch, Journal.txid, view.epoch, view.seen))
        .correlate(shown, view)
        .scalar_subquery()
    )
    query = (
        select(shown, view.recorded_at, stood_on, unknown)
        .join(view, (view.commissioner_id == shown.commissioner_id) & (view.id == shown.view_id))
        .order_by(shown.budget_id, shown.shown_at, shown.id)
    )
    rows = session.execute(query if budget_id is None else query.where(shown.budget_id == budget_id))
    for row, known_at, day, journals in rows:
        yield {
            "id": str(row.id),
            "budget_id": str(row.budget_id),
            "stood_on": day.isoformat(),
            "known_at": known_at.isoformat(),
            "digest": row.digest.hex(),
            "position": _position(stored.load(row.document)),
            "unknown": sorted(map(str, journals or ())),
        }


def _position(document: Document) -> dict[str, int]:
    """Return where the whole budget stood by a statement, in pence; what it does not name is nil."""
    blocks = (block for section in document.sections for block in section.blocks)
    facts = next(block for block in blocks if isinstance(block, Facts) and block.key == "position")
    told = {item.key: to_pence(item.value) for item in facts.items if isinstance(item.value, Money)}
    return {figure: told.get(figure, 0) for figure in ("approved", "spent", "committed", "owed_back", "available")}


def _visible(actor: Actor, owner: PersonalHealthBudget) -> Select[ShownStatement]:
    row = ShownStatement
    query = select(row).where(row.commissioner_id == owner.commissioner_id, row.budget_id == owner.id)
    return query if actor.may(Permission.LEDGER_READ) else query.where(row.shown_to == actor.user_id)


def _is_open(terms: Sequence[Period], period: Period) -> bool:
    """Say whether every day of a statement is one that its reader may see today."""
    return any(stretch.overlap(period) == period for stretch in joined(terms))
