"""One journal as people read it: who prepared and approved it, and its lines with debit beside credit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from moneyed import Money
from sqlalchemy.orm import Session

from phb.budget.queries import references_of
from phb.core.actor import Actor, Permission
from phb.core.money import from_pence
from phb.ledger import queries
from phb.ledger.chart import Layer
from phb.ledger.models import Journal, JournalLine
from phb.ledger.trial import sides
from phb.people.users.queries import names_of


@dataclass(frozen=True)
class LineView:
    """One line: its amount stands under debit or under credit."""

    line: JournalLine
    layer: Layer
    debit: Money | None
    credit: Money | None


@dataclass(frozen=True)
class JournalView:
    """A journal with its lines in order, and what users and budgets are called by their ids."""

    journal: Journal
    lines: Sequence[LineView]
    reversed_by_id: UUID | None
    people: Mapping[UUID, str]
    budgets: Mapping[UUID, str]


def journal_view(session: Session, actor: Actor, journal_id: UUID, on: date) -> JournalView:
    """Return one journal.

    Raises:
        MissingPermissionError: the actor may not read the books.
        JournalNotFoundError: there is none in the commissioner's books.
    """
    actor.require(Permission.LEDGER_READ)
    found = queries.journal(session, journal_id)
    return JournalView(
        journal=found.journal,
        lines=[LineView(line, Layer(line.layer), *sides(from_pence(line.pence))) for line in found.lines],
        reversed_by_id=found.reversed_by_id,
        people=names_of(session, actor, [found.journal.prepared_by, found.journal.approved_by]),
        budgets=references_of(session, actor, [line.budget_id for line in found.lines], on),
    )
