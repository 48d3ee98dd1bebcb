"""Questions are decided by a second person, money is put back, mistakes are taken back, and nothing is edited."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from phb.budget.reference.categories import BarredCategoryError
from phb.core.actor import MissingPermissionError, Role
from phb.core.errors import DomainError
from phb.core.money import pounds
from phb.governance.workflow import ReasonNeededError, SecondPersonNeededError, WrongStateError
from phb.ledger.chart import Account
from phb.ledger.refusals import TooLittleLeftError
from phb.people.saving import Change, ChangedMeanwhileError
from phb.spending.kinds import Evidence, ShareKind, SpendState
from phb.spending.receipts.operations import attach_receipt
from phb.spending.records import queries
from phb.spending.records.decisions import (
    CorrectedAlreadyError,
    LineNeededError,
    NotInForceError,
    PutBackDayError,
    accept_after_all,
    correct_spend,
    note_evidence_seen,
    put_back,
)
from phb.spending.records.queries import SpendNotFoundError
from tests.budget.conftest import dates
from tests.spending.conftest import JUNE, Spender
from tests.spending.files import png
from tests.spending.test_recording import rota_of, shares

NIL = pounds("0")


def accept(spender: Spender, row: Any, actor: Any = None, **changes: Any) -> Any:
    given = {"reason": "It was for her outcome"} | changes
    found = spender.world.do(actor or spender.world.finance, accept_after_all, row.id, **given)
    spender.assert_sound()
    return found


def test_accepted_after_all_is_spent_from_the_day_of_the_decision(spender: Spender) -> None:
    row = spender.spend("40.00", category="TRANSPORT")
    done = accept(spender, row)
    assert (done.state, done.booked_line_id, done.decided_by) == (
        SpendState.ACCEPTED_AFTER_ALL,
        spender.line_id(),
        spender.world.finance.user_id,
    )
    assert (spender.spent(), spender.asked_about(), spender.cash()) == (pounds("40.00"), NIL, pounds("2960.00"))
    assert spender.balance(Account.EXPENDITURE, as_of=date(2026, 6, 14)) == NIL
    assert spender.balance(Account.EXPENDITURE, as_of=JUNE) == pounds("40.00")


def test_it_may_be_accepted_on_another_line_whose_funders_then_pay(spender: Spender) -> None:
    row = spender.spend("35.00", line=None, category="EQUIPMENT")
    accept(spender, row, plan_line_id=spender.line_id("kit"))
    assert shares(spender, row.id) == [(2026, "nhs", 3500)]
    assert (spender.spent("kit"), spender.asked_about(), spender.cash()) == (pounds("35.00"), NIL, pounds("2965.00"))
    assert spender.cash(as_of=date(2026, 5, 3)) == pounds("3000.00")
    assert spender.cash(as_of=date(2026, 6, 14)) == pounds("2965.00")


def test_accepting_uses_the_rota_that_is_named(spender: Spender) -> None:
    row = spender.spend("40.00", category="TRANSPORT")
    accept(spender, row, commitment_id=rota_of(spender, "100.00"))
    assert spender.world.line_position(spender.world.line_of(spender.budget_id)).committed == pounds("60.00")


@pytest.mark.parametrize(
    ("recorded", "given", "error"),
    [
        ({"category": "ALCOHOL"}, {}, BarredCategoryError),
        ({"line": None}, {}, LineNeededError),
        ({"line": None}, {"plan_line_id": "agency"}, NotInForceError),
        ({"line": None}, {"plan_line_id": "nurse"}, NotInForceError),
        ({"amount": "3000.01"}, {}, TooLittleLeftError),
        ({"category": "TRANSPORT"}, {"reason": " "}, ReasonNeededError),
        ({"category": "TRANSPORT"}, {"version": 7}, ChangedMeanwhileError),
        ({}, {}, WrongStateError),
    ],
)
def test_what_cannot_be_accepted_stays_as_it_is(
    spender: Spender, recorded: dict[str, Any], given: dict[str, Any], error: type[DomainError]
) -> None:
    row = spender.spend(recorded.pop("amount", "40.00"), **recorded)
    if "plan_line_id" in given:
        given = {"plan_line_id": spender.line_id(given["plan_line_id"])}
    with pytest.raises(error):
        accept(spender, row, **given)
    spender.assert_sound()
    assert spender.ask(queries.spend, spender.world.finance, row.id, JUNE).state == row.state


def test_who_recorded_it_does_not_decide(spender: Spender) -> None:
    row = spender.put(spender.world.finance, category="TRANSPORT").row
    with pytest.raises(SecondPersonNeededError):
        accept(spender, row)
    colleague = spender.world.service.staff(Role.FINANCE_OFFICER)
    assert accept(spender, row, colleague).state == SpendState.ACCEPTED_AFTER_ALL


@pytest.mark.parametrize("who", ["holder", "coordinator", "auditor", "approver", "clinician"])
def test_only_finance_decides(spender: Spender, who: str) -> None:
    row = spender.spend(category="TRANSPORT")
    with pytest.raises(MissingPermissionError):
        accept(spender, row, getattr(spender.world, who))


def test_money_put_back_is_in_the_account_again(spender: Spender) -> None:
    row = spender.spend("40.00", category="ALCOHOL")
    day = date(2026, 5, 20)
    done = spender.world.do(spender.world.holder, put_back, row.id, put_back_on=day, reason="My mistake")
    spender.assert_sound()
    assert done.state == SpendState.PUT_BACK
    assert (spender.asked_about(), spender.cash()) == (NIL, pounds("3000.00"))
    assert spender.cash(as_of=date(2026, 5, 19)) == pounds("2960.00")


@pytest.mark.parametrize("day", [date(2026, 5, 3), date(2026, 6, 16)])
def test_money_is_put_back_after_it_left_and_not_tomorrow(spender: Spender, day: date) -> None:
    row = spender.spend(category="ALCOHOL")
    with pytest.raises(PutBackDayError):
        spender.world.do(spender.world.holder, put_back, row.id, put_back_on=day, reason="My mistake")


def test_a_mistake_is_taken_back_and_another_record_stands_for_it(spender: Spender) -> None:
    row = spender.spend("100.00", commitment_id=rota_of(spender, "500.00"))
    spender.world.do(spender.world.holder, attach_receipt, row.id, png())
    done = spender.world.do(
        spender.world.holder, correct_spend, row.id, reason="It was 10 pounds", instead=spender.new("10.00")
    )
    spender.assert_sound()
    assert done.instead is not None
    assert (done.mistaken.state, done.instead.replaces_id, done.instead.evidence) == (
        SpendState.CORRECTED,
        row.id,
        Evidence.SEEN,
    )
    position = spender.world.line_position(spender.world.line_of(spender.budget_id))
    assert (position.spent, position.committed, spender.cash()) == (
        pounds("10.00"),
        pounds("500.00"),
        pounds("2990.00"),
    )
    # Until today the books said what the mistake said, and on no day do they say both.
    assert spender.cash(as_of=date(2026, 6, 14)) == pounds("2900.00")
    assert done.instead.duplicate_of is None


def test_what_a_mistake_had_used_of_a_rota_that_ended_is_let_go(spender: Spender) -> None:
    rota = rota_of(spender, "3000.00", dates("2026-04-01", "2026-05-10"))
    row = spender.spend("3000.00", commitment_id=rota)
    instead = spender.new("2900.00", commitment_id=rota)
    done = spender.world.do(spender.world.holder, correct_spend, row.id, reason="A slip", instead=instead)
    spender.assert_sound()
    assert done.instead is not None
    assert done.instead.state == SpendState.ACCEPTED
    position = spender.world.line_position(spender.world.line_of(spender.budget_id))
    assert (position.committed, position.available) == (NIL, pounds("100.00"))


def test_a_mistake_may_be_taken_back_with_nothing_in_its_place(spender: Spender) -> None:
    row = spender.spend()
    done = spender.world.do(spender.world.coordinator, correct_spend, row.id, reason="Recorded twice")
    spender.assert_sound()
    assert (done.instead, spender.cash(), spender.spent()) == (None, pounds("3000.00"), NIL)
    steps: list[tuple[Any, dict[str, Any]]] = [
        (correct_spend, {"reason": "Again"}),
        (accept_after_all, {"reason": "Fine"}),
        (put_back, {"reason": "Fine", "put_back_on": JUNE}),
        (note_evidence_seen, {"note": "Paper"}),
    ]
    for operation, more in steps:
        with pytest.raises((WrongStateError, CorrectedAlreadyError)):
            spender.world.do(spender.world.finance, operation, row.id, **more)
    with pytest.raises(CorrectedAlreadyError):
        spender.world.do(spender.world.holder, attach_receipt, row.id, png())


@pytest.mark.parametrize("after", [None, "accepted", "put_back"])
def test_a_question_or_a_decision_is_taken_back_by_who_decides(spender: Spender, after: str | None) -> None:
    row = spender.spend("40.00", category="TRANSPORT")
    if after == "accepted":
        accept(spender, row)
    elif after == "put_back":
        spender.world.do(spender.world.holder, put_back, row.id, put_back_on=JUNE, reason="My mistake")
    with pytest.raises(MissingPermissionError):
        spender.world.do(spender.world.holder, correct_spend, row.id, reason="Never happened")
    spender.world.do(spender.world.finance, correct_spend, row.id, reason="Never happened")
    spender.assert_sound()
    assert (spender.asked_about(), spender.spent(), spender.cash()) == (NIL, NIL, pounds("3000.00"))


def test_nobody_decides_on_what_they_may_not_see(spender: Spender) -> None:
    row = spender.spend(category="TRANSPORT")
    world = spender.world
    stranger = world.service.user(Role.HOLDER, world.service.commissioner_id, person_id=world.service.person())
    steps: list[tuple[Any, dict[str, Any]]] = [
        (correct_spend, {"reason": "No"}),
        (accept_after_all, {"reason": "No"}),
        (put_back, {"reason": "No", "put_back_on": JUNE}),
    ]
    for operation, more in steps:
        with pytest.raises(SpendNotFoundError):
            world.do(stranger, operation, row.id, **more)


def test_evidence_on_paper_is_noted_once(spender: Spender) -> None:
    row = spender.spend()
    noted = [spender.world.do(spender.world.finance, note_evidence_seen, row.id, note="Till roll") for _ in range(2)]
    assert [put.change for put in noted] == [Change.CHANGED, Change.UNCHANGED]
    assert noted[0].row.evidence == Evidence.SEEN


def test_pending_questions_are_those_not_decided(spender: Spender) -> None:
    spender.spend()
    pending, decided = (spender.spend(category="TRANSPORT", payee=payee) for payee in ("One", "Two"))
    accept(spender, decided)
    query = queries.pending_questions(spender.world.finance, JUNE, budget_id=spender.budget_id)
    assert [row.id for row in spender.ask(lambda session: session.scalars(query).all())] == [pending.id]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE spend_record SET amount_pence = 1",
        "UPDATE spend_share SET amount_pence = 1",
        "DELETE FROM spend_record",
        "DELETE FROM receipt_file",
        (
            "UPDATE spend_record SET state = 'accepted_after_all', decided_by = recorded_by, decided_at = now(), "
            "decision_reason = 'x', booked_line_id = plan_line_id"
        ),
    ],
)
def test_the_database_refuses_what_the_operations_never_do(spender: Spender, statement: str) -> None:
    row = spender.spend(category="TRANSPORT")
    spender.world.do(spender.world.holder, attach_receipt, row.id, png())
    with pytest.raises(DBAPIError), spender.world.service.unit(spender.world.finance) as uow:
        uow.session.execute(text(statement))


def test_the_database_refuses_shares_that_do_not_come_to_the_record(spender: Spender) -> None:
    row = spender.spend()
    insert = text("INSERT INTO spend_share VALUES (:own, :id, :kind, 2025, 'nhs', 1)")
    values = {"own": row.commissioner_id, "id": row.id, "kind": ShareKind.SPENT.value}
    with (
        pytest.raises(DBAPIError, match="do not come to it"),
        spender.world.service.unit(spender.world.finance) as uow,
    ):
        uow.session.execute(insert, values)
