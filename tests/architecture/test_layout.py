"""Rules of the house that a reader of one file cannot see are kept everywhere."""

import ast
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
SOURCES = {path.relative_to(PROJECT).as_posix(): path for path in sorted((PROJECT / "phb").rglob("*.py"))}
MIGRATIONS = {path.relative_to(PROJECT).as_posix(): path for path in sorted((PROJECT / "migrations").rglob("*.py"))}
DOMAIN_STARTS_AT = "intake"

Found = Iterator[ast.AST]


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def reads_the_environment(tree: ast.Module) -> Found:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv", "getenvb"}:
            yield node
        if isinstance(node, ast.ImportFrom) and node.module == "os":
            yield from (node for name in node.names if name.name in {"environ", "environb", "getenv", "getenvb"})


def commits(tree: ast.Module) -> Found:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "commit":
            yield node


def reads_a_clock(tree: ast.Module) -> Found:
    readers = {"now", "utcnow", "today", "time", "time_ns", "localtime", "gmtime", "fromtimestamp"}
    clocks = {"datetime", "date", "time", "dt"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in readers and last_name(node.value) in clocks:
            yield node
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from (node for name in node.names if name.name in readers)


def uses_floats(tree: ast.Module) -> Found:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and last_name(node.func) == "float":
            yield node


def imports_models(tree: ast.Module) -> Found:
    for node in ast.walk(tree):
        names = [name.name for name in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        module = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
        if any("models" in f"{module}.{name}".split(".") for name in names):
            yield node


def last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


RULES: list[tuple[Callable[[ast.Module], Found], str, set[str]]] = [
    (reads_the_environment, "only the settings read the environment", {"phb/core/settings.py"}),
    (commits, "only a unit of work commits", {"phb/core/uow.py"}),
    (reads_a_clock, "only the clock tells the time", {"phb/core/clock.py"}),
    (uses_floats, "money and shares are exact", set()),
]


@pytest.mark.parametrize(("rule", "reason", "exempt"), RULES, ids=[rule.__name__ for rule, _, _ in RULES])
def test_only_the_place_for_it_does_it(rule: Callable[[ast.Module], Found], reason: str, exempt: set[str]) -> None:
    offending = [
        f"{name}:{getattr(node, 'lineno', 0)}"
        for name, path in SOURCES.items()
        if name not in exempt
        for node in rule(parse(path))
    ]
    assert not offending, f"{reason}: {', '.join(offending)}"


def test_migrations_never_import_models() -> None:
    offending = [name for name, path in MIGRATIONS.items() if any(imports_models(parse(path)))]
    assert not offending


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (reads_the_environment, "import os\nos.environ['PHB_VAR']"),
        (reads_the_environment, "from os import getenv"),
        (commits, "session.commit()"),
        (reads_a_clock, "import datetime\ndatetime.datetime.now()"),
        (reads_a_clock, "date.today()"),
        (reads_a_clock, "from time import time"),
        (uses_floats, "float('1.5')"),
        (imports_models, "from phb.ledger import models"),
        (imports_models, "from phb.ledger.models import Journal"),
        (imports_models, "import phb.ledger.models"),
    ],
)
def test_each_rule_sees_what_it_forbids(rule: Callable[[ast.Module], Found], source: str) -> None:
    assert list(rule(ast.parse(source)))


@pytest.mark.parametrize("rule", [commits, reads_a_clock, reads_the_environment, uses_floats, imports_models])
def test_no_rule_sees_what_is_allowed(rule: Callable[[ast.Module], Found]) -> None:
    source = "import time\nfrom phb.core import clock\ntime.monotonic()\nuow.now\nclock.now()\nsession.flush()"
    assert not list(rule(ast.parse(source)))


def test_the_domain_contract_names_every_package_of_the_domain() -> None:
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    contracts = {contract["id"]: contract for contract in settings["contracts"]}
    layers = [name.strip(" ()") for layer in contracts["layers"]["layers"] for name in layer.split("|")]
    domain = layers[layers.index(DOMAIN_STARTS_AT) :]
    there = {f"phb.{name}" for name in domain if (PROJECT / "phb" / name / "__init__.py").exists()}
    assert set(contracts["domain"]["source_modules"]) == there
