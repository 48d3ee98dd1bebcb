"""What a record of spend does to the books: paid, left the account, accepted after all, put back, taken back."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import insert

from phb.core.uow import UnitOfWork
from phb.ledger import events, posting
from phb.ledger.entry import CommitmentPortion, Heading, Portion, Source
from phb.ledger.refusals import TooLittleLeftError
from phb.spending.kinds import SPEND_SOURCE, ShareKind
from phb.spending.promises import take_back
from phb.spending.records import queries
from phb.spending.records.models import SpendRecord, SpendShare
from phb.spending.sharing import YearShare, days_of, portions_from, shares_of


def booked_on(uow: UnitOfWork, row: SpendRecord) -> date:
    """Return the day a record counts on in the books.

    It is the day the money left. What stands for a mistake counts from today, as the reversal of the mistake does:
    until then the books said what the mistake said, and on no day do they say both.
    """
    return row.spent_on if row.replaces_id is None else uow.today


def pay_from_funds(
    uow: UnitOfWork, row: SpendRecord, spent: Sequence[Portion], used: Sequence[CommitmentPortion]
) -> TooLittleLeftError | None:
    """Book spend as paid from the account; return the refusal where the line has too little left."""
    heading = _heading(row, booked_on(uow, row), "Paid from the account")
    entry = events.paid_from_funds(heading, spent, used=used, covers=days_of(row.spent_on, row.period))
    try:
        with uow.session.begin_nested():
            posting.post(uow, entry)
    except TooLittleLeftError as refusal:
        return refusal
    return None


def leave_account(uow: UnitOfWork, row: SpendRecord, asked_about: Sequence[Portion], *, on: date) -> None:
    """Book that money left the account and is being asked about."""
    heading = _heading(row, on, "Money left the account and is being asked about")
    posting.post(uow, events.money_left_account(heading, asked_about))


def accept(uow: UnitOfWork, row: SpendRecord, spent: Sequence[Portion], used: Sequence[CommitmentPortion]) -> None:
    """Book money that is asked about as spent on a line, whose funders it is first put to where they are others.

    Raises:
        TooLittleLeftError: the line has less left.
    """
    asked = queries.shares(uow.session, row.id, ShareKind.ASKED_ABOUT)
    if shares_of(spent) != asked:
        take_back(uow, row.id, narration="Put to the funders of another plan line")
        leave_account(uow, row, spent, on=uow.today)
    heading = Heading(
        uow.today,
        "Accepted after all",
        Source(SPEND_SOURCE, row.id),
        prepared_by=row.recorded_by,
        approved_by=uow.actor.user_id,
    )
    posting.post(uow, events.accepted_after_all(heading, spent, used=used, covers=days_of(row.spent_on, row.period)))


def put_back(uow: UnitOfWork, row: SpendRecord, *, on: date) -> None:
    """Book that money which was asked about is in the account again."""
    asked = queries.shares(uow.session, row.id, ShareKind.ASKED_ABOUT)
    heading = _heading(row, on, "Put back into the account")
    posting.post(uow, events.put_back(heading, portions_from(asked, row.budget_id, row.pot_id)))


def keep_shares(uow: UnitOfWork, spend_id: UUID, kind: ShareKind, found: Sequence[YearShare]) -> None:
    """Store the funders' shares of a record; the database refuses shares that do not add up to it."""
    rows = [
        {
            "commissioner_id": uow.commissioner_id,
            "spend_id": spend_id,
            "kind": kind.value,
            "year": share.year,
            "fund": share.fund,
            "pence": share.pence,
        }
        for share in found
    ]
    uow.session.execute(insert(SpendShare), rows)


def _heading(row: SpendRecord, on: date, narration: str) -> Heading:
    return Heading(on, narration, Source(SPEND_SOURCE, row.id))
