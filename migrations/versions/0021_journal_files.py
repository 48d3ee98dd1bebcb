"""Journal files for the finance system: codes by day, files with their control totals, each journal in one file."""

from alembic import op

from migrations.helpers import keep_as_written, keep_to_own_commissioner, refuse_down_with_journals

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# The code that was recorded last holds among those that begin on the same day: nothing is edited.
TABLES = """
CREATE TABLE finance_code (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    account text NOT NULL CONSTRAINT ck_finance_code_account CHECK (account ~ '^[a-z][a-z_]{1,40}$'),
    category_code text CONSTRAINT ck_finance_code_category CHECK (category_code ~ '^[A-Z][A-Z0-9_]{1,40}$'),
    fund text CONSTRAINT ck_finance_code_fund CHECK (fund ~ '^[a-z][a-z0-9_]{1,30}$'),
    effective_from date NOT NULL,
    cost_centre text NOT NULL CONSTRAINT ck_finance_code_cost_centre CHECK (cost_centre ~ '^[A-Za-z0-9]{1,20}$'),
    subjective_code text NOT NULL
        CONSTRAINT ck_finance_code_subjective_code CHECK (subjective_code ~ '^[A-Za-z0-9]{1,20}$'),
    source text NOT NULL CONSTRAINT ck_finance_code_source CHECK (char_length(btrim(source)) BETWEEN 1 AND 500),
    recorded_by uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    ordinal bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_finance_code PRIMARY KEY (commissioner_id, id)
);
CREATE TABLE journal_file (
    commissioner_id uuid NOT NULL,
    number bigint NOT NULL CONSTRAINT ck_journal_file_number CHECK (number > 0),
    until_month date NOT NULL CONSTRAINT ck_journal_file_month CHECK (extract(day FROM until_month) = 1),
    journals bigint NOT NULL CONSTRAINT ck_journal_file_journals CHECK (journals > 0),
    lines bigint NOT NULL CONSTRAINT ck_journal_file_lines CHECK (lines >= 0),
    debit_pence bigint NOT NULL,
    credit_pence bigint NOT NULL,
    content bytea NOT NULL,
    digest bytea NOT NULL CONSTRAINT ck_journal_file_digest CHECK (digest = sha256(content)),
    made_by uuid NOT NULL,
    made_at timestamptz NOT NULL,
    CONSTRAINT pk_journal_file PRIMARY KEY (commissioner_id, number),
    CONSTRAINT ck_journal_file_balances CHECK (debit_pence = credit_pence AND debit_pence >= 0)
);
CREATE TABLE sent_journal (
    commissioner_id uuid NOT NULL,
    journal_id uuid NOT NULL,
    file_number bigint NOT NULL,
    CONSTRAINT pk_sent_journal PRIMARY KEY (commissioner_id, journal_id),
    CONSTRAINT fk_sent_journal_journal FOREIGN KEY (commissioner_id, journal_id)
        REFERENCES journal (commissioner_id, id),
    CONSTRAINT fk_sent_journal_file FOREIGN KEY (commissioner_id, file_number)
        REFERENCES journal_file (commissioner_id, number) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX ix_sent_journal_file ON sent_journal (commissioner_id, file_number);
"""

# Files are numbered without gaps and say how many journals they hold: what is sent is all there is, once.
COUNTS = """
CREATE FUNCTION journal_file_counts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held bigint;
BEGIN
    SELECT count(*) INTO held FROM sent_journal
        WHERE commissioner_id = NEW.commissioner_id AND file_number = NEW.number;
    IF held <> NEW.journals THEN
        RAISE EXCEPTION 'journal file % holds % journals and says %', NEW.number, held, NEW.journals
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_journal_file_counts';
    END IF;
    IF NEW.number > 1 AND NOT EXISTS (SELECT FROM journal_file
        WHERE commissioner_id = NEW.commissioner_id AND number = NEW.number - 1) THEN
        RAISE EXCEPTION 'journal file % has none before it', NEW.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_journal_file_follows';
    END IF;
    RETURN NULL;
END;
$$;
CREATE TRIGGER journal_file_counts AFTER INSERT ON journal_file
    FOR EACH ROW EXECUTE FUNCTION journal_file_counts();
CREATE FUNCTION journal_file_is_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM new_sent s JOIN journal_file f
        ON f.commissioner_id = s.commissioner_id AND f.number = s.file_number) THEN
        RAISE EXCEPTION 'a journal file that was made takes no more journals'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_sent_journal_late';
    END IF;
    RETURN NULL;
END;
$$;
CREATE TRIGGER sent_journal_late AFTER INSERT ON sent_journal
    REFERENCING NEW TABLE AS new_sent FOR EACH STATEMENT EXECUTE FUNCTION journal_file_is_whole();
"""
NAMES = ("finance_code", "journal_file", "sent_journal")


def upgrade() -> None:
    """Make the tables; what was sent stays as it was sent."""
    op.execute(TABLES)
    op.execute(COUNTS)
    for table in NAMES:
        keep_to_own_commissioner(op, table)
        keep_as_written(op, table)


def downgrade() -> None:
    """Take them away again while there is no journal."""
    refuse_down_with_journals(op)
    op.execute("DROP TABLE sent_journal, journal_file, finance_code")
    op.execute("DROP FUNCTION journal_file_counts(), journal_file_is_whole()")
