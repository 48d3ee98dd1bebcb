"""The modulus check, against the cases Pay.UK publishes and the table the demo imports."""

import csv
from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from phb.payments.modulus import (
    AccountNumberError,
    Method,
    ModulusOutcome,
    ModulusTable,
    ModulusTableError,
    SortCodeError,
    WeightRow,
    account_number_digits,
    check,
    sort_code_digits,
)

TESTS = Path(__file__).parents[1]
VERSION = "8.50"


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


SAMPLE = rows_of(TESTS.parent / "samples" / "northvale" / "modulus-weights.csv")
CASES = rows_of(TESTS / "payments" / "data" / "modulus_test_cases.csv")
TABLE = ModulusTable.from_rows(SAMPLE, version=VERSION)


def a_row(**cells: str) -> dict[str, str]:
    """Return the CSV row of a sort code whose only weight is that of the last digit."""
    weights = {**dict.fromkeys("uvwxyzabcdefg", "0"), "h": "1"}
    range_ = {"sort_code_from": "000001", "sort_code_to": "000009"}
    return {"file_order": "1", **range_, "method": "MOD10", **weights, "exception": "", **cells}


def table_of(*rows: Mapping[str, str | None]) -> ModulusTable:
    return ModulusTable.from_rows(rows, version=VERSION)


def outcome(account: str, *exceptions: int, method: Method = Method.MOD11, **weights: int) -> ModulusOutcome:
    """Check an account at sort code 000000 under one row for each exception, with the weights named."""
    by_position = tuple(weights.get(position, 0) for position in "uvwxyzabcdefgh")
    rows = tuple(WeightRow("000000", "000000", method, by_position, exception) for exception in exceptions)
    return check(ModulusTable(rows, {}, VERSION), "000000", account)


def test_all_published_cases_are_there() -> None:
    assert [int(case["case"]) for case in CASES] == list(range(1, 35))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['case']} {case['what_it_exercises']}")
def test_a_published_case_comes_out_as_published(case: dict[str, str]) -> None:
    assert check(TABLE, case["sort_code"], case["account_number"]) is ModulusOutcome(case["expected"])


def test_a_sort_code_without_a_row_cannot_be_checked() -> None:
    assert check(TABLE, "999999", "12345678") is ModulusOutcome.NOT_CHECKABLE


def test_a_range_holds_both_its_ends_and_nothing_beyond() -> None:
    assert [bool(TABLE.rows_for(code)) for code in ("088999", "089000", "089999", "090000")] == [
        False,
        True,
        True,
        False,
    ]


def test_without_the_substitution_published_case_15_would_fail() -> None:
    assert check(replace(TABLE, substitutions={}), "938600", "42368003") is ModulusOutcome.INVALID


def test_a_substitution_is_for_exception_5_alone() -> None:
    assert check(replace(TABLE, substitutions={"089999": "089998"}), "089999", "66374958") is ModulusOutcome.VALID


@pytest.mark.parametrize(
    ("account", "expected"),
    [("41111111", ModulusOutcome.VALID), ("81111111", ModulusOutcome.VALID)]
    + [(account, ModulusOutcome.INVALID) for account in ("31111111", "91111111", "41111112")],
)
def test_exception_6_passes_over_foreign_currency_accounts_only(account: str, expected: ModulusOutcome) -> None:
    assert outcome(account, 6, h=2) is expected


def test_exception_2_keeps_the_published_weights_when_a_is_0() -> None:
    assert outcome("00000010", 2, h=1) is ModulusOutcome.VALID
    assert outcome("10000010", 2, h=1) is ModulusOutcome.INVALID


# Under exception 2, when a is not 0: the weights when g is not 9, and when it is.
EURO = (0, 0, 1, 2, 5, 3, 6, 4, 8, 7, 10, 9, 3, 1), (0, 0, 0, 0, 0, 0, 0, 0, 8, 7, 10, 9, 3, 1)


@pytest.mark.parametrize("place", [place for place in range(14) if place != 6])
def test_exception_2_has_weights_of_its_own_when_a_is_not_0(place: int) -> None:
    table = ModulusTable((WeightRow("000000", "999999", Method.MOD11, (0,) * 14, 2),), {}, VERSION)
    for a, g, digit in product(range(1, 10), (0, 9), range(10)):
        digits = [0] * 14
        digits[6], digits[12], digits[place] = a, g, digit
        weights = EURO[digits[12] == 9]
        remainder = sum(d * w for d, w in zip(digits, weights, strict=True)) % 11
        text = "".join(map(str, digits))
        assert check(table, text[:6], text[6:]) is (ModulusOutcome.INVALID if remainder else ModulusOutcome.VALID)


def test_exception_8_reckons_with_sort_code_090126() -> None:
    # 1 + 2 + 6 of 090126; the sort code itself is all nil.
    assert outcome("00000001", 8, method=Method.MOD10, x=1, y=1, z=1, h=1) is ModulusOutcome.VALID


def test_exception_3_does_both_checks_when_c_is_neither_6_nor_9() -> None:
    assert outcome("00500001", 3, h=1) is ModulusOutcome.INVALID
    assert outcome("00600001", 3, h=1) is ModulusOutcome.VALID


def test_exception_4_compares_two_digits() -> None:
    assert outcome("10000010", 4, a=10) is ModulusOutcome.VALID
    assert outcome("10000000", 4, a=10) is ModulusOutcome.INVALID


def test_exception_5_wants_a_check_digit_of_0_for_a_remainder_of_0() -> None:
    assert outcome("00000000", 5, f=1) is ModulusOutcome.VALID
    assert outcome("00000010", 5, f=1) is ModulusOutcome.INVALID


@pytest.mark.parametrize("g", "0123456789")
def test_exception_5_has_no_check_digit_for_a_remainder_of_1_under_modulus_11(g: str) -> None:
    assert outcome(f"000001{g}0", 5, f=1) is ModulusOutcome.INVALID


def test_exception_7_drops_the_weights_of_u_to_b_only_when_g_is_9() -> None:
    assert outcome("11000090", 7, a=1) is ModulusOutcome.VALID
    assert outcome("11000080", 7, a=1) is ModulusOutcome.INVALID
    assert outcome("00100090", 7, c=1) is ModulusOutcome.INVALID


@pytest.mark.parametrize(
    ("account", "expected"),
    [("99000090", ModulusOutcome.VALID), ("09000090", ModulusOutcome.VALID)]
    + [(account, ModulusOutcome.INVALID) for account in ("89000090", "99000080")],
)
def test_exception_10_drops_weights_only_for_ab_09_or_99_with_g_9(account: str, expected: ModulusOutcome) -> None:
    assert outcome(account, 10, b=1) is expected


@pytest.mark.parametrize("pair", [(2, 9), (10, 11), (12, 13)])
def test_both_checks_may_not_fail_where_either_is_enough(pair: tuple[int, int]) -> None:
    assert outcome("00000001", *pair, h=1) is ModulusOutcome.INVALID


@pytest.mark.parametrize(
    ("last", "expected"),
    [(last, ModulusOutcome.VALID) for last in "019"] + [(last, ModulusOutcome.INVALID) for last in "2345678"],
)
def test_exception_14_puts_a_0_in_front_for_a_last_digit_of_0_1_or_9(last: str, expected: ModulusOutcome) -> None:
    # Checked as it is, e = 1 fails; moved one place on, 1 falls on f, which has no weight.
    assert outcome(f"0000100{last}", 14, e=1) is expected


def test_exception_14_fails_when_the_shortened_number_fails_too() -> None:
    assert outcome("00001000", 14, e=1, f=1) is ModulusOutcome.INVALID


def test_a_negative_total_leaves_a_remainder_that_is_not_negative() -> None:
    assert outcome("10000010", 4, a=-1) is ModulusOutcome.VALID


@pytest.mark.parametrize(
    ("given", "digits"),
    [("12345678", "12345678"), ("1234567", "01234567"), ("123456", "00123456"), ("12 34-56 78", "12345678")],
)
def test_short_account_numbers_are_filled_with_zeros_in_front(given: str, digits: str) -> None:
    assert account_number_digits(given) == digits


def test_a_short_account_number_is_checked_as_the_filled_one() -> None:
    assert check(TABLE, "93-86-11", "7806039") is ModulusOutcome.VALID


@pytest.mark.parametrize("given", ["", "1", "12345", "12345678901"])
def test_an_account_number_of_a_length_no_bank_has_is_refused(given: str) -> None:
    with pytest.raises(AccountNumberError, match=f"has {len(given)} digits, and account numbers have six to eight"):
        check(TABLE, "089999", given)


@pytest.mark.parametrize("given", ["123456789", "1234567890"])
def test_nine_and_ten_digits_are_answered_with_how_to_get_eight(given: str) -> None:
    with pytest.raises(AccountNumberError, match="Enter the eight digit number the bank gives") as refusal:
        check(TABLE, "089999", given)
    assert (refusal.value.code, refusal.value.field) == ("account-number-not-eight-digits", "account_number")


@pytest.mark.parametrize("given", ["1234567X", "\uff11234567", "1234567²", "+1234567", "12345678\n"])
def test_an_account_number_has_plain_digits_only(given: str) -> None:
    with pytest.raises(AccountNumberError, match="digits only"):
        check(TABLE, "089999", given)


def test_a_sort_code_may_be_written_as_people_write_it() -> None:
    assert sort_code_digits("08-99 99") == "089999"


@pytest.mark.parametrize("given", ["", "08999", "0899990", "08999O", "08999\uff11", "089999\n"])
def test_a_sort_code_has_six_plain_digits(given: str) -> None:
    with pytest.raises(SortCodeError, match="six digits") as refusal:
        check(TABLE, given, "66374958")
    assert (refusal.value.code, refusal.value.field) == ("sort-code-not-six-digits", "sort_code")


def test_no_refusal_repeats_bank_details() -> None:
    for sort_code, account in [("0899991", "66374958"), ("089999", "663749581"), ("089999", "6637495812345")]:
        with pytest.raises((SortCodeError, AccountNumberError)) as refusal:
            check(TABLE, sort_code, account)
        assert sort_code not in refusal.value.sentence
        assert account not in refusal.value.sentence


def test_the_sample_table_says_where_each_row_comes_from() -> None:
    assert all(row["source"] and row["confidence"] and row["version"] == VERSION for row in SAMPLE)
    assert TABLE.version == VERSION
    assert TABLE.substitutions == {"938600": "938611"}


def test_a_row_is_read_cell_by_cell() -> None:
    assert table_of(a_row(h="-1", exception="12")).rows == (
        WeightRow("000001", "000009", Method.MOD10, (0,) * 13 + (-1,), 12),
    )


def test_rows_stand_in_file_order_whatever_order_they_come_in() -> None:
    second, first = a_row(file_order="20", exception="9"), a_row(file_order="3", exception="2")
    assert [row.exception for row in table_of(second, first).rows_for("000005")] == [2, 9]


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"sort_code_from": "1"}, "sort_code_from"),
        ({"sort_code_to": ""}, "sort_code_to"),
        ({"sort_code_to": "000000"}, "sort_code_to"),
        ({"method": "MOD97"}, "method"),
        ({"u": "1.5"}, "u"),
        ({"h": ""}, "h"),
        ({"exception": "15"}, "exception"),
        ({"file_order": "first"}, "file_order"),
        ({"version": "8.40"}, "version"),
        ({"method": "SUBSTITUTE", "sort_code_from": "00000"}, "sort_code_from"),
        ({"method": "SUBSTITUTE"}, "sort_code_to"),
        ({"method": "SUBSTITUTE", "sort_code_to": "000001", "substitute_sort_code": "x"}, "substitute_sort_code"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(cells: dict[str, str], column: str) -> None:
    with pytest.raises(ModulusTableError, match=f"Row 2 .* under {column}") as refusal:
        table_of(a_row(), a_row(**{"file_order": "2", **cells}))
    assert (refusal.value.code, refusal.value.field) == ("modulus-table-unreadable", column)


def test_a_column_left_out_is_named() -> None:
    row = a_row()
    del row["w"]
    with pytest.raises(ModulusTableError, match="has “” under w, where a whole number is needed"):
        table_of(row)


def test_a_row_cut_short_is_refused() -> None:
    with pytest.raises(ModulusTableError, match="under h"):
        table_of({**a_row(), "h": None})


def test_two_rows_cannot_have_the_same_place() -> None:
    with pytest.raises(ModulusTableError, match=r"Row 2 .* a place no other row has"):
        table_of(a_row(), a_row())


def test_a_sort_code_has_at_most_two_rows() -> None:
    inner = a_row(file_order="3", sort_code_from="000004", sort_code_to="000005")
    with pytest.raises(ModulusTableError, match="Sort code 000004 is in more than two rows"):
        table_of(a_row(), a_row(file_order="2"), inner)


def test_a_table_without_rows_is_refused() -> None:
    with pytest.raises(ModulusTableError, match="holds no modulus weights"):
        table_of(a_row(method="SUBSTITUTE", sort_code_to="000001", substitute_sort_code="000002"))
