"""Record an assessment, and set the indicative budget it leads to."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from phb.budget.assessments import queries
from phb.budget.assessments.models import Assessment, IndicativeBudget
from phb.budget.reference.cohorts import cohort
from phb.budget.setting.inputs import Inputs, Need
from phb.budget.setting.parts import PriceInParts
from phb.budget.tariffs import queries as tariffs
from phb.budget.written import unchanged
from phb.core.actor import Permission
from phb.core.errors import RuleViolationError
from phb.core.period import Period
from phb.core.uow import UnitOfWork
from phb.governance import audit
from phb.people import queries as people
from phb.people.kinds import Scope
from phb.people.saving import Change, Put

LONGEST_DAYS = 3 * 366


class AssessedInTheFutureError(RuleViolationError):
    """An assessment is dated after today."""

    code = "assessed-in-the-future"


class PeriodTooLongError(RuleViolationError):
    """A budget is asked for more years than anybody could price."""

    code = "period-too-long"


def assess(
    uow: UnitOfWork,
    person_id: UUID,
    *,
    reference: str,
    cohort_code: str,
    assessed_on: date,
    assessed_by: str,
    needs: Sequence[Need],
) -> Put[Assessment]:
    """Record what a person needs; the same assessment again changes nothing.

    Raises:
        PersonNotFoundError: the person does not exist or is not the actor's to see.
        UnknownCohortError: there is no such cohort on that day.
        AssessedInTheFutureError: the day has not come.
        KnownDifferentlyError: the reference is that of another assessment.
        RuleViolationError: a need does not fit; `field` names it.
    """
    uow.actor.require(Permission.ASSESSMENT_WRITE)
    people.person(uow.session, uow.actor, person_id, uow.today, Scope.BUDGET)
    cohort(cohort_code, assessed_on)
    if assessed_on > uow.today:
        raise AssessedInTheFutureError(
            f"The assessment is dated {assessed_on:%-d %B %Y}, and today is {uow.today:%-d %B %Y}. Correct its date.",
            field="assessed_on",
        )
    stored = Inputs(reference, assessed_on, tuple(needs)).to_json()["needs"]
    known = uow.session.scalars(select(Assessment).where(Assessment.reference == reference)).first()
    facts = (person_id, cohort_code, assessed_on, assessed_by, stored)
    if known is not None:
        same = (known.person_id, known.cohort_code, known.assessed_on, known.assessed_by, known.needs) == facts
        return unchanged(known, same=same, what="assessment", reference=reference)
    row = Assessment(
        commissioner_id=uow.commissioner_id,
        reference=reference,
        person_id=person_id,
        cohort_code=cohort_code,
        assessed_on=assessed_on,
        assessed_by=assessed_by,
        needs=stored,
        recorded_by=uow.actor.user_id,
        recorded_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    audit.record(uow, "assessment.recorded", "assessment", row.id, person_id=person_id, assessed_on=assessed_on)
    return Put(row, Change.ADDED)


def set_indicative(uow: UnitOfWork, assessment_id: UUID, period: Period) -> Put[IndicativeBudget]:
    """Price an assessment by the commissioner's model and rates in force, and keep the whole calculation.

    It is cut at 1 April and wherever the model or a rate changes. Where models and rates are as they were when it
    was last set for the period, nothing changes.

    Raises:
        AssessmentNotFoundError: there is none, or it is not the actor's to see.
        NoModelForCohortError, ModelGapError, RateGapError: something is not recorded for a day.
        PeriodTooLongError: the period is longer than three years.
        RuleViolationError: a need has no step, or does not fit its price.
    """
    uow.actor.require(Permission.ASSESSMENT_WRITE)
    row = queries.assessment(uow.session, uow.actor, assessment_id, uow.today)
    if period.days > LONGEST_DAYS:
        raise PeriodTooLongError(
            f"The period has {period.days} days. Give at most {LONGEST_DAYS}: a budget is set for a year or a few.",
            field="end_on",
        )
    inputs = Inputs.from_json(
        {"assessment": row.reference, "assessed_on": row.assessed_on.isoformat(), "needs": row.needs}
    )
    tariff = tariffs.tariff(uow.session, row.cohort_code, known_at=uow.now, calendar=tariffs.calendar(uow.session))
    price = tariff.price(inputs, period)
    for before in queries.latest_indicative(uow.session, row.id, period)[:1]:
        if _same_calculation(before, price):
            return Put(before, Change.UNCHANGED)
    indicative = _indicative(uow, row, period, price)
    uow.session.add(indicative)
    uow.session.flush()
    audit.record(
        uow,
        "indicative_budget.set",
        "indicative_budget",
        indicative.id,
        person_id=row.person_id,
        assessment_id=row.id,
        total=price.total,
        start_on=period.start_on,
        end_on=period.end_on,
    )
    return Put(indicative, Change.ADDED)


def _indicative(uow: UnitOfWork, row: Assessment, period: Period, price: PriceInParts) -> IndicativeBudget:
    return IndicativeBudget(
        commissioner_id=uow.commissioner_id,
        assessment_id=row.id,
        person_id=row.person_id,
        start_on=period.start_on,
        end_on=period.end_on,
        recurring=price.recurring,
        one_off=price.one_off,
        contingency=price.contingency,
        total=price.total,
        traces=[part.trace.to_json() for part in price.parts],
        set_by=uow.actor.user_id,
        set_at=uow.now,
    )


def _same_calculation(before: IndicativeBudget, price: PriceInParts) -> bool:
    """Say whether a new calculation is the stored one, but for the instant it was made at."""
    return [_timeless(part.trace.to_json()) for part in price.parts] == [_timeless(trace) for trace in before.traces]


def _timeless(trace: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in trace.items() if name != "known_at"}
