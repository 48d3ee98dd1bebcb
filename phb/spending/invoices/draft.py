"""A provider's invoice as it came in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from moneyed import Money

from phb.budget.plans.draft import refuse_absurd, require_words
from phb.core.errors import RuleViolationError
from phb.core.money import from_pence
from phb.core.period import Period

MOST_LINES = 200


class NoInvoiceLinesError(RuleViolationError):
    """An invoice has no line, or far too many."""

    code = "invoice-lines"


@dataclass(frozen=True)
class NewInvoiceLine:
    """What was delivered. `category` is the plan line's where it is left out; `commitment_id` the order it uses."""

    plan_line_id: UUID
    amount: Money
    covers: Period
    words: str
    category: str | None = None
    commitment_id: UUID | None = None

    def __post_init__(self) -> None:
        """Refuse a line without words or with an absurd amount."""
        require_words(self.words, "lines.words")
        refuse_absurd(self.amount, self.words, "lines.amount")


@dataclass(frozen=True)
class NewInvoice:
    """An invoice of one provider for one budget. `reference` is the provider's own number for it."""

    provider_id: UUID
    reference: str
    invoiced_on: date
    lines: tuple[NewInvoiceLine, ...]

    def __post_init__(self) -> None:
        """Refuse one without a number or without lines."""
        require_words(self.reference, "reference")
        if not 0 < len(self.lines) <= MOST_LINES:
            raise NoInvoiceLinesError(f"An invoice has from one to {MOST_LINES} lines. Give each once.", field="lines")

    @property
    def happened_on(self) -> date:
        """The last day of the care, or the invoice's own day where that came first."""
        return min(self.invoiced_on, max(line.covers.last_day for line in self.lines))


def total(lines: Sequence[NewInvoiceLine]) -> Money:
    """Return what lines come to."""
    return sum((line.amount for line in lines), from_pence(0))
