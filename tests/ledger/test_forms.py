"""The forms that are hashed, built once more in Python from docs/seals.md, are the database's to the byte."""

import json
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from phb.core.clock import FixedClock
from phb.core.merkle import root_of
from phb.core.period import Period
from phb.core.uow import begin
from phb.governance import audit
from phb.governance.models import AuditEvent
from phb.ledger import checker, events, periods
from phb.ledger.entry import Heading, Source
from phb.ledger.models import Journal, JournalLine
from tests.ledger.conftest import Books, portion
from tests.ledger.lived import live
from tests.ledger.steps import spend

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def hashed(words: str) -> str:
    return sha256(words.encode()).hexdigest()


def microseconds(instant: datetime) -> str:
    since = instant - EPOCH
    return str((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)


def told(*fields: object) -> str:
    return "|".join("" if field is None else str(field) for field in fields)


def form_of_line(line: JournalLine) -> str:
    covers = (line.covers.lower, line.covers.upper) if line.covers else (None, None)
    whose = (line.year, line.budget_id, line.pot_id, line.plan_line_id, line.commitment_id, line.counterparty_id)
    what = (line.ordinal, line.kind, line.effective_on, line.account, line.layer, line.fund, line.pence)
    return told(*what, *whose, *covers)


def form_of_journal(session: Session, j: Journal) -> str:
    lines = session.scalars(
        select(JournalLine).where(JournalLine.journal_id == j.id).order_by(JournalLine.ordinal)
    ).all()
    form = "phb-journal-2" if j.reporting_month else "phb-journal-1"
    head = told(
        *(form, j.commissioner_id, j.id, j.key, j.request_hash.hex(), j.kind, j.effective_on),
        *(microseconds(j.recorded_at), hashed(j.narration), hashed(j.source_kind), j.source_id, j.prepared_by),
        *(j.approved_by, j.reverses_id, j.line_count, *([j.reporting_month] if j.reporting_month else [])),
    )
    return "\n".join([head, *map(form_of_line, lines)])


def form_of_event(a: AuditEvent) -> str:
    roles = json.dumps(a.roles, separators=(",", ":"))
    head = told(
        *("phb-audit-event-1", a.commissioner_id, a.id, microseconds(a.recorded_at), a.user_id, hashed(roles)),
        *(a.organisation_id, a.request_id, a.action, hashed(a.subject_kind), a.subject_id, a.person_id),
        None if a.reason is None else hashed(a.reason),
    )
    facts = sorted(a.facts.items(), key=lambda fact: fact[0].encode())
    return "\n".join([head, *(f"{json.dumps(name)}:{json.dumps(value)}" for name, value in facts)])


def forms(session: Session, stream: str, own: UUID, ids: list[UUID]) -> list[str]:
    query = text(f"SELECT form FROM {stream}_form(:own, :ids) ORDER BY n")  # noqa: S608 - a name of this file
    return list(session.scalars(query, {"own": own, "ids": ids}))


def test_a_journals_form_is_what_the_page_says(funded: Books) -> None:
    live(funded)
    unusual = Heading(date(2028, 2, 29), "Zoë: “care” | £5\n✓", Source("test", UUID(int=9)), approved_by=UUID(int=7))
    february = Period(date(2028, 2, 28), date(2028, 3, 1))
    entry = events.invoice_accepted(unusual, [portion(funded.equipment, "0.01")], funded.provider_id, covers=february)
    funded.post(entry)
    with begin(funded.sessions, funded.actor, clock=FixedClock(datetime(2026, 5, 2, tzinfo=UTC))) as uow:
        periods.close(uow, date(2026, 4, 1))
    spend(funded, "1")
    with funded.unit() as uow:
        journals = uow.session.scalars(select(Journal).order_by(Journal.id)).all()
        found = forms(uow.session, "journal", uow.commissioner_id, [journal.id for journal in journals])
        assert found == [form_of_journal(uow.session, journal) for journal in journals]
    assert len(found) >= 12
    assert any("|2028-02-28|2028-03-01" in form for form in found)
    assert [form.split("\n")[0][-10:] for form in found if form.startswith("phb-journal-2|")] == ["2026-05-01"]


def test_an_audit_events_form_is_what_the_page_says(funded: Books) -> None:
    with funded.unit() as uow:
        audit.record(uow, "budget.agreed", "budget", funded.budget_id)
        audit.record(
            uow,
            "budget.refused",
            "budget",
            funded.budget_id,
            person_id=funded.holder_id,
            reason="“No” | because\nof £5 ✓",
            later=date(2026, 4, 2),
            count=3,
            is_first=True,
            nothing=None,
            ab="x",
            a="y",
        )
        uow.session.flush()
        rows = uow.session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
        found = forms(uow.session, "audit_event", uow.commissioner_id, [row.id for row in rows])
        assert found == [form_of_event(row) for row in rows]


def test_names_of_facts_cannot_stand_for_other_facts(funded: Books) -> None:
    with funded.unit() as uow:
        audit.record(uow, "budget.agreed", "budget", funded.budget_id, a="x", b="y")
        odd: dict[str, Any] = {'a":"x"\n"b': "y"}
        audit.record(uow, "budget.agreed", "budget", funded.budget_id, **odd)
        uow.session.flush()
        ids = list(uow.session.scalars(select(AuditEvent.id)))
        one, other = forms(uow.session, "audit_event", uow.commissioner_id, ids)
    assert one.split("\n")[1:] != other.split("\n")[1:]


def test_the_database_python_and_the_checker_make_the_same_roots(funded: Books) -> None:
    for count in range(1, 12):
        leaves = [sha256(bytes([count, number])).digest() for number in range(count)]
        with funded.unit() as uow:
            root = bytes(uow.session.scalar(text("SELECT merkle_root(:leaves)"), {"leaves": leaves}) or b"")
        assert root == root_of(leaves)
        assert root.hex() == checker.root_of([leaf.hex() for leaf in leaves])
