"""A budget in three pots, lived from April to June 2026 through the operations, and its statement."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest
from moneyed import Money
from sqlalchemy.orm import Session, sessionmaker

from phb.budget.commitments.draft import NewCommitment
from phb.budget.commitments.operations import raise_commitment
from phb.budget.kinds import CommitmentKind
from phb.core.actor import Actor
from phb.core.money import pounds
from phb.core.period import Period
from phb.ledger.chart import Account
from phb.payments.kinds import AccountUse, PayeeKind
from phb.spending.invoices.draft import NewInvoice, NewInvoiceLine
from phb.spending.invoices.models import ProviderInvoice
from phb.spending.invoices.operations import accept_invoice
from phb.spending.records.decisions import accept_after_all, put_back
from phb.statements import queries
from phb.statements.statement import Statement
from tests.budget.conftest import World, dates, stated
from tests.payments.conftest import Paying
from tests.people.conftest import Service
from tests.spending.conftest import SHARED, Spender

APRIL, MAY, JUNE = (
    dates("2026-04-01", "2026-04-30"),
    dates("2026-05-01", "2026-05-31"),
    dates("2026-06-01", "2026-06-30"),
)
SPRING = dates("2026-04-01", "2026-06-30")
FIRST_OF_JULY = date(2026, 7, 1)


@dataclass
class Teller:
    """One budget, what happens to it, and what its statements say."""

    paying: Paying
    spender: Spender

    @property
    def world(self) -> World:
        """The commissioner and everybody in it."""
        return self.paying.world

    def tell(self, period: Period, actor: Actor | None = None) -> Statement:
        """Return the statement of a period as somebody reads it today, the auditor unless another is given."""
        reader = actor or self.world.auditor
        today = self.world.service.today
        return self.world.ask(reader, queries.statement, self.spender.budget_id, period, issued_on=today)

    def balance(self, account: Account, pot: str, as_of: date) -> Money:
        """Return the balance of an account of a pot by the books."""
        return self.spender.balance(account, pot, as_of=as_of)

    def invoice(self, amount: str, covers: Period, order_id: UUID) -> ProviderInvoice:
        """Accept the provider's invoice for what was ordered of the nurse."""
        line_id = self.spender.line_id("nurse")
        line = NewInvoiceLine(line_id, pounds(amount), covers, "Nurse visits", commitment_id=order_id)
        new = NewInvoice(self.world.provider_id, "INV-1", covers.last_day, (line,))
        return self.world.do(self.world.finance, accept_invoice, self.spender.budget_id, new).row

    def order(self, amount: str) -> UUID:
        """Order nurse visits for the year."""
        new = NewCommitment(
            "ORD-1",
            CommitmentKind.ORDER,
            pounds(amount),
            dates("2026-04-01", "2027-03-31"),
            "Visits",
            provider_id=self.world.provider_id,
        )
        return self.world.do(self.world.coordinator, raise_commitment, self.spender.line_id("nurse"), new).row.id


def _begin(sessions: sessionmaker[Session]) -> Teller:
    paying = Paying(World(Service(sessions)))
    lines = (
        stated("care", "5200.00", shares=SHARED),
        stated("agency", "1300.00", pot="tp", outcome="company"),
        stated("nurse", "1000.00", pot="np", category="NURSING", words="Nurse visits", shares=SHARED),
    )
    teller = Teller(paying, Spender(paying.world, paying.world.active(*lines)))
    third = paying.payee(PayeeKind.THIRD_PARTY, organisation_id=paying.world.third_party_id)
    paying.account(third, use=AccountUse.ORGANISATION)
    paying.plan(teller.spender.pot_id("dp"))
    paying.plan(teller.spender.pot_id("tp"), payee_id=third)
    return teller


def _live(teller: Teller) -> Teller:
    world, spender = teller.world, teller.spender
    order_id = teller.order("600.00")
    for payday in (date(2026, 4, 8), date(2026, 4, 29)):
        teller.paying.settled(payday)
        world.on(payday)
    world.on(date(2026, 5, 20))
    spender.spend("100.00", spent_on=date(2026, 5, 5))
    asked = spender.spend("30.00", spent_on=date(2026, 5, 6), category="ALCOHOL", words="Two bottles")
    world.do(world.holder, put_back, asked.id, put_back_on=world.service.today, reason="A mistake")
    taxi = spender.spend("50.00", spent_on=date(2026, 5, 7), category="TRANSPORT", words="A taxi")
    spender.put(world.finance, "80.00", line="agency", spent_on=date(2026, 5, 12))
    teller.paying.settled(date(2026, 5, 27))
    world.on(date(2026, 6, 10))
    world.do(world.finance, accept_after_all, taxi.id, reason="To the day centre, which the plan is for")
    teller.invoice("150.00", MAY, order_id)
    world.on(FIRST_OF_JULY)
    return teller


@pytest.fixture
def teller(vault_sessions: sessionmaker[Session]) -> Iterator[Teller]:
    """Return £5,200.00 of care by direct payment, £1,300.00 by a third party and £1,000.00 of nursing held notionally.

    Both accounts are paid by thirteen instalments; the identities are checked when the test ends.
    """
    teller = _begin(vault_sessions)
    yield teller
    teller.spender.assert_sound()


@pytest.fixture
def lived(teller: Teller) -> Teller:
    """Return the budget after its spring, on 1 July 2026.

    8 April: instalments 1 of £400.00 and £100.00 settle. 29 April: instalments 2. 27 May: instalments 3.
    5 May: £100.00 spent on care. 6 May: £30.00 asked about, put back on 20 May. 7 May: £50.00 asked about, accepted on
    10 June. 12 May: the third party spends £80.00. An order of £600.00 for the nurse; £150.00 of it invoiced for May.
    """
    return _live(teller)


@pytest.fixture(scope="module")
def spring(vault_sessions: sessionmaker[Session]) -> Teller:
    """Return the same, lived once for the tests of a module that read and change nothing."""
    return _live(_begin(vault_sessions))
