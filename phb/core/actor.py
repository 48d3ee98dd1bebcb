"""Who acts: a user, the roles they hold and what those let them do."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from phb.core.errors import PermissionDeniedError
from phb.core.period import Period

SYSTEM_USER_ID = UUID(int=0)


class Role(StrEnum):
    """What a person is to a commissioner's service; one user may hold several."""

    HOLDER = "holder"
    REPRESENTATIVE = "representative"
    NOMINEE = "nominee"
    ADVOCATE = "advocate"
    BROKER = "broker"
    THIRD_PARTY = "third_party"
    CARE_COORDINATOR = "care_coordinator"
    CLINICIAN = "clinician"
    FINANCE_OFFICER = "finance_officer"
    APPROVER = "approver"
    PAYMENTS_RELEASER = "payments_releaser"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


class Permission(StrEnum):
    """One thing an actor may do; governance/permissions.py says which roles hold it."""

    ADMINISTRATION_READ = "administration.read"
    ASSESSMENT_WRITE = "assessment.write"
    AUDIT_READ = "audit.read"
    BUDGET_AGREE = "budget.agree"
    BUDGET_PREPARE = "budget.prepare"
    BUDGET_READ = "budget.read"
    BUDGET_REFUSE = "budget.refuse"
    BUDGET_SIGN_OFF_CLINICALLY = "budget.sign_off_clinically"
    BUDGET_SIGN_OFF_FINANCE = "budget.sign_off_finance"
    CHARACTERISTICS_READ = "characteristics.read"
    CHARACTERISTICS_WRITE = "characteristics.write"
    COMMITMENT_EXPIRE = "commitment.expire"
    COMMITMENT_WRITE = "commitment.write"
    FUNDERS_ASK = "funders.ask"
    FUNDERS_TRUE_UP = "funders.true_up"
    INDICATORS_READ = "indicators.read"
    INDICATORS_COUNT = "indicators.count"
    INVOICE_ACCEPT = "invoice.accept"
    JOBS_READ = "jobs.read"
    LEDGER_READ = "ledger.read"
    LOOKS_WITHHOLD = "looks.withhold"
    MODEL_WRITE = "model.write"
    ORGANISATION_WRITE = "organisation.write"
    PAYEE_CONFIRM = "payee.confirm"
    PAYEE_WRITE = "payee.write"
    PEOPLE_READ = "people.read"
    PEOPLE_WRITE = "people.write"
    PERIOD_CLOSE = "period.close"
    PERIOD_REOPEN = "period.reopen"
    POLICY_CONFIRM = "policy.confirm"
    POLICY_PROPOSE = "policy.propose"
    PROGRAMME_BUDGET_SET = "programme_budget.set"
    REFERENCE_WRITE = "reference.write"
    RUN_APPROVE = "run.approve"
    RUN_ASSEMBLE = "run.assemble"
    RUN_ASSEMBLE_DUE = "run.assemble_due"
    RUN_RELEASE = "run.release"
    RUN_SETTLE = "run.settle"
    RUN_SETTLE_DUE = "run.settle_due"
    SPEND_DECIDE = "spend.decide"
    SPEND_RECORD = "spend.record"
    STATEMENT_READ = "statement.read"
    USER_WRITE = "user.write"


class MissingPermissionError(PermissionDeniedError):
    """The actor's roles do not include what the operation needs."""

    code = "missing-permission"


@dataclass(frozen=True)
class Actor:
    """One signed-in user at one commissioner, and what they may do there.

    `person_id` is the person the user is, where they are one of the service's people;
    `organisation_id` the organisation they act for. `sees` is the days the roles are held for:
    what is dated outside it stays hidden; None for no limit.
    """

    user_id: UUID
    commissioner_id: UUID
    roles: frozenset[Role]
    permissions: frozenset[Permission]
    organisation_id: UUID | None = None
    person_id: UUID | None = None
    sees: Period | None = None

    def may(self, permission: Permission) -> bool:
        """Say whether the actor holds a permission."""
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Refuse unless the actor holds a permission.

        Raises:
            MissingPermissionError: they do not.
        """
        if not self.may(permission):
            raise MissingPermissionError(
                f"Your role does not let you do this: it needs “{permission}”. "
                "Ask an administrator of your organisation if you should be able to.",
                permission=permission.value,
            )
