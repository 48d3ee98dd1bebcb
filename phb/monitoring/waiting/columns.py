"""The columns that everything which waits has in common, and what depends on who reads."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeAlias

from moneyed import Money
from sqlalchemy import BigInteger, ColumnElement, Date, Select, Text, Uuid, case, cast, func, literal, null
from sqlalchemy.orm import Session

from phb.core.actor import Actor
from phb.core.money import to_pence
from phb.governance import policy
from phb.governance.delegation import scheme_on
from phb.governance.policies import ApprovedValue, DelegationPolicy, FinancePolicy
from phb.monitoring.waiting.kinds import Whose, acts

LONDON = "Europe/London"
Of: TypeAlias = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Reader:
    """Who asks on which day, under which settings; `limit` is what they may sign off, None for nothing."""

    actor: Actor
    on: date
    measure: ApprovedValue
    limit: Money | None
    limit_included: bool
    times: FinancePolicy

    @classmethod
    def of(cls, session: Session, actor: Actor, on: date) -> "Reader":
        """Return an actor as they read on a day."""
        scheme = scheme_on(session, on)
        held = scheme.limit_of(actor.roles, actor.user_id)
        return cls(
            actor,
            on,
            policy.read(session, DelegationPolicy, on).measure,
            held.limit if held else None,
            scheme.limit_included,
            policy.read(session, FinancePolicy, on),
        )

    def decide_by(self, since: Any) -> ColumnElement[date]:  # noqa: ANN401 - any expression for an instant
        """Return the last day that is soon enough for what reached finance at an instant."""
        reached_on = cast(func.timezone(LONDON, since), Date)
        return cast(reached_on + timedelta(days=self.times.decide_within_days), Date)

    def whose(self, is_own: ColumnElement[bool], pence: ColumnElement[int] | None = None) -> ColumnElement[str]:
        """Return whose step it is; `pence` is what the limit is compared with, where it is."""
        if not acts(self.actor):
            return literal(Whose.OTHERS.value)
        if pence is None:
            return case((is_own, Whose.YOUR_OWN.value), else_=Whose.YOURS.value)
        return case(
            (is_own, Whose.YOUR_OWN.value), (self._is_over(pence), Whose.OVER_YOUR_LIMIT.value), else_=Whose.YOURS.value
        )

    def _is_over(self, pence: ColumnElement[int]) -> ColumnElement[bool]:
        if self.limit is None:
            return literal(value=True)
        limit = to_pence(self.limit)
        return pence > limit if self.limit_included else pence >= limit


def columns(**named: Any) -> list[ColumnElement[Any]]:  # noqa: ANN401 - expressions of any kind
    """Return the columns of one kind of waiting thing in their order, each of one type whatever the kind."""
    return [
        _as("kind", named["kind"], Text),
        _as("id", named["id"], Uuid),
        _as("place_id", named["place_id"], Uuid),
        _as("person_id", named["person_id"], Uuid),
        _as("reference", named["reference"], Text),
        _as("detail", named["detail"], Text),
        _as("pence", named["pence"], BigInteger),
        named["since"].label("since"),
        _as("by_on", named["by_on"], Date),
        _as("whose", named["whose"], Text),
    ]


def _as(name: str, value: Any, kind: Any) -> ColumnElement[Any]:  # noqa: ANN401 - expressions of any kind
    return cast(null() if value is None else value, kind).label(name)
