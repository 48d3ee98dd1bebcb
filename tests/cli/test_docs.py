"""`phb docs` writes the printed pages and says which changed."""

import json
from pathlib import Path

from click.testing import CliRunner

from phb.cli.docs import docs
from phb.core.migration import PROJECT
from phb.reference import policies
from phb.reference.pages import PAGES


def test_pages_are_written_and_named(tmp_path: Path) -> None:
    to = ["--to", str(tmp_path)]
    assert CliRunner().invoke(docs, to).output == f"Written: {', '.join(PAGES)}.\n"
    assert {path.name for path in tmp_path.iterdir()} == set(PAGES)
    assert (tmp_path / "policy.md").read_text(encoding="utf-8") == policies.page()
    assert CliRunner().invoke(docs, to).output == "Every page was up to date.\n"


def test_machines_get_the_names(tmp_path: Path) -> None:
    CliRunner().invoke(docs, ["--to", str(tmp_path)])
    (tmp_path / "policy.md").unlink()
    answer = CliRunner().invoke(docs, ["--to", str(tmp_path), "--json"]).output
    assert json.loads(answer) == {"changed": ["policy.md"]}


def test_left_to_itself_it_writes_into_the_project() -> None:
    usual = next(option.default for option in docs.params if option.name == "to")
    assert usual == PROJECT / "docs"
