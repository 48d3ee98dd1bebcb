"""Views of the books: what was known at an instant, and the statements that were shown, as they were shown."""

from alembic import op

from migrations.helpers import refuse_down_with_journals

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# What a transaction sees is told by the snapshot it reads under and by nothing else: a slow transaction commits after
# one that began later, so instants cannot tell it. The database fills both in; nobody chooses what they saw.
TABLES = """
CREATE TABLE known_view (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    recorded_at timestamptz NOT NULL,
    epoch integer NOT NULL DEFAULT current_epoch(),
    seen pg_snapshot NOT NULL DEFAULT pg_current_snapshot(),
    CONSTRAINT pk_known_view PRIMARY KEY (commissioner_id, id)
);
CREATE INDEX ix_known_view_recorded_at ON known_view (commissioner_id, recorded_at);
CREATE TABLE shown_statement (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    budget_id uuid NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    format text NOT NULL,
    shown_to uuid NOT NULL,
    shown_at timestamptz NOT NULL,
    view_id uuid NOT NULL,
    document text NOT NULL,
    digest bytea NOT NULL GENERATED ALWAYS AS (sha256(convert_to_utf8(document))) STORED,
    CONSTRAINT pk_shown_statement PRIMARY KEY (commissioner_id, id),
    CONSTRAINT fk_shown_statement_budget FOREIGN KEY (commissioner_id, budget_id)
        REFERENCES personal_health_budget (commissioner_id, id),
    CONSTRAINT fk_shown_statement_view FOREIGN KEY (commissioner_id, view_id)
        REFERENCES known_view (commissioner_id, id),
    CONSTRAINT ck_shown_statement_days CHECK (first_day <= last_day),
    CONSTRAINT uq_shown_statement UNIQUE (commissioner_id, budget_id, shown_to, first_day, last_day, format, digest)
);
CREATE INDEX ix_shown_statement_view ON shown_statement (commissioner_id, view_id);
"""
# convert_to is only stable, because an encoding could be defined anew; for UTF-8 it is as good as immutable.
FUNCTIONS = """
CREATE FUNCTION convert_to_utf8(words text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT convert_to(words, 'UTF8')
$$;
CREATE FUNCTION was_known(of_epoch integer, txid bigint, view_epoch integer, seen pg_snapshot) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT of_epoch < view_epoch OR (of_epoch = view_epoch AND pg_visible_in_snapshot(txid::text::xid8, seen))
$$;
"""
GUARD = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_commissioner ON {table} TO phb_owner, phb_writer
    USING (commissioner_id = own_commissioner_id());
GRANT SELECT ON {table} TO phb_writer;
"""
# A reader of the books sees when they were looked at, and nobody's statement.
GRANTS = """
CREATE POLICY own_commissioner_of_reader ON known_view FOR SELECT TO phb_reader
    USING (commissioner_id = (SELECT reader_commissioner_id()));
GRANT SELECT ON known_view TO phb_reader;
GRANT INSERT (commissioner_id, recorded_at) ON known_view TO phb_writer;
GRANT INSERT (commissioner_id, budget_id, first_day, last_day, format, shown_to, shown_at, view_id, document)
    ON shown_statement TO phb_writer;
"""


def upgrade() -> None:
    """Make the two tables; whoever writes them has no say in what was seen."""
    op.execute(FUNCTIONS)
    op.execute(TABLES)
    for table in ("known_view", "shown_statement"):
        op.execute(GUARD.format(table=table))
    op.execute(GRANTS)


def downgrade() -> None:
    """Take them away again while there is no journal."""
    refuse_down_with_journals(op)
    op.execute("DROP TABLE shown_statement, known_view")
    op.execute("DROP FUNCTION was_known, convert_to_utf8")
