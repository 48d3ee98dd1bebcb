"""What finance reads for kinds, steps, states and events."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from phb.budget.kinds import ManagementType
from phb.budget.setting.words import counted_text, plain
from phb.monitoring.waiting.kinds import WaitingKind, Whose
from phb.reports.words import STEPS, words


@dataclass(frozen=True)
class Kind:
    """What one thing that waits is called, many of them, and why it waits."""

    one: str
    many: str
    why: str

    def counted(self, count: int) -> str:
        """Return a number of them in words."""
        return f"{count} {self.one if count == 1 else self.many}"


KINDS: Mapping[WaitingKind, Kind] = {
    WaitingKind.BUDGET_TO_SIGN_OFF: Kind(
        "budget to sign off", "budgets to sign off", "A clinician signed it off. Its value is to be signed off."
    ),
    WaitingKind.BUDGET_TO_ACTIVATE: Kind(
        "budget to activate", "budgets to activate", "The person agreed to it. Its money is to be allocated."
    ),
    WaitingKind.CHANGE_TO_SIGN_OFF: Kind(
        "change to sign off", "changes to sign off", "A change makes the budget larger. Its value is to be signed off."
    ),
    WaitingKind.CHANGE_TO_APPLY: Kind(
        "change to apply", "changes to apply", "The person agreed to a change. The books are to follow."
    ),
    WaitingKind.SPEND_ASKED_ABOUT: Kind(
        "question about spending", "questions about spending", "Money left the account and is asked about."
    ),
    WaitingKind.INVOICE_WITHOUT_PAYEE: Kind(
        "invoice without a payee", "invoices without a payee", "The provider has no payee yet, so it cannot be paid."
    ),
    WaitingKind.INVOICE_NOT_PAID: Kind(
        "invoice not yet paid", "invoices not yet paid", "It is accepted and in no payment run yet."
    ),
    WaitingKind.ACCOUNT_TO_CONFIRM: Kind(
        "bank account to confirm", "bank accounts to confirm", "A second person has to confirm the new details."
    ),
    WaitingKind.PAYMENT_CAME_BACK: Kind(
        "payment that came back", "payments that came back", "The bank sent it back. Send it again, or give it up."
    ),
}

NOT_YOURS: Mapping[Whose, str] = {
    Whose.OVER_YOUR_LIMIT: "It is above what you may sign off.",
    Whose.YOUR_OWN: "You did an earlier step of it, so somebody else decides.",
    Whose.OTHERS: "You can look at it. Finance or an approver decides.",
}

WAITS_FOR: Mapping[str, str] = {
    "draft": "It is a draft. Whoever writes it sends it to be signed off.",
    "submitted": "It waits for a clinician to sign it off. Its value can be signed off after that.",
    "signed_off_clinically": "It waits for an approver to sign off its value.",
    "signed_off_finance": "It waits for the person, or who represents them, to agree to it.",
    "agreed": "It is agreed, and waits for an approver to put it in force.",
    "active": "It is active.",
    "applied": "The change is in force.",
    "refused": "It was refused, and nothing more can be done to it.",
}

WAYS: Mapping[str, str] = {
    ManagementType.NOTIONAL: "Notional budget",
    ManagementType.THIRD_PARTY: "Third party budget",
    ManagementType.DIRECT_PAYMENT: "Direct payment",
}

OUTCOMES: Mapping[str, Mapping[str, str]] = {
    "passed": {"text": "Passed", "colour": "green"},
    "warning": {"text": "Look at this", "colour": "yellow"},
    "failed": {"text": "Stops the payment", "colour": "red"},
}

HOLDS: Mapping[str, str] = {"hold": "On hold", "stop": "Stopped"}

FUNDS: Mapping[str, str] = {"nhs": "NHS", "council": "Council"}

GROUPS: Mapping[str, str] = {
    "chc": "Continuing healthcare",
    "cyp_continuing_care": "Children's continuing care",
    "ehcp_send": "Education, health and care plans",
    "looked_after_cyp_mh": "Looked after children, mental health",
    "maternity_pmcb": "Maternity",
    "s117_aftercare": "Section 117 aftercare",
}


def happened(action: str) -> str:
    """Return an event of the audit trail as people read it: “Hold: put”."""
    subject, _, past = action.partition(".")
    return f"{words(subject)}: {words(past).lower()}"


def way(management: str) -> str:
    """Return a way of holding money as people call it."""
    return WAYS.get(management, words(management))


def step(name: str) -> str:
    """Return a step of agreeing as it is told afterwards."""
    return STEPS.get(name, words(name))


def fund(code: str) -> str:
    """Return a payer as people call it."""
    return FUNDS.get(code, words(code))


def group(name: str) -> str:
    """Return a group of cohorts, or a way of holding money, as people call it."""
    return GROUPS.get(name.lower()) or way(name)


def year_name(year: int) -> str:
    """Return a financial year as people call it: 2026/27."""
    return f"{year}/{(year + 1) % 100:02}"


def how_much(quantity: Fraction, unit: str, often: str) -> str:
    """Return how much is needed and how often: “16 hours each week”, “1, once”."""
    counted = plain(quantity) if unit == "each" else counted_text(quantity, unit, f"{unit}s")
    return f"{counted}, once" if often == "once" else f"{counted} each {often}"
