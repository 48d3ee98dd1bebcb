"""Open what the books guard: plan lines, pots and commitments; journal lines alone move them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from moneyed import Money
from sqlalchemy import insert

from phb.core.money import to_pence
from phb.core.uow import UnitOfWork
from phb.ledger.entry import Place
from phb.ledger.models import Commitment, PlanLinePosition, PotPosition


@dataclass(frozen=True)
class PotToOpen:
    """A pot of one budget in one financial year; `handed_over` where somebody else holds the cash."""

    budget_id: UUID
    pot_id: UUID
    year: int
    handed_over: bool


def open_pots(uow: UnitOfWork, pots: Sequence[PotToOpen]) -> None:
    """Open pots with nothing in them."""
    rows = [
        {"pot_id": pot.pot_id, "year": pot.year, "budget_id": pot.budget_id, "handed_over": pot.handed_over}
        for pot in pots
    ]
    _insert(uow, PotPosition, rows)


def open_plan_lines(uow: UnitOfWork, places: Sequence[Place], *, tolerance: Money) -> None:
    """Open plan lines with nothing allocated; spending may pass what is allocated by `tolerance`."""
    rows = [
        {
            "plan_line_id": place.plan_line_id,
            "year": place.year,
            "budget_id": place.budget_id,
            "pot_id": place.pot_id,
            "tolerance": to_pence(tolerance),
        }
        for place in places
    ]
    _insert(uow, PlanLinePosition, rows)


def open_commitment(uow: UnitOfWork, commitment_id: UUID, place: Place, *, expires_on: date) -> None:
    """Open an order, agreement or rota on a plan line; `expires_on` is the last day it may be used."""
    row = {"id": commitment_id, "plan_line_id": place.plan_line_id, "year": place.year, "expires_on": expires_on}
    _insert(uow, Commitment, [row])


def _insert(
    uow: UnitOfWork, table: type[PlanLinePosition | PotPosition | Commitment], rows: Sequence[dict[str, object]]
) -> None:
    if rows:
        uow.session.execute(insert(table), [{"commissioner_id": uow.commissioner_id, **row} for row in rows])
