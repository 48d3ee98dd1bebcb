"""Record prices and versions of budget models."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from phb.budget.reference.cohorts import cohort
from phb.budget.setting.model import BudgetModel, ModelCatalogue
from phb.budget.setting.rates import Rate
from phb.budget.tariffs import queries
from phb.budget.tariffs.models import BudgetModelVersion, PriceRate
from phb.budget.written import unchanged
from phb.core.actor import Permission
from phb.core.uow import UnitOfWork
from phb.governance import audit
from phb.people.saving import Change, Put


def record_rate(uow: UnitOfWork, rate: Rate) -> Put[PriceRate]:
    """Record a price; one that says something new takes over from the instant its `known_from` states.

    Raises:
        KnownDifferentlyError: another price of that code, day and instant is recorded.
    """
    uow.actor.require(Permission.MODEL_WRITE)
    before = queries.latest_rate(uow.session, rate.code, rate.effective_from)
    if before is not None:
        known = Rate.from_json(before.document)
        if replace(rate, known_from=known.known_from) == known:
            return Put(before, Change.UNCHANGED)
        if rate.known_from <= known.known_from:
            return unchanged(before, same=False, what="price", reference=rate.code)
    row = PriceRate(
        commissioner_id=uow.commissioner_id,
        code=rate.code,
        effective_from=rate.effective_from,
        known_from=rate.known_from,
        document=rate.to_json(),
        recorded_by=uow.actor.user_id,
        recorded_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    audit.record(uow, "rate.recorded", "rate", row.id, effective_from=rate.effective_from)
    return Put(row, Change.ADDED)


def record_model(uow: UnitOfWork, model: BudgetModel, *, cohorts: Sequence[str] = ()) -> Put[BudgetModelVersion]:
    """Record a version of a budget model; an earlier one without an end ends the day before.

    Raises:
        KnownDifferentlyError: the version is recorded with other steps.
        ModelOverlapError: another version is in force on some of its days.
        UnknownCohortError: it is for a cohort that does not exist.
    """
    uow.actor.require(Permission.MODEL_WRITE)
    for code in cohorts:
        cohort(code, model.effective_from)
    versions = queries.versions_of(uow.session, model.code, for_update=True)
    document = model.to_json()
    for row in versions:
        if row.model_version == model.version:
            same = row.document == document and row.cohorts == sorted(cohorts)
            return unchanged(row, same=same, what="version of the budget model", reference=model.version)
    _end_the_one_before(versions, model)
    ModelCatalogue([*map(queries.as_model, versions), model])
    row = BudgetModelVersion(
        commissioner_id=uow.commissioner_id,
        code=model.code,
        model_version=model.version,
        effective_from=model.effective_from,
        effective_to=model.effective_to,
        cohorts=sorted(cohorts),
        document=document,
        recorded_by=uow.actor.user_id,
        recorded_at=uow.now,
    )
    uow.session.flush()  # The one before ends first: the database refuses two in force on one day.
    uow.session.add(row)
    uow.session.flush()
    audit.record(uow, "budget_model.recorded", "budget_model", row.id, effective_from=model.effective_from)
    return Put(row, Change.ADDED)


def _end_the_one_before(versions: Sequence[BudgetModelVersion], model: BudgetModel) -> None:
    for row in versions:
        if row.effective_to is None and row.effective_from < model.effective_from:
            row.effective_to = model.effective_from - timedelta(days=1)
