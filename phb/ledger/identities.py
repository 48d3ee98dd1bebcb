"""Every identity that the books alone must satisfy, each as one query that finds the places where it fails."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from phb.ledger.models import KnownView
from phb.ledger.since import OF_BUDGETS, OF_JOURNALS, values_of


@dataclass(frozen=True)
class Breach:
    """One place where an identity fails, and by how many pence."""

    place: str
    off_by_pence: int


@dataclass(frozen=True)
class IdentityResult:
    """Whether one identity holds: `first_breach` is None where it does."""

    number: int
    sentence: str
    first_breach: Breach | None


CASH_IN_ACCOUNT = "account = 'funds_held' OR starts_with(account, 'set_aside_')"
# Kinds that book what the commissioner spends itself, and kinds that say what a notice asks back.
SPENT_BY_COMMISSIONER = (
    "('invoice_accepted', 'credit_note_accepted', 'shared_invoice_accepted', 'share_of_invoice_accepted')"
)
NOTICES = (
    "('spend_asked_back', 'questioned_asked_back', 'spend_notice_lowered', 'unused_asked_back',"
    " 'unused_notice_lowered')"
)


def _sums(terms: dict[str, str]) -> str:
    """Return for each term the pence of the lines it is made of, debit positive."""
    return ", ".join(f"coalesce(sum(pence) FILTER (WHERE {lines}), 0) AS {term}" for term, lines in terms.items())


# A subquery shared by several: each line's pence times the factors of the event table.
MOVES = """
    SELECT l.pot_id, l.plan_line_id, l.year, l.commitment_id,
        l.pence * e.allocated AS allocated, l.pence * e.committed AS committed, l.pence * e.spent AS spent,
        l.pence * e.owed AS owed, l.pence * e.payable AS payable, l.pence * e.in_payment AS in_payment,
        l.pence * e.paid AS paid, l.pence * e.came_back AS came_back, l.pence * e.raised AS raised,
        l.pence * e.consumed AS consumed, l.pence * e.released AS released
    FROM journal_line l JOIN event_line e USING (kind, account)
"""

# Without one of its lines, or with one that follows another event, a journal says something else and may still add up:
# such a place is off by what those lines hold, or by nothing where they are gone.
JOURNALS_BALANCE = """
    SELECT 'journal ' || journal_id || ', fund ' || fund || ', layer ' || layer AS place, sum(pence) AS off_by
    FROM journal_line GROUP BY journal_id, fund, layer, budget_id HAVING sum(pence) <> 0
    UNION ALL
    SELECT 'journal ' || j.id || ', which has ' || count(l.journal_id) || ' of ' || j.line_count || ' lines', 0
    FROM journal j LEFT JOIN journal_line l ON l.commissioner_id = j.commissioner_id AND l.journal_id = j.id
    GROUP BY j.id, j.line_count HAVING count(l.journal_id) <> j.line_count
    UNION ALL
    SELECT 'line ' || l.ordinal || ' of journal ' || l.journal_id || ', which is no such event', l.pence
    FROM journal_line l
    LEFT JOIN journal j ON j.commissioner_id = l.commissioner_id AND j.id = l.journal_id AND j.kind = l.kind
        AND j.effective_on = l.effective_on
    LEFT JOIN event_line e ON e.kind = l.kind AND e.account = l.account AND e.layer = l.layer
    WHERE j.id IS NULL OR e.kind IS NULL
"""

PLAN_LINES_EQUAL_LINES = f"""
    SELECT 'plan line ' || plan_line_id || ', year ' || year || ', ' || term AS place, off_by
    FROM (SELECT *, true AS is_open FROM plan_line_position) p FULL JOIN (
        SELECT plan_line_id, year, sum(allocated) AS allocated, sum(committed) AS committed, sum(spent) AS spent,
            sum(owed) AS owed
        FROM ({MOVES}) moves WHERE plan_line_id IS NOT NULL GROUP BY plan_line_id, year
    ) m USING (plan_line_id, year)
    CROSS JOIN LATERAL (VALUES
        ('open', 0, p.is_open IS NULL),
        ('allocated', coalesce(p.allocated, 0) - coalesce(m.allocated, 0), false),
        ('committed', coalesce(p.committed, 0) - coalesce(m.committed, 0), false),
        ('spent', coalesce(p.spent, 0) - coalesce(m.spent, 0), false),
        ('owed', coalesce(p.owed, 0) - coalesce(m.owed, 0), false)
    ) AS terms (term, off_by, is_missing)
    WHERE off_by <> 0 OR is_missing
"""  # noqa: S608 - constants of this file

# Summed by account, not by the event table's factors, so that neither check leans on the other.
USE_THE_BUDGET = "('allocation', 'expenditure', 'commitment', 'recoverable')"
POTS_ADD_UP = f"""
    SELECT 'pot ' || coalesce(p.pot_id, l.pot_id) AS place,
        coalesce(p.available, 0) - coalesce(l.available, 0) AS off_by
    FROM (
        SELECT pot_id, sum(allocated - spent - committed - owed) AS available FROM plan_line_position GROUP BY pot_id
    ) p FULL JOIN (
        SELECT pot_id, sum(CASE account WHEN 'allocation' THEN pence ELSE -pence END) AS available
        FROM journal_line WHERE pot_id IS NOT NULL AND account IN {USE_THE_BUDGET}
        GROUP BY pot_id
    ) l ON l.pot_id = p.pot_id
    WHERE coalesce(p.available, 0) <> coalesce(l.available, 0)
    UNION ALL
    SELECT 'budget ' || coalesce(p.budget_id, l.budget_id), coalesce(p.available, 0) - coalesce(l.available, 0)
    FROM (
        SELECT budget_id, sum(allocated - spent - committed - owed) AS available
        FROM plan_line_position GROUP BY budget_id
    ) p FULL JOIN (
        SELECT budget_id, sum(CASE account WHEN 'allocation' THEN pence ELSE -pence END) AS available
        FROM journal_line WHERE budget_id IS NOT NULL AND account IN {USE_THE_BUDGET}
        GROUP BY budget_id
    ) l ON l.budget_id = p.budget_id
    WHERE coalesce(p.available, 0) <> coalesce(l.available, 0)
"""  # noqa: S608 - constants of this file

# Each term is summed from another account than the cash itself: what arrived left "in transit", what was spent is
# expenditure, what is asked about has its own account. What the commissioner itself spends never was cash held.
CASH_TERMS = {
    "cash": CASH_IN_ACCOUNT,
    "paid_in": "account = 'in_transit' AND kind IN ('payment_settled', 'payment_returned_after_settlement')",
    "contributions": "account = 'contribution_due' AND kind = 'contribution_paid_in'",
    "moved_in": "account IN ('balances_moved_in', 'due_to_commissioner') AND kind = 'balance_moved_in'",
    "spent": f"account = 'expenditure' AND kind NOT IN {SPENT_BY_COMMISSIONER}",
    "not_yet_paid": "account = 'spent_not_yet_paid'",
    "prepaid": "account = 'prepaid'",
    "asked_about": "account = 'being_asked_about'",
    "made_recoverable": f"account IN ('recoverable', 'unused_asked_back') AND kind IN {NOTICES}",
    "returned": "account = 'bank' AND kind = 'returned_unasked'",
    "left_with_holder": "account = 'left_with_holder'",
    "moved_out": "account IN ('balances_moved_out', 'due_from_commissioner') AND kind = 'balance_moved_out'",
}
CASH_HELD = f"""
    SELECT 'pot ' || pot_id AS place, cash - expected AS off_by
    FROM (
        SELECT pot_id, {_sums(CASH_TERMS)} FROM journal_line WHERE pot_id IS NOT NULL AND layer = 0 GROUP BY pot_id
    ) terms CROSS JOIN LATERAL (SELECT
        -paid_in - contributions - moved_in - (spent + not_yet_paid) - prepaid - asked_about - made_recoverable
            - returned - left_with_holder - moved_out
    ) AS counted (expected)
    WHERE cash <> expected
"""  # noqa: S608 - constants of this file

# For each payee, a pot or a provider. What was released, returned and reissued is read from the bank.
IN_TRANSIT = """
    SELECT payee || ', ' || term AS place, off_by FROM (
        SELECT payee, sum(in_transit) AS in_transit, sum(came_back) AS came_back, sum(released) AS released,
            sum(settled) AS settled, sum(returned) AS returned, sum(reissued) AS reissued, sum(given_up) AS given_up
        FROM (
            SELECT coalesce('pot ' || pot_id, 'provider ' || counterparty_id, 'nobody') || ' of budget '
                    || coalesce(budget_id::text, '-') AS payee,
                CASE WHEN account = 'in_transit' THEN pence ELSE 0 END AS in_transit,
                CASE WHEN account = 'came_back' THEN -pence ELSE 0 END AS came_back,
                CASE WHEN account = 'bank' AND kind = 'payment_released' THEN -pence ELSE 0 END AS released,
                CASE WHEN account IN ('funds_held', 'creditor')
                      AND kind IN ('payment_settled', 'payment_returned_after_settlement')
                    THEN pence ELSE 0 END AS settled,
                CASE WHEN account = 'bank' AND kind IN ('payment_returned', 'payment_returned_after_settlement')
                     THEN pence ELSE 0 END AS returned,
                CASE WHEN account = 'bank' AND kind = 'payment_reissued' THEN -pence ELSE 0 END AS reissued,
                CASE WHEN account = 'in_transit' AND kind = 'payment_given_up' THEN -pence ELSE 0 END AS given_up
            FROM journal_line WHERE layer = 0
        ) terms GROUP BY payee
    ) sums CROSS JOIN LATERAL (VALUES
        ('in transit', in_transit - (released - settled - given_up)),
        ('came back', came_back - (returned - reissued - given_up)),
        ('came back beyond what is in transit', greatest(came_back - in_transit, 0))
    ) AS checks (term, off_by)
    WHERE off_by <> 0
    UNION ALL
    SELECT 'pot ' || coalesce(p.pot_id, l.pot_id) || ', year ' || coalesce(p.year, l.year) || ', ' || term, off_by
    FROM pot_position p FULL JOIN (
        SELECT pot_id, year, sum(CASE WHEN account = 'in_transit' THEN pence ELSE 0 END) AS in_transit,
            sum(CASE WHEN account = 'came_back' THEN -pence ELSE 0 END) AS came_back
        FROM journal_line WHERE pot_id IS NOT NULL AND account IN ('in_transit', 'came_back') GROUP BY pot_id, year
    ) l ON l.pot_id = p.pot_id AND l.year = p.year
    CROSS JOIN LATERAL (VALUES
        ('in payment', coalesce(p.in_payment, 0) - coalesce(l.in_transit, 0)),
        ('came back', coalesce(p.came_back, 0) - coalesce(l.came_back, 0))
    ) AS checks (term, off_by)
    WHERE off_by <> 0
"""

FUNDS_BALANCE = """
    SELECT 'fund ' || fund || ', layer ' || layer AS place, sum(pence) AS off_by
    FROM journal_line GROUP BY fund, layer HAVING sum(pence) <> 0
    UNION ALL
    SELECT 'what funds owe each other in budget ' || budget_id || ', year ' || year, sum(pence)
    FROM journal_line WHERE account IN ('due_from_fund', 'due_to_fund')
    GROUP BY budget_id, year HAVING sum(pence) <> 0
"""

# A pot that is not handed over rebuilds to nothing; a row that is gone is a place of its own, off by what it held.
POSITIONS_EQUAL_REBUILD = f"""
    SELECT 'pot ' || pot_id || ', year ' || year || ', ' || term AS place, off_by
    FROM (SELECT *, true AS is_open FROM pot_position) p FULL JOIN (
        SELECT pot_id, year, sum(payable) AS payable, sum(in_payment) AS in_payment, sum(paid) AS paid,
            sum(came_back) AS came_back
        FROM ({MOVES}) moves WHERE pot_id IS NOT NULL GROUP BY pot_id, year
    ) m USING (pot_id, year)
    CROSS JOIN LATERAL (VALUES
        ('open', 0, p.is_open IS NULL),
        ('payable', coalesce(p.payable, 0)
            - CASE WHEN p.handed_over IS FALSE THEN 0 ELSE coalesce(m.payable, 0) END, false),
        ('in payment', coalesce(p.in_payment, 0) - coalesce(m.in_payment, 0), false),
        ('paid', coalesce(p.paid, 0) - coalesce(m.paid, 0), false),
        ('came back', coalesce(p.came_back, 0) - coalesce(m.came_back, 0), false)
    ) AS terms (term, off_by, is_missing)
    WHERE off_by <> 0 OR is_missing
    UNION ALL
    SELECT 'commitment ' || coalesce(c.id, m.commitment_id) || ', ' || term, off_by
    FROM commitment c FULL JOIN (
        SELECT commitment_id, sum(raised) AS raised, sum(consumed) AS consumed, sum(released) AS released
        FROM ({MOVES}) moves WHERE commitment_id IS NOT NULL GROUP BY commitment_id
    ) m ON m.commitment_id = c.id
    CROSS JOIN LATERAL (VALUES
        ('open', 0, c.id IS NULL),
        ('raised', coalesce(c.raised, 0) - coalesce(m.raised, 0), false),
        ('consumed', coalesce(c.consumed, 0) - coalesce(m.consumed, 0), false),
        ('released', coalesce(c.released, 0) - coalesce(m.released, 0), false)
    ) AS terms (term, off_by, is_missing)
    WHERE off_by <> 0 OR is_missing
    UNION ALL
    SELECT 'commitment ' || commitment_id || ', used in ' || year || ' beyond what is promised there', sum(pence)
    FROM journal_line WHERE account = 'commitment' GROUP BY commitment_id, year HAVING sum(pence) < 0
"""  # noqa: S608 - constants of this file

# A month opened again is no longer closed, nor is any after it; of the others the last closing counts.
CLOSED_MONTHS_EQUAL_REBUILD = """
    WITH closing AS (
        SELECT DISTINCT ON (month) month, ordinal, digest FROM period_step
        WHERE step = 'close_for_good'
          AND month <= (SELECT final_through FROM period_step ORDER BY ordinal DESC LIMIT 1)
        ORDER BY month, ordinal DESC
    ), reported AS (
        SELECT coalesce(j.reporting_month, month_of(j.effective_on)) AS month, l.layer, l.account, l.fund,
            sum(l.pence) AS pence
        FROM journal j JOIN journal_line l ON l.commissioner_id = j.commissioner_id AND l.journal_id = j.id
        WHERE EXISTS (SELECT FROM closing) GROUP BY 1, l.layer, l.account, l.fund
    )
    SELECT 'month ' || c.month || ' as closed, ' || account || ', fund ' || fund || ', layer ' || layer AS place,
        coalesce(stored, 0) - coalesce(rebuilt, 0) AS off_by
    FROM closing c CROSS JOIN LATERAL (
        SELECT * FROM (
            SELECT layer, account, fund, pence AS stored FROM period_balance WHERE ordinal = c.ordinal
        ) b FULL JOIN (
            SELECT layer, account, fund, sum(pence) AS rebuilt FROM reported WHERE month <= c.month
            GROUP BY layer, account, fund
        ) r USING (layer, account, fund)
    ) sides
    WHERE coalesce(stored, 0) <> coalesce(rebuilt, 0)
    UNION ALL
    SELECT 'month ' || month || ' as closed, whose hash is another', 0 FROM closing
    WHERE digest IS DISTINCT FROM period_digest(own_commissioner_id(), ordinal, month)
"""

# The commissioner holds no cash for itself: a pot not handed over has none, and nobody is asked about it.
POT_TERMS = {
    "approved": "account = 'allocation'",
    "spent": "account = 'expenditure'",
    "cash": CASH_IN_ACCOUNT,
    "expected": "account = 'contribution_expected'",
    "contributed": "account = 'contribution_due' AND kind <> 'contribution_due'",
    "recoverable": "account IN ('recoverable', 'unused_asked_back')",
    "asked_about": "account = 'being_asked_about'",
    "prepaid": "account = 'prepaid'",
    "not_yet_paid": "account = 'spent_not_yet_paid'",
}
POTS_HANDED_OVER = f"""
    SELECT 'pot ' || pot_id AS place, off_by FROM (
        SELECT pot_id, bool_or(handed_over) AS handed_over, sum(payable - paid) AS in_payment_or_to_pay_out
        FROM pot_position GROUP BY pot_id
    ) pots LEFT JOIN (
        SELECT pot_id, {_sums(POT_TERMS)} FROM journal_line WHERE pot_id IS NOT NULL GROUP BY pot_id
    ) lines USING (pot_id)
    CROSS JOIN LATERAL (SELECT CASE
        WHEN handed_over THEN coalesce(approved - spent, 0) - in_payment_or_to_pay_out
            - coalesce(cash - expected + contributed + recoverable + asked_about + prepaid + not_yet_paid, 0)
        ELSE -coalesce(cash + asked_about, 0) END
    ) AS checked (off_by)
    WHERE off_by <> 0
"""  # noqa: S608 - constants of this file


# A block takes all that lies below its horizon, so what does and has no seal was put in behind it.
def _sealed(stream: str, called: str, after: str = "0") -> str:
    """Return the query for one stream of seals, from the place `after` on; what was put in is found anywhere."""
    return f"""
    SELECT '{called} no. ' || s.place || ' (' || s.subject_id || '), '
            || CASE WHEN l.id IS NULL THEN 'removed' ELSE 'altered' END || ' since it was sealed' AS place, 0 AS off_by
    FROM seal s
    LEFT JOIN {stream}_form(own_commissioner_id(), ARRAY(
        SELECT subject_id FROM seal WHERE stream = '{stream}' AND place > {after}
    )) l ON l.id = s.subject_id
    WHERE s.stream = '{stream}' AND s.place > {after} AND leaf_of(l.form) IS DISTINCT FROM s.leaf
    UNION ALL
    SELECT '{called} ' || r.id || ', put in behind the seals', 0
    FROM {stream} r CROSS JOIN (
        SELECT epoch, horizon FROM seal_block WHERE stream = '{stream}' ORDER BY number DESC LIMIT 1
    ) b
    WHERE (r.epoch, r.txid) < (b.epoch, b.horizon)
      AND NOT EXISTS (SELECT FROM seal s WHERE s.stream = '{stream}' AND s.subject_id = r.id)
    UNION ALL
    SELECT 'block ' || coalesce(b.number::text, 'none') || ' of {called}s, ' || fault, 0
    FROM (
        SELECT *, lag(head) OVER (ORDER BY number) AS earlier,
            lag(last_place, 1, 0::bigint) OVER (ORDER BY number) AS ended,
            row_number() OVER (ORDER BY number) AS expected
        FROM seal_block WHERE stream = '{stream}'
    ) b
    CROSS JOIN LATERAL (
        SELECT merkle_root(array_agg(s.leaf ORDER BY s.place)) AS root, count(*) AS leaves FROM seal s
        WHERE s.stream = '{stream}' AND s.place BETWEEN b.first_place AND b.last_place
    ) found
    CROSS JOIN LATERAL (SELECT CASE
        WHEN found.leaves <> b.last_place - b.first_place + 1 THEN 'which lacks seals'
        WHEN found.root IS DISTINCT FROM b.root THEN 'whose root is another'
        WHEN b.number <> b.expected OR b.first_place <> b.ended + 1 OR b.head <> chained(b.earlier, b.root)
            THEN 'which does not follow the one before' END) AS faults (fault)
    WHERE fault IS NOT NULL AND b.last_place > {after}
    UNION ALL
    SELECT 'seal no. ' || s.place || ' of {called}s, which is of no block', 0 FROM seal s
    WHERE s.stream = '{stream}'
      AND s.place > (SELECT coalesce(max(last_place), 0) FROM seal_block WHERE stream = '{stream}')
"""  # noqa: S608 - constants of this file


def _sealed_before(stream: str) -> str:
    return (
        f"(SELECT coalesce(max(last_place), 0) FROM seal_block WHERE stream = '{stream}' AND sealed_at < :recorded_at)"  # noqa: S608 - as above
    )


STREAMS = {"journal": "journal", "audit_event": "audit event"}
SEALS_HOLD = " UNION ALL ".join(_sealed(stream, called) for stream, called in STREAMS.items())
SEALS_SINCE_HOLD = " UNION ALL ".join(
    _sealed(stream, called, _sealed_before(stream)) for stream, called in STREAMS.items()
)

# The balances by day are those of the journals that the checkpoint's view knew, and of no others.
CHECKPOINT_EQUALS_REBUILD = """
    SELECT 'balance of ' || account || ', fund ' || fund || ', ' || day || ', in the checkpoint' AS place,
        sum(pence) AS off_by
    FROM (
        SELECT layer, account, fund, day, pence FROM day_balance
        UNION ALL
        SELECT l.layer, l.account, l.fund, l.effective_on, -l.pence
        FROM balance_checkpoint b
        JOIN known_view v ON v.commissioner_id = b.commissioner_id AND v.id = b.view_id
        JOIN journal j ON j.commissioner_id = b.commissioner_id AND was_known(j.epoch, j.txid, v.epoch, v.seen)
        JOIN journal_line l ON l.commissioner_id = j.commissioner_id AND l.journal_id = j.id
    ) both_sides GROUP BY layer, account, fund, day HAVING sum(pence) <> 0
"""

DERIVED_EQUALS_REBUILD = " UNION ALL ".join(
    f"SELECT place, off_by FROM ({one}) one"  # noqa: S608 - constants of this file
    for one in (POSITIONS_EQUAL_REBUILD, CLOSED_MONTHS_EQUAL_REBUILD, CHECKPOINT_EQUALS_REBUILD)
)

IDENTITIES = {
    1: ("Every journal has all its lines, and they add up to nothing for each fund and layer.", JOURNALS_BALANCE),
    2: ("Each plan line's allocated, committed, spent and owed equal its lines.", PLAN_LINES_EQUAL_LINES),
    3: ("Approved less spent, committed and owed back is what is available, and the pots add up.", POTS_ADD_UP),
    4: ("Cash held is what came in less what was spent and paid, asked about, asked back or gone.", CASH_HELD),
    5: ("What is in transit was released and has not settled; what came back is part of it.", IN_TRANSIT),
    7: ("Each funder's trial balance balances, and what funds owe each other adds up to nothing.", FUNDS_BALANCE),
    8: (
        "Positions, commitments, checkpoints and closed months equal a rebuild from the lines.",
        DERIVED_EQUALS_REBUILD,
    ),
    9: ("Every journal and audit event is as it was sealed, and none was put in behind the seals.", SEALS_HOLD),
    10: (
        "What two commissioners owe or hand each other is the same on both sides.",
        "SELECT place, off_by FROM between_breaches()",
    ),
    11: (
        "What a pot handed over has not spent is held, on its way, still to come, asked about or asked back.",
        POTS_HANDED_OVER,
    ),
}


# Of these the rows about some budgets are enough, and of the eighth what budgets have; the others are asked whole.
BY_BUDGET = {1: OF_JOURNALS, **dict.fromkeys((2, 3, 4, 5, 6, 8, 11), OF_BUDGETS)}
SINCE = {8: POSITIONS_EQUAL_REBUILD, 9: SEALS_SINCE_HOLD}


def verify(session: Session, *, since: KnownView | None = None) -> list[IdentityResult]:
    """Check every identity of the commissioner whose books the session sees, in the order of their numbers."""
    every = IDENTITIES.items()
    return [check(session, number, sentence, query, since=since) for number, (sentence, query) in every]


def check(
    session: Session, number: int, sentence: str, query: str, *, since: KnownView | None = None
) -> IdentityResult:
    """Check one identity by the query that finds the places where it fails.

    Args:
        session: sees one commissioner's books.
        number: of the identity.
        sentence: what it says.
        query: finds places and how far off they are.
        since: the books were checked when this was known, so only the budgets posted to since are looked at again;
            months that were closed are then left out.
    """
    narrowed = BY_BUDGET.get(number, "") if since else ""
    asked = SINCE.get(number, query) if since else query
    first = text(f"{narrowed} SELECT place, off_by FROM ({asked}) breaches ORDER BY place LIMIT 1")  # noqa: S608 - constants of this file
    row = session.execute(first, values_of(since) if since else {}).first()
    return IdentityResult(number, sentence, Breach(row.place, int(row.off_by)) if row else None)
