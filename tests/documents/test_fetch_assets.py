"""Fonts come from the npm package and go where documents find them."""

from pathlib import Path

import pytest

from phb.documents import fetch_assets
from phb.documents.fonts import FONT_FILES


def test_fonts_and_their_licence_are_copied(tmp_path: Path) -> None:
    package, assets = tmp_path / fetch_assets.PACKAGE, tmp_path / "assets"
    (package / "ttf").mkdir(parents=True)
    for name in (*(f"ttf/{font}" for font in FONT_FILES), "LICENSE"):
        (package / name).write_bytes(name.encode())
    for _ in range(2):
        assert fetch_assets.main(tmp_path, assets) == 0
    assert {path.name for path in assets.iterdir()} == {*FONT_FILES, "LICENSE"}


def test_without_the_package_it_says_what_to_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fetch_assets.main(tmp_path) == 1
    assert "make install" in capsys.readouterr().err
