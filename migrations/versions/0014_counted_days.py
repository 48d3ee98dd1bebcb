"""Keep what was counted of a day that is over, so that the checks of a large caseload are counted once."""

from alembic import op

from migrations.helpers import keep_to_own_commissioner, refuse_down_with_journals

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# `held` is a list of pairs: the budgets that somebody holds, as [cohort, kind, setting, way], and how many people do.
COUNTED_DAY = """
CREATE TABLE counted_day (
    commissioner_id uuid NOT NULL,
    as_of date NOT NULL,
    reporting_order text NOT NULL,
    held jsonb NOT NULL CONSTRAINT ck_counted_day_held CHECK (jsonb_typeof(held) = 'array'),
    counted_at timestamptz NOT NULL,
    CONSTRAINT pk_counted_day PRIMARY KEY (commissioner_id, as_of),
    CONSTRAINT ck_counted_day_over CHECK ((counted_at AT TIME ZONE 'Europe/London')::date > as_of)
);
CREATE TRIGGER counted_day_append_only BEFORE UPDATE OR DELETE ON counted_day
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER counted_day_never_emptied BEFORE TRUNCATE ON counted_day
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON counted_day TO phb_writer;
"""


def upgrade() -> None:
    """Make the table."""
    op.execute(COUNTED_DAY)
    keep_to_own_commissioner(op, "counted_day")


def downgrade() -> None:
    """Remove the table while there is no journal."""
    refuse_down_with_journals(op)
    op.execute("DROP TABLE counted_day")
