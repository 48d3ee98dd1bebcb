"""The invented people are as many as one asks for, mixed as it is published, and come out the same every time."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from phb.budget.kinds import ManagementType
from phb.budget.reference.cohorts import cohorts
from phb.demo.caseload import eastmere, files
from phb.demo.caseload.reading import table
from phb.demo.caseload.rows import people
from phb.demo.caseload.rows.services import services_of
from phb.demo.caseload.who.area import northvale
from phb.demo.caseload.who.cases import CHILDREN, Case, cases
from phb.demo.caseload.who.mix import groups
from phb.demo.caseload.who.numbers import SORT_CODE, account_number, nhs_numbers
from phb.demo.opening import FIRST_DAY
from phb.payments.modulus import ModulusOutcome, ModulusTable, check
from phb.people.nhs_number import NHSNumber

SMALL = 120
WHEELCHAIRS = {"WHEELCHAIR_ADULT", "WHEELCHAIR_CYP"}
OTHERS = {"END_OF_LIFE", "LONG_TERM_CONDITION", "HOSPITAL_DISCHARGE", "OTHER"}
HELD = ("direct_payment", "third_party", "notional")  # how a budget held in several ways is reported


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a small caseload."""
    folder = tmp_path_factory.mktemp("small")
    files.write(folder, people=SMALL, seed=7)
    return folder


def rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a generated file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines()]
    return list(csv.DictReader(text.splitlines()))


def published(fact: str) -> Fraction:
    """Return a published share."""
    return next(Fraction(int(row["value"]), int(row["of"])) for row in table("published") if row["fact"] == fact)


def share(name: str, found: Counter[str]) -> Fraction:
    """Return how much of a count has a name."""
    return Fraction(found[name], found.total())


def test_the_committed_files_are_what_the_generator_writes(tmp_path: Path) -> None:
    written = files.write(tmp_path)
    for name in written:
        there = (files.SAMPLES / name).read_bytes() == (tmp_path / name).read_bytes()
        assert there, f"{name} differs; run `phb demo generate`"
    assert {path.relative_to(files.SAMPLES).as_posix() for path in files.SAMPLES.glob("*/*")} == set(written)


def test_files_are_written_once_and_again_only_when_they_differ(small: Path, tmp_path: Path) -> None:
    names = set(files.write(tmp_path, people=SMALL, seed=7))
    assert names == {path.relative_to(small).as_posix() for path in small.glob("*/*")}
    assert files.write(tmp_path, people=SMALL, seed=7) == []
    (tmp_path / "northvale" / "people.csv").write_text("changed")
    assert files.write(tmp_path, people=SMALL, seed=7) == ["northvale/people.csv"]


def test_another_seed_makes_other_people(small: Path, tmp_path: Path) -> None:
    files.write(tmp_path, people=SMALL, seed=8)
    before, after = (rows(folder / "northvale" / "people.csv") for folder in (small, tmp_path))
    assert not {row["nhs_number"] for row in before} & {row["nhs_number"] for row in after} - {""}


def test_every_cohort_and_every_way_of_holding_money_is_in_a_small_caseload(small: Path) -> None:
    plans = rows(small / "northvale" / "plans.jsonl")
    assert len(plans) == SMALL
    assert {plan["cohort"] for plan in plans} == {cohort.code for cohort in cohorts(FIRST_DAY)}
    ways = {frozenset(pot["management"] for pot in plan["pots"]) for plan in plans}
    assert {frozenset({way}) for way in ManagementType} | {frozenset({"direct_payment", "notional"})} == ways
    assert any(plan["last_day"] > "2027-03-31" for plan in plans)
    assert any(share["fund"] == "council" for plan in plans for line in plan["lines"] for share in line["shares"])


def test_cohorts_and_ways_of_holding_money_are_as_published() -> None:
    counted, ways, children = Counter[str](), Counter[str](), 0
    for case in cases():
        if case.cohort != "MATERNITY_PMCB":  # counted apart, nationally
            counted[case.cohort] += 1
            ways[_reported(case)] += 1
            children += case.cohort in CHILDREN
    exact = Fraction(1, 100)
    for way in HELD:
        assert abs(share(way, ways) - published(way)) < exact
    adults = sum(share(name, counted) for name in ("ADULT_CHC", "ADULT_CHC_FAST_TRACK"))
    assert abs(adults - published("adult_chc")) < exact
    assert abs(Fraction(children, counted.total()) - published("children")) < exact
    assert abs(sum(share(name, counted) for name in OTHERS) - published("other")) < exact
    assert published("wheelchair") < sum(share(name, counted) for name in WHEELCHAIRS) < Fraction(11, 20)


def test_every_published_fact_has_a_source_and_says_how_sure_it_is() -> None:
    assert all(row["source"] and row["confidence"] for row in table("published"))
    assert sum(group.per_thousand for group in groups() if group.cohort != "MATERNITY_PMCB") == 1000


def test_children_have_a_parent_and_some_adults_a_nominee_a_broker_a_deputy_or_an_advocate() -> None:
    found = list(cases())
    relations = {relation["kind"] for case in found for relation in people.relations(case)}
    assert relations == {"care_coordinator", "representative", "nominee", "broker", "third_party", "advocate"}
    assert {case.helper for case in found} == {None, "nominee", "broker", "deputy", "advocate"}
    for case in found:
        parents = [row for row in people.relations(case) if row["basis"] == "parental_responsibility"]
        assert len(parents) == case.is_child


def test_names_are_as_various_as_people() -> None:
    names = [people.name_of(case) for case in cases()]
    families = " ".join(family for _, family in names)
    assert len(set(names)) > len(names) * 95 // 100
    assert all(sign in families for sign in ("'", "-", "é", " ")) or "ú" in families
    assert max(len(family) for _, family in names) > 25


@pytest.mark.parametrize("found", [list(cases()), eastmere.cases()])
def test_nhs_numbers_are_right_different_and_nobodys(found: list[Case]) -> None:
    assert all(NHSNumber(case.nhs_number).is_test for case in found)
    assert len({case.nhs_number for case in found}) == len(found)


def test_no_nhs_number_comes_twice_until_there_are_no_more() -> None:
    found = list(islice(nhs_numbers(), 1_000_000))
    given = [number for number in found if number]
    assert len(given) == len(set(given)) == 909_091  # of a million stems every eleventh has no check digit
    assert found[len(given) :] == [""] * (1_000_000 - len(given))


def test_both_commissioners_have_their_own_nhs_numbers() -> None:
    assert not {case.nhs_number for case in cases()} & {case.nhs_number for case in eastmere.cases()}


def test_account_numbers_pass_the_check_and_differ() -> None:
    weights = rows(files.SAMPLES / "northvale" / "modulus-weights.csv")
    modulus = ModulusTable.from_rows(weights, version="8.50")
    numbers = [account_number(number) for number in range(2000)]
    assert len(set(numbers)) == len(numbers)
    assert {check(modulus, SORT_CODE, number) for number in numbers} == {ModulusOutcome.VALID}


def test_many_people_have_as_many_more_co_ordinators() -> None:
    assert len(northvale(600).co_ordinators) == 4
    assert len(northvale(60_000).co_ordinators) == 240


def test_the_second_commissioner_is_tiny_and_decides_otherwise(small: Path) -> None:
    assert len(eastmere.cases()) in range(3, 6)
    for name in ("policies.jsonl", "delegations.csv"):
        assert (small / "eastmere" / name).read_bytes() != (small / "northvale" / name).read_bytes()
    assert not any("northvale.example" in path.read_text(encoding="utf-8") for path in _texts(small / "eastmere"))


def _texts(folder: Path) -> Iterator[Path]:
    return folder.glob("*")


def _reported(case: Case) -> str:
    """Return the one way that a budget is reported under: a direct payment before a third party before notional."""
    ways = {service.management for service in services_of(case)}
    return next(way for way in HELD if way in ways)
