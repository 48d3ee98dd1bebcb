"""The files of both commissioners, written one person at a time, so that a caseload may be of any size."""

import filecmp
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from csv import DictWriter
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from phb.budget.reference.cohorts import cohorts
from phb.core.migration import PROJECT
from phb.demo.caseload import eastmere
from phb.demo.caseload.rows import documents, offices, people, plans
from phb.demo.caseload.rows.people import KNOWN_FROM
from phb.demo.caseload.rows.services import services_of
from phb.demo.caseload.rows.spending import paid_on
from phb.demo.caseload.who.area import EASTMERE, NORTHVALE, northvale
from phb.demo.caseload.who.cases import PEOPLE, SEED, Case, cases
from phb.intake.columns import headings
from phb.intake.kinds import KINDS

SAMPLES = PROJECT / "samples"
HAND_WRITTEN = ("rates.csv", "budget-models.jsonl", "modulus-weights.csv")
HUNDRED = 100

Row = Mapping[str, Any]
RowsOf = Callable[[Case], Iterable[Row]]

OF_PEOPLE: Mapping[str, tuple[str, RowsOf]] = {
    "people.csv": ("people", people.people),
    "needs.csv": ("needs", people.needs),
    "capacity.csv": ("capacity", people.capacity),
    "relations.csv": ("relations", people.relations),
    "consents.csv": ("consents", people.consents),
    "users-of-people.csv": ("users", people.users),
    "payees.csv": ("payees", people.payees),
    "assessments.jsonl": ("assessments", lambda case: [plans.assessment(case)]),
    "plans.jsonl": ("plans", lambda case: [plans.plan(case)]),
    "agreements.csv": ("agreements", plans.agreements),
    "orders.csv": ("orders", plans.orders),
    "invoices.jsonl": ("invoices", documents.invoices),
    "claims.csv": ("claims", documents.claims),
}


def write(
    folder: Path, *, people: int = PEOPLE, seed: int = SEED, progress: Callable[[int], None] = lambda _done: None
) -> list[str]:
    """Write every file under a folder and return the names of those that changed; Eastmere is always the same.

    Args:
        folder: samples/, or any other; a file is put in place once it is whole.
        people: how many Northvale has.
        seed: who they are: the same number, the same people.
        progress: told how many people are done.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=".generating-") as made:
        cost = _write_people(Path(made) / NORTHVALE.folder, cases(people, seed), offices.payees(), progress)
        _write_offices(Path(made) / NORTHVALE.folder, _northvale(people, cost))
        cost = _write_people(Path(made) / EASTMERE.folder, eastmere.cases(), eastmere.payees(), progress)
        _write_offices(Path(made) / EASTMERE.folder, _eastmere(cost))
        return [name for name in _files(Path(made)) if _put(Path(made) / name, folder / name)]


def _write_people(
    folder: Path, found: Iterable[Case], payees: Iterable[Row], progress: Callable[[int], None]
) -> Counter[str]:
    """Write the files that hold rows of each person, and return what each funder pays for the year's services."""
    folder.mkdir()
    cost: Counter[str] = Counter()
    with ExitStack() as opened:
        files = {name: _File(opened, folder / name, kind) for name, (kind, _) in OF_PEOPLE.items()}
        for row in payees:
            files["payees.csv"].write(row)
        for done, case in enumerate(found, start=1):
            for name, (_, rows_of) in OF_PEOPLE.items():
                for row in rows_of(case):
                    files[name].write(row)
            cost += _cost(case)
            progress(done)
    return cost


def _cost(case: Case) -> Counter[str]:
    pence = sum(service.pence * len(list(paid_on(case, service))) for service in services_of(case))
    council = pence * case.council_percent // HUNDRED
    return Counter(nhs=pence - council, council=council)


def _northvale(people: int, cost: Mapping[str, int]) -> dict[str, Iterable[Row]]:
    codes = [cohort.code for cohort in cohorts(KNOWN_FROM)]
    return {
        "calendars.csv": offices.calendars(),
        "policies.jsonl": offices.policies(),
        "delegations.csv": offices.delegations(),
        "organisations.csv": offices.organisations(),
        "offers.csv": offices.offers(codes),
        "packages.csv": offices.packages(people),
        "finance-codes.csv": offices.finance_codes("916043"),
        "users.csv": chain(offices.staff(northvale(people)), offices.helpers()),
        "programme-budgets.csv": offices.programme_budgets(cost),
    }


def _eastmere(cost: Mapping[str, int]) -> dict[str, Iterable[Row]]:
    return {
        "calendars.csv": offices.calendars(),
        "policies.jsonl": eastmere.policies(),
        "delegations.csv": eastmere.delegations(),
        "organisations.csv": eastmere.organisations(),
        "offers.csv": offices.offers(eastmere.OFFERED_TO),
        "finance-codes.csv": offices.finance_codes("204410"),
        "users.csv": offices.staff(EASTMERE, eastmere.STAFF),
        "programme-budgets.csv": offices.programme_budgets(cost),
    }


def _write_offices(folder: Path, files: Mapping[str, Iterable[Row]]) -> None:
    with ExitStack() as opened:
        for name, rows in files.items():
            file = _File(opened, folder / name, name.split(".")[0])
            for row in rows:
                file.write(row)
    for name in HAND_WRITTEN:
        known = SAMPLES / folder.name / name
        if known.exists():
            shutil.copy(known, folder / name)


@dataclass
class _File:
    """A file that is there once it has a row: CSV in the order of its kind's columns, or JSON lines."""

    opened: ExitStack
    path: Path
    kind: str
    _write: Callable[[Row], object] | None = None

    def write(self, row: Row) -> None:
        """Write one row."""
        if self._write is None:
            self._write = self._begin()
        self._write(row)

    def _begin(self) -> Callable[[Row], object]:
        file = self.opened.enter_context(self.path.open("w", encoding="utf-8", newline=""))
        if self.path.suffix == ".jsonl":
            return lambda row: file.write(f"{json.dumps(row, ensure_ascii=False)}\n")
        names = [heading.name for heading in headings(KINDS[self.kind].schema)]
        writer = DictWriter(file, names, lineterminator="\r\n")
        writer.writeheader()
        return writer.writerow


def _files(folder: Path) -> Iterator[str]:
    return (path.relative_to(folder).as_posix() for path in sorted(folder.glob("*/*")))


def _put(made: Path, path: Path) -> bool:
    if path.exists() and filecmp.cmp(made, path, shallow=False):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    made.replace(path)
    return True
