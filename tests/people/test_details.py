"""Details of people and organisations are tidied, and refused where they cannot be right."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phb.core.errors import DomainError
from phb.core.period import DatesWrongWayRoundError
from phb.people.details import (
    AddressError,
    DateOfBirthError,
    DateOfDeathError,
    LanguageError,
    NameMissingError,
    NotAFunderError,
    OrganisationCodeError,
    OrganisationDetails,
    PersonDetails,
    PostcodeError,
    TraceStatusError,
    age_on,
    birthday,
    check_organisation,
    check_person,
    is_regulatory_child,
    tidy_postcode,
)
from phb.people.kinds import Consenter, OrganisationKind, TraceStatus
from phb.people.nhs_number import NHSNumber
from phb.people.standing.models import CapacityAssessment
from phb.people.standing.rules import who_must_consent

TODAY = date(2026, 4, 1)
SOMEBODY = PersonDetails("Aled", "Example", date(1980, 5, 17))
NUMBER = NHSNumber("9990000018")


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        ({"given_names": " "}, NameMissingError, "given_names"),
        ({"family_name": "x" * 201}, NameMissingError, "family_name"),
        ({"date_of_birth": date(2026, 4, 2)}, DateOfBirthError, "date_of_birth"),
        ({"date_of_birth": date(1899, 1, 1)}, DateOfBirthError, "date_of_birth"),
        ({"died_on": date(2026, 4, 2)}, DateOfDeathError, "died_on"),
        ({"died_on": date(1979, 1, 1)}, DateOfDeathError, "died_on"),
        ({"nhs_number": NUMBER}, TraceStatusError, "trace_status"),
        ({"trace_status": TraceStatus.VERIFIED}, TraceStatusError, "trace_status"),
        ({"address_lines": ("1 High Street", "")}, AddressError, "address_lines"),
        ({"address_lines": ("x",) * 8}, AddressError, "address_lines"),
        ({"postcode": "N0 WHERE"}, PostcodeError, "postcode"),
        ({"language": "English"}, LanguageError, "language"),
    ],
)
def test_what_cannot_be_right_is_refused(changes: dict[str, object], error: type[DomainError], field: str) -> None:
    with pytest.raises(error) as caught:
        check_person(replace(SOMEBODY, **changes), TODAY)  # type: ignore[arg-type]  # each case fits its own field
    assert caught.value.field == field
    assert caught.value.sentence.endswith(".")


def test_what_is_right_is_tidied() -> None:
    given = replace(SOMEBODY, given_names="  Aled  Rhys ", postcode="nv12ab", address_lines=("1  High Street",))
    checked = check_person(given, TODAY)
    assert (checked.given_names, checked.postcode, checked.address_lines) == (
        "Aled Rhys",
        "NV1 2AB",
        ("1 High Street",),
    )
    assert check_person(checked, TODAY) == checked


@pytest.mark.parametrize("born", [TODAY, date(1906, 4, 1), None])
def test_a_newborn_a_very_old_person_and_no_date_are_taken(born: date | None) -> None:
    assert check_person(replace(SOMEBODY, date_of_birth=born), TODAY).date_of_birth == born


@given(st.from_regex(r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}", fullmatch=True))
def test_a_postcode_is_tidied_once(text: str) -> None:
    tidy = tidy_postcode(text.lower())
    assert tidy == tidy_postcode(tidy)
    assert tidy.replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (date(2010, 4, 1), date(2026, 3, 31), 15),
        (date(2010, 4, 1), date(2026, 4, 1), 16),
        (date(2008, 2, 29), date(2026, 2, 27), 17),
        (date(2008, 2, 29), date(2026, 2, 28), 18),
        (date(2026, 4, 1), date(2026, 4, 1), 0),
    ],
)
def test_age_is_counted_in_whole_years(born: date, on: date, age: int) -> None:
    assert age_on(born, on) == age
    assert is_regulatory_child(born, on) == (age < 16)
    assert birthday(born, age) <= on


@pytest.mark.parametrize(
    ("kind", "changes", "error"),
    [
        (OrganisationKind.PROVIDER, {"name": ""}, NameMissingError),
        (OrganisationKind.PROVIDER, {"ods_code": "q!"}, OrganisationCodeError),
        (OrganisationKind.PROVIDER, {"fund": "nhs"}, NotAFunderError),
        (OrganisationKind.COUNCIL, {"fund": "Council X"}, OrganisationCodeError),
        (OrganisationKind.COUNCIL, {"end_on": date(2026, 1, 1)}, DatesWrongWayRoundError),
    ],
)
def test_an_organisation_that_cannot_be_right_is_refused(
    kind: OrganisationKind, changes: dict[str, object], error: type[DomainError]
) -> None:
    details = replace(OrganisationDetails("The firm", date(2026, 1, 1)), **changes)  # type: ignore[arg-type]
    with pytest.raises(error):
        check_organisation(kind, details)


@pytest.mark.parametrize(
    ("born", "found", "needed"),
    [
        (date(2010, 4, 2), None, Consenter.REPRESENTATIVE),
        (date(2010, 4, 1), None, Consenter.PERSON),
        (date(1980, 1, 1), (False, False), Consenter.REPRESENTATIVE),
        (date(1980, 1, 1), (False, True), Consenter.PERSON),
        (date(1980, 1, 1), (True, False), Consenter.PERSON),
        (None, None, Consenter.PERSON),
    ],
)
def test_who_must_consent_follows_age_and_capacity(
    born: date | None, found: tuple[bool, bool] | None, needed: Consenter
) -> None:
    capacity = found and CapacityAssessment(has_capacity=found[0], expected_to_return=found[1])
    assert who_must_consent(born, capacity or None, TODAY) is needed
