"""Turn the text of a cell into the value a row's dataclass asks for."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from moneyed import Money

from phb.core.errors import DomainError, RuleViolationError
from phb.intake.reading.json_lines import cell_of, loads
from phb.intake.values import CONVERTERS, MisfitError, one_of, with_digits, words_of

Row = TypeVar("Row")
MOST_SHOWN = 60


class CellError(RuleViolationError):
    """A cell does not hold what its column asks for."""

    code = "cell"


def column(meaning: str, example: str, *, default: object = MISSING, digits: int = 0) -> Any:  # noqa: ANN401 - stands for a field of any type, as field() does
    """Return a dataclass field that is a column.

    Args:
        meaning: what it holds, in words.
        example: a cell of it.
        default: what an empty cell stands for; without one, no cell may be empty.
        digits: how many an identifier has, noughts at the front included.
    """
    metadata = {"meaning": meaning, "example": example, "digits": digits}
    return field(metadata=metadata) if default is MISSING else field(default=default, metadata=metadata)


@dataclass(frozen=True)
class Heading:
    """What the documentation says of one column; `parts` are the columns of each object of a list."""

    name: str
    meaning: str
    example: str
    kind: str
    required: bool
    parts: tuple["Heading", ...] = ()


def headings(schema: type) -> list[Heading]:
    """Return the columns of a row's dataclass, in order."""
    hints = get_type_hints(schema)
    return [
        Heading(
            entry.name,
            entry.metadata["meaning"],
            entry.metadata["example"],
            words(hints[entry.name]),
            _needed(entry),
            tuple(headings(part)) if (part := _part(hints[entry.name])) else (),
        )
        for entry in fields(schema)
    ]


def parse_row(schema: type[Row], cells: Mapping[str, str], *, at: str = "") -> Row:
    """Return a row's value from its cells; empty cells take the column's default.

    Args:
        schema: the row's dataclass.
        cells: by name.
        at: where in a row this stands, for the errors: "lines[2].".

    Raises:
        CellError: a needed cell is empty, or a cell does not fit.
    """
    hints = get_type_hints(schema)
    values: dict[str, object] = {}
    for entry in fields(schema):  # type: ignore[arg-type]  # every schema is a dataclass
        text, name = cells.get(entry.name, "").strip(), f"{at}{entry.name}"
        if text:
            values[entry.name] = _parse(hints[entry.name], name, text, digits=entry.metadata.get("digits", 0))
        elif _needed(entry):
            raise CellError(f"“{name}” is empty. Give {entry.metadata['meaning']}.", field=name)
    return schema(**values)


def words(kind: Any) -> str:  # noqa: ANN401 - a type hint may be anything
    """Return what a column holds, in words."""
    kind = _without_none(kind)
    if _part(kind):
        return "a list of objects"
    if get_origin(kind) is tuple:
        return "words with semicolons between them"
    choices = _choices(kind)
    if choices:
        return f"one of {', '.join(choices)}"
    known = {
        Money: "pounds and pence, 125.50",
        date: "a date, 2026-04-01",
        Decimal: "a number, 37.5",
        Fraction: "a number, 37.5",
        int: "a whole number",
        bool: "yes or no",
        dict: "an object",
        list: "a list",
    }
    return known.get(kind, "text")


def _needed(entry: "Field[Any]") -> bool:
    return entry.default is MISSING


def _without_none(kind: Any) -> Any:  # noqa: ANN401 - a type hint may be anything
    if isinstance(kind, UnionType):
        return next(arm for arm in get_args(kind) if arm is not NoneType)
    return get_origin(kind) if get_origin(kind) in {dict, list} else kind


def _part(kind: Any) -> type | None:  # noqa: ANN401 - a type hint may be anything
    """Return the dataclass that a list holds, or None."""
    arms = get_args(kind) if get_origin(kind) is tuple else ()
    return arms[0] if arms and is_dataclass(arms[0]) and isinstance(arms[0], type) else None


def _choices(kind: Any) -> list[str]:  # noqa: ANN401 - a type hint may be anything
    if get_origin(kind) is Literal:
        return list(get_args(kind))
    return list(kind) if isinstance(kind, type) and issubclass(kind, StrEnum) else []


def _parse(kind: Any, name: str, text: str, *, digits: int) -> object:  # noqa: ANN401 - a type hint may be anything
    kind = _without_none(kind)
    part = _part(kind)
    if part is not None:
        return _parse_list(part, name, text)
    try:
        return _convert(kind, with_digits(text, digits))
    except MisfitError as error:
        raise _misfit(name, text, str(error)) from error
    except (ValueError, DomainError) as error:
        raise _misfit(name, text, f"Give {words(kind)}.") from error


def _parse_list(part: type, name: str, text: str) -> tuple[object, ...]:
    known = {heading.name for heading in headings(part)}
    return tuple(
        parse_row(part, _object(given, known, f"{name}[{i}]"), at=f"{name}[{i}].")
        for i, given in enumerate(_list(name, text))
    )


def _list(name: str, text: str) -> list[object]:
    try:
        found = loads(text)
    except ValueError:
        found = None
    if not isinstance(found, list):
        raise CellError(f"“{name}” is not a list. Give a list of objects, as JSON.", field=name)
    return found


def _object(given: object, known: set[str], name: str) -> dict[str, str]:
    if not isinstance(given, dict):
        raise CellError(f"“{name}” is not an object. Give its parts by name, as JSON.", field=name)
    for unknown in sorted(set(given) - known):
        raise CellError(
            f"“{unknown}” of “{name}” is not known here. Use these: {', '.join(sorted(known))}.",
            field=f"{name}.{unknown}"[:MOST_SHOWN],
        )
    return {part: cell_of(value) for part, value in given.items()}


def _misfit(name: str, text: str, what_to_do: str) -> CellError:
    shown = text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"
    shown = shown.encode("utf-8", "replace").decode().replace("\0", "?")
    return CellError(f"“{shown}” does not fit “{name}”. {what_to_do}", field=name)


def _convert(kind: Any, text: str) -> object:  # noqa: ANN401 - a type hint may be anything
    """Return the value of a text, or raise ValueError or what the value itself raises."""
    if get_origin(kind) is tuple:
        return words_of(text)
    if get_origin(kind) is Literal:
        return one_of(text, _choices(kind))
    return CONVERTERS.get(kind, kind)(text)
