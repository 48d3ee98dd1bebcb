"""The installation's clock, the audit trail and answered requests."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# A null clock_at is the system's clock, for ever; anything else is the instant of a settable one, which starts where it
# is told to, or now.
INSTALLATION = """
CREATE TABLE installation (
    one boolean CONSTRAINT pk_installation PRIMARY KEY DEFAULT true CONSTRAINT ck_installation_one CHECK (one),
    clock_at timestamptz,
    made_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO installation (clock_at)
SELECT CASE current_setting('phb.clock', true) WHEN 'settable'
    THEN coalesce(nullif(current_setting('phb.clock_at', true), '')::timestamptz, now()) END;

CREATE FUNCTION installation_moves_forward_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' OR OLD.clock_at IS NULL OR NEW.clock_at IS NULL OR NEW.clock_at < OLD.clock_at
       OR NEW.made_at <> OLD.made_at THEN
        RAISE EXCEPTION 'the clock is chosen when the database is made, and only a settable one moves, forward'
            USING ERRCODE = 'PH101';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER installation_guard BEFORE INSERT OR UPDATE OR DELETE ON installation
    FOR EACH ROW EXECUTE FUNCTION installation_moves_forward_only();
CREATE TRIGGER installation_no_truncate BEFORE TRUNCATE ON installation
    FOR EACH STATEMENT EXECUTE FUNCTION installation_moves_forward_only();
GRANT SELECT, UPDATE (clock_at) ON installation TO phb_writer;
"""

APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows are never changed or removed: a correction is a new entry', TG_TABLE_NAME
        USING ERRCODE = 'PH102';
END $$;
"""

# Facts are ids, codes, dates, counts and amounts. No name, address, NHS number or bank detail has one of these shapes.
FACT = (
    "^([a-z][a-z0-9_.:-]{0,99}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    "|[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+[+]00:00)?|-?[0-9]+[.][0-9]{2})$"
)

AUDIT_EVENT = """
CREATE TABLE audit_event (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    recorded_at timestamptz NOT NULL,
    user_id uuid NOT NULL,
    roles text[] NOT NULL,
    organisation_id uuid,
    request_id uuid NOT NULL,
    action text NOT NULL CONSTRAINT ck_audit_event_action CHECK (action ~ '^[a-z_]+\\.[a-z_]+$'),
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    person_id uuid,
    reason text,
    facts jsonb NOT NULL DEFAULT '{}',
    txid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    CONSTRAINT pk_audit_event PRIMARY KEY (commissioner_id, id),
    CONSTRAINT ck_audit_event_facts CHECK (
        jsonb_typeof(facts) = 'object'
        AND NOT jsonb_path_exists(facts, 'strict $.* ? (@.type() == "object" || @.type() == "array"
            || @.type() == "number" && (@ >= 1000000000 || @ <= -1000000000)
            || @.type() == "string" && !(@ like_regex "@FACT@"))', silent => true))
);
CREATE INDEX ix_audit_event_subject ON audit_event (commissioner_id, subject_id, recorded_at);
CREATE INDEX ix_audit_event_person ON audit_event (commissioner_id, person_id, recorded_at) WHERE person_id IS NOT NULL;
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE audit_event ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_commissioner ON audit_event USING (commissioner_id = own_commissioner_id());
GRANT SELECT, INSERT ON audit_event TO phb_writer;
""".replace("@FACT@", FACT)

OWN_COMMISSIONER = """
CREATE FUNCTION own_commissioner_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('phb.commissioner_id', true), '')::uuid
$$;
"""

IDEMPOTENT_REQUEST = """
CREATE TABLE idempotent_request (
    commissioner_id uuid NOT NULL,
    key uuid NOT NULL,
    user_id uuid NOT NULL,
    body_hash bytea NOT NULL CONSTRAINT ck_idempotent_request_hash CHECK (octet_length(body_hash) = 32),
    status smallint NOT NULL,
    answer jsonb NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT pk_idempotent_request PRIMARY KEY (commissioner_id, key)
);
CREATE TRIGGER idempotent_request_append_only BEFORE UPDATE OR DELETE ON idempotent_request
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER idempotent_request_no_truncate BEFORE TRUNCATE ON idempotent_request
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE idempotent_request ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_commissioner ON idempotent_request USING (commissioner_id = own_commissioner_id());
GRANT SELECT, INSERT ON idempotent_request TO phb_writer;
"""


def upgrade() -> None:
    """Make the tables that every package relies on."""
    for statements in (INSTALLATION, APPEND_ONLY, OWN_COMMISSIONER, AUDIT_EVENT, IDEMPOTENT_REQUEST):
        op.execute(statements)


def downgrade() -> None:
    """Remove them again from an empty database."""
    op.execute("DROP TABLE idempotent_request, audit_event, installation")
    op.execute("DROP FUNCTION own_commissioner_id(), refuse_change(), installation_moves_forward_only()")
