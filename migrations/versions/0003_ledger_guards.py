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

# Only what makes a plan line's position worse is refused: a credit on an overspent line must always be possible.
MOVE_PLAN_LINE = """
CREATE FUNCTION move_plan_line(
    own uuid, id uuid, of_year smallint, of_budget_id uuid, of_pot_id uuid,
    by_allocated bigint, by_committed bigint, by_spent bigint, by_owed bigint
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    left_before bigint;
    left_after bigint;
    allowed bigint;
BEGIN
    IF (by_allocated, by_committed, by_spent, by_owed) = (0, 0, 0, 0) THEN
        PERFORM FROM plan_line_position p WHERE p.commissioner_id = own AND p.plan_line_id = id AND p.year = of_year
            AND p.budget_id = of_budget_id AND p.pot_id = of_pot_id;
    ELSE
        UPDATE plan_line_position p SET
            allocated = p.allocated + by_allocated, committed = p.committed + by_committed,
            spent = p.spent + by_spent, owed = p.owed + by_owed
        WHERE p.commissioner_id = own AND p.plan_line_id = id AND p.year = of_year
          AND p.budget_id = of_budget_id AND p.pot_id = of_pot_id
        RETURNING p.allocated - p.committed - p.spent - p.owed, p.tolerance INTO left_after, allowed;
    END IF;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'plan line % is not open in its budget, pot and year', id USING ERRCODE = 'PH004';
    END IF;
    left_before := left_after - (by_allocated - by_committed - by_spent - by_owed);
    IF left_after < -allowed AND left_after < left_before AND (by_allocated < 0 OR by_committed > 0 OR by_spent > 0)
    THEN
        RAISE EXCEPTION 'plan line % has % pence left in %, % pence are asked of it',
            id, left_before, of_year, left_before - left_after
            USING ERRCODE = 'PH006', DETAIL = json_build_object(
                'plan_line_id', id, 'year', of_year,
                'left_pence', left_before, 'asked_pence', left_before - left_after);
    END IF;
    RETURN true;
END $$;
"""

# The figures of a pot that the commissioner holds itself stay nil.
MOVE_POT = """
CREATE FUNCTION move_pot(
    own uuid, id uuid, of_year smallint, of_budget_id uuid, must_be_handed_over boolean, must_be_notional boolean,
    by_payable bigint, by_in_payment bigint, by_paid bigint, by_came_back bigint
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    is_handed_over boolean;
BEGIN
    IF (by_payable, by_in_payment, by_paid, by_came_back) <> (0, 0, 0, 0) THEN
        UPDATE pot_position p SET
            payable = p.payable + by_payable, in_payment = p.in_payment + by_in_payment,
            paid = p.paid + by_paid, came_back = p.came_back + by_came_back
        WHERE p.commissioner_id = own AND p.pot_id = id AND p.year = of_year AND p.budget_id = of_budget_id
          AND p.handed_over
        RETURNING p.handed_over INTO is_handed_over;
    END IF;
    IF is_handed_over IS NULL THEN
        SELECT p.handed_over INTO is_handed_over FROM pot_position p
        WHERE p.commissioner_id = own AND p.pot_id = id AND p.year = of_year AND p.budget_id = of_budget_id;
    END IF;
    IF is_handed_over IS NULL THEN
        RAISE EXCEPTION 'pot % is not open in its budget and year', id USING ERRCODE = 'PH004';
    ELSIF must_be_handed_over AND NOT is_handed_over THEN
        RAISE EXCEPTION 'pot % is held by the commissioner', id USING ERRCODE = 'PH009';
    ELSIF must_be_notional AND is_handed_over THEN
        RAISE EXCEPTION 'pot % was handed over', id USING ERRCODE = 'PH010';
    END IF;
    RETURN true;
END $$;
"""

MOVE_COMMITMENT = """
CREATE FUNCTION move_commitment(
    own uuid, of_id uuid, of_plan_line_id uuid, of_year smallint, used_on date, expired_on date,
    by_raised bigint, by_consumed bigint, by_released bigint
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    last_day date;
BEGIN
    UPDATE commitment c SET
        raised = c.raised + by_raised, consumed = c.consumed + by_consumed, released = c.released + by_released
    WHERE c.commissioner_id = own AND c.id = of_id AND c.plan_line_id = of_plan_line_id AND c.year = of_year
    RETURNING c.expires_on INTO last_day;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'commitment % is not open on its plan line and year', of_id USING ERRCODE = 'PH004';
    ELSIF used_on > last_day OR expired_on <= last_day THEN
        RAISE EXCEPTION 'commitment % is used after its last day, %, or expires before it is over', of_id, last_day
            USING ERRCODE = 'PH005';
    END IF;
    RETURN true;
END $$;
"""

# One pass over the lines: first a row for each journal's fund, layer and budget that is wrong (so that each budget has
# books that balance), then one for each plan line, pot and commitment. These are moved, and so locked, in key order, so
# that two postings cannot wait for each other. LEFT JOIN: an inner one would let a line of no journal through; the
# transaction id tells a late line.
LINES_ARE_SOUND_AND_MOVE_POSITIONS = f"""
CREATE FUNCTION lines_are_sound_and_move_positions() {AS_OWNER} AS $$
DECLARE
    given record;
    moved boolean;
BEGIN
    FOR given IN
        SELECT CASE WHEN GROUPING(l.journal_id) = 0 THEN 1 WHEN GROUPING(l.commitment_id) = 0 THEN 4
                    WHEN GROUPING(l.plan_line_id) = 0 THEN 2 ELSE 3 END AS step,
            l.commissioner_id, l.journal_id, l.fund, l.layer, l.budget_id, l.plan_line_id, l.pot_id, l.commitment_id,
            l.year, min(fault.text) AS fault, sum(l.pence) AS off_by,
            sum(l.pence * e.allocated)::bigint AS allocated, sum(l.pence * e.committed)::bigint AS committed,
            sum(l.pence * e.spent)::bigint AS spent, sum(l.pence * e.owed)::bigint AS owed,
            sum(l.pence * e.payable)::bigint AS payable, sum(l.pence * e.in_payment)::bigint AS in_payment,
            sum(l.pence * e.paid)::bigint AS paid, sum(l.pence * e.came_back)::bigint AS came_back,
            sum(l.pence * e.raised)::bigint AS raised,
            sum(l.pence * e.consumed)::bigint AS consumed, sum(l.pence * e.released)::bigint AS released,
            bool_or(e.needs && '{{handed_over,payee}}') AS is_handed_over,
            bool_or('notional' = ANY (e.needs)) AS is_notional,
            max(l.effective_on) FILTER (WHERE e.consumed <> 0 AND it_is.as_listed) AS used_on,
            min(l.effective_on) FILTER (WHERE l.kind = 'commitment_expired' AND it_is.as_listed) AS expired_on
        FROM new_line l
        LEFT JOIN event_line e ON e.kind = l.kind AND e.account = l.account
        LEFT JOIN LATERAL (
            SELECT * FROM journal f WHERE f.commissioner_id = l.commissioner_id AND f.id = l.journal_id LIMIT 1
        ) j ON true
        CROSS JOIN LATERAL (SELECT (l.pence > 0) = (e.side = 'debit')) AS it_is (as_listed)
        CROSS JOIN LATERAL (SELECT CASE
            WHEN j.id IS NULL THEN 'it belongs to no journal'
            WHEN j.txid <> pg_current_xact_id()::text::bigint THEN 'its journal was posted earlier'
            WHEN j.kind <> l.kind OR j.effective_on <> l.effective_on THEN 'its kind or date is not its journal''s'
            WHEN l.ordinal > j.line_count THEN 'its journal has fewer lines'
            WHEN e.kind IS NULL THEN 'the event table has no such line'
            WHEN e.layer <> l.layer THEN 'the event table puts it in another layer'
            WHEN it_is.as_listed = (j.reverses_id IS NOT NULL) THEN 'it is on the wrong side'
            WHEN l.budget_id IS NULL AND 'budget_id' = ANY (e.needs) THEN 'it names no budget'
            WHEN l.year IS NULL AND 'year' = ANY (e.needs) THEN 'it names no year'
            WHEN l.pot_id IS NULL AND 'pot_id' = ANY (e.needs) THEN 'it names no pot'
            WHEN l.plan_line_id IS NULL AND 'plan_line_id' = ANY (e.needs) THEN 'it names no plan line'
            WHEN l.commitment_id IS NULL AND 'commitment_id' = ANY (e.needs) THEN 'it names no commitment'
            WHEN l.counterparty_id IS NULL AND 'counterparty_id' = ANY (e.needs) THEN 'it names no counterparty'
            WHEN (l.pot_id IS NULL) = (l.counterparty_id IS NULL) AND 'payee' = ANY (e.needs)
                THEN 'it names no payee, or two'
            END) AS fault (text)
        GROUP BY GROUPING SETS (
            (l.commissioner_id, l.journal_id, l.fund, l.layer, l.budget_id),
            (l.commissioner_id, l.plan_line_id, l.year, l.budget_id, l.pot_id),
            (l.commissioner_id, l.pot_id, l.year, l.budget_id),
            (l.commissioner_id, l.commitment_id, l.year, l.plan_line_id))
        HAVING CASE WHEN GROUPING(l.journal_id) = 0 THEN min(fault.text) IS NOT NULL OR sum(l.pence) <> 0
                    WHEN GROUPING(l.commitment_id) = 0 THEN l.commitment_id IS NOT NULL
                    WHEN GROUPING(l.plan_line_id) = 0 THEN l.plan_line_id IS NOT NULL
                    ELSE l.pot_id IS NOT NULL END
        ORDER BY 1, fault, l.commissioner_id, l.plan_line_id, l.pot_id, l.commitment_id, l.year
    LOOP
        IF given.fault IS NOT NULL AND given.step = 1 THEN
            RAISE EXCEPTION 'a line of journal % is refused: %', given.journal_id, given.fault USING ERRCODE = 'PH001';
        ELSIF given.step = 1 THEN
            RAISE EXCEPTION 'journal % is out by % pence in fund % of layer %',
                given.journal_id, given.off_by, given.fund, given.layer USING ERRCODE = 'PH002';
        END IF;
        moved := CASE given.step
            WHEN 2 THEN move_plan_line(
                given.commissioner_id, given.plan_line_id, given.year, given.budget_id, given.pot_id,
                given.allocated, given.committed, given.spent, given.owed)
            WHEN 3 THEN move_pot(
                given.commissioner_id, given.pot_id, given.year, given.budget_id,
                given.is_handed_over, given.is_notional,
                given.payable, given.in_payment, given.paid, given.came_back)
            ELSE move_commitment(
                given.commissioner_id, given.commitment_id, given.plan_line_id, given.year,
                given.used_on, given.expired_on, given.raised, given.consumed, given.released)
            END;
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

LINE_TRIGGER = """
CREATE TRIGGER journal_line_guard AFTER INSERT ON journal_line
    REFERENCING NEW TABLE AS new_line FOR EACH STATEMENT EXECUTE FUNCTION lines_are_sound_and_move_positions();
"""
JOURNAL_TRIGGER = """
CREATE TRIGGER journal_is_whole AFTER INSERT ON journal
    REFERENCING NEW TABLE AS new_journal FOR EACH STATEMENT EXECUTE FUNCTION journals_are_whole();
"""

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
    for statement in (
        *(MOVE_PLAN_LINE, MOVE_POT, MOVE_COMMITMENT, LINES_ARE_SOUND_AND_MOVE_POSITIONS, LINE_TRIGGER),
        *(MIRRORS, JOURNALS_ARE_WHOLE, JOURNAL_TRIGGER),
    ):
        op.execute(statement)
    op.execute(MOVED_BY_LINES_ONLY)
    for table, figures in FIGURES.items():
        new = ", ".join(f"NEW.{figure}" for figure in figures)
        op.execute(GUARD_POSITION.format(table=table, figures=new, nothing=", ".join("0" for _ in figures)))


def downgrade() -> None:
    """Take the guards off again; the tables go in the next step down."""
    op.execute("DROP TRIGGER journal_line_guard ON journal_line")
    op.execute("DROP FUNCTION lines_are_sound_and_move_positions(), move_plan_line, move_pot, move_commitment")
    op.execute("DROP TRIGGER journal_is_whole ON journal")
    op.execute("DROP FUNCTION journals_are_whole(), mirrors(uuid, uuid, uuid)")
    for table in FIGURES:
        for trigger in ("opens_empty", "moved_by_lines", "never_removed", "no_truncate"):
            op.execute(f"DROP TRIGGER {table}_{trigger} ON {table}")
    op.execute("DROP FUNCTION refuse_direct_move()")
    for table in APPEND_ONLY_TABLES:
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
