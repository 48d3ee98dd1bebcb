"""Every bad row comes back with its number, a stable code and a sentence; nothing of it is half written."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import func, select

from phb.budget.assessments.models import Assessment
from phb.budget.budgets.models import PersonalHealthBudget
from phb.core.actor import Role
from phb.governance.models import AuditEvent
from phb.intake.files import FileError, HeadingsError
from phb.people.kinds import Scope
from phb.people.models import Organisation, Person
from tests.intake.conftest import Office, as_csv, as_lines, changed
from tests.intake.kinds.world import (
    A_CODE,
    ASSESSMENT,
    CLAIM,
    LIMIT,
    PAYEE,
    PERSON,
    POLICY,
    PROVIDER,
    RATE,
    plan,
    take_until,
)
from tests.intake.reading.workbooks import workbook


def count(office: Office, model: type[Any]) -> int:
    """Return how many rows of a table the commissioner has."""
    with office.service.unit(office.actors["auditor"]) as uow:
        return uow.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize(
    ("kind", "by", "row", "expected"),
    [
        ("people", "ann", PERSON | {"nhs_number": "999 000 0027"}, ("nhs-number", "mistyped digit")),
        ("people", "ann", PERSON | {"date_of_birth": "2030-01-01"}, ("date-of-birth", "in the future")),
        ("people", "ann", PERSON | {"date_of_birth": "1 May 1980"}, ("cell", "Give a date, 2026-04-01")),
        ("people", "ann", PERSON | {"postcode": "nowhere"}, ("postcode", "not a postcode")),
        ("people", "ann", PERSON | {"reference": ""}, ("cell", "“reference” is empty")),
        ("organisations", "ada", PROVIDER | {"last_day": "2024-04-01"}, ("dates-wrong-way-round", "would end before")),
        ("organisations", "ada", PROVIDER | {"fund": "nhs"}, ("not-a-funder", "leave the fund out")),
        ("organisations", "ada", PROVIDER | {"kind": "shop"}, ("cell", "one of commissioner, council, provider")),
        ("delegations", "ada", LIMIT | {"limit": "10.005"}, ("cell", "pounds and pence")),
        ("delegations", "ada", LIMIT | {"limit": "-1.00"}, ("limit-below-nil", "below nil")),
        ("delegations", "ada", LIMIT | {"role": "holder"}, ("role-has-no-limit", "does not sign off money")),
        ("policies", "ada", as_lines(POLICY | {"value": {"shoes": 3}}), ("policy-value", "no field “shoes”")),
        ("policies", "ada", as_lines(POLICY | {"policy": "shoes"}), ("unknown-policy", "no policy “shoes”")),
        ("policies", "ada", as_lines(POLICY | {"value": [3]}), ("cell", "Give an object")),
        ("rates", "ada", RATE | {"amount": "-3.00"}, ("number-out-of-range", "")),
        ("rates", "ada", RATE | {"amount": "1e5"}, ("cell", "Give a number")),
        (
            "offers",
            "ada",
            {"cohort": "X", "offered_from": "2026-04-01", "source": "s"},
            ("unknown-cohort", "Use one of"),
        ),
        (
            "finance-codes",
            "ada",
            A_CODE | {"account": "allocation"},
            ("finance-code", "is no account that is sent to the finance system"),
        ),
        (
            "finance-codes",
            "ada",
            A_CODE | {"cost_centre": "91-60"},
            ("finance-code", "“91-60” is no cost centre. Use letters and digits, at most 20."),
        ),
        (
            "programme-budgets",
            "clerk",
            {"fund": "nhs", "year": "2026", "amount": "0.00", "source": "Board"},
            ("amount-not-positive", "above nil"),
        ),
        (
            "relations",
            "ann",
            {"person": "P-9", "kind": "advocate", "basis": "chosen", "start_on": "2026-04-01"},
            ("unknown-reference", "There is no person “P-9” that you can see"),
        ),
        (
            "relations",
            "ann",
            {"person": "P-9", "kind": "broker", "basis": "agreement", "start_on": "2026-04-01", "scopes": "shoes"},
            ("cell", "Give some of record, budget"),
        ),
        ("payees", "clerk", PAYEE | {"person": "P-9"}, ("unknown-reference", "P-9")),
        ("claims", "clerk", CLAIM | {"budget": "B-9"}, ("unknown-reference", "no budget “B-9”")),
        ("assessments", "ann", as_lines(ASSESSMENT), ("unknown-reference", "no person")),
        ("assessments", "ann", as_lines(ASSESSMENT | {"needs": 5}), ("cell", "“needs” is not a list")),
        ("assessments", "ann", as_lines(ASSESSMENT | {"needs": ["x"]}), ("cell", "“needs[0]” is not an object")),
        ("assessments", "ann", as_lines(ASSESSMENT | {"needs": [{"cod": "x"}]}), ("cell", "“cod” of “needs[0]”")),
        (
            "assessments",
            "ann",
            as_lines(ASSESSMENT | {"needs": [{"code": "day", "quantity": "many", "unit": "hour", "per": "week"}]}),
            ("cell", "“many” does not fit “needs[0].quantity”"),
        ),
        ("people", "ann", '{"reference": "\\ud800", "given_names": "A", "family_name": "B"}', ("row", "no text")),
    ],
)
def test_a_bad_row_says_what_is_wrong(
    office: Office, kind: str, by: str, row: Mapping[str, str] | str, expected: tuple[str, str]
) -> None:
    code, reason = office.reason(kind, by, row)
    assert code == expected[0]
    assert expected[1] in reason


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({"cohort": "NOBODY"}, "unknown-cohort", "There is no cohort"),
        ({"last_day": "2026-03-31"}, "dates-wrong-way-round", "would end before"),
        ({"review_on": "2026-01-01"}, "review-in-the-past", "review"),
        ({"care_coordinator": "nobody@example"}, "unknown-reference", "nobody@example"),
        ({"risks": [{"words": "", "response": "x"}]}, "cell", "“risks[0].words” is empty"),
        ({"assessment": "A-9"}, "unknown-reference", "assessment"),
    ],
)
def test_a_bad_plan_says_what_is_wrong(office: Office, changes: dict[str, Any], code: str, said: str) -> None:
    take_until(office, "plans")
    found = office.reason("plans", "ann", as_lines(plan(office, **changes)))
    assert found[0] == code
    assert said in found[1]
    assert count(office, PersonalHealthBudget) == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"category": "ALCOHOL"}, "barred-category"),
        ({"category": "SHOES"}, "unknown-category"),
        ({"quantity": "-1"}, "absurd-amount"),
        ({"need": "", "unit_price": "99999999.00"}, "absurd-amount"),
        ({"need": "", "unit_price": "9.999"}, "cell"),
        ({"last_day": "2027-06-30"}, "line-outside-plan"),
        ({"money": "1.00"}, "not-sufficient"),
        ({"shares": [{"fund": "nhs", "percent": "40"}]}, "shares-do-not-add-up"),
        ({"shares": [{"fund": "nhs", "percent": "40", "amount": "1.00"}]}, "share-unclear"),
        ({"outcome": "other"}, "line-serves-no-outcome"),
        ({"shares": [{"fund": "nhs", "amount": "5.00"}]}, "shares-do-not-add-up"),
    ],
)
def test_a_bad_line_says_what_is_wrong(office: Office, changes: dict[str, Any], code: str) -> None:
    take_until(office, "plans")
    given = plan(office)
    given["lines"][0] |= changes
    assert office.reason("plans", "ann", as_lines(given))[0] == code
    assert count(office, PersonalHealthBudget) == 0


def test_what_was_written_before_may_not_say_something_else(office: Office) -> None:
    take_until(office, "agreements")
    other = plan(office, contingency="Call somebody else")
    assert office.reason("plans", "ann", as_lines(other))[0] == "known-differently"
    assert office.reason("assessments", "ann", as_lines(ASSESSMENT | {"assessed_by": "x"}))[0] == "known-differently"
    assert office.reason("payees", "clerk", PAYEE | {"kind": "nominee"})[0] == "payee-party"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": "-5.00"}, "absurd-amount"),
        ({"amount": "999999.00"}, "absurd-amount"),
        ({"amount": "5.005"}, "cell"),
        ({"spent_on": "2026-04-02"}, "spent-in-future"),
        ({"line": "shoes"}, "unknown-reference"),
        ({"line": "", "pot": "shoes"}, "unknown-reference"),
        ({"line": ""}, "which-pot"),
        ({"line": "visits"}, "not-handed-over"),
        ({"category": "SHOES"}, "unknown-category"),
        ({"order": "O-9"}, "unknown-reference"),
        ({"covers_from": "2026-04-01"}, "cell"),
        ({"covers_from": "2026-04-02", "covers_to": "2026-04-01"}, "dates-wrong-way-round"),
    ],
)
def test_a_bad_claim_says_what_is_wrong(office: Office, changes: dict[str, str], code: str) -> None:
    take_until(office, "agreements")
    assert office.reason("claims", "clerk", CLAIM | changes)[0] == code


def test_somebody_elses_budget_is_as_unknown_as_none(office: Office) -> None:
    take_until(office, "agreements")
    stranger = office.service.person()
    office.actors["broker"] = office.service.broker(stranger, Scope.BUDGET, Scope.SPEND)
    theirs = office.reason("claims", "broker", CLAIM)
    assert theirs == (
        "unknown-reference",
        office.reason("claims", "broker", CLAIM | {"budget": "B-9"})[1].replace("9", "0001"),
    )


def test_good_rows_are_kept_and_bad_ones_come_back_with_their_number(office: Office) -> None:
    rows = [PROVIDER, PROVIDER | {"reference": "ORG-03", "kind": "shop"}, PROVIDER | {"reference": "ORG-04"}]
    report = office.take("organisations", "ada", rows)
    assert changed(report) == {"added": 2}
    assert [(bad.number, bad.code) for bad in report.bad_rows] == [(3, "cell")]
    given_back = report.bad_rows_as_csv()
    assert given_back.splitlines()[0] == "#row,#reason,#code,reference,kind,name,start_on"
    mended = given_back.replace("ORG-03,shop", "ORG-03,provider")
    assert changed(office.good("organisations", "ada", mended)) == {"added": 1}


def test_a_row_is_written_whole_or_not_at_all(office: Office) -> None:
    code = office.service.code
    bad_role = {"sign_in_name": f"cy@{code}.example", "name": "Cy", "role": Role.HOLDER.value, "organisation": code}
    assert office.reason("users", "ada", bad_role | {"start_on": "2026-03-02"})[0] == "role-not-there"
    assert office.reason("users", "ada", bad_role | {"role": "auditor", "start_on": "2026-03-02", "person": "P-9"})
    assert changed(office.good("users", "ada", [bad_role | {"role": "auditor", "start_on": "2026-03-02"}])) == {
        "added": 1
    }


def test_a_dry_run_says_what_would_happen_and_writes_nothing(office: Office) -> None:
    before = count(office, AuditEvent), count(office, Organisation)
    report = office.take("organisations", "ada", [PROVIDER, PROVIDER | {"kind": "shop"}], dry_run=True)
    assert changed(report) == {"added": 1}
    assert len(report.bad_rows) == 1
    assert (count(office, AuditEvent), count(office, Organisation)) == before


def test_all_or_nothing_takes_nothing_when_one_row_is_bad(office: Office) -> None:
    rows = [PERSON, PERSON | {"reference": "P-2", "nhs_number": "1"}]
    assert len(office.take("people", "ann", rows, all_or_nothing=True).bad_rows) == 1
    assert count(office, Person) == 0
    assert changed(office.take("people", "ann", rows[:1], all_or_nothing=True)) == {"added": 1}


def test_wrong_headings_are_refused_before_any_row(office: Office) -> None:
    before = count(office, Assessment)
    with pytest.raises(HeadingsError, match="shoe size is not known here"):
        office.take("people", "ann", as_csv([PERSON | {"shoe size": "9"}]))
    with pytest.raises(HeadingsError, match="family_name is missing"):
        office.take("people", "ann", as_csv([{"reference": "P-1", "given_names": "A"}]))
    assert count(office, Assessment) == before


WHOLE = as_csv([PROVIDER, PROVIDER | {"reference": "ORG-03", "name": "Two, words"}])


@pytest.mark.parametrize(
    "content",
    [
        WHOLE[: WHOLE.index("Two,") + 2].encode(),
        WHOLE[: WHOLE.index("ORG-03") + 4].encode("utf-16"),
        f"{as_lines(PROVIDER)}{as_lines(PROVIDER)[:30]}".encode(),
        workbook(list(PROVIDER), list(PROVIDER.values()))[:-900],
        as_csv([CLAIM]).encode(),
        PERSON["given_names"].encode(),
    ],
    ids=["cut-csv", "cut-unicode-text", "cut-json-lines", "cut-workbook", "another-kind", "no-headings"],
)
def test_half_a_file_and_a_file_of_another_kind_change_nothing(office: Office, content: bytes) -> None:
    before = count(office, AuditEvent), count(office, Organisation)
    with pytest.raises((FileError, HeadingsError)) as refused:
        office.take("organisations", "ada", content)
    assert refused.value.sentence.endswith(".")
    assert (count(office, AuditEvent), count(office, Organisation)) == before
