"""No penny is made or lost, whatever is rounded or shared."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moneyed import EUR, GBP, Money
from sqlalchemy import Column, MetaData, Table, bindparam, select
from sqlalchemy.orm import Session, sessionmaker

from phb.core.money import (
    AmountOutOfRangeError,
    FractionOfAPennyError,
    MoneyType,
    NotPoundsError,
    format_pounds,
    from_pence,
    instalments,
    pounds,
    pounds_typed,
    round_to_penny,
    split,
    to_pence,
)

PENCE = st.integers(-(10**12), 10**12)
WEIGHTS = st.lists(st.fractions(min_value=0, max_value=1000), min_size=1, max_size=8).filter(any)


def pence_of(parts: tuple[Money, ...]) -> list[int]:
    return [to_pence(part) for part in parts]


@given(PENCE)
def test_pence_survive_the_way_to_pounds_and_back(pence: int) -> None:
    assert to_pence(from_pence(pence)) == pence
    assert pounds(f"{from_pence(pence).amount:.2f}") == from_pence(pence)


@pytest.mark.parametrize(
    ("written", "pence"),
    [("125.50", 12550), ("125.5", 12550), ("125.500", 12550), ("-0.01", -1), ("0", 0), ("-0.00", 0), ("007", 700)],
)
def test_pounds_are_read_as_written(written: str, pence: int) -> None:
    assert to_pence(pounds(written)) == pence


@pytest.mark.parametrize(
    "written",
    [
        "",
        "twelve",
        "£5",
        "1,000.00",
        "1_000",
        " 5",
        "5 ",
        "5\n",
        "+5",
        "5.",
        ".50",
        "1e3",
        "NaN",
        "-inf",
        "\uff11\uff12.50",
        "1" * 31,
    ],
)
def test_what_is_no_amount_is_refused(written: str) -> None:
    with pytest.raises(NotPoundsError, match=r"is not an amount\. Write pounds and pence"):
        pounds(written)


@pytest.mark.parametrize(
    ("typed", "pence"),
    [("15.50", 1550), ("£15.50", 1550), (" £ 1,550 ", 155000), ("1,234,567.89", 123456789), ("1550", 155000)],
)
def test_people_type_a_pound_sign_and_commas_between_thousands(typed: str, pence: int) -> None:
    assert to_pence(pounds_typed(typed)) == pence


@pytest.mark.parametrize("typed", ["15,50", "15,5", "1,55,000", "1550,00", "1,5500", ",50", "1,234,5.00"])
def test_a_comma_anywhere_else_is_never_left_out(typed: str) -> None:
    with pytest.raises(NotPoundsError, match=r"Write the pence after a full stop, like 15\.50"):
        pounds_typed(typed)


@pytest.mark.parametrize(
    "written", ["1.005", "0.001", "-0.999", "1234567890.1234567890123456789", "0." + "0" * 29 + "1"]
)
def test_a_fraction_of_a_penny_is_refused_not_rounded(written: str) -> None:
    with pytest.raises(FractionOfAPennyError, match="fraction of a penny"):
        pounds(written)


@pytest.mark.parametrize("written", ["10000000000000", "-10000000000000.00", "9" * 30])
def test_an_absurd_amount_is_refused(written: str) -> None:
    with pytest.raises(AmountOutOfRangeError, match="absurdly large"):
        pounds(written)
    assert to_pence(pounds("9999999999999.99")) == 999_999_999_999_999


def test_an_absurd_power_of_ten_is_refused_before_it_is_written_out() -> None:
    with pytest.raises(AmountOutOfRangeError):
        to_pence(Money(Decimal("1E+999999"), GBP))


def test_other_currencies_and_no_numbers_are_refused() -> None:
    with pytest.raises(NotPoundsError, match="is not in pounds") as refusal:
        to_pence(Money("5.00", EUR))
    assert refusal.value.facts == {"currency": "EUR"}
    with pytest.raises(NotPoundsError):
        to_pence(Money(Decimal("NaN"), GBP))


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [
        (Fraction(5, 1000), "0.01"),
        (Fraction(-5, 1000), "-0.01"),
        (Fraction(4999, 1_000_000), "0.00"),
        (Decimal("2.675"), "2.68"),
        (Decimal("-2.675"), "-2.68"),
        (Fraction(1, 3), "0.33"),
        (Fraction(2, 3), "0.67"),
        (7, "7.00"),
    ],
)
def test_half_a_penny_goes_away_from_nil(exact: Fraction | Decimal | int, rounded: str) -> None:
    assert round_to_penny(exact) == pounds(rounded)


@given(st.fractions(min_value=-(10**9), max_value=10**9))
def test_rounding_moves_by_half_a_penny_at_most_and_mirrors(exact: Fraction) -> None:
    assert abs(to_pence(round_to_penny(exact)) - exact * 100) <= Fraction(1, 2)
    assert round_to_penny(-exact) == -round_to_penny(exact)


@given(PENCE, WEIGHTS)
def test_parts_add_up_to_the_whole(pence: int, weights: list[Fraction]) -> None:
    assert sum(pence_of(split(from_pence(pence), weights))) == pence


@given(PENCE, WEIGHTS)
def test_each_part_is_its_exact_share_or_the_penny_beside_it(pence: int, weights: list[Fraction]) -> None:
    for part, weight in zip(pence_of(split(from_pence(pence), weights)), weights, strict=True):
        assert abs(part - pence * weight / sum(weights)) < 1
        assert part == 0 or weight > 0


@given(PENCE, WEIGHTS)
def test_a_negative_amount_is_shared_like_its_mirror(pence: int, weights: list[Fraction]) -> None:
    assert pence_of(split(from_pence(-pence), weights)) == [
        -part for part in pence_of(split(from_pence(pence), weights))
    ]


@given(PENCE, WEIGHTS, st.integers(1, 1000))
def test_only_the_proportion_of_weights_counts(pence: int, weights: list[Fraction], factor: int) -> None:
    larger = [weight * factor for weight in weights]
    assert split(from_pence(pence), weights) == split(from_pence(pence), larger)


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        ("0.01", [1, 1], ["0.01", "0.00"]),
        ("-0.01", [1, 1], ["-0.01", "0.00"]),
        ("0.05", [1, 1, 1], ["0.02", "0.02", "0.01"]),
        ("100.00", [1, 1, 1], ["33.34", "33.33", "33.33"]),
        ("0.01", [1, 2], ["0.00", "0.01"]),
        ("10.00", [0, 1], ["0.00", "10.00"]),
        ("10.01", [Fraction(1, 3), Fraction(2, 3)], ["3.34", "6.67"]),
        ("0.00", [1, 1], ["0.00", "0.00"]),
    ],
)
def test_the_largest_remainder_gets_the_penny_and_a_tie_goes_to_the_first(
    total: str, weights: list[Fraction | int], parts: list[str]
) -> None:
    assert split(pounds(total), weights) == tuple(map(pounds, parts))


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [2, -1], [-1]])
def test_weights_that_share_nothing_are_a_mistake(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights are nil or more, and not all nil"):
        split(pounds("1.00"), weights)


@given(PENCE, st.integers(1, 60))
def test_the_running_total_of_instalments_is_always_the_rounded_share(pence: int, count: int) -> None:
    paid = pence_of(instalments(from_pence(pence), count))
    exact = [Fraction(pence * n, 100 * count) for n in range(1, count + 1)]
    assert list(accumulate(paid)) == [to_pence(round_to_penny(share)) for share in exact]
    assert sum(paid) == pence
    assert len(paid) == count
    assert max(paid) - min(paid) <= 1


@given(PENCE, st.integers(1, 60))
def test_instalments_of_a_negative_amount_are_the_mirror(pence: int, count: int) -> None:
    mirrored = [-part for part in pence_of(instalments(from_pence(pence), count))]
    assert pence_of(instalments(from_pence(-pence), count)) == mirrored


def test_instalments_follow_the_formula() -> None:
    assert instalments(pounds("100.00"), 3) == tuple(map(pounds, ("33.33", "33.34", "33.33")))
    assert instalments(pounds("0.01"), 2) == tuple(map(pounds, ("0.01", "0.00")))
    assert instalments(pounds("-100.00"), 3) == tuple(map(pounds, ("-33.33", "-33.34", "-33.33")))


def test_there_is_at_least_one_instalment() -> None:
    with pytest.raises(ValueError, match="count is at least one"):
        instalments(pounds("1.00"), 0)


@pytest.mark.parametrize(
    ("amount", "words"),
    [("1234.5", "£1,234.50"), ("-1234567.01", "-£1,234,567.01"), ("-0.05", "-£0.05"), ("0", "£0.00")],
)
def test_pounds_are_written_as_people_do(amount: str, words: str) -> None:
    assert format_pounds(pounds(amount)) == words


@pytest.mark.parametrize("amount", [pounds("-9999999999999.99"), pounds("0.01"), None])
def test_the_database_holds_whole_pence(session_factory: sessionmaker[Session], amount: Money | None) -> None:
    with session_factory() as session:
        assert session.scalar(select(bindparam("amount", amount, MoneyType))) == amount


@pytest.mark.parametrize("wrong", [Money("0.005", GBP), Money("1", EUR)])
def test_the_database_is_never_given_anything_else(wrong: Money) -> None:
    bind: Callable[..., object] = MoneyType().process_bind_param
    table = Table("purse", MetaData(), Column("amount", MoneyType))
    assert isinstance(table.c.amount.type, MoneyType)
    with pytest.raises((FractionOfAPennyError, NotPoundsError)):
        bind(wrong, None)
