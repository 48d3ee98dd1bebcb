"""One budget's statement for a year against the plainest SQL that reads the same lines, and each format apart.

The SQL sums every account of every pot and reads the lines on cash and spending with their journals; it knows no words,
outcomes, evidence or due payments, and its answer stays rows. The budget is lived through the operations: 26 payments
into two accounts and 150 records of spend in 2026/27.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from benchmarks.measure import Compared, Row, measure_in_turns, rate
from benchmarks.pgbench import address_of
from benchmarks.world import World
from phb.core.database import make_session_factory
from phb.core.money import from_pence, pounds, to_pence
from phb.core.period import financial_year
from phb.payments import vault
from phb.payments.kinds import AccountUse, PayeeKind
from phb.spending.records.draft import NewSpend
from phb.spending.records.operations import record_spend
from phb.statements import formats, queries
from phb.statements.cash import CashKind
from phb.statements.sections import document_of
from phb.statements.statement import Statement
from tests.budget.conftest import World as People
from tests.budget.conftest import stated
from tests.payments.conftest import Paying
from tests.people.conftest import Service
from tests.spending.conftest import SHARED, Spender

SECONDS = 1.5
YEAR = financial_year(2026)
FIRST_RUN = date(2026, 4, 8)
PAYMENTS, RECORDS = 26, 150
FORMATS = ("html", "pdf", "csv", "json")  # large print is the PDF again

SUMS = """
SELECT pot_id, account, sum(pence)::bigint, (sum(pence) FILTER (WHERE effective_on < %(first)s))::bigint
FROM journal_line
WHERE commissioner_id = %(commissioner)s AND budget_id = %(budget)s AND pot_id IS NOT NULL
  AND effective_on <= %(last)s
GROUP BY pot_id, account
"""
LINES = """
SELECT l.account, l.pence, l.effective_on, l.pot_id, l.plan_line_id, l.covers, j.id, j.kind, j.narration, j.source_id
FROM journal_line AS l JOIN journal AS j ON j.commissioner_id = l.commissioner_id AND j.id = l.journal_id
WHERE l.commissioner_id = %(commissioner)s AND l.budget_id = %(budget)s AND l.account IN ('funds_held', 'expenditure')
  AND l.effective_on BETWEEN %(first)s AND %(last)s
ORDER BY l.effective_on, j.recorded_at, j.id, l.ordinal
"""

READ = "plain SQL"
VALUE = "statement"
COMPARED = (
    Compared("statement / plain SQL", VALUE, READ),
    *(Compared(f"rendering {name} / statement", name, VALUE) for name in FORMATS),
)


@dataclass(frozen=True)
class Year:
    """A budget at the end of its year, and a connection for the plain reading."""

    spender: Spender
    connection: psycopg.Connection[tuple[Any, ...]]

    def tell(self) -> Statement:
        """Return the statement as the holder reads it, in a unit of work of its own."""
        people = self.spender.world
        return people.ask(
            people.holder, queries.statement, self.spender.budget_id, YEAR, issued_on=people.service.today
        )

    def read(self) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        """Return the sums and the lines."""
        words = {
            "commissioner": self.spender.world.service.commissioner_id,
            "budget": self.spender.budget_id,
            "first": YEAR.start_on,
            "last": YEAR.last_day,
        }
        with self.connection.transaction():
            sums = self.connection.execute(SUMS, words).fetchall()
            return sums, self.connection.execute(LINES, words).fetchall()


def rows(world: World, tell: Callable[[str], None]) -> list[Row]:
    """Measure each row of this group."""
    tell("living a budget's year")
    spender = _lived(world)
    world.tidy()
    address = address_of(world.as_writer(spender.world.service.commissioner_id))
    with psycopg.connect(address, autocommit=True) as connection:
        year = Year(spender, connection)
        statement = year.tell()
        _require_same(statement, year)
        work: dict[str, Callable[[], object]] = {READ: year.read, VALUE: year.tell}
        work |= {name: partial(_rendered, statement, name) for name in FORMATS}
        rates = measure_in_turns({name: partial(rate, _once(do), SECONDS) for name, do in work.items()}, tell)
    return [compared.row(rates, "statements/s") for compared in COMPARED]


def _rendered(statement: Statement, name: str) -> bytes:
    return formats.render(document_of(statement), name)


def _once(do: Callable[[], object]) -> Callable[[], int]:
    def work() -> int:
        do()
        return 1

    return work


def _lived(world: World) -> Spender:
    """Pay thirteen instalments into the holder's and a third party's account, and record what both spent."""
    sessions = make_session_factory(world.engine)
    with TemporaryDirectory() as folder:
        vault.attach(sessions, vault.make_key_file(Path(folder) / "bank.key"))
    paying = Paying(People(Service(sessions)))
    people = paying.world
    care, agency = stated("care", "5200.00", shares=SHARED), stated("agency", "1300.00", pot="tp", outcome="company")
    spender = Spender(people, people.active(care, agency))
    third = paying.payee(PayeeKind.THIRD_PARTY, organisation_id=people.third_party_id)
    paying.account(third, use=AccountUse.ORGANISATION)
    planned = paying.plan(spender.pot_id("dp"))
    paying.plan(spender.pot_id("tp"), payee_id=third)
    for instalment in planned.instalments:
        paying.settled(max(FIRST_RUN, instalment.pay_on))
    people.on(YEAR.last_day)
    _spend(spender)
    return spender


def _spend(spender: Spender) -> None:
    """Record spend of every second or third day, each fifth by the third party."""
    people = spender.world
    lines = {name: spender.line_id(name) for name in ("care", "agency")}
    turns = cycle(["care"] * 4 + ["agency"])
    for n, name in zip(range(RECORDS), turns, strict=False):
        new = NewSpend(
            spent_on=YEAR.start_on + timedelta(days=n * YEAR.days // RECORDS),
            amount=pounds("30.00") + from_pence(n),
            category="PERSONAL_CARE",
            payee="Sam's care",
            words="Help at home",
            plan_line_id=lines[name],
        )
        people.do(people.holder if name == "care" else people.finance, record_spend, spender.budget_id, new)


def _require_same(statement: Statement, year: Year) -> None:
    """Refuse to compare readings that do not come to the same."""
    sums, lines = year.read()
    cash = [pot.cash for pot in statement.pots if pot.cash]
    told = {
        "expenditure": to_pence(statement.spent),
        "funds_held": sum(to_pence(account.closing) for account in cash),
    }
    read = {name: sum(pence for _, account, pence, _ in sums if account == name) for name in told}
    listed = {name: sum(line[1] for line in lines if line[0] == name) for name in told}
    payments = sum(len(account.of_kinds([CashKind.RECEIVED])) for account in cash)
    if not told == read == listed or (payments, len(statement.spend)) != (PAYMENTS, RECORDS):
        raise AssertionError(f"the two readings differ: {told}, {read}, {listed}, {payments} payments")
