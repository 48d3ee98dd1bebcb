"""What the database's refusals mean, as the errors that people read."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import psycopg
from sqlalchemy.exc import DBAPIError

from phb.core.errors import ConflictError, DomainError, NotFoundError, RuleViolationError
from phb.core.money import format_pounds, from_pence
from phb.core.period import add_months, month_in_words


class TooLittleLeftError(RuleViolationError):
    """A plan line has less left than is asked of it."""

    code = "too-little-left"


class NotPayableError(RuleViolationError):
    """A pot would be paid out more than it may be."""

    code = "not-payable"


class CommitmentUsedUpError(RuleViolationError):
    """An order, agreement or rota has less open than would be used or let go."""

    code = "commitment-used-up"


class CommitmentExpiredError(RuleViolationError):
    """An order, agreement or rota is used after its last day."""

    code = "commitment-expired"


class MoreThanOwedError(RuleViolationError):
    """More is repaid, lowered or written off than is owed back on a plan line."""

    code = "more-than-owed"


class HandedOverError(RuleViolationError):
    """A provider's invoice to the commissioner names money that somebody else holds."""

    code = "handed-over"


class KeyReusedError(ConflictError):
    """A key that posted one entry came with another."""

    code = "key-reused"
    stops_duplicate = True


class ReversedAlreadyError(ConflictError):
    """A journal was reversed before."""

    code = "reversed-already"
    stops_duplicate = True


class SamePersonError(RuleViolationError):
    """Who prepared an entry may not approve it."""

    code = "same-person"


class UnsoundEntryError(RuleViolationError):
    """The books refused an entry that does not follow the event table or does not balance."""

    code = "unsound-entry"


class BusyError(ConflictError):
    """Somebody else works on the same money and did not finish in time."""

    code = "busy"


class TermsNotFoundError(NotFoundError):
    """There are no such terms between this commissioner and another."""

    code = "terms-not-found"


class TermsDifferError(RuleViolationError):
    """The two sides of what lies between two commissioners do not say the same."""

    code = "terms-differ"


class RestoredError(ConflictError):
    """The database was restored from a backup, and the seals were not told."""

    code = "restored"


class MonthClosedError(ConflictError):
    """An entry asks for a month of the books that takes none."""

    code = "month-closed"


class PeriodStepError(ConflictError):
    """A month of the books cannot be closed or opened in this way now."""

    code = "period-step"


class ReasonMissingError(RuleViolationError):
    """A month is asked to be opened again without a reason that others can read."""

    code = "reason-missing"


class AcceptedAlreadyError(ConflictError):
    """A side accepted terms before."""

    code = "accepted-already"
    stops_duplicate = True


BY_CONSTRAINT: dict[str, tuple[type[DomainError], str]] = {
    "ck_pot_position_paid_once": (
        NotPayableError,
        "The pot would be paid more than was agreed and not yet sent. Look at what is in payment before you pay again.",
    ),
    "ck_pot_position_in_payment": (
        NotPayableError,
        "Less than this is in payment for the pot. Check the payment first.",
    ),
    "ck_pot_position_came_back": (
        NotPayableError,
        "Less than this came back for the pot, or came back and was not sent again. Check the payment's returns first.",
    ),
    "ck_commitment_used_once": (
        CommitmentUsedUpError,
        "The order, agreement or rota has less open than this. Raise it first, or use less.",
    ),
    "ck_plan_line_position_committed": (
        CommitmentUsedUpError,
        "The order, agreement or rota has less open in this year than this. Raise it first, or use less.",
    ),
    "ck_plan_line_position_owed": (
        MoreThanOwedError,
        "Less than this is owed back on the plan line. Look at what was asked back, and what was repaid since.",
    ),
    "pk_between_acceptance": (
        AcceptedAlreadyError,
        "These terms were accepted for your side before. Nothing more is to be done until the other side accepts them.",
    ),
    "ck_period_step_reason": (
        ReasonMissingError,
        "Say why the month must be opened again, in 10 to 500 characters. The second person and the auditors read it.",
    ),
    "uq_journal_reverses_id": (
        ReversedAlreadyError,
        "This journal was reversed before, and a journal is reversed once. Post a new entry instead.",
    ),
    "ck_journal_line_count": (UnsoundEntryError, "The entry has no lines, and nothing was posted."),
    "ck_journal_line_not_nil": (UnsoundEntryError, "A line of the entry is nil, and nothing was posted."),
    "ck_journal_second_person": (
        SamePersonError,
        "Who prepared this may not approve it. Ask a colleague with the right to approve.",
    ),
}

BUSY = (BusyError, "Somebody else is working on the same money. Nothing was posted; try again in a moment.")

BY_STATE: dict[str, tuple[type[DomainError], str]] = {
    "PH001": (UnsoundEntryError, "The books do not know such an entry, and nothing was posted."),
    "PH002": (UnsoundEntryError, "The entry does not balance for each funder and layer, and nothing was posted."),
    "PH003": (UnsoundEntryError, "A reversal must mirror the journal it reverses, and nothing was posted."),
    "PH004": (
        UnsoundEntryError,
        "A plan line, pot or commitment of this entry is not open for its year, and nothing was posted.",
    ),
    "PH005": (
        CommitmentExpiredError,
        "The order, agreement or rota ended before this day. Raise a new one, or book it without.",
    ),
    "PH009": (
        NotPayableError,
        "This money is a notional budget: the commissioner holds it and pays providers' invoices, not the pot.",
    ),
    "PH010": (
        HandedOverError,
        "This money was handed over, so it pays for care from its own account. Book the payment from there.",
    ),
    "PH011": (
        TermsNotFoundError,
        "There are no such terms between you and another commissioner. Check which ones you were sent.",
    ),
    "PH012": (
        TermsDifferError,
        "Both sides must say the same, and do not. Nothing was posted on either side. Compare figures with them first.",
    ),
    "PH013": (
        MonthClosedError,
        "This month takes no more entries; nothing was posted. Let the first open month report it, or have it opened.",
    ),
    "PH014": (
        RestoredError,
        "This database was restored from a backup. Run `phb ledger begin-epoch` once, and then seal again.",
    ),
    "PH008": (
        KeyReusedError,
        "This key was used for another entry. Send the first one again unchanged, or use a new key.",
    ),
    "55P03": BUSY,  # lock not available
    "40P01": BUSY,  # deadlock
    "40001": BUSY,  # serialisation failure
}


STEPS_REFUSED = {
    "not_next_to_close": "Months close in their order. Close {next_to_close} next.",
    "not_over": "{month} is not over. Close it from the first day of the month after.",
    "open": "{month} is open. Close it before you close it for good; there is nothing to open again.",
    "closed_for_good": "{month} is closed for good already. Nothing more is to be done.",
    "not_next_for_good": "Months close for good in their order. Close {next_for_good} for good next.",
    "later_months_first": "{closed_through} is closed too, and is opened first. Ask for that one.",
    "nobody_asked": "Nobody has asked to open {month}, or another month was closed since. "
    "Ask a colleague in finance to ask for it with a reason.",
    "second_person": "You asked to open {month}. Ask a colleague who may open months to look at it and open it.",
}


@contextmanager
def explained() -> Iterator[None]:
    """Turn what the database refuses inside the block into the error that explains it; let the rest through."""
    try:
        yield
    except DBAPIError as error:
        if isinstance(error.orig, psycopg.Error):
            refusal = _refusal(error.orig)
            if refusal is not None:
                raise refusal from error
        raise


def _refusal(error: psycopg.Error) -> DomainError | None:
    if error.sqlstate == "PH006":
        return _too_little_left(json.loads(error.diag.message_detail or "{}"))
    if error.sqlstate == "PH015":
        return _step_refused(json.loads(error.diag.message_detail or "{}"))
    known = BY_CONSTRAINT.get(error.diag.constraint_name or "") or BY_STATE.get(error.sqlstate or "")
    if known is None:
        return None
    kind, sentence = known
    return kind(sentence, reason=error.diag.message_primary)


def _too_little_left(facts: dict[str, int]) -> TooLittleLeftError:
    left, asked = from_pence(facts["left_pence"]), from_pence(facts["asked_pence"])
    return TooLittleLeftError(
        f"This needs {format_pounds(asked)} and the plan line has {format_pounds(left)} left. "
        "Spend less, move money to the line, or ask for a change of the plan.",
        left=left,
        asked=asked,
        plan_line_id=facts["plan_line_id"],
        year=facts["year"],
    )


def _step_refused(facts: dict[str, str | None]) -> PeriodStepError:
    days = {name: date.fromisoformat(day) for name, day in facts.items() if name != "fault" and day}
    named = {name: month_in_words(day) for name, day in days.items()}
    for name, after in (("next_to_close", "closed_through"), ("next_for_good", "final_through")):
        if after in days:
            named[name] = month_in_words(add_months(days[after], 1))
    return PeriodStepError(STEPS_REFUSED[str(facts["fault"])].format(**named), month=str(facts["month"]))
