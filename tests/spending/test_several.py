"""Spend is recorded by references as somebody types it, once for each row, and a row that is unclear says why."""

from typing import Any
from uuid import uuid4

import pytest

from phb.budget.commitments.operations import BudgetNotActiveError
from phb.core.actor import Actor, Role
from phb.core.errors import DomainError
from phb.core.money import pounds
from phb.people.kinds import Basis, RelationKind, Scope
from phb.people.relations.rules import NewRelation
from phb.people.saving import Change, Put
from phb.spending.kinds import SpendState
from phb.spending.records.models import SpendRecord
from phb.spending.several import (
    CategoryNeededError,
    TypedSpend,
    WhichBudgetError,
    WhichLineError,
    record_typed,
    recorded,
    spendable_lines,
)
from tests.budget.conftest import World, stated
from tests.people.conftest import APRIL, BY_THE_PERSON
from tests.spending.conftest import JUNE, MAY, Spender


@pytest.fixture
def broker(spender: Spender) -> Actor:
    """Return a broker whom the person lets record spend."""
    return spender.world.service.broker(spender.world.person_id, Scope.BUDGET, Scope.SPEND)


def typed(spender: Spender, **changes: Any) -> TypedSpend:
    """Describe a row about the care line."""
    given: dict[str, Any] = {
        "reference": f"S-{uuid4().hex}",
        "budget": spender.world.budget(spender.budget_id).reference,
        "spent_on": MAY,
        "amount": pounds("60.00"),
        "payee": "Sam's care",
        "words": "Help at home",
        "place": "care",
    }
    return TypedSpend(**given | changes)


def record(spender: Spender, actor: Actor, row: TypedSpend) -> Put[SpendRecord]:
    """Record a row and check every identity of the books."""
    put = spender.world.do(actor, record_typed, row)
    spender.assert_sound()
    return put


def test_a_row_is_spent_on_its_line_with_the_lines_category(spender: Spender, broker: Actor) -> None:
    row = record(spender, broker, typed(spender)).row
    assert (row.state, row.category_code, row.booked_line_id) == (
        SpendState.ACCEPTED,
        "PERSONAL_CARE",
        spender.line_id(),
    )
    assert spender.spent() == pounds("60.00")


def test_the_same_row_again_changes_nothing(spender: Spender, broker: Actor) -> None:
    row = typed(spender)
    first = record(spender, broker, row)
    again = record(spender, broker, row)
    assert (first.row.id, again.change) == (again.row.id, Change.UNCHANGED)
    assert spender.spent() == pounds("60.00")


def test_what_is_in_no_plan_is_asked_about_by_its_account(spender: Spender, broker: Actor) -> None:
    row = record(spender, broker, typed(spender, place="dp", category="PERSONAL_CARE")).row
    assert (row.state, row.plan_line_id, row.pot_id) == (SpendState.ASKED_ABOUT, None, spender.pot_id())


def test_a_budget_with_one_line_needs_none_named(world: World) -> None:
    spender = Spender(world, world.active(stated("care", "3000.00")))
    spender.pay_in("1000.00")
    world.on(JUNE)
    broker = world.service.broker(world.person_id, Scope.BUDGET, Scope.SPEND)
    assert record(spender, broker, typed(spender, place="")).row.plan_line_id == spender.line_id()


@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        ({"budget": "B-NOBODY"}, WhichBudgetError, "“B-NOBODY”"),
        ({"place": ""}, WhichLineError, "care (Help at home), kit (Grab rails)"),
        ({"place": "nurse"}, WhichLineError, "account: dp, tp"),
        ({"place": "dp"}, CategoryNeededError, "what kind of spending"),
    ],
)
def test_a_row_that_is_unclear_says_what_is_missing(
    spender: Spender, broker: Actor, changes: dict[str, Any], error: type[DomainError], says: str
) -> None:
    with pytest.raises(error) as refused:
        spender.world.do(broker, record_typed, typed(spender, **changes))
    assert refused.value.field in {*changes, "category"}
    assert says in refused.value.sentence


def test_nothing_is_spent_of_a_budget_that_is_not_active(spender: Spender, broker: Actor) -> None:
    draft = spender.world.propose(stated("later", "10.00"))
    with pytest.raises(BudgetNotActiveError):
        spender.world.do(broker, record_typed, typed(spender, budget=draft.reference))


def test_money_that_the_commissioner_holds_is_nobodys_to_record(world: World) -> None:
    spender = Spender(world, world.active(stated("nurse", "100.00", pot="np")))
    broker = world.service.broker(world.person_id, Scope.BUDGET, Scope.SPEND)
    with pytest.raises(WhichLineError) as refused:
        world.do(broker, record_typed, typed(spender, place="nurse"))
    assert refused.value.field == "budget"


def test_what_was_just_recorded_is_added_up_by_what_became_of_it(spender: Spender, broker: Actor) -> None:
    world = spender.world
    rows = [
        typed(spender),
        typed(spender, amount=pounds("15.50"), place="kit"),
        typed(spender, amount=pounds("20.00"), place="dp", category="TRANSPORT"),
    ]
    ids = [record(spender, broker, row).row.id for row in rows]
    found = world.ask(broker, recorded, ids, JUNE)
    assert (len(found.spent), found.spent_amount) == (2, pounds("75.50"))
    assert (len(found.asked), found.asked_amount) == (1, pounds("20.00"))
    assert found.asked[0].reason.startswith("This is not in the agreed plan.")
    assert found.asked[0].person == "Aled Example"
    stranger = world.service.broker(world.service.person(), Scope.SPEND)
    assert world.ask(stranger, recorded, ids, JUNE).spent == []


def test_the_lines_to_choose_from_are_those_of_accounts_the_actor_records_for(spender: Spender, broker: Actor) -> None:
    world = spender.world
    found = world.ask(broker, spendable_lines, JUNE)
    assert [(one.line, one.account) for one in found] == [("care", "dp"), ("kit", "dp"), ("agency", "tp")]
    assert {one.person for one in found} == {"Aled Example"}
    other = world.service.broker(world.service.person(), Scope.SPEND)
    assert world.ask(other, spendable_lines, JUNE) == []


def test_a_third_party_chooses_from_the_money_it_holds(spender: Spender) -> None:
    world = spender.world
    from_account = _third_party(world)
    assert [one.line for one in world.ask(from_account, spendable_lines, JUNE)] == ["agency"]


def _third_party(world: World) -> Actor:
    relation = NewRelation(
        RelationKind.THIRD_PARTY, Basis.AGREEMENT, APRIL, organisation_id=world.third_party_id, consent=BY_THE_PERSON
    )
    world.service.relate(world.person_id, relation)
    return world.service.user(Role.THIRD_PARTY, world.third_party_id)
