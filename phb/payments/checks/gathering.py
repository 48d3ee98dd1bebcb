"""Gather what the checklist looks at: as many queries for one payment as for a whole run."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from moneyed import Money
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from phb.budget.kinds import ManagementType
from phb.core.money import from_pence
from phb.core.period import add_months
from phb.governance import policy
from phb.governance.policies import ReviewPolicy
from phb.ledger.queries import still_to_pay_out_of
from phb.payments.agreed import AgreedPot, ServiceMoney, services_of_pots
from phb.payments.checks.models import PaymentHold
from phb.payments.checks.receivers import Receivers, trading
from phb.payments.checks.rules import AccountFacts, HoldFacts, PaymentFacts, PlanFacts, ServiceFacts
from phb.payments.kinds import AccountUse, HoldKind, SubjectKind
from phb.payments.payees.models import BankAccount, Payee
from phb.payments.payees.queries import accounts_in_use
from phb.payments.runs.models import Instruction, PaymentRun
from phb.payments.schedules.models import Instalment
from phb.payments.workflow import InstructionState
from phb.people.standing.queries import consents_in_force, excluded_people

FIRST_VERSION = 1
OfYear = tuple[UUID, int]  # a pot and a financial year


@dataclass(frozen=True)
class Asked:
    """An instalment, its pot, and whether its money is in payment already, so that no more is asked of the pot."""

    pot: AgreedPot
    instalment: Instalment
    is_reissue: bool = False

    @property
    def of_year(self) -> OfYear:
        """The pot and the year that the money comes from."""
        return self.instalment.pot_id, self.instalment.year


@dataclass(frozen=True)
class _Gathered:
    """What was read for some instalments, each by its own key."""

    on: date
    payees: Mapping[UUID, Payee]
    accounts: Mapping[UUID, BankAccount]
    receivers: Receivers
    excluded: Collection[UUID]
    consented: Collection[UUID]
    planned: Mapping[OfYear, Collection[UUID]]
    left: Mapping[OfYear, Money]
    in_runs: Mapping[OfYear, Mapping[UUID, Money]]
    services: Mapping[OfYear, Sequence[ServiceMoney]]
    holds: Mapping[UUID, Sequence[PaymentHold]]
    first_paid: Mapping[UUID, date]
    first_review_months: int

    def facts(self, asked: Asked) -> PaymentFacts:
        """Return what the checklist looks at for one of them."""
        pot, instalment = asked.pot, asked.instalment
        payee, account = self.payees[instalment.payee_id], self.accounts.get(instalment.payee_id)
        services = self.services.get(asked.of_year, ())
        return PaymentFacts(
            on=self.on,
            payee_acts=self.receivers.may(payee, pot),
            payee_excluded=payee.acting_person_id in self.excluded,
            account=self._account(account, asked) if account else None,
            holds=[
                HoldFacts(HoldKind(hold.kind), hold.start_on, hold.reason)
                for hold in self.holds.get(pot.budget_id, ())
                if hold.pot_id in {None, pot.pot_id}
            ],
            plan=PlanFacts(
                management=pot.management,
                is_agreed=pot.is_active,
                period=pot.period,
                covers=instalment.period,
                amount=instalment.amount,
                still_to_pay=instalment.amount if asked.is_reissue else self._still_to_pay(asked),
                services=[ServiceFacts(service.cost, service.allocated) for service in services],
                consented=pot.person_id in self.consented,
                excluded=pot.person_id in self.excluded,
                review_due_on=self._review_due_on(pot),
            ),
        )

    def _account(self, account: BankAccount, asked: Asked) -> AccountFacts:
        only = not set(self.planned.get(asked.of_year, ())) - {asked.instalment.id}
        return AccountFacts(AccountUse(account.use), is_approved=account.approved_by is not None, is_only_payment=only)

    def _still_to_pay(self, asked: Asked) -> Money:
        """Return what the pot may still pay out, less what runs not yet released will pay of it."""
        others = self.in_runs.get(asked.of_year, {})
        taken = (amount for instalment_id, amount in others.items() if instalment_id != asked.instalment.id)
        return self.left.get(asked.of_year, from_pence(0)) - sum(taken, from_pence(0))

    def _review_due_on(self, pot: AgreedPot) -> date | None:
        """Return when a direct payment's next review is due: as the plan says.

        Before a first review has made a new version of the plan, that is no later than the policy's months after the
        first payment. Source: SI 2013/1617 reg 14.
        """
        if pot.management is not ManagementType.DIRECT_PAYMENT:
            return None
        first = self.first_paid.get(pot.budget_id)
        if first is None or pot.plan_version > FIRST_VERSION:
            return pot.review_on
        return min(pot.review_on, add_months(first, self.first_review_months))


def facts_of_instalments(session: Session, asked: Sequence[Asked], on: date) -> list[PaymentFacts]:
    """Return what the checklist looks at for instalments that are to arrive on a day, in their order."""
    if not asked:
        return []
    gathered = _gather(session, asked, on)
    return [gathered.facts(one) for one in asked]


def facts_of_instalment(
    session: Session, pot: AgreedPot, instalment: Instalment, on: date, *, is_reissue: bool = False
) -> PaymentFacts:
    """Return what the checklist looks at for one instalment; see facts_of_instalments()."""
    return facts_of_instalments(session, [Asked(pot, instalment, is_reissue)], on)[0]


def facts_of_invoices(session: Session, instructions: Sequence[Instruction], on: date) -> list[PaymentFacts]:
    """Return what the checklist looks at for accepted invoices, in their order: who is paid, and where."""
    payees = _payees(session, {row.payee_id for row in instructions})
    accounts = accounts_in_use(session, payees.keys())
    organisation_ids = [payee.organisation_id for payee in payees.values() if payee.organisation_id is not None]
    there = trading(session, organisation_ids, on)
    facts = {
        payee_id: AccountFacts(AccountUse(account.use), is_approved=False, is_only_payment=False)
        for payee_id, account in accounts.items()
    }
    return [
        PaymentFacts(
            on=on,
            payee_acts=payees[row.payee_id].organisation_id in there,
            payee_excluded=False,
            account=facts.get(row.payee_id),
        )
        for row in instructions
    ]


def _gather(session: Session, asked: Sequence[Asked], on: date) -> _Gathered:
    pots = {one.pot.pot_id: one.pot for one in asked}
    person_ids = {pot.person_id for pot in pots.values()}
    budget_ids = {pot.budget_id for pot in pots.values()}
    payees = _payees(session, {one.instalment.payee_id for one in asked})
    acting_ids = {payee.acting_person_id for payee in payees.values() if payee.acting_person_id is not None}
    return _Gathered(
        on=on,
        payees=payees,
        accounts=accounts_in_use(session, payees.keys()),
        receivers=Receivers.on(session, list(payees.values()), person_ids, on),
        excluded=excluded_people(session, person_ids | acting_ids, on),
        consented=consents_in_force(session, person_ids, on).keys(),
        planned=_planned(session, pots.keys()),
        left=still_to_pay_out_of(session, pots.keys()),
        in_runs=_in_runs(session, pots.keys()),
        services=services_of_pots(session, pots.keys()),
        holds=_holds(session, budget_ids, on),
        first_paid=_first_paid(session, budget_ids),
        first_review_months=policy.read(session, ReviewPolicy, on).first_within_months,
    )


def _payees(session: Session, payee_ids: Collection[UUID]) -> dict[UUID, Payee]:
    return {row.id: row for row in session.scalars(select(Payee).where(Payee.id.in_(payee_ids)))}


def _planned(session: Session, pot_ids: Collection[UUID]) -> Mapping[OfYear, Collection[UUID]]:
    """Return the instalments of each pot and year that have not ended."""
    row = Instalment
    query = select(row.pot_id, row.year, row.id).where(row.pot_id.in_(pot_ids), row.ended.is_(None))
    found: defaultdict[OfYear, set[UUID]] = defaultdict(set)
    for pot_id, year, instalment_id in session.execute(query):
        found[pot_id, year].add(instalment_id)
    return found


def _in_runs(session: Session, pot_ids: Collection[UUID]) -> Mapping[OfYear, Mapping[UUID, Money]]:
    """Return what runs that are not released yet will pay of each pot and year, by instalment."""
    row = Instalment
    query = (
        select(row.pot_id, row.year, row.id, row.amount)
        .join(Instruction, Instruction.subject_id == row.id)
        .where(
            Instruction.subject_kind == SubjectKind.INSTALMENT,
            Instruction.state == InstructionState.IN_RUN,
            row.pot_id.in_(pot_ids),
        )
    )
    found: defaultdict[OfYear, dict[UUID, Money]] = defaultdict(dict)
    for pot_id, year, instalment_id, amount in session.execute(query):
        found[pot_id, year][instalment_id] = amount
    return found


def _holds(session: Session, budget_ids: Collection[UUID], on: date) -> Mapping[UUID, Sequence[PaymentHold]]:
    row = PaymentHold
    in_force = (row.start_on <= on) & or_(row.end_on.is_(None), row.end_on > on)
    found: defaultdict[UUID, list[PaymentHold]] = defaultdict(list)
    for hold in session.scalars(
        select(row).where(row.budget_id.in_(budget_ids), in_force).order_by(row.start_on, row.id)
    ):
        found[hold.budget_id].append(hold)
    return found


def _first_paid(session: Session, budget_ids: Collection[UUID]) -> Mapping[UUID, date]:
    """Return the day on which each budget was first paid anything that left."""
    rows = session.execute(
        select(Instruction.budget_id, func.min(PaymentRun.entry_on))
        .join(PaymentRun, PaymentRun.id == Instruction.run_id)
        .where(Instruction.budget_id.in_(budget_ids), PaymentRun.released_by.is_not(None))
        .group_by(Instruction.budget_id)
    )
    return {budget_id: first for budget_id, first in rows if budget_id is not None}
