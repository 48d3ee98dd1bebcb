"""Copy the fonts that `npm ci` fetched to where documents find them: `python -m phb.documents.fetch_assets`."""

import shutil
import sys
from pathlib import Path

from phb.documents.fonts import ASSETS, FONT_FILES

PROJECT = Path(__file__).parents[2]
PACKAGE = Path("node_modules", "dejavu-fonts-ttf")
LICENCE = "LICENSE"


def main(project: Path = PROJECT, assets: Path = ASSETS) -> int:
    """Copy the fonts out of a project's npm packages; return the exit status."""
    if not (project / PACKAGE).is_dir():
        sys.stderr.write(f"{PACKAGE} is not there. Run `make install`, which fetches it with npm.\n")
        return 1
    _copy_fonts(project / PACKAGE, assets)
    return 0


def _copy_fonts(package: Path, assets: Path) -> None:
    """Copy each font and their licence from the package into a folder, made if need be."""
    assets.mkdir(exist_ok=True)
    for source in (*(package / "ttf" / name for name in FONT_FILES), package / LICENCE):
        shutil.copyfile(source, assets / source.name)


if __name__ == "__main__":
    sys.exit(main())
