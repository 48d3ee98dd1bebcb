"""Which role may do what: one table."""

from collections.abc import Iterable
from uuid import UUID

from phb.core.actor import SYSTEM_USER_ID, Actor, Permission, Role

HELD_BY_THE_HOLDERS_SIDE = {Permission.PEOPLE_READ, Permission.BUDGET_READ, Permission.STATEMENT_READ}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.HOLDER: frozenset(HELD_BY_THE_HOLDERS_SIDE | {Permission.BUDGET_AGREE, Permission.SPEND_RECORD}),
    Role.REPRESENTATIVE: frozenset(HELD_BY_THE_HOLDERS_SIDE | {Permission.BUDGET_AGREE, Permission.SPEND_RECORD}),
    Role.NOMINEE: frozenset(HELD_BY_THE_HOLDERS_SIDE | {Permission.SPEND_RECORD}),
    Role.ADVOCATE: frozenset(HELD_BY_THE_HOLDERS_SIDE),
    Role.BROKER: frozenset(HELD_BY_THE_HOLDERS_SIDE | {Permission.SPEND_RECORD}),
    Role.THIRD_PARTY: frozenset(HELD_BY_THE_HOLDERS_SIDE | {Permission.SPEND_RECORD}),
    Role.CARE_COORDINATOR: frozenset(
        HELD_BY_THE_HOLDERS_SIDE
        | {
            Permission.PEOPLE_WRITE,
            Permission.CHARACTERISTICS_READ,
            Permission.CHARACTERISTICS_WRITE,
            Permission.ASSESSMENT_WRITE,
            Permission.BUDGET_PREPARE,
            Permission.COMMITMENT_WRITE,
            Permission.LOOKS_WITHHOLD,
            Permission.PAYEE_WRITE,
            Permission.SPEND_RECORD,
        }
    ),
    Role.CLINICIAN: frozenset(
        HELD_BY_THE_HOLDERS_SIDE
        | {
            Permission.ASSESSMENT_WRITE,
            Permission.BUDGET_SIGN_OFF_CLINICALLY,
            Permission.BUDGET_REFUSE,
            Permission.CHARACTERISTICS_READ,
        }
    ),
    Role.FINANCE_OFFICER: frozenset(
        HELD_BY_THE_HOLDERS_SIDE
        | {
            Permission.COMMITMENT_WRITE,
            Permission.PAYEE_WRITE,
            Permission.PAYEE_CONFIRM,
            Permission.RUN_ASSEMBLE,
            Permission.RUN_ASSEMBLE_DUE,
            Permission.RUN_SETTLE,
            Permission.RUN_SETTLE_DUE,
            Permission.SPEND_RECORD,
            Permission.SPEND_DECIDE,
            Permission.FUNDERS_ASK,
            Permission.FUNDERS_TRUE_UP,
            Permission.INVOICE_ACCEPT,
            Permission.INDICATORS_READ,
            Permission.JOBS_READ,
            Permission.LEDGER_READ,
            Permission.PERIOD_CLOSE,
            Permission.PROGRAMME_BUDGET_SET,
        }
    ),
    Role.APPROVER: frozenset(
        HELD_BY_THE_HOLDERS_SIDE
        | {
            Permission.BUDGET_SIGN_OFF_FINANCE,
            Permission.BUDGET_REFUSE,
            Permission.RUN_APPROVE,
            Permission.PERIOD_REOPEN,
            Permission.INDICATORS_READ,
            Permission.LEDGER_READ,
        }
    ),
    Role.PAYMENTS_RELEASER: frozenset(HELD_BY_THE_HOLDERS_SIDE | {Permission.RUN_RELEASE, Permission.LEDGER_READ}),
    Role.AUDITOR: frozenset(
        HELD_BY_THE_HOLDERS_SIDE
        | {
            Permission.AUDIT_READ,
            Permission.INDICATORS_READ,
            Permission.JOBS_READ,
            Permission.LEDGER_READ,
            Permission.ADMINISTRATION_READ,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.ORGANISATION_WRITE,
            Permission.USER_WRITE,
            Permission.POLICY_PROPOSE,
            Permission.POLICY_CONFIRM,
            Permission.MODEL_WRITE,
            Permission.REFERENCE_WRITE,
            Permission.ADMINISTRATION_READ,
            Permission.JOBS_READ,
        }
    ),
    Role.SYSTEM: frozenset(
        {
            Permission.BUDGET_READ,
            Permission.COMMITMENT_EXPIRE,
            Permission.FUNDERS_TRUE_UP,
            Permission.INDICATORS_COUNT,
            Permission.JOBS_READ,
            Permission.LEDGER_READ,
            Permission.RUN_ASSEMBLE_DUE,
            Permission.RUN_SETTLE_DUE,
        }
    ),
}


def the_system(commissioner_id: UUID) -> Actor:
    """Return who does what happens by itself for a commissioner."""
    roles = frozenset({Role.SYSTEM})
    return Actor(SYSTEM_USER_ID, commissioner_id, roles, permissions_of(roles))


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """Return everything that any of the roles may do."""
    return frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles))
