"""What the money bought: by outcome, by category, and entry by entry."""

from phb.documents.document import Block, Column, Section, Table
from phb.documents.words import Cell
from phb.spending.kinds import Evidence
from phb.statements.spend import Spend, SpendTotals, totals, totals_by
from phb.statements.statement import Statement

EVIDENCE = {
    Evidence.SEEN: "Seen",
    Evidence.AWAITED: "Awaited",
    Evidence.NOT_NEEDED: "Not needed",
}
MEANING = (
    "Evidence is a receipt or an invoice. Seen: it is with the commissioner. Awaited: please send it. "
    "Not needed: the amount is small enough to need none."
)
NOTHING_SPENT = "Nothing was spent in the days of this statement."


def section(statement: Statement) -> Section:
    """Return the spending of the period, whichever way the money is held."""
    if not statement.spend:
        return Section("spending", "What the money was spent on", paragraphs=(NOTHING_SPENT,))
    whole = totals("Total", statement.spend)
    blocks: tuple[Block, ...] = (
        _by("by_outcome", "Outcome", totals_by(lambda line: line.outcome, statement.spend), whole),
        _by("by_category", "Category", totals_by(lambda line: line.category, statement.spend), whole),
        _entries(statement.spend, whole),
    )
    return Section("spending", "What the money was spent on", paragraphs=(MEANING,), blocks=blocks)


def _by(key: str, heading: str, groups: tuple[SpendTotals, ...], whole: SpendTotals) -> Table:
    return Table(
        key,
        f"Spending by {heading.lower()} and by evidence",
        (
            Column("name", heading),
            Column("seen", "Evidence seen", numeric=True),
            Column("awaited", "Evidence awaited", numeric=True),
            Column("not_needed", "Evidence not needed", numeric=True),
            Column("whole", "All spending", numeric=True),
        ),
        tuple(_row(group) for group in groups),
        _row(whole),
    )


def _row(group: SpendTotals) -> tuple[Cell, ...]:
    return (group.name, group.seen, group.awaited, group.not_needed, group.whole)


def _entries(lines: tuple[Spend, ...], whole: SpendTotals) -> Table:
    by_date = sorted(lines, key=lambda line: line.spent_on)
    return Table(
        "entries",
        "Spending entry by entry",
        (
            Column("spent_on", "Date"),
            Column("what", "What was bought"),
            Column("outcome", "Outcome"),
            Column("category", "Category"),
            Column("evidence", "Evidence"),
            Column("amount", "Amount", numeric=True),
        ),
        tuple(
            (line.spent_on, line.what, line.outcome, line.category, EVIDENCE[line.evidence], line.amount)
            for line in by_date
        ),
        ("Total", None, None, None, None, whole.whole),
    )
