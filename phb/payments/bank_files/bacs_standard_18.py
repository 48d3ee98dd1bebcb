"""Bacs Standard 18: payments out of one account on one processing day.

Source: an open-source Standard 18 writer and published field layouts, verified at second hand. Prove a
file with the sponsoring bank's test service before the first real one.
"""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from moneyed import Money

from phb.core.errors import RuleViolationError
from phb.core.money import format_pounds, from_pence, to_pence
from phb.payments.modulus import account_number_digits, sort_code_digits

LINE_END = "\r\n"
TEXT_LENGTH = 18
REFERENCE_LENGTH = 7  # the rule says more than six
MOST_PENCE = 99_999_999_999
MOST_ITEMS = 9_999_999
CENTURY = 2000
WITHOUT_A_DECOMPOSITION = str.maketrans({"Æ": "AE", "Ø": "O", "Œ": "OE", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "TH"})

PAYMENT, CONTRA = "payment", "contra"
HEADERS, TRAILERS = ("VOL1", "HDR1", "HDR2", "UHL1"), (CONTRA, "EOF1", "EOF2", "UTL1")


def _fields(text: str) -> tuple[tuple[str, int], ...]:
    """Return names and lengths written as in "4 label, 1 record format"."""
    return tuple((name, int(length)) for length, name in (field.split(" ", 1) for field in text.split(", ")))


FILE_HEADER = _fields(
    "4 label, 17 file identifier, 6 set identification, 4 file section, 4 file sequence, 4 generation number, "
    "2 generation version, 6 creation date, 6 expiry date, 1 accessibility, 6 block count, 13 system code, 7 reserved"
)
BLOCK_HEADER = _fields("4 label, 1 record format, 5 block length, 5 record length, 65 reserved")
ITEM = _fields(
    "6 destination sort code, 8 destination account number, 1 account type, 2 transaction code, "
    "6 originating sort code, 8 originating account number, 4 free format, 11 amount in pence, 18 user name, "
    "18 user reference, 18 destination account name"
)
LAYOUT = {
    "VOL1": _fields(
        "4 label, 6 submission serial number, 1 accessibility, 20 reserved, 6 reserved, 14 owner id, 28 reserved, "
        "1 label standard level"
    ),
    "HDR1": FILE_HEADER,
    "HDR2": BLOCK_HEADER,
    "UHL1": _fields(
        "4 label, 6 processing date, 10 receiving party, 2 currency, 6 country, 9 work code, 3 file number, 40 reserved"
    ),
    PAYMENT: ITEM,
    CONTRA: ITEM,
    "EOF1": FILE_HEADER,
    "EOF2": BLOCK_HEADER,
    "UTL1": _fields(
        "4 label, 13 debit total in pence, 13 credit total in pence, 7 debit item count, 7 credit item count, "
        "36 reserved"
    ),
}


class BacsTextError(RuleViolationError):
    """A name or a reference leaves nothing that Bacs can carry, or breaks the reference rule."""

    code = "bacs-text-refused"


class BacsAmountError(RuleViolationError):
    """An amount is nil, negative or longer than its field."""

    code = "bacs-amount-out-of-range"


class BacsFileError(RuleViolationError):
    """The file as a whole cannot be sent: its numbers, its dates, or how much it holds."""

    code = "bacs-file-refused"


class BacsLayoutError(RuleViolationError):
    """Bytes are not a file of this layout, or its totals are not those of its payments."""

    code = "bacs-layout-broken"


def fold(text: str) -> str:
    """Return text in the characters Bacs takes: A to Z, 0 to 9, . & / - and space.

    Letters lose their accents and become capitals; every other character becomes a space.
    """
    capitals = unicodedata.normalize("NFKD", text).upper().translate(WITHOUT_A_DECOMPOSITION)
    letters = "".join(character for character in capitals if unicodedata.category(character) != "Mn")
    return re.sub("[^A-Z0-9.&/ -]", " ", letters)


@dataclass(frozen=True)
class BacsAccount:
    """A bank account and the name it is held in, kept as the file writes them."""

    sort_code: str
    account_number: str
    name: str

    def __post_init__(self) -> None:
        """Fold the name and cut it to 18; refuse a name that leaves nothing, and numbers that are none."""
        name = _cut(fold(self.name).lstrip())
        if not re.search("[A-Z0-9]", name):
            raise BacsTextError(
                "The name on the account has no letter or digit that Bacs can carry. Give it in Latin letters.",
                field="name",
            )
        object.__setattr__(self, "sort_code", sort_code_digits(self.sort_code))
        object.__setattr__(self, "account_number", account_number_digits(self.account_number))
        object.__setattr__(self, "name", name)


@dataclass(frozen=True)
class BacsItem:
    """One payment. The reference is kept as the file writes it: folded and cut to 18."""

    payee: BacsAccount
    amount: Money
    reference: str

    def __post_init__(self) -> None:
        """Refuse an amount the field cannot hold, and a reference that breaks the rule."""
        reference = _cut(fold(self.reference))
        if len(reference) < REFERENCE_LENGTH or len(set(reference)) == 1 or reference.startswith(("DDIC", " ")):
            raise BacsTextError(
                f"Bacs does not take the reference “{reference}”. Give one of more than six characters that are "
                "not all the same, and do not start it with DDIC or a space.",
                field="reference",
            )
        if not 0 < to_pence(self.amount) <= MOST_PENCE:
            raise BacsAmountError(
                f"Bacs cannot pay {format_pounds(self.amount)}. Give an amount from £0.01 to "
                f"{format_pounds(from_pence(MOST_PENCE))}.",
                field="amount",
            )
        object.__setattr__(self, "reference", reference)


@dataclass(frozen=True)
class BacsFile:
    """One submission: payments from one account that Bacs processes on one day.

    `serial` is never used twice by a service user. The caller chooses a `processing_on` that is a working day.
    """

    serial: str
    service_user_number: str
    originating: BacsAccount
    created_on: date
    processing_on: date
    items: tuple[BacsItem, ...]

    def __post_init__(self) -> None:
        """Refuse numbers, dates and totals that the layout cannot carry."""
        if not re.fullmatch("(?!0{6})[A-Z0-9]{6}", self.serial):
            raise BacsFileError(
                "A serial has six capitals or digits, not all of them 0. Give one like 091001.", field="serial"
            )
        if not re.fullmatch("[0-9]{6}", self.service_user_number):
            raise BacsFileError(
                "A service user number has six digits. Enter it as the sponsoring bank gave it.",
                field="service_user_number",
            )
        _refuse_dates(self.created_on, self.processing_on)
        if not 0 < len(self.items) <= MOST_ITEMS:
            raise BacsFileError(
                f"A Bacs file holds from 1 to {MOST_ITEMS:,} payments, and this one has {len(self.items):,}. "
                "Put at least one payment into the run, or divide it.",
                field="items",
            )
        if self.total_pence > MOST_PENCE:
            raise BacsFileError(
                f"The payments add up to {format_pounds(from_pence(self.total_pence))}, and one Bacs file carries "
                f"at most {format_pounds(from_pence(MOST_PENCE))}. Divide the run.",
                field="items",
            )

    @property
    def total_pence(self) -> int:
        """What all payments add up to, which the contra takes from the originating account."""
        return sum(to_pence(item.amount) for item in self.items)


def write(file: BacsFile) -> bytes:
    """Return the file for the bank: labels of 80 characters, items of 100, a line end after each."""
    file_header, block_header = _file_header(file), ("F", "02000", "00100", "")
    debits = credits_ = f"{file.total_pence:013}"
    lines = [
        _line("VOL1", "VOL1", file.serial, "", "", "", f"    {file.service_user_number}", "", "1"),
        _line("HDR1", "HDR1", *file_header),
        _line("HDR2", "HDR2", *block_header),
        _line("UHL1", "UHL1", _bacs_date(file.processing_on), "999999", "00", "000000", "1 DAILY", "001", ""),
        *(_payment(file, item) for item in file.items),
        _contra(file),
        _line("EOF1", "EOF1", *file_header),
        _line("EOF2", "EOF2", *block_header),
        _line("UTL1", "UTL1", debits, credits_, f"{1:07}", f"{len(file.items):07}", ""),
    ]
    return "".join(line + LINE_END for line in lines).encode("ascii")


def read(content: bytes) -> BacsFile:
    """Return what a file written by write() holds.

    Raises:
        BacsLayoutError: any character is not what write() would put there, the totals included.
        BacsFileError: its numbers, dates or payments are not those of a file that can be sent.
    """
    records = _records(content)
    file = _file(records)
    for record, needed in zip(records, _records(write(file)), strict=True):
        _refuse_difference(record, needed)
    return file


def _cut(text: str) -> str:
    return text[:TEXT_LENGTH].rstrip()


def _refuse_dates(created_on: date, processing_on: date) -> None:
    if processing_on < created_on:
        raise BacsFileError(
            f"The processing day, {processing_on:%-d %B %Y}, is before the day the file is made, "
            f"{created_on:%-d %B %Y}. Give a later processing day.",
            field="processing_on",
        )
    if not CENTURY <= created_on.year <= processing_on.year < CENTURY + 100:
        raise BacsFileError("A Bacs file carries dates from 2000 to 2099. Give other dates.", field="created_on")


def _bacs_date(day: date) -> str:
    return f" {day:%y%j}"


def _line(kind: str, *texts: str) -> str:
    return "".join(text.ljust(length) for text, (_, length) in zip(texts, LAYOUT[kind], strict=True))


def _file_header(file: BacsFile) -> tuple[str, ...]:
    # The label says until when nobody may write over the file: not before Bacs is done with it.
    expires_on = file.processing_on + timedelta(days=1)
    identifier = f"A{file.service_user_number}S  1{file.service_user_number}"
    dates = _bacs_date(file.created_on), _bacs_date(expires_on)
    return (identifier, file.serial, "0001", "0001", "", "", *dates, "", "000000", "", "")


def _payment(file: BacsFile, item: BacsItem) -> str:
    own, payee = file.originating, item.payee
    amount = f"{to_pence(item.amount):011}"
    numbers = payee.sort_code, payee.account_number, "0", "99", own.sort_code, own.account_number, "0000"
    return _line(PAYMENT, *numbers, amount, own.name, item.reference, payee.name)


def _contra(file: BacsFile) -> str:
    own = file.originating
    numbers = own.sort_code, own.account_number, "0", "17", own.sort_code, own.account_number, ""
    # The narrative comes back on the bank statement: the serial says which run the money left for.
    return _line(CONTRA, *numbers, f"{file.total_pence:011}", f"BACS {file.serial}", "CONTRA", own.name)


@dataclass(frozen=True)
class _Record:
    number: int
    kind: str
    line: str

    def fields(self) -> Iterator[tuple[str, int, str]]:
        """Yield the name, the first position counted from one, and the text of each field and of what follows."""
        start = 0
        for name, length in LAYOUT[self.kind]:
            yield name, start + 1, self.line[start : start + length]
            start += length
        yield "end of the line", start + 1, self.line[start:]

    def text(self, wanted: str) -> str:
        return next(text for name, _, text in self.fields() if name == wanted).rstrip()

    def digits(self, wanted: str) -> int:
        # What is no digit is passed over here: the comparison with what write() makes finds it.
        return int(re.sub("[^0-9]", "", self.text(wanted)) or 0)


def _records(content: bytes) -> list[_Record]:
    *lines, rest = content.decode("ascii", errors="replace").split(LINE_END)
    payments = len(lines) - len(HEADERS) - len(TRAILERS)
    if rest or payments < 0:
        raise BacsLayoutError(
            f"The file has {len(lines)} whole lines, and Standard 18 has at least nine, each with a line end. "
            "It was cut short or is of another kind: export the run again."
        )
    kinds = (*HEADERS, *(PAYMENT,) * payments, *TRAILERS)
    return [_Record(number, *pair) for number, pair in enumerate(zip(kinds, lines, strict=True), start=1)]


def _file(records: list[_Record]) -> BacsFile:
    volume, _, _, user_header, *payments, contra, _, _, _ = records
    return BacsFile(
        serial=volume.text("submission serial number"),
        service_user_number=volume.text("owner id").lstrip(),
        originating=_account(contra),
        created_on=_day(records[1].digits("creation date")),
        processing_on=_day(user_header.digits("processing date")),
        items=tuple(_item(payment) for payment in payments),
    )


def _account(record: _Record) -> BacsAccount:
    names = "destination sort code", "destination account number", "destination account name"
    with _naming_the_line(record):
        return BacsAccount(*(record.text(name) for name in names))


def _item(record: _Record) -> BacsItem:
    payee, amount = _account(record), from_pence(record.digits("amount in pence"))
    with _naming_the_line(record):
        return BacsItem(payee, amount, record.text("user reference"))


def _day(digits: int) -> date:
    year, day_of_year = divmod(digits, 1000)
    return date(CENTURY + year, 1, 1) + timedelta(days=day_of_year - 1)


@contextmanager
def _naming_the_line(record: _Record) -> Iterator[None]:
    try:
        yield
    except RuleViolationError as error:
        sentence = f"Line {record.number} ({record.kind}) cannot be used. {error.sentence}"
        raise BacsLayoutError(sentence, line=record.number) from error


def _refuse_difference(record: _Record, needed: _Record) -> None:
    for (name, start, found), (_, _, right) in zip(record.fields(), needed.fields(), strict=True):
        if found != right:
            # A payment's own texts are a person's bank details, which no message repeats.
            detail = "" if record.kind == PAYMENT else f" It is “{found}” and the rest of the file needs “{right}”."
            raise BacsLayoutError(
                f"Line {record.number} ({record.kind}) is wrong from position {start}, {name}.{detail} "
                "The file was changed or made elsewhere: do not send it, and export the run again.",
                line=record.number,
                position=start,
            )
