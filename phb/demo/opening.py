"""Open the demonstration: a database of its own, a key for bank details, two commissioners and their files."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from psycopg import Connection
from sqlalchemy import URL, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from phb.core import migration
from phb.core.clock import LONDON, installation_now
from phb.core.database import create_database, drop_database, make_engine, make_session_factory
from phb.core.embedded_server import EmbeddedServer
from phb.core.roles import WRITER
from phb.core.settings import Settings
from phb.core.uow import begin, begin_installation
from phb.demo.office import Commissioner, Office, Staff
from phb.demo.sign_ins import PASSWORD, choose_passwords
from phb.intake.files import RawRow
from phb.payments import vault
from phb.payments.payees.details import BankDetails
from phb.payments.payees.paying import confirm_paying_account, propose_paying_account
from phb.people.organisations.operations import NewAdministrator, found_commissioner, founder

DATABASE = "phb_demo"
FIRST_DAY = date(2026, 3, 2)
LAST_DAY = date(2027, 3, 31)
OPENS_AT, CLOSES_AT = 9, 18

NORTHVALE = Commissioner(
    "QNV",
    "Northvale Integrated Care Board",
    "northvale",
    ("20-29-59", "63748472", "NORTHVALE ICB"),
    "123456",
    Staff(
        administrators=("ada@northvale.example", "bo@northvale.example"),
        finance=("finn@northvale.example", "gwen@northvale.example"),
        clinician="elin@northvale.example",
        approver="huw@northvale.example",
        releaser="ines@northvale.example",
        auditor="jo@northvale.example",
    ),
    leaves_work_in_hand=True,
)
EASTMERE = Commissioner(
    "QEM",
    "Eastmere Integrated Care Board",
    "eastmere",
    ("10-79-99", "88837491", "EASTMERE ICB"),
    "654321",
    Staff(
        administrators=("kai@eastmere.example", "liv@eastmere.example"),
        finance=("otis@eastmere.example", "pia@eastmere.example"),
        clinician="nell@eastmere.example",
        approver="quinn@eastmere.example",
        releaser="rose@eastmere.example",
        auditor="sam@eastmere.example",
    ),
)
COMMISSIONERS = (NORTHVALE, EASTMERE)

# What is imported on the first day: the file, its kind, and who imports it. Twice is by both, one after the other.
BY_ADMINISTRATOR = (
    ("calendars.csv", "calendars"),
    ("organisations.csv", "organisations"),
    ("modulus-weights.csv", "modulus-weights"),
    ("rates.csv", "rates"),
    ("budget-models.jsonl", "budget-models"),
    ("offers.csv", "offers"),
    ("packages.csv", "packages"),
    ("finance-codes.csv", "finance-codes"),
    ("users.csv", "users"),
)
BY_BOTH_ADMINISTRATORS = (("policies.jsonl", "policies"), ("delegations.csv", "delegations"))


@dataclass(frozen=True)
class Installation:
    """The demonstration's database and key file, and sessions that can read bank details."""

    url: URL
    key_path: Path
    sessions: sessionmaker[Session]

    def office(self, about: Commissioner, samples: Path) -> Office:
        """Return a commissioner at work."""
        return Office(self.sessions, about, samples)


@contextmanager
def open_installation(
    settings: Settings, *, database: str = DATABASE, anew: bool = False, hurry: bool = False
) -> Iterator[Installation]:
    """Open the demonstration's own database, made anew where asked, or unless its year was lived to its end.

    In a hurry no commit waits for the disk: a year that a power cut broke off is lived again anyway.
    """
    server = _server(settings)
    url = server.set(database=database)
    if not create_database(server, database) and (anew or not _is_whole(url)):
        drop_database(server, database)
        create_database(server, database)
    migration.upgrade(url, clock="settable", clock_at=instant(FIRST_DAY, OPENS_AT))
    key_path = settings.key_path or settings.var_path / "demo.key"
    engine = make_engine(url, role=WRITER)
    if hurry:
        event.listen(engine, "connect", _commit_without_waiting)
    sessions = make_session_factory(engine)
    vault.attach(sessions, vault.make_key_file(key_path))
    try:
        yield Installation(url, key_path, sessions)
    finally:
        engine.dispose()


def instant(day: date, hour: int) -> datetime:
    """Return an hour of a day in London."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=LONDON)


def is_over(sessions: sessionmaker[Session]) -> bool:
    """Say whether the year was lived to its end."""
    with begin_installation(sessions) as session:
        return installation_now(session) >= instant(LAST_DAY, CLOSES_AT)


def found(installation: Installation, about: Commissioner) -> None:
    """Make a commissioner with its first two administrators."""
    with begin(installation.sessions, founder()) as uow:
        found_commissioner(
            uow,
            code=about.code,
            name=about.name,
            start_on=date(2025, 4, 1),
            administrators=[
                NewAdministrator(name, name.split("@")[0].capitalize(), PASSWORD) for name in about.staff.administrators
            ],
        )


def import_first_day(office: Office) -> None:
    """Import what a commissioner decided and whom it knows, each file by who would import it."""
    staff = office.staff
    for file, kind in BY_ADMINISTRATOR:
        _take(office, file, kind, staff.administrators[0])
    for file, kind in BY_BOTH_ADMINISTRATORS:
        for administrator in staff.administrators:
            _take(office, file, kind, administrator)
    for file, kind in (("people.csv", "people"), ("needs.csv", "needs"), ("capacity.csv", "capacity")):
        by_co_ordinator(office, kind, office.rows(file, kind))
    by_co_ordinator(office, "relations", office.rows("relations.csv", "relations"))
    _take(office, "users-of-people.csv", "users", staff.administrators[0])
    _take(office, "programme-budgets.csv", "programme-budgets", staff.finance[0])
    for officer in staff.finance:
        _take(office, "payees.csv", "payees", officer)
    _open_paying_account(office)
    choose_passwords(office)


def by_co_ordinator(office: Office, kind: str, rows: Sequence[RawRow]) -> None:
    """Import rows about people, each by the care co-ordinator of the person; who only acts goes with the first."""
    known = co_ordinators(office)
    groups: defaultdict[str, list[RawRow]] = defaultdict(list)
    for row in rows:
        reference = row.cells.get("person") or row.cells["reference"]
        groups[known.get(reference, next(iter(known.values())))].append(row)
    for name, theirs in groups.items():
        office.take(kind, theirs, by=name)


def co_ordinators(office: Office) -> dict[str, str]:
    """Return each person's care co-ordinator, as the file of relations names them."""
    rows = office.rows("relations.csv", "relations")
    return {row.cells["person"]: row.cells["user"] for row in rows if row.cells["kind"] == "care_coordinator"}


def _take(office: Office, file: str, kind: str, by: str) -> None:
    if rows := office.rows(file, kind):
        office.take(kind, rows, by=by)


def _open_paying_account(office: Office) -> None:
    first, second = office.staff.finance
    details = BankDetails(*office.about.paying)
    account = office.do(
        first, propose_paying_account, details, service_user_number=office.about.service_user_number
    ).row
    office.do(second, confirm_paying_account, account.id)


def _commit_without_waiting(connection: Connection, _entry: ConnectionPoolEntry) -> None:
    connection.autocommit = True
    connection.execute("SET synchronous_commit = off")
    connection.autocommit = False


def _server(settings: Settings) -> URL:
    if settings.database_url is not None:
        return make_url(settings.database_url).set(drivername="postgresql+psycopg")
    return EmbeddedServer(settings.var_path).start()


def _is_whole(url: URL) -> bool:
    """Say whether the database is at the newest version and its year is over."""
    if migration.current_revision(url) != migration.head():
        return False
    return is_over(make_session_factory(make_engine(url, role=WRITER, pooled=False)))
