"""Write frozen dataclasses as JSON values and read them back, naming the place of whatever does not fit."""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields
from datetime import UTC, date, datetime, time
from fractions import Fraction
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin

from phb.budget.setting.schema.checks import hints_of, number, number_text
from phb.core.clock import LONDON
from phb.core.errors import RuleViolationError

T = TypeVar("T")
Json = str | int | list["Json"] | dict[str, "Json"] | None

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class MissingFieldError(RuleViolationError):
    """Something required is not there."""

    code = "field-missing"


class UnknownFieldError(RuleViolationError):
    """Something is there that nobody would read."""

    code = "field-unknown"


class WrongShapeError(RuleViolationError):
    """A list, a text or an object was expected and something else came."""

    code = "wrong-shape"


class UnknownTypeError(RuleViolationError):
    """A step or a method is of a type not known here."""

    code = "unknown-type"


class UnknownChoiceError(RuleViolationError):
    """A value is none of those allowed."""

    code = "unknown-choice"


class NotADateError(RuleViolationError):
    """A date or an instant was expected."""

    code = "not-a-date"


def read(kind: type[T], document: object, at: str = "") -> T:
    """Return a dataclass from what JSON holds.

    Args:
        kind: a frozen dataclass; a class variable `type` is its tag in JSON.
        document: as json.loads() gives it; numbers are whole or text, never floats.
        at: where in a larger document this stands, for the errors: "steps[2]".

    Raises:
        RuleViolationError: the first thing that does not fit, with `field` naming its place.
    """
    given = _object(document, at)
    known = _fields(kind)
    _refuse_unknown(given, {"type", *known} if hasattr(kind, "type") else set(known), at)
    values = {
        name: _value(hints_of(kind)[name], given[name], _join(at, name))
        for name, field in known.items()
        if _is_given(field, given, at)
    }
    return _made(kind, values, at)


def write(value: object) -> dict[str, Json]:
    """Return a dataclass as JSON holds it; a field that is None is left out."""
    tag: dict[str, Json] = {"type": value.type} if hasattr(value, "type") else {}
    hints = hints_of(type(value))
    given = ((name, getattr(value, name)) for name in _fields(type(value)))
    return tag | {name: _written(field, hints[name]) for name, field in given if field is not None}


def _made(kind: type[T], values: Mapping[str, Any], at: str) -> T:
    try:
        return kind(**values)
    except RuleViolationError as error:
        error.field = _join(at, error.field) if error.field else at
        raise


def _is_given(field: "Field[Any]", given: Mapping[str, object], at: str) -> bool:
    if field.name in given:
        return True
    if field.default is MISSING:
        raise MissingFieldError(
            f"“{field.name}” is missing{_within(at)}. Add it.", field=_join(at, field.name), missing=field.name
        )
    return False


def _refuse_unknown(given: Mapping[str, object], known: set[str], at: str) -> None:
    for name in given:
        if name not in known:
            raise UnknownFieldError(
                f"“{name}” means nothing{_within(at)}. Remove it, or write one of: {', '.join(sorted(known))}.",
                field=_join(at, name),
            )


def _value(hint: object, given: object, at: str) -> object:
    origin = get_origin(hint)
    if origin is Annotated:
        return _value(get_args(hint)[0], given, at)
    if origin is Literal:
        return _choice(get_args(hint), given, at)
    if origin in (Union, UnionType):
        return _one_of(get_args(hint), given, at)
    if origin is tuple:
        return tuple(_value(get_args(hint)[0], item, f"{at}[{i}]") for i, item in enumerate(_list(given, at)))
    return _SCALARS[hint](given, at) if hint in _SCALARS else read(cast("type[object]", hint), given, at)


def _one_of(kinds: tuple[Any, ...], given: object, at: str) -> object:
    if given is None and NoneType in kinds:
        return None
    rest = [kind for kind in kinds if kind is not NoneType]
    if len(rest) == 1:
        return _value(rest[0], given, at)
    return read(_by_tag({kind.type: kind for kind in rest}, _object(given, at), at), given, at)


def _by_tag(kinds: Mapping[str, type[T]], given: Mapping[str, object], at: str) -> type[T]:
    if "type" not in given:
        raise MissingFieldError(f"“type” is missing{_within(at)}. Add it.", field=_join(at, "type"), missing="type")
    tag = given["type"]
    if not isinstance(tag, str) or tag not in kinds:
        raise UnknownTypeError(
            f"“{tag}” is not a type known{_within(at)}. Write one of: {', '.join(kinds)}.", field=_join(at, "type")
        )
    return kinds[tag]


def _choice(allowed: tuple[str, ...], given: object, at: str) -> object:
    if given not in allowed:
        raise UnknownChoiceError(
            f"“{at}” is “{given}”. Write one of: {', '.join(map(str, allowed))}.", field=at, allowed=list(allowed)
        )
    return given


def _object(given: object, at: str) -> Mapping[str, object]:
    if not isinstance(given, Mapping):
        raise WrongShapeError(f"“{at or 'the whole'}” should be an object with named fields.", field=at)
    return given


def _list(given: object, at: str) -> list[object]:
    if not isinstance(given, list):
        raise WrongShapeError(f"“{at}” should be a list.", field=at)
    return given


def _text(given: object, at: str) -> str:
    if not isinstance(given, str):
        raise WrongShapeError(f"“{at}” should be text.", field=at)
    return given


def _whole(given: object, at: str) -> int:
    exact = number(given, at)
    if exact.denominator != 1:
        raise WrongShapeError(f"“{at}” should be a whole number.", field=at)
    return int(exact)


def _date(given: object, at: str) -> date:
    text = _text(given, at)
    try:
        return date.fromisoformat(text if _DATE.fullmatch(text) else "")
    except ValueError as error:
        raise NotADateError(f"“{at}” is “{text[:40]}”. Write a date that exists, as 2026-04-01.", field=at) from error


def _instant(given: object, at: str) -> datetime:
    """Return an instant in UTC; a plain date is the start of that day in London."""
    text = _text(given, at)
    if _DATE.fullmatch(text):
        return datetime.combine(_date(text, at), time.min, LONDON).astimezone(UTC)
    try:
        instant = datetime.fromisoformat(text)
        return _aware(instant).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise NotADateError(
            f"“{at}” is “{text[:40]}”. Write a date, or a date and time with its offset: 2026-04-01T09:00:00Z.",
            field=at,
        ) from error


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("no offset")
    return instant


_SCALARS: Mapping[object, Callable[[object, str], object]] = {
    str: _text,
    int: _whole,
    Fraction: number,
    date: _date,
    datetime: _instant,
}


def _written(value: object, hint: object) -> Json:
    if isinstance(value, Fraction):
        return number_text(value, max((check.places for check in getattr(hint, "__metadata__", ())), default=0))
    if isinstance(value, tuple):
        return [_written(item, None) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int) else write(value)


def _fields(kind: type) -> Mapping[str, "Field[Any]"]:
    return {field.name: field for field in fields(kind)}


def _join(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name


def _within(at: str) -> str:
    return f" in “{at}”" if at else ""
