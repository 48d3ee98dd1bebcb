"""docs/data-model.md: every table, its columns and what they refer to."""

from collections import defaultdict
from collections.abc import Sequence
from typing import cast

from sqlalchemy import Column, Table
from sqlalchemy.dialects import postgresql

from phb.core.database import Base
from phb.core.migration import load_models
from phb.core.money import MoneyType
from phb.reference.markdown import PRINTED, diagram, joined, table

INTRODUCTION = """\
A table of commissioners' rows begins its key with `commissioner_id`, and row-level security shows each its own, the
tables' owner included. Money is whole pence in a `BIGINT`. Rows that tell what happened are never changed; rows that
change carry a `version`. Checks, exclusions and triggers stand in `migrations/`, each under its own name."""

HEADINGS = ("column", "type", "may be empty", "refers to")

Tables = list[tuple[Table, str]]
POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]


def page() -> str:
    """Return the page, one section for each package that has tables."""
    load_models()
    packages: dict[str, Tables] = defaultdict(list)
    for model in sorted(_models(), key=lambda model: model.__name__):
        packages[model.__module__.split(".")[1]].append((cast("Table", model.__table__), model.__doc__ or ""))
    return joined("# Data model", PRINTED, INTRODUCTION, *(_package(name, packages[name]) for name in sorted(packages)))


def _models() -> list[type[Base]]:
    return [mapper.class_ for mapper in Base.registry.mappers if mapper.class_.__module__.startswith("phb.")]


def _package(name: str, tables: Tables) -> str:
    return "\n\n".join([f"## {name.capitalize()}", diagram(_drawn(tables)), *(_table(*entry) for entry in tables)])


def _drawn(tables: Tables) -> str:
    """Return the tables with their foreign keys, the one referred to first."""
    lines = [f"    {one.name}" for one, _ in tables]
    lines += sorted(
        f'    {constraint.referred_table.name} ||--o{{ {one.name} : "{_own_columns(constraint.column_keys)}"'
        for one, _ in tables
        for constraint in one.foreign_key_constraints
    )
    return "\n".join(["erDiagram", *lines])


def _own_columns(names: Sequence[str]) -> str:
    return ", ".join(name for name in names if name != "commissioner_id")


def _table(one: Table, about: str) -> str:
    first = " ".join(about.split("\n\n", maxsplit=1)[0].split())
    rows = [_row(column) for column in one.columns]
    return f"### {one.name}\n\n{first}\n\n{table(HEADINGS, rows)}"


def _row(column: "Column[object]") -> tuple[str, ...]:
    pence = isinstance(column.type, MoneyType)
    kind = "pence" if pence else column.type.compile(dialect=POSTGRESQL).lower()
    key = "key" if column.primary_key else ""
    targets = sorted({reference.column.table.name for reference in column.foreign_keys})
    refers = ", ".join(target for target in targets if column.name != "commissioner_id")
    return (f"`{column.name}`", kind, "yes" if column.nullable else "", key or refers)
