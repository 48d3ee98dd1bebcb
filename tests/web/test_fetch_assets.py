"""Page assets come from the npm package, without what points to another host."""

from pathlib import Path

import pytest

from phb.web import fetch_assets
from phb.web.fetch_assets import ASSETS, PACKAGE, STYLESHEET

CSS = (
    '@font-face{font-family:Frutiger;src:url("https://elsewhere.example/f.woff2")}'
    "body{color:#212b32}"
    "/*# sourceMappingURL=nhsuk-frontend.min.css.map */"
)


def test_the_stylesheet_and_the_images_are_copied_anew(tmp_path: Path) -> None:
    package, assets = tmp_path / PACKAGE, tmp_path / "served"
    (package / "assets" / "images").mkdir(parents=True)
    (package / "assets" / "images" / "favicon.svg").write_text("<svg/>")
    (package / STYLESHEET).write_text(CSS)
    assets.mkdir()
    (assets / "left-over.css").write_text("")
    assert fetch_assets.main(tmp_path, assets) == 0
    assert (assets / STYLESHEET).read_text() == "body{color:#212b32}"
    assert {path.name for path in assets.iterdir()} == {"images", STYLESHEET}


def test_without_the_package_it_says_what_to_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fetch_assets.main(tmp_path, tmp_path / "served") == 1
    assert "make install" in capsys.readouterr().err


def test_what_is_served_asks_nothing_of_another_host() -> None:
    served = (ASSETS / STYLESHEET).read_text()
    assert "font-face" not in served
    assert "http" not in served
