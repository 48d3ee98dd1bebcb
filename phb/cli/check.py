"""`phb check`: the checks of the standard model from live data."""

from collections.abc import Sequence
from datetime import datetime

import click
from rich.console import Console
from rich.table import Table

from phb.api.checks import ChecksBody
from phb.cli.output import json_option, say
from phb.cli.units import as_option, unit_of
from phb.documents.words import say_day
from phb.indicators import queries
from phb.indicators.report import Check, Report, Row

VERDICTS = {"passes": "passes", "fails": "fails", "no_result": "no result"}


@click.command(epilog="Example: phb check --as-of 2026-09-30 --as auditor@northvale.example")
@as_option
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="At the end of this day; today, if left out.")
@json_option
def check(*, sign_in_name: str, as_of: datetime | None, as_json: bool) -> None:
    """Show each check with what was counted, the exact share, the threshold, the verdict and what is missing."""
    with unit_of(sign_in_name) as uow:
        report = queries.checks(uow.session, uow.actor, as_of.date() if as_of else uow.today)
    if as_json:
        say("", as_json=True, **ChecksBody().dump(report))
    else:
        _print(report)


def _print(report: Report) -> None:
    console = Console()
    table = Table("Check", "Counted", "Of", "Exact share", "Threshold", "Verdict", "How many more")
    for one in report.checks:
        table.add_row(*_cells(one))
    console.print(f"Checks at the end of {say_day(report.as_of)}", table)
    console.print(_counts("Group of cohorts", report.cohorts, report.whole))
    console.print(_counts("Way of holding the money", report.ways, report.whole))
    for one in (one for one in report.checks if one.outcome.how_many_more):
        console.print(f"{one.rule.name}: {one.outcome.how_many_more} {one.rule.more}.")
    few = [one.rule.name for one in report.checks if one.counts_few]
    if few:
        console.print(f"Fewer than ten are counted, so read with care: {'; '.join(few)}.")
    for sentence in report.how_counted:
        console.print(sentence)


def _cells(one: Check) -> tuple[str, ...]:
    outcome, threshold = one.outcome, one.rule.threshold
    return (
        one.rule.name,
        str(outcome.numerator),
        "" if outcome.denominator is None else str(outcome.denominator),
        "" if outcome.share is None else f"{outcome.share} ({one.percent} %)",
        f"{threshold.operator} {threshold.value}",
        VERDICTS[outcome.verdict],
        "" if outcome.how_many_more is None else str(outcome.how_many_more),
    )


def _counts(heading: str, rows: Sequence[Row], whole: Row) -> Table:
    table = Table(heading, "People", "Budgets")
    for row in (*rows, whole):
        table.add_row(row.name, str(row.people), str(row.budgets))
    return table
