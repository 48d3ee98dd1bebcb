"""Values into words: amounts, days, states and how each state is coloured. Templates hold no sums."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum

from moneyed import Money

from phb.core.clock import LONDON, london_date
from phb.core.money import format_pounds
from phb.core.period import month_in_words
from phb.documents.words import say, say_day
from phb.reports.words import setting, words

COLOURS: Mapping[str, str] = {
    "draft": "grey",
    "submitted": "blue",
    "signed_off_clinically": "blue",
    "signed_off_finance": "blue",
    "agreed": "green",
    "active": "green",
    "refused": "red",
    "closed": "grey",
    "applied": "green",
    "accepted": "green",
    "accepted_after_all": "green",
    "asked_about": "yellow",
    "put_back": "grey",
    "corrected": "grey",
    "lowered": "grey",
    "assembled": "blue",
    "approved": "blue",
    "released": "blue",
    "exported": "blue",
    "in_run": "blue",
    "reissue_requested": "blue",
    "reissue_in_run": "blue",
    "settled": "green",
    "came_back": "red",
}


def when(instant: datetime | None) -> str:
    """Return an instant as its day in London."""
    return "" if instant is None else say_day(london_date(instant))


def moment(instant: datetime | None) -> str:
    """Return an instant with its time in London."""
    return "" if instant is None else f"{when(instant)}, {instant.astimezone(LONDON):%H:%M}"


def past(action: str) -> str:
    """Return what an audit event says was done, without what it was done to: “Signed off”."""
    return words(action.rpartition(".")[2])


def year(number: int) -> str:
    """Return a financial year as people write it: 2026/27."""
    return f"{number}/{(number + 1) % 100:02}"


def tag(state: StrEnum | str) -> dict[str, str]:
    """Return what the NHS.UK tag needs to show a state."""
    return {"text": words(state), "classes": f"nhsuk-tag--{COLOURS.get(str(state), 'grey')}"}


def pounds(amount: Money | None) -> str:
    """Return an amount as people write it; nothing where there is none."""
    return "" if amount is None else format_pounds(amount)


FILTERS: Mapping[str, Callable[..., object]] = {
    "say": say,
    "when": when,
    "moment": moment,
    "words": words,
    "past": past,
    "year": year,
    "tag": tag,
    "pounds": pounds,
    "month": month_in_words,
    "setting": setting,
}
