"""Plan how a pot is paid out, and plan again what is not yet sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from moneyed import Money
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from phb.core.actor import Actor, Permission
from phb.core.errors import ConflictError, RuleViolationError
from phb.core.money import from_pence
from phb.core.period import Period, financial_year, financial_year_of
from phb.core.uow import UnitOfWork
from phb.governance import audit, policy
from phb.governance.policies import InstalmentPolicy, Rhythm
from phb.governance.workflow import ReasonNeededError
from phb.ledger.queries import pay_out_of
from phb.payments.agreed import AgreedPot, agreed_pot
from phb.payments.checks.receivers import KINDS_OF_POT
from phb.payments.kinds import ONCE, Ended, PayeeKind, SubjectKind
from phb.payments.payees.models import Payee
from phb.payments.payees.queries import payee as visible_payee
from phb.payments.runs.models import Instruction
from phb.payments.schedules import queries, rules
from phb.payments.schedules.models import Instalment, InstalmentSchedule, as_range
from phb.payments.schedules.rules import Payday, PlannedInstalment
from phb.payments.workflow import INSTRUCTION, InstructionState
from phb.people.calendars.queries import holidays
from phb.people.saving import save

LOCK_POT = text("SELECT pg_advisory_xact_lock(hashtextextended('instalments' || :pot_id, 0))")


class PotNotPaidOutError(RuleViolationError):
    """The commissioner holds the pot's money, or its budget is not active, so nothing is paid out of it."""

    code = "pot-not-paid-out"


class PayeeDoesNotFitError(RuleViolationError):
    """The payee is none for this pot."""

    code = "payee-does-not-fit"


class DaysUnclearError(RuleViolationError):
    """Only one end of a schedule's days is given."""

    code = "days-unclear"


class PlannedAlreadyError(ConflictError):
    """Instalments are planned for these days."""

    code = "planned-already"
    stops_duplicate = True


@dataclass(frozen=True)
class Terms:
    """How a schedule is paid: what is left out follows the commissioner's policy, or the pot.

    `days` are those paid for, of one financial year; `total` what is paid for them.
    """

    days: Period | None = None
    total: Money | None = None
    rhythm: Rhythm | None = None
    in_advance: bool | None = None


@dataclass(frozen=True)
class Recipient:
    """A pot to pay out and who is paid."""

    pot: AgreedPot
    payee: Payee


@dataclass(frozen=True)
class Planned:
    """A schedule and its instalments in order."""

    schedule: InstalmentSchedule
    instalments: Sequence[Instalment]


def plan_schedule(
    uow: UnitOfWork, pot_id: UUID, *, payee_id: UUID, year: int, terms: Terms = Terms(), reason: str = "As agreed"
) -> Planned:
    """Plan the instalments of a pot that was handed over, for one financial year.

    Args:
        uow: who plans.
        pot_id: a direct payment or third-party pot of an active budget.
        payee_id: who is paid.
        year: the financial year whose money it is.
        terms: without any, all that is still to pay out, over the plan's days of the year.
        reason: why, in words.

    Raises:
        PotNotFoundError, PayeeNotFoundError: absent, or not the actor's to know of.
        PotNotPaidOutError, PayeeDoesNotFitError: it is no pot to pay out, or no payee for it.
        SchedulePastPlanEndError, ScheduleCrossesYearError, ScheduleAmountError: the days or the sum do not fit.
        PlannedAlreadyError: some of the days are planned: plan again instead.
    """
    uow.actor.require(Permission.RUN_ASSEMBLE)
    return _plan(uow, _recipient(uow, pot_id, payee_id), year, terms, reason)


def replan_schedule(
    uow: UnitOfWork, pot_id: UUID, *, payee_id: UUID, year: int, reason: str, terms: Terms = Terms()
) -> Planned:
    """Plan again what is not yet sent of a pot and year; what is in a run or was sent stays as it is.

    Raises:
        ReasonNeededError: there is no reason.
        As plan_schedule().
    """
    uow.actor.require(Permission.RUN_ASSEMBLE)
    if not reason.strip():
        raise ReasonNeededError("Say why the instalments change: the people concerned are told.", field="reason")
    to = _recipient(uow, pot_id, payee_id)
    ended = [row for row in queries.unsent(uow.session, pot_id, year) if not row.one_off]
    for row in ended:
        _end(uow, row, Ended.REPLANNED, reason)
    uow.session.flush()
    days = terms.days or _days_left(to.pot, year, ended)
    return _plan(uow, to, year, Terms(days, terms.total, terms.rhythm, terms.in_advance), reason)


def plan_one_off(uow: UnitOfWork, pot_id: UUID, *, payee_id: UUID, amount: Money, due_on: date, reason: str) -> Planned:
    """Plan a start-up or one-off payment beside the other instalments.

    Raises:
        ReasonNeededError: nobody says what it is for.
        As plan_schedule().
    """
    uow.actor.require(Permission.RUN_ASSEMBLE)
    if not reason.strip():
        raise ReasonNeededError("Say what this payment is for.", field="reason")
    to = _recipient(uow, pot_id, payee_id)
    year = financial_year_of(due_on)
    covers = Period.of_days(due_on, due_on)
    rules.refuse_outside(covers, to.pot.period)
    rules.refuse_beyond(amount, _left(uow, pot_id, year))
    payday = Payday(in_advance=True, non_working_day=_policy(uow, due_on).non_working_day, holidays=_holidays(uow))
    dated = rules.planned(amount, [covers], payday)
    schedule = _schedule(uow, to, covers, amount, reason=reason, rhythm=ONCE, in_advance=True)
    return _store(uow, schedule, dated, one_off=True)


def days_between(first_day: date | None, last_day: date | None) -> Period | None:
    """Return the days of a schedule, both included, or None where the plan's own are meant.

    Raises:
        DaysUnclearError: one of the two is missing.
        DatesWrongWayRoundError: the last day is before the first.
    """
    if first_day is None and last_day is None:
        return None
    if first_day is None or last_day is None:
        raise DaysUnclearError("Give both the first and the last day, or neither.", field="last_day")
    return Period.of_days(first_day, last_day)


def planned(session: Session, actor: Actor, schedule_id: UUID, on: date) -> Planned:
    """Return a schedule with its instalments, ended ones too.

    Raises:
        ScheduleNotFoundError: absent, or not the actor's to know of.
    """
    found = queries.schedule(session, actor, schedule_id, on)
    return Planned(found, queries.instalments_of(session, found.id))


def end_given_up(uow: UnitOfWork, instalment_id: UUID, *, reason: str) -> None:
    """Mark an instalment whose payment was given up, so that no run takes it: its money is planned again or not."""
    _end(uow, uow.session.get_one(Instalment, (uow.commissioner_id, instalment_id)), Ended.GIVEN_UP, reason)


def _plan(uow: UnitOfWork, to: Recipient, year: int, terms: Terms, reason: str) -> Planned:
    plan = to.pot.period
    days = terms.days or plan.overlap(financial_year(year)) or plan
    rules.refuse_outside(days, plan)
    if days.start_on not in financial_year(year):
        raise rules.ScheduleCrossesYearError(
            f"These days are not in the financial year {year}/{(year + 1) % 100:02}. Give days of that year.",
            field="year",
        )
    left = _left(uow, to.pot.pot_id, year)
    total = left if terms.total is None else terms.total
    rules.refuse_beyond(total, left)
    settings = _policy(uow, days.start_on)
    rhythm = terms.rhythm or settings.rhythm
    in_advance = settings.in_advance if terms.in_advance is None else terms.in_advance
    payday = Payday(in_advance, settings.non_working_day, _holidays(uow))
    dated = rules.planned(total, rules.parts(days, rhythm), payday)
    schedule = _schedule(uow, to, days, total, reason=reason, rhythm=rhythm, in_advance=in_advance)
    return _store(uow, schedule, dated, one_off=False)


def _schedule(
    uow: UnitOfWork, to: Recipient, days: Period, total: Money, *, reason: str, rhythm: str, in_advance: bool
) -> InstalmentSchedule:
    return InstalmentSchedule(
        commissioner_id=uow.commissioner_id,
        id=uuid4(),
        budget_id=to.pot.budget_id,
        pot_id=to.pot.pot_id,
        person_id=to.pot.person_id,
        payee_id=to.payee.id,
        year=financial_year_of(days.start_on),
        rhythm=rhythm,
        in_advance=in_advance,
        covers=as_range(days),
        total=total,
        reason=reason,
        planned_by=uow.actor.user_id,
        planned_at=uow.now,
    )


def _store(
    uow: UnitOfWork, schedule: InstalmentSchedule, planned: Sequence[PlannedInstalment], *, one_off: bool
) -> Planned:
    rows = [_instalment(schedule, plan, one_off=one_off) for plan in planned]
    twice = PlannedAlreadyError(
        "Instalments are planned or were sent for some of these days. Plan again what is not yet sent, or give "
        "other days.",
        field="days",
    )
    save(uow, {"ex_instalment_days_once": twice}, schedule)
    save(uow, {"ex_instalment_days_once": twice}, *rows)
    audit.record(
        uow,
        "instalments.planned",
        "instalment_schedule",
        schedule.id,
        person_id=schedule.person_id,
        reason=schedule.reason,
        pot_id=schedule.pot_id,
        year=schedule.year,
        total=schedule.total,
        instalments=len(rows),
    )
    return Planned(schedule, rows)


def _instalment(schedule: InstalmentSchedule, plan: PlannedInstalment, *, one_off: bool) -> Instalment:
    return Instalment(
        commissioner_id=schedule.commissioner_id,
        schedule_id=schedule.id,
        budget_id=schedule.budget_id,
        pot_id=schedule.pot_id,
        person_id=schedule.person_id,
        payee_id=schedule.payee_id,
        year=schedule.year,
        number=plan.number,
        of_how_many=plan.of_how_many,
        covers=as_range(plan.covers),
        due_on=plan.due_on,
        pay_on=plan.pay_on,
        amount=plan.amount,
        one_off=one_off,
    )


def _pot(uow: UnitOfWork, pot_id: UUID) -> AgreedPot:
    """Return a pot to pay out, its planning locked until the unit of work ends."""
    pot = agreed_pot(uow.session, uow.actor, pot_id, uow.today)
    if not pot.management.is_handed_over or not pot.is_active:
        raise PotNotPaidOutError(
            "Only a direct payment or third-party pot of an active budget is paid out in instalments. "
            "The commissioner pays the invoices of a notional one."
        )
    uow.session.execute(LOCK_POT, {"pot_id": str(pot_id)})
    return pot


def _recipient(uow: UnitOfWork, pot_id: UUID, payee_id: UUID) -> Recipient:
    pot = _pot(uow, pot_id)
    payee = visible_payee(uow.session, uow.actor, payee_id, uow.today)
    fits = PayeeKind(payee.kind) in KINDS_OF_POT[pot.management] and payee.person_id in {None, pot.person_id}
    if not fits or (payee.kind == PayeeKind.THIRD_PARTY and payee.organisation_id != pot.organisation_id):
        raise PayeeDoesNotFitError(
            "This payee is none for this pot. A direct payment goes to the holder, who acts for them or their managed "
            "account; a third-party pot to its third party.",
            field="payee_id",
        )
    return Recipient(pot, payee)


def _left(uow: UnitOfWork, pot_id: UUID, year: int) -> Money:
    """Return what is still to pay out and neither planned nor in a run."""
    planned = queries.total(queries.unsent(uow.session, pot_id, year))
    in_runs = queries.total(queries.in_unreleased_run(uow.session, pot_id, year))
    return max(pay_out_of(uow.session, pot_id, year).still_to_pay_out - planned - in_runs, from_pence(0))


def _days_left(pot: AgreedPot, year: int, ended: Sequence[Instalment]) -> Period | None:
    """Return the days from the first instalment that is planned again to the end of the plan or year."""
    whole = pot.period.overlap(financial_year(year))
    if whole is None or not ended:
        return whole
    return Period(min(row.period.start_on for row in ended), whole.end_on)


def _end(uow: UnitOfWork, row: Instalment, why: Ended, reason: str) -> None:
    row.ended, row.ended_at = why, uow.now
    waiting = select(Instruction).where(
        Instruction.subject_kind == SubjectKind.INSTALMENT,
        Instruction.subject_id == row.id,
        Instruction.state == InstructionState.REQUESTED,
    )
    for instruction in uow.session.scalars(waiting.with_for_update()):
        INSTRUCTION.fire(uow, instruction, "cancel", reason=reason)
    audit.record(uow, "instalment.ended", "instalment", row.id, person_id=row.person_id, reason=reason, why=why)


def _policy(uow: UnitOfWork, on: date) -> InstalmentPolicy:
    return policy.read(uow.session, InstalmentPolicy, on)


def _holidays(uow: UnitOfWork) -> frozenset[date]:
    return holidays(uow.session)
