"""A commissioner that pays: keys, a paying account, a holder with confirmed details, three people for a run."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from moneyed import Money

from phb.budget.plans.draft import LineDraft
from phb.core.actor import Role
from phb.core.money import pounds
from phb.core.period import financial_year
from phb.ledger.chart import Account
from phb.ledger.queries import PayOut, balance_of, pay_out_of
from phb.payments.kinds import AccountUse, PayeeKind
from phb.payments.payees.details import BankDetails
from phb.payments.payees.operations import (
    add_payee,
    approve_bank_account,
    confirm_bank_account,
    propose_bank_account,
)
from phb.payments.payees.paying import confirm_paying_account, propose_paying_account
from phb.payments.runs import following, queries
from phb.payments.runs.models import Instruction, PaymentRun
from phb.payments.runs.operations import approve_run, assemble_run, export_run, release_run
from phb.payments.schedules.models import Instalment
from phb.payments.schedules.operations import Planned, Terms, plan_schedule
from phb.people.calendars.operations import put_national_calendar
from phb.people.standing.operations import record_consent
from tests.budget.conftest import World, stated

YEAR = financial_year(2026)
DETAILS = BankDetails("08-99-99", "66374958", "A Example")
OTHER_DETAILS = BankDetails("10-79-99", "88837491", "A Example")
OWN_DETAILS = BankDetails("20-29-59", "63748472", "NORTHVALE ICB")


@dataclass
class Paying:
    """A budget world with everybody and everything that paying needs."""

    world: World
    payee_id: UUID = field(init=False)

    def __post_init__(self) -> None:
        """Hire, import the calendar, record consent, and confirm the accounts on both sides."""
        staff = self.world.service.staff
        self.clerk, self.checker = staff(Role.FINANCE_OFFICER), staff(Role.FINANCE_OFFICER)
        self.approver, self.releaser = staff(Role.APPROVER), staff(Role.PAYMENTS_RELEASER)
        self.do(self.world.administrator, put_national_calendar)
        self.do(
            self.world.coordinator,
            record_consent,
            self.world.person_id,
            given_on=date(2026, 3, 1),
            how_recorded="Signed form seen",
        )
        own = self.do(self.clerk, propose_paying_account, OWN_DETAILS, service_user_number="123456").row
        self.do(self.checker, confirm_paying_account, own.id)
        self.payee_id = self.payee(PayeeKind.HOLDER, person_id=self.world.person_id)
        self.account(self.payee_id)

    @property
    def do(self) -> Any:
        """Do one operation as an actor in a unit of its own."""
        return self.world.do

    @property
    def ask(self) -> Any:
        """Answer a query as an actor."""
        return self.world.ask

    def payee(self, kind: PayeeKind, **party: UUID) -> UUID:
        """Add a payee without an account."""
        payee_id: UUID = self.do(self.clerk, add_payee, kind, reference=f"P-{uuid4().hex[:8]}", **party).row.id
        return payee_id

    def account(
        self, payee_id: UUID, details: BankDetails = DETAILS, *, use: AccountUse = AccountUse.DEDICATED
    ) -> UUID:
        """Propose bank details, confirm them, and approve them where they are for a dedicated account."""
        account_id: UUID = self.do(self.clerk, propose_bank_account, payee_id, details, use=use).row.id
        self.do(self.checker, confirm_bank_account, account_id)
        if use is AccountUse.DEDICATED:
            self.do(self.checker, approve_bank_account, account_id, evidence="Statement of an empty account seen")
        return account_id

    def provider(self) -> UUID:
        """Add the provider as a payee with a confirmed account."""
        payee_id = self.payee(PayeeKind.PROVIDER, organisation_id=self.world.provider_id)
        self.account(payee_id, OTHER_DETAILS, use=AccountUse.ORGANISATION)
        return payee_id

    def pot(self, *lines: LineDraft, **changes: Any) -> UUID:
        """Return the first pot of a budget made active: £5,200.00 by direct payment unless lines are given."""
        budget_id = self.world.active(*(lines or (stated("care", "5200.00"),)), **changes)
        pot_id: UUID = self.world.plan_of(budget_id).pots[0].id
        return pot_id

    def plan(self, pot_id: UUID, *, payee_id: UUID | None = None, **terms: Any) -> Planned:
        """Plan a pot's instalments for 2026/27."""
        planned: Planned = self.do(
            self.clerk,
            plan_schedule,
            pot_id,
            payee_id=payee_id or self.payee_id,
            year=2026,
            terms=Terms(**terms),
        )
        return planned

    def paid_plan(self) -> tuple[UUID, Sequence[Instalment]]:
        """Return a pot and its thirteen instalments of £400.00, the first due on 1 April."""
        pot_id = self.pot()
        return pot_id, self.plan(pot_id).instalments

    def assembled(self, entry_on: date = date(2026, 4, 8), **options: date) -> PaymentRun:
        """Assemble a run."""
        run: PaymentRun = self.do(self.clerk, assemble_run, entry_on=entry_on, **options)
        return run

    def released(self, entry_on: date = date(2026, 4, 8)) -> PaymentRun:
        """Assemble, approve and release a run."""
        run = self.assembled(entry_on)
        self.do(self.approver, approve_run, run.id)
        released: PaymentRun = self.do(self.releaser, release_run, run.id)
        return released

    def exported(self, entry_on: date = date(2026, 4, 8)) -> PaymentRun:
        """Release a run and write it for the bank."""
        run = self.released(entry_on)
        self.do(self.releaser, export_run, run.id)
        return run

    def settled(self, entry_on: date = date(2026, 4, 8)) -> PaymentRun:
        """Export a run and let its entry day come."""
        run = self.exported(entry_on)
        self.world.on(entry_on)
        self.do(self.clerk, following.settle_due, entry_on)
        return run

    def payments(self, run: PaymentRun) -> list[Instruction]:
        """Return the payments of a run as they now stand."""
        view: queries.RunView = self.ask(self.clerk, queries.run_view, run.id)
        return [item.instruction for item in view.items]

    def returned(self, run: PaymentRun) -> Instruction:
        """Record that the first payment of a run came back today."""
        row: Instruction = self.do(
            self.clerk,
            following.return_payment,
            self.payments(run)[0].id,
            returned_on=self.world.service.today,
            reason="Account closed",
        )
        return row

    def reissue_requested(self, run: PaymentRun) -> Instruction:
        """Ask for the first payment of a run, which came back today, to be sent again."""
        row: Instruction = self.do(
            self.clerk, following.reissue_payment, self.returned(run).id, reason="The account is open again"
        )
        return row

    def given_up(self, run: PaymentRun) -> Instruction:
        """Give up the first payment of a run, which came back today."""
        row: Instruction = self.do(
            self.approver, following.give_up_payment, self.returned(run).id, reason="Not sent again"
        )
        return row

    def pay_out(self, pot_id: UUID) -> PayOut:
        """Return where the paying out of a pot stands."""
        with self.world.service.unit(self.clerk) as uow:
            return pay_out_of(uow.session, pot_id, 2026)

    def balance(self, account: Account) -> Money:
        """Return the balance of an account."""
        with self.world.service.unit(self.clerk) as uow:
            return balance_of(uow.session, account)

    def assert_sound(self) -> None:
        """Fail with the first identity of the books that does not hold."""
        self.world.assert_sound()


def amounts(rows: Sequence[Instalment]) -> list[Money]:
    """Return what instalments come to, one by one."""
    return [row.amount for row in rows]


def money(text: str) -> Money:
    """Return pounds."""
    return pounds(text)
