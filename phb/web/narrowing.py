"""Narrow a list: what is chosen stands in the address as days, codes and ids, never as what somebody typed."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import UUID

from flask import abort, request

from phb.core.days import Days
from phb.documents.words import say_day
from phb.web.forms import Day, PageForm

Code = TypeVar("Code", bound=StrEnum)
Row = TypeVar("Row")
A_PAGE = 50
ALL_DAYS = Days()


class DaysForm(PageForm):
    """The days that a list is narrowed to."""

    button = "Show these"

    from_day = Day("From")
    to_day = Day("Up to")

    def address(self) -> dict[str, Any]:
        """Return what is chosen as it stands in an address."""
        days = {"first": self.from_day.data, "last": self.to_day.data}
        return {name: day.isoformat() for name, day in days.items() if day}


def titled(whole: str, *chosen: str | None, days: Days = ALL_DAYS) -> str:
    """Return the title of a list: what it is narrowed to before what the whole is called, so that each has its own.

    Args:
        whole: the title of the whole list.
        chosen: in words, what it is narrowed to; None where it is not.
        days: the days it is narrowed to.
    """
    since = f"from {say_day(days.first)}" if days.first else None
    until = f"up to {say_day(days.last)}" if days.last else None
    narrowed = ", ".join(words for words in (*chosen, since, until) if words)
    return f"{narrowed[0].upper()}{narrowed[1:]} \N{EN DASH} {whole[0].lower()}{whole[1:]}" if narrowed else whole


def kept() -> Mapping[str, str]:
    """Return what stands in the address besides the place in the list."""
    return {name: value for name, value in request.args.items() if name != "after"}


def after() -> str | None:
    """Return where the page of a list begins, or None for the first one."""
    return request.args.get("after")


def days_chosen() -> Days:
    """Return the days in the address."""
    return Days(day("first"), day("last"))


def day(name: str) -> date | None:
    """Return a day in the address; an address that we did not make is refused."""
    given = request.args.get(name)
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST)


def code(name: str, codes: type[Code]) -> Code | None:
    """Return one of a closed list in the address."""
    given = request.args.get(name)
    try:
        return codes(given) if given else None
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST)


def an_id(name: str) -> UUID | None:
    """Return an id in the address."""
    given = request.args.get(name)
    try:
        return UUID(given) if given else None
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST)


def part(rows: Sequence[Row], name: str) -> tuple[Sequence[Row], int | None]:
    """Return a page of rows that are worked out whole, from a number in the address on, and where the next begins."""
    given = request.args.get(name, "0")
    if not given.isdecimal() or not given.isascii():
        abort(HTTPStatus.BAD_REQUEST)
    start = int(given)
    end = start + A_PAGE
    return rows[start:end], end if len(rows) > end else None
