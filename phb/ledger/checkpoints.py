"""Balances from a checkpoint and what was posted since, so that reading the books does not grow with them.

A checkpoint is every account's balance by day, as it was known under a view. What is read is that and the lines of the
journals that the view did not know, in one statement, so that no journal is counted twice or missed.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from phb.core.uow import UnitOfWork
from phb.ledger.chart import Account
from phb.ledger.models import KnownView

MOVE = text("SELECT move_checkpoint(:view_id)")
# Journals numbered lower were all known. After a restore numbers begin anew, and tell nothing of when it was posted.
SINCE = text("""
    SELECT CASE WHEN v.epoch = current_epoch() THEN pg_snapshot_xmin(v.seen)::text::bigint ELSE 0 END
    FROM balance_checkpoint b JOIN known_view v ON v.commissioner_id = b.commissioner_id AND v.id = b.view_id
""")
# `since` only spares the look at journals that are older: a checkpoint that moves meanwhile moves forward.
SUMS = text("""
    WITH kept AS MATERIALIZED (
        SELECT v.epoch, v.seen FROM balance_checkpoint b
        JOIN known_view v ON v.commissioner_id = b.commissioner_id AND v.id = b.view_id
    )
    SELECT layer, account, fund, sum(pence)::bigint AS pence FROM (
        SELECT layer, account, fund, pence FROM day_balance
        WHERE (CAST(:as_of AS date) IS NULL OR day <= :as_of)
          AND (CAST(:account AS text) IS NULL OR account = :account)
        UNION ALL
        SELECT l.layer, l.account, l.fund, l.pence FROM kept
        JOIN journal j ON j.txid >= :since AND NOT was_known(j.epoch, j.txid, kept.epoch, kept.seen)
        JOIN journal_line l ON l.commissioner_id = j.commissioner_id AND l.journal_id = j.id
        WHERE (CAST(:as_of AS date) IS NULL OR l.effective_on <= :as_of)
          AND (CAST(:account AS text) IS NULL OR l.account = :account)
    ) together GROUP BY layer, account, fund ORDER BY layer, account, fund
""")


class Sum(NamedTuple):
    """What an account of one layer and fund comes to; a debit balance is positive."""

    layer: int
    account: str
    fund: str
    pence: int


def move_checkpoint(uow: UnitOfWork, view: KnownView) -> bool:
    """Move the checkpoint of the books to a view; return False where it is there already, or further on."""
    return bool(uow.session.scalar(MOVE, {"view_id": view.id}))


def sums(session: Session, *, as_of: date | None = None, account: Account | None = None) -> Sequence[Sum] | None:
    """Return what every account comes to, or one, at the end of a day or now, by layer, account and fund.

    None where the books have no checkpoint yet; once they have one, they keep one.
    """
    since = session.scalar(SINCE)
    if since is None:
        return None
    return [Sum(*row) for row in session.execute(SUMS, {"as_of": as_of, "account": account, "since": since})]
