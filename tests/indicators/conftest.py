"""An area with budgets of any cohort and way of holding money, made through the operations."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session, sessionmaker

from phb.budget.budgets import operations as budgets
from phb.budget.kinds import BudgetKind, CareSetting
from phb.budget.reference.operations import record_home_package, record_offer
from phb.core.actor import Actor, Role
from phb.core.period import Period
from phb.governance import policy
from phb.indicators import queries
from phb.indicators.report import Check, Report
from tests.budget.conftest import YEAR, World, dates, stated
from tests.people.conftest import APRIL, Service

HALF_YEAR = dates("2026-04-01", "2026-09-30")


@dataclass
class Area:
    """One commissioner's area."""

    world: World
    holders: dict[UUID, Actor] = field(default_factory=dict)

    def person(self) -> UUID:
        """Register somebody who can agree to a budget."""
        service = self.world.service
        person_id = service.person()
        self.holders[person_id] = service.user(Role.HOLDER, service.commissioner_id, person_id=person_id)
        return person_id

    def proposed(
        self,
        cohort: str,
        *ways: str,
        person_id: UUID | None = None,
        kind: BudgetKind = BudgetKind.PERSONAL_HEALTH_BUDGET,
        setting: CareSetting = CareSetting.HOME,
        days: Period = YEAR,
    ) -> UUID:
        """Propose a budget with a line of £100.00 for each way of holding its money: dp, np or tp."""
        holder_id = person_id or self.person()
        lines = [stated(f"line-{way}", "100.00", pot=way, period=days) for way in ways or ("dp",)]
        put = self.world.do(
            self.world.coordinator,
            budgets.propose,
            holder_id,
            reference=f"B-{uuid4().hex[:8]}",
            cohort_code=cohort,
            kind=kind,
            care_setting=setting,
            plan=self.world.plan(*lines, period=days),
        )
        return put.row.id

    def give(self, cohort: str, *ways: str, **changes: Any) -> UUID:
        """Propose a budget, have everybody agree and make it active today."""
        world, budget_id = self.world, self.proposed(cohort, *ways, **changes)
        holder = self.holders[world.budget(budget_id).person_id]
        for actor, step in (
            (world.coordinator, budgets.submit),
            (world.clinician, budgets.sign_off_clinically),
            (world.approver, budgets.sign_off_finance),
            (holder, budgets.agree),
            (world.approver, budgets.activate),
        ):
            world.do(actor, step, budget_id)
        return budget_id

    def package(
        self,
        cohort: str = "ADULT_CHC",
        *,
        setting: CareSetting = CareSetting.HOME,
        start_on: date = APRIL,
        end_on: date | None = None,
    ) -> None:
        """Record a package of care that is no budget."""
        self.world.do(
            self.world.administrator,
            record_home_package,
            reference=f"HP-{uuid4().hex[:8]}",
            cohort_code=cohort,
            care_setting=setting,
            start_on=start_on,
            end_on=end_on,
            source="Packages list",
        )

    def offer(self, *cohorts: str, offered_from: date = APRIL, offered_to: date | None = None) -> None:
        """Record that budgets are offered to cohorts."""
        for cohort in cohorts:
            self.world.do(
                self.world.administrator,
                record_offer,
                cohort_code=cohort,
                offered_from=offered_from,
                offered_to=offered_to,
                source="Local offer",
            )

    def decide(self, effective_from: date = APRIL, **value: object) -> None:
        """Put a policy of the checks in force from a day on."""
        row = self.world.do(
            self.world.administrator,
            policy.propose,
            "indicators",
            dict(value),
            effective_from=effective_from,
            source="Quality committee",
        )
        self.world.do(self.world.service.named("bo"), policy.confirm, row.id)

    def report(self, as_of: date = APRIL, actor: Actor | None = None) -> Report:
        """Return the checks of a day as somebody reads them, the auditor unless another is given."""
        return self.world.ask(actor or self.world.auditor, queries.checks, as_of)

    def check(self, code: str, as_of: date = APRIL) -> Check:
        """Return one check of a day."""
        (found,) = (check for check in self.report(as_of).checks if check.rule.code == code)
        return found

    def figures(self, code: str, as_of: date = APRIL) -> tuple[int, int | None, str, int | None]:
        """Return numerator, denominator, verdict and how many more of one check."""
        outcome = self.check(code, as_of).outcome
        return outcome.numerator, outcome.denominator, outcome.verdict.value, outcome.how_many_more


@pytest.fixture(scope="module")
def new_area(session_factory: sessionmaker[Session]) -> Callable[[], Area]:
    """Return what makes an area on 1 April 2026."""
    return lambda: Area(World(Service(session_factory)))


@pytest.fixture
def area(new_area: Callable[[], Area]) -> Area:
    """Return an area on 1 April 2026."""
    return new_area()
