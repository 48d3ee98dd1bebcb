"""The accounts of the books, the kinds of journal and the layers they are kept in.

Which lines a kind of journal may hold, and which positions they move, is data: the table `event_line`.
"""

from enum import IntEnum, StrEnum

NHS = "nhs"
"""The fund that comes first wherever a penny must go to one of several."""


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
    BUDGET_LOST = "budget_lost"
    BUDGET_MOVED_OUT = "budget_moved_out"
    BUDGET_MOVED_IN = "budget_moved_in"

    COMMITMENT = "commitment"
    RESERVE_FOR_COMMITMENTS = "reserve_for_commitments"

    DISPUTED = "disputed"
    RESERVE_FOR_DISPUTES = "reserve_for_disputes"

    EXPENDITURE = "expenditure"
    PREPAID = "prepaid"
    CREDITOR = "creditor"
    DUE_FROM_PROVIDER = "due_from_provider"
    SPENT_NOT_YET_PAID = "spent_not_yet_paid"

    BANK = "bank"
    IN_TRANSIT = "in_transit"
    CAME_BACK = "came_back"

    FUNDS_HELD = "funds_held"
    SET_ASIDE_CONTINGENCY = "set_aside_contingency"
    SET_ASIDE_HOLIDAY = "set_aside_holiday"
    SET_ASIDE_REDUNDANCY = "set_aside_redundancy"
    SET_ASIDE_SAVING = "set_aside_saving"
    BEING_ASKED_ABOUT = "being_asked_about"

    RECOVERABLE = "recoverable"
    UNUSED_ASKED_BACK = "unused_asked_back"
    LOSSES = "losses"
    LEFT_WITH_HOLDER = "left_with_holder"

    FUNDING = "funding"
    DUE_FROM_FUNDER = "due_from_funder"
    DUE_TO_FUNDER = "due_to_funder"
    DUE_FROM_FUND = "due_from_fund"
    DUE_TO_FUND = "due_to_fund"
    CONTRIBUTION = "contribution"
    CONTRIBUTION_DUE = "contribution_due"

    BALANCES_MOVED_OUT = "balances_moved_out"
    BALANCES_MOVED_IN = "balances_moved_in"
    DUE_FROM_COMMISSIONER = "due_from_commissioner"
    DUE_TO_COMMISSIONER = "due_to_commissioner"


_OF_LAYER = {
    Layer.COMMITMENT: {Account.COMMITMENT, Account.RESERVE_FOR_COMMITMENTS},
    Layer.BUDGET: {
        Account.ENVELOPE,
        Account.FUNDING_APPROVED,
        Account.ALLOCATION,
        Account.CONTRIBUTION_EXPECTED,
        Account.BUDGET_LOST,
        Account.BUDGET_MOVED_OUT,
        Account.BUDGET_MOVED_IN,
    },
    Layer.DISPUTED: {Account.DISPUTED, Account.RESERVE_FOR_DISPUTES},
}

LAYERS = dict.fromkeys(Account, Layer.ACTUAL) | {
    account: layer for layer, accounts in _OF_LAYER.items() for account in accounts
}


class SetAside(StrEnum):
    """What money in a holder's account is kept for; each has an account of its own."""

    CONTINGENCY = "contingency"
    HOLIDAY = "holiday"
    REDUNDANCY = "redundancy"
    SAVING = "saving"

    @property
    def account(self) -> Account:
        """Where it is kept."""
        return Account(f"set_aside_{self}")


class JournalKind(StrEnum):
    """One event that the books know."""

    PROGRAMME_BUDGET_SET = "programme_budget_set"
    BUDGET_AGREED = "budget_agreed"
    BUDGET_RAISED = "budget_raised"
    BUDGET_LOWERED = "budget_lowered"
    SURPLUS_OFFSET = "surplus_offset"
    MONEY_MOVED = "money_moved"
    DECISION_DISPUTED = "decision_disputed"
    DISPUTE_DECIDED = "dispute_decided"

    COMMITMENT_RAISED = "commitment_raised"
    COMMITMENT_RELEASED = "commitment_released"
    COMMITMENT_EXPIRED = "commitment_expired"

    INVOICE_ACCEPTED = "invoice_accepted"
    CREDIT_NOTE_ACCEPTED = "credit_note_accepted"
    PROVIDER_REFUNDED = "provider_refunded"
    PREPAYMENT_SET_APART = "prepayment_set_apart"
    PREPAYMENT_USED = "prepayment_used"

    PAYMENT_RELEASED = "payment_released"
    PAYMENT_SETTLED = "payment_settled"
    PAYMENT_RETURNED = "payment_returned"
    PAYMENT_RETURNED_AFTER_SETTLEMENT = "payment_returned_after_settlement"
    PAYMENT_REISSUED = "payment_reissued"
    PAYMENT_GIVEN_UP = "payment_given_up"

    PAID_FROM_FUNDS = "paid_from_funds"
    CARE_ACCRUED = "care_accrued"
    ACCRUAL_PAID = "accrual_paid"
    MONEY_LEFT_ACCOUNT = "money_left_account"
    ACCEPTED_AFTER_ALL = "accepted_after_all"
    PUT_BACK = "put_back"
    FUNDS_SET_ASIDE = "funds_set_aside"
    FUNDS_LET_GO = "funds_let_go"

    SPEND_ASKED_BACK = "spend_asked_back"
    QUESTIONED_ASKED_BACK = "questioned_asked_back"
    SPEND_NOTICE_LOWERED = "spend_notice_lowered"
    REPAID_TO_ENVELOPE = "repaid_to_envelope"
    REPAID_TO_BUDGET = "repaid_to_budget"
    SPEND_WRITTEN_OFF = "spend_written_off"
    UNUSED_ASKED_BACK = "unused_asked_back"
    UNUSED_NOTICE_LOWERED = "unused_notice_lowered"
    UNUSED_REPAID = "unused_repaid"
    UNUSED_WRITTEN_OFF = "unused_written_off"
    RETURNED_UNASKED = "returned_unasked"
    SMALL_SUM_LEFT = "small_sum_left"

    FUNDER_SHARE_DUE = "funder_share_due"
    FUNDER_SHARE_RECEIVED = "funder_share_received"
    FUNDER_RETURN_DUE = "funder_return_due"
    FUNDER_RETURN_PAID = "funder_return_paid"
    CONTRIBUTION_DUE = "contribution_due"
    CONTRIBUTION_PAID_IN = "contribution_paid_in"
    CONTRIBUTION_PAID_TO_US = "contribution_paid_to_us"
    CONTRIBUTION_MISSED = "contribution_missed"
    FUNDS_TRUED_UP = "funds_trued_up"

    HANDED_OVER_CARRIED = "handed_over_carried"
    NOT_HANDED_OVER_CARRIED = "not_handed_over_carried"
    YEAR_END_LAPSED = "year_end_lapsed"
    COMMITMENT_CARRIED = "commitment_carried"

    BALANCE_MOVED_OUT = "balance_moved_out"
    BALANCE_MOVED_IN = "balance_moved_in"
    SHARED_INVOICE_ACCEPTED = "shared_invoice_accepted"
    SHARE_OF_INVOICE_ACCEPTED = "share_of_invoice_accepted"
    RECEIVED_FROM_COMMISSIONER = "received_from_commissioner"
    PAID_TO_COMMISSIONER = "paid_to_commissioner"
