"""A pytest plugin for whole runs: fail where money is decided and a branch was never taken."""

import io

import coverage
import pytest

FLOOR = ["phb/ledger/*", "phb/payments/*", "*/rules.py"]
COMPLETE = 100

_report = pytest.StashKey[str]()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Turn a passing run into a failing one, before pytest's closing lines."""
    if hasattr(session.config, "workerinput"):
        return
    measured = coverage.Coverage()
    measured.load()
    report = io.StringIO()
    if measured.report(include=FLOOR, file=report, show_missing=True, skip_covered=True) < COMPLETE:
        session.config.stash[_report] = report.getvalue()
        session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show which branches were missed."""
    if _report in config.stash:
        terminalreporter.section("Every branch must be taken here", red=True)
        terminalreporter.write(config.stash[_report])
