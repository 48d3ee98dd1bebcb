"""Events and reversals at random: an in-memory model predicts every figure and refusal, and every identity holds."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy.orm import Session, sessionmaker

from phb.core.errors import DomainError
from phb.core.money import from_pence, to_pence
from phb.ledger import events, posting
from phb.ledger.chart import Account, SetAside
from phb.ledger.entry import CommitmentPortion, CreditorShare, Entry, FundTransfer, OwedPortion, Place, Portion, Share
from phb.ledger.models import Commitment, PlanLinePosition, PotPosition
from phb.ledger.queries import balance_of
from phb.ledger.refusals import CommitmentUsedUpError, MoreThanOwedError, NotPayableError, TooLittleLeftError
from tests.ledger.conftest import Books, heading

AMOUNTS = (1, 999, 10_000, 25_000, 60_000)
EXAMPLES, STEPS = 20, 30

Figures: TypeAlias = Counter[str]
Effects: TypeAlias = dict[str, int]


@dataclass(frozen=True)
class Event:
    """How to make an entry for some pence, and how those pence move the model's figures: +1, -1 or not."""

    entry: Callable[[Books, int], Entry]
    effects: Effects


def care(books: Books, pence: int) -> list[Portion]:
    return [_portion(books.care, pence)]


def equipment(books: Books, pence: int) -> list[Portion]:
    return [_portion(books.equipment, pence)]


def owed(books: Books, pence: int) -> list[CreditorShare]:
    return [CreditorShare(books.budget_id, books.provider_id, 2026, Share("nhs", from_pence(pence)))]


def by_holder(books: Books, pence: int) -> list[OwedPortion]:
    return [OwedPortion(books.holder_id, portion) for portion in care(books, pence)]


def order(books: Books, pence: int) -> list[CommitmentPortion]:
    return [CommitmentPortion(books.commitment_id, _portion(books.equipment, pence))]


def _portion(place: Place, pence: int) -> Portion:
    return Portion(place, Share("nhs", from_pence(pence)))


EVENTS = {
    "care raised": Event(lambda b, p: events.budget_raised(heading(), care(b, p)), {"care allocated": 1, "payable": 1}),
    "care raised by a contribution": Event(
        lambda b, p: events.budget_raised(heading(), [], care(b, p)), {"care allocated": 1}
    ),
    "care lowered": Event(
        lambda b, p: events.budget_lowered(heading(), care(b, p)), {"care allocated": -1, "payable": -1}
    ),
    "equipment raised": Event(
        lambda b, p: events.budget_raised(heading(), equipment(b, p)), {"equipment allocated": 1}
    ),
    "equipment lowered": Event(
        lambda b, p: events.budget_lowered(heading(), equipment(b, p)), {"equipment allocated": -1}
    ),
    "ordered": Event(
        lambda b, p: events.commitment_raised(heading(), order(b, p)), {"equipment committed": 1, "raised": 1}
    ),
    "order released": Event(
        lambda b, p: events.commitment_released(heading(), order(b, p)), {"equipment committed": -1, "released": 1}
    ),
    "invoice accepted": Event(
        lambda b, p: events.invoice_accepted(heading(), equipment(b, p), b.provider_id),
        {"equipment spent": 1, "owed to provider": 1},
    ),
    "invoice accepted on the order": Event(
        lambda b, p: events.invoice_accepted(heading(), equipment(b, p), b.provider_id, used=order(b, p)),
        {"equipment spent": 1, "owed to provider": 1, "equipment committed": -1, "consumed": 1},
    ),
    "provider's payment released": Event(
        lambda b, p: events.payment_released(heading(), owed(b, p)), {"on its way to provider": 1, "bank": -1}
    ),
    "provider's payment settled": Event(
        lambda b, p: events.payment_settled(heading(), owed(b, p)),
        {"on its way to provider": -1, "owed to provider": -1},
    ),
    "provider's payment returned": Event(
        lambda b, p: events.payment_returned(heading(), owed(b, p)), {"back from provider": 1, "bank": 1}
    ),
    "provider's payment reissued": Event(
        lambda b, p: events.payment_reissued(heading(), owed(b, p)), {"back from provider": -1, "bank": -1}
    ),
    "instalment released": Event(
        lambda b, p: events.payment_released(heading(), care(b, p)), {"in payment": 1, "bank": -1}
    ),
    "instalment settled": Event(
        lambda b, p: events.payment_settled(heading(), care(b, p)), {"in payment": -1, "paid": 1, "cash": 1}
    ),
    "instalment returned": Event(
        lambda b, p: events.payment_returned(heading(), care(b, p)), {"came back": 1, "bank": 1}
    ),
    "instalment returned after settlement": Event(
        lambda b, p: events.payment_returned_after_settlement(heading(), care(b, p)),
        {"in payment": 1, "paid": -1, "cash": -1, "came back": 1, "bank": 1},
    ),
    "instalment reissued": Event(
        lambda b, p: events.payment_reissued(heading(), care(b, p)), {"came back": -1, "bank": -1}
    ),
    "instalment given up": Event(
        lambda b, p: events.payment_given_up(heading(), care(b, p)), {"came back": -1, "in payment": -1}
    ),
    "care paid for": Event(lambda b, p: events.paid_from_funds(heading(), care(b, p)), {"care spent": 1, "cash": -1}),
    "money left": Event(lambda b, p: events.money_left_account(heading(), care(b, p)), {"cash": -1, "asked about": 1}),
    "accepted": Event(
        lambda b, p: events.accepted_after_all(heading(), care(b, p)), {"care spent": 1, "asked about": -1}
    ),
    "put back": Event(lambda b, p: events.put_back(heading(), care(b, p)), {"cash": 1, "asked about": -1}),
    "surplus offset": Event(
        lambda b, p: events.surplus_offset(heading(), care(b, p)), {"care allocated": -1, "payable": -1}
    ),
    "lapsed": Event(lambda b, p: events.year_end_lapsed(heading(), care(b, p)), {"care allocated": -1, "payable": -1}),
    "moved to care": Event(
        lambda b, p: events.money_moved(heading(), equipment(b, p), care(b, p)),
        {"equipment allocated": -1, "care allocated": 1, "payable": 1},
    ),
    "moved to equipment": Event(
        lambda b, p: events.money_moved(heading(), care(b, p), equipment(b, p)),
        {"equipment allocated": 1, "care allocated": -1, "payable": -1},
    ),
    "credit note accepted": Event(
        lambda b, p: events.credit_note_accepted(heading(), [OwedPortion(b.provider_id, _portion(b.equipment, p))]),
        {"equipment spent": -1, "owed to provider": -1},
    ),
    "care accrued": Event(
        lambda b, p: events.care_accrued(heading(), by_holder(b, p)), {"care spent": 1, "not yet paid": 1}
    ),
    "accrual paid": Event(
        lambda b, p: events.accrual_paid(heading(), by_holder(b, p)), {"cash": -1, "not yet paid": -1}
    ),
    "prepayment set apart": Event(
        lambda b, p: events.prepayment_set_apart(heading(), care(b, p)), {"care spent": -1, "prepaid": 1}
    ),
    "prepayment used": Event(
        lambda b, p: events.prepayment_used(heading(), care(b, p)), {"care spent": 1, "prepaid": -1}
    ),
    "set aside": Event(
        lambda b, p: events.funds_set_aside(heading(), SetAside.HOLIDAY, care(b, p)), {"cash": -1, "set aside": 1}
    ),
    "let go": Event(
        lambda b, p: events.funds_let_go(heading(), SetAside.HOLIDAY, care(b, p)), {"cash": 1, "set aside": -1}
    ),
    "spend asked back": Event(
        lambda b, p: events.spend_asked_back(heading(), by_holder(b, p)),
        {"care spent": -1, "care owed": 1, "recoverable": 1},
    ),
    "questioned asked back": Event(
        lambda b, p: events.questioned_asked_back(heading(), by_holder(b, p)),
        {"asked about": -1, "care owed": 1, "recoverable": 1},
    ),
    "spend notice lowered": Event(
        lambda b, p: events.spend_notice_lowered(heading(), by_holder(b, p)),
        {"care spent": 1, "care owed": -1, "recoverable": -1},
    ),
    "repaid to envelope": Event(
        lambda b, p: events.repaid_to_envelope(heading(), by_holder(b, p)),
        {"care owed": -1, "recoverable": -1, "bank": 1, "paid": -1, "care allocated": -1, "payable": -1},
    ),
    "repaid to budget": Event(
        lambda b, p: events.repaid_to_budget(heading(), by_holder(b, p)),
        {"care owed": -1, "recoverable": -1, "bank": 1, "paid": -1},
    ),
    "spend written off": Event(
        lambda b, p: events.spend_written_off(heading(), by_holder(b, p)),
        {"care owed": -1, "recoverable": -1, "care allocated": -1},
    ),
    "unused asked back": Event(
        lambda b, p: events.unused_asked_back(heading(), by_holder(b, p)), {"cash": -1, "unused": 1}
    ),
    "unused notice lowered": Event(
        lambda b, p: events.unused_notice_lowered(heading(), by_holder(b, p)), {"cash": 1, "unused": -1}
    ),
    "unused repaid": Event(
        lambda b, p: events.unused_repaid(heading(), by_holder(b, p)), {"unused": -1, "bank": 1, "paid": -1}
    ),
    "unused written off": Event(
        lambda b, p: events.unused_written_off(heading(), by_holder(b, p)), {"unused": -1, "paid": -1}
    ),
    "returned unasked": Event(
        lambda b, p: events.returned_unasked(heading(), care(b, p)), {"cash": -1, "bank": 1, "paid": -1}
    ),
    "small sum left": Event(
        lambda b, p: events.small_sum_left(heading(), care(b, p)), {"cash": -1, "care allocated": -1}
    ),
    "contribution due": Event(lambda b, p: events.contribution_due(heading(), care(b, p)), {"contribution due": 1}),
    "contribution paid in": Event(
        lambda b, p: events.contribution_paid_in(heading(), care(b, p)), {"contribution due": -1, "cash": 1}
    ),
    "contribution paid to us": Event(
        lambda b, p: events.contribution_paid_to_us(heading(), care(b, p)),
        {"contribution due": -1, "bank": 1, "payable": 1},
    ),
    "contribution missed": Event(
        lambda b, p: events.contribution_missed(heading(), care(b, p)), {"contribution due": -1, "payable": 1}
    ),
    "trued up": Event(
        lambda b, p: events.funds_trued_up(heading(), [FundTransfer(b.care, "council", "nhs", from_pence(p))]), {}
    ),
}


@dataclass
class Model:
    """What the books must say, in pence."""

    figures: Figures = field(default_factory=Counter)

    def after(self, effects: Effects) -> Figures:
        """Return the figures once the effects are added."""
        return Counter({name: self.figures[name] + effects.get(name, 0) for name in {*self.figures, *effects}})

    def refusal(self, effects: Effects) -> type[DomainError] | None:
        """Return why the books must refuse, in the order they look: plan lines, the pot, the order."""
        after = self.after(effects)
        if after["equipment committed"] < 0:
            return CommitmentUsedUpError
        if after["care owed"] < 0:
            return MoreThanOwedError
        if any(self._worsens(line, effects) and _left(line, after) < 0 for line in ("care", "equipment")):
            return TooLittleLeftError
        pot_is_sound = (
            after["payable"] - after["in payment"] - after["paid"] >= 0
            and after["in payment"] >= 0
            and 0 <= after["came back"] <= after["in payment"]
        )
        if not pot_is_sound:
            return NotPayableError
        return CommitmentUsedUpError if after["consumed"] + after["released"] > after["raised"] else None

    def _worsens(self, line: str, effects: Effects) -> bool:
        """Say whether less is left for another reason than that more is owed back."""
        takes = (
            -effects.get(f"{line} allocated", 0),
            effects.get(f"{line} committed", 0),
            effects.get(f"{line} spent", 0),
        )
        return max(takes) > 0 and _left(line, self.after(effects)) < _left(line, self.figures)

    def keeps_providers_straight(self, effects: Effects) -> bool:
        """Say whether a provider's payments stay what payments/ lets happen; the ledger keeps no position of them."""
        after = self.after(effects)
        return 0 <= after["back from provider"] <= after["on its way to provider"]


def _left(line: str, figures: Figures) -> int:
    used = sum(figures[f"{line} {term}"] for term in ("committed", "spent", "owed"))
    return figures[f"{line} allocated"] - used


class BooksMachine(RuleBasedStateMachine):
    """Posts and reverses; after each step the books equal the model and every identity holds."""

    sessions: ClassVar[sessionmaker[Session]]

    def __init__(self) -> None:
        super().__init__()
        self.books = Books(self.sessions)
        self.books.open()
        self.books.allocate()
        self.model = Model(Counter({"care allocated": 100_000, "payable": 100_000, "equipment allocated": 100_000}))
        self.posted: list[tuple[posting.Posted, Effects]] = []

    @rule(name=st.sampled_from(sorted(EVENTS)), pence=st.sampled_from(AMOUNTS))
    def post(self, name: str, pence: int) -> None:
        event = EVENTS[name]
        effects = {figure: sign * pence for figure, sign in event.effects.items()}
        if not self.model.keeps_providers_straight(effects):
            return
        posted = self._try(lambda: self.books.post(event.entry(self.books, pence)), effects)
        if posted:
            self.posted.append((posted, effects))

    @precondition(lambda self: self.posted)
    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(self.posted) - 1))
        posted, effects = self.posted[place]
        turned = {figure: -pence for figure, pence in effects.items()}
        if not self.model.keeps_providers_straight(turned):
            return
        if self._try(lambda: self.books.reverse(posted), turned):
            del self.posted[place]

    def _try(self, post: Callable[[], posting.Posted], effects: Effects) -> posting.Posted | None:
        """Post, expecting what the model predicts; return what was posted, or None where it was rightly refused."""
        expected = self.model.refusal(effects)
        if expected:
            with pytest.raises(expected):
                post()
            return None
        posted = post()
        self.model.figures = self.model.after(effects)
        return posted

    @invariant()
    def the_books_equal_the_model(self) -> None:
        with self.books.unit() as uow:
            told = told_figures(uow.session, self.books)
        assert {name: pence for name, pence in told.items() if pence} == {
            name: pence for name, pence in self.model.figures.items() if pence
        }

    @invariant()
    def every_identity_holds(self) -> None:
        self.books.assert_sound()


def told_figures(session: Session, books: Books) -> dict[str, int]:
    """Return the model's figures as the books tell them."""
    own = books.actor.commissioner_id
    told: dict[str, int] = {}
    for name, place in (("care", books.care), ("equipment", books.equipment)):
        line = session.get_one(PlanLinePosition, (own, place.plan_line_id, 2026))
        told |= {f"{name} allocated": line.allocated, f"{name} committed": line.committed, f"{name} spent": line.spent}
        told[f"{name} owed"] = line.owed
    pot = session.get_one(PotPosition, (own, books.pot_id, 2026))
    told |= {"payable": pot.payable, "in payment": pot.in_payment, "paid": pot.paid, "came back": pot.came_back}
    promised = session.get_one(Commitment, (own, books.commitment_id))
    told |= {"raised": promised.raised, "consumed": promised.consumed, "released": promised.released}

    def balance(account: Account) -> int:
        return to_pence(balance_of(session, account))

    return told | {
        "cash": balance(Account.FUNDS_HELD),
        "asked about": balance(Account.BEING_ASKED_ABOUT),
        "set aside": balance(Account.SET_ASIDE_HOLIDAY),
        "not yet paid": -balance(Account.SPENT_NOT_YET_PAID),
        "prepaid": balance(Account.PREPAID),
        "recoverable": balance(Account.RECOVERABLE),
        "unused": balance(Account.UNUSED_ASKED_BACK),
        "contribution due": balance(Account.CONTRIBUTION_DUE),
        "bank": balance(Account.BANK),
        "owed to provider": -balance(Account.CREDITOR),
        "on its way to provider": balance(Account.IN_TRANSIT) - pot.in_payment,
        "back from provider": -balance(Account.CAME_BACK) - pot.came_back,
    }


def test_the_books_follow_the_model(session_factory: sessionmaker[Session]) -> None:
    machine = type("BooksMachine", (BooksMachine,), {"sessions": session_factory})
    bounded = settings(max_examples=EXAMPLES, stateful_step_count=STEPS, derandomize=True, deadline=None, database=None)
    run_state_machine_as_test(machine, settings=bounded)
