"""Files about what a commissioner decided: its policies and its scheme of delegation.

One administrator's import proposes, the same file imported by a second one confirms, a third time nothing changes.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from moneyed import Money

from phb.core.actor import Permission, Role
from phb.core.change import Change
from phb.core.uow import UnitOfWork
from phb.governance.delegation import put_limit
from phb.governance.policy import put_policy
from phb.intake import lookups
from phb.intake.columns import column
from phb.intake.importing import Kind

WHO = "an administrator, then a second one with the same file: the first proposes, the second confirms"


@dataclass(frozen=True)
class PolicyRow:
    """A policy's settings from a day on; docs/policy.md lists them."""

    policy: str = column("the policy's name", "spending")
    effective_from: date = column("the first day it holds", "2026-04-01")
    source: str = column("where it was decided", "Finance committee, 5 March 2026")
    value: dict[str, Any] = column(
        "the settings that differ from the defaults", '{"tolerance": "10.00", "evidence_not_needed_below": "5.00"}'
    )


@dataclass(frozen=True)
class LimitRow:
    """How much a role, or one user in it, may sign off from a day on."""

    role: Role = column("the role", "approver")
    limit: Money = column("the most that may be signed off", "25000.00")
    effective_from: date = column("the first day it holds", "2026-04-01")
    source: str = column("where it was decided", "Scheme of delegation 2026")
    user: str | None = column("the sign-in name of one user; everybody in the role when empty", "", default=None)


def _policy(uow: UnitOfWork, row: PolicyRow) -> Change:
    return put_policy(uow, row.policy, row.value, effective_from=row.effective_from, source=row.source).change


def _limit(uow: UnitOfWork, row: LimitRow) -> Change:
    user_id = lookups.user_id(uow, row.user, "user")
    put = put_limit(uow, row.role, row.limit, effective_from=row.effective_from, source=row.source, user_id=user_id)
    return put.change


POLICIES = Kind("policies", "Policies", WHO, Permission.POLICY_PROPOSE, PolicyRow, _policy)
DELEGATIONS = Kind("delegations", "The scheme of delegation", WHO, Permission.POLICY_PROPOSE, LimitRow, _limit)
