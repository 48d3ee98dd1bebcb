"""What a plan may be made of: cohorts, categories, prices, third parties, funders and care co-ordinators there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_
from sqlalchemy.orm import Session

from phb.budget.reference.categories import SpendCategory, categories
from phb.budget.reference.cohorts import Cohort, cohorts
from phb.budget.tariffs.priced import PricedNeed, priced_needs
from phb.budget.tariffs.tariff import NoModelForCohortError
from phb.core.actor import Actor
from phb.people.kinds import OrganisationKind
from phb.people.models import Organisation, User
from phb.people.organisations.queries import visible_organisations
from phb.people.users.coordinators import coordinators_on


@dataclass(frozen=True)
class PlanChoices:
    """What there is to choose from on a day; `priced` is empty where no model prices a cohort's needs.

    What the law bars however the money is held is not among the `categories`.
    """

    cohorts: Sequence[Cohort]
    categories: Sequence[SpendCategory]
    priced: Sequence[PricedNeed]
    third_parties: Sequence[Organisation]
    funders: Sequence[Organisation]
    coordinators: Sequence[User]


def plan_choices(
    session: Session, actor: Actor, on: date, *, known_at: datetime, cohort: str | None = None
) -> PlanChoices:
    """Return what a plan that starts on a day may be made of.

    Args:
        session: the commissioner's.
        actor: who plans.
        on: the day the plan starts, or today while that is not known.
        known_at: the instant whose prices count.
        cohort: whose model prices needs; none are priced without one.
    """
    row, there = Organisation, visible_organisations(actor)
    running = there.where(row.start_on <= on, or_(row.end_on.is_(None), row.end_on > on)).order_by(row.name, row.id)
    holds = row.kind == OrganisationKind.THIRD_PARTY
    return PlanChoices(
        cohorts=cohorts(on),
        categories=tuple(one for one in categories(on) if one.may_be_planned),
        priced=_priced(session, cohort, on, known_at),
        third_parties=session.scalars(running.where(holds)).all(),
        funders=session.scalars(running.where(row.fund.is_not(None))).all(),
        coordinators=coordinators_on(session, on),
    )


def _priced(session: Session, cohort: str | None, on: date, known_at: datetime) -> Sequence[PricedNeed]:
    if cohort is None:
        return ()
    try:
        return priced_needs(session, cohort, on, known_at=known_at)
    except NoModelForCohortError:
        return ()
