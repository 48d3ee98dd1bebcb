"""Fill a database in which a commissioner's year was lived with more people like those in it.

Each row about somebody is written again as often as asked, by the database, with ids and references of its own; what
is the commissioner's (staff, organisations, settings, payment runs) stays as it is and is named by the copies. So
shares and sums are those of the sample caseload whatever the size. The guards are off while it is filled.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

# In the order of what names what, for whoever reads; the foreign keys' triggers are off.
TABLES = (
    *("person", "communication_need", "relation", "direct_payment_consent", "assessment", "indicative_budget"),
    *("personal_health_budget", "care_plan", "pot", "plan_line", "plan_outcome", "plan_risk"),
    *("line_terms", "line_year", "line_fund", "sign_off", "budget_revision"),
    *("journal", "journal_line", "pot_position", "plan_line_position", "commitment", "spend_commitment"),
    *("payee", "bank_account", "instalment_schedule", "instalment", "instruction", "instruction_share"),
    *("provider_invoice", "invoice_line", "invoice_share", "spend_record", "spend_share", "receipt"),
)
KEEP_REFERENCE = frozenset({"pot", "plan_line", "plan_outcome"})  # theirs are unique in a budget or plan
CHANGED = {("person", "nhs_number"): "NULL", ("person", "trace_status"): "'none'"}  # too few test numbers for a million
WHOSE = {
    "payee": "t.person_id IS NOT NULL",
    "bank_account": "t.payee_id IN (SELECT id FROM payee WHERE person_id IS NOT NULL)",
    "journal": "EXISTS (SELECT FROM journal_line l WHERE l.commissioner_id = t.commissioner_id AND l.journal_id = t.id"
    " AND l.budget_id IS NOT NULL)",
    "journal_line": "EXISTS (SELECT FROM journal_line l WHERE l.commissioner_id = t.commissioner_id"
    " AND l.journal_id = t.journal_id AND l.budget_id IS NOT NULL)",
}
SHARED = """
CREATE TEMPORARY TABLE shared AS
SELECT id FROM organisation UNION SELECT id FROM user_account UNION SELECT id FROM payment_run
UNION SELECT id FROM delegation_limit UNION SELECT id FROM budget_model UNION SELECT id FROM commissioner
UNION SELECT id FROM payee WHERE person_id IS NULL
UNION SELECT a.id FROM bank_account AS a JOIN payee AS p ON p.id = a.payee_id WHERE p.person_id IS NULL
"""
COLUMNS = """
SELECT attname, atttypid = 'uuid'::regtype FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity = ''
ORDER BY attnum
"""


@dataclass(frozen=True)
class Filler:
    """A connection of the server's administrator, and the commissioner whose people are written again."""

    connection: psycopg.Connection[tuple[Any, ...]]
    commissioner_id: UUID

    def fill(self, copies: int, tell: Callable[[str], None]) -> None:
        """Write everybody again, `copies` times."""
        self._run("SET session_replication_role = replica")
        self._run(SHARED)
        self._run("ANALYZE shared")
        if copies:
            for table in TABLES:
                tell(f"filling {table}")
                self._run(self._again(table, copies))
        tell("letting the planner know")
        self._run("VACUUM ANALYZE")

    def _again(self, table: str, copies: int) -> str:
        names, values = zip(*self._columns(table), strict=True)
        return (
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} "  # noqa: S608 - names of this file
            f"FROM generate_series(1, {copies}) AS copy (n) CROSS JOIN {table} AS t "
            f"WHERE t.commissioner_id = '{self.commissioner_id}' AND {WHOSE.get(table, 'true')}"
        )

    def _columns(self, table: str) -> Iterator[tuple[str, str]]:
        for name, is_id in self._run(COLUMNS, table).fetchall():
            value = CHANGED.get((table, name), f"t.{name}")
            if is_id and name != "commissioner_id":
                value = self._new_id(table, name)
            elif name == "reference" and table not in KEEP_REFERENCE:
                value = f"t.{name} || '-' || copy.n"
            yield name, value

    def _new_id(self, table: str, name: str) -> str:
        """Return the expression for an id of a copy: its first eight digits are the copy's number."""
        new = f"(lpad(to_hex(copy.n), 8, '0') || substr(t.{name}::text, 9))::uuid"
        named = f"FROM {table} WHERE commissioner_id = '{self.commissioner_id}' AND {name} IS NOT NULL"
        is_shared = f"{name} IN (SELECT id FROM shared)"  # noqa: S608 - names of this file
        found = self._run(f"SELECT bool_or({is_shared}), bool_and({is_shared}) {named}").fetchone()
        some, every = found or (None, None)
        if every:
            return f"t.{name}"
        return f"CASE WHEN t.{is_shared} THEN t.{name} ELSE {new} END" if some else new

    def _run(self, statement: str, *values: object) -> psycopg.Cursor[tuple[Any, ...]]:
        return self.connection.execute(statement, values or None)
