"""What the database refuses in the ledger, whoever asks.

PH001 a line or journal is unsound, PH002 a journal does not balance, PH003 a reversal is no mirror, PH004 a position is
not open, PH005 a commitment is past its day, PH006 too little is left, PH007 a position is written directly, PH009 and
PH010 the money is not where the line takes it from; PH102 (first migration) a row is changed or removed.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# The functions see what the writer sees (row-level security is forced on the owner) and may do what it may not: move
# positions. pg_temp comes last, so that nobody's temporary table stands in for one of ours. A plan
# is kept while the tables grow from nothing: no sequential scans, and LATERAL with LIMIT wherever one row is looked up,
# because a join planned on an empty table reads a large one from end to end.
AS_OWNER = """RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off"""

APPEND_ONLY = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

# LEFT JOIN: an inner one would let a line of no journal through. The transaction id tells a late line from one that is
# posted with its journal.
LINES_FOLLOW_EVENT_TABLE = f"""
CREATE FUNCTION lines_follow_event_table() {AS_OWNER} AS $$
DECLARE
    bad record;
BEGIN
    SELECT l.journal_id, l.ordinal, l.account, l.kind, refused.code, refused.reason INTO bad
    FROM new_line l
    LEFT JOIN event_line e ON e.kind = l.kind AND e.account = l.account
    LEFT JOIN LATERAL (
        SELECT * FROM journal f WHERE f.commissioner_id = l.commissioner_id AND f.id = l.journal_id LIMIT 1
    ) j ON true
    LEFT JOIN LATERAL (
        SELECT * FROM plan_line_position f
        WHERE f.commissioner_id = l.commissioner_id AND f.plan_line_id = l.plan_line_id AND f.year = l.year LIMIT 1
    ) n ON true
    LEFT JOIN LATERAL (
        SELECT * FROM pot_position f
        WHERE f.commissioner_id = l.commissioner_id AND f.pot_id = l.pot_id AND f.year = l.year LIMIT 1
    ) p ON true
    LEFT JOIN LATERAL (
        SELECT * FROM commitment f WHERE f.commissioner_id = l.commissioner_id AND f.id = l.commitment_id LIMIT 1
    ) c ON true
    CROSS JOIN LATERAL (SELECT CASE
        WHEN j.id IS NULL THEN 'PH001 it belongs to no journal'
        WHEN j.txid <> pg_current_xact_id()::text::bigint THEN 'PH001 its journal was posted earlier'
        WHEN j.kind <> l.kind OR j.effective_on <> l.effective_on THEN 'PH001 its kind or date is not its journal''s'
        WHEN l.ordinal > j.line_count THEN 'PH001 its journal has fewer lines'
        WHEN e.kind IS NULL THEN 'PH001 the event table has no such line'
        WHEN e.layer <> l.layer THEN 'PH001 the event table puts it in another layer'
        WHEN (e.side = 'debit') <> ((l.pence > 0) <> (j.reverses_id IS NOT NULL)) THEN 'PH001 it is on the wrong side'
        WHEN l.budget_id IS NULL AND 'budget_id' = ANY (e.needs) THEN 'PH001 it names no budget'
        WHEN l.year IS NULL AND 'year' = ANY (e.needs) THEN 'PH001 it names no year'
        WHEN l.pot_id IS NULL AND 'pot_id' = ANY (e.needs) THEN 'PH001 it names no pot'
        WHEN l.plan_line_id IS NULL AND 'plan_line_id' = ANY (e.needs) THEN 'PH001 it names no plan line'
        WHEN l.commitment_id IS NULL AND 'commitment_id' = ANY (e.needs) THEN 'PH001 it names no commitment'
        WHEN l.counterparty_id IS NULL AND 'counterparty_id' = ANY (e.needs) THEN 'PH001 it names no counterparty'
        WHEN (l.pot_id IS NULL) = (l.counterparty_id IS NULL) AND 'payee' = ANY (e.needs)
            THEN 'PH001 it names no payee, or two'
        WHEN l.plan_line_id IS NOT NULL AND (n.budget_id = l.budget_id AND n.pot_id = l.pot_id) IS NOT TRUE
            THEN 'PH004 its plan line is not open in its budget, pot and year'
        WHEN l.pot_id IS NOT NULL AND (p.budget_id = l.budget_id) IS NOT TRUE
            THEN 'PH004 its pot is not open in its budget and year'
        WHEN l.commitment_id IS NOT NULL AND (c.plan_line_id = l.plan_line_id AND c.year = l.year) IS NOT TRUE
            THEN 'PH004 its commitment is not open on its plan line and year'
        WHEN NOT p.handed_over AND e.needs && '{{handed_over,payee}}' THEN 'PH009 its pot is held by the commissioner'
        WHEN p.handed_over AND 'notional' = ANY (e.needs) THEN 'PH010 its pot was handed over'
        END) AS fault (text)
    CROSS JOIN LATERAL (SELECT left(fault.text, 5), substr(fault.text, 7)) AS refused (code, reason)
    WHERE fault.text IS NOT NULL
    ORDER BY l.journal_id, l.ordinal LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'line % of journal % (% of %) is refused: %',
            bad.ordinal, bad.journal_id, bad.account, bad.kind, bad.reason USING ERRCODE = bad.code;
    END IF;
    RETURN NULL;
END $$;
"""  # noqa: S608 - constants of this file

# Also for each budget, so that each has books of its own that balance.
JOURNALS_BALANCE = f"""
CREATE FUNCTION journals_balance() {AS_OWNER} AS $$
DECLARE
    bad record;
BEGIN
    SELECT journal_id, fund, layer, sum(pence) AS off_by INTO bad
    FROM new_line GROUP BY commissioner_id, journal_id, fund, layer, budget_id HAVING sum(pence) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'journal % is out by % pence in fund % of layer %',
            bad.journal_id, bad.off_by, bad.fund, bad.layer USING ERRCODE = 'PH002';
    END IF;
    RETURN NULL;
END $$;
"""  # noqa: S608 - constants of this file

# Each row is moved, and so locked, in key order, so that two postings cannot wait for each other. Only what makes a
# plan line's position worse is refused: a credit on an overspent line must always be possible.
POSITIONS_MOVE = f"""
CREATE FUNCTION positions_move() {AS_OWNER} AS $$
DECLARE
    moved record;
    left_after bigint;
    left_before bigint;
    allowed bigint;
    last_day date;
BEGIN
    FOR moved IN
        SELECT l.commissioner_id, l.plan_line_id, l.pot_id, l.commitment_id, l.year,
            sum(l.pence * e.allocated) AS allocated, sum(l.pence * e.committed) AS committed,
            sum(l.pence * e.spent) AS spent, sum(l.pence * e.owed) AS owed, sum(l.pence * e.payable) AS payable,
            sum(l.pence * e.in_payment) AS in_payment, sum(l.pence * e.paid) AS paid,
            sum(l.pence * e.came_back) AS came_back, sum(l.pence * e.raised) AS raised,
            sum(l.pence * e.consumed) AS consumed, sum(l.pence * e.released) AS released,
            max(l.effective_on) FILTER (WHERE e.consumed <> 0 AND it_is.as_listed) AS used_on,
            min(l.effective_on) FILTER (WHERE l.kind = 'commitment_expired' AND it_is.as_listed) AS expired_on
        FROM new_line l JOIN event_line e ON e.kind = l.kind AND e.account = l.account
        CROSS JOIN LATERAL (SELECT (l.pence > 0) = (e.side = 'debit')) AS it_is (as_listed)  -- not in a reversal
        GROUP BY GROUPING SETS ((l.commissioner_id, l.plan_line_id, l.year), (l.commissioner_id, l.pot_id, l.year),
                                (l.commissioner_id, l.commitment_id))
        ORDER BY l.commissioner_id, l.plan_line_id, l.pot_id, l.commitment_id, l.year
    LOOP
        IF moved.plan_line_id IS NOT NULL
           AND (moved.allocated, moved.committed, moved.spent, moved.owed) <> (0, 0, 0, 0) THEN
            UPDATE plan_line_position p SET
                allocated = p.allocated + moved.allocated, committed = p.committed + moved.committed,
                spent = p.spent + moved.spent, owed = p.owed + moved.owed
            WHERE p.commissioner_id = moved.commissioner_id AND p.plan_line_id = moved.plan_line_id
              AND p.year = moved.year
            RETURNING p.allocated - p.committed - p.spent - p.owed, p.tolerance INTO left_after, allowed;
            left_before := left_after - (moved.allocated - moved.committed - moved.spent - moved.owed);
            IF left_after < -allowed AND left_after < left_before
               AND (moved.allocated < 0 OR moved.committed > 0 OR moved.spent > 0) THEN
                RAISE EXCEPTION 'plan line % has % pence left in %, % pence are asked of it',
                    moved.plan_line_id, left_before, moved.year, left_before - left_after
                    USING ERRCODE = 'PH006', DETAIL = json_build_object(
                        'plan_line_id', moved.plan_line_id, 'year', moved.year,
                        'left_pence', left_before, 'asked_pence', left_before - left_after);
            END IF;
        ELSIF moved.pot_id IS NOT NULL
              AND (moved.payable, moved.in_payment, moved.paid, moved.came_back) <> (0, 0, 0, 0) THEN
            UPDATE pot_position p SET
                payable = p.payable + moved.payable, in_payment = p.in_payment + moved.in_payment,
                paid = p.paid + moved.paid, came_back = p.came_back + moved.came_back
            WHERE p.commissioner_id = moved.commissioner_id AND p.pot_id = moved.pot_id AND p.year = moved.year
              AND p.handed_over;
        ELSIF moved.commitment_id IS NOT NULL THEN
            UPDATE commitment c SET
                raised = c.raised + moved.raised, consumed = c.consumed + moved.consumed,
                released = c.released + moved.released
            WHERE c.commissioner_id = moved.commissioner_id AND c.id = moved.commitment_id
            RETURNING c.expires_on INTO last_day;
            IF moved.used_on > last_day OR moved.expired_on <= last_day THEN
                RAISE EXCEPTION 'commitment % is used after its last day, %, or expires before it is over',
                    moved.commitment_id, last_day USING ERRCODE = 'PH005';
            END IF;
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
"""  # noqa: S608 - constants of this file

MIRRORS = """
CREATE FUNCTION mirrors(own uuid, reversal_id uuid, original_id uuid) RETURNS boolean LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM journal r JOIN journal o ON o.kind = r.kind AND o.line_count = r.line_count
        WHERE (r.commissioner_id, r.id) = (own, reversal_id) AND (o.commissioner_id, o.id) = (own, original_id)
          AND o.reverses_id IS NULL
    ) AND NOT EXISTS (
        SELECT account, fund, pence, year, budget_id, pot_id, plan_line_id, commitment_id, counterparty_id, covers
        FROM journal_line WHERE (commissioner_id, journal_id) = (own, reversal_id)
        EXCEPT ALL
        SELECT account, fund, -pence, year, budget_id, pot_id, plan_line_id, commitment_id, counterparty_id, covers
        FROM journal_line WHERE (commissioner_id, journal_id) = (own, original_id));
END $$;
"""

# Fires when the statement ends, so a journal comes with all its lines in one statement or not at all.
JOURNALS_ARE_WHOLE = f"""
CREATE FUNCTION journals_are_whole() {AS_OWNER} AS $$
DECLARE
    bad record;
BEGIN
    SELECT n.id, refused.code, refused.reason INTO bad
    FROM new_journal n CROSS JOIN LATERAL (SELECT CASE
        WHEN n.txid <> pg_current_xact_id()::text::bigint THEN 'PH001 it names another transaction'
        WHEN n.line_count <> (SELECT count(*) FROM journal_line l
                              WHERE l.commissioner_id = n.commissioner_id AND l.journal_id = n.id)
            THEN 'PH001 it does not come with all its lines'
        WHEN n.reverses_id IS NOT NULL AND NOT mirrors(n.commissioner_id, n.id, n.reverses_id)
            THEN 'PH003 it does not mirror the one it reverses'
        END) AS fault (text)
    CROSS JOIN LATERAL (SELECT left(fault.text, 5), substr(fault.text, 7)) AS refused (code, reason)
    WHERE fault.text IS NOT NULL LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'journal % is refused: %', bad.id, bad.reason USING ERRCODE = bad.code;
    END IF;
    RETURN NULL;
END $$;
"""  # noqa: S608 - constants of this file

MOVED_BY_LINES_ONLY = """
CREATE FUNCTION refuse_direct_move() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% rows open empty and are moved by journal lines alone', TG_TABLE_NAME USING ERRCODE = 'PH007';
END $$;
"""

GUARD_POSITION = """
CREATE TRIGGER {table}_opens_empty BEFORE INSERT ON {table} FOR EACH ROW
    WHEN (({figures}) <> ({nothing})) EXECUTE FUNCTION refuse_direct_move();
CREATE TRIGGER {table}_moved_by_lines BEFORE UPDATE ON {table} FOR EACH ROW
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_direct_move();
CREATE TRIGGER {table}_never_removed BEFORE DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

# Statement triggers fire in the order of their names: what is wrong with the lines is said before what they would do.
LINE_TRIGGER = """
CREATE TRIGGER journal_line_{order}_{function} AFTER INSERT ON journal_line
    REFERENCING NEW TABLE AS new_line FOR EACH STATEMENT EXECUTE FUNCTION {function}();
"""
JOURNAL_TRIGGER = """
CREATE TRIGGER journal_is_whole AFTER INSERT ON journal
    REFERENCING NEW TABLE AS new_journal FOR EACH STATEMENT EXECUTE FUNCTION journals_are_whole();
"""

LINE_TRIGGERS = {
    "lines_follow_event_table": LINES_FOLLOW_EVENT_TABLE,
    "journals_balance": JOURNALS_BALANCE,
    "positions_move": POSITIONS_MOVE,
}

APPEND_ONLY_TABLES = ("journal", "journal_line", "event_line")

FIGURES = {
    "plan_line_position": ("allocated", "committed", "spent", "owed"),
    "pot_position": ("payable", "in_payment", "paid", "came_back"),
    "commitment": ("raised", "consumed", "released"),
}


def upgrade() -> None:
    """Put every guard of the ledger in place."""
    for table in APPEND_ONLY_TABLES:
        op.execute(APPEND_ONLY.format(table=table))
    for order, (function, definition) in enumerate(LINE_TRIGGERS.items(), start=1):
        op.execute(definition)
        op.execute(LINE_TRIGGER.format(order=order, function=function))
    op.execute(MIRRORS)
    op.execute(JOURNALS_ARE_WHOLE)
    op.execute(JOURNAL_TRIGGER)
    op.execute(MOVED_BY_LINES_ONLY)
    for table, figures in FIGURES.items():
        new = ", ".join(f"NEW.{figure}" for figure in figures)
        op.execute(GUARD_POSITION.format(table=table, figures=new, nothing=", ".join("0" for _ in figures)))


def downgrade() -> None:
    """Take the guards off again; the tables go in the next step down."""
    for order, function in enumerate(LINE_TRIGGERS, start=1):
        op.execute(f"DROP TRIGGER journal_line_{order}_{function} ON journal_line")
        op.execute(f"DROP FUNCTION {function}()")
    op.execute("DROP TRIGGER journal_is_whole ON journal")
    op.execute("DROP FUNCTION journals_are_whole(), mirrors(uuid, uuid, uuid)")
    for table in FIGURES:
        for trigger in ("opens_empty", "moved_by_lines", "never_removed", "no_truncate"):
            op.execute(f"DROP TRIGGER {table}_{trigger} ON {table}")
    op.execute("DROP FUNCTION refuse_direct_move()")
    for table in APPEND_ONLY_TABLES:
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
