"""The accounts of the books, the kinds of journal and the layers they are kept in.

Which lines a kind of journal may hold, and which positions they move, is data: the table `event_line`.
"""

from enum import IntEnum, StrEnum


class Layer(IntEnum):
    """One of the sets of books that each balance by themselves."""

    ACTUAL = 0
    COMMITMENT = 1
    BUDGET = 2
    DISPUTED = 3


class Account(StrEnum):
    """A kind of account; the line's dimensions say whose."""

    ENVELOPE = "envelope"
    FUNDING_APPROVED = "funding_approved"
    ALLOCATION = "allocation"
    CONTRIBUTION_EXPECTED = "contribution_expected"
    COMMITMENT = "commitment"
    RESERVE_FOR_COMMITMENTS = "reserve_for_commitments"
    EXPENDITURE = "expenditure"
    CREDITOR = "creditor"
    BANK = "bank"
    IN_TRANSIT = "in_transit"
    CAME_BACK = "came_back"
    FUNDS_HELD = "funds_held"
    BEING_ASKED_ABOUT = "being_asked_about"


LAYERS = {
    Account.ENVELOPE: Layer.BUDGET,
    Account.FUNDING_APPROVED: Layer.BUDGET,
    Account.ALLOCATION: Layer.BUDGET,
    Account.CONTRIBUTION_EXPECTED: Layer.BUDGET,
    Account.COMMITMENT: Layer.COMMITMENT,
    Account.RESERVE_FOR_COMMITMENTS: Layer.COMMITMENT,
    Account.EXPENDITURE: Layer.ACTUAL,
    Account.CREDITOR: Layer.ACTUAL,
    Account.BANK: Layer.ACTUAL,
    Account.IN_TRANSIT: Layer.ACTUAL,
    Account.CAME_BACK: Layer.ACTUAL,
    Account.FUNDS_HELD: Layer.ACTUAL,
    Account.BEING_ASKED_ABOUT: Layer.ACTUAL,
}


class JournalKind(StrEnum):
    """One event that the books know."""

    PROGRAMME_BUDGET_SET = "programme_budget_set"
    BUDGET_AGREED = "budget_agreed"
    BUDGET_RAISED = "budget_raised"
    BUDGET_LOWERED = "budget_lowered"
    COMMITMENT_RAISED = "commitment_raised"
    COMMITMENT_RELEASED = "commitment_released"
    COMMITMENT_EXPIRED = "commitment_expired"
    INVOICE_ACCEPTED = "invoice_accepted"
    PAYMENT_RELEASED = "payment_released"
    PAYMENT_SETTLED = "payment_settled"
    PAYMENT_RETURNED = "payment_returned"
    PAYMENT_RETURNED_AFTER_SETTLEMENT = "payment_returned_after_settlement"
    PAYMENT_REISSUED = "payment_reissued"
    PAYMENT_GIVEN_UP = "payment_given_up"
    PAID_FROM_FUNDS = "paid_from_funds"
    MONEY_LEFT_ACCOUNT = "money_left_account"
    ACCEPTED_AFTER_ALL = "accepted_after_all"
    PUT_BACK = "put_back"
