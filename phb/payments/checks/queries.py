"""Gather what the checklist looks at, and read holds."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from moneyed import Money
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from phb.budget.kinds import ManagementType
from phb.core.actor import Actor
from phb.core.errors import NotFoundError
from phb.core.money import from_pence
from phb.core.period import add_months
from phb.governance import policy
from phb.governance.policies import ReviewPolicy
from phb.ledger.queries import pay_out_of
from phb.payments.agreed import AgreedPot, services_of
from phb.payments.checks.models import PaymentHold
from phb.payments.checks.rules import AccountFacts, HoldFacts, PaymentFacts, PlanFacts, ServiceFacts
from phb.payments.kinds import AccountUse, HoldKind, PayeeKind, SubjectKind
from phb.payments.payees.models import BankAccount, Payee
from phb.payments.payees.queries import account_in_use
from phb.payments.runs.models import Instruction, PaymentRun
from phb.payments.schedules.models import Instalment
from phb.payments.workflow import InstructionState
from phb.people.kinds import RelationKind, Scope
from phb.people.models import Organisation, Person
from phb.people.queries import relations_in_force, visible_person_ids
from phb.people.standing.queries import consent_in_force, exclusion_in_force

KINDS_OF_POT = {
    ManagementType.DIRECT_PAYMENT: frozenset(
        {PayeeKind.HOLDER, PayeeKind.REPRESENTATIVE, PayeeKind.NOMINEE, PayeeKind.MANAGED_ACCOUNT}
    ),
    ManagementType.THIRD_PARTY: frozenset({PayeeKind.THIRD_PARTY}),
    ManagementType.NOTIONAL: frozenset[PayeeKind](),
}
FIRST_VERSION = 1


class HoldNotFoundError(NotFoundError):
    """There is no such hold, or its budget is not the actor's to know of."""

    code = "hold-not-found"


def visible_holds(actor: Actor, on: date) -> Select[PaymentHold]:
    """Select the holds of budgets an actor may see on a day."""
    people = visible_person_ids(actor, on, Scope.BUDGET)
    return select(PaymentHold).where(
        PaymentHold.commissioner_id == actor.commissioner_id, PaymentHold.person_id.in_(people)
    )


def hold_for_update(session: Session, actor: Actor, hold_id: UUID, on: date) -> PaymentHold:
    """Return a hold, locked until the unit of work ends.

    Raises:
        HoldNotFoundError: absent, or not the actor's to know of.
    """
    query = visible_holds(actor, on).where(PaymentHold.id == hold_id).with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise HoldNotFoundError("There is no such hold. Look it up with its budget.")
    return found


def holds_in_force(session: Session, budget_id: UUID, pot_id: UUID | None, on: date) -> Sequence[PaymentHold]:
    """Return what stops the paying of a budget, or of one of its pots, on a day; for rules, so without an actor."""
    hold = PaymentHold
    query = select(hold).where(
        hold.budget_id == budget_id,
        or_(hold.pot_id.is_(None), hold.pot_id == pot_id),
        hold.start_on <= on,
        or_(hold.end_on.is_(None), hold.end_on > on),
    )
    return session.scalars(query.order_by(hold.start_on, hold.id)).all()


def facts_of_instalment(
    session: Session,
    pot: AgreedPot,
    instalment: Instalment,
    on: date,
    *,
    is_reissue: bool = False,
    beside: Money | None = None,
) -> PaymentFacts:
    """Return what the checklist looks at for an instalment that is to arrive on a day.

    Args:
        session: the commissioner's.
        pot: the instalment's.
        instalment: what is to be paid.
        on: the entry day.
        is_reissue: the money is in payment already, so that nothing more is asked of the pot.
        beside: what is about to be taken of the same pot and year.
    """
    payee = session.get_one(Payee, (instalment.commissioner_id, instalment.payee_id))
    account = account_in_use(session, payee.id)
    left = instalment.amount if is_reissue else _still_to_pay(session, instalment, beside or from_pence(0))
    return PaymentFacts(
        on=on,
        payee_acts=acts_for(session, payee, pot, on),
        payee_excluded=_acting_person_excluded(session, payee, on),
        account=_account(session, account, instalment) if account else None,
        holds=_holds(session, pot.budget_id, pot.pot_id, on),
        plan=PlanFacts(
            management=pot.management,
            is_agreed=pot.is_active,
            period=pot.period,
            covers=instalment.period,
            amount=instalment.amount,
            still_to_pay=left,
            services=[ServiceFacts(s.cost, s.allocated) for s in services_of(session, pot, instalment.year)],
            consented=consent_in_force(session, pot.person_id, on) is not None,
            excluded=exclusion_in_force(session, pot.person_id, on) is not None,
            review_due_on=review_due_on(session, pot, on),
        ),
    )


def facts_of_invoice(session: Session, instruction: Instruction, on: date) -> PaymentFacts:
    """Return what the checklist looks at for an accepted invoice: who is paid, and where."""
    payee = session.get_one(Payee, (instruction.commissioner_id, instruction.payee_id))
    account = account_in_use(session, payee.id)
    trades = payee.organisation_id is not None and trades_on(session, payee.organisation_id, on)
    facts = AccountFacts(AccountUse(account.use), is_approved=False, is_only_payment=False) if account else None
    return PaymentFacts(on=on, payee_acts=trades, payee_excluded=False, account=facts)


def acts_for(session: Session, payee: Payee, pot: AgreedPot, on: date) -> bool:
    """Say whether a payee may receive the money of a pot on a day."""
    kind = PayeeKind(payee.kind)
    if kind not in KINDS_OF_POT[pot.management] or payee.person_id not in {None, pot.person_id}:
        return False
    if kind is PayeeKind.HOLDER:
        return _lives(session, pot.person_id, on)
    if payee.organisation_id is not None and not trades_on(session, payee.organisation_id, on):
        return False
    if kind is PayeeKind.THIRD_PARTY:
        return payee.organisation_id == pot.organisation_id
    if kind is PayeeKind.MANAGED_ACCOUNT:
        return True
    party = (payee.acting_person_id, payee.organisation_id)
    acting = relations_in_force(session, pot.person_id, RelationKind(kind.value), on)
    return any((relation.acting_person_id, relation.organisation_id) == party for relation in acting)


def review_due_on(session: Session, pot: AgreedPot, on: date) -> date | None:
    """Return when a direct payment's next review is due: as the plan says.

    Before a first review has made a new version of the plan, that is no later than the policy's months after the
    first payment. Source: SI 2013/1617 reg 14.
    """
    if pot.management is not ManagementType.DIRECT_PAYMENT:
        return None
    first = session.scalar(
        select(func.min(PaymentRun.entry_on))
        .join(Instruction, Instruction.run_id == PaymentRun.id)
        .where(Instruction.budget_id == pot.budget_id, PaymentRun.released_by.is_not(None))
    )
    if first is None or pot.plan_version > FIRST_VERSION:
        return pot.review_on
    return min(pot.review_on, add_months(first, policy.read(session, ReviewPolicy, on).first_within_months))


def trades_on(session: Session, organisation_id: UUID, on: date) -> bool:
    """Say whether an organisation is there on a day."""
    row = Organisation
    running = (row.start_on <= on) & or_(row.end_on.is_(None), row.end_on > on)
    return session.scalar(select(row.id).where(row.id == organisation_id, running)) is not None


def _lives(session: Session, person_id: UUID, on: date) -> bool:
    died_on = session.scalar(select(Person.died_on).where(Person.id == person_id))
    return died_on is None or died_on > on


def _acting_person_excluded(session: Session, payee: Payee, on: date) -> bool:
    acting = payee.acting_person_id
    return acting is not None and exclusion_in_force(session, acting, on) is not None


def _account(session: Session, account: BankAccount, instalment: Instalment) -> AccountFacts:
    row = Instalment
    others = select(func.count()).where(
        row.pot_id == instalment.pot_id, row.year == instalment.year, row.ended.is_(None), row.id != instalment.id
    )
    only = session.scalar(others) == 0
    return AccountFacts(AccountUse(account.use), is_approved=account.approved_by is not None, is_only_payment=only)


def _holds(session: Session, budget_id: UUID, pot_id: UUID, on: date) -> list[HoldFacts]:
    return [
        HoldFacts(HoldKind(row.kind), row.start_on, row.reason)
        for row in holds_in_force(session, budget_id, pot_id, on)
    ]


def _still_to_pay(session: Session, instalment: Instalment, beside: Money) -> Money:
    """Return what the pot may still pay out, less what runs not yet released will pay of it."""
    left = pay_out_of(session, instalment.pot_id, instalment.year).still_to_pay_out
    in_runs = session.scalars(
        select(Instalment.amount)
        .join(Instruction, Instruction.subject_id == Instalment.id)
        .where(
            Instruction.subject_kind == SubjectKind.INSTALMENT,
            Instruction.state == InstructionState.IN_RUN,
            Instalment.pot_id == instalment.pot_id,
            Instalment.year == instalment.year,
            Instalment.id != instalment.id,
        )
    )
    return left - beside - sum(in_runs, from_pence(0))
