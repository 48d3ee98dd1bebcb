"""May this be paid: every check on plain facts, every failure told at once.

The checklist is that of a direct payment (SI 2013/1617): consent in force, not excluded, payee valid and confirmed,
plan agreed and in date, account approved (or managed, or for a one-off), amount covers each service, no stop or hold;
a review that is overdue warns. Whether an offset for surplus is within its limit and was noticed is no check yet,
because nothing offsets.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Self

from moneyed import Money

from phb.budget.kinds import ManagementType
from phb.core.money import format_pounds
from phb.core.period import Period
from phb.payments.kinds import AccountUse, HoldKind


class Code(StrEnum):
    """Why a payment is not made; the same word in the API, the page and the letter."""

    NO_CONSENT = "no-consent"
    EXCLUDED = "excluded"
    PAYEE_NOT_VALID = "payee-not-valid"
    PAYEE_EXCLUDED = "payee-excluded"
    DETAILS_NOT_CONFIRMED = "details-not-confirmed"
    DETAILS_CHANGED = "details-changed"
    PLAN_NOT_AGREED = "plan-not-agreed"
    PLAN_NOT_IN_DATE = "plan-not-in-date"
    ACCOUNT_NOT_APPROVED = "account-not-approved"
    NOT_THE_ONLY_PAYMENT = "not-the-only-payment"
    SERVICE_NOT_COVERED = "service-not-covered"
    MORE_THAN_STILL_TO_PAY = "more-than-still-to-pay"
    ON_HOLD = "on-hold"
    STOPPED = "stopped"
    REVIEW_OVERDUE = "review-overdue"


@dataclass(frozen=True)
class Reason:
    """One failure or warning: its code, and a sentence that says what is wrong, why and what to do."""

    code: Code
    sentence: str


@dataclass(frozen=True)
class Verdict:
    """What the checklist says: nothing is paid while there is a failure; a warning stops nothing."""

    failures: tuple[Reason, ...]
    warnings: tuple[Reason, ...] = ()

    @property
    def may_be_paid(self) -> bool:
        """Whether nothing stands against the payment."""
        return not self.failures


@dataclass(frozen=True)
class AccountFacts:
    """The account a payee is paid into; `is_only_payment` where nothing else is paid of the pot in the year."""

    use: AccountUse
    is_approved: bool
    is_only_payment: bool


@dataclass(frozen=True)
class HoldFacts:
    """A hold or stop in force."""

    kind: HoldKind
    start_on: date
    reason: str


@dataclass(frozen=True)
class ServiceFacts:
    """What one service costs in full in the year, and what is allocated to it."""

    cost: Money
    allocated: Money


@dataclass(frozen=True)
class PlanFacts:
    """The plan an instalment pays for, and what stands behind its money."""

    management: ManagementType
    is_agreed: bool
    period: Period
    covers: Period
    amount: Money
    still_to_pay: Money
    services: Sequence[ServiceFacts] = ()
    consented: bool = True
    excluded: bool = False
    review_due_on: date | None = None


@dataclass(frozen=True)
class PaymentFacts:
    """All that the checklist looks at; `account` is None while no details are confirmed, `plan` for an invoice."""

    on: date
    payee_acts: bool
    payee_excluded: bool
    account: AccountFacts | None
    holds: Sequence[HoldFacts] = ()
    plan: PlanFacts | None = field(default=None)

    def beside(self, taken: Money) -> Self:
        """Return the facts where so much is about to be taken of the same pot and year."""
        if self.plan is None:
            return self
        return replace(self, plan=replace(self.plan, still_to_pay=self.plan.still_to_pay - taken))


def may_pay(facts: PaymentFacts) -> Verdict:
    """Return everything that stands against a payment, and what to look at, in the order of the checklist."""
    plan = facts.plan
    failures = [
        *(_standing(plan) if plan else ()),
        *_payee(facts),
        *(_plan(plan) if plan else ()),
        *(_account(facts.account) if facts.account else ()),
        *(_amount(plan) if plan else ()),
        *_held(facts.holds),
    ]
    return Verdict(tuple(failures), tuple(_review(plan, facts.on)) if plan else ())


def _standing(plan: PlanFacts) -> Iterator[Reason]:
    if plan.management is not ManagementType.DIRECT_PAYMENT:
        return
    if not plan.consented:
        yield Reason(
            Code.NO_CONSENT,
            "Nobody's consent to the direct payment is in force on the payday. Record the person's consent, or that "
            "of who represents them, or arrange the care another way.",
        )
    if plan.excluded:
        yield Reason(
            Code.EXCLUDED,
            "The law bars this person from direct payments on the payday. Offer another way of holding the money.",
        )


def _payee(facts: PaymentFacts) -> Iterator[Reason]:
    if not facts.payee_acts:
        yield Reason(
            Code.PAYEE_NOT_VALID,
            "Who is to be paid does not act for this person, or does not trade, on the payday. Choose another payee.",
        )
    if facts.payee_excluded:
        yield Reason(
            Code.PAYEE_EXCLUDED, "The law bars who is to be paid from managing direct payments. Choose another payee."
        )
    if facts.account is None:
        yield Reason(
            Code.DETAILS_NOT_CONFIRMED,
            "The payee's bank details are missing, or no second person has confirmed them. Confirm them first.",
        )


def _plan(plan: PlanFacts) -> Iterator[Reason]:
    if not plan.is_agreed:
        yield Reason(Code.PLAN_NOT_AGREED, "The plan is not agreed and active. Finish its sign-off first.")
    if plan.covers.start_on < plan.period.start_on or plan.covers.end_on > plan.period.end_on:
        yield Reason(
            Code.PLAN_NOT_IN_DATE,
            f"The plan runs from {plan.period.start_on:%-d %B %Y} to {plan.period.last_day:%-d %B %Y}, and the payment "
            "covers other days. Plan the instalments again.",
        )


def _account(account: AccountFacts) -> Iterator[Reason]:
    if account.use is AccountUse.DEDICATED and not account.is_approved:
        yield Reason(
            Code.ACCOUNT_NOT_APPROVED,
            "The account is not approved for this money alone. See its papers and approve it, or use a managed one.",
        )
    if account.use is AccountUse.ONE_OFF and not account.is_only_payment:
        yield Reason(
            Code.NOT_THE_ONLY_PAYMENT,
            "The account is for the only payment of a financial year, and there are others. Use a dedicated account.",
        )


def _amount(plan: PlanFacts) -> Iterator[Reason]:
    for service in plan.services:
        if service.allocated < service.cost:
            yield Reason(
                Code.SERVICE_NOT_COVERED,
                f"A service of the plan costs {format_pounds(service.cost)} in full and has "
                f"{format_pounds(service.allocated)}. Raise its money, or agree a smaller plan.",
            )
    if plan.amount > plan.still_to_pay:
        yield Reason(
            Code.MORE_THAN_STILL_TO_PAY,
            f"The payment is {format_pounds(plan.amount)} and {format_pounds(plan.still_to_pay)} is still to pay out. "
            "Plan the instalments again.",
        )


def _held(holds: Sequence[HoldFacts]) -> Iterator[Reason]:
    for hold in holds:
        stopped = hold.kind is HoldKind.STOP
        yield Reason(
            Code.STOPPED if stopped else Code.ON_HOLD,
            f"Payments are {'stopped' if stopped else 'on hold'} from {hold.start_on:%-d %B %Y}. "
            "Read the reason with the budget, and lift it first if it no longer holds.",
        )


def _review(plan: PlanFacts, on: date) -> Iterator[Reason]:
    if plan.review_due_on is not None and plan.review_due_on < on:
        yield Reason(
            Code.REVIEW_OVERDUE,
            f"A review was due on {plan.review_due_on:%-d %B %Y}. The payment goes on; hold the review soon.",
        )
