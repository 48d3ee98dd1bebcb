"""docs/workflows.md: every table of transitions, drawn."""

import importlib
import pkgutil
from collections.abc import Sequence

import phb
from phb.core.actor import Permission
from phb.governance.permissions import ROLE_PERMISSIONS
from phb.governance.workflow import Transition, Workflow
from phb.reference.markdown import PRINTED, diagram, joined, table

INTRODUCTION = """\
What may happen to a thing, in which state, and who may do it. The same tables decide every move and which buttons a
page draws; each move writes the audit event that is named. “Not by” lists the earlier steps whose doer may not take
this one."""

HEADINGS = ("action", "from", "to", "who", "not by", "reason", "audit event")


def find() -> list[Workflow]:
    """Return the workflows of every `workflow` module of phb, by name."""
    found: dict[str, Workflow] = {}
    for module in pkgutil.walk_packages(phb.__path__, "phb."):
        if module.name.rpartition(".")[2] == "workflow":
            here = vars(importlib.import_module(module.name)).values()
            found |= {value.name: value for value in here if isinstance(value, Workflow)}
    return [found[name] for name in sorted(found)]


def page(workflows: Sequence[Workflow] | None = None) -> str:
    """Return the page, one section for each workflow; all there are when none are given."""
    return joined("# Workflows", PRINTED, INTRODUCTION, *map(_section, find() if workflows is None else workflows))


def _section(workflow: Workflow) -> str:
    rows = [_row(workflow, transition) for transition in workflow.transitions]
    title = _words(workflow.name).capitalize()
    return f"## {title}\n\n{diagram(workflow.diagram())}\n\n{table(HEADINGS, rows)}"


def _row(workflow: Workflow, transition: Transition) -> tuple[str, ...]:
    return (
        _words(transition.name),
        _words(transition.source),
        _words(transition.target),
        ", ".join(_holders(transition.permission)),
        ", ".join(map(_words, transition.not_by)),
        "needed" if transition.needs_reason else "",
        f"`{workflow.name}.{transition.past}`",
    )


def _holders(permission: Permission) -> list[str]:
    return [_words(role) for role, held in ROLE_PERMISSIONS.items() if permission in held]


def _words(name: str) -> str:
    return name.replace("_", " ")
