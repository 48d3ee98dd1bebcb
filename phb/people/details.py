"""What is written down about a person or an organisation, checked before it is stored."""

import re
from dataclasses import dataclass
from datetime import date

from phb.core.errors import RuleViolationError
from phb.core.period import DatesWrongWayRoundError, Period, add_months
from phb.people.kinds import FUNDERS, OrganisationKind, StatementFormat, TraceStatus
from phb.people.nhs_number import NHSNumber

OLDEST_AGE = 120
CHILD_UNTIL = 16  # "child" in SI 2013/1617 reg 2
ADULT_FROM = 18
LONGEST_NAME = 200
MOST_ADDRESS_LINES = 7

POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
ODS_CODE = re.compile(r"[A-Z0-9]{3,10}")
FUND = re.compile(r"[a-z][a-z0-9_]*")


class DateOfBirthError(RuleViolationError):
    """A date of birth cannot be right."""

    code = "date-of-birth"


class DateOfDeathError(RuleViolationError):
    """A date of death cannot be right."""

    code = "date-of-death"


class NameMissingError(RuleViolationError):
    """A name is empty or far too long."""

    code = "name"


class PostcodeError(RuleViolationError):
    """A postcode has not the form of one."""

    code = "postcode"


class AddressError(RuleViolationError):
    """An address has too many lines or an empty one."""

    code = "address"


class LanguageError(RuleViolationError):
    """A language is no language tag."""

    code = "language"


class TraceStatusError(RuleViolationError):
    """The trace status does not fit the NHS number, or its absence."""

    code = "trace-status"


class OrganisationCodeError(RuleViolationError):
    """An ODS code or a fund does not have the form of one."""

    code = "organisation-code"


class NotAFunderError(RuleViolationError):
    """Only a commissioner or a council funds care."""

    code = "not-a-funder"


@dataclass(frozen=True)
class PersonDetails:
    """Everything about a person that one form holds.

    `nhs_number` None goes with the trace status "none". `date_of_birth` may be missing for somebody who only acts for
    others. `language` is a tag such as "en" or "cy".
    """

    given_names: str
    family_name: str
    date_of_birth: date | None = None
    nhs_number: NHSNumber | None = None
    trace_status: TraceStatus = TraceStatus.NONE
    address_lines: tuple[str, ...] = ()
    postcode: str | None = None
    statement_format: StatementFormat = StatementFormat.HTML
    language: str = "en"
    died_on: date | None = None


@dataclass(frozen=True)
class OrganisationDetails:
    """Everything about an organisation that one form holds; `end_on` is the first day it is no more."""

    name: str
    start_on: date
    end_on: date | None = None
    ods_code: str | None = None
    fund: str | None = None


def check_person(details: PersonDetails, today: date) -> PersonDetails:
    """Return the details as they are stored: names trimmed, the postcode in its printed form.

    Raises:
        NameMissingError, DateOfBirthError, DateOfDeathError, TraceStatusError, AddressError, PostcodeError,
        LanguageError: what does not fit.
    """
    _check_dates(details.date_of_birth, details.died_on, today)
    _check_trace(details.nhs_number, details.trace_status)
    if not LANGUAGE.fullmatch(details.language):
        raise LanguageError("Give the language as a short tag, for example en, cy or pl.", field="language")
    return PersonDetails(
        given_names=_name(details.given_names, "given_names"),
        family_name=_name(details.family_name, "family_name"),
        date_of_birth=details.date_of_birth,
        nhs_number=details.nhs_number,
        trace_status=details.trace_status,
        address_lines=_address(details.address_lines),
        postcode=details.postcode and tidy_postcode(details.postcode),
        statement_format=details.statement_format,
        language=details.language,
        died_on=details.died_on,
    )


def check_organisation(kind: OrganisationKind, details: OrganisationDetails) -> OrganisationDetails:
    """Return the details of an organisation as they are stored.

    Raises:
        NameMissingError, OrganisationCodeError, NotAFunderError, DatesWrongWayRoundError: what does not fit.
    """
    if details.ods_code is not None and not ODS_CODE.fullmatch(details.ods_code):
        raise OrganisationCodeError(
            "An ODS code has three to ten capital letters and digits. Look it up in the ODS directory.",
            field="ods_code",
        )
    if details.fund is not None and not FUND.fullmatch(details.fund):
        raise OrganisationCodeError(
            "A fund is named in small letters, digits and underscores, for example nhs or council_x.", field="fund"
        )
    if details.fund is not None and kind not in FUNDERS:
        raise NotAFunderError(
            "Only the commissioner or a council funds care, so leave the fund out for this organisation.", field="fund"
        )
    check_term(details.start_on, details.end_on)
    return OrganisationDetails(
        _name(details.name, "name"), details.start_on, details.end_on, details.ods_code, details.fund
    )


def check_term(start_on: date, end_on: date | None, sees_from: date | None = None) -> None:
    """Refuse a term that holds no day, lies far off, or opens records only after it begins.

    Args:
        start_on: the first day.
        end_on: the first day after it; None while it is open.
        sees_from: the first day whose records it opens.

    Raises:
        DatesWrongWayRoundError, DateOutOfRangeError: it cannot be.
    """
    if end_on is not None and end_on <= start_on:
        raise DatesWrongWayRoundError(
            f"This would end on {end_on:%-d %B %Y}, before it has begun. Give a later end.", field="end_on"
        )
    if sees_from is not None and sees_from > start_on:
        raise DatesWrongWayRoundError(
            "The first day whose records are open cannot be after the first day.", field="sees_from"
        )
    for day in {start_on, end_on or start_on, sees_from or start_on}:
        Period.of_days(day, day)  # Refuses a day so far off that it must be a slip.


def tidy_postcode(text: str) -> str:
    """Return a postcode in capitals with one space before its last three characters.

    Raises:
        PostcodeError: it has not the form of a postcode.
    """
    found = POSTCODE.fullmatch(text.upper().replace(" ", ""))
    if not found:
        raise PostcodeError(f"“{text}” is not a postcode. Write it as in NV1 2AB, or leave it out.", field="postcode")
    return f"{found[1]} {found[2]}"


def age_on(born: date, on: date) -> int:
    """Return the age in whole years on a day; born on 29 February, a birthday in other years is 28 February."""
    years = on.year - born.year
    return years if birthday(born, years) <= on else years - 1


def birthday(born: date, age: int) -> date:
    """Return the day on which an age is reached."""
    return add_months(born, 12 * age)


def is_regulatory_child(born: date, on: date) -> bool:
    """Say whether somebody is under 16, a child in the direct payment regulations."""
    return age_on(born, on) < CHILD_UNTIL


def _check_dates(born: date | None, died: date | None, today: date) -> None:
    if born is not None and born > today:
        raise DateOfBirthError(
            f"The date of birth, {born:%-d %B %Y}, is in the future. Check the year.", field="date_of_birth"
        )
    if born is not None and today.year - born.year > OLDEST_AGE:
        raise DateOfBirthError(
            f"The date of birth, {born:%-d %B %Y}, would make this person over {OLDEST_AGE}. Check the year.",
            field="date_of_birth",
        )
    if died is not None and died > today:
        raise DateOfDeathError(f"The date of death, {died:%-d %B %Y}, is in the future. Check it.", field="died_on")
    if died is not None and born is not None and died < born:
        raise DateOfDeathError(
            f"The date of death, {died:%-d %B %Y}, is before the date of birth. Check both.", field="died_on"
        )


def _check_trace(number: NHSNumber | None, status: TraceStatus) -> None:
    if number is None and status is not TraceStatus.NONE:
        raise TraceStatusError(
            "Without an NHS number the trace status is “none”. Give the number, or that status.", field="trace_status"
        )
    if number is not None and status is TraceStatus.NONE:
        raise TraceStatusError(
            "Say whether this NHS number was traced: “verified” or “unverified”.", field="trace_status"
        )


def _name(text: str, field: str) -> str:
    tidy = " ".join(text.split())
    if not tidy or len(tidy) > LONGEST_NAME:
        raise NameMissingError(f"Give a name of one to {LONGEST_NAME} characters.", field=field)
    return tidy


def _address(lines: tuple[str, ...]) -> tuple[str, ...]:
    tidy = tuple(" ".join(line.split()) for line in lines)
    if len(tidy) > MOST_ADDRESS_LINES or not all(tidy) or any(len(line) > LONGEST_NAME for line in tidy):
        raise AddressError(
            f"Give the address in up to {MOST_ADDRESS_LINES} lines, none of them empty.", field="address_lines"
        )
    return tidy
