"""What lies between two commissioners: terms that one proposes and both accept, posted on both sides or on neither.

Each side brings its own entry, which the other does not see. The database posts both when the second accepts, and
refuses them where they do not say the same of what is due and what was moved.
"""

import json
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import insert, text

from phb.core.uow import UnitOfWork
from phb.ledger.entry import Entry
from phb.ledger.models import BetweenTerms
from phb.ledger.posting import as_text, columns_of
from phb.ledger.refusals import explained

ACCEPT = text("SELECT accept_between(:terms_id, :accepted_by, :at, CAST(:entry AS jsonb))")


class Between(StrEnum):
    """What two commissioners settle: a balance that follows the person, or an invoice for days on both sides."""

    BALANCE = "balance"
    INVOICE = "invoice"


def propose(uow: UnitOfWork, kind: Between, *, leaving: UUID, taking: UUID) -> UUID:
    """Propose terms to another commissioner, and return their id.

    Args:
        uow: of either of the two.
        kind: what is settled.
        leaving: who lets the person go, or pays the whole invoice.
        taking: who takes the person over.
    """
    terms_id = uuid4()
    row = {"id": terms_id, "kind": kind, "commissioner_id": leaving, "other_commissioner_id": taking}
    uow.session.execute(insert(BetweenTerms), [row | {"proposed_by": uow.actor.user_id, "proposed_at": uow.now}])
    return terms_id


def accept(uow: UnitOfWork, terms_id: UUID, entry: Entry) -> UUID | None:
    """Accept terms with this side's entry; return its journal where both have accepted now, None until then.

    Raises:
        TermsNotFoundError: there are none that this commissioner is a party to.
        AcceptedAlreadyError: this side accepted them before.
        TermsDifferError: the two sides' entries do not say the same; neither is posted.
        TooLittleLeftError, NotPayableError: a side's own money does not allow it; neither is posted.
    """
    kept = json.dumps(columns_of(uow, [entry], [uow.next_key()]), default=as_text)
    with explained():
        names = {"terms_id": terms_id, "accepted_by": uow.actor.user_id, "at": uow.now, "entry": kept}
        posted: UUID | None = uow.session.scalar(ACCEPT, names)
    return posted
