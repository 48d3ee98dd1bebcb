"""What a form holds, in words: to be checked before it is sent, or set beside what somebody else wrote meanwhile."""

from collections.abc import Iterable
from dataclasses import dataclass

from moneyed import Money
from wtforms import Field

from phb.core.money import format_pounds
from phb.documents.words import say_day
from phb.web.forms import Choice, Day, Ticks


@dataclass(frozen=True)
class Answer:
    """A question and what was answered; empty where nothing was."""

    question: str
    text: str


@dataclass(frozen=True)
class Beside:
    """A question, what is stored now and what was typed."""

    question: str
    now: str
    typed: str

    @property
    def differs(self) -> bool:
        """Say whether the two are not the same."""
        return self.now != self.typed


def answers(fields: Iterable[Field]) -> list[Answer]:
    """Return what fields hold."""
    return [Answer(str(field.label.text), said(field)) for field in fields]


def side_by_side(now: Iterable[Field], typed: Iterable[Field]) -> list[Beside]:
    """Return what the same fields hold in two forms."""
    pairs = zip(now, typed, strict=True)
    return [Beside(str(stored.label.text), said(stored), said(field)) for stored, field in pairs]


def said(field: Field) -> str:
    """Return what a field holds; what could not be read, as it was typed."""
    data = field.data
    match field:
        case Day():
            return say_day(data) if data else " ".join(field.typed).strip()
        case Choice():
            return dict(field.options).get(data or "", "")
        case Ticks():
            known = dict(field.options)
            return ", ".join(known.get(value, value) for value in data or ())
        case _ if isinstance(data, Money):
            return format_pounds(data)
        case _:
            return str(getattr(field, "_value")() if data is None else data)  # noqa: B009 - not in WTForms' own types
