"""What may happen to a record of spend, and who may do it.

A question is decided by somebody else than who recorded the spend. Whoever may record spend may take back what was
accepted at once; what was asked about, or decided, is taken back by who decides, so that a question cannot be dodged.
"""

from phb.core.actor import Permission
from phb.governance.workflow import Transition, Workflow
from phb.spending.kinds import SpendState

S = SpendState


def _correct(source: SpendState, permission: Permission) -> Transition:
    return Transition(
        "correct",
        source,
        S.CORRECTED,
        permission,
        "corrected",
        not_by=("recorded_by",) if permission is Permission.SPEND_DECIDE else (),
        stamps="corrected_by",
        needs_reason=True,
    )


SPEND = Workflow(
    "spend",
    Transition(
        "accept",
        S.ASKED_ABOUT,
        S.ACCEPTED_AFTER_ALL,
        Permission.SPEND_DECIDE,
        "accepted_after_all",
        not_by=("recorded_by",),
        stamps="decided_by",
        needs_reason=True,
    ),
    Transition(
        "put_back",
        S.ASKED_ABOUT,
        S.PUT_BACK,
        Permission.SPEND_RECORD,
        "put_back",
        stamps="decided_by",
        needs_reason=True,
    ),
    _correct(S.ACCEPTED, Permission.SPEND_RECORD),
    _correct(S.ASKED_ABOUT, Permission.SPEND_DECIDE),
    _correct(S.ACCEPTED_AFTER_ALL, Permission.SPEND_DECIDE),
    _correct(S.PUT_BACK, Permission.SPEND_DECIDE),
)
