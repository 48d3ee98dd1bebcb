"""Bacs Standard 18, read a second time by the column positions of a published layout."""

import csv
from dataclasses import replace
from datetime import date
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moneyed import EUR, Money

from phb.core.errors import RuleViolationError
from phb.core.money import FractionOfAPennyError, NotPoundsError, from_pence, pounds
from phb.payments.bank_files.bacs_standard_18 import (
    BacsAccount,
    BacsAmountError,
    BacsFile,
    BacsFileError,
    BacsItem,
    BacsLayoutError,
    BacsTextError,
    fold,
    read,
    write,
)
from phb.payments.modulus import AccountNumberError, SortCodeError

LAYOUT_FILE = Path(__file__).parents[1] / "data" / "bacs_standard_18_layout.csv"
with LAYOUT_FILE.open(encoding="utf-8", newline="") as layout_csv:
    LAYOUT = list(csv.DictReader(layout_csv))
SINGLE_DAY = [row for row in LAYOUT if int(row["start"]) <= 100]

OWN = BacsAccount("12-34-56", "87654321", "Northvale ICB")
JO = BacsAccount("089999", "66374958", "Jo Brown")
FILE = BacsFile(
    serial="091001",
    service_user_number="654321",
    originating=OWN,
    created_on=date(2026, 3, 30),
    processing_on=date(2026, 4, 1),
    items=(
        BacsItem(JO, pounds("1.15"), "PHB 0000001"),
        BacsItem(BacsAccount("107999", "888374", "Siân Ó Néill"), pounds("4.35"), "PHB 0000002"),
    ),
)

# What FILE must hold, by record and first position; blank texts are spaces to the end of the field.
HEADER_1 = {5: "A654321S  1654321", 22: "091001", 28: "0001", 32: "0001", 36: "", 40: "", 42: " 26089", 48: " 26092"}
HEADER_1_END = {54: "", 55: "000000", 61: "", 74: ""}
OWN_NUMBERS = {18: "123456", 24: "87654321"}
EXPECTED = {
    "VOL1": {1: "VOL1", 5: "091001", 11: "", 12: "", 32: "", 38: "    654321", 52: "", 80: "1"},
    "HDR1": {1: "HDR1", **HEADER_1, **HEADER_1_END},
    "HDR2": {1: "HDR2", 5: "F", 6: "02000", 11: "00100", 16: ""},
    "UHL1": {1: "UHL1", 5: " 26091", 11: "999999", 21: "00", 23: "000000", 29: "1 DAILY", 38: "001", 41: ""},
    "PAYMENT": {1: "089999", 7: "66374958", 15: "0", 16: "99", **OWN_NUMBERS, 32: "0000"}
    | {36: "00000000115", 47: "NORTHVALE ICB", 65: "PHB 0000001", 83: "JO BROWN"},
    "CONTRA": {1: "123456", 7: "87654321", 15: "0", 16: "17", 18: "12345687654321", 32: "", 36: "00000000550"}
    | {47: "BACS 091001", 65: "CONTRA", 83: "NORTHVALE ICB"},
    "EOF1": {1: "EOF1", 5: "A654321S  165432109100100010001       26089 26092 000000"},
    "EOF2": {1: "EOF2", 5: "F0200000100"},
    "UTL1": {1: "UTL1", 5: "0000000000550", 18: "0000000000550", 31: "0000001", 38: "0000002", 45: ""},
}
LINE_OF = {"VOL1": 0, "HDR1": 1, "HDR2": 2, "UHL1": 3, "PAYMENT": 4, "CONTRA": 6, "EOF1": 7, "EOF2": 8, "UTL1": 9}
ALLOWED = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.&/- "


def lines_of(file: BacsFile) -> list[str]:
    return write(file).decode("ascii").split("\r\n")


def name_of(row: dict[str, str]) -> str:
    return f"{row['record']} {row['start']} {row['field']}"


@pytest.mark.parametrize("row", SINGLE_DAY, ids=name_of)
def test_each_field_of_the_layout_stands_at_its_positions(row: dict[str, str]) -> None:
    start, end, length = int(row["start"]), int(row["end"]), int(row["length"])
    assert end - start + 1 == length
    line = lines_of(FILE)[LINE_OF[row["record"]]]
    assert line[start - 1 : end] == EXPECTED[row["record"]][start].ljust(length)


def test_the_layout_covers_every_position_once() -> None:
    for record, rows in groupby(SINGLE_DAY, key=lambda row: row["record"]):
        positions = [position for row in rows for position in range(int(row["start"]), int(row["end"]) + 1)]
        assert positions == list(range(1, len(lines_of(FILE)[LINE_OF[record]]) + 1))


def test_each_field_of_the_layout_says_how_sure_we_are() -> None:
    assert {row["confidence"] for row in LAYOUT} == {"verified-secondary", "recalled"}


def test_records_come_in_the_published_order_and_each_ends_in_a_line_end() -> None:
    *lines, rest = lines_of(FILE)
    assert rest == ""
    assert [line[:4] for line in lines[:4] + lines[-3:]] == ["VOL1", "HDR1", "HDR2", "UHL1", "EOF1", "EOF2", "UTL1"]
    assert [len(line) for line in lines] == [80] * 4 + [100] * 3 + [80] * 3


def test_trailers_repeat_their_headers() -> None:
    lines = lines_of(FILE)
    assert (lines[7][4:], lines[8][4:]) == (lines[1][4:], lines[2][4:])


def test_the_expiry_date_crosses_the_year_end() -> None:
    file = replace(FILE, created_on=date(2028, 12, 29), processing_on=date(2028, 12, 31))
    assert lines_of(file)[1][41:53] == " 28364 29001"
    assert lines_of(file)[3][4:10] == " 28366"


def test_six_digit_accounts_are_filled_with_zeros() -> None:
    assert lines_of(FILE)[5][6:14] == "00888374"


@pytest.mark.parametrize(("amount", "field"), [("1.15", "00000000115"), ("4.35", "00000000435")])
def test_pence_that_binary_floats_lose_arrive(amount: str, field: str) -> None:
    file = replace(FILE, items=(BacsItem(JO, pounds(amount), "PHB 0000001"),))
    assert lines_of(file)[4][35:46] == field
    assert lines_of(file)[5][35:46] == field


def test_the_largest_amount_fills_its_field() -> None:
    file = replace(FILE, items=(BacsItem(JO, pounds("999999999.99"), "PHB 0000001"),))
    assert lines_of(file)[4][35:46] == "99999999999"
    assert lines_of(file)[-2][4:30] == "00999999999990099999999999"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Siân Ó Néill", "SIAN O NEILL"),
        ("Ŵyn Ŷ", "WYN Y"),
        ("e\u0301", "E"),
        ("Straße Łódź Øre Þór Æ œ", "STRASSE LODZ ORE THOR AE OE"),
        ("O'Brien & Co. 1/2-3", "O BRIEN & CO. 1/2-3"),
        ("a,b\r\nc", "A B  C"),
    ],
)
def test_accents_are_folded_and_what_bacs_does_not_know_becomes_a_space(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_leaves_allowed_characters_and_nothing_to_fold(text: str) -> None:
    assert set(fold(text)) <= set(ALLOWED)
    assert fold(fold(text)) == fold(text)


def test_names_and_references_are_cut_at_18() -> None:
    account = BacsAccount("089999", "66374958", "'Bartholomew Featherstonehaugh")
    assert account.name == "BARTHOLOMEW FEATHE"
    assert BacsItem(account, pounds("1"), "phb 000000000000001").reference == "PHB 00000000000000"


def test_a_cut_leaves_no_space_at_the_end() -> None:
    assert BacsAccount("089999", "66374958", "Bartholomew Smythe Jones").name == "BARTHOLOMEW SMYTHE"


names = st.text(st.characters(max_codepoint=0x17F), min_size=1, max_size=30).filter(
    lambda text: any(character.isalnum() for character in fold(text)[:18])
)
references = st.text(ALLOWED, min_size=7, max_size=30).filter(
    lambda text: (
        len(text[:18].rstrip()) > 6
        and len(set(text[:18].rstrip())) > 1
        and not text.startswith("DDIC")
        and not text.startswith(" ")
    )
)
accounts = st.builds(
    BacsAccount, st.from_regex("[0-9]{6}", fullmatch=True), st.from_regex("[0-9]{6,8}", fullmatch=True), names
)
items = st.builds(BacsItem, accounts, st.integers(1, 10**9).map(from_pence), references)
days = st.lists(st.dates(date(2000, 1, 1), date(2099, 12, 31)), min_size=2, max_size=2).map(sorted)


@st.composite
def files(draw: st.DrawFn) -> BacsFile:
    created_on, processing_on = draw(days)
    return BacsFile(
        serial=draw(st.from_regex("[A-Z0-9]{5}[A-Z1-9]", fullmatch=True)),
        service_user_number=draw(st.from_regex("[0-9]{6}", fullmatch=True)),
        originating=draw(accounts),
        created_on=created_on,
        processing_on=processing_on,
        items=tuple(draw(st.lists(items, min_size=1, max_size=5))),
    )


@settings(suppress_health_check=[HealthCheck.too_slow])  # drawing a file takes longest on a busy machine
@given(files())
def test_what_is_written_is_what_is_read(file: BacsFile) -> None:
    assert read(write(file)) == file


@given(files())
def test_debits_and_credits_of_the_trailer_are_those_of_the_items(file: BacsFile) -> None:
    *_, trailer, _ = lines = lines_of(file)
    of_code = {code: [int(line[35:46]) for line in lines if len(line) == 100 and line[15:17] == code] for code in CODES}
    assert (int(trailer[4:17]), int(trailer[30:37])) == (sum(of_code["17"]), len(of_code["17"]))
    assert (int(trailer[17:30]), int(trailer[37:44])) == (sum(of_code["99"]), len(of_code["99"]))
    assert trailer[4:17] == trailer[17:30]


CODES = ("17", "99")


@given(st.integers(0, len(write(FILE)) - 1), st.integers(0, 255))
def test_no_changed_character_goes_unnoticed_unless_it_makes_another_true_file(place: int, byte: int) -> None:
    content = write(FILE)
    changed = content[:place] + bytes([byte]) + content[place + 1 :]
    try:
        file = read(changed)
    except RuleViolationError:
        assert changed != content
    else:
        assert write(file) == changed


@given(st.binary() | st.lists(st.binary(max_size=110), min_size=8, max_size=12).map(b"\r\n".join))
def test_other_bytes_are_refused_and_nothing_worse(content: bytes) -> None:
    with pytest.raises(RuleViolationError):
        read(content)
    with pytest.raises(RuleViolationError):
        read(content + b"\r\n")


def changed_at(number: int, position: int, text: str) -> bytes:
    """Return FILE with a text put over one line, both counted from one."""
    lines = lines_of(FILE)
    line = lines[number - 1]
    lines[number - 1] = line[: position - 1] + text + line[position - 1 + len(text) :]
    return "\r\n".join(lines).encode()


@pytest.mark.parametrize(
    ("number", "position", "text", "where"),
    [
        (1, 1, "VOL2", r"Line 1 \(VOL1\) is wrong from position 1, label"),
        (2, 28, "0002", r"Line 2 \(HDR1\) is wrong from position 28, file section"),
        (3, 6, "01000", r"Line 3 \(HDR2\) is wrong from position 6, block length"),
        (4, 29, "4 MULTI", r"Line 4 \(UHL1\) is wrong from position 29, work code"),
        (5, 16, "17", r"Line 5 \(payment\) is wrong from position 16, transaction code"),
        (5, 32, "    ", r"Line 5 \(payment\) is wrong from position 32, free format"),
        (6, 83, "s", r"Line 6 \(payment\) is wrong from position 83, destination account name"),
        (6, 101, " 26091", r"Line 6 \(payment\) is wrong from position 101, end of the line"),
        (7, 36, "00000000551", "position 36, amount in pence. It is “00000000551” .* needs “00000000550”"),
        (8, 48, " 26093", r"Line 8 \(EOF1\) is wrong from position 48, expiry date"),
        (9, 5, "V", r"Line 9 \(EOF2\) is wrong from position 5, record format"),
        (10, 5, "0000000000551", "debit total in pence. It is “0000000000551” .* needs “0000000000550”"),
        (10, 18, "0000000000549", "credit total in pence"),
        (10, 31, "0000002", "debit item count"),
        (10, 38, "0000001", "credit item count"),
        (10, 80, "X", "reserved"),
    ],
)
def test_the_reader_names_what_is_wrong(number: int, position: int, text: str, where: str) -> None:
    with pytest.raises(BacsLayoutError, match=where) as refusal:
        read(changed_at(number, position, text))
    assert (refusal.value.code, refusal.value.facts["line"]) == ("bacs-layout-broken", number)


def test_the_reader_repeats_no_payee() -> None:
    with pytest.raises(BacsLayoutError) as refusal:
        read(changed_at(5, 83, "jo"))
    assert "jo" not in refusal.value.sentence
    assert "JO" not in refusal.value.sentence


@pytest.mark.parametrize(
    ("position", "text", "sentence"),
    [
        (1, "08999X", "A sort code has six digits"),
        (36, "0" * 11, "Bacs cannot pay £0.00"),
        (65, "DDIC", "Bacs does not take the reference"),
        (83, " " * 18, "The name on the account"),
    ],
)
def test_the_reader_names_the_line_of_a_payment_nobody_could_make(position: int, text: str, sentence: str) -> None:
    with pytest.raises(BacsLayoutError, match=rf"Line 5 \(payment\) cannot be used. {sentence}"):
        read(changed_at(5, position, text))


def test_a_character_outside_ascii_is_a_wrong_field() -> None:
    content = write(FILE).replace(b"NORTHVALE ICB", "NORTHVALÉ IC".encode(), 1)
    with pytest.raises(BacsLayoutError, match=r"Line 5 .* user name"):
        read(content)


@pytest.mark.parametrize("content", [b"", b"VOL1", write(FILE)[:-2], write(FILE)[:-1], write(FILE) + b"X"])
def test_a_file_cut_short_or_run_on_is_refused(content: bytes) -> None:
    with pytest.raises(BacsLayoutError, match="cut short or is of another kind"):
        read(content)


def test_a_file_whose_payments_were_taken_out_is_refused() -> None:
    lines = lines_of(FILE)
    with pytest.raises(BacsFileError, match="this one has 0"):
        read("\r\n".join(lines[:4] + lines[6:]).encode())


def test_a_file_with_a_payment_taken_out_is_refused() -> None:
    lines = lines_of(FILE)
    with pytest.raises(BacsLayoutError, match=r"amount in pence\. It is “00000000550” .* needs “00000000435”"):
        read("\r\n".join(lines[:4] + lines[5:]).encode())


@pytest.mark.parametrize("reference", ["", "PHB 01", "1" * 18, "1" * 20 + "2", "DDIC00001", "ddic 00001", " PHB 0001"])
def test_a_reference_bacs_does_not_take_is_refused(reference: str) -> None:
    with pytest.raises(BacsTextError, match="more than six characters") as refusal:
        BacsItem(JO, pounds("1"), reference)
    assert (refusal.value.code, refusal.value.field) == ("bacs-text-refused", "reference")


def test_a_reference_of_seven_characters_is_enough() -> None:
    assert BacsItem(JO, pounds("1"), "PHB 001 ").reference == "PHB 001"


@pytest.mark.parametrize("amount", ["0", "-0.01", "1000000000.00"])
def test_an_amount_bacs_cannot_carry_is_refused(amount: str) -> None:
    with pytest.raises(BacsAmountError, match=r"Give an amount from £0\.01 to £999,999,999\.99") as refusal:
        BacsItem(JO, pounds(amount), "PHB 0000001")
    assert (refusal.value.code, refusal.value.field) == ("bacs-amount-out-of-range", "amount")


def test_an_amount_is_whole_pence_in_pounds() -> None:
    with pytest.raises(FractionOfAPennyError):
        BacsItem(JO, Money("1.005", "GBP"), "PHB 0000001")
    with pytest.raises(NotPoundsError):
        BacsItem(JO, Money("1.00", EUR), "PHB 0000001")


@pytest.mark.parametrize("name", ["", "  ", "Жанна", "李", "-", "..."])
def test_a_name_that_leaves_nothing_is_refused(name: str) -> None:
    with pytest.raises(BacsTextError, match="Latin letters") as refusal:
        BacsAccount("089999", "66374958", name)
    assert refusal.value.field == "name"


def test_bank_details_that_are_none_are_refused() -> None:
    with pytest.raises(SortCodeError):
        BacsAccount("08999", "66374958", "Jo")
    with pytest.raises(AccountNumberError):
        BacsAccount("089999", "663749581", "Jo")


def refusal_of(**changes: object) -> BacsFileError:
    with pytest.raises(BacsFileError) as refusal:
        replace(FILE, **changes)  # type: ignore[arg-type] # a test of wrong values
    assert refusal.value.code == "bacs-file-refused"
    return refusal.value


@pytest.mark.parametrize("serial", ["", "91001", "0910011", "000000", "abc123", "09 001", "091001\n"])
def test_a_serial_has_six_capitals_or_digits(serial: str) -> None:
    assert refusal_of(serial=serial).field == "serial"


@pytest.mark.parametrize("number", ["", "65432", "B65432", "6543210"])
def test_a_service_user_number_has_six_digits(number: str) -> None:
    assert refusal_of(service_user_number=number).field == "service_user_number"


def test_processing_cannot_come_before_the_file() -> None:
    sentence = refusal_of(processing_on=date(2026, 3, 29)).sentence
    assert sentence.startswith("The processing day, 29 March 2026, is before the day the file is made, 30 March 2026.")
    assert replace(FILE, processing_on=FILE.created_on).processing_on == FILE.created_on


@pytest.mark.parametrize("days", [(date(1999, 12, 31), date(2000, 1, 4)), (date(2099, 12, 31), date(2100, 1, 4))])
def test_two_digits_of_a_year_are_those_of_this_century(days: tuple[date, date]) -> None:
    assert "from 2000 to 2099" in refusal_of(created_on=days[0], processing_on=days[1]).sentence


def test_a_file_without_payments_is_refused() -> None:
    assert "this one has 0" in refusal_of(items=()).sentence


def test_more_payments_than_the_trailer_counts_are_refused() -> None:
    assert "this one has 10,000,000" in refusal_of(items=FILE.items[:1] * 10_000_000).sentence


def test_more_money_than_the_contra_carries_is_refused() -> None:
    most = BacsItem(JO, pounds("999999999.99"), "PHB 0000001")
    penny = replace(most, amount=pounds("0.01"))
    assert replace(FILE, items=(most,)).total_pence == 99_999_999_999
    assert "add up to £1,000,000,000.00" in refusal_of(items=(most, penny)).sentence
