"""Issuing a statement renders it in the holder's own format and keeps that it was read."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from phb.core.actor import MissingPermissionError
from phb.governance.models import AuditEvent
from phb.people.details import PersonDetails
from phb.people.kinds import StatementFormat
from phb.people.operations import amend_person
from phb.statements.formats import UnknownFormatError, render
from phb.statements.operations import issue_statement
from tests.budget.conftest import World, stated
from tests.people.conftest import BORN, Service
from tests.statements.conftest import APRIL


@pytest.fixture
def world(session_factory: sessionmaker[Session]) -> World:
    """Return a commissioner whose one person wants large print."""
    world = World(Service(session_factory))
    details = PersonDetails("Aled", "Example", BORN, statement_format=StatementFormat.LARGE_PRINT)
    world.do(world.coordinator, amend_person, world.person_id, details, version=None)
    return world


def readings(world: World) -> list[tuple[str, Any, dict[str, Any]]]:
    with world.service.unit(world.auditor) as uow:
        rows = uow.session.scalars(select(AuditEvent).where(AuditEvent.action == "statement.read"))
        return [(row.subject_kind, row.person_id, dict(row.facts)) for row in rows]


def test_the_holders_own_format_is_the_default(world: World) -> None:
    budget_id = world.active(stated("care", "520.00"), reference="NV/2026 42")
    issued = world.do(world.holder, issue_statement, budget_id, APRIL)
    assert issued.format_name == "large-print"
    assert issued.content == render(issued.document, "large-print")
    assert issued.file_name == "statement-NV-2026-42-2026-04-01-2026-04-30-large-print.pdf"
    facts = {"format": "large-print", "first_day": "2026-04-01", "last_day": "2026-04-30"}
    assert readings(world) == [("budget", world.person_id, facts)]


def test_another_format_may_be_named(world: World) -> None:
    budget_id = world.active(stated("care", "520.00"))
    issued = world.do(world.auditor, issue_statement, budget_id, APRIL, format_name="csv")
    assert issued.format.media_type == "text/csv; charset=utf-8"
    assert [facts["format"] for _, _, facts in readings(world)] == ["csv"]


def test_what_is_refused_is_not_kept_as_read(world: World) -> None:
    budget_id = world.active(stated("care", "520.00"))
    with pytest.raises(UnknownFormatError):
        world.do(world.holder, issue_statement, budget_id, APRIL, format_name="papyrus")
    with pytest.raises(MissingPermissionError):
        world.do(world.administrator, issue_statement, budget_id, APRIL)
    assert readings(world) == []


def test_a_web_page_names_the_styles_that_are_served_and_no_other_format_does(world: World) -> None:
    budget_id = world.active(stated("care", "520.00"))

    def content(name: str) -> bytes:
        styles = "/styles/document.css"
        issued = world.do(world.holder, issue_statement, budget_id, APRIL, format_name=name, stylesheet=styles)
        return issued.content

    assert b'href="/styles/document.css"' in content("html")
    assert b"data:text/css" not in content("html")
    assert b"document.css" not in content("json")
