"""`phb demo generate` writes the invented files; the year itself is tests/demo/test_year.py."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from phb.cli.demo import demo

ASKED = ["generate", "--people", "30", "--seed", "3", "--out"]


def test_the_files_are_written_once(tmp_path: Path) -> None:
    first = CliRunner().invoke(demo, [*ASKED, str(tmp_path)])
    written = len(list(tmp_path.glob("*/*")))
    assert first.stdout == f"{written} files changed.\n"
    again = CliRunner().invoke(demo, [*ASKED, str(tmp_path), "--json"])
    assert again.stdout == '{"changed": []}\n'


@pytest.mark.parametrize("people", ["0", "-1", "many"])
def test_a_number_of_people_that_is_none_is_bad_usage(tmp_path: Path, people: str) -> None:
    refused = CliRunner().invoke(demo, ["generate", "--people", people, "--out", str(tmp_path)])
    assert refused.exit_code == 2
    assert list(tmp_path.iterdir()) == []
