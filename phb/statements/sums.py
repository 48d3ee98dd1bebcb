"""Adding amounts up, and refusing a statement whose parts do not."""

from collections.abc import Iterable

from moneyed import Money

from phb.core.errors import RuleViolationError
from phb.core.money import format_pounds, from_pence, to_pence

NOTHING = from_pence(0)


class DoesNotAddUpError(RuleViolationError):
    """A statement's total is not what its parts come to; the books and the records disagree."""

    code = "statement-does-not-add-up"


def total(amounts: Iterable[Money]) -> Money:
    """Return the sum of some amounts, nothing for none."""
    return sum(amounts, NOTHING)


def require_equal(what: str, *, parts: Money, given: Money) -> None:
    """Refuse a total that its parts do not come to.

    Raises:
        DoesNotAddUpError: the two differ, if only by a penny.
        FractionOfAPennyError: either is no whole number of pence.
    """
    if to_pence(parts) != to_pence(given):
        raise DoesNotAddUpError(
            f"{what} does not add up: its parts come to {format_pounds(parts)} and the books say "
            f"{format_pounds(given)}. Do not send this statement. Run `phb ledger verify` and mend what it finds.",
            what=what,
            parts=parts,
            given=given,
        )
