"""Files that were taken in, and imports that wait for a job: the file, how far it is, what became of each row."""

from alembic import op

from migrations.helpers import keep_to_own_commissioner, refuse_down_with_journals

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TAKEN_FILE = """
CREATE TABLE taken_file (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    kind text NOT NULL CONSTRAINT ck_taken_file_kind CHECK (kind <> ''),
    sha256 bytea NOT NULL CONSTRAINT ck_taken_file_sha256 CHECK (octet_length(sha256) = 32),
    taken_by uuid NOT NULL,
    roles text[] NOT NULL CONSTRAINT ck_taken_file_roles CHECK (cardinality(roles) > 0),
    taken_at timestamptz NOT NULL,
    CONSTRAINT pk_taken_file PRIMARY KEY (commissioner_id, id),
    CONSTRAINT fk_taken_file_user FOREIGN KEY (commissioner_id, taken_by) REFERENCES user_account (commissioner_id, id)
);
CREATE INDEX ix_taken_file_sha256 ON taken_file (commissioner_id, kind, sha256, taken_at);
CREATE TRIGGER taken_file_append_only BEFORE UPDATE OR DELETE ON taken_file
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON taken_file TO phb_writer;
"""

# The file is kept until the job has ended and no longer; bytes that do not have their digest cannot be stored at all.
IMPORT_JOB = """
CREATE TABLE import_job (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL CONSTRAINT ck_import_job_kind CHECK (kind <> ''),
    sha256 bytea NOT NULL CONSTRAINT ck_import_job_sha256 CHECK
        (octet_length(sha256) = 32 AND (content IS NULL OR sha256 = sha256(content))),
    size_bytes integer NOT NULL CONSTRAINT ck_import_job_size CHECK
        (size_bytes BETWEEN 1 AND 10485760 AND (content IS NULL OR size_bytes = octet_length(content))),
    content bytea,
    dry_run boolean NOT NULL,
    all_or_nothing boolean NOT NULL,
    asked_by uuid NOT NULL,
    asked_roles text[] NOT NULL CONSTRAINT ck_import_job_asked_roles CHECK (cardinality(asked_roles) > 0),
    asked_at timestamptz NOT NULL,
    state text NOT NULL CONSTRAINT ck_import_job_state CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    attempts smallint NOT NULL CONSTRAINT ck_import_job_attempts CHECK (attempts >= 0),
    rows_done integer NOT NULL CONSTRAINT ck_import_job_rows_done CHECK (rows_done >= 0),
    rows_all integer CONSTRAINT ck_import_job_rows_all CHECK
        (CASE WHEN rows_all IS NULL THEN rows_done = 0 ELSE rows_all >= rows_done END),
    added integer NOT NULL CONSTRAINT ck_import_job_added CHECK (added >= 0),
    changed integer NOT NULL CONSTRAINT ck_import_job_changed CHECK (changed >= 0),
    unchanged integer NOT NULL CONSTRAINT ck_import_job_unchanged CHECK (unchanged >= 0),
    given_back integer NOT NULL CONSTRAINT ck_import_job_given_back CHECK (given_back >= 0),
    written boolean NOT NULL,
    headings text[] NOT NULL,
    warnings text[] NOT NULL,
    reason_code text,
    reason text,
    started_at timestamptz,
    ended_at timestamptz,
    CONSTRAINT pk_import_job PRIMARY KEY (commissioner_id, id),
    CONSTRAINT fk_import_job_user FOREIGN KEY (commissioner_id, asked_by) REFERENCES user_account (commissioner_id, id),
    CONSTRAINT ck_import_job_content CHECK ((content IS NULL) = (state IN ('done', 'failed'))),
    CONSTRAINT ck_import_job_started CHECK (num_nonnulls(started_at) = CASE state WHEN 'waiting' THEN 0 ELSE 1 END
        AND (attempts > 0) = (state <> 'waiting')),
    CONSTRAINT ck_import_job_ended CHECK ((ended_at IS NOT NULL) = (state IN ('done', 'failed'))),
    CONSTRAINT ck_import_job_failed CHECK
        (num_nonnulls(reason_code, reason) = CASE state WHEN 'failed' THEN 2 ELSE 0 END),
    CONSTRAINT ck_import_job_written CHECK (NOT written OR (state = 'done' AND NOT dry_run
        AND (given_back = 0 OR NOT all_or_nothing))),
    CONSTRAINT ck_import_job_counts CHECK (added + changed + unchanged + given_back
        = CASE state WHEN 'done' THEN rows_done ELSE 0 END
        AND (state <> 'done' OR (rows_all IS NOT NULL AND rows_done = rows_all)))
);
CREATE INDEX ix_import_job_asked ON import_job (commissioner_id, asked_at, id);
CREATE INDEX ix_import_job_open ON import_job (commissioner_id, asked_at) WHERE state IN ('waiting', 'running');
CREATE FUNCTION import_job_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('done', 'failed') OR NEW.attempts < OLD.attempts
       OR (NEW.state = 'waiting' AND OLD.state <> 'waiting') THEN
        RAISE EXCEPTION 'an import that ended is never changed, and one that began never waits again'
            USING ERRCODE = 'PH102';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER import_job_ends_once BEFORE UPDATE ON import_job FOR EACH ROW EXECUTE FUNCTION import_job_ends_once();
CREATE TRIGGER import_job_kept BEFORE DELETE ON import_job FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT, UPDATE (content, state, attempts, rows_done, rows_all, added, changed, unchanged, given_back,
    written, headings, warnings, reason_code, reason, started_at, ended_at) ON import_job TO phb_writer;
"""

# Only a row given back keeps its cells, so that it can be mended; the others are in the record.
IMPORT_JOB_ROW = """
CREATE TABLE import_job_row (
    commissioner_id uuid NOT NULL,
    job_id uuid NOT NULL,
    row_number integer NOT NULL CONSTRAINT ck_import_job_row_number CHECK (row_number >= 1),
    outcome text NOT NULL CONSTRAINT ck_import_job_row_outcome CHECK
        (outcome IN ('added', 'changed', 'unchanged', 'given_back')),
    code text,
    reason text,
    cells jsonb CONSTRAINT ck_import_job_row_cells CHECK (jsonb_typeof(cells) = 'object'),
    CONSTRAINT pk_import_job_row PRIMARY KEY (commissioner_id, job_id, row_number),
    CONSTRAINT fk_import_job_row_job FOREIGN KEY (commissioner_id, job_id) REFERENCES import_job (commissioner_id, id),
    CONSTRAINT ck_import_job_row_given_back CHECK
        (num_nonnulls(code, reason, cells) = CASE outcome WHEN 'given_back' THEN 3 ELSE 0 END)
);
CREATE TRIGGER import_job_row_append_only BEFORE UPDATE OR DELETE ON import_job_row
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON import_job_row TO phb_writer;
"""

NO_TRUNCATE = """
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

TABLES = {"taken_file": TAKEN_FILE, "import_job": IMPORT_JOB, "import_job_row": IMPORT_JOB_ROW}


def upgrade() -> None:
    """Make the tables of imports."""
    for table, statements in TABLES.items():
        op.execute(statements)
        keep_to_own_commissioner(op, table)
        op.execute(NO_TRUNCATE.format(table=table))


def downgrade() -> None:
    """Remove them again while there is no journal."""
    refuse_down_with_journals(op)
    op.execute(f"DROP TABLE {', '.join(reversed(TABLES))}")
    op.execute("DROP FUNCTION import_job_ends_once()")
