"""Identity 6: the books say of spending what the records say, for each line, fund and account."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from phb.ledger.identities import IDENTITIES, IdentityResult, check
from phb.ledger.models import KnownView

NUMBER = 6
SENTENCE = "What the books say was spent, or is being asked about, equals the records and accepted invoices."

# A statement that finds nothing proves it: every difference, on either side, is a row.
SPENT = """
    SELECT 'plan line ' || plan_line_id || ', fund ' || fund || ', year ' || year AS place, sum(pence) AS off_by FROM (
        SELECT plan_line_id, fund, year, pence FROM journal_line
        WHERE account = 'expenditure' AND kind <> 'funds_trued_up'  -- nobody recorded what funders owe each other
        UNION ALL
        SELECT r.booked_line_id, s.fund, s.year, -s.amount_pence
        FROM spend_record r JOIN spend_share s ON s.commissioner_id = r.commissioner_id AND s.spend_id = r.id
        WHERE r.state IN ('accepted', 'accepted_after_all') AND s.kind = 'spent'
        UNION ALL
        SELECT l.plan_line_id, s.fund, s.year, -s.amount_pence
        FROM provider_invoice i
        JOIN invoice_line l ON l.commissioner_id = i.commissioner_id AND l.invoice_id = i.id
        JOIN invoice_share s ON s.commissioner_id = l.commissioner_id AND s.invoice_id = l.invoice_id
            AND s.ordinal = l.ordinal
        WHERE i.state = 'accepted'
    ) both_sides GROUP BY plan_line_id, fund, year HAVING sum(pence) <> 0
"""

ASKED_ABOUT = """
    SELECT 'money asked about of pot ' || pot_id || ', fund ' || fund || ', year ' || year AS place,
        sum(pence) AS off_by
    FROM (
        SELECT pot_id, fund, year, pence FROM journal_line WHERE account = 'being_asked_about'
        UNION ALL
        SELECT r.pot_id, s.fund, s.year, -s.amount_pence
        FROM spend_record r JOIN spend_share s ON s.commissioner_id = r.commissioner_id AND s.spend_id = r.id
        WHERE r.state = 'asked_about' AND s.kind = 'asked_about'
    ) both_sides GROUP BY pot_id, fund, year HAVING sum(pence) <> 0
"""


NOT_AS_RECORDED = f"{SPENT} UNION ALL {ASKED_ABOUT}"


def verify(session: Session) -> list[IdentityResult]:
    """Check identity 6 of the commissioner whose books the session sees."""
    return [check(session, NUMBER, SENTENCE, NOT_AS_RECORDED)]


def verify_books(
    session: Session, *, since: KnownView | None = None, told: Callable[[int, int], None] | None = None
) -> list[IdentityResult]:
    """Check every identity, of the books alone and of the books against the records, in the order of their numbers.

    Args:
        session: sees one commissioner's books.
        since: look again only at the budgets posted to since this was known; see identities.check().
        told: hears after each identity how many are checked, and of how many.
    """
    every = sorted((IDENTITIES | {NUMBER: (SENTENCE, NOT_AS_RECORDED)}).items())
    results: list[IdentityResult] = []
    for number, (sentence, query) in every:
        results.append(check(session, number, sentence, query, since=since))
        if told:
            told(len(results), len(every))
    return results
