"""Records of spend with their receipts, and providers' invoices, each with every funder's share of it."""

from alembic import op

from migrations.helpers import keep_to_own_commissioner, refuse_down_with_journals

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SPEND_RECORD = """
CREATE TABLE spend_record (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL,
    reference text NOT NULL CONSTRAINT ck_spend_record_reference CHECK (reference <> ''),
    budget_id uuid NOT NULL,
    person_id uuid NOT NULL,
    pot_id uuid NOT NULL,
    plan_line_id uuid,
    booked_line_id uuid,
    commitment_id uuid,
    spent_on date NOT NULL,
    covers daterange CONSTRAINT ck_spend_record_covers CHECK (covers IS NULL OR NOT isempty(covers)
        AND lower(covers) IS NOT NULL AND upper(covers) IS NOT NULL),
    amount_pence bigint NOT NULL CONSTRAINT ck_spend_record_amount CHECK (amount_pence > 0),
    category_code text NOT NULL CONSTRAINT ck_spend_record_category CHECK (category_code <> ''),
    payee text NOT NULL CONSTRAINT ck_spend_record_payee CHECK (payee <> ''),
    words text NOT NULL CONSTRAINT ck_spend_record_words CHECK (words <> ''),
    evidence text NOT NULL CONSTRAINT ck_spend_record_evidence CHECK (evidence IN ('seen', 'awaited', 'not_needed')),
    state text NOT NULL CONSTRAINT ck_spend_record_state CHECK
        (state IN ('accepted', 'asked_about', 'accepted_after_all', 'put_back', 'corrected')),
    reason_code text CONSTRAINT ck_spend_record_reason_code CHECK (reason_code IN ('barred-category',
        'referred-category', 'not-in-plan', 'category-not-the-lines', 'outside-line-dates', 'too-little-left')),
    reason text,
    duplicate_of uuid,
    replaces_id uuid,
    recorded_by uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    decided_by uuid,
    decided_at timestamptz,
    decision_reason text,
    corrected_by uuid,
    corrected_at timestamptz,
    correction_reason text,
    version integer NOT NULL,
    CONSTRAINT pk_spend_record PRIMARY KEY (commissioner_id, id),
    CONSTRAINT uq_spend_record_reference UNIQUE (commissioner_id, reference),
    CONSTRAINT uq_spend_record_replaces UNIQUE (commissioner_id, replaces_id),
    CONSTRAINT fk_spend_record_budget FOREIGN KEY (commissioner_id, budget_id)
        REFERENCES personal_health_budget (commissioner_id, id),
    CONSTRAINT fk_spend_record_person FOREIGN KEY (commissioner_id, person_id) REFERENCES person (commissioner_id, id),
    CONSTRAINT fk_spend_record_pot FOREIGN KEY (commissioner_id, pot_id) REFERENCES pot (commissioner_id, id),
    CONSTRAINT fk_spend_record_plan_line FOREIGN KEY (commissioner_id, plan_line_id)
        REFERENCES plan_line (commissioner_id, id),
    CONSTRAINT fk_spend_record_booked_line FOREIGN KEY (commissioner_id, booked_line_id)
        REFERENCES plan_line (commissioner_id, id),
    CONSTRAINT fk_spend_record_commitment FOREIGN KEY (commissioner_id, commitment_id)
        REFERENCES spend_commitment (commissioner_id, id),
    CONSTRAINT fk_spend_record_duplicate_of FOREIGN KEY (commissioner_id, duplicate_of)
        REFERENCES spend_record (commissioner_id, id),
    CONSTRAINT fk_spend_record_replaces FOREIGN KEY (commissioner_id, replaces_id)
        REFERENCES spend_record (commissioner_id, id),
    CONSTRAINT ck_spend_record_asked CHECK ((reason_code IS NULL) = (reason IS NULL)
        AND (state <> 'accepted' OR reason_code IS NULL)
        AND (state NOT IN ('asked_about', 'accepted_after_all', 'put_back') OR reason_code IS NOT NULL)),
    CONSTRAINT ck_spend_record_booked CHECK (state = 'corrected'
        OR (booked_line_id IS NOT NULL) = (state IN ('accepted', 'accepted_after_all'))),
    CONSTRAINT ck_spend_record_decided CHECK (num_nonnulls(decided_by, decided_at, decision_reason) IN (0, 3)
        AND (state = 'corrected' OR (decided_by IS NOT NULL) = (state IN ('accepted_after_all', 'put_back')))),
    CONSTRAINT ck_spend_record_second_person CHECK (state <> 'accepted_after_all' OR decided_by <> recorded_by),
    CONSTRAINT ck_spend_record_corrected CHECK (num_nonnulls(corrected_by, corrected_at, correction_reason)
        = CASE state WHEN 'corrected' THEN 3 ELSE 0 END)
);
CREATE INDEX ix_spend_record_budget ON spend_record (commissioner_id, budget_id, spent_on);
CREATE INDEX ix_spend_record_person ON spend_record (commissioner_id, person_id, spent_on);
CREATE TRIGGER spend_record_kept BEFORE DELETE ON spend_record FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT, UPDATE (booked_line_id, evidence, state, decided_by, decided_at, decision_reason, corrected_by,
    corrected_at, correction_reason, version) ON spend_record TO phb_writer;
"""

SPEND_SHARE = """
CREATE TABLE spend_share (
    commissioner_id uuid NOT NULL,
    spend_id uuid NOT NULL,
    kind text NOT NULL CONSTRAINT ck_spend_share_kind CHECK (kind IN ('asked_about', 'spent')),
    year smallint NOT NULL,
    fund text NOT NULL CONSTRAINT ck_spend_share_fund CHECK (fund ~ '^[a-z][a-z0-9_]{1,30}$'),
    amount_pence bigint NOT NULL CONSTRAINT ck_spend_share_amount CHECK (amount_pence > 0),
    CONSTRAINT pk_spend_share PRIMARY KEY (commissioner_id, spend_id, kind, year, fund),
    CONSTRAINT fk_spend_share_record FOREIGN KEY (commissioner_id, spend_id)
        REFERENCES spend_record (commissioner_id, id)
);
GRANT SELECT, INSERT ON spend_share TO phb_writer;
"""

# Bytes that do not have their digest, or are no receipt by size, cannot be stored at all.
RECEIPT_FILE = """
CREATE TABLE receipt_file (
    commissioner_id uuid NOT NULL,
    sha256 bytea NOT NULL CONSTRAINT ck_receipt_file_sha256 CHECK (sha256 = sha256(content)),
    content bytea NOT NULL CONSTRAINT ck_receipt_file_size CHECK (octet_length(content) BETWEEN 1 AND 10485760),
    CONSTRAINT pk_receipt_file PRIMARY KEY (commissioner_id, sha256)
);
ALTER TABLE receipt_file ALTER COLUMN content SET STORAGE EXTERNAL;
GRANT SELECT, INSERT ON receipt_file TO phb_writer;
"""

RECEIPT = """
CREATE TABLE receipt (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    spend_id uuid NOT NULL,
    sha256 bytea NOT NULL,
    media_type text NOT NULL CONSTRAINT ck_receipt_media_type CHECK
        (media_type IN ('application/pdf', 'image/png', 'image/jpeg')),
    size_bytes integer NOT NULL CONSTRAINT ck_receipt_size CHECK (size_bytes BETWEEN 1 AND 10485760),
    attached_by uuid NOT NULL,
    attached_at timestamptz NOT NULL,
    CONSTRAINT pk_receipt PRIMARY KEY (commissioner_id, id),
    CONSTRAINT uq_receipt_once UNIQUE (commissioner_id, spend_id, sha256),
    CONSTRAINT fk_receipt_spend FOREIGN KEY (commissioner_id, spend_id) REFERENCES spend_record (commissioner_id, id),
    CONSTRAINT fk_receipt_file FOREIGN KEY (commissioner_id, sha256) REFERENCES receipt_file (commissioner_id, sha256)
);
CREATE INDEX ix_receipt_file ON receipt (commissioner_id, sha256);
GRANT SELECT, INSERT ON receipt TO phb_writer;
"""

PROVIDER_INVOICE = """
CREATE TABLE provider_invoice (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL,
    provider_id uuid NOT NULL,
    reference text NOT NULL CONSTRAINT ck_provider_invoice_reference CHECK (reference <> ''),
    budget_id uuid NOT NULL,
    person_id uuid NOT NULL,
    invoiced_on date NOT NULL,
    happened_on date NOT NULL,
    amount_pence bigint NOT NULL CONSTRAINT ck_provider_invoice_amount CHECK (amount_pence >= 0),
    state text NOT NULL CONSTRAINT ck_provider_invoice_state CHECK (state IN ('accepted', 'lowered')),
    replaces_id uuid,
    accepted_by uuid NOT NULL,
    accepted_at timestamptz NOT NULL,
    lowered_by uuid,
    lowered_at timestamptz,
    lower_reason text,
    version integer NOT NULL,
    CONSTRAINT pk_provider_invoice PRIMARY KEY (commissioner_id, id),
    CONSTRAINT uq_provider_invoice_reference UNIQUE (commissioner_id, provider_id, reference),
    CONSTRAINT uq_provider_invoice_replaces UNIQUE (commissioner_id, replaces_id),
    CONSTRAINT fk_provider_invoice_provider FOREIGN KEY (commissioner_id, provider_id)
        REFERENCES organisation (commissioner_id, id),
    CONSTRAINT fk_provider_invoice_budget FOREIGN KEY (commissioner_id, budget_id)
        REFERENCES personal_health_budget (commissioner_id, id),
    CONSTRAINT fk_provider_invoice_person FOREIGN KEY (commissioner_id, person_id)
        REFERENCES person (commissioner_id, id),
    CONSTRAINT fk_provider_invoice_replaces FOREIGN KEY (commissioner_id, replaces_id)
        REFERENCES provider_invoice (commissioner_id, id),
    CONSTRAINT ck_provider_invoice_nil CHECK (amount_pence > 0 OR replaces_id IS NOT NULL),
    CONSTRAINT ck_provider_invoice_lowered CHECK (num_nonnulls(lowered_by, lowered_at, lower_reason)
        = CASE state WHEN 'lowered' THEN 3 ELSE 0 END)
);
CREATE INDEX ix_provider_invoice_budget ON provider_invoice (commissioner_id, budget_id, happened_on);
CREATE INDEX ix_provider_invoice_person ON provider_invoice (commissioner_id, person_id, happened_on);
CREATE TRIGGER provider_invoice_kept BEFORE DELETE ON provider_invoice FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT, UPDATE (state, lowered_by, lowered_at, lower_reason, version) ON provider_invoice TO phb_writer;
"""

INVOICE_LINE = """
CREATE TABLE invoice_line (
    commissioner_id uuid NOT NULL,
    invoice_id uuid NOT NULL,
    ordinal smallint NOT NULL CONSTRAINT ck_invoice_line_ordinal CHECK (ordinal >= 1),
    plan_line_id uuid NOT NULL,
    category_code text NOT NULL CONSTRAINT ck_invoice_line_category CHECK (category_code <> ''),
    words text NOT NULL CONSTRAINT ck_invoice_line_words CHECK (words <> ''),
    covers daterange NOT NULL CONSTRAINT ck_invoice_line_covers CHECK (NOT isempty(covers)
        AND lower(covers) IS NOT NULL AND upper(covers) IS NOT NULL),
    amount_pence bigint NOT NULL CONSTRAINT ck_invoice_line_amount CHECK (amount_pence > 0),
    commitment_id uuid,
    CONSTRAINT pk_invoice_line PRIMARY KEY (commissioner_id, invoice_id, ordinal),
    CONSTRAINT fk_invoice_line_invoice FOREIGN KEY (commissioner_id, invoice_id)
        REFERENCES provider_invoice (commissioner_id, id),
    CONSTRAINT fk_invoice_line_plan_line FOREIGN KEY (commissioner_id, plan_line_id)
        REFERENCES plan_line (commissioner_id, id),
    CONSTRAINT fk_invoice_line_commitment FOREIGN KEY (commissioner_id, commitment_id)
        REFERENCES spend_commitment (commissioner_id, id)
);
CREATE INDEX ix_invoice_line_plan_line ON invoice_line (commissioner_id, plan_line_id);
GRANT SELECT, INSERT ON invoice_line TO phb_writer;
"""

INVOICE_SHARE = """
CREATE TABLE invoice_share (
    commissioner_id uuid NOT NULL,
    invoice_id uuid NOT NULL,
    ordinal smallint NOT NULL,
    year smallint NOT NULL,
    fund text NOT NULL CONSTRAINT ck_invoice_share_fund CHECK (fund ~ '^[a-z][a-z0-9_]{1,30}$'),
    amount_pence bigint NOT NULL CONSTRAINT ck_invoice_share_amount CHECK (amount_pence > 0),
    CONSTRAINT pk_invoice_share PRIMARY KEY (commissioner_id, invoice_id, ordinal, year, fund),
    CONSTRAINT fk_invoice_share_line FOREIGN KEY (commissioner_id, invoice_id, ordinal)
        REFERENCES invoice_line (commissioner_id, invoice_id, ordinal)
);
GRANT SELECT, INSERT ON invoice_share TO phb_writer;
"""

# Checked when the transaction ends, because a record and its shares are two statements. A record that stands has the
# shares of its state, and every set of shares comes to the whole amount.
ADD_UP = """
CREATE FUNCTION spend_adds_up() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    wrong record;
BEGIN
    SELECT r.id INTO wrong FROM spend_record r
    LEFT JOIN spend_share s ON s.commissioner_id = r.commissioner_id AND s.spend_id = r.id
    WHERE r.commissioner_id = NEW.commissioner_id
      AND r.id = CASE TG_TABLE_NAME WHEN 'spend_record' THEN (to_jsonb(NEW) ->> 'id')::uuid
                                    ELSE (to_jsonb(NEW) ->> 'spend_id')::uuid END
    GROUP BY r.id, r.amount_pence, r.state
    HAVING coalesce(sum(s.amount_pence) FILTER (WHERE s.kind = 'spent'), 0) NOT IN (0, r.amount_pence)
        OR coalesce(sum(s.amount_pence) FILTER (WHERE s.kind = 'asked_about'), 0) NOT IN (0, r.amount_pence)
        OR (r.state IN ('accepted', 'accepted_after_all') AND count(*) FILTER (WHERE s.kind = 'spent') = 0)
        OR (r.state IN ('asked_about', 'put_back') AND count(*) FILTER (WHERE s.kind = 'asked_about') = 0);
    IF FOUND THEN
        RAISE EXCEPTION 'the shares of the record of spend % do not come to it', wrong.id USING ERRCODE = 'PH103';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER spend_record_adds_up AFTER INSERT OR UPDATE OF state ON spend_record
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION spend_adds_up();
CREATE CONSTRAINT TRIGGER spend_share_adds_up AFTER INSERT ON spend_share
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION spend_adds_up();

CREATE FUNCTION invoice_adds_up() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    of_invoice uuid := CASE TG_TABLE_NAME WHEN 'provider_invoice' THEN (to_jsonb(NEW) ->> 'id')::uuid
                                          ELSE (to_jsonb(NEW) ->> 'invoice_id')::uuid END;
    whole bigint;
    lines bigint;
    shares bigint;
BEGIN
    SELECT amount_pence INTO whole FROM provider_invoice i
    WHERE i.commissioner_id = NEW.commissioner_id AND i.id = of_invoice;
    SELECT coalesce(sum(amount_pence), 0) INTO lines FROM invoice_line l
    WHERE l.commissioner_id = NEW.commissioner_id AND l.invoice_id = of_invoice;
    SELECT coalesce(sum(amount_pence), 0) INTO shares FROM invoice_share s
    WHERE s.commissioner_id = NEW.commissioner_id AND s.invoice_id = of_invoice;
    IF whole <> lines OR whole <> shares THEN
        RAISE EXCEPTION 'the lines or shares of the invoice % do not come to it', of_invoice USING ERRCODE = 'PH103';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER provider_invoice_adds_up AFTER INSERT ON provider_invoice
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoice_adds_up();
CREATE CONSTRAINT TRIGGER invoice_line_adds_up AFTER INSERT ON invoice_line
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoice_adds_up();
CREATE CONSTRAINT TRIGGER invoice_share_adds_up AFTER INSERT ON invoice_share
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoice_adds_up();
"""

APPEND_ONLY = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
NO_TRUNCATE = """
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

TABLES = {
    "spend_record": SPEND_RECORD,
    "spend_share": SPEND_SHARE,
    "receipt_file": RECEIPT_FILE,
    "receipt": RECEIPT,
    "provider_invoice": PROVIDER_INVOICE,
    "invoice_line": INVOICE_LINE,
    "invoice_share": INVOICE_SHARE,
}
CHANGED = ("spend_record", "provider_invoice")


def upgrade() -> None:
    """Make the tables of spend, receipts and invoices."""
    for table, statements in TABLES.items():
        op.execute(statements)
        keep_to_own_commissioner(op, table)
        op.execute(NO_TRUNCATE.format(table=table))
        if table not in CHANGED:
            op.execute(APPEND_ONLY.format(table=table))
    op.execute(ADD_UP)


def downgrade() -> None:
    """Remove them again while there is no journal."""
    refuse_down_with_journals(op)
    op.execute(f"DROP TABLE {', '.join(reversed(TABLES))}")
    op.execute("DROP FUNCTION spend_adds_up(), invoice_adds_up()")
