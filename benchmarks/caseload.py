"""Fill a database in which a commissioner's year was lived with more people like those in it.

Each row about somebody is written again as often as asked, by the database, with ids and references of its own; what
is the commissioner's (staff, organisations, settings, payment runs) stays as it is and is named by the copies. So
shares and sums are those of the sample caseload whatever the size. Of many copies, about a hundred have what is over
and done with: journals, settled payments, accepted spending and invoices; the others have their budgets and what waits
for somebody. The guards are off while it is filled, and each index is made at the end.
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
WHOLE = 100  # so many copies have everything; a million budgets with all their journals would not fit on most disks
OF_HISTORY = {  # the column that names what a row is part of
    **dict.fromkeys(("journal", "spend_record", "provider_invoice", "instruction"), "id"),
    **dict.fromkeys(("spend_share", "receipt"), "spend_id"),
    **dict.fromkeys(("invoice_line", "invoice_share"), "invoice_id"),
    "journal_line": "journal_id",
    "instruction_share": "instruction_id",
}
UNDER_WAY = """
CREATE TEMPORARY TABLE under_way AS
SELECT id FROM spend_record WHERE state = 'asked_about'
UNION SELECT id FROM instruction WHERE state NOT IN ('settled', 'given_up')
UNION SELECT subject_id FROM instruction WHERE subject_kind = 'invoice' AND state NOT IN ('settled', 'given_up')
UNION SELECT id FROM provider_invoice WHERE NOT payment_asked_for
"""
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
COPIES = "SELECT n, lpad(to_hex(n), 8, '0') AS head FROM generate_series(1, {}) AS c (n) OFFSET 0"
NO_OVERLAPS = "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'x'"
# REINDEX makes them valid again. Building an index once is several times quicker than adding to it row by row.
INDEXES_OFF = "UPDATE pg_index SET indisready = false, indisvalid = false WHERE indrelid = %s::regclass"


@dataclass(frozen=True)
class Filler:
    """A connection of the server's administrator, and the commissioner whose people are written again."""

    connection: psycopg.Connection[tuple[Any, ...]]
    commissioner_id: UUID

    def fill(self, copies: int, tell: Callable[[str], None]) -> None:
        """Write everybody again, `copies` times."""
        self._run("SET session_replication_role = replica")
        self._run("SET maintenance_work_mem = '256MB'")
        for table, made_of in (("shared", SHARED), ("under_way", UNDER_WAY)):
            self._run(made_of)
            self._run(f"ANALYZE {table}")
        every = {table: self._again(table, copies) for table in TABLES}  # which ids are shared is read by index
        for table, statement in every.items() if copies else ():
            tell(f"filling {table}")
            self._write(table, statement)
        tell("letting the planner know")
        self._run("VACUUM ANALYZE")

    def _write(self, table: str, statement: str) -> None:
        for (name,) in self._run(NO_OVERLAPS, table).fetchall():  # nothing is read by these, and they are slow to make
            self._run(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        self._run(INDEXES_OFF, table)
        self._run(statement)
        self._run(f"REINDEX TABLE {table}")

    def _again(self, table: str, copies: int) -> str:
        names, values = zip(*self._columns(table), strict=True)
        return (
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} "  # noqa: S608 - names of this file
            f"FROM ({COPIES.format(copies)}) AS copy JOIN {table} AS t ON {_is_written(table, copies)} "
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
        new = f"(copy.head || substr(t.{name}::text, 9))::uuid"
        named = f"FROM {table} WHERE commissioner_id = '{self.commissioner_id}' AND {name} IS NOT NULL"
        is_shared = f"{name} IN (SELECT id FROM shared)"  # noqa: S608 - names of this file
        found = self._run(f"SELECT bool_or({is_shared}), bool_and({is_shared}) {named}").fetchone()
        some, every = found or (None, None)
        if every:
            return f"t.{name}"
        return f"CASE WHEN t.{is_shared} THEN t.{name} ELSE {new} END" if some else new

    def _run(self, statement: str, *values: object) -> psycopg.Cursor[tuple[Any, ...]]:
        return self.connection.execute(statement, values or None)


def _is_written(table: str, copies: int) -> str:
    """Return the condition of whether a copy has a row of a table."""
    part_of, every = OF_HISTORY.get(table), copies // WHOLE
    if part_of is None or every <= 1:
        return "true"
    return f"(copy.n % {every} = 0 OR t.{part_of} IN (SELECT id FROM under_way))"  # noqa: S608 - names of this file
