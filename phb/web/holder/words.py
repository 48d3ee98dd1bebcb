"""What states, steps, reasons and amounts are called where somebody reads about their own budget."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.budgets.workflow import BudgetState
from phb.budget.kinds import ManagementType
from phb.payments.checks.rules import Code
from phb.people.kinds import Basis, RelationKind, Scope
from phb.spending.kinds import Evidence, SpendState


@dataclass(frozen=True)
class State:
    """What a state is called, the colour of its tag, and what it means."""

    text: str
    colour: str
    means: str

    @property
    def tag(self) -> dict[str, str]:
        """What the NHS.UK tag needs."""
        return {"text": self.text, "colour": self.colour}


BUDGETS: Mapping[str, State] = {
    BudgetState.DRAFT: State("Being prepared", "grey", "The plan is still being written. Nothing is decided yet."),
    BudgetState.SUBMITTED: State(
        "Being checked", "blue", "A clinician is checking that the plan meets the needs it is for."
    ),
    BudgetState.SIGNED_OFF_CLINICALLY: State(
        "Being checked", "blue", "A clinician has signed off the plan. The finance team is checking the money."
    ),
    BudgetState.SIGNED_OFF_FINANCE: State(
        "Waiting for agreement", "yellow", "The plan and the money are signed off. It starts only if it is agreed."
    ),
    BudgetState.AGREED: State("Agreed", "green", "It is agreed. The finance team will start it."),
    BudgetState.ACTIVE: State("Active", "green", "The budget is running."),
    BudgetState.REFUSED: State("Refused", "red", "The budget was refused."),
}

ENDED = State("Ended", "grey", "The budget has ended.")

SPEND: Mapping[str, State] = {
    SpendState.ACCEPTED: State("Counts as spent", "green", "This counts as spent."),
    SpendState.ASKED_ABOUT: State("Being asked about", "yellow", "We are asking about this. It does not count yet."),
    SpendState.ACCEPTED_AFTER_ALL: State("Counts as spent", "green", "We asked about this, and it was accepted."),
    SpendState.PUT_BACK: State("Put back", "grey", "The money was put back into the account."),
    SpendState.CORRECTED: State("Taken back", "grey", "This record was a mistake and was taken back."),
}

EVIDENCE: Mapping[str, State] = {
    Evidence.SEEN: State("Receipt here", "green", "There is a receipt or an invoice for this."),
    Evidence.AWAITED: State("Receipt needed", "yellow", "Please add a receipt."),
    Evidence.NOT_NEEDED: State("No receipt needed", "grey", "The amount is small, so you need not send a receipt."),
}

STEPS: Mapping[str, str] = {
    "submit": "Sent to be signed off",
    "sign_off_clinically": "A clinician signed off the plan",
    "sign_off_finance": "The finance team signed off the money",
    "agree": "Agreed by the person, or who represents them",
    "activate": "The budget started",
    "apply": "The change started",
    "return": "Sent back to be changed",
    "refuse": "Refused",
}

DECISIONS: Mapping[str, str] = {
    "change_proposed": "A change to the plan was proposed",
    "hold": "Payments were put on hold",
    "stop": "Payments were stopped",
    "lifted": "The hold on payments was lifted",
    "asked_about": "We asked about money that was spent",
    "accepted_after_all": "What we asked about was accepted",
    "put_back": "Money we asked about was put back",
    "corrected": "A record of spending was taken back",
}

AGAINST: Mapping[str, str] = {
    Code.NO_CONSENT: "No consent to a direct payment is in force.",
    Code.EXCLUDED: "The law does not allow a direct payment at the moment.",
    Code.PAYEE_NOT_VALID: "Whoever the money is paid to does not act for the person, or does not trade, on that day.",
    Code.PAYEE_EXCLUDED: "The law does not let whoever the money is paid to look after a direct payment.",
    Code.DETAILS_NOT_CONFIRMED: "The bank details are missing, or are still being checked.",
    Code.DETAILS_CHANGED: "The bank details have changed and are being checked.",
    Code.PLAN_NOT_AGREED: "The plan is not agreed yet.",
    Code.PLAN_NOT_IN_DATE: "The payment is for days that the plan does not have.",
    Code.ACCOUNT_NOT_APPROVED: "The bank account has not been approved for this money yet.",
    Code.NOT_THE_ONLY_PAYMENT: "The bank account may take only one payment a year, and more are planned.",
    Code.SERVICE_NOT_COVERED: "A service in the plan costs more than is set aside for it.",
    Code.MORE_THAN_STILL_TO_PAY: "The payment is more than is still to be paid out.",
    Code.ON_HOLD: "Payments are on hold.",
    Code.STOPPED: "Payments are stopped.",
}

SCOPES: Mapping[str, str] = {
    Scope.RECORD: "contact details and who else acts",
    Scope.BUDGET: "the budget and its plan",
    Scope.STATEMENTS: "statements",
    Scope.SPEND: "spending",
    Scope.DECISIONS: "decisions",
}

RELATIONS: Mapping[str, str] = {
    RelationKind.REPRESENTATIVE: "Representative: decides in the person's place",
    RelationKind.NOMINEE: "Nominee: receives and looks after the money",
    RelationKind.ADVOCATE: "Advocate: helps the person be heard",
    RelationKind.BROKER: "Broker: helps to plan and to record spending",
    RelationKind.THIRD_PARTY: "Third party: holds the money and pays for the care",
    RelationKind.CARE_COORDINATOR: "Care co-ordinator: the first person to ask",
}

BASES: Mapping[str, str] = {
    Basis.PARENTAL_RESPONSIBILITY: "Has parental responsibility",
    Basis.DEPUTYSHIP: "Appointed by the Court of Protection",
    Basis.LASTING_POWER_PROPERTY: "Has a lasting power of attorney for property and money",
    Basis.LASTING_POWER_WELFARE: "Has a lasting power of attorney for health and welfare",
    Basis.ENDURING_POWER: "Has an enduring power of attorney",
    Basis.APPOINTED: "Appointed by the NHS",
    Basis.NOMINATED: "Chosen to receive the money",
    Basis.CHOSEN: "Chosen to help",
    Basis.STATUTORY: "Appointed because the law says there must be one",
    Basis.AGREEMENT: "By agreement",
    Basis.ASSIGNED: "Assigned by the NHS",
}

HELD: Mapping[str, str] = {
    ManagementType.NOTIONAL: "Held by the NHS, which pays for the care",
    ManagementType.THIRD_PARTY: "Held by an organisation that pays for the care",
    ManagementType.DIRECT_PAYMENT: "Paid into an account as a direct payment",
}


def state_of(budget: PersonalHealthBudget, today: date) -> State:
    """Return where a budget stands on a day: one that has ended is active in the books alone."""
    has_ended = budget.state == BudgetState.ACTIVE and budget.end_on <= today
    return ENDED if has_ended else BUDGETS[budget.state]
