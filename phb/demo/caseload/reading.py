"""Read the tables and texts that the caseload is made of."""

import csv
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any


def table(name: str) -> Sequence[Mapping[str, str]]:
    """Return the rows of a table of data/."""
    return list(csv.DictReader(_text(f"{name}.csv").splitlines()))


@cache
def texts(name: str) -> Mapping[str, Any]:
    """Return a collection of texts of data/."""
    found: Mapping[str, Any] = json.loads(_text(f"{name}.json"))
    return found


def _text(name: str) -> str:
    return files("phb.demo.caseload").joinpath("data", name).read_text(encoding="utf-8")
