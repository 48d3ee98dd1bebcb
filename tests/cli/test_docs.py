"""`phb docs` writes the printed pages and says which changed."""

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from phb.cli.docs import docs
from phb.reference import pages


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project of its own with one page to print."""
    monkeypatch.setattr(sys.modules["phb.cli.docs"], "PROJECT", tmp_path)  # the command hides the module
    monkeypatch.setattr(pages, "PAGES", {"policy.md": lambda: "# Policies\n"})
    return tmp_path


def test_pages_are_written_and_named(project: Path) -> None:
    assert CliRunner().invoke(docs).output == "Written: policy.md.\n"
    assert (project / "docs" / "policy.md").read_text(encoding="utf-8") == "# Policies\n"
    assert CliRunner().invoke(docs).output == "Every page was up to date.\n"


def test_machines_get_the_names(project: Path) -> None:
    assert project.exists()
    assert json.loads(CliRunner().invoke(docs, ["--json"]).output) == {"changed": ["policy.md"]}
