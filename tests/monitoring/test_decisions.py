"""Every decision about a budget is in one list, newest first, with its reason, for whom it is theirs to see."""

from datetime import date

import pytest
from moneyed import Money
from sqlalchemy.orm import Session, sessionmaker

from phb.budget.budgets import revisions
from phb.budget.queries import BudgetNotFoundError
from phb.core.actor import Actor
from phb.core.money import pounds
from phb.monitoring.decisions import Decision, decisions_of
from phb.payments.checks.operations import lift_hold, put_hold
from phb.payments.kinds import HoldKind
from phb.people.kinds import Scope
from phb.spending.records.decisions import accept_after_all, correct_spend, put_back
from tests.budget.conftest import World
from tests.people.conftest import Service
from tests.spending.conftest import JUNE, Spender, usual_lines

LATER = date(2026, 6, 20)


@pytest.fixture
def spender(vault_sessions: sessionmaker[Session]) -> Spender:
    """Return a budget with £3,000.00 in the holder's account, on 15 June 2026."""
    world = World(Service(vault_sessions))
    spender = Spender(world, world.active(*usual_lines()))
    spender.pay_in("3000.00")
    world.on(JUNE)
    return spender


def told(spender: Spender, actor: Actor | None = None) -> list[Decision]:
    world = spender.world
    return list(world.ask(actor or world.holder, decisions_of, spender.budget_id, world.service.today))


def test_the_steps_of_agreeing_are_told_with_the_value_that_was_signed(spender: Spender) -> None:
    found = told(spender)
    # All on 1 April 2026: what is newest by its own instant comes first, so compare as sets.
    assert {one.step for one in found} == {"submit", "sign_off_clinically", "sign_off_finance", "agree", "activate"}
    assert [one.amount for one in found if one.step == "sign_off_finance"] == [pounds("6500.00")]


def test_a_hold_and_its_lifting_are_told_with_their_reasons(spender: Spender) -> None:
    world = spender.world
    hold = world.do(
        world.finance, put_hold, spender.budget_id, kind=HoldKind.STOP, start_on=LATER, reason="Two accounts"
    )
    world.on(LATER)
    world.do(world.finance, lift_hold, hold.id, end_on=LATER, reason="Put right")
    lifted, stopped, *_ = told(spender)
    assert (lifted.kind, lifted.reason, lifted.first_day) == ("lifted", "Put right", LATER)
    assert (stopped.kind, stopped.reason, stopped.first_day) == ("stop", "Two accounts", LATER)


def test_a_change_is_told_with_why_and_its_steps(spender: Spender) -> None:
    world = spender.world
    plan = world.plan(*usual_lines()[1:])
    revision = world.do(world.coordinator, revisions.revise, spender.budget_id, plan, reason="Care is given elsewhere")
    world.on(LATER)
    world.do(world.coordinator, revisions.submit_revision, revision.id)
    submitted, proposed, *_ = told(spender)
    assert (submitted.kind, submitted.step, submitted.subject_id) == ("step_of_change", "submit", revision.id)
    assert (proposed.kind, proposed.reason) == ("change_proposed", "Care is given elsewhere")


def test_questions_about_spend_are_told_with_what_came_of_them(spender: Spender) -> None:
    world = spender.world
    spender.spend("40.00")  # never asked about
    wine = spender.spend("12.00", category="ALCOHOL", words="Wine")
    taxi = spender.spend("30.00", category="TRANSPORT", words="A taxi")
    slip = spender.spend("99.00", category="TRANSPORT", words="A slip")
    world.on(LATER)
    world.do(world.holder, put_back, wine.id, put_back_on=LATER, reason="I paid it back")
    world.do(world.finance, accept_after_all, taxi.id, reason="To the clinic")
    world.do(world.finance, correct_spend, slip.id, reason="Never happened")
    about: dict[str, list[tuple[str, str | None, Money | None]]] = {}
    for one in told(spender):
        if one.what is not None:
            about.setdefault(one.what, []).append((one.kind, one.reason, one.amount))
    assert about["Wine"][0] == ("put_back", "I paid it back", pounds("12.00"))
    assert about["A taxi"][0] == ("accepted_after_all", "To the clinic", pounds("30.00"))
    assert about["A slip"][0] == ("corrected", "Never happened", pounds("99.00"))
    assert {what: found[1][0] for what, found in about.items()} == dict.fromkeys(about, "asked_about")
    assert set(about) == {"Wine", "A taxi", "A slip"}
    assert "cannot be bought" in str(about["Wine"][1][1])


def test_what_was_put_back_and_then_taken_back_is_still_told_as_put_back(spender: Spender) -> None:
    world = spender.world
    wine = spender.spend("12.00", category="ALCOHOL", words="Wine")
    world.do(world.holder, put_back, wine.id, put_back_on=JUNE, reason="I paid it back")
    world.on(LATER)
    world.do(world.finance, correct_spend, wine.id, reason="Recorded twice")
    assert {one.kind for one in told(spender) if one.what == "Wine"} == {"corrected", "put_back", "asked_about"}


def test_questions_need_the_spending_and_decisions_the_decisions(spender: Spender) -> None:
    spender.spend("12.00", category="ALCOHOL", words="Wine")
    service = spender.world.service
    person_id = spender.world.person_id
    seeing = service.broker(person_id, Scope.DECISIONS)
    assert [one.what for one in told(spender, seeing) if one.what] == []
    assert [one.what for one in told(spender, service.broker(person_id, Scope.DECISIONS, Scope.SPEND)) if one.what] == [
        "Wine"
    ]
    for actor in (service.broker(person_id, Scope.BUDGET), service.broker(service.person(), *Scope)):
        with pytest.raises(BudgetNotFoundError):
            told(spender, actor)


def test_what_was_decided_before_somebodys_term_is_not_told(spender: Spender) -> None:
    seeing = spender.world.service.broker(spender.world.person_id, Scope.DECISIONS, start_on=JUNE)
    assert told(spender, seeing) == []
