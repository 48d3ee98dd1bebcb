"""Values into words: amounts, days, states and how each state is coloured. Templates hold no sums."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum

from moneyed import Money

from phb.core.clock import london_date
from phb.core.money import format_pounds
from phb.documents.words import say, say_day

COLOURS: Mapping[str, str] = {
    "draft": "grey",
    "submitted": "blue",
    "signed_off_clinically": "blue",
    "signed_off_finance": "blue",
    "agreed": "green",
    "active": "green",
    "refused": "red",
    "closed": "grey",
}


def when(instant: datetime | None) -> str:
    """Return an instant as its day in London."""
    return "" if instant is None else say_day(london_date(instant))


def words(state: StrEnum | str) -> str:
    """Return a state as people read it: “signed off finance”, its first letter large."""
    return str(state).replace("_", " ").capitalize()


def tag(state: StrEnum | str) -> dict[str, str]:
    """Return what the NHS.UK tag needs to show a state."""
    return {"text": words(state), "classes": f"nhsuk-tag--{COLOURS.get(str(state), 'grey')}"}


def pounds(amount: Money | None) -> str:
    """Return an amount as people write it; nothing where there is none."""
    return "" if amount is None else format_pounds(amount)


def setting(value: object) -> str:
    """Return the value of a policy's setting as people read it."""
    match value:
        case bool():
            return "Yes" if value else "No"
        case Money():
            return format_pounds(value)
        case StrEnum():
            return words(value)
        case _:
            return str(value)


FILTERS: Mapping[str, Callable[..., object]] = {
    "say": say,
    "when": when,
    "words": words,
    "tag": tag,
    "pounds": pounds,
    "setting": setting,
}
