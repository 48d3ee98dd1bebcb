"""Spending added up by a name and by the state of its evidence."""

from datetime import date

from phb.core.money import pounds
from phb.spending.kinds import Evidence
from phb.statements.spend import Spend, SpendTotals, totals_by

DAY = date(2026, 4, 1)


def test_each_state_of_evidence_stands_apart_and_names_are_in_order() -> None:
    lines = [
        Spend(DAY, "bus", "Get out", "travel", Evidence.NOT_NEEDED, pounds("2.00")),
        Spend(DAY, "taxi", "Get out", "Travel", Evidence.SEEN, pounds("9.00")),
        Spend(DAY, "swim", "Get out", "Activities", Evidence.AWAITED, pounds("5.50")),
        Spend(DAY, "taxi, corrected", "Get out", "Travel", Evidence.SEEN, pounds("-1.00")),
    ]
    nothing = pounds("0")
    assert totals_by(lambda line: line.category, lines) == (
        SpendTotals("Activities", nothing, pounds("5.50"), nothing),
        SpendTotals("Travel", pounds("8.00"), nothing, nothing),
        SpendTotals("travel", nothing, nothing, pounds("2.00")),
    )


def test_the_whole_is_all_three() -> None:
    assert SpendTotals("it", pounds("1"), pounds("2"), pounds("4")).whole == pounds("7")
