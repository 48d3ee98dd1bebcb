"""The closed lists of this package: evidence, states of a record and an invoice, and why something is asked about."""

from enum import StrEnum


class Evidence(StrEnum):
    """Whether a receipt or an invoice shows what was bought."""

    SEEN = "seen"
    AWAITED = "awaited"
    NOT_NEEDED = "not_needed"


class SpendState(StrEnum):
    """Where a record of spend stands."""

    ACCEPTED = "accepted"  # spent, from the moment it was recorded
    ASKED_ABOUT = "asked_about"
    ACCEPTED_AFTER_ALL = "accepted_after_all"
    PUT_BACK = "put_back"
    CORRECTED = "corrected"  # taken back as a mistake; another record may stand in its place


SPENT = frozenset({SpendState.ACCEPTED, SpendState.ACCEPTED_AFTER_ALL})


class ShareKind(StrEnum):
    """What a funder's share of a record is of: money being asked about, or money spent."""

    ASKED_ABOUT = "asked_about"
    SPENT = "spent"


class ReasonCode(StrEnum):
    """Why money that left an account is asked about; the same code in the API, the pages and letters."""

    BARRED_CATEGORY = "barred-category"
    REFERRED_CATEGORY = "referred-category"
    NOT_IN_PLAN = "not-in-plan"
    OTHER_CATEGORY = "category-not-the-lines"
    OUTSIDE_DATES = "outside-line-dates"
    TOO_LITTLE_LEFT = "too-little-left"


class InvoiceState(StrEnum):
    """Where a provider's invoice stands."""

    ACCEPTED = "accepted"
    LOWERED = "lowered"  # taken back; the credit note's own document stands in its place


SPEND_SOURCE = "spend"
INVOICE_SOURCE = "provider_invoice"
