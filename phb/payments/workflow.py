"""The states of an instruction and of a payment run, and who may move them."""

from enum import StrEnum

from phb.core.actor import Permission
from phb.governance.workflow import Transition, Workflow


class InstructionState(StrEnum):
    """Where one payment stands; what came back keeps its own way, so that it is released as a reissue."""

    REQUESTED = "requested"
    IN_RUN = "in_run"
    RELEASED = "released"
    SETTLED = "settled"
    CAME_BACK = "came_back"
    REISSUE_REQUESTED = "reissue_requested"
    REISSUE_IN_RUN = "reissue_in_run"
    GIVEN_UP = "given_up"
    CANCELLED = "cancelled"


class RunState(StrEnum):
    """Where a payment run stands."""

    ASSEMBLED = "assembled"
    APPROVED = "approved"
    RELEASED = "released"
    EXPORTED = "exported"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


S, R = InstructionState, RunState

UNSENT = (S.REQUESTED,)
ENDED = (S.CANCELLED, S.GIVEN_UP)
WAITING = (S.REQUESTED, S.REISSUE_REQUESTED)

INSTRUCTION = Workflow(
    "instruction",
    Transition("include", S.REQUESTED, S.IN_RUN, Permission.RUN_ASSEMBLE_DUE, "included"),
    Transition("include", S.REISSUE_REQUESTED, S.REISSUE_IN_RUN, Permission.RUN_ASSEMBLE_DUE, "included"),
    Transition("take_out", S.IN_RUN, S.REQUESTED, Permission.RUN_ASSEMBLE, "taken_out"),
    Transition("take_out", S.REISSUE_IN_RUN, S.REISSUE_REQUESTED, Permission.RUN_ASSEMBLE, "taken_out"),
    Transition("cancel", S.REQUESTED, S.CANCELLED, Permission.RUN_ASSEMBLE, "cancelled", needs_reason=True),
    Transition("release", S.IN_RUN, S.RELEASED, Permission.RUN_RELEASE, "released"),
    Transition("release", S.REISSUE_IN_RUN, S.RELEASED, Permission.RUN_RELEASE, "reissued"),
    Transition("settle", S.RELEASED, S.SETTLED, Permission.RUN_SETTLE_DUE, "settled"),
    Transition("return", S.RELEASED, S.CAME_BACK, Permission.RUN_SETTLE, "returned", needs_reason=True),
    Transition("return", S.SETTLED, S.CAME_BACK, Permission.RUN_SETTLE, "returned_after_settlement", needs_reason=True),
    Transition(
        "reissue", S.CAME_BACK, S.REISSUE_REQUESTED, Permission.RUN_ASSEMBLE, "reissue_requested", needs_reason=True
    ),
    Transition("give_up", S.CAME_BACK, S.GIVEN_UP, Permission.RUN_APPROVE, "given_up", needs_reason=True),
    Transition("give_up", S.REISSUE_REQUESTED, S.GIVEN_UP, Permission.RUN_APPROVE, "given_up", needs_reason=True),
)

PAYMENT_RUN = Workflow(
    "payment_run",
    Transition(
        "approve",
        R.ASSEMBLED,
        R.APPROVED,
        Permission.RUN_APPROVE,
        "approved",
        not_by=("assembled_by",),
        stamps="approved_by",
    ),
    Transition("withdraw", R.ASSEMBLED, R.WITHDRAWN, Permission.RUN_ASSEMBLE, "withdrawn", needs_reason=True),
    Transition("withdraw", R.APPROVED, R.WITHDRAWN, Permission.RUN_ASSEMBLE, "withdrawn", needs_reason=True),
    Transition(
        "release",
        R.APPROVED,
        R.RELEASED,
        Permission.RUN_RELEASE,
        "released",
        not_by=("assembled_by", "approved_by"),
        stamps="released_by",
    ),
    Transition("export", R.RELEASED, R.EXPORTED, Permission.RUN_RELEASE, "exported", stamps="exported_by"),
    Transition("settle", R.EXPORTED, R.SETTLED, Permission.RUN_SETTLE_DUE, "settled"),
)
