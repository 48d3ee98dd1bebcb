"""A checkpoint of every account's balance by day, so that reading the books does not grow with them."""

from alembic import op

from migrations.helpers import refuse_down_with_journals

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# Derived from the lines, like positions: identity 8 compares it with them. The view says which journals are in it.
TABLES = """
CREATE TABLE day_balance (
    commissioner_id uuid NOT NULL,
    layer smallint NOT NULL,
    account text NOT NULL,
    fund text NOT NULL,
    day date NOT NULL,
    pence bigint NOT NULL,
    CONSTRAINT pk_day_balance PRIMARY KEY (commissioner_id, layer, account, fund, day)
);
CREATE TABLE balance_checkpoint (
    commissioner_id uuid NOT NULL,
    view_id uuid NOT NULL,
    CONSTRAINT pk_balance_checkpoint PRIMARY KEY (commissioner_id),
    CONSTRAINT fk_balance_checkpoint_view FOREIGN KEY (commissioner_id, view_id)
        REFERENCES known_view (commissioner_id, id)
);
"""
GUARD = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_commissioner ON {table} TO phb_owner, phb_writer
    USING (commissioner_id = own_commissioner_id());
CREATE POLICY own_commissioner_of_reader ON {table} FOR SELECT TO phb_reader
    USING (commissioner_id = (SELECT reader_commissioner_id()));
GRANT SELECT ON {table} TO phb_writer, phb_reader;
"""

# Adds what the later view knows and the earlier did not. Nobody chooses what a checkpoint holds: whoever posts may have
# it moved, and writes none of it.
MOVE = """
CREATE FUNCTION move_checkpoint(p_view uuid) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    own uuid := own_commissioner_id();
    earlier known_view;
    later known_view;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('checkpoint ' || own, 0));
    SELECT * INTO STRICT later FROM known_view v WHERE v.commissioner_id = own AND v.id = p_view;
    SELECT v.* INTO earlier FROM balance_checkpoint b
    JOIN known_view v ON v.commissioner_id = b.commissioner_id AND v.id = b.view_id WHERE b.commissioner_id = own;
    IF (earlier.epoch, pg_snapshot_xmin(earlier.seen), pg_snapshot_xmax(earlier.seen))
        >= (later.epoch, pg_snapshot_xmin(later.seen), pg_snapshot_xmax(later.seen)) THEN
        RETURN false;
    END IF;
    INSERT INTO day_balance
    SELECT own, l.layer, l.account, l.fund, l.effective_on, sum(l.pence)
    FROM journal j JOIN journal_line l ON l.commissioner_id = j.commissioner_id AND l.journal_id = j.id
    WHERE j.commissioner_id = own AND was_known(j.epoch, j.txid, later.epoch, later.seen)
      AND (earlier.id IS NULL
           OR (j.epoch, j.txid) >= (earlier.epoch, pg_snapshot_xmin(earlier.seen)::text::bigint)
              AND NOT was_known(j.epoch, j.txid, earlier.epoch, earlier.seen))
    GROUP BY l.layer, l.account, l.fund, l.effective_on
    ON CONFLICT ON CONSTRAINT pk_day_balance DO UPDATE SET pence = day_balance.pence + EXCLUDED.pence;
    INSERT INTO balance_checkpoint VALUES (own, p_view)
    ON CONFLICT ON CONSTRAINT pk_balance_checkpoint DO UPDATE SET view_id = EXCLUDED.view_id;
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION move_checkpoint FROM PUBLIC;
GRANT EXECUTE ON FUNCTION move_checkpoint TO phb_writer;
"""


def upgrade() -> None:
    """Make the tables, empty: until a first checkpoint the lines themselves are added up."""
    op.execute(TABLES)
    for table in ("day_balance", "balance_checkpoint"):
        op.execute(GUARD.format(table=table))
    op.execute(MOVE)


def downgrade() -> None:
    """Take them away again while there is no journal."""
    refuse_down_with_journals(op)
    op.execute("DROP FUNCTION move_checkpoint")
    op.execute("DROP TABLE balance_checkpoint, day_balance")
