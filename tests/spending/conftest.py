"""A budget with money in accounts and money held for the person, and ways to spend it through the operations."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

from moneyed import Money

from phb.budget.kinds import ShareBasis
from phb.budget.plans.draft import LineDraft, ShareRule
from phb.core.money import from_pence, pounds
from phb.ledger import events, identities, posting
from phb.ledger.chart import Account
from phb.ledger.entry import Heading, Source
from phb.ledger.queries import balance_of
from phb.monitoring import reconcile
from phb.people.saving import Put
from phb.spending.records.draft import NewSpend
from phb.spending.records.models import SpendRecord
from phb.spending.records.operations import record_spend
from phb.spending.sharing import days_of, portions
from tests.budget.conftest import World, stated
from tests.people.conftest import APRIL

MAY = date(2026, 5, 4)
JUNE = date(2026, 6, 15)
SHARED = (
    ShareRule("nhs", ShareBasis.PERCENT, percent=Fraction(60)),
    ShareRule("council", ShareBasis.PERCENT, percent=Fraction(40)),
)


@dataclass
class Spender:
    """One person's budget in 2026/27, and what is spent of it."""

    world: World
    budget_id: UUID

    def line_id(self, reference: str = "care") -> UUID:
        """Return the id of a plan line."""
        return self.world.line_of(self.budget_id, reference).line.id

    def pot_id(self, reference: str = "dp") -> UUID:
        """Return the id of a pot."""
        return next(pot.id for pot in self.world.plan_of(self.budget_id).pots if pot.reference == reference)

    def new(self, amount: str = "100.00", *, line: str | None = "care", **changes: Any) -> NewSpend:
        """Describe spend of a day in May on the care line."""
        given: dict[str, Any] = {
            "spent_on": MAY,
            "amount": pounds(amount),
            "category": "PERSONAL_CARE",
            "payee": "Sam's care",
            "words": "Help at home",
            "plan_line_id": None if line is None else self.line_id(line),
            "pot_id": self.pot_id() if line is None and "pot_id" not in changes else None,
        }
        return NewSpend(**given | changes)

    def put(self, actor: Any, amount: str = "100.00", *, line: str | None = "care", **changes: Any) -> Put[SpendRecord]:
        """Record spend as an actor and check every identity."""
        put: Put[SpendRecord] = self.world.do(
            actor, record_spend, self.budget_id, self.new(amount, line=line, **changes)
        )
        self.assert_sound()
        return put

    def spend(self, amount: str = "100.00", *, line: str | None = "care", **changes: Any) -> SpendRecord:
        """Record spend as the holder and check every identity."""
        return self.put(self.world.holder, amount, line=line, **changes).row

    def pay_in(self, amount: str, pot: str = "dp") -> None:
        """Let money arrive in an account, on 1 April."""
        line = next(view for view in self.world.plan_of(self.budget_id).lines if view.pot.reference == pot)
        parts = portions(line, days_of(APRIL, None), pounds(amount))
        heading = Heading(APRIL, "An instalment", Source("test", uuid4()))
        with self.world.service.unit(self.world.finance) as uow:
            posting.post_batch(uow, [events.payment_released(heading, parts), events.payment_settled(heading, parts)])

    def balance(self, account: Account, pot: str = "dp", *, as_of: date | None = None) -> Money:
        """Return the balance of an account of a pot."""
        with self.world.service.unit(self.world.auditor) as uow:
            return balance_of(uow.session, account, pot_id=self.pot_id(pot), as_of=as_of)

    def cash(self, pot: str = "dp", *, as_of: date | None = None) -> Money:
        """Return what the account holds by the books."""
        return self.balance(Account.FUNDS_HELD, pot, as_of=as_of)

    def asked_about(self, pot: str = "dp") -> Money:
        """Return what is being asked about by the books."""
        return self.balance(Account.BEING_ASKED_ABOUT, pot)

    def spent(self, reference: str = "care") -> Money:
        """Return what the books say was spent on a line, in all its years."""
        view = self.world.line_of(self.budget_id, reference)
        years = [year.year for year in view.years]
        return sum((self.world.line_position(view, year).spent for year in years), from_pence(0))

    def ask(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer a query that needs no actor."""
        with self.world.service.unit(self.world.auditor) as uow:
            return query(uow.session, *args, **kwargs)

    def assert_sound(self) -> None:
        """Fail with the first identity that does not hold, the sixth included."""
        with self.world.service.unit(self.world.auditor) as uow:
            results = [*identities.verify(uow.session), *reconcile.verify(uow.session)]
        assert {6} <= {result.number for result in results}
        assert [result for result in results if result.first_breach] == []


def usual_lines() -> list[LineDraft]:
    """Return care and equipment by direct payment, care by a third party, and a notional service."""
    return [
        stated("care", "3000.00", shares=SHARED),
        stated("kit", "500.00", category="EQUIPMENT", words="Grab rails"),
        stated("agency", "2000.00", pot="tp"),
        stated("nurse", "1000.00", pot="np", category="NURSING", words="Nurse visits", shares=SHARED),
    ]
