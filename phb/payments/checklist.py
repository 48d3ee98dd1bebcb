"""May we pay: every check on the next payment of each pot, passed or not, as people go through them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from phb.budget.plans.models import Pot
from phb.budget.plans.queries import pots_of
from phb.budget.queries import budget
from phb.core.actor import Actor
from phb.payments.agreed import agreed_pot
from phb.payments.checks.gathering import facts_of_instalment
from phb.payments.checks.rules import Code, Reason, Verdict, may_pay
from phb.payments.schedules.models import Instalment
from phb.payments.schedules.queries import next_unsent

CHECKS: Sequence[tuple[str, frozenset[Code]]] = (
    ("Consent to a direct payment is in force", frozenset({Code.NO_CONSENT})),
    ("The law bars nobody concerned", frozenset({Code.EXCLUDED, Code.PAYEE_EXCLUDED})),
    ("The payee acts for the person, or trades", frozenset({Code.PAYEE_NOT_VALID})),
    ("A second person confirmed the bank details", frozenset({Code.DETAILS_NOT_CONFIRMED})),
    ("The account is right for this money", frozenset({Code.ACCOUNT_NOT_APPROVED, Code.NOT_THE_ONLY_PAYMENT})),
    ("The plan is agreed and runs on these days", frozenset({Code.PLAN_NOT_AGREED, Code.PLAN_NOT_IN_DATE})),
    ("The money covers each service in full", frozenset({Code.SERVICE_NOT_COVERED})),
    ("No more is paid than is still to pay out", frozenset({Code.MORE_THAN_STILL_TO_PAY})),
    ("Nothing is on hold or stopped", frozenset({Code.ON_HOLD, Code.STOPPED})),
    ("No review is overdue", frozenset({Code.REVIEW_OVERDUE})),
)


@dataclass(frozen=True)
class Checked:
    """One check: what it asks, what stands against it, and what to look at though it stops nothing."""

    words: str
    failures: tuple[Reason, ...]
    warnings: tuple[Reason, ...]

    @property
    def outcome(self) -> str:
        """Whether it passed, warns or failed."""
        return "failed" if self.failures else "warning" if self.warnings else "passed"


@dataclass(frozen=True)
class NextPayment:
    """The next payment of a pot and its checks; None where nothing more is planned."""

    pot: Pot
    instalment: Instalment | None
    verdict: Verdict

    @property
    def checks(self) -> tuple[Checked, ...]:
        """Every check of the list, in order."""
        return tuple(
            Checked(
                words,
                tuple(reason for reason in self.verdict.failures if reason.code in codes),
                tuple(reason for reason in self.verdict.warnings if reason.code in codes),
            )
            for words, codes in CHECKS
        )


def next_payments(session: Session, actor: Actor, budget_id: UUID, on: date) -> list[NextPayment]:
    """Return the next payment that is in no run, of each pot that is paid out, checked for its payday or today.

    Raises:
        BudgetNotFoundError: there is none, or it is not the actor's to see.
    """
    found = budget(session, actor, budget_id, on)
    pots = [pot for pot in pots_of(session, found.id) if pot.management_type.is_handed_over]
    return [_next(session, actor, pot, on) for pot in pots]


def _next(session: Session, actor: Actor, pot: Pot, on: date) -> NextPayment:
    instalment = next_unsent(session, pot.id)
    if instalment is None:
        return NextPayment(pot, None, Verdict(()))
    agreed = agreed_pot(session, actor, pot.id, on)
    facts = facts_of_instalment(session, agreed, instalment, max(on, instalment.pay_on))
    return NextPayment(pot, instalment, may_pay(facts))
