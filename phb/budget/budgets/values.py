"""What plans are worth to the scheme of delegation, in SQL: for lists, which cannot ask for one after the other.

Whether somebody may sign off is decided by rules.approved_value(); these give the same figures, as their test says.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Select,
    Subquery,
    case,
    cast,
    func,
    select,
    text,
    type_coerce,
)
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.selectable import LateralFromClause

from phb.budget.kinds import Frequency
from phb.budget.plans.models import LineTerms, LineYear
from phb.governance.policies import ApprovedValue


def values_of_plans(measure: ApprovedValue, plan_ids: Select[UUID]) -> Subquery:
    """Return `plan_id` and `pence` of versions of plans: what a limit of the scheme of delegation is compared with."""
    lines = _lines(measure).where(LineTerms.plan_id.in_(plan_ids)).subquery()
    return select(lines.c.plan_id, _total(lines)).group_by(lines.c.plan_id).subquery()


def value_beside(measure: ApprovedValue, plan_id: InstrumentedAttribute[UUID]) -> LateralFromClause:
    """Return one row with `pence`, to join to each of the few rows that name a plan."""
    lines = _lines(measure).where(LineTerms.plan_id == plan_id).correlate(plan_id.class_).subquery()
    return select(_total(lines)).lateral()


def _lines(measure: ApprovedValue) -> Select[*tuple[Any, ...]]:
    """Select the value of each line of each plan."""
    terms, money = LineTerms, LineYear
    pence = _value_of_line(measure, func.sum(type_coerce(money.amount, BigInteger)))
    return (
        select(terms.plan_id, pence.label("pence"))
        .join(money, (money.plan_id == terms.plan_id) & (money.plan_line_id == terms.plan_line_id))
        .group_by(terms.commissioner_id, terms.plan_id, terms.plan_line_id)
    )


def _value_of_line(measure: ApprovedValue, pence: ColumnElement[int]) -> ColumnElement[int]:
    terms = LineTerms
    if measure is not ApprovedValue.ANNUALISED_FULL_COST_PLUS_ONE_OFFS:
        return pence
    year = cast(terms.start_on + text("interval '1 year'"), Date) - terms.start_on
    annual = func.round(pence * year / (terms.end_on - terms.start_on))
    return case((terms.frequency == Frequency.ONCE, pence), else_=annual)


def _total(lines: Subquery) -> ColumnElement[int]:
    return cast(func.sum(lines.c.pence), BigInteger).label("pence")
