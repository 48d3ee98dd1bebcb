"""Fill a statement: each pot's figures and movements, and what was bought, from the books and the records."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby
from uuid import UUID

from sqlalchemy.orm import Session

from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.plans.models import Pot as PotRow
from phb.budget.plans.queries import pots_of
from phb.core.money import from_pence
from phb.core.period import Period
from phb.governance import policy
from phb.governance.policies import StatementPolicy
from phb.ledger.chart import Account, JournalKind
from phb.ledger.models import Journal, JournalLine, KnownView
from phb.people.models import Commissioner, Person
from phb.statements.cash import MONEY_IN, CashAccount, CashKind, CashMovement
from phb.statements.position import Alongside, Position
from phb.statements.pot import Pot
from phb.statements.reading import books, payments, words
from phb.statements.reading.books import Books, PotFigures
from phb.statements.reading.payments import Parties
from phb.statements.reading.words import Bought, Words
from phb.statements.spend import Spend
from phb.statements.statement import Statement
from phb.statements.sums import NOTHING, total

CASH = {
    JournalKind.PAYMENT_SETTLED: CashKind.RECEIVED,
    JournalKind.PAYMENT_RETURNED_AFTER_SETTLEMENT: CashKind.CAME_BACK,
    JournalKind.PAID_FROM_FUNDS: CashKind.SPENT,
    JournalKind.MONEY_LEFT_ACCOUNT: CashKind.ASKED_ABOUT,
    JournalKind.PUT_BACK: CashKind.PUT_BACK,
}
UNTOUCHED = PotFigures(
    Position(NOTHING, NOTHING, NOTHING, NOTHING, NOTHING),
    Alongside(NOTHING, NOTHING, NOTHING, NOTHING),
    NOTHING,
    NOTHING,
    NOTHING,
)


@dataclass(frozen=True)
class Filling:
    """One statement being filled, with the books as known now or as known under a view.

    Who may see it is decided before.
    """

    session: Session
    owner: PersonalHealthBudget
    period: Period
    issued_on: date
    view: KnownView | None = None

    def statement(self) -> Statement:
        """Return the statement, which refuses to exist where the books and the records disagree."""
        say = policy.read(self.session, StatementPolicy, self.issued_on)
        return Statement(
            commissioner=self._parties.commissioner,
            holder=self._parties.holder,
            reference=self.owner.reference,
            budget_period=self.owner.period,
            period=self.period,
            issued_on=self.issued_on,
            position=self._books.position,
            spent_before=total(figures.spent_before for figures in self._books.pots.values()),
            spend=tuple(self._spending()),
            pots=tuple(self._pot(row) for row in self._rows),
            how_to_query=(say.contact,),
            how_to_ask_again=(say.ask_again,),
        )

    @cached_property
    def _counted(self) -> Period:
        return Period.of_days(self.period.start_on, min(self.period.last_day, self.issued_on))

    @cached_property
    def _books(self) -> Books:
        return books.read(self.session, self.owner.id, self._counted, self.view)

    @cached_property
    def _words(self) -> Words:
        return words.read(self.session, self.owner.id, [journal for journal, _ in self._books.lines])

    @cached_property
    def _parties(self) -> Parties:
        commissioner = self.session.get_one(Commissioner, self.owner.commissioner_id)
        holder = self.session.get_one(Person, (self.owner.commissioner_id, self.owner.person_id))
        return Parties(commissioner.name, holder.full_name)

    @cached_property
    def _rows(self) -> Sequence[PotRow]:
        """The pots that the books know by the last day, or all of them while they know none."""
        every = pots_of(self.session, self.owner.id)
        return [pot for pot in every if pot.id in self._books.pots] or every

    @cached_property
    def _holders(self) -> dict[UUID, str]:
        return payments.holders(self.session, self._rows, self._parties, self._counted.last_day)

    def _pot(self, row: PotRow) -> Pot:
        figures = self._books.pots.get(row.id, UNTOUCHED)
        if not row.management_type.is_handed_over:
            return Pot(row.management_type, self._holders[row.id], figures.position, UNTOUCHED.alongside)
        return Pot(
            row.management_type,
            self._holders[row.id],
            figures.position,
            figures.alongside,
            cash=CashAccount(figures.opening, tuple(self._movements(row.id)), figures.closing),
            due=payments.due_for(self.session, row.id, self.period),
            next_payment=payments.next_payment(self.session, row.id, self.issued_on),
        )

    def _movements(self, pot_id: UUID) -> Iterator[CashMovement]:
        """Yield what each journal did to a pot's cash, the funders' parts added up."""
        mine = [one for one in self._books.lines if one[1].account == Account.FUNDS_HELD and one[1].pot_id == pot_id]
        for journal, lines in _by_journal(mine):
            kind = CASH[JournalKind(journal.kind)]
            change = from_pence(sum(line.pence for line in lines))
            yield CashMovement(
                happened_on=journal.effective_on,
                kind=kind,
                what=self._words.of_cash(journal),
                amount=change if kind in MONEY_IN else -change,
                covers=_covers(lines[0]),
                question=self._words.question(journal) if kind is CashKind.ASKED_ABOUT else None,
            )

    def _spending(self) -> Iterator[Spend]:
        """Yield what each journal bought, the funders' parts of one thing added up."""
        for journal, lines in _by_journal([one for one in self._books.lines if one[1].account == Account.EXPENDITURE]):
            bought = self._words.of_spending(journal, lines)
            sums: dict[tuple[Bought, str], int] = {}
            for thing, line in zip(bought, lines, strict=True):
                key = (thing, self._words.outcome(line))
                sums[key] = sums.get(key, 0) + line.pence
            for (thing, outcome), pence in sums.items():
                yield Spend(
                    journal.effective_on, thing.what, outcome, thing.category, thing.evidence, from_pence(pence)
                )


def _by_journal(lines: Sequence[tuple[Journal, JournalLine]]) -> Iterator[tuple[Journal, list[JournalLine]]]:
    """Yield each journal with its lines; those of one journal stand together."""
    for _, group in groupby(lines, key=lambda one: one[0].id):
        pairs = list(group)
        yield pairs[0][0], [line for _, line in pairs]


def _covers(line: JournalLine) -> Period | None:
    days = line.covers
    return Period(days.lower, days.upper) if days and days.lower and days.upper else None
