"""The little Markdown that the printed pages need."""

from collections.abc import Iterable, Sequence

PRINTED = "This page is printed from the code by `phb docs`; change the code, not the page."


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table, one line for each row."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def diagram(source: str) -> str:
    """Return a Mermaid diagram."""
    return f"```mermaid\n{source}\n```"


def joined(*parts: str) -> str:
    """Return the parts as one page."""
    return "\n\n".join(parts) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
