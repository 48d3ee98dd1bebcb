"""Files about what prices and counts budgets: programme budgets, rates, models, offers, packages of care."""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from moneyed import Money

from phb.budget.kinds import CareSetting
from phb.budget.reference.operations import record_home_package, record_offer, set_programme_budget
from phb.budget.setting.model import BudgetModel
from phb.budget.setting.rates import Rate
from phb.budget.tariffs.operations import record_model, record_rate
from phb.core.actor import Permission
from phb.core.change import Change
from phb.core.uow import UnitOfWork
from phb.intake.columns import column
from phb.intake.importing import Kind
from phb.journal_files.codes import NewCode, record_code


@dataclass(frozen=True)
class ProgrammeBudgetRow:
    """What a funder has for the programme in a financial year."""

    fund: str = column("the funder's code", "nhs")
    year: int = column("the year it starts in", "2026")
    amount: Money = column("the whole sum", "2500000.00")
    source: str = column("where it was decided", "Board, 26 March 2026")


@dataclass(frozen=True)
class RateRow:
    """What one hour, night, week, year or piece costs from a day on."""

    code: str = column("what budget models call it", "home-care-day")
    amount: Decimal = column("pounds, with up to six decimals", "25.40")
    unit: str = column("what it is for: hour, night, each, week or year", "hour")
    effective_from: date = column("the first day it holds", "2026-04-01")
    known_from: date = column("the day it was decided", "2026-02-13")
    source: str = column("where it was published", "Northvale rate card")
    effective_to: date | None = column("the last day it holds", "2027-03-31", default=None)
    confidence: str | None = column("how sure the source is", "verified", default=None)
    note: str | None = column("anything worth knowing", "", default=None)
    weeks: str | None = column(
        "its own way of becoming a longer amount: days_over_seven, stated_weeks or counted_days",
        "stated_weeks",
        default=None,
    )
    weeks_number: str | None = column("how many stated weeks", "52", default=None)
    weeks_days: str | None = column("which days are counted", "mon tue wed", default=None)
    weeks_bank_holidays: str | None = column("except, only or include", "except", default=None)


@dataclass(frozen=True)
class FinanceCodeRow:
    """What an account, or a category of spending, is called in the finance system from a day on."""

    account: str = column("the account of the books", "expenditure")
    effective_from: date = column("the first day it holds", "2026-04-01")
    cost_centre: str = column("its cost centre", "916043")
    subjective_code: str = column("its subjective code", "52161020")
    source: str = column("where it was decided", "Chart of accounts 2026/27")
    category_code: str | None = column("for this category alone; for all when empty", "PERSONAL_CARE", default=None)
    fund: str | None = column("for this funder alone; for all when empty", "council", default=None)


@dataclass(frozen=True)
class ModelRow:
    """A version of a budget model: how an assessment becomes an amount."""

    code: str = column("its code", "chc-home-care")
    version: str = column("its version", "2026.1")
    title: str = column("its title", "Care at home")
    source: str = column("who decided it, and where", "Board paper 7")
    effective_from: date = column("the first day it prices", "2026-04-01")
    round_by: str = column("week or year", "year")
    steps: list[Any] = column("its steps in order, each with its type", '[{"type": "hours"}]')
    effective_to: date | None = column("the last day it prices", "2027-03-31", default=None)
    cohorts: tuple[str, ...] = column(
        "the cohorts it is for; any without a model of its own when empty", "", default=()
    )


@dataclass(frozen=True)
class OfferRow:
    """That budgets are offered to a cohort."""

    cohort: str = column("the cohort's code", "ADULT_CHC")
    offered_from: date = column("the first day of the offer", "2019-04-01")
    source: str = column("where that was decided", "Local offer 2019")
    last_day: date | None = column("the last day of the offer", "2026-12-31", default=None)


@dataclass(frozen=True)
class PackageRow:
    """A package of care that is no personal health budget."""

    reference: str = column("the commissioner's own reference", "PKG-001")
    cohort: str = column("the cohort's code", "ADULT_CHC")
    care_setting: CareSetting = column("where the care is given", "home")
    start_on: date = column("the first day", "2025-11-03")
    source: str = column("where it is recorded", "CHC database")
    last_day: date | None = column("the last day", "2026-12-31", default=None)


def _programme_budget(uow: UnitOfWork, row: ProgrammeBudgetRow) -> Change:
    return set_programme_budget(uow, fund=row.fund, year=row.year, amount=row.amount, source=row.source).change


def _finance_code(uow: UnitOfWork, row: FinanceCodeRow) -> Change:
    return record_code(uow, NewCode(**asdict(row))).change


def _rate(uow: UnitOfWork, row: RateRow) -> Change:
    cells = {name: "" if value is None else str(value) for name, value in asdict(row).items()}
    return record_rate(uow, Rate.from_row(cells)).change


def _model(uow: UnitOfWork, row: ModelRow) -> Change:
    document = {
        "code": row.code,
        "version": row.version,
        "title": row.title,
        "source": row.source,
        "effective_from": row.effective_from.isoformat(),
        "effective_to": row.effective_to.isoformat() if row.effective_to else None,
        "round_by": row.round_by,
        "steps": row.steps,
    }
    return record_model(uow, BudgetModel.from_json(document), cohorts=row.cohorts).change


def _offer(uow: UnitOfWork, row: OfferRow) -> Change:
    return record_offer(
        uow, cohort_code=row.cohort, offered_from=row.offered_from, offered_to=row.last_day, source=row.source
    ).change


def _package(uow: UnitOfWork, row: PackageRow) -> Change:
    return record_home_package(
        uow,
        reference=row.reference,
        cohort_code=row.cohort,
        care_setting=row.care_setting,
        start_on=row.start_on,
        end_on=row.last_day,
        source=row.source,
    ).change


PROGRAMME_BUDGETS = Kind(
    "programme-budgets",
    "Programme budgets",
    "a finance officer",
    Permission.PROGRAMME_BUDGET_SET,
    ProgrammeBudgetRow,
    _programme_budget,
)
FINANCE_CODES = Kind(
    "finance-codes",
    "Codes of the finance system",
    "an administrator",
    Permission.REFERENCE_WRITE,
    FinanceCodeRow,
    _finance_code,
)
RATES = Kind("rates", "Rates", "an administrator", Permission.MODEL_WRITE, RateRow, _rate)
BUDGET_MODELS = Kind("budget-models", "Budget models", "an administrator", Permission.MODEL_WRITE, ModelRow, _model)
OFFERS = Kind("offers", "Offers to cohorts", "an administrator", Permission.REFERENCE_WRITE, OfferRow, _offer)
PACKAGES = Kind(
    "packages",
    "Home packages that are no budgets",
    "an administrator",
    Permission.REFERENCE_WRITE,
    PackageRow,
    _package,
)
