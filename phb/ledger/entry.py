"""What is to be posted, as values: lines, whose money they are about, and the entry that joins them."""

from dataclasses import dataclass, fields, replace
from datetime import date
from hashlib import sha256
from operator import attrgetter
from uuid import UUID

from moneyed import Money

from phb.core.period import Period
from phb.ledger.chart import Account, JournalKind


@dataclass(frozen=True)
class Place:
    """Whose money: the budget, pot, plan line and the financial year it was allocated in."""

    budget_id: UUID
    pot_id: UUID
    plan_line_id: UUID
    year: int


@dataclass(frozen=True)
class Share:
    """An amount of one fund, that is of one payer: "nhs", "council"."""

    fund: str
    amount: Money


@dataclass(frozen=True)
class Portion:
    """One fund's share at one place."""

    place: Place
    share: Share


@dataclass(frozen=True)
class CreditorShare:
    """One fund's share of what is owed to a provider for one budget."""

    budget_id: UUID
    counterparty_id: UUID
    year: int
    share: Share


@dataclass(frozen=True)
class OwedPortion:
    """One fund's share at one place that somebody owes, or is owed: a worker, a holder, another commissioner."""

    counterparty_id: UUID
    portion: Portion


@dataclass(frozen=True)
class BudgetShare:
    """One fund's share that belongs to a budget as a whole."""

    budget_id: UUID
    year: int
    share: Share


@dataclass(frozen=True)
class FundTransfer:
    """Cost at one place that one fund takes over from another."""

    place: Place
    to_fund: str
    from_fund: str
    amount: Money


@dataclass(frozen=True)
class CommitmentPortion:
    """One fund's share of what an order, agreement or rota promises."""

    commitment_id: UUID
    portion: Portion


@dataclass(frozen=True)
class Source:
    """The document or decision an entry comes from."""

    kind: str
    id: UUID


@dataclass(frozen=True)
class Heading:
    """What every entry says of itself.

    `effective_on` is the day it happened. `approved_by` is the second person's user id where the event
    needs one; the preparer is `prepared_by`, or whoever posts.
    """

    effective_on: date
    narration: str
    source: Source
    prepared_by: UUID | None = None
    approved_by: UUID | None = None


@dataclass(frozen=True)
class Line:
    """Signed pence on an account, debit positive."""

    account: Account
    fund: str
    pence: int
    year: int | None = None
    budget_id: UUID | None = None
    pot_id: UUID | None = None
    plan_line_id: UUID | None = None
    commitment_id: UUID | None = None
    counterparty_id: UUID | None = None
    covers: Period | None = None

    def mirrored(self) -> "Line":
        """Return the line with its sides changed."""
        return replace(self, pence=-self.pence)


_columns = attrgetter(*(column.name for column in fields(Line)))


@dataclass(frozen=True)
class Entry:
    """One event, ready to be posted; `reverses_id` names the journal it mirrors."""

    kind: JournalKind
    heading: Heading
    lines: tuple[Line, ...]
    reverses_id: UUID | None = None

    def digest(self) -> bytes:
        """Return the hash that tells a retry from another entry under the same key."""
        heading = self.heading
        words: list[object] = [self.kind, heading.effective_on, heading.narration, heading.source, self.reverses_id]
        for line in self.lines:
            words += _columns(line)
        return sha256("\x1f".join(map(str, words)).encode()).digest()
