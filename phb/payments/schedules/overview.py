"""How one pot is paid out, as people read it: each year, its plans, and day by day what became of each instalment."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from moneyed import Money
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from phb.budget.queries import references_of
from phb.core.actor import Actor
from phb.core.period import financial_year_of
from phb.ledger.queries import PayOut, pay_out_of
from phb.payments.agreed import AgreedPot, agreed_pot
from phb.payments.checks.receivers import KINDS_OF_POT
from phb.payments.kinds import PayeeKind, SubjectKind
from phb.payments.payees.models import Payee
from phb.payments.payees.names import Called, called, payee_names
from phb.payments.payees.queries import visible_payees
from phb.payments.runs.models import Instruction
from phb.payments.schedules import queries
from phb.payments.schedules.models import Instalment, InstalmentSchedule
from phb.payments.workflow import InstructionState
from phb.people.users.queries import names_of

PLANNED = "planned"


@dataclass(frozen=True)
class InstalmentLine:
    """An instalment and its payment, where a run has taken it or let it go."""

    instalment: Instalment
    payment: Instruction | None

    @property
    def state(self) -> str:
        """Where it stands: why it ended, where its payment stands, or planned."""
        return self.instalment.ended or (self.payment.state if self.payment else PLANNED)


@dataclass(frozen=True)
class PlanOfPot:
    """One schedule with its instalments in order."""

    schedule: InstalmentSchedule
    lines: Sequence[InstalmentLine]


@dataclass(frozen=True)
class YearOfPot:
    """One financial year of a pot: where its paying out stands, what is planned and not sent, and its plans."""

    year: int
    pay_out: PayOut
    planned: Money
    in_runs: Money
    plans: Sequence[PlanOfPot]

    @property
    def not_planned(self) -> Money:
        """What is still to pay out and in no plan and no run."""
        return self.not_sent - self.planned

    @property
    def not_sent(self) -> Money:
        """What is still to pay out and in no run, planned or not."""
        return self.pay_out.still_to_pay_out - self.in_runs


@dataclass(frozen=True)
class PotView:
    """A pot, its budget's reference, its years in order, who planned, and the payees that fit it with their names."""

    pot: AgreedPot
    reference: str
    called: Called
    years: Sequence[YearOfPot]
    people: Mapping[UUID, str]
    payees: Mapping[UUID, str]

    @property
    def is_paid_out(self) -> bool:
        """Whether instalments may be planned for it."""
        return self.pot.management.is_handed_over and self.pot.is_active

    @property
    def has_left(self) -> bool:
        """Whether some of it is neither sent nor planned."""
        return any(one.not_planned.amount > 0 for one in self.years)

    @property
    def has_unsent(self) -> bool:
        """Whether some instalments are planned and may be planned again."""
        lines = (line for one in self.years for plan in one.plans for line in plan.lines)
        return any(line.state == PLANNED and not line.instalment.one_off for line in lines)


def pot_view(session: Session, actor: Actor, pot_id: UUID, on: date) -> PotView:
    """Return how one pot is paid out.

    Raises:
        PotNotFoundError: absent, or not the actor's to know of.
    """
    pot = agreed_pot(session, actor, pot_id, on)
    row = InstalmentSchedule
    newest_first = queries.visible_schedules(actor, on).where(row.pot_id == pot.pot_id).order_by(row.planned_at.desc())
    schedules = session.scalars(newest_first.order_by(row.id)).all()
    first, last = (financial_year_of(day) for day in (pot.period.start_on, pot.period.last_day))
    return PotView(
        pot=pot,
        reference=references_of(session, actor, [pot.budget_id], on)[pot.budget_id],
        called=called(session, actor, schedules, on),
        years=[_year(session, pot, year, schedules) for year in range(first, last + 1)],
        people=names_of(session, actor, [schedule.planned_by for schedule in schedules]),
        payees=_payees_that_fit(session, actor, pot, on),
    )


def _year(session: Session, pot: AgreedPot, year: int, schedules: Sequence[InstalmentSchedule]) -> YearOfPot:
    of_year = [schedule for schedule in schedules if schedule.year == year]
    lines = _lines(session, [schedule.id for schedule in of_year])
    return YearOfPot(
        year=year,
        pay_out=pay_out_of(session, pot.pot_id, year),
        planned=queries.total(queries.unsent(session, pot.pot_id, year)),
        in_runs=queries.total(queries.in_unreleased_run(session, pot.pot_id, year)),
        plans=[PlanOfPot(schedule, lines[schedule.id]) for schedule in of_year],
    )


def _lines(session: Session, schedule_ids: Sequence[UUID]) -> defaultdict[UUID, list[InstalmentLine]]:
    row, payment = Instalment, Instruction
    of_it = (payment.subject_kind == SubjectKind.INSTALMENT) & (payment.subject_id == row.id)
    rows = session.execute(
        select(row, payment)
        .outerjoin(payment, of_it & (payment.state != InstructionState.CANCELLED))
        .where(row.schedule_id.in_(schedule_ids))
        .order_by(row.pay_on, row.number)
    )
    lines: defaultdict[UUID, list[InstalmentLine]] = defaultdict(list)
    for instalment, instruction in rows:
        lines[instalment.schedule_id].append(InstalmentLine(instalment, instruction))
    return lines


def _payees_that_fit(session: Session, actor: Actor, pot: AgreedPot, on: date) -> dict[UUID, str]:
    kinds = KINDS_OF_POT[pot.management]
    mine = visible_payees(actor, on).where(
        Payee.kind.in_(kinds), or_(Payee.person_id.is_(None), Payee.person_id == pot.person_id)
    )
    if PayeeKind.THIRD_PARTY in kinds:
        mine = mine.where(Payee.organisation_id == pot.organisation_id)
    ids = session.scalars(mine.order_by(Payee.reference).with_only_columns(Payee.id)).all()
    names = payee_names(session, actor, ids, on)
    return {payee_id: names[payee_id] for payee_id in ids}
