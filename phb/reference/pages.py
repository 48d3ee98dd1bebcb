"""The pages that are printed, and writing them."""

from collections.abc import Callable
from pathlib import Path

from phb.reference import imports, policies, tables, workflows

PAGES: dict[str, Callable[[], str]] = {
    "data-model.md": tables.page,
    "imports.md": imports.page,
    "policy.md": policies.page,
    "workflows.md": workflows.page,
}


def write(folder: Path) -> list[str]:
    """Write every page into a folder, and return the names of those that changed."""
    folder.mkdir(parents=True, exist_ok=True)
    return [name for name, page in PAGES.items() if _write(folder / name, page())]


def _write(path: Path, text: str) -> bool:
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.write_text(text, encoding="utf-8")
    return True
