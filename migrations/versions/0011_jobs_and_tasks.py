"""The scheduler's own table, the log of jobs whose rows are claims, messages to deliver, and dated duties."""

from alembic import op

from migrations.helpers import keep_to_own_commissioner, refuse_down_with_journals

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# As APScheduler's store would make it: it holds nothing but when to wake up, of no commissioner.
APSCHEDULER_JOBS = """
CREATE TABLE apscheduler_jobs (
    id varchar(191) NOT NULL CONSTRAINT pk_apscheduler_jobs PRIMARY KEY,
    next_run_time double precision,
    job_state bytea NOT NULL
);
CREATE INDEX ix_apscheduler_jobs_next_run_time ON apscheduler_jobs (next_run_time);
GRANT SELECT, INSERT, UPDATE, DELETE ON apscheduler_jobs TO phb_writer;
"""

# Facts are ids, codes, dates and counts. No name, address, NHS number or bank detail has one of these shapes.
FACT = "^([a-z][a-z0-9_.:-]{0,99}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]{4}-[0-9]{2}-[0-9]{2})$"

# `try_again_at` is real time: waiting for a fault to pass has nothing to do with a clock that can be moved.
JOB_RUN = """
CREATE TABLE job_run (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    job text NOT NULL CONSTRAINT ck_job_run_job CHECK (job ~ '^[a-z][a-z-]{1,60}$'),
    due_at timestamptz NOT NULL,
    state text NOT NULL CONSTRAINT ck_job_run_state CHECK
        (state IN ('running', 'done', 'skipped', 'failed', 'given_up')),
    attempts smallint NOT NULL CONSTRAINT ck_job_run_attempts CHECK (attempts >= 1),
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    try_again_at timestamptz,
    counts jsonb NOT NULL DEFAULT '{}' CONSTRAINT ck_job_run_counts CHECK (jsonb_typeof(counts) = 'object'
        AND NOT jsonb_path_exists(counts, 'strict $.* ? (@.type() != "number")', silent => true)),
    sentence text CONSTRAINT ck_job_run_sentence CHECK (length(sentence) BETWEEN 1 AND 500),
    CONSTRAINT pk_job_run PRIMARY KEY (commissioner_id, id),
    CONSTRAINT uq_job_run_due UNIQUE (commissioner_id, job, due_at),
    CONSTRAINT ck_job_run_finished CHECK ((state = 'running') = (finished_at IS NULL)),
    CONSTRAINT ck_job_run_said CHECK ((state = 'running') = (sentence IS NULL)),
    CONSTRAINT ck_job_run_tried_again CHECK ((state = 'failed') = (try_again_at IS NOT NULL))
);
CREATE INDEX ix_job_run_unfinished ON job_run (commissioner_id, due_at) WHERE state IN ('running', 'failed');
CREATE TRIGGER job_run_ended_once BEFORE UPDATE ON job_run FOR EACH ROW
    WHEN (OLD.state IN ('done', 'skipped', 'given_up')) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER job_run_kept BEFORE DELETE ON job_run FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT, UPDATE (state, attempts, started_at, finished_at, try_again_at, counts, sentence)
    ON job_run TO phb_writer;
"""

# `try_at` and `ended_at` are real time, as the people are who read the message.
OUTBOX_MESSAGE = """
CREATE TABLE outbox_message (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    key uuid NOT NULL,
    kind text NOT NULL CONSTRAINT ck_outbox_message_kind CHECK (kind ~ '^[a-z][a-z_.]{1,60}$'),
    recipient_id uuid NOT NULL,
    facts jsonb NOT NULL CONSTRAINT ck_outbox_message_facts CHECK (jsonb_typeof(facts) = 'object'
        AND NOT jsonb_path_exists(facts, 'strict $.* ? (@.type() == "object" || @.type() == "array"
            || @.type() == "number" && (@ >= 1000000000 || @ <= -1000000000)
            || @.type() == "string" && !(@ like_regex "%FACT%"))', silent => true)),
    written_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CONSTRAINT ck_outbox_message_state CHECK
        (state IN ('waiting', 'delivered', 'failed', 'withdrawn')),
    attempts smallint NOT NULL DEFAULT 0 CONSTRAINT ck_outbox_message_attempts CHECK (attempts >= 0),
    try_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT pk_outbox_message PRIMARY KEY (commissioner_id, id),
    CONSTRAINT uq_outbox_message_key UNIQUE (commissioner_id, key),
    CONSTRAINT fk_outbox_message_recipient FOREIGN KEY (commissioner_id, recipient_id)
        REFERENCES user_account (commissioner_id, id),
    CONSTRAINT ck_outbox_message_ended CHECK ((state = 'waiting') = (ended_at IS NULL))
);
CREATE INDEX ix_outbox_message_waiting ON outbox_message (commissioner_id, try_at) WHERE state = 'waiting';
CREATE INDEX ix_outbox_message_recipient ON outbox_message (commissioner_id, recipient_id, kind);
CREATE TRIGGER outbox_message_ended_once BEFORE UPDATE ON outbox_message FOR EACH ROW
    WHEN (OLD.state <> 'waiting') EXECUTE FUNCTION refuse_change();
CREATE TRIGGER outbox_message_kept BEFORE DELETE ON outbox_message FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT, UPDATE (state, attempts, try_at, ended_at) ON outbox_message TO phb_writer;
""".replace("%FACT%", FACT)

MAIL_CHOICE = """
CREATE TABLE mail_choice (
    commissioner_id uuid NOT NULL,
    user_id uuid NOT NULL,
    digest boolean NOT NULL,
    chosen_at timestamptz NOT NULL,
    CONSTRAINT pk_mail_choice PRIMARY KEY (commissioner_id, user_id),
    CONSTRAINT fk_mail_choice_user FOREIGN KEY (commissioner_id, user_id) REFERENCES user_account (commissioner_id, id)
);
GRANT SELECT, INSERT, UPDATE (digest, chosen_at) ON mail_choice TO phb_writer;
"""

TASK = """
CREATE TABLE task (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    kind text NOT NULL CONSTRAINT ck_task_kind CHECK (kind ~ '^[a-z][a-z_.]{1,60}$'),
    subject_id uuid NOT NULL,
    budget_id uuid,
    person_id uuid,
    roles text[] NOT NULL CONSTRAINT ck_task_roles CHECK (cardinality(roles) >= 1),
    user_id uuid,
    since_on date NOT NULL,
    due_on date NOT NULL,
    raised_at timestamptz NOT NULL,
    closed_at timestamptz,
    closed_because text CONSTRAINT ck_task_closed_because CHECK (closed_because IN ('done', 'replaced')),
    CONSTRAINT pk_task PRIMARY KEY (commissioner_id, id),
    CONSTRAINT fk_task_budget FOREIGN KEY (commissioner_id, budget_id)
        REFERENCES personal_health_budget (commissioner_id, id),
    CONSTRAINT fk_task_person FOREIGN KEY (commissioner_id, person_id) REFERENCES person (commissioner_id, id),
    CONSTRAINT ck_task_closed CHECK ((closed_at IS NULL) = (closed_because IS NULL))
);
CREATE UNIQUE INDEX uq_task_open ON task (commissioner_id, kind, subject_id, since_on) WHERE closed_at IS NULL;
CREATE INDEX ix_task_budget ON task (commissioner_id, budget_id);
CREATE TRIGGER task_closed_once BEFORE UPDATE ON task FOR EACH ROW
    WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER task_kept BEFORE DELETE ON task FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT, UPDATE (closed_at, closed_because) ON task TO phb_writer;
"""

# What waits for somebody is found without reading what does not.
WAITING = """
CREATE INDEX ix_personal_health_budget_agreeing ON personal_health_budget (commissioner_id, state)
    WHERE state NOT IN ('active', 'refused');
CREATE INDEX ix_spend_record_asked_about ON spend_record (commissioner_id, recorded_at) WHERE state = 'asked_about';
"""

NO_TRUNCATE = """
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

TABLES = {"job_run": JOB_RUN, "outbox_message": OUTBOX_MESSAGE, "mail_choice": MAIL_CHOICE, "task": TASK}


def upgrade() -> None:
    """Make the tables of jobs, messages and duties."""
    op.execute(APSCHEDULER_JOBS)
    for table, statements in TABLES.items():
        op.execute(statements)
        keep_to_own_commissioner(op, table)
        op.execute(NO_TRUNCATE.format(table=table))
    op.execute(WAITING)


def downgrade() -> None:
    """Remove them again while there is no journal."""
    refuse_down_with_journals(op)
    op.execute("DROP INDEX ix_personal_health_budget_agreeing, ix_spend_record_asked_about")
    op.execute(f"DROP TABLE apscheduler_jobs, {', '.join(reversed(TABLES))}")
