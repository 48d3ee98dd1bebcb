"""The published description is kept: whatever is sent, the answer is one that it names, and never a 500."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.specs.openapi.checks import positive_data_acceptance
from sqlalchemy.orm import Session, sessionmaker

from phb.app import create_app
from phb.core.actor import Permission, Role
from phb.edge.services import Services, attach
from phb.governance.permissions import ROLE_PERMISSIONS
from tests.api.conftest import Desk
from tests.people.conftest import Service, on_day

STAFF = (
    Role.CARE_COORDINATOR,
    Role.CLINICIAN,
    Role.FINANCE_OFFICER,
    Role.APPROVER,
    Role.PAYMENTS_RELEASER,
    Role.ADMINISTRATOR,
    Role.AUDITOR,
)


APP = create_app(sessionmaker())  # the description needs no database; the fixture below gives the calls one
# The contract answers 428 where If-Match is missing and 412 where it is out of date, before it looks at the body.
REFUSED = [400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 429]
CHECKS = {name: {"expected-statuses": REFUSED} for name in ("missing_required_header", "negative_data_rejection")}
schema = schemathesis.openapi.from_wsgi(
    "/api/v1/openapi.json", APP, config=schemathesis.Config.from_dict({"checks": CHECKS})
)


@pytest.fixture(scope="module")
def tokens(session_factory: sessionmaker[Session]) -> dict[Role, str]:
    """Return a token for somebody of each role of one commissioner."""
    service = Service(session_factory)
    attach(APP, Services(session_factory, on_day(service.today)))
    desk = Desk(service, APP)
    return {role: desk.staff(role).token for role in STAFF}


@schema.parametrize()
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_every_operation_keeps_its_description(case: "Case[Any]", tokens: dict[Role, str]) -> None:
    headers = {"Authorization": f"Bearer {tokens[role_for(case)]}"}
    # Well-formed input may still break a rule of the domain, which answers 422.
    case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])


def role_for(case: "Case[Any]") -> Role:
    """Return a role that may do the operation, so that what comes after the permission is tried too."""
    needed = case.operation.definition.raw.get("x-permission")
    if needed is None:
        return Role.AUDITOR
    return next((role for role in STAFF if Permission(needed) in ROLE_PERMISSIONS[role]), Role.AUDITOR)
