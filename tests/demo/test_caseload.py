"""The invented people are many, of every cohort and way of holding money, and come out the same every time."""

import json
from collections import Counter
from pathlib import Path

import pytest

from phb.budget.kinds import ManagementType
from phb.budget.reference.cohorts import cohorts
from phb.demo.caseload import eastmere, files, people
from phb.demo.caseload.cases import Case, cases
from phb.demo.opening import FIRST_DAY
from phb.people.nhs_number import NHSNumber

SAMPLES = Path(__file__).parents[2] / "samples"
HAND_WRITTEN = {"rates.csv", "budget-models.jsonl", "modulus-weights.csv"}


def test_the_committed_files_are_what_the_generator_writes() -> None:
    written = files.files()
    for name, text in written.items():
        assert (SAMPLES / name).read_bytes() == text.encode(), f"{name} differs; run `phb demo generate`"
    there = {path.relative_to(SAMPLES).as_posix() for path in SAMPLES.glob("*/*")}
    assert {name for name in there - set(written) if name.split("/")[1] not in HAND_WRITTEN} == set()


def test_files_are_written_once_and_again_only_when_they_differ(tmp_path: Path) -> None:
    assert set(files.write(tmp_path)) == set(files.files())
    assert files.write(tmp_path) == []
    (tmp_path / "northvale" / "people.csv").write_text("changed")
    assert files.write(tmp_path) == ["northvale/people.csv"]


def test_every_cohort_and_every_way_of_holding_money_is_there() -> None:
    found = list(cases())
    assert len(found) in range(55, 66)
    assert {case.cohort for case in found} == {cohort.code for cohort in cohorts(FIRST_DAY)}
    plans = [json.loads(line) for line in files.files()["northvale/plans.jsonl"].splitlines()]
    ways = Counter(frozenset(pot["management"] for pot in plan["pots"]) for plan in plans)
    assert {frozenset({way}) for way in ManagementType} <= set(ways)
    assert frozenset({"direct_payment", "notional"}) in ways
    assert any(plan["start_on"] < "2026-04-01" for plan in plans)
    assert any(plan["last_day"] > "2027-03-31" for plan in plans)
    assert any(share["fund"] == "council" for plan in plans for line in plan["lines"] for share in line["shares"])


def test_children_have_a_parent_and_some_adults_a_nominee_a_broker_or_a_deputy() -> None:
    relations = {relation["kind"] for case in cases() for relation in people.relations(case)}
    assert relations == {"care_coordinator", "representative", "nominee", "broker", "third_party"}
    assert {case.helper for case in cases()} == {None, "nominee", "broker", "deputy"}
    for case in cases():
        parents = [row for row in people.relations(case) if row["basis"] == "parental_responsibility"]
        assert len(parents) == case.is_child


@pytest.mark.parametrize("found", [list(cases()), eastmere.cases()])
def test_nhs_numbers_are_right_different_and_nobodys(found: list[Case]) -> None:
    numbers = [people.nhs_number(case.number) for case in found]
    assert all(NHSNumber(number).is_test for number in numbers)
    assert len(set(numbers)) == len(numbers)


def test_the_second_commissioner_is_tiny_and_decides_otherwise() -> None:
    written = files.files()
    assert len(eastmere.cases()) in range(3, 6)
    assert written["eastmere/policies.jsonl"] != written["northvale/policies.jsonl"]
    assert written["eastmere/delegations.csv"] != written["northvale/delegations.csv"]
    assert "northvale.example" not in "".join(text for name, text in written.items() if name.startswith("eastmere"))
