"""An order, agreement or rota as somebody wants to raise it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from moneyed import Money

from phb.budget.kinds import CommitmentKind
from phb.budget.plans.draft import refuse_absurd, require_words
from phb.core.period import Period


@dataclass(frozen=True)
class NewCommitment:
    """Money of a plan line to be promised for some days of one financial year.

    The category is the line's unless another is given, with the reason where that is referred to a decision; the
    last day of the period is the last whose care may use it unless `expires_on` says a later one. `provider_id` is
    the organisation of an order or agreement; of an agreement, the one that holds the pot if left out.
    """

    reference: str
    kind: CommitmentKind
    amount: Money
    period: Period
    words: str
    provider_id: UUID | None = None
    category_code: str | None = None
    referral_reason: str | None = None
    expires_on: date | None = None

    def __post_init__(self) -> None:
        """Refuse one without words or with an absurd amount."""
        require_words(self.reference, "reference")
        require_words(self.words, "words")
        refuse_absurd(self.amount, self.reference, "amount")
