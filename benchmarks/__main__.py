"""`make bench`: measure every group of rows, print them and write out/bench/results.json."""

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from benchmarks import books, checks, posting, reading, statement, world
from benchmarks.measure import Row

GROUPS = (posting, statement, checks, books, reading)
RESULTS = Path("out/bench/results.json")
WIDTH = 116  # what the table needs, also where it is written to a file


def main() -> int:
    """Measure, print and write; a row below its must is said, and is no failure."""
    console, load_before = Console(width=max(WIDTH, Console().width)), _load()
    with world.made() as made, console.status("Measuring") as status:
        measured = [row for group in GROUPS for row in group.rows(made, status.update)]
    console.print(_table(measured))
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps([asdict(row) for row in measured], indent=2) + "\n")
    console.print(f"{os.cpu_count()} cores, load {load_before} before and {_load()} after. Written to {RESULTS}")
    return 0


def _table(measured: Iterable[Row]) -> Table:
    table = Table("what", "unit", "ours", "reference", "ratio", "spread", "must", "aim", "reached", box=SIMPLE)
    for row in measured:
        low, high = row.spread
        figures = (_say(row.ours), _say(row.reference), _say(row.ratio), f"{_say(low)}-{_say(high)}")
        table.add_row(row.name, row.unit, *figures, _say(row.must), _say(row.aim), _reached(row))
    return table


def _load() -> str:
    """Return how many processes wanted a core during the last minute, on average."""
    return f"{os.getloadavg()[0]:.1f}"


def _say(figure: float | None) -> str:
    """Return a figure with three digits, or all before its point; nothing where there is none."""
    if figure is None:
        return ""
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.3g}"  # noqa: PLR2004 - as the docstring says


def _reached(row: Row) -> str:
    if row.must is None or row.aim is None:
        return ""
    return "aim" if row.ratio >= row.aim else "must" if row.ratio >= row.must else "missed"


if __name__ == "__main__":  # the processes of one row import this module again
    sys.exit(main())
