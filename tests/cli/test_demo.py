"""`phb demo generate` writes the invented files; the year itself is tests/demo/test_year.py."""

from pathlib import Path

from click.testing import CliRunner

from phb.cli.demo import demo
from phb.demo.caseload.files import files


def test_the_files_are_written_once(tmp_path: Path) -> None:
    first = CliRunner().invoke(demo, ["generate", "--to", str(tmp_path)])
    assert first.output == f"{len(files())} files changed.\n"
    again = CliRunner().invoke(demo, ["generate", "--to", str(tmp_path), "--json"])
    assert again.output == '{"changed": []}\n'
