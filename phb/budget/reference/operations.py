"""Record offers and home packages, and set what each funder has for the programme."""

import re
from datetime import date
from uuid import uuid4

from moneyed import Money
from sqlalchemy import select

from phb.budget.kinds import CareSetting
from phb.budget.reference import queries
from phb.budget.reference.cohorts import cohort
from phb.budget.reference.models import HomePackage, ProgrammeBudget, ServiceOffer
from phb.core.actor import Permission
from phb.core.errors import RuleViolationError
from phb.core.period import DatesWrongWayRoundError
from phb.core.uow import UnitOfWork
from phb.governance import audit
from phb.ledger import events, posting
from phb.ledger.entry import Heading, Share, Source
from phb.people.saving import Change, Put

FUND = re.compile(r"[a-z][a-z0-9_]{1,30}")
FIRST_YEAR, LAST_YEAR = 2013, 2100


class UnknownFundError(RuleViolationError):
    """A funder's code is not written as codes are."""

    code = "unknown-fund"


class YearOutOfRangeError(RuleViolationError):
    """A financial year is before personal health budgets or absurdly late."""

    code = "year-out-of-range"


class NothingSetError(RuleViolationError):
    """An amount that must be above nil is not."""

    code = "amount-not-positive"


def refuse_unknown_fund(fund: str) -> None:
    """Refuse a funder's code that the books could not hold.

    Raises:
        UnknownFundError: it is not small letters, digits and underscores.
    """
    if not FUND.fullmatch(fund):
        raise UnknownFundError(
            f"“{fund[:40]}” is no funder's code. Use small letters, digits and underscores, such as nhs or council.",
            field="fund",
        )


def set_programme_budget(uow: UnitOfWork, *, fund: str, year: int, amount: Money, source: str) -> Put[ProgrammeBudget]:
    """Set what a funder has for the programme in a financial year, and book it; another sum replaces the last.

    Raises:
        UnknownFundError, YearOutOfRangeError, NothingSetError: a value does not fit.
    """
    uow.actor.require(Permission.PROGRAMME_BUDGET_SET)
    refuse_unknown_fund(fund)
    _refuse_odd_sum(year, amount)
    before = queries.programme_budget(uow.session, fund, year)
    if before is not None and before.amount == amount:
        return Put(before, Change.UNCHANGED)
    row = ProgrammeBudget(
        commissioner_id=uow.commissioner_id,
        id=uuid4(),
        fund=fund,
        year=year,
        amount=amount,
        source=source,
        set_by=uow.actor.user_id,
        set_at=uow.now,
        ordinal=before.ordinal + 1 if before else 1,
    )
    if before is not None:
        posting.reverse(uow, before.journal_id, reason=f"Replaced by a new programme budget: {source}")
    heading = Heading(
        uow.today, f"Programme budget of {fund} for {year}/{(year + 1) % 100:02d}", Source("programme_budget", row.id)
    )
    row.journal_id = posting.post(uow, events.programme_budget_set(heading, year, [Share(fund, amount)])).journal_id
    uow.session.add(row)
    uow.session.flush()
    audit.record(uow, "programme_budget.set", "programme_budget", row.id, fund=fund, year=year, amount=amount)
    return Put(row, Change.ADDED)


def record_offer(
    uow: UnitOfWork, *, cohort_code: str, offered_from: date, offered_to: date | None, source: str
) -> Put[ServiceOffer]:
    """Record that budgets are offered to a cohort, or that the offer ends.

    Raises:
        UnknownCohortError: there is no such cohort on that day.
        DatesWrongWayRoundError: it ends before it starts.
    """
    uow.actor.require(Permission.REFERENCE_WRITE)
    cohort(cohort_code, offered_from)
    _refuse_order(offered_from, offered_to, "offered_to")
    row = uow.session.scalars(
        select(ServiceOffer)
        .where(ServiceOffer.cohort_code == cohort_code, ServiceOffer.offered_from == offered_from)
        .with_for_update()
    ).first()
    if row is not None and (row.offered_to, row.source) == (offered_to, source):
        return Put(row, Change.UNCHANGED)
    change = Change.CHANGED
    if row is None:
        row = ServiceOffer(commissioner_id=uow.commissioner_id, cohort_code=cohort_code, offered_from=offered_from)
        change = Change.ADDED
        uow.session.add(row)
    row.offered_to, row.source = offered_to, source
    uow.session.flush()
    audit.record(uow, "offer.recorded", "service_offer", row.id, offered_from=offered_from, offered_to=offered_to)
    return Put(row, change)


def record_home_package(
    uow: UnitOfWork,
    *,
    reference: str,
    cohort_code: str,
    care_setting: CareSetting,
    start_on: date,
    end_on: date | None,
    source: str,
) -> Put[HomePackage]:
    """Record a package of care that is no personal health budget, or its last day.

    Raises:
        UnknownCohortError: there is no such cohort on its first day.
        DatesWrongWayRoundError: it ends before it starts.
    """
    uow.actor.require(Permission.REFERENCE_WRITE)
    cohort(cohort_code, start_on)
    _refuse_order(start_on, end_on, "end_on")
    found = select(HomePackage).where(HomePackage.reference == reference).with_for_update()
    row = uow.session.scalars(found).first()
    facts = (cohort_code, care_setting.value, start_on, end_on, source)
    if row is not None and (row.cohort_code, row.care_setting, row.start_on, row.end_on, row.source) == facts:
        return Put(row, Change.UNCHANGED)
    change = Change.CHANGED
    if row is None:
        row = HomePackage(commissioner_id=uow.commissioner_id, reference=reference)
        change = Change.ADDED
        uow.session.add(row)
    row.cohort_code, row.care_setting, row.start_on, row.end_on, row.source = facts
    uow.session.flush()
    audit.record(uow, "home_package.recorded", "home_package", row.id, start_on=start_on, end_on=end_on)
    return Put(row, change)


def _refuse_odd_sum(year: int, amount: Money) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise YearOutOfRangeError(
            f"The financial year {year} is not from {FIRST_YEAR} to {LAST_YEAR}. "
            f"Give the year it starts in, such as 2026 for 2026/27.",
            field="year",
        )
    if amount.amount <= 0:
        raise NothingSetError("A programme budget is above nil. Give the whole sum for the year.", field="amount")


def _refuse_order(first: date, last: date | None, field: str) -> None:
    if last is not None and last < first:
        raise DatesWrongWayRoundError(
            f"It starts on {first:%-d %B %Y} and its last day is {last:%-d %B %Y}, which is earlier. "
            "Give a last day on or after the first.",
            field=field,
        )
