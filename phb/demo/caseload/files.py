"""The files of both commissioners, as text; written to samples/ and compared with what is committed there."""

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from phb.budget.reference.cohorts import cohorts
from phb.demo.caseload import budgets, documents, eastmere, offices, people
from phb.demo.caseload.cases import Case, cases
from phb.demo.caseload.people import KNOWN_FROM
from phb.intake.columns import headings
from phb.intake.files import write_rows
from phb.intake.kinds import KINDS

Rows = Iterable[Mapping[str, Any]]


def files() -> dict[str, str]:
    """Return every file by its path under samples/."""
    return {f"northvale/{name}": text for name, text in _northvale().items()} | {
        f"eastmere/{name}": text for name, text in _eastmere().items()
    }


def write(folder: Path) -> list[str]:
    """Write every file under a folder and return the names of those that changed."""
    return [name for name, text in files().items() if _write(folder / name, text)]


def _northvale() -> dict[str, str]:
    found = list(cases())
    codes = [cohort.code for cohort in cohorts(KNOWN_FROM)]
    return _of_people(found) | {
        "calendars.csv": _csv("calendars", offices.calendars()),
        "policies.jsonl": _lines(offices.policies()),
        "delegations.csv": _csv("delegations", offices.delegations()),
        "organisations.csv": _csv("organisations", offices.organisations()),
        "offers.csv": _csv("offers", offices.offers(codes)),
        "packages.csv": _csv("packages", offices.packages()),
        "users.csv": _csv("users", [*offices.staff("QNV", "northvale.example"), *offices.helpers()]),
        "programme-budgets.csv": _csv("programme-budgets", offices.programme_budgets()),
        "payees.csv": _csv("payees", [*offices.payees(), *_each(people.payees, found)]),
        "assessments.jsonl": _lines(map(budgets.assessment, found)),
        "plans.jsonl": _lines(map(budgets.plan, found)),
    }


def _eastmere() -> dict[str, str]:
    found = eastmere.cases()
    return _of_people(found, domain=eastmere.DOMAIN, code=eastmere.CODE) | {
        "calendars.csv": _csv("calendars", offices.calendars()),
        "policies.jsonl": _lines(eastmere.policies()),
        "delegations.csv": _csv("delegations", eastmere.delegations()),
        "organisations.csv": _csv("organisations", eastmere.organisations()),
        "offers.csv": _csv("offers", offices.offers(["LEARNING_DISABILITY", "ADULT_CHC"])),
        "users.csv": _csv("users", offices.staff(eastmere.CODE, eastmere.DOMAIN, eastmere.STAFF)),
        "programme-budgets.csv": _csv("programme-budgets", eastmere.programme_budgets()),
        "payees.csv": _csv("payees", [*eastmere.payees(), *_each(people.payees, found)]),
        "assessments.jsonl": _lines(eastmere.assessments()),
        "plans.jsonl": _lines(eastmere.plans()),
    }


def _of_people(found: Sequence[Case], *, domain: str = "northvale.example", code: str = "QNV") -> dict[str, str]:
    """Return the files that hold rows of each person, with their own commissioner's names."""
    texts = {
        "people.csv": _csv("people", _each(people.people, found)),
        "needs.csv": _csv("needs", _each(people.needs, found)),
        "capacity.csv": _csv("capacity", _each(people.capacity, found)),
        "relations.csv": _csv("relations", _each(people.relations, found)),
        "consents.csv": _csv("consents", _each(people.consents, found)),
        "users-of-people.csv": _csv("users", _each(people.users, found)),
        "agreements.csv": _csv("agreements", _each(budgets.agreements, found)),
        "orders.csv": _csv("orders", _each(budgets.orders, found)),
        "invoices.jsonl": _lines(_each(documents.invoices, found)),
        "claims.csv": _csv("claims", _each(documents.claims, found)),
    }
    texts = {name: text for name, text in texts.items() if text.count("\n") > 1}
    if code == "QNV":
        return texts
    swap = {"northvale.example": domain, "QNV": code, **{f"{who}@": "mari@" for who in ("ann", "bryn", "carys", "dev")}}
    return {name: _swapped(text, swap) for name, text in texts.items()}


def _swapped(text: str, swap: Mapping[str, str]) -> str:
    for before, after in swap.items():
        text = text.replace(before, after)
    return text


def _each(rows_of: Any, found: Sequence[Case]) -> list[dict[str, Any]]:  # noqa: ANN401 - a function from a case to rows
    return list(chain.from_iterable(rows_of(case) for case in found))


def _csv(kind: str, rows: Rows) -> str:
    """Return rows as CSV, in the order of the kind's columns, without columns that are empty throughout."""
    given = [dict(row) for row in rows]
    used = [heading.name for heading in headings(KINDS[kind].schema) if any(row.get(heading.name) for row in given)]
    return write_rows(used, given)


def _lines(rows: Rows) -> str:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)


def _write(path: Path, text: str) -> bool:
    if path.exists() and path.read_bytes() == text.encode():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return True
