"""A care plan as somebody proposes it, before it is priced and stored: plain values, checked when they are made."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from fractions import Fraction
from hashlib import sha256
from uuid import UUID

from moneyed import Money

from phb.budget.kinds import Frequency, LinePurpose, ManagementType, ShareBasis
from phb.budget.setting.inputs import Unit
from phb.budget.setting.weeks import Method
from phb.core.errors import RuleViolationError
from phb.core.money import format_pounds, pounds, to_pence
from phb.core.period import Period
from phb.ledger.chart import NHS

MOST_POUNDS = pounds("10000000.00")
MOST_LETTERS = 2000


class WordsMissingError(RuleViolationError):
    """Something that people read is empty, or far too long."""

    code = "words-missing"


class AbsurdAmountError(RuleViolationError):
    """An amount or a quantity is nil, negative or absurdly large."""

    code = "absurd-amount"


class PriceUnclearError(RuleViolationError):
    """A line has no price, or two."""

    code = "price-unclear"


class PotUnclearError(RuleViolationError):
    """A pot is held by a third party that is not named, or names one it does not have."""

    code = "pot-unclear"


class ShareUnclearError(RuleViolationError):
    """A funder's share does not say how much in the way it promises."""

    code = "share-unclear"


@dataclass(frozen=True)
class PotDraft:
    """A way of holding some of the money; `organisation_id` is the third party that holds it."""

    reference: str
    management: ManagementType
    organisation_id: UUID | None = None

    def __post_init__(self) -> None:
        """Refuse a third party that is not named, or one where there is none."""
        require_words(self.reference, "pots.reference")
        if (self.management is ManagementType.THIRD_PARTY) != (self.organisation_id is not None):
            raise PotUnclearError(
                f"The pot “{self.reference}” is {self.management.value.replace('_', ' ')}. "
                "Name the organisation that holds a third party budget, and none for the others.",
                field="pots.organisation_id",
            )


@dataclass(frozen=True)
class OutcomeDraft:
    """Something the person wants to be able to do or to be."""

    reference: str
    words: str

    def __post_init__(self) -> None:
        """Refuse an outcome without words."""
        require_words(self.reference, "outcomes.reference")
        require_words(self.words, "outcomes.words")


@dataclass(frozen=True)
class RiskDraft:
    """What could go wrong, and what is then done."""

    words: str
    response: str

    def __post_init__(self) -> None:
        """Refuse a risk nobody has an answer to."""
        require_words(self.words, "risks.words")
        require_words(self.response, "risks.response")


@dataclass(frozen=True)
class ShareRule:
    """How much of a plan line one funder pays: a percentage, a fixed sum for the whole line, or the rest.

    `start_on` is the day from which it holds, together with all that begin on it; None for the line's first day.
    """

    fund: str = NHS
    basis: ShareBasis = ShareBasis.REST
    percent: Fraction | None = None
    amount: Money | None = None
    start_on: date | None = None

    def __post_init__(self) -> None:
        """Refuse a basis without its number, or with another's."""
        stated = (self.percent is not None, self.amount is not None)
        if stated != (self.basis is ShareBasis.PERCENT, self.basis is ShareBasis.FIXED):
            raise ShareUnclearError(
                f"The share of {self.fund} is by {self.basis.value}: give a percentage for “percent”, "
                "an amount for “fixed”, and neither for “rest”.",
                field="shares",
            )
        if (self.percent is not None and self.percent <= 0) or (self.amount is not None and self.amount.amount <= 0):
            raise ShareUnclearError(f"The share of {self.fund} is not above nil. Leave it out.", field="shares")


@dataclass(frozen=True)
class LineDraft:
    """One service of the plan.

    `need` names the band or item that the commissioner's model and rates price; otherwise `unit_price` is stated
    in the plan, and `weeks` how a weekly amount becomes a longer one (days over seven, if left out). `money` is
    what is set aside where it is more than the full cost. `referral_reason` says why a referred category is right.
    """

    reference: str
    outcome: str
    pot: str
    category: str
    words: str
    period: Period
    quantity: Fraction
    unit: Unit
    frequency: Frequency
    shares: tuple[ShareRule, ...]
    need: str | None = None
    unit_price: Money | None = None
    weeks: Method | None = None
    money: Money | None = None
    purpose: LinePurpose = LinePurpose.SERVICE
    referral_reason: str | None = None

    def __post_init__(self) -> None:
        """Refuse a line without words, quantity or one price."""
        require_words(self.reference, "lines.reference")
        require_words(self.words, "lines.words")
        if self.quantity <= 0:
            raise AbsurdAmountError(
                f"The line “{self.reference}” has no quantity above nil. Say how many.", field="lines.quantity"
            )
        if (self.need is None) == (self.unit_price is None):
            raise PriceUnclearError(
                f"The line “{self.reference}” needs one price: name the band or item that the rates price, "
                "or state the price of one.",
                field="lines.unit_price",
            )
        for field, amount in (("lines.unit_price", self.unit_price), ("lines.money", self.money)):
            if amount is not None:
                refuse_absurd(amount, self.reference, field)

    @property
    def comes_round(self) -> bool:
        """Say whether it is needed again and again."""
        return self.frequency is not Frequency.ONCE


@dataclass(frozen=True)
class PlanDraft:
    """A whole care plan.

    `contingency` says what happens when the usual care breaks down, `training` who learns what;
    `care_coordinator_id` is the user who is the person's named contact.
    """

    period: Period
    pots: tuple[PotDraft, ...]
    outcomes: tuple[OutcomeDraft, ...]
    lines: tuple[LineDraft, ...]
    risks: tuple[RiskDraft, ...]
    contingency: str
    training: str
    review_on: date
    care_coordinator_id: UUID

    def __post_init__(self) -> None:
        """Refuse a plan that says nothing of contingency or training."""
        require_words(self.contingency, "contingency")
        require_words(self.training, "training")

    def digest(self) -> bytes:
        """Return a hash that two plans share only when they say the same."""
        return sha256(json.dumps(asdict(self), default=_plain, sort_keys=True).encode()).digest()


def require_words(text: str, field: str) -> None:
    """Refuse an empty text, or a book.

    Raises:
        WordsMissingError: so it is.
    """
    if not text.strip() or len(text) > MOST_LETTERS:
        raise WordsMissingError(
            f"“{field}” needs words: at least one letter and at most {MOST_LETTERS:,}.", field=field
        )


def refuse_absurd(amount: Money, reference: str, field: str) -> None:
    """Refuse an amount that is nil, negative or beyond any budget.

    Raises:
        AbsurdAmountError: so it is.
    """
    to_pence(amount)
    if not 0 < amount.amount <= MOST_POUNDS.amount:
        raise AbsurdAmountError(
            f"£{amount.amount} of “{reference}” is not above nil and at most {format_pounds(MOST_POUNDS)}. "
            "Correct the amount.",
            field=field,
        )


def _plain(value: object) -> object:
    return to_pence(value) if isinstance(value, Money) else str(value)
