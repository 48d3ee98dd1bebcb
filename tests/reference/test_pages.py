"""The printed pages show every policy, workflow and table."""

from pathlib import Path

import pytest
from sqlalchemy import Table

from phb.core.actor import Permission
from phb.core.database import Base
from phb.governance.policies import POLICIES
from phb.governance.workflow import Transition, Workflow
from phb.reference import pages, policies, tables, workflows
from phb.reference.markdown import table

PURSE = Workflow(
    "small_purse",
    Transition("submit", "draft", "in_review", Permission.BUDGET_PREPARE, "submitted"),
    Transition(
        "sign_off",
        "in_review",
        "active",
        Permission.BUDGET_SIGN_OFF_FINANCE,
        "signed_off",
        not_by=("submitted_by", "checked_by"),
        needs_reason=True,
    ),
)


def test_pages_are_written_once_and_again_only_when_they_differ(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    assert pages.write(folder) == list(pages.PAGES)
    assert pages.write(folder) == []
    (folder / "policy.md").write_text("another\n", encoding="utf-8")
    assert pages.write(folder) == ["policy.md"]
    assert (folder / "policy.md").read_text(encoding="utf-8") == policies.page()


def test_a_cell_stays_in_its_cell() -> None:
    assert table(("a", "b"), [("x|y", "two\n  lines")]).splitlines()[2] == "| x\\|y | two lines |"


@pytest.mark.parametrize("name", POLICIES)
def test_every_policy_has_a_section(name: str) -> None:
    assert f"## {POLICIES[name].title}\n\nName: `{name}`." in policies.page()


@pytest.mark.parametrize(
    "row",
    [
        "| `rhythm` | how often an instalment is due | one of four_weekly, monthly | `four_weekly` |",
        "| `limit_included` | whether a value equal to the limit is inside it | true or false | true |",
        "months from the first payment to the first review | a whole number from 1 to 3 | 3 |",
        "such as 25.00 | £50,000.00 |",
        "| words on one line, 500 letters or fewer | Ask your care co-ordinator about anything you read here. |",
    ],
)
def test_every_setting_has_a_line_with_what_it_may_hold_and_its_default(row: str) -> None:
    assert row in policies.page()


def test_a_workflow_is_drawn_and_listed() -> None:
    page = workflows.page([PURSE])
    assert f"## Small purse\n\n```mermaid\n{PURSE.diagram()}\n```" in page
    assert "| submit | draft | in review | care coordinator |  |  | `small_purse.submitted` |" in page
    assert "| approver | submitted by, checked by | needed | `small_purse.signed_off` |" in page


def test_every_workflow_module_is_found() -> None:
    found = workflows.find()
    assert [workflow.name for workflow in found] == sorted({workflow.name for workflow in found})
    assert all(f"## {workflow.name.replace('_', ' ').capitalize()}" in workflows.page() for workflow in found)


def test_every_table_has_a_section_with_its_columns() -> None:
    page = tables.page()
    ours = {
        str(mapper.local_table.fullname)
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith("phb.") and isinstance(mapper.local_table, Table)
    }
    assert {line.removeprefix("### ") for line in page.splitlines() if line.startswith("### ")} == ours
    assert "| `limit_pence` | pence |  |  |" in page
    assert "| `confirmed_by` | uuid | yes |  |" in page
    assert '    journal ||--o{ journal : "reverses_id"' in page
