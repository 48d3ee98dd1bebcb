"""Every setting a commissioner may date and change: its fields, meaning, default and the default's source.

A default applies until the commissioner confirms a value of its own. docs/policy.md is printed from here.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from moneyed import Money

from phb.core.money import pounds


def setting(meaning: str, default: object, *, at_least: int = 0, at_most: int = 1_000_000_000) -> Any:  # noqa: ANN401 - stands for a field of any type, as field() does
    """Return a dataclass field with its default and what it means.

    Args:
        meaning: completes "this is ..."; the line of docs/policy.md.
        default: applies until the commissioner confirms a value.
        at_least: the least that a number, or an amount in pounds, may be.
        at_most: the most, where law or sense ends it.
    """
    return field(default=default, metadata={"meaning": meaning, "at_least": at_least, "at_most": at_most})


class ApprovedValue(StrEnum):
    """What a limit of the scheme of delegation is compared with."""

    ANNUALISED_FULL_COST_PLUS_ONE_OFFS = "annualised_full_cost_plus_one_offs"
    AGREED_TOTAL = "agreed_total"


class NonWorkingDay(StrEnum):
    """Where a payday that is no working day moves."""

    BEFORE = "before"
    AFTER = "after"


class ReportingOrder(StrEnum):
    """Which way of holding money a mixed budget is counted under: the first of these that it has."""

    DIRECT_PAYMENT_FIRST = "direct_payment > third_party > notional"
    THIRD_PARTY_FIRST = "third_party > direct_payment > notional"
    NOTIONAL_FIRST = "notional > direct_payment > third_party"


class Rhythm(StrEnum):
    """How often instalments of a direct payment are due."""

    FOUR_WEEKLY = "four_weekly"
    MONTHLY = "monthly"


class EntryDay(StrEnum):
    """On which days payments arrive; a weekday that is none to work on moves to the working day before."""

    EVERY_WORKING_DAY = "every_working_day"
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"


class RechargedWhen(StrEnum):
    """When another funder is asked for its share: when money was paid out for it, or when care was paid for."""

    PAID_OUT = "paid_out"
    SPENT = "spent"


class MailedTo(StrEnum):
    """Who is written to about what they have to do."""

    NOBODY = "nobody"
    STAFF = "staff"
    EVERYBODY = "everybody"


@dataclass(frozen=True)
class Policy:
    """What all policies share: a name, a title and the source of the defaults."""

    name: ClassVar[str]
    title: ClassVar[str]
    source: ClassVar[str]


@dataclass(frozen=True)
class DelegationPolicy(Policy):
    """How an approver's limit is applied."""

    name = "delegation"
    title = "What a limit of the scheme of delegation measures"
    source = "Design default: inclusive upper bound on the annualised full cost of all funders plus one-offs"

    measure: ApprovedValue = setting(
        "what is compared with the limit", ApprovedValue.ANNUALISED_FULL_COST_PLUS_ONE_OFFS
    )
    limit_included: bool = setting("whether a value equal to the limit is inside it", default=True)


@dataclass(frozen=True)
class SpendingPolicy(Policy):
    """How closely spending is held to the plan."""

    name = "spending"
    title = "Spending against a plan line"
    source = "Design default: no overspend; every receipt is asked for"

    tolerance: Money = setting("how far a plan line may be overspent", pounds("0.00"))
    evidence_not_needed_below: Money = setting("spend below this sum needs no receipt", pounds("0.00"))
    largest_single_spend: Money = setting("a record above this sum is refused as a slip", pounds("50000.00"))


@dataclass(frozen=True)
class InstalmentPolicy(Policy):
    """When a direct payment is paid."""

    name = "instalments"
    title = "Instalments of a direct payment"
    source = "Common practice of councils, read second-hand: every four weeks, in advance"

    rhythm: Rhythm = setting("how often an instalment is due", Rhythm.FOUR_WEEKLY)
    in_advance: bool = setting("whether an instalment is paid at the start of the days it covers", default=True)
    non_working_day: NonWorkingDay = setting("where a payday that is no working day moves", NonWorkingDay.BEFORE)


@dataclass(frozen=True)
class PaymentRunPolicy(Policy):
    """On which days payment runs arrive, and when they are assembled by themselves."""

    name = "payment-runs"
    title = "Payment runs that assemble themselves"
    source = "Design default: a run for each working day, assembled a working day before its file must be sent"

    by_itself: bool = setting("whether runs are assembled without being asked for", default=True)
    entry_day: EntryDay = setting("on which days payments arrive", EntryDay.EVERY_WORKING_DAY)
    lead_days: int = setting(
        "working days before the entry day on which its run is assembled", 3, at_least=2, at_most=15
    )


@dataclass(frozen=True)
class TaskPolicy(Policy):
    """By when what waits for somebody is due, and how long before something ends it is announced.

    How long finance has is in the policy “finance”.
    """

    name = "tasks"
    title = "How long people have for what is theirs to do"
    source = "Design default"

    clinical_sign_off: int = setting("days to sign a budget or a change off clinically", 7, at_most=366)
    agreement: int = setting("days for the person to agree to a budget or a change", 14, at_most=366)
    redraft: int = setting("days to prepare again what was returned", 7, at_most=366)
    confirmation: int = setting("days to confirm a policy or a limit that a colleague proposed", 14, at_most=366)
    fault: int = setting("days to look into a breach in the books, or what failed by itself", 1, at_most=366)
    receipt_after: int = setting("days from recording spend until its receipt is asked for", 14, at_most=366)
    receipt: int = setting("days to send a receipt that is asked for", 14, at_most=366)
    review_notice: int = setting("days before a review is due on which it is announced", 28, at_most=366)
    ending_notice: int = setting("days before a budget ends on which its successor is asked for", 90, at_most=366)
    standing_notice: int = setting("days before a role, or somebody's standing to act, ends", 28, at_most=366)
    mail: MailedTo = setting("who is written to about what they have to do, unless they chose", MailedTo.STAFF)


@dataclass(frozen=True)
class ReviewPolicy(Policy):
    """When a direct payment is reviewed."""

    name = "reviews"
    title = "Reviews of a direct payment"
    source = "SI 2013/1617 reg 14: within three months of the first payment, then at most twelve months apart"

    first_within_months: int = setting("months from the first payment to the first review", 3, at_least=1, at_most=3)
    then_within_months: int = setting("months between reviews after that", 12, at_least=1, at_most=12)


@dataclass(frozen=True)
class IndicatorPolicy(Policy):
    """Who is counted in the checks of the standard model."""

    name = "indicators"
    title = "What the checks of the standard model count"
    source = "Universal Personalised Care s2.2; whether fast track is in is stated on the report (design)"

    fast_track_in_chc_home: bool = setting("whether fast track home packages are in the CHC check", default=False)
    children_in_chc_home: bool = setting("whether children's continuing care is in the CHC check", default=False)
    separate_lines_in_mix: bool = setting(
        "whether budgets that the national return counts on a separate line are in the cohort mix", default=False
    )
    reporting_order: ReportingOrder = setting(
        "the one way of holding money that a mixed budget is counted under: the first it has of these",
        ReportingOrder.DIRECT_PAYMENT_FIRST,
    )


@dataclass(frozen=True)
class FinancePolicy(Policy):
    """How soon finance acts on what waits for it."""

    name = "finance"
    title = "How soon finance decides and pays"
    source = "Better Payment Practice Code: an invoice is paid within 30 days; the days to decide are a design default"

    decide_within_days: int = setting(
        "days from when something reaches finance until it is decided", 10, at_least=1, at_most=366
    )
    pay_invoices_within_days: int = setting(
        "days from the date of an invoice until it is paid", 30, at_least=1, at_most=366
    )


@dataclass(frozen=True)
class FunderPolicy(Policy):
    """What other funders of integrated budgets are asked for."""

    name = "funders"
    title = "What other funders are asked for"
    source = "Design default: cash accounting at payment is simpler and common; agreements between funders differ"

    recharged_when: RechargedWhen = setting(
        "when a funder's share counts: when money was paid out for it, or when it was spent on care",
        RechargedWhen.PAID_OUT,
    )


@dataclass(frozen=True)
class StatementPolicy(Policy):
    """What a statement tells its reader about getting help."""

    name = "statements"
    title = "Words on every statement"
    source = "Local: how people reach the commissioner"

    contact: str = setting(
        "how to ask about a statement or a budget", "Ask your care co-ordinator about anything you read here."
    )
    ask_again: str = setting(
        "how to ask for a decision to be looked at again",
        "If you think a decision about your budget is wrong, you can ask us to look at it again. "
        "You can have an advocate to help you.",
    )


POLICIES: dict[str, type[Policy]] = {
    policy.name: policy
    for policy in (
        DelegationPolicy,
        SpendingPolicy,
        InstalmentPolicy,
        PaymentRunPolicy,
        ReviewPolicy,
        TaskPolicy,
        IndicatorPolicy,
        FinancePolicy,
        FunderPolicy,
        StatementPolicy,
    )
}
