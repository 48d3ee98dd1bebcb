"""docs/policy.md: every setting that a commissioner may date and change."""

from dataclasses import fields
from enum import StrEnum
from typing import get_type_hints

from moneyed import Money

from phb.core.money import format_pounds
from phb.governance.policies import POLICIES, Policy
from phb.governance.policy import describe
from phb.reference.markdown import PRINTED, joined, table

INTRODUCTION = """\
A commissioner's own rules are dated data, never code. Each policy below is a handful of settings that change together.
Until a commissioner confirms values of its own the defaults hold, and a setting left out of a proposal takes its
default.

- **Change one:** an administrator proposes values with the day they begin and where that was decided
  (`POST /api/v1/policies`, or `phb import policies FILE`); a second administrator confirms them
  (`POST /api/v1/policies/{id}/confirmation`). Nothing is edited: a correction is a new proposal.
- **Which one holds:** on any day, the values confirmed last among those of the latest day not after it.
- **Who reads it:** `phb.governance.policy.read()`, and nothing else."""


def page() -> str:
    """Return the page, one section for each policy."""
    return joined("# Policies", PRINTED, INTRODUCTION, *(_section(policy) for policy in POLICIES.values()))


def _section(policy: type[Policy]) -> str:
    kinds = get_type_hints(policy)
    rows = [
        (
            f"`{entry.name}`",
            str(entry.metadata["meaning"]),
            describe(kinds[entry.name], entry).removeprefix("it is "),
            _default(entry.default),
        )
        for entry in fields(policy)
    ]
    about = f"Name: `{policy.name}`. {policy.__doc__} Source of the defaults: {policy.source}."
    return f"## {policy.title}\n\n{about}\n\n{table(('setting', 'what it is', 'may hold', 'default'), rows)}"


def _default(value: object) -> str:
    match value:
        case Money():
            return format_pounds(value)
        case bool():
            return str(value).lower()
        case StrEnum():
            return f"`{value}`"
        case _:
            return str(value)
