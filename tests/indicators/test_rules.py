"""The checks compare whole numbers: a threshold met exactly passes, and what is missing is the least there is."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phb.indicators.rules import Operator, Outcome, Threshold, Verdict, judge, percent

FOUR = Threshold(Operator.AT_LEAST, Fraction(4))
HALF = Threshold(Operator.AT_MOST, Fraction("0.50"))
TWO_FIFTHS = Threshold(Operator.AT_LEAST, Fraction("0.40"))
SEVENTEEN_TWENTIETHS = Threshold(Operator.AT_LEAST, Fraction("0.85"))


@pytest.mark.parametrize(
    ("numerator", "denominator", "threshold", "verdict", "more"),
    [
        (4, None, FOUR, Verdict.PASSES, 0),
        (5, None, FOUR, Verdict.PASSES, 0),
        (3, None, FOUR, Verdict.FAILS, 1),
        (0, None, FOUR, Verdict.FAILS, 4),
        # 2 x 5 <= 10. At 5 of 9 one holder of another cohort is missing, at 6 of 9 three are.
        (5, 10, HALF, Verdict.PASSES, 0),
        (5, 9, HALF, Verdict.FAILS, 1),
        (6, 9, HALF, Verdict.FAILS, 3),
        # 5 x 4 >= 2 x 10. At 3 of 10 one is missing; 39.9 % of 1000 is one below 400.
        (4, 10, TWO_FIFTHS, Verdict.PASSES, 0),
        (3, 10, TWO_FIFTHS, Verdict.FAILS, 1),
        (399, 1000, TWO_FIFTHS, Verdict.FAILS, 1),
        (0, 7, TWO_FIFTHS, Verdict.FAILS, 3),
        # 20 x 17 >= 17 x 20. At 16 of 20 one is missing; of 7 it takes 6, because 5.95 packages are none.
        (17, 20, SEVENTEEN_TWENTIETHS, Verdict.PASSES, 0),
        (16, 20, SEVENTEEN_TWENTIETHS, Verdict.FAILS, 1),
        (5, 7, SEVENTEEN_TWENTIETHS, Verdict.FAILS, 1),
        (6, 7, SEVENTEEN_TWENTIETHS, Verdict.PASSES, 0),
    ],
)
def test_figures_at_beside_and_off_the_threshold(
    numerator: int, denominator: int | None, threshold: Threshold, verdict: Verdict, more: int
) -> None:
    outcome = judge(numerator, denominator, threshold)
    assert (outcome.verdict, outcome.how_many_more) == (verdict, more)


@pytest.mark.parametrize("threshold", [HALF, TWO_FIFTHS, SEVENTEEN_TWENTIETHS])
def test_nothing_to_divide_by_is_no_result(threshold: Threshold) -> None:
    outcome = judge(0, 0, threshold)
    assert outcome == Outcome(0, 0, Verdict.NO_RESULT, None)
    assert outcome.share is None


def test_a_count_has_no_share_and_a_share_is_exact() -> None:
    assert judge(3, None, FOUR).share is None
    assert judge(4, 10, TWO_FIFTHS).share == Fraction(2, 5)


counted = st.integers(0, 300).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))


@given(counted, st.fractions(Fraction(1, 50), Fraction(1)))
def test_a_least_share_needs_exactly_so_many_of_those_counted(figures: tuple[int, int], least: Fraction) -> None:
    part, whole = figures
    threshold = Threshold(Operator.AT_LEAST, least)
    more = judge(part, whole, threshold).how_many_more
    if more is None:
        assert whole == 0
        return
    assert Fraction(part + more, whole) >= least
    assert more == 0 or Fraction(part + more - 1, whole) < least
    assert part + more <= whole


@given(counted, st.fractions(Fraction(1, 50), Fraction(1)))
def test_a_most_share_needs_exactly_so_many_others(figures: tuple[int, int], most: Fraction) -> None:
    part, whole = figures
    threshold = Threshold(Operator.AT_MOST, most)
    more = judge(part, whole, threshold).how_many_more
    if more is None:
        assert whole == 0
        return
    assert Fraction(part, whole + more) <= most
    assert more == 0 or Fraction(part, whole + more - 1) > most


def test_a_threshold_is_above_nil() -> None:
    with pytest.raises(ValueError, match="above nil"):
        Threshold(Operator.AT_MOST, Fraction(0))


def test_a_percentage_never_looks_better_than_it_is() -> None:
    assert percent(Fraction(3999, 10000), Operator.AT_LEAST) == Decimal("39.9")
    assert str(percent(Fraction(2, 5), Operator.AT_LEAST)) == "40.0"
    assert percent(Fraction(2, 5), Operator.AT_LEAST) == Decimal("40.0")
    assert percent(Fraction(5001, 10000), Operator.AT_MOST) == Decimal("50.1")
    assert percent(Fraction(1, 2), Operator.AT_MOST) == Decimal("50.0")
