"""Copy the NHS.UK page assets that `npm ci` fetched to where pages find them: `python -m phb.web.fetch_assets`."""

import re
import shutil
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[2]
PACKAGE = Path("node_modules", "nhsuk-frontend", "dist", "nhsuk")
ASSETS = Path(__file__).parent / "assets"
STYLESHEET = "nhsuk-frontend.min.css"
# Two fonts lie on another host and are not ours to use; the next font of the stack follows. No source map is served.
NOT_SERVED = re.compile(r"@font-face\s*\{[^}]*\}|/\*# sourceMappingURL=.*?\*/")


def main(project: Path = PROJECT, assets: Path = ASSETS) -> int:
    """Copy the stylesheet and the images out of a project's npm packages; return the exit status."""
    source = project / PACKAGE
    if not source.is_dir():
        sys.stderr.write(f"{PACKAGE} is not there. Run `make install`, which fetches it with npm.\n")
        return 1
    shutil.rmtree(assets, ignore_errors=True)
    shutil.copytree(source / "assets", assets)
    (assets / STYLESHEET).write_text(NOT_SERVED.sub("", (source / STYLESHEET).read_text()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
