"""`make bench`: measure every group of rows, print them and write out/bench/results.json."""

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import posting, world
from benchmarks.measure import Row

GROUPS = (posting,)
RESULTS = Path("out/bench/results.json")


def main() -> int:
    """Measure, print and write; a row below its must is said, and is no failure."""
    console = Console()
    with world.made() as made, console.status("Measuring") as status:
        measured = [row for group in GROUPS for row in group.rows(made, status.update)]
    console.print(_table(measured))
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps([asdict(row) for row in measured], indent=2) + "\n")
    console.print(f"Written to {RESULTS}")
    return 0


def _table(measured: Iterable[Row]) -> Table:
    table = Table("what", "ours", "reference", "ratio", "spread", "must", "aim", "reached")
    for row in measured:
        reached = "aim" if row.ratio >= row.aim else "must" if row.ratio >= row.must else "missed"
        low, high = row.spread
        figures = (f"{row.ours:,.0f}", f"{row.reference:,.0f}", f"{row.ratio:.2f}", f"{low:.2f}-{high:.2f}")
        table.add_row(f"{row.name}, {row.unit}", *figures, f"{row.must:.2f}", f"{row.aim:.2f}", reached)
    return table


sys.exit(main())
