"""What lies between two commissioners is posted on both sides or on neither; auditors read the books by themselves."""

from alembic import op

from migrations.helpers import refuse_down_with_journals

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BOOKS = ("journal", "journal_line", "plan_line_position", "pot_position", "commitment")
READ = (*BOOKS, "audit_event")
BOTH_SIDES = ("between_terms", "between_posting")

# `commissioner_id` is who lets the person go, or pays the whole invoice. Each side keeps its own entry to itself.
TABLES = """
CREATE TABLE between_terms (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL,
    other_commissioner_id uuid NOT NULL,
    kind text NOT NULL CONSTRAINT ck_between_terms_kind CHECK (kind IN ('balance', 'invoice')),
    proposed_by uuid NOT NULL,
    proposed_at timestamptz NOT NULL,
    CONSTRAINT pk_between_terms PRIMARY KEY (commissioner_id, id),
    CONSTRAINT ck_between_terms_two CHECK (other_commissioner_id <> commissioner_id)
);
CREATE UNIQUE INDEX uq_between_terms_id ON between_terms (id);

CREATE TABLE between_acceptance (
    commissioner_id uuid NOT NULL,
    terms_id uuid NOT NULL,
    accepted_by uuid NOT NULL,
    accepted_at timestamptz NOT NULL,
    entry jsonb NOT NULL,
    CONSTRAINT pk_between_acceptance PRIMARY KEY (commissioner_id, terms_id)
);

CREATE TABLE between_posting (
    commissioner_id uuid NOT NULL,
    terms_id uuid NOT NULL,
    journal_id uuid NOT NULL,
    other_commissioner_id uuid NOT NULL,
    other_journal_id uuid NOT NULL,
    CONSTRAINT pk_between_posting PRIMARY KEY (commissioner_id, terms_id),
    CONSTRAINT fk_between_posting_terms FOREIGN KEY (commissioner_id, terms_id)
        REFERENCES between_terms (commissioner_id, id),
    CONSTRAINT fk_between_posting_journal FOREIGN KEY (commissioner_id, journal_id)
        REFERENCES journal (commissioner_id, id),
    CONSTRAINT fk_between_posting_other_journal FOREIGN KEY (other_commissioner_id, other_journal_id)
        REFERENCES journal (commissioner_id, id)
);
CREATE INDEX ix_between_posting_other ON between_posting (other_commissioner_id, terms_id);
"""

GUARD = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
"""
EITHER_SIDE = (
    "CREATE POLICY either_side ON {table} USING (own_commissioner_id() IN (commissioner_id, other_commissioner_id))"
)
OWN_SIDE = """
CREATE POLICY own_commissioner ON between_acceptance USING (commissioner_id = own_commissioner_id());
CREATE POLICY between_both ON between_acceptance FOR SELECT TO phb_between USING (true);
"""

# A writer posts no half of what lies between two: only the function below does, as its own role.
NO_HALVES = """
CREATE POLICY no_half_between ON journal AS RESTRICTIVE FOR INSERT TO phb_writer, phb_owner WITH CHECK (
    kind NOT IN ('balance_moved_out', 'balance_moved_in', 'shared_invoice_accepted', 'share_of_invoice_accepted'));
"""

GRANTS = """
GRANT SELECT, INSERT ON between_terms TO phb_writer;
GRANT SELECT ON between_acceptance, between_posting TO phb_writer;
GRANT SELECT ON between_terms TO phb_between;
GRANT SELECT, INSERT ON between_acceptance, between_posting TO phb_between;
GRANT SELECT, INSERT ON journal_line TO phb_between;
GRANT SELECT ON journal TO phb_between;
GRANT INSERT (commissioner_id, id, key, request_hash, kind, effective_on, recorded_at, narration, source_kind,
              source_id, prepared_by, approved_by, reverses_id, line_count) ON journal TO phb_between;
GRANT EXECUTE ON FUNCTION post_journals TO phb_between;
"""

# The arguments of post_journals(), as an entry keeps them.
ARGUMENTS = {
    "keys": "uuid",
    "hashes": "bytea",
    "kinds": "text",
    "effective": "date",
    "narrations": "text",
    "source_kinds": "text",
    "source_ids": "uuid",
    "prepared": "uuid",
    "approved": "uuid",
    "reverses": "uuid",
    "line_counts": "smallint",
    "places": "integer",
    "ordinals": "smallint",
    "line_kinds": "text",
    "line_dates": "date",
    "accounts": "text",
    "layers": "smallint",
    "funds": "text",
    "pence": "bigint",
    "years": "smallint",
    "budgets": "uuid",
    "pots": "uuid",
    "plan_lines": "uuid",
    "commitments": "uuid",
    "counterparties": "uuid",
    "covers": "daterange",
}
UNPACKED = ",\n        ".join(
    f"ARRAY(SELECT e.v::{of} FROM jsonb_array_elements_text(entry -> '{name}') WITH ORDINALITY AS e (v, n) ORDER BY n)"  # noqa: S608 - constants of this file
    for name, of in ARGUMENTS.items()
)

AS_BETWEEN = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

POST_ONE_SIDE = f"""
CREATE FUNCTION post_between_side(own uuid, at timestamptz, entry jsonb) RETURNS uuid {AS_BETWEEN} AS $$
BEGIN
    PERFORM set_config('phb.commissioner_id', own::text, true);
    RETURN (SELECT p.journal_id FROM post_journals(at, {UNPACKED}) AS p);
END $$;
"""  # noqa: S608 - constants of this file

# What one side's journal, with whatever reversed it, says is due or moved: a debit on one side, a credit on the other.
SIDE = f"""
CREATE FUNCTION between_side(own uuid, of_journal_id uuid, accounts text[]) RETURNS TABLE (fund text, pence bigint)
{AS_BETWEEN} AS $$
BEGIN
    PERFORM set_config('phb.commissioner_id', own::text, true);
    RETURN QUERY SELECT l.fund, sum(l.pence)::bigint FROM journal_line l
    JOIN journal j ON j.commissioner_id = l.commissioner_id AND j.id = l.journal_id
    WHERE j.commissioner_id = own AND (j.id = of_journal_id OR j.reverses_id = of_journal_id)
      AND l.account = ANY (accounts) GROUP BY l.fund;
END $$;
"""  # noqa: S608 - constants of this file

# The postings are read before either side is looked into, which changes whose rows are seen.
BREACHES = f"""
CREATE FUNCTION between_breaches() RETURNS TABLE (place text, off_by bigint) {AS_BETWEEN} AS $$
DECLARE
    own text := current_setting('phb.commissioner_id', true);
    postings between_posting[] := ARRAY(SELECT p FROM between_posting p);
BEGIN
    RETURN QUERY SELECT 'terms ' || p.terms_id || ', ' || term.word || ', fund ' || sides.fund,
        coalesce(sides.ours, 0) + coalesce(sides.theirs, 0)
    FROM unnest(postings) p
    CROSS JOIN (VALUES ('due', '{{due_from_commissioner}}'::text[], '{{due_to_commissioner}}'::text[]),
                       ('moved', '{{balances_moved_out}}', '{{balances_moved_in}}')) AS term (word, ours, theirs)
    CROSS JOIN LATERAL (
        SELECT fund, a.pence, b.pence FROM between_side(p.commissioner_id, p.journal_id, term.ours) a
        FULL JOIN between_side(p.other_commissioner_id, p.other_journal_id, term.theirs) b USING (fund)
    ) AS sides (fund, ours, theirs)
    WHERE coalesce(sides.ours, 0) + coalesce(sides.theirs, 0) <> 0;
    PERFORM set_config('phb.commissioner_id', own, true);
END $$;
"""  # noqa: S608 - constants of this file

# Whoever accepts second posts both sides. The lock makes two who accept at once see each other.
ACCEPT = f"""
CREATE FUNCTION accept_between(p_terms_id uuid, p_accepted_by uuid, p_at timestamptz, p_entry jsonb) RETURNS uuid
{AS_BETWEEN} AS $$
DECLARE
    own uuid := own_commissioner_id();
    terms between_terms;
    ours jsonb;
    theirs jsonb;
    wanted text[];
    journal_id uuid;
    other_journal_id uuid;
    breach record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('between ' || p_terms_id, 0));
    SELECT * INTO terms FROM between_terms WHERE id = p_terms_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no terms % of this commissioner', p_terms_id USING ERRCODE = 'PH011';
    END IF;
    INSERT INTO between_acceptance VALUES (own, p_terms_id, p_accepted_by, p_at, p_entry);
    SELECT a.entry INTO ours FROM between_acceptance a
    WHERE a.commissioner_id = terms.commissioner_id AND a.terms_id = p_terms_id;
    SELECT a.entry INTO theirs FROM between_acceptance a
    WHERE a.commissioner_id = terms.other_commissioner_id AND a.terms_id = p_terms_id;
    IF ours IS NULL OR theirs IS NULL THEN
        RETURN NULL;
    END IF;
    wanted := CASE terms.kind WHEN 'balance' THEN '{{balance_moved_out,balance_moved_in}}'::text[]
                              ELSE '{{shared_invoice_accepted,share_of_invoice_accepted}}' END;
    IF (ours -> 'kinds', theirs -> 'kinds') <> (jsonb_build_array(wanted[1]), jsonb_build_array(wanted[2]))
       OR EXISTS (
            SELECT FROM (VALUES (ours, terms.other_commissioner_id), (theirs, terms.commissioner_id)) e (entry, other)
            CROSS JOIN LATERAL ROWS FROM (jsonb_array_elements_text(e.entry -> 'accounts'),
                                          jsonb_array_elements_text(e.entry -> 'counterparties')) AS l (account, of)
            WHERE l.account IN ('due_from_commissioner', 'due_to_commissioner') AND l.of IS DISTINCT FROM e.other::text)
    THEN
        RAISE EXCEPTION 'an entry for terms % is of another kind, or names somebody else', p_terms_id
            USING ERRCODE = 'PH012';
    END IF;
    journal_id := post_between_side(terms.commissioner_id, p_at, ours);
    other_journal_id := post_between_side(terms.other_commissioner_id, p_at, theirs);
    PERFORM set_config('phb.commissioner_id', own::text, true);
    INSERT INTO between_posting
    VALUES (terms.commissioner_id, p_terms_id, journal_id, terms.other_commissioner_id, other_journal_id);
    SELECT * INTO breach FROM between_breaches() b WHERE b.place LIKE 'terms ' || p_terms_id || '%' LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'both sides of % differ by % pence', breach.place, breach.off_by USING ERRCODE = 'PH012';
    END IF;
    RETURN CASE own WHEN terms.commissioner_id THEN journal_id ELSE other_journal_id END;
END $$;
"""  # noqa: S608 - constants of this file

FUNCTIONS = {
    "post_between_side(uuid, timestamptz, jsonb)": POST_ONE_SIDE,
    "between_side(uuid, uuid, text[])": SIDE,
    "between_breaches()": BREACHES,
    "accept_between(uuid, uuid, timestamptz, jsonb)": ACCEPT,
}

# An auditor's login sees one commissioner, whatever it sets; which one, it can neither choose nor read.
READERS = """
CREATE TABLE reader_login (
    login text CONSTRAINT pk_reader_login PRIMARY KEY,
    commissioner_id uuid NOT NULL
);
CREATE FUNCTION reader_commissioner_id() RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT commissioner_id FROM reader_login WHERE login = session_user::text
$$;
GRANT SELECT ON event_line TO phb_reader;
"""
READER = """
ALTER POLICY own_commissioner ON {table} TO phb_owner, phb_writer, phb_between;
CREATE POLICY own_commissioner_of_reader ON {table} FOR SELECT TO phb_reader
    USING (commissioner_id = (SELECT reader_commissioner_id()));
GRANT SELECT ON {table} TO phb_reader;
"""


def upgrade() -> None:
    """Make the tables and the function between two commissioners, and let auditors read."""
    op.execute(TABLES)
    for table in (*BOTH_SIDES, "between_acceptance"):
        op.execute(GUARD.format(table=table))
    for table in BOTH_SIDES:
        op.execute(EITHER_SIDE.format(table=table))
    op.execute(OWN_SIDE)
    op.execute(NO_HALVES)
    op.execute(GRANTS)
    for signature, statement in FUNCTIONS.items():
        op.execute(statement)
        op.execute(f"REVOKE EXECUTE ON FUNCTION {signature} FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION between_breaches(), accept_between TO phb_writer")
    for signature in FUNCTIONS:
        op.execute(f"ALTER FUNCTION {signature} OWNER TO phb_between")
    op.execute(READERS)
    for table in READ:
        op.execute(READER.format(table=table))


def downgrade() -> None:
    """Take all of it away again while there is no journal."""
    refuse_down_with_journals(op)
    for table in READ:
        op.execute(f"REVOKE SELECT ON {table} FROM phb_reader")  # noqa: S608 - constants of this file
        op.execute(f"DROP POLICY own_commissioner_of_reader ON {table}")
        op.execute(f"ALTER POLICY own_commissioner ON {table} TO PUBLIC")
    op.execute("REVOKE SELECT ON event_line FROM phb_reader")
    op.execute("DROP FUNCTION reader_commissioner_id()")
    op.execute("DROP TABLE reader_login")
    op.execute("DROP POLICY no_half_between ON journal")
    op.execute("SET LOCAL ROLE phb_between")
    for signature in FUNCTIONS:
        op.execute(f"DROP FUNCTION {signature}")
    op.execute("SET LOCAL ROLE phb_owner")
    op.execute("REVOKE ALL ON journal, journal_line FROM phb_between")
    op.execute("REVOKE EXECUTE ON FUNCTION post_journals FROM phb_between")
    op.execute("DROP TABLE between_posting, between_acceptance, between_terms")
