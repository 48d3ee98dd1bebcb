"""What comes twice changes nothing, be it a file or a row; what says something else is given back."""

import json

from phb.intake.importing import Report
from tests.intake.conftest import Office, as_csv, as_lines, changed
from tests.intake.kinds.world import CLAIM, INVOICE, PROVIDER, take_until
from tests.intake.reading.workbooks import workbook

SECOND_CLAIM = CLAIM | {"reference": "C-2", "amount": "21.00"}
SECOND_INVOICE = INVOICE | {"reference": "LK-2"}


def codes(report: Report) -> list[tuple[int, str]]:
    """Return the rows given back, with why."""
    return [(bad.number, bad.code) for bad in report.bad_rows]


def test_the_same_file_says_when_it_was_taken_in_and_by_whom(office: Office) -> None:
    text = as_csv([PROVIDER, PROVIDER | {"reference": "ORG-03"}])
    assert office.good("organisations", "ada", text).warnings == []
    again = office.good("organisations", "bo", text)
    assert changed(again) == {"unchanged": 2}
    assert again.warnings == ["This same file was taken in on 1 April 2026 by an administrator; 2 rows are unchanged."]


def test_a_file_is_known_by_its_kind_and_every_byte(office: Office) -> None:
    text = as_csv([PROVIDER])
    office.good("organisations", "ada", text)
    assert (
        office.take("people", "ann", as_csv([{"reference": "P-1", "given_names": "A", "family_name": "B"}])).before
        is None
    )
    assert office.good("organisations", "ada", text + "\r\n").before is None
    assert office.take("organisations", "ada", text, dry_run=True).before is not None


def test_what_was_not_taken_is_not_remembered(office: Office) -> None:
    bad = as_csv([PROVIDER | {"kind": "shop"}])
    office.take("organisations", "ada", bad, all_or_nothing=True)
    office.take("organisations", "ada", bad, dry_run=True)
    assert office.take("organisations", "ada", bad).before is None
    assert office.take("organisations", "ada", bad).before is not None


def test_another_commissioner_is_not_told_of_a_file(office: Office) -> None:
    text = as_csv([PROVIDER])
    office.good("organisations", "ada", text)
    other = Office(type(office.service)(office.service.sessions))
    assert other.good("organisations", "ada", text).before is None


def test_a_claim_in_two_files_is_one_claim(office: Office) -> None:
    take_until(office, "claims")
    assert changed(office.good("claims", "clerk", as_csv([CLAIM]))) == {"added": 1}
    second = office.good("claims", "clerk", as_csv([SECOND_CLAIM, CLAIM]))
    assert changed(second) == {"added": 1, "unchanged": 1}
    assert second.warnings == []


def test_a_claim_of_a_known_reference_with_another_content_is_given_back(office: Office) -> None:
    take_until(office, "claims")
    office.good("claims", "clerk", as_csv([CLAIM]))
    report = office.take("claims", "clerk", as_csv([CLAIM | {"amount": "20.01"}, SECOND_CLAIM]))
    assert changed(report) == {"added": 1}
    assert codes(report) == [(2, "known-differently")]


def test_an_invoice_in_two_files_is_one_invoice(office: Office) -> None:
    take_until(office, "invoices")
    assert changed(office.good("invoices", "clerk", as_lines(INVOICE))) == {"added": 1}
    assert changed(office.good("invoices", "clerk", as_lines(SECOND_INVOICE, INVOICE))) == {
        "added": 1,
        "unchanged": 1,
    }


def test_an_invoice_of_a_known_number_with_another_content_is_given_back(office: Office) -> None:
    take_until(office, "invoices")
    office.good("invoices", "clerk", as_lines(INVOICE))
    line = json.loads(json.dumps(INVOICE))["lines"][0]
    other = INVOICE | {"lines": [line | {"amount": "50.01"}]}
    report = office.take("invoices", "clerk", as_lines(other, SECOND_INVOICE))
    assert changed(report) == {"added": 1}
    assert codes(report) == [(1, "known-differently")]


def test_the_same_rows_are_the_same_from_any_program(office: Office) -> None:
    take_until(office, "claims")
    office.good("claims", "clerk", as_csv([CLAIM]))
    headings, cells = list(CLAIM), list(CLAIM.values())
    continental = as_csv([CLAIM]).replace(",", ";")
    rewritten = as_csv([CLAIM | {"spent_on": "01/04/2026", "amount": "£20.00"}])
    for content in (
        workbook(headings, cells),
        as_csv([CLAIM]).encode("utf-8-sig"),
        as_csv([CLAIM]).replace(",", "\t").encode("utf-16"),
        continental.encode("cp1252"),
        rewritten.encode(),
        as_lines(CLAIM),
    ):
        assert changed(office.good("claims", "clerk", content)) == {"unchanged": 1}
