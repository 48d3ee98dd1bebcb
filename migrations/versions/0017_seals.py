"""Seals: journals and audit events in blocks, each a Merkle tree, chained to the one before."""

from alembic import op

from migrations.helpers import refuse_down_with_journals

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# `epoch` counts the times the database was restored: transaction ids of an earlier one say nothing of the next one's.
# Who writes an audit event has no say in its transaction id, by which it is sealed.
COLUMNS = """
ALTER TABLE journal DROP COLUMN leaf_hash;
ALTER TABLE audit_event ADD COLUMN epoch integer NOT NULL DEFAULT 0;
REVOKE INSERT ON audit_event FROM phb_writer;
GRANT INSERT (commissioner_id, id, recorded_at, user_id, roles, organisation_id, request_id, action, subject_kind,
              subject_id, person_id, reason, facts) ON audit_event TO phb_writer;
CREATE INDEX ix_journal_txid ON journal USING brin (txid) WITH (pages_per_range = 16, autosummarize = on);
CREATE INDEX ix_audit_event_txid ON audit_event USING brin (txid) WITH (pages_per_range = 16, autosummarize = on);
"""

# A journal's running number is its place among the leaves: without a gap, given once nothing earlier can come.
TABLES = """
CREATE TABLE seal_block (
    commissioner_id uuid NOT NULL,
    stream text NOT NULL CONSTRAINT ck_seal_block_stream CHECK (stream IN ('journal', 'audit_event')),
    number bigint NOT NULL CONSTRAINT ck_seal_block_number CHECK (number >= 1),
    first_place bigint NOT NULL CONSTRAINT ck_seal_block_first CHECK (first_place >= 1),
    last_place bigint NOT NULL,
    root bytea NOT NULL CONSTRAINT ck_seal_block_root CHECK (octet_length(root) = 32),
    head bytea NOT NULL CONSTRAINT ck_seal_block_head CHECK (octet_length(head) = 32),
    epoch integer NOT NULL,
    horizon bigint NOT NULL,
    sealed_at timestamptz NOT NULL,
    CONSTRAINT pk_seal_block PRIMARY KEY (commissioner_id, stream, number),
    CONSTRAINT ck_seal_block_places CHECK (last_place >= first_place)
);
CREATE TABLE seal (
    commissioner_id uuid NOT NULL,
    stream text NOT NULL,
    place bigint NOT NULL,
    subject_id uuid NOT NULL,
    leaf bytea NOT NULL CONSTRAINT ck_seal_leaf CHECK (octet_length(leaf) = 32),
    CONSTRAINT pk_seal PRIMARY KEY (commissioner_id, stream, place),
    CONSTRAINT uq_seal_subject UNIQUE (commissioner_id, stream, subject_id)
);
"""
GUARD = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_commissioner ON {table} FOR SELECT TO phb_owner, phb_writer, phb_sealer
    USING (commissioner_id = own_commissioner_id());
CREATE POLICY sealed_by_function_alone ON {table} FOR INSERT TO phb_sealer
    WITH CHECK (commissioner_id = own_commissioner_id());
CREATE POLICY own_commissioner_of_reader ON {table} FOR SELECT TO phb_reader
    USING (commissioner_id = (SELECT reader_commissioner_id()));
GRANT SELECT ON {table} TO phb_writer, phb_reader;
GRANT SELECT, INSERT ON {table} TO phb_sealer;
"""
SEALER_READS = """
ALTER POLICY own_commissioner ON {table} TO phb_owner, phb_writer, phb_between, phb_sealer;
GRANT SELECT ON {table} TO phb_sealer;
"""

# The canonical forms, as docs/seals.md tells them. Fields are parted by "|", which none of them can hold, and free text
# stands as its hash; an absent one is empty. Instants are microseconds since 1970 in UTC.
HEX = "encode(sha256(convert_to({text}, 'UTF8')), 'hex')"
JOURNAL_FORM = f"""
CREATE FUNCTION journal_form(own uuid, ids uuid[]) RETURNS TABLE (id uuid, form text, n bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp SET datestyle = 'ISO, YMD' AS $$
    SELECT j.id,
        concat_ws('|', 'phb-journal-1', j.commissioner_id, j.id, j.key, encode(j.request_hash, 'hex'), j.kind,
            j.effective_on, (extract(epoch FROM j.recorded_at) * 1000000)::bigint,
            {HEX.format(text="j.narration")}, {HEX.format(text="j.source_kind")}, j.source_id, j.prepared_by,
            coalesce(j.approved_by::text, ''), coalesce(j.reverses_id::text, ''), j.line_count)
        || coalesce(lines.text, ''), u.n
    FROM unnest(ids) WITH ORDINALITY AS u (id, n) CROSS JOIN LATERAL (
        SELECT * FROM journal f WHERE f.commissioner_id = own AND f.id = u.id LIMIT 1
    ) j LEFT JOIN LATERAL (
        SELECT string_agg(concat_ws('|', E'\\n' || l.ordinal, l.kind, l.effective_on, l.account, l.layer, l.fund,
                l.pence,
                coalesce(l.year::text, ''), coalesce(l.budget_id::text, ''), coalesce(l.pot_id::text, ''),
                coalesce(l.plan_line_id::text, ''), coalesce(l.commitment_id::text, ''),
                coalesce(l.counterparty_id::text, ''), coalesce(lower(l.covers)::text, ''),
                coalesce(upper(l.covers)::text, '')), '' ORDER BY l.ordinal)
        FROM journal_line l WHERE l.commissioner_id = j.commissioner_id AND l.journal_id = j.id
    ) AS lines (text) ON true
$$;
"""  # noqa: S608 - constants of this file
AUDIT_EVENT_FORM = f"""
CREATE FUNCTION audit_event_form(own uuid, ids uuid[]) RETURNS TABLE (id uuid, form text, n bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT a.id,
        concat_ws('|', 'phb-audit-event-1', a.commissioner_id, a.id,
            (extract(epoch FROM a.recorded_at) * 1000000)::bigint,
            a.user_id, {HEX.format(text="array_to_json(a.roles)::text")}, coalesce(a.organisation_id::text, ''),
            a.request_id, a.action, {HEX.format(text="a.subject_kind")}, a.subject_id,
            coalesce(a.person_id::text, ''), coalesce({HEX.format(text="a.reason")}, ''))
        || coalesce(facts.text, ''), u.n
    FROM unnest(ids) WITH ORDINALITY AS u (id, n) CROSS JOIN LATERAL (
        SELECT * FROM audit_event f WHERE f.commissioner_id = own AND f.id = u.id LIMIT 1
    ) a LEFT JOIN LATERAL (
        SELECT string_agg(E'\\n' || to_json(f.key)::text || ':' || f.value::text, '' ORDER BY f.key COLLATE "C")
        FROM jsonb_each(a.facts) f
    ) AS facts (text) ON true
$$;
"""  # noqa: S608 - constants of this file

LEAF_OF = """
CREATE FUNCTION leaf_of(form text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT sha256('\\x00'::bytea || convert_to(form, 'UTF8'))
$$;
"""

# RFC 9162's tree, level by level: neighbours are joined, and an odd one at the end goes up as it is.
MERKLE_ROOT = """
CREATE FUNCTION merkle_root(leaves bytea[]) RETURNS bytea LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    nodes bytea[] := leaves;
BEGIN
    WHILE cardinality(nodes) > 1 LOOP
        nodes := ARRAY(
            SELECT CASE WHEN p.right_one IS NULL THEN p.left_one
                        ELSE sha256('\\x01'::bytea || p.left_one || p.right_one) END
            FROM (SELECT u.v, lead(u.v) OVER (ORDER BY u.n), u.n FROM unnest(nodes) WITH ORDINALITY AS u (v, n))
                 AS p (left_one, right_one, n)
            WHERE p.n % 2 = 1 ORDER BY p.n);
    END LOOP;
    RETURN nodes[1];
END $$;
CREATE FUNCTION chained(earlier bytea, root bytea) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT sha256('\\x02'::bytea || coalesce(earlier, ''::bytea) || root)
$$;
"""

# Everything before the horizon is over: it has committed, and is seen, or never will. So each block takes what lies
# between the last horizon and its own; a slow transaction with an early id holds the horizon back. A transaction's rows
# are never parted. The lock keeps two sealers from making the same block.
SEAL_BOOKS = """
CREATE FUNCTION seal_books(p_stream text, p_sealed_at timestamptz, p_most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    own uuid := own_commissioner_id();
    last_block seal_block;
    until_epoch integer := current_epoch();
    horizon bigint;
    cut_epoch integer;
    cut_txid bigint;
    ids uuid[];
    leaves bytea[];
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('seal ' || p_stream || own, 0));
    horizon := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
    SELECT * INTO last_block FROM seal_block b WHERE b.commissioner_id = own AND b.stream = p_stream
    ORDER BY b.number DESC LIMIT 1;
    IF last_block.epoch = until_epoch AND horizon < last_block.horizon THEN
        RAISE EXCEPTION 'transactions are counted anew, and no epoch has begun' USING ERRCODE = 'PH014';
    END IF;
    EXECUTE format($sql$
        WITH waiting AS (
            SELECT s.id, s.epoch, s.txid FROM %I s
            WHERE s.commissioner_id = $1 AND (s.epoch, s.txid) >= ($2, $3) AND (s.epoch, s.txid) < ($4, $5)
        ), cut AS MATERIALIZED (
            SELECT w.epoch, w.txid + 1 AS txid FROM waiting w ORDER BY w.epoch, w.txid OFFSET $6 - 1 LIMIT 1
        )
        SELECT array_agg(w.id ORDER BY w.epoch, w.txid, w.id), min(c.epoch), min(c.txid)
        FROM waiting w LEFT JOIN cut c ON true WHERE c.txid IS NULL OR (w.epoch, w.txid) < (c.epoch, c.txid)
    $sql$, p_stream)
    INTO ids, cut_epoch, cut_txid
    USING own, coalesce(last_block.epoch, 0), coalesce(last_block.horizon, 0), until_epoch, horizon, p_most;
    IF ids IS NULL THEN
        RETURN 0;
    END IF;
    EXECUTE format('SELECT array_agg(leaf_of(f.form) ORDER BY f.n) FROM %I($1, $2) f', p_stream || '_form')
    INTO leaves USING own, ids;
    INSERT INTO seal (commissioner_id, stream, place, subject_id, leaf)
    SELECT own, p_stream, coalesce(last_block.last_place, 0) + u.n, u.id, u.leaf
    FROM unnest(ids, leaves) WITH ORDINALITY AS u (id, leaf, n);
    INSERT INTO seal_block VALUES (
        own, p_stream, coalesce(last_block.number, 0) + 1, coalesce(last_block.last_place, 0) + 1,
        coalesce(last_block.last_place, 0) + cardinality(ids), merkle_root(leaves),
        chained(last_block.head, merkle_root(leaves)), coalesce(cut_epoch, until_epoch), coalesce(cut_txid, horizon),
        p_sealed_at);
    RETURN cardinality(ids);
END $$;
"""

# The default of the column is the epoch: nothing is read for it while posting.
EPOCH = """
CREATE TABLE seal_epoch (
    number integer CONSTRAINT pk_seal_epoch PRIMARY KEY,
    begun_at timestamptz NOT NULL
);
CREATE TRIGGER seal_epoch_append_only BEFORE UPDATE OR DELETE ON seal_epoch
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER seal_epoch_no_truncate BEFORE TRUNCATE ON seal_epoch
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT ON seal_epoch TO phb_writer, phb_sealer, phb_reader;
CREATE FUNCTION current_epoch() RETURNS integer LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(max(number), 0) FROM seal_epoch
$$;
"""


def upgrade() -> None:
    """Make the seals."""
    op.execute(COLUMNS)
    op.execute(EPOCH)
    op.execute(TABLES)
    for table in ("seal_block", "seal"):
        op.execute(GUARD.format(table=table))
    for table in ("journal", "journal_line", "audit_event"):
        op.execute(SEALER_READS.format(table=table))
    for statement in (JOURNAL_FORM, AUDIT_EVENT_FORM, LEAF_OF, MERKLE_ROOT, SEAL_BOOKS):
        op.execute(statement)
    op.execute("REVOKE EXECUTE ON FUNCTION seal_books FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION seal_books TO phb_writer")
    op.execute("ALTER FUNCTION seal_books OWNER TO phb_sealer")


def downgrade() -> None:
    """Take the seals away again while there is no journal."""
    refuse_down_with_journals(op)
    op.execute("SET LOCAL ROLE phb_sealer")
    op.execute("DROP FUNCTION seal_books")
    op.execute("SET LOCAL ROLE phb_owner")
    for function in ("chained", "merkle_root", "leaf_of", "audit_event_form", "journal_form", "current_epoch"):
        op.execute(f"DROP FUNCTION {function}")
    for table in ("journal", "journal_line", "audit_event"):
        op.execute(f"REVOKE SELECT ON {table} FROM phb_sealer")  # noqa: S608 - constants of this file
        op.execute(f"ALTER POLICY own_commissioner ON {table} TO phb_owner, phb_writer, phb_between")
    op.execute("DROP TABLE seal, seal_block, seal_epoch")
    op.execute("DROP INDEX ix_journal_txid, ix_audit_event_txid")
    op.execute("ALTER TABLE audit_event DROP COLUMN epoch")
    op.execute("GRANT INSERT ON audit_event TO phb_writer")
    op.execute("ALTER TABLE journal ADD COLUMN leaf_hash bytea")
