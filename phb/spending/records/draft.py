"""Spend as somebody wants to record it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from moneyed import Money

from phb.budget.plans.draft import require_words
from phb.core.money import to_pence
from phb.core.period import Period


@dataclass(frozen=True)
class NewSpend:
    """Money that left the account of a pot.

    `plan_line_id` is the line it was for; None where it is in no plan, and then `pot_id` says whose account it left if
    the budget has more than one. `payee` is who was paid and `words` what was bought. `covers` are the days it was
    for, where they are not the day itself. `reference` is the recorder's own, with nothing personal in it; one is made
    when left out. `evidence_seen` is for who decides on spend and saw the receipt on paper.
    """

    spent_on: date
    amount: Money
    category: str
    payee: str
    words: str
    plan_line_id: UUID | None = None
    pot_id: UUID | None = None
    covers: Period | None = None
    commitment_id: UUID | None = None
    reference: str | None = None
    evidence_seen: bool = False

    def __post_init__(self) -> None:
        """Refuse one without words, or an amount that is no whole number of pence."""
        for name in ("category", "payee", "words"):
            require_words(getattr(self, name), name)
        if self.reference is not None:
            require_words(self.reference, "reference")
        to_pence(self.amount)
