"""Put the parts together: the one place that knows them all."""

from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_bytes

from flask import Flask
from jinja2 import ChoiceLoader, PackageLoader
from sqlalchemy.orm import Session, sessionmaker

from phb.api import (
    assessments,
    budget_models,
    budgets,
    checks,
    commitments,
    funders,
    imports,
    instalments,
    invoices,
    jobs,
    journal_files,
    ledger,
    looks,
    months,
    organisations,
    payees,
    payment_runs,
    payments,
    people,
    policies,
    reference,
    relations,
    reports,
    revisions,
    spending,
    standing,
    statements,
    tasks,
    users,
)
from phb.api import sessions as sessions_api
from phb.api.description import CONFIG, DescribedApi, describe
from phb.core import migration
from phb.core.clock import Clock
from phb.core.database import database_url, make_engine, make_session_factory
from phb.core.roles import WRITER
from phb.core.settings import Settings
from phb.edge import errors, services
from phb.edge.uploads import ClosingRequest
from phb.payments import vault
from phb.web import site

RESOURCES = (
    sessions_api.blp,
    sessions_api.tokens,
    organisations.blp,
    organisations.calendars,
    users.blp,
    people.blp,
    relations.blp,
    standing.blp,
    reference.cohort_list,
    reference.category_list,
    reference.offers,
    reference.home_packages,
    reference.programme_budgets,
    budget_models.rates,
    budget_models.budget_models,
    assessments.assessments,
    assessments.indicative_budgets,
    budgets.blp,
    revisions.blp,
    commitments.blp,
    payees.payees,
    payees.paying_accounts,
    payees.modulus_tables,
    instalments.instalment_schedules,
    instalments.instalments,
    instalments.payment_holds,
    payment_runs.payment_runs,
    payments.payments,
    spending.spending,
    spending.receipts,
    invoices.blp,
    statements.blp,
    checks.blp,
    ledger.blp,
    looks.blp,
    months.blp,
    funders.blp,
    journal_files.blp,
    reports.blp,
    policies.policies,
    policies.delegations,
    imports.blp,
    tasks.blp,
    jobs.blp,
)
SECRET_BYTES = 32
LARGEST_REQUEST = 12 * 1024 * 1024  # a receipt of 10 MB with what surrounds it


def create_app(sessions: sessionmaker[Session], *, clock: Clock | None = None) -> Flask:
    """Return the application over a database; `clock` is given by tests alone."""
    app = Flask(__name__, static_folder=None)
    app.request_class = ClosingRequest
    app.config.update(CONFIG, MAX_CONTENT_LENGTH=LARGEST_REQUEST)
    app.jinja_env.autoescape = True
    app.jinja_env.loader = ChoiceLoader([PackageLoader("phb.api")])
    services.attach(app, services.Services(sessions, clock))
    errors.register(app)
    api = DescribedApi(app)
    for resource in RESOURCES:
        api.register_blueprint(resource)
    describe(api, app)
    site.attach(app, secret=_page_secret(sessions))
    return app


def _page_secret(sessions: sessionmaker[Session]) -> bytes:
    """Return what page sessions are signed with; without a key file they end when the process does."""
    kept = vault.attached(sessions)
    return kept.secret_for("page sessions") if kept else token_bytes(SECRET_BYTES)


@contextmanager
def open_sessions(settings: Settings) -> Iterator[sessionmaker[Session]]:
    """Open sessions on the settings' database, acting as the application's role; its connections close at the end.

    Raises:
        ConflictError: the database is not at the newest version.
    """
    url = database_url(settings)
    migration.require_newest(url)
    engine = make_engine(url, role=WRITER)
    sessions = make_session_factory(engine)
    if settings.key_path is not None:
        vault.attach(sessions, vault.Vault.from_file(settings.key_path))
    try:
        yield sessions
    finally:
        engine.dispose()
