"""A report as a document, for every format that lists come in."""

from phb.core.actor import Permission
from phb.core.errors import NotFoundError, RuleViolationError
from phb.core.money import format_pounds
from phb.core.uow import UnitOfWork
from phb.documents.as_list import list_of
from phb.documents.document import Document, Table
from phb.documents.words import say_day
from phb.people.organisations.queries import organisation
from phb.reports.catalogue import REPORTS
from phb.reports.report import EVERYTHING, Asked, Report
from phb.reports.words import words

NARROWS = {"days": "days", "at_least": "a least amount", "account": "an account", "journal": "a journal"}


class ReportNotFoundError(NotFoundError):
    """There is no report of this name."""

    code = "report-not-found"


class NotNarrowedError(RuleViolationError):
    """A report is asked to be narrowed by what it does not go by."""

    code = "report-not-narrowed"


def report_named(name: str, asked: Asked = EVERYTHING) -> Report:
    """Return a report by its name, for what it is to be narrowed to.

    Raises:
        ReportNotFoundError: there is none.
        NotNarrowedError: it does not go by that.
    """
    if name not in REPORTS:
        raise ReportNotFoundError(f"There is no report “{name}”. There are: {', '.join(REPORTS)}.")
    report = REPORTS[name]
    for part, words_for in NARROWS.items():
        if part not in report.narrowed_by and getattr(asked, part) != getattr(EVERYTHING, part):
            raise NotNarrowedError(f"“{report.title}” is not narrowed by {words_for}. Leave that out.", field=part)
    return report


def document_of(uow: UnitOfWork, name: str, asked: Asked = EVERYTHING) -> Document:
    """Return a whole report as a document, which says whose it is, as of when, and what it is narrowed to.

    Raises:
        MissingPermissionError: the actor may not read reports.
        DomainError: as report_named() raises.
    """
    uow.actor.require(Permission.AUDIT_READ)
    report = report_named(name, asked)
    ours = organisation(uow.session, uow.actor, uow.commissioner_id)
    table = Table(name, report.title, report.columns, tuple(report.all_rows(uow, asked)))
    return list_of(table, about=", ".join([ours.name, say_day(uow.today), *narrowed_to(asked)]))


def narrowed_to(asked: Asked) -> list[str]:
    """Return in words what a report is narrowed to; nothing where it is whole."""
    days, found = asked.days, list[str]()
    if asked.account is not None:
        found.append(f"account {words(asked.account).lower()}")
    if asked.journal is not None:
        found.append(f"journal {asked.journal}")
    if asked.at_least is not None:
        found.append(f"of at least {format_pounds(asked.at_least)}")
    if days.first is not None:
        found.append(f"from {say_day(days.first)}")
    if days.last is not None:
        found.append(f"up to {say_day(days.last)}")
    return found
