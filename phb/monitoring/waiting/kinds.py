"""What can wait for finance, who may act on it, and what one thing that waits says of itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from moneyed import Money

from phb.core.actor import Actor, Permission


class WaitingKind(StrEnum):
    """What waits, and for which step."""

    BUDGET_TO_SIGN_OFF = "budget_to_sign_off"
    BUDGET_TO_ACTIVATE = "budget_to_activate"
    CHANGE_TO_SIGN_OFF = "change_to_sign_off"
    CHANGE_TO_APPLY = "change_to_apply"
    SPEND_ASKED_ABOUT = "spend_asked_about"
    INVOICE_WITHOUT_PAYEE = "invoice_without_payee"
    INVOICE_NOT_PAID = "invoice_not_paid"
    ACCOUNT_TO_CONFIRM = "account_to_confirm"
    PAYMENT_CAME_BACK = "payment_came_back"


class Whose(StrEnum):
    """Whether the reader may take the step, or why somebody else must."""

    YOURS = "yours"
    OVER_YOUR_LIMIT = "over_your_limit"
    YOUR_OWN = "your_own"  # they did an earlier step of it
    OTHERS = "others"  # they read, and decide nothing


ACTED_ON_WITH: Mapping[WaitingKind, frozenset[Permission]] = {
    WaitingKind.BUDGET_TO_SIGN_OFF: frozenset({Permission.BUDGET_SIGN_OFF_FINANCE}),
    WaitingKind.BUDGET_TO_ACTIVATE: frozenset({Permission.BUDGET_SIGN_OFF_FINANCE}),
    WaitingKind.CHANGE_TO_SIGN_OFF: frozenset({Permission.BUDGET_SIGN_OFF_FINANCE}),
    WaitingKind.CHANGE_TO_APPLY: frozenset({Permission.BUDGET_SIGN_OFF_FINANCE}),
    WaitingKind.SPEND_ASKED_ABOUT: frozenset({Permission.SPEND_DECIDE}),
    WaitingKind.INVOICE_WITHOUT_PAYEE: frozenset({Permission.INVOICE_ACCEPT}),
    WaitingKind.INVOICE_NOT_PAID: frozenset({Permission.INVOICE_ACCEPT}),
    WaitingKind.ACCOUNT_TO_CONFIRM: frozenset({Permission.PAYEE_CONFIRM}),
    WaitingKind.PAYMENT_CAME_BACK: frozenset({Permission.RUN_ASSEMBLE, Permission.RUN_APPROVE}),
}


@dataclass(frozen=True)
class Waiting:
    """One thing that waits.

    `place_id` is where it is found: the budget, or for an account its payee; a payment is its own place. `reference` is
    that of the budget, the invoice or the payee; `detail` what is said about it, where something is. `value` is, for
    what is being agreed, what a limit is compared with; else the amount. `since` is when it reached finance, `by_on`
    the last day that is soon enough.
    """

    kind: WaitingKind
    id: UUID
    place_id: UUID
    person_id: UUID | None
    person: str | None
    reference: str
    detail: str | None
    value: Money | None
    since: datetime
    by_on: date
    whose: Whose


def acts(actor: Actor) -> bool:
    """Say whether an actor decides on anything of what waits."""
    return any(actor.may(permission) for needed in ACTED_ON_WITH.values() for permission in needed)


def kinds_for(actor: Actor) -> frozenset[WaitingKind]:
    """Return the kinds that an actor may act on; all of them for somebody who reads and decides nothing."""
    theirs = frozenset(kind for kind, needed in ACTED_ON_WITH.items() if any(map(actor.may, needed)))
    return theirs or frozenset(WaitingKind)
