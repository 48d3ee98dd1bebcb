"""The Pay.UK modulus check: whether a sort code and an account number could belong together."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from phb.core.errors import RuleViolationError

POSITIONS = "uvwxyzabcdefgh"
A, B, C, G, H = 0, 1, 2, 6, 7  # places in the account number
U_TO_B = 8  # the first eight of POSITIONS
SORT_CODE = ("[0-9]{6}", "a sort code of six digits")
ACCOUNT_LENGTHS = (6, 7, 8)
LONG_ACCOUNT_LENGTHS = (9, 10)
LONG_ACCOUNT = "each bank shortens such numbers in its own way", "the eight digit number the bank gives for payments"
OTHER_ACCOUNT = "account numbers have six to eight", "it as it is on a bank statement"
MOST_ROWS = 2  # for one sort code
SUBSTITUTE = "SUBSTITUTE"

# The published numbers of the exceptions, by what they do.
TOTAL_PLUS_27 = 1
LLOYDS_EURO = 2
SKIPPED_IF_C_IS_6_OR_9 = 3
REMAINDER_IS_GH = 4
CHECK_DIGITS = 5
FOREIGN_CURRENCY = 6
NO_U_TO_B_IF_G_IS_9 = 7
NO_U_TO_B_IF_AB_IS_09_OR_99 = 10
LAST_DIGIT_MAY_BE_DROPPED = 14
EITHER_IS_ENOUGH = ({LLOYDS_EURO, 9}, {NO_U_TO_B_IF_AB_IS_09_OR_99, 11}, {12, 13})
FIXED_SORT_CODES: Mapping[int | None, str] = {8: "090126", 9: "309634"}
LLOYDS_EURO_WEIGHTS = (0, 0, 1, 2, 5, 3, 6, 4, 8, 7, 10, 9, 3, 1)


class SortCodeError(RuleViolationError):
    """A sort code is not six digits."""

    code = "sort-code-not-six-digits"


class AccountNumberError(RuleViolationError):
    """An account number is not one the check is defined for."""

    code = "account-number-not-eight-digits"


class ModulusTableError(RuleViolationError):
    """A row of an imported weight table cannot be read, or the rows contradict each other."""

    code = "modulus-table-unreadable"


class ModulusOutcome(Enum):
    """What the check says. VALID means no more than that the pair could exist."""

    VALID = "valid"
    INVALID = "invalid"
    NOT_CHECKABLE = "not-checkable"


class Method(Enum):
    """How the weighted digits are added up, and what the total is divided by."""

    MOD10 = "MOD10"
    MOD11 = "MOD11"
    DBLAL = "DBLAL"

    @property
    def modulus(self) -> int:
        """What the total is divided by."""
        return 11 if self is Method.MOD11 else 10

    def total(self, digits: Iterable[int], weights: Iterable[int]) -> int:
        """Return the sum of the products, or of the products' digits for double alternate."""
        products = [digit * weight for digit, weight in zip(digits, weights, strict=True)]
        if self is Method.DBLAL:
            return sum(int(digit) for product in products for digit in str(abs(product)))
        return sum(products)


@dataclass(frozen=True)
class WeightRow:
    """One row of the table: the sort codes it is for, both ends included, and their weights.

    `weights` holds one for each of POSITIONS; `exception` is the published number, 1 to 14.
    """

    sort_code_from: str
    sort_code_to: str
    method: Method
    weights: tuple[int, ...]
    exception: int | None = None


@dataclass(frozen=True)
class ModulusTable:
    """One issue of the Pay.UK weight table: rows in file order, and sort codes read as another."""

    rows: tuple[WeightRow, ...]
    substitutions: Mapping[str, str]
    version: str

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, str | None]], *, version: str) -> "ModulusTable":
        """Read a table from CSV rows.

        Args:
            rows: file_order, sort_code_from, sort_code_to, method, u to h and exception; the method
                SUBSTITUTE has a substitute_sort_code in place of file_order and weights. Other columns
                are left alone, but a column named version must agree with `version`.
            version: the issue, as Pay.UK numbers it; kept with each result.

        Raises:
            ModulusTableError: a cell cannot be read, two rows share a place in the file, a sort code
                has more than two rows, or there is no row at all.
        """
        weights: dict[int, WeightRow] = {}
        substitutions: dict[str, str] = {}
        for number, row in enumerate(rows, start=1):
            cells = _Cells(row, number)
            if "version" in row:
                cells.read("version", re.escape(version), f"the version {version}")
            if row.get("method") == SUBSTITUTE:
                substitutions.update(cells.substitution())
            elif (place := int(cells.read("file_order", "[0-9]{1,9}", "the row's place in the file"))) in weights:
                raise cells.error("file_order", "a place no other row has")
            else:
                weights[place] = cells.weight_row()
        table = cls(tuple(weights[place] for place in sorted(weights)), substitutions, version)
        _refuse_unusable(table)
        return table

    def rows_for(self, sort_code: str) -> tuple[WeightRow, ...]:
        """Return the rows of a six digit sort code in file order: none, one or two."""
        return tuple(row for row in self.rows if row.sort_code_from <= sort_code <= row.sort_code_to)


@dataclass(frozen=True)
class _Cells:
    """One CSV row, read cell by cell, so that a refusal can say where the trouble is."""

    row: Mapping[str, str | None]
    number: int

    def weight_row(self) -> WeightRow:
        method = self.read("method", "|".join(m.value for m in Method), f"MOD10, MOD11, DBLAL or {SUBSTITUTE}")
        first, last = self.read("sort_code_from", *SORT_CODE), self.read("sort_code_to", *SORT_CODE)
        if last < first:
            raise self.error("sort_code_to", "a sort code on or after sort_code_from")
        weights = tuple(int(self.read(position, "-?[0-9]{1,3}", "a whole number")) for position in POSITIONS)
        exception = self.read("exception", "|[1-9]|1[0-4]", "nothing or a number from 1 to 14")
        return WeightRow(first, last, Method(method), weights, int(exception) if exception else None)

    def substitution(self) -> dict[str, str]:
        original = self.read("sort_code_from", *SORT_CODE)
        self.read("sort_code_to", original, "the same sort code as sort_code_from")
        return {original: self.read("substitute_sort_code", *SORT_CODE)}

    def read(self, column: str, pattern: str, needed: str) -> str:
        text = (self.row.get(column) or "").strip()
        if not re.fullmatch(pattern, text):
            raise self.error(column, needed)
        return text

    def error(self, column: str, needed: str) -> ModulusTableError:
        return ModulusTableError(
            f"Row {self.number} of the modulus weights has “{self.row.get(column) or ''}” under {column}, where "
            f"{needed} is needed. Correct the row and import the file again.",
            field=column,
            row=self.number,
        )


def _refuse_unusable(table: ModulusTable) -> None:
    if not table.rows:
        raise ModulusTableError("The file holds no modulus weights. Import the table that Pay.UK issues.")
    for row in table.rows:
        # Where ranges overlap, one of them starts inside all the others, so the first ends are enough.
        if len(table.rows_for(row.sort_code_from)) > MOST_ROWS:
            sentence = (
                f"Sort code {row.sort_code_from} is in more than two rows of the modulus weights, and the check "
                "has at most two. Remove the rows that do not belong and import the file again."
            )
            raise ModulusTableError(sentence, sort_code=row.sort_code_from)


def sort_code_digits(text: str) -> str:
    """Return a sort code as six digits, without the hyphens or spaces people write.

    Raises:
        SortCodeError: what is left is not six digits.
    """
    digits = re.sub("[ -]", "", text)
    if not re.fullmatch(SORT_CODE[0], digits):
        raise SortCodeError("A sort code has six digits. Enter it like 12-34-56.", field="sort_code")
    return digits


def account_number_digits(text: str) -> str:
    """Return an account number as eight digits; six or seven are filled with zeros in front.

    Raises:
        AccountNumberError: it holds something else than digits, or is of another length.
    """
    digits = re.sub("[ -]", "", text)
    if not re.fullmatch("[0-9]*", digits):
        raise AccountNumberError("An account number has digits only. Enter it without letters.", field="account_number")
    if len(digits) not in ACCOUNT_LENGTHS:
        why, enter = LONG_ACCOUNT if len(digits) in LONG_ACCOUNT_LENGTHS else OTHER_ACCOUNT
        sentence = f"This account number has {len(digits)} digits, and {why}. Enter {enter}."
        raise AccountNumberError(sentence, field="account_number")
    return digits.zfill(max(ACCOUNT_LENGTHS))


def check(table: ModulusTable, sort_code: str, account_number: str) -> ModulusOutcome:
    """Say whether an account number could belong to a sort code.

    A sort code without a row cannot be checked, which is no failure. Keep the table's version with the outcome.

    Raises:
        SortCodeError: the sort code is not six digits.
        AccountNumberError: the account number is not six, seven or eight digits.

    Source: Pay.UK (Vocalink) modulus checking specification; recalled, confirmed by its 34 test cases.
    """
    sort_code, account = sort_code_digits(sort_code), account_number_digits(account_number)
    rows = table.rows_for(sort_code)
    if not rows:
        return ModulusOutcome.NOT_CHECKABLE
    exceptions = {row.exception for row in rows}
    if FOREIGN_CURRENCY in exceptions and _is_foreign_currency(account):
        return ModulusOutcome.VALID
    enough = any if exceptions in EITHER_IS_ENOUGH else all
    passed = enough(_passes(table, row, sort_code, account) for row in rows if not _is_skipped(row, account))
    return ModulusOutcome.VALID if passed else ModulusOutcome.INVALID


def _is_foreign_currency(account: str) -> bool:
    return account[A] in "45678" and account[G] == account[H]


def _is_skipped(row: WeightRow, account: str) -> bool:
    return row.exception == SKIPPED_IF_C_IS_6_OR_9 and account[C] in "69"


def _passes(table: ModulusTable, row: WeightRow, sort_code: str, account: str) -> bool:
    first = _remainder_is_right(table, row, sort_code, account)
    if first or row.exception != LAST_DIGIT_MAY_BE_DROPPED or account[H] not in "019":
        return first
    return _remainder_is_right(table, row, sort_code, "0" + account[:H])


def _remainder_is_right(table: ModulusTable, row: WeightRow, sort_code: str, account: str) -> bool:
    digits = map(int, _sort_code_used(table, row, sort_code) + account)
    added = 27 if row.exception == TOTAL_PLUS_27 else 0
    total = row.method.total(digits, _weights_used(row, account)) + added
    # Weights may be negative; Python's remainder is not, whatever the total's sign.
    return _accepts(row, total % row.method.modulus, account)


def _sort_code_used(table: ModulusTable, row: WeightRow, sort_code: str) -> str:
    if row.exception == CHECK_DIGITS:
        return table.substitutions.get(sort_code, sort_code)
    return FIXED_SORT_CODES.get(row.exception, sort_code)


def _weights_used(row: WeightRow, account: str) -> tuple[int, ...]:
    choose = CHANGED_WEIGHTS.get(row.exception)
    return choose(row.weights, account) if choose else row.weights


def _lloyds_euro_weights(published: tuple[int, ...], account: str) -> tuple[int, ...]:
    return published if account[A] == "0" else _without_u_to_b_if_g_is_9(LLOYDS_EURO_WEIGHTS, account)


def _without_u_to_b_if_g_is_9(published: tuple[int, ...], account: str) -> tuple[int, ...]:
    return (0,) * U_TO_B + published[U_TO_B:] if account[G] == "9" else published


def _without_u_to_b_if_ab_is_09_or_99(published: tuple[int, ...], account: str) -> tuple[int, ...]:
    return _without_u_to_b_if_g_is_9(published, account) if account[A : B + 1] in ("09", "99") else published


def _accepts(row: WeightRow, remainder: int, account: str) -> bool:
    if row.exception == REMAINDER_IS_GH:
        return remainder == int(account[G:])
    if row.exception == CHECK_DIGITS:
        check_digit = int(account[G if row.method is Method.MOD11 else H])
        # A remainder of 1 under modulus 11 asks for a check digit of 10, which no digit is: invalid, as published.
        return -remainder % row.method.modulus == check_digit
    return remainder == 0


CHANGED_WEIGHTS: Mapping[int | None, Callable[[tuple[int, ...], str], tuple[int, ...]]] = {
    LLOYDS_EURO: _lloyds_euro_weights,
    NO_U_TO_B_IF_G_IS_9: _without_u_to_b_if_g_is_9,
    NO_U_TO_B_IF_AB_IS_09_OR_99: _without_u_to_b_if_ab_is_09_or_99,
}
