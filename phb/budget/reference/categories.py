"""What money may be spent on: allowed, referred to a decision, or barred."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from phb.budget.kinds import ManagementType
from phb.budget.reference.tables import day, holds_on, rows
from phb.core.errors import RuleViolationError

WHERE = {
    "all PHBs": frozenset(ManagementType),
    "direct payments": frozenset({ManagementType.DIRECT_PAYMENT}),
}


class UnknownCategoryError(RuleViolationError):
    """No category of spending has that code on that day."""

    code = "unknown-category"


class BarredCategoryError(RuleViolationError):
    """The category may not be bought with a personal health budget."""

    code = "barred-category"


class ReferredCategoryError(RuleViolationError):
    """The category may be bought only where somebody has said why."""

    code = "referred-category"


class Severity(StrEnum):
    """What a category does to a plan line or an order."""

    ALLOW = "allow"
    REFER = "refer"
    BLOCK = "block"


@dataclass(frozen=True)
class SpendCategory:
    """One category.

    Args:
        applies_to: the ways of holding the money that `severity` is about; elsewhere it is allowed.
    """

    code: str
    label: str
    severity: Severity
    applies_to: frozenset[ManagementType]
    rule: str
    effective_from: date
    effective_to: date | None
    source: str
    confidence: str

    @property
    def may_be_planned(self) -> bool:
        """Say whether some way of holding the money lets it be bought, if need be after a decision."""
        return any(self.severity_for(way) is not Severity.BLOCK for way in ManagementType)

    def severity_for(self, management: ManagementType) -> Severity:
        """Return what the category does where money is held this way."""
        return self.severity if management in self.applies_to else Severity.ALLOW


def categories(on: date) -> tuple[SpendCategory, ...]:
    """Return the categories in force on a day."""
    return tuple(known for known in _table() if holds_on(known.effective_from, known.effective_to, on))


def category(code: str, on: date) -> SpendCategory:
    """Return the category of a code as it is on a day.

    Raises:
        UnknownCategoryError: there is none.
    """
    for known in categories(on):
        if known.code == code:
            return known
    raise UnknownCategoryError(
        f"There is no category of spending “{code}” on {on:%-d %B %Y}. Look in the list of categories.",
        field="category",
    )


def refuse_barred(code: str, management: ManagementType, on: date, *, reason: str | None) -> SpendCategory:
    """Return a category that may be bought this way, or refuse; `reason` says why a referred one is right here.

    Raises:
        UnknownCategoryError: there is no such category.
        BarredCategoryError: it may never be bought this way.
        ReferredCategoryError: it needs a reason and has none.
    """
    found = category(code, on)
    severity = found.severity_for(management)
    if severity is Severity.BLOCK:
        raise BarredCategoryError(
            f"“{found.label}” cannot be bought with this money: {found.rule} ({found.source}). Take it out.",
            field="category",
            category=code,
        )
    if severity is Severity.REFER and not (reason or "").strip():
        raise ReferredCategoryError(
            f"“{found.label}” needs a decision: {found.rule} ({found.source}). Say why it is right here.",
            field="referral_reason",
            category=code,
        )
    return found


@cache
def _table() -> tuple[SpendCategory, ...]:
    return tuple(
        SpendCategory(
            code=row["code"],
            label=row["label"],
            severity=Severity(row["severity"]),
            applies_to=WHERE[row["applies_to"]],
            rule=row["rule"],
            effective_from=date.fromisoformat(row["effective_from"]),
            effective_to=day(row["effective_to"]),
            source=row["source"],
            confidence=row["confidence"],
        )
        for row in rows("spend_categories")
    )
