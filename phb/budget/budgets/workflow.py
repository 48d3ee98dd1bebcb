"""How a budget comes to be agreed, and how a change to an active one does: two tables of the same steps."""

from enum import StrEnum

from phb.core.actor import Permission
from phb.governance.workflow import Transition, Workflow


class BudgetState(StrEnum):
    """Where the agreeing of a budget stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    SIGNED_OFF_CLINICALLY = "signed_off_clinically"
    SIGNED_OFF_FINANCE = "signed_off_finance"
    AGREED = "agreed"
    ACTIVE = "active"
    REFUSED = "refused"


class RevisionState(StrEnum):
    """Where the agreeing of a change stands; the steps are those of a budget."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    SIGNED_OFF_CLINICALLY = "signed_off_clinically"
    SIGNED_OFF_FINANCE = "signed_off_finance"
    AGREED = "agreed"
    APPLIED = "applied"
    REFUSED = "refused"


S = BudgetState
PROPOSERS = ("prepared_by", "submitted_by")
SIGNERS = ("signed_off_clinically_by", "signed_off_finance_by")


def _clinically() -> Transition:
    return Transition(
        "sign_off_clinically",
        S.SUBMITTED,
        S.SIGNED_OFF_CLINICALLY,
        Permission.BUDGET_SIGN_OFF_CLINICALLY,
        "signed_off_clinically",
        not_by=PROPOSERS,
        stamps="signed_off_clinically_by",
    )


def _finance() -> Transition:
    return Transition(
        "sign_off_finance",
        S.SIGNED_OFF_CLINICALLY,
        S.SIGNED_OFF_FINANCE,
        Permission.BUDGET_SIGN_OFF_FINANCE,
        "signed_off_finance",
        not_by=PROPOSERS,
        stamps="signed_off_finance_by",
    )


def _agree(source: BudgetState) -> Transition:
    return Transition(
        "agree", source, S.AGREED, Permission.BUDGET_AGREE, "agreed", not_by=(*PROPOSERS, *SIGNERS), stamps="agreed_by"
    )


def _return(source: BudgetState, permission: Permission) -> Transition:
    return Transition("return", source, S.DRAFT, permission, "returned", needs_reason=True)


def _refuse(source: BudgetState) -> Transition:
    return Transition(
        "refuse", source, S.REFUSED, Permission.BUDGET_REFUSE, "refused", not_by=PROPOSERS, needs_reason=True
    )


STEPS = (
    Transition("submit", S.DRAFT, S.SUBMITTED, Permission.BUDGET_PREPARE, "submitted", stamps="submitted_by"),
    _clinically(),
    _return(S.SUBMITTED, Permission.BUDGET_SIGN_OFF_CLINICALLY),
    _refuse(S.SUBMITTED),
    _finance(),
    _return(S.SIGNED_OFF_CLINICALLY, Permission.BUDGET_SIGN_OFF_FINANCE),
    _refuse(S.SIGNED_OFF_CLINICALLY),
    _agree(S.SIGNED_OFF_FINANCE),
    _return(S.SIGNED_OFF_FINANCE, Permission.BUDGET_AGREE),
)

BUDGET = Workflow(
    "budget",
    *STEPS,
    Transition(
        "activate",
        S.AGREED,
        S.ACTIVE,
        Permission.BUDGET_SIGN_OFF_FINANCE,
        "activated",
        not_by=PROPOSERS,
        stamps="activated_by",
    ),
    _return(S.AGREED, Permission.BUDGET_SIGN_OFF_FINANCE),
)

# A change that raises nothing needs no approval of its value, so it may be agreed after the clinical step.
REVISION = Workflow(
    "revision",
    *STEPS,
    _agree(S.SIGNED_OFF_CLINICALLY),
    _return(S.AGREED, Permission.BUDGET_SIGN_OFF_FINANCE),
    Transition(
        "apply",
        S.AGREED,
        RevisionState.APPLIED,
        Permission.BUDGET_SIGN_OFF_FINANCE,
        "applied",
        not_by=PROPOSERS,
        stamps="applied_by",
    ),
)
