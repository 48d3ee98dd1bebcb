"""What still needs a receipt is listed for those who may see it, until one is there or none is needed."""

from typing import Any

from phb.core.actor import Actor
from phb.core.money import pounds
from phb.edge import paging
from phb.people.kinds import Scope
from phb.spending.evidence import missing_evidence
from phb.spending.receipts.operations import attach_receipt
from phb.spending.records.decisions import correct_spend, put_back
from tests.spending.conftest import JUNE, MAY, Spender
from tests.spending.files import png


def missing(spender: Spender, actor: Actor) -> list[Any]:
    """Return what an actor is told is missing."""
    with spender.world.service.unit(actor) as uow:
        query, order = missing_evidence(actor, JUNE)
        return list(paging.page(uow.session, query, order).rows)


def test_spend_without_evidence_is_missing_until_a_receipt_is_attached(spender: Spender) -> None:
    broker = spender.world.service.broker(spender.world.person_id, Scope.SPEND)
    record = spender.spend("45.10")
    (row,) = missing(spender, broker)
    assert (row.id, row.spent_on, row.amount, row.payee) == (record.id, MAY, pounds("45.10"), "Sam's care")
    assert (row.person, row.reference) == ("Aled Example", spender.world.budget(spender.budget_id).reference)
    spender.world.do(broker, attach_receipt, record.id, png())
    assert missing(spender, broker) == []


def test_what_was_taken_back_or_put_back_needs_none(spender: Spender) -> None:
    mistaken, asked = spender.spend("10.00"), spender.spend("20.00", line=None)
    assert len(missing(spender, spender.world.holder)) == 2
    spender.world.do(spender.world.holder, correct_spend, mistaken.id, reason="Typed twice")
    spender.world.do(spender.world.holder, put_back, asked.id, put_back_on=JUNE, reason="Paid in again")
    assert missing(spender, spender.world.holder) == []


def test_nobody_is_told_of_what_they_may_not_see(spender: Spender) -> None:
    spender.spend("10.00")
    assert missing(spender, spender.world.service.broker(spender.world.person_id, Scope.BUDGET)) == []
