"""Where somebody may say that money left from, and one record of spend as people look at it."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from phb.budget.commitments.operations import BudgetNotActiveError
from phb.budget.plans.draft import AbsurdAmountError
from phb.budget.queries import BudgetNotFoundError
from phb.core.actor import Actor, Role
from phb.core.money import pounds
from phb.people.kinds import Basis, RelationKind, Scope
from phb.people.relations.rules import NewRelation
from phb.spending.kinds import Evidence, SpendState
from phb.spending.receipts.content import NotAReceiptError
from phb.spending.receipts.operations import attach_receipt, record_spend_with_receipt
from phb.spending.record_view import SpendView, spend_view
from phb.spending.records.accounts import Accounts, accounts
from phb.spending.records.decisions import correct_spend, put_back
from phb.spending.records.models import SpendRecord
from phb.spending.records.queries import visible_spend
from phb.spending.records.rules import SpentBeforeBudgetError, SpentInFutureError
from tests.people.conftest import BY_THE_PERSON
from tests.spending.conftest import JUNE, Spender
from tests.spending.files import png


def of(spender: Spender, actor: Actor) -> Accounts:
    return spender.world.ask(actor, accounts, spender.budget_id, spender.world.service.today)


def view(spender: Spender, spend_id: UUID, actor: Actor | None = None) -> SpendView:
    return spender.world.ask(actor or spender.world.holder, spend_view, spend_id, spender.world.service.today)


def third_party(spender: Spender) -> Actor:
    service, organisation_id = spender.world.service, spender.world.third_party_id
    service.relate(
        spender.world.person_id,
        NewRelation(
            RelationKind.THIRD_PARTY,
            Basis.AGREEMENT,
            date(2026, 4, 1),
            organisation_id=organisation_id,
            consent=BY_THE_PERSON,
        ),
    )
    return service.user(Role.THIRD_PARTY, organisation_id)


def test_a_holder_records_for_their_account_and_a_third_party_for_its_own(spender: Spender) -> None:
    def lines(actor: Actor) -> list[str]:
        return [view.line.reference for view in of(spender, actor).lines]

    broker = spender.world.service.broker(spender.world.person_id, Scope.SPEND)
    assert lines(spender.world.holder) == ["care", "kit"]
    assert lines(third_party(spender)) == ["agency"]
    assert lines(broker) == ["care", "kit", "agency"]
    assert [pot.reference for pot in of(spender, broker).pots] == ["dp", "tp"]
    assert of(spender, broker).line(spender.line_id("nurse")) is None
    care = of(spender, broker).line(spender.line_id("care"))
    assert care is not None
    assert care.terms.words == "Help at home"


def test_slips_are_told_at_once(spender: Spender) -> None:
    found = of(spender, spender.world.holder)
    found.refuse_amount(pounds("50000.00"))
    for amount in ("0.00", "-1.00", "50000.01"):
        with pytest.raises(AbsurdAmountError):
            found.refuse_amount(pounds(amount))
    found.refuse_day(JUNE)
    with pytest.raises(SpentInFutureError):
        found.refuse_day(JUNE + timedelta(days=1))
    with pytest.raises(SpentBeforeBudgetError):
        found.refuse_day(date(2026, 3, 31))


def test_only_an_active_budget_that_is_seen_has_accounts(spender: Spender) -> None:
    world = spender.world
    world.on(date(2026, 6, 15))
    waiting = world.propose(review_on=date(2026, 9, 1)).id
    with pytest.raises(BudgetNotActiveError):
        world.ask(world.holder, accounts, waiting, JUNE)
    with pytest.raises(BudgetNotFoundError):
        world.ask(world.service.broker(world.person_id, Scope.BUDGET), accounts, spender.budget_id, JUNE)


def test_a_record_and_its_receipt_are_kept_together_or_not_at_all(spender: Spender) -> None:
    world = spender.world
    put = world.do(world.holder, record_spend_with_receipt, spender.budget_id, spender.new("20.00"), png())
    assert put.row.evidence == Evidence.SEEN
    assert [receipt.media_type for receipt in view(spender, put.row.id).receipts] == ["image/png"]
    without = world.do(world.holder, record_spend_with_receipt, spender.budget_id, spender.new("21.00"), None)
    assert without.row.evidence == Evidence.AWAITED
    with pytest.raises(NotAReceiptError):
        world.do(world.holder, record_spend_with_receipt, spender.budget_id, spender.new("22.00"), b"GIF89a")
    with world.service.unit(world.holder) as uow:
        kept = uow.session.scalars(visible_spend(world.holder, JUNE).order_by(SpendRecord.amount)).all()
    assert [row.amount for row in kept] == [pounds("20.00"), pounds("21.00")]
    spender.assert_sound()


def test_a_record_is_shown_with_what_may_be_done_with_it(spender: Spender) -> None:
    bought = view(spender, spender.spend("20.00").id)
    assert (bought.category, bought.line, bought.allowed) == ("Personal care and support", "Help at home", ("correct",))
    assert (bought.receipts, bought.instead, bought.mistaken, bought.looks_like) == ([], None, None, None)
    wine = view(spender, spender.spend("5.00", line=None, category="ALCOHOL").id)
    assert (wine.record.state, wine.line, wine.allowed) == (SpendState.ASKED_ABOUT, None, ("put_back",))
    broker = spender.world.service.broker(spender.world.person_id, Scope.SPEND)
    assert view(spender, wine.record.id, broker).allowed == ("put_back",)
    spender.world.do(spender.world.holder, put_back, wine.record.id, put_back_on=JUNE, reason="A mistake")
    assert view(spender, wine.record.id).allowed == ()


def test_records_that_belong_together_name_each_other(spender: Spender) -> None:
    first, again = spender.spend("20.00"), spender.spend("20.00")
    looks_like = view(spender, again.id).looks_like
    assert looks_like is not None
    assert looks_like.id == first.id
    corrected = spender.world.do(
        spender.world.holder, correct_spend, again.id, reason="It was less", instead=spender.new("15.00")
    )
    assert corrected.instead is not None
    stands, taken_back = view(spender, corrected.instead.id), view(spender, again.id)
    assert stands.mistaken is not None
    assert taken_back.instead is not None
    assert (stands.mistaken.id, taken_back.instead.id) == (again.id, corrected.instead.id)


def test_a_receipt_is_listed_with_its_record(spender: Spender) -> None:
    row = spender.spend("20.00")
    spender.world.do(spender.world.holder, attach_receipt, row.id, png())
    assert [receipt.spend_id for receipt in view(spender, row.id).receipts] == [row.id]
