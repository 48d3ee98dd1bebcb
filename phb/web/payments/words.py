"""What a run or a payment waits for, and for whom, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from phb.core.actor import Actor
from phb.documents.words import say_day
from phb.payments.kinds import AccountUse
from phb.payments.modulus import ModulusOutcome
from phb.payments.payees.overview import Standing
from phb.payments.runs.models import PaymentRun
from phb.payments.runs.rules import BacsDays
from phb.payments.workflow import PAYMENT_RUN, RunState

WAITS_FOR: Mapping[str, str] = {
    RunState.ASSEMBLED: "Approval by an approver",
    RunState.APPROVED: "Release by a payments releaser",
    RunState.RELEASED: "The file for the bank, by a payments releaser",
    RunState.EXPORTED: "Its entry day, then settling by a finance officer",
    RunState.SETTLED: "Nothing: the payments arrived",
    RunState.WITHDRAWN: "Nothing: its payments wait for another run",
}
YOURS: Mapping[str, str] = {
    "approve": "You can approve it",
    "release": "You can release it",
    "export": "You can write the file",
    "settle": "You can settle it",
}
BARRED: Mapping[str, str] = {
    "approve": "You assembled this run, so somebody else approves it.",
    "release": "You assembled or approved this run, so a third person releases it.",
}
NEEDS_TIME = frozenset({"approve", "release", "export"})
CHECKED: Mapping[str, str] = {
    ModulusOutcome.VALID.value: "The number fits the sort code. That shows that such an account could exist, and not "
    "whose it is.",
    ModulusOutcome.INVALID.value: "The number cannot belong to the sort code.",
    ModulusOutcome.NOT_CHECKABLE.value: "The number could not be checked against the sort code. Compare it with a bank "
    "statement.",
}
STANDING: Mapping[Standing, str] = {
    Standing.IN_USE: "In use",
    Standing.TO_CONFIRM: "Waits for a second person",
    Standing.REPLACED: "Replaced by newer details",
    Standing.NEVER_USED: "Never used: newer details were entered",
}

USE_WORDS: Mapping[AccountUse, str] = {
    AccountUse.DEDICATED: "An account of their own, for this money alone",
    AccountUse.ONE_OFF: "Any account of theirs, for the only payment of a financial year",
    AccountUse.MANAGED: "An account held for them by an organisation",
    AccountUse.ORGANISATION: "The organisation's own account",
}
OF_DETAILS: Mapping[str, Any] = {"standing": STANDING, "checked": CHECKED, "uses": USE_WORDS}
"""What a page of bank details needs to say what it shows."""


@dataclass(frozen=True)
class NextStep:
    """What a run waits for, what the reader may do now, and why they may not do what they would expect to."""

    waits_for: str
    moves: tuple[str, ...]
    why_not: str | None

    @property
    def yours(self) -> str:
        """The reader's part in it, in words; nothing where they have none."""
        return next((YOURS[move] for move in self.moves if move in YOURS), self.why_not or "")


def next_step(actor: Actor, run: PaymentRun, days: BacsDays, on: date) -> NextStep:
    """Return what a run waits for on a day, and the moves that would not be refused."""
    late = days.is_too_late(on)
    allowed = PAYMENT_RUN.allowed(actor, run)
    moves = [move for move in allowed if not (late and move in NEEDS_TIME)]
    if run.entry_on > on:
        moves = [move for move in moves if move != "settle"]
    barred = PAYMENT_RUN.kept_for_others(actor, run)
    return NextStep(WAITS_FOR[run.state], tuple(moves), BARRED[barred[0]] if barred and not late else None)


def what_next(run: PaymentRun, days: BacsDays, on: date) -> list[str]:
    """Return what happens next to a run, in sentences."""
    send_by, arrive = say_day(days.input_by), say_day(run.entry_on)
    if days.is_too_late(on):
        if run.state in {RunState.ASSEMBLED, RunState.APPROVED}:
            return [
                f"The file should have been sent by {send_by}, so the payments cannot arrive on {arrive} any more.",
                "A finance officer withdraws the run and assembles one for a later day.",
            ]
        if run.state == RunState.RELEASED:
            return [
                f"The file should have been sent by {send_by}. No money has moved.",
                "A finance officer records each payment as returned, and asks for it to be sent again.",
            ]
    return {
        RunState.ASSEMBLED: [
            "An approver who did not assemble it looks at the payments and approves the run.",
            "Then a third person releases it. Until then a finance officer can withdraw it.",
            f"The file must be with the bank by {send_by}.",
        ],
        RunState.APPROVED: [
            "A payments releaser who neither assembled nor approved it releases the run.",
            "Every payment is checked again then, and booked. Until then a finance officer can withdraw it.",
            f"The file must be with the bank by {send_by}.",
        ],
        RunState.RELEASED: [
            f"A payments releaser writes the file and sends it to the bank by {send_by}.",
            "The payments are booked. The run cannot be withdrawn any more.",
        ],
        RunState.EXPORTED: [
            f"The file must be with the bank by {send_by}. The bank books the payments on {arrive}.",
            "From that day on a finance officer records that they settled.",
            "A payment that comes back is recorded on its own page.",
        ],
        RunState.SETTLED: [f"Nothing. The payments arrived on {arrive}. If one comes back, record it on its own page."],
        RunState.WITHDRAWN: ["Nothing. Its payments wait for another run."],
    }[RunState(run.state)]
