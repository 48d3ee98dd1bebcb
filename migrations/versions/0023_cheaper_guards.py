"""The guard of the lines again, by the set: it refuses what it did, and costs a batch less.

The codes keep the meaning they have since the third migration; too little left (PH006) is refused by the plan line's
position itself.
"""

from importlib import import_module

from alembic import op

from migrations.helpers import make_again

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

GUARDS = import_module("migrations.versions.0003_ledger_guards")
WHOLE_TABLE = import_module("migrations.versions.0015_whole_event_table")

# Only what makes a plan line's position worse is refused: a credit on an overspent line must always be possible.
LEFT = "({row}.allocated - {row}.committed - {row}.spent - {row}.owed)"
BEFORE, AFTER = LEFT.format(row="OLD"), LEFT.format(row="NEW")
NEVER_OVERSPENT = f"""
CREATE FUNCTION refuse_overspending() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    left_before bigint := {BEFORE};
    asked bigint := left_before - {AFTER};
BEGIN
    RAISE EXCEPTION 'plan line % has % pence left in %, % pence are asked of it',
        NEW.plan_line_id, left_before, NEW.year, asked
        USING ERRCODE = 'PH006', DETAIL = json_build_object(
            'plan_line_id', NEW.plan_line_id, 'year', NEW.year, 'left_pence', left_before, 'asked_pence', asked);
END $$;
CREATE TRIGGER plan_line_position_never_overspent AFTER UPDATE ON plan_line_position FOR EACH ROW
    WHEN ({AFTER} < -NEW.tolerance AND {AFTER} < {BEFORE}
          AND (NEW.allocated < OLD.allocated OR NEW.committed > OLD.committed OR NEW.spent > OLD.spent))
    EXECUTE FUNCTION refuse_overspending();
"""

MOVES = """
ALTER TABLE event_line
    ADD COLUMN moves_plan_line boolean GENERATED ALWAYS AS
        (allocated <> 0 OR committed <> 0 OR spent <> 0 OR owed <> 0) STORED,
    ADD COLUMN moves_pot boolean GENERATED ALWAYS AS
        (payable <> 0 OR in_payment <> 0 OR paid <> 0 OR came_back <> 0) STORED,
    ADD COLUMN moves_commitment boolean GENERATED ALWAYS AS
        (raised <> 0 OR consumed <> 0 OR released <> 0) STORED;
"""

# A plan is made once for each connection, and must be good for tables that grow: what is planned here looks rows up by
# their keys. Only on a table known to hold two rows or fewer would it not, until autovacuum counts its rows again.
KEPT_PLAN = "SET plan_cache_mode = force_generic_plan SET enable_hashjoin = off SET enable_mergejoin = off"

# What is wrong with each line, if anything, and with the sum of its journal's fund, layer and budget (so that each
# budget has books that balance). LEFT JOIN: an inner one would let a line of no journal through; the transaction id
# tells a late line. What a position is of never changes, so it is looked at without a lock.
FAULTS = """
        SELECT l.journal_id, l.fund, l.layer, l.commitment_id, fault.text AS fault,
            sum(l.pence) OVER (PARTITION BY l.commissioner_id, l.journal_id, l.fund, l.layer, l.budget_id) AS off_by
        FROM new_line l
        LEFT JOIN journal j ON j.commissioner_id = l.commissioner_id AND j.id = l.journal_id
        LEFT JOIN event_line e ON e.kind = l.kind AND e.account = l.account
        LEFT JOIN plan_line_position p ON p.commissioner_id = l.commissioner_id AND p.plan_line_id = l.plan_line_id
            AND p.year = l.year AND p.budget_id = l.budget_id AND p.pot_id = l.pot_id
        LEFT JOIN pot_position o ON o.commissioner_id = l.commissioner_id AND o.pot_id = l.pot_id
            AND o.year = l.year AND o.budget_id = l.budget_id
        LEFT JOIN commitment c ON c.commissioner_id = l.commissioner_id AND c.id = l.commitment_id
            AND c.plan_line_id = l.plan_line_id AND c.year <= l.year
        CROSS JOIN LATERAL (SELECT CASE WHEN e.side = 'either' THEN j.reverses_id IS NULL
            ELSE (l.pence > 0) = (e.side = 'debit') END) AS it_is (as_listed)
        CROSS JOIN LATERAL (SELECT CASE
            WHEN j.id IS NULL THEN 'PH001 it belongs to no journal'
            WHEN j.txid <> pg_current_xact_id()::text::bigint THEN 'PH001 its journal was posted earlier'
            WHEN j.kind <> l.kind OR j.effective_on <> l.effective_on
                THEN 'PH001 its kind or date is not its journal''s'
            WHEN l.ordinal > j.line_count THEN 'PH001 its journal has fewer lines'
            WHEN e.kind IS NULL THEN 'PH001 the event table has no such line'
            WHEN e.layer <> l.layer THEN 'PH001 the event table puts it in another layer'
            WHEN it_is.as_listed = (j.reverses_id IS NOT NULL) THEN 'PH001 it is on the wrong side'
            WHEN l.budget_id IS NULL AND 'budget_id' = ANY (e.needs) THEN 'PH001 it names no budget'
            WHEN l.year IS NULL AND 'year' = ANY (e.needs) THEN 'PH001 it names no year'
            WHEN l.pot_id IS NULL AND 'pot_id' = ANY (e.needs) THEN 'PH001 it names no pot'
            WHEN l.plan_line_id IS NULL AND 'plan_line_id' = ANY (e.needs) THEN 'PH001 it names no plan line'
            WHEN l.commitment_id IS NULL AND 'commitment_id' = ANY (e.needs) THEN 'PH001 it names no commitment'
            WHEN l.counterparty_id IS NULL AND 'counterparty_id' = ANY (e.needs) THEN 'PH001 it names no counterparty'
            WHEN (l.pot_id IS NULL) = (l.counterparty_id IS NULL) AND 'payee' = ANY (e.needs)
                THEN 'PH001 it names no payee, or two'
            WHEN l.plan_line_id IS NOT NULL AND p.plan_line_id IS NULL
                THEN 'PH004 its plan line is not open in its budget, pot and year'
            WHEN l.pot_id IS NOT NULL AND o.pot_id IS NULL THEN 'PH004 its pot is not open in its budget and year'
            WHEN NOT o.handed_over AND e.needs && '{handed_over,payee}' THEN 'PH009 its pot is held by the commissioner'
            WHEN o.handed_over AND 'notional' = ANY (e.needs) THEN 'PH010 its pot was handed over'
            WHEN l.commitment_id IS NOT NULL AND c.id IS NULL
                THEN 'PH004 its commitment is not open on its plan line and year'
            WHEN it_is.as_listed AND e.consumed <> 0 AND l.effective_on > c.expires_on
                THEN 'PH005 its commitment is used after its last day'
            WHEN it_is.as_listed AND l.kind = 'commitment_expired' AND l.effective_on <= c.expires_on
                THEN 'PH005 its commitment expires before it is over'
            END) AS fault (text)"""

# Moved, and so locked, in key order, so that two postings cannot wait for each other.
MOVED = """
        SELECT {key}, {sums}
        FROM new_line l JOIN event_line e ON e.kind = l.kind AND e.account = l.account
        WHERE e.moves_{position} AND l.{position}_id IS NOT NULL
        GROUP BY {key} ORDER BY {key}"""


def _moved(position: str, columns: str, figures: tuple[str, ...]) -> str:
    key = ", ".join(f"l.{column}" for column in columns.split())
    sums = ", ".join(f"sum(l.pence * e.{figure})::bigint AS {figure}" for figure in figures)
    return MOVED.format(key=key, position=position, sums=sums)


# Where nothing is wrong, the first line that names a commitment is found, if there is one.
LINES_ARE_SOUND_AND_MOVE_POSITIONS = f"""
CREATE FUNCTION lines_are_sound_and_move_positions() {GUARDS.AS_OWNER} {KEPT_PLAN} AS $$
DECLARE
    first record;
BEGIN
    SELECT * INTO first FROM ({FAULTS}
    ) AS line WHERE line.fault IS NOT NULL OR line.off_by <> 0 OR line.commitment_id IS NOT NULL
    ORDER BY line.fault, line.off_by = 0 LIMIT 1;
    IF first.fault IS NOT NULL THEN
        RAISE EXCEPTION 'a line of journal % is refused: %', first.journal_id, substr(first.fault, 7)
            USING ERRCODE = left(first.fault, 5);
    ELSIF first.off_by <> 0 THEN
        RAISE EXCEPTION 'journal % is out by % pence in fund % of layer %',
            first.journal_id, first.off_by, first.fund, first.layer USING ERRCODE = 'PH002';
    END IF;

    UPDATE plan_line_position p SET
        allocated = p.allocated + by.allocated, committed = p.committed + by.committed,
        spent = p.spent + by.spent, owed = p.owed + by.owed
    FROM ({_moved("plan_line", "commissioner_id plan_line_id year", ("allocated", "committed", "spent", "owed"))}
    ) AS by WHERE p.commissioner_id = by.commissioner_id AND p.plan_line_id = by.plan_line_id AND p.year = by.year;

    UPDATE pot_position p SET
        payable = p.payable + by.payable, in_payment = p.in_payment + by.in_payment,
        paid = p.paid + by.paid, came_back = p.came_back + by.came_back
    FROM ({_moved("pot", "commissioner_id pot_id year", ("payable", "in_payment", "paid", "came_back"))}
    ) AS by WHERE p.commissioner_id = by.commissioner_id AND p.pot_id = by.pot_id AND p.year = by.year
      AND p.handed_over;

    IF first.commitment_id IS NOT NULL THEN
        UPDATE commitment c SET
            raised = c.raised + by.raised, consumed = c.consumed + by.consumed, released = c.released + by.released
        FROM ({_moved("commitment", "commissioner_id commitment_id", ("raised", "consumed", "released"))}
        ) AS by WHERE c.commissioner_id = by.commissioner_id AND c.id = by.commitment_id;
    END IF;
    RETURN NULL;
END $$;
"""  # noqa: S608 - constants of this file


def upgrade() -> None:
    """Make the guard again."""
    op.execute(MOVES)
    op.execute(NEVER_OVERSPENT)
    make_again(op, LINES_ARE_SOUND_AND_MOVE_POSITIONS, {})
    op.execute("DROP FUNCTION move_plan_line, move_pot, move_commitment")


def downgrade() -> None:
    """Make the guard as it was."""
    op.execute(GUARDS.MOVE_PLAN_LINE)
    op.execute(GUARDS.MOVE_POT)
    make_again(op, GUARDS.MOVE_COMMITMENT, {WHOLE_TABLE.OF_ITS_YEAR: WHOLE_TABLE.OF_ITS_YEAR_OR_LATER})
    make_again(op, GUARDS.LINES_ARE_SOUND_AND_MOVE_POSITIONS, {WHOLE_TABLE.ONE_SIDE: WHOLE_TABLE.EITHER_SIDE})
    op.execute("DROP TRIGGER plan_line_position_never_overspent ON plan_line_position")
    op.execute("DROP FUNCTION refuse_overspending")
    op.execute(
        "ALTER TABLE event_line DROP COLUMN moves_plan_line, DROP COLUMN moves_pot, DROP COLUMN moves_commitment"
    )
