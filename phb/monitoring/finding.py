"""Find people, budgets, payments and journals by what somebody knows of them: a name, a number or a reference."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.queries import visible_budgets
from phb.core.actor import Actor, Permission
from phb.core.errors import RuleViolationError
from phb.ledger.models import Journal
from phb.ledger.queries import journals
from phb.payments.payees.models import Payee
from phb.payments.payees.queries import visible_payees
from phb.payments.runs.models import Instruction, RunItem
from phb.payments.runs.queries import visible_instructions
from phb.people.models import Person
from phb.people.nhs_number import InvalidNHSNumberError, NHSNumber
from phb.people.queries import visible_people

MOST = 50
LEAST_LETTERS = 2
T = TypeVar("T")


class TermTooShortError(RuleViolationError):
    """Too little is given to look for."""

    code = "term-too-short"


@dataclass(frozen=True)
class Matches(Generic[T]):
    """What fits of one kind, at most MOST; `more` where something was left off."""

    rows: Sequence[T]
    more: bool


@dataclass(frozen=True)
class Found:
    """What fits of each kind."""

    people: Matches[Person]
    budgets: Matches[PersonalHealthBudget]
    payees: Matches[Payee]
    payments: Matches[Instruction]
    journals: Matches[Journal]

    @property
    def nothing(self) -> bool:
        """Whether nothing fits."""
        kinds = (self.people, self.budgets, self.payees, self.payments, self.journals)
        return not any(matches.rows for matches in kinds)


def find(session: Session, actor: Actor, term: str, on: date) -> Found:
    """Return what an auditor may see and a term fits; capitals make no difference.

    Args:
        session: the commissioner's.
        actor: holds the right to read the audit trail.
        term: a part of a name; or a whole NHS number, reference, bank reference or id.
        on: today.

    Raises:
        TermTooShortError: it has fewer than two letters.
    """
    actor.require(Permission.AUDIT_READ)
    term = term.strip()
    if len(term) < LEAST_LETTERS:
        raise TermTooShortError("Type at least two letters or digits of what you look for.", field="term")
    people = _some(session, visible_people(actor, on).where(_fits_person(term)), Person.family_name, Person.id)
    theirs = [person.id for person in people.rows]
    row = PersonalHealthBudget
    fits = or_(_same(row.reference, term), row.person_id.in_(theirs), _is(row.id, term))
    return Found(
        people,
        _some(session, visible_budgets(actor, on).where(fits), row.reference, row.id),
        _some(session, visible_payees(actor, on).where(_fits_payee(term, theirs)), Payee.reference, Payee.id),
        _some(session, visible_instructions(actor, on).where(_fits_payment(term)), Instruction.due_on, Instruction.id),
        _some(session, journals().where(_fits_journal(term)), Journal.recorded_at, Journal.id),
    )


def _some(session: Session, query: Select[T], *order: InstrumentedAttribute[Any]) -> Matches[T]:
    rows: Sequence[T] = session.scalars(query.order_by(*order).limit(MOST + 1)).all()
    return Matches(rows[:MOST], len(rows) > MOST)


def _fits_person(term: str) -> ColumnElement[bool]:
    names = func.lower(Person.given_names + " " + Person.family_name)
    fits = or_(names.contains(term.lower(), autoescape=True), _same(Person.reference, term), _is(Person.id, term))
    try:
        return or_(fits, Person.nhs_number == NHSNumber.parse(term))
    except InvalidNHSNumberError:
        return fits


def _fits_payee(term: str, person_ids: Sequence[UUID]) -> ColumnElement[bool]:
    return or_(_same(Payee.reference, term), Payee.person_id.in_(person_ids), _is(Payee.id, term))


def _fits_payment(term: str) -> ColumnElement[bool]:
    sent = select(RunItem.instruction_id).where(RunItem.reference == term.upper())
    return or_(Instruction.id.in_(sent), _is(Instruction.id, term))


def _fits_journal(term: str) -> ColumnElement[bool]:
    return or_(_is(Journal.id, term), _is(Journal.source_id, term))


def _same(column: InstrumentedAttribute[str], term: str) -> ColumnElement[bool]:
    return func.lower(column) == term.lower()


def _is(column: InstrumentedAttribute[UUID], term: str) -> ColumnElement[bool]:
    try:
        return column == UUID(term)
    except ValueError:
        return column.in_([])
