"""Payees and their bank accounts, instalments, holds, instructions and payment runs with their files."""

from alembic import op

from migrations.helpers import keep_to_own_commissioner, refuse_down_with_journals

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MODULUS_WEIGHT = """
CREATE TABLE modulus_table (
    commissioner_id uuid NOT NULL,
    version text NOT NULL CONSTRAINT ck_modulus_table_version CHECK (version <> ''),
    used_from timestamptz NOT NULL,
    used_by uuid NOT NULL,
    rows integer NOT NULL CONSTRAINT ck_modulus_table_rows CHECK (rows > 0),
    CONSTRAINT pk_modulus_table PRIMARY KEY (commissioner_id, version)
);
CREATE TRIGGER modulus_table_append_only BEFORE UPDATE OR DELETE ON modulus_table
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON modulus_table TO phb_writer;

CREATE TABLE modulus_weight (
    commissioner_id uuid NOT NULL,
    version text NOT NULL CONSTRAINT ck_modulus_weight_version CHECK (version <> ''),
    place text NOT NULL,
    cells jsonb NOT NULL,
    CONSTRAINT pk_modulus_weight PRIMARY KEY (commissioner_id, version, place)
);
CREATE TRIGGER modulus_weight_append_only BEFORE UPDATE OR DELETE ON modulus_weight
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON modulus_weight TO phb_writer;
"""

# A row whose version is in use would change an answer that was given already.
WEIGHTS_ARE_WHOLE = """
CREATE FUNCTION refuse_late_weight() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM modulus_table t WHERE t.commissioner_id = NEW.commissioner_id AND t.version = NEW.version)
    THEN
        RAISE EXCEPTION 'the modulus table % is in use and gets no more rows', NEW.version USING ERRCODE = 'PH102';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER modulus_weight_not_late BEFORE INSERT ON modulus_weight
    FOR EACH ROW EXECUTE FUNCTION refuse_late_weight();
"""

PAYEE = """
CREATE TABLE payee (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    reference text NOT NULL CONSTRAINT ck_payee_reference CHECK (reference <> ''),
    kind text NOT NULL CONSTRAINT ck_payee_kind CHECK
        (kind IN ('holder', 'representative', 'nominee', 'managed_account', 'third_party', 'provider')),
    person_id uuid,
    acting_person_id uuid,
    organisation_id uuid,
    added_by uuid NOT NULL,
    added_at timestamptz NOT NULL,
    CONSTRAINT pk_payee PRIMARY KEY (commissioner_id, id),
    CONSTRAINT uq_payee_reference UNIQUE (commissioner_id, reference),
    CONSTRAINT uq_payee_party UNIQUE NULLS NOT DISTINCT
        (commissioner_id, kind, person_id, acting_person_id, organisation_id),
    CONSTRAINT fk_payee_person FOREIGN KEY (commissioner_id, person_id) REFERENCES person (commissioner_id, id),
    CONSTRAINT fk_payee_acting_person FOREIGN KEY (commissioner_id, acting_person_id)
        REFERENCES person (commissioner_id, id),
    CONSTRAINT fk_payee_organisation FOREIGN KEY (commissioner_id, organisation_id)
        REFERENCES organisation (commissioner_id, id),
    CONSTRAINT ck_payee_party CHECK (CASE kind
        WHEN 'holder' THEN person_id IS NOT NULL AND num_nonnulls(acting_person_id, organisation_id) = 0
        WHEN 'representative' THEN person_id IS NOT NULL AND num_nonnulls(acting_person_id, organisation_id) = 1
        WHEN 'nominee' THEN person_id IS NOT NULL AND num_nonnulls(acting_person_id, organisation_id) = 1
        WHEN 'managed_account' THEN organisation_id IS NOT NULL AND acting_person_id IS NULL
        ELSE organisation_id IS NOT NULL AND num_nonnulls(person_id, acting_person_id) = 0 END)
);
CREATE INDEX ix_payee_person ON payee (commissioner_id, person_id);
CREATE TRIGGER payee_append_only BEFORE UPDATE OR DELETE ON payee FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON payee TO phb_writer;
"""

# The details are sealed; the last two digits stay in clear, so that a person can tell their accounts apart.
BANK_ACCOUNT = """
CREATE TABLE bank_account (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    payee_id uuid NOT NULL,
    ordinal integer NOT NULL CONSTRAINT ck_bank_account_ordinal CHECK (ordinal >= 1),
    use text NOT NULL CONSTRAINT ck_bank_account_use CHECK (use IN ('dedicated', 'managed', 'one_off', 'organisation')),
    key_id text NOT NULL CONSTRAINT ck_bank_account_key_id CHECK (key_id <> ''),
    sealed bytea NOT NULL CONSTRAINT ck_bank_account_sealed CHECK (octet_length(sealed) > 28),
    ending text NOT NULL CONSTRAINT ck_bank_account_ending CHECK (ending ~ '^[0-9]{2}$'),
    modulus_outcome text NOT NULL CONSTRAINT ck_bank_account_modulus CHECK
        (modulus_outcome IN ('valid', 'not-checkable')),
    modulus_version text,
    proposed_by uuid NOT NULL,
    proposed_at timestamptz NOT NULL,
    confirmed_by uuid,
    confirmed_at timestamptz,
    approved_by uuid,
    approved_at timestamptz,
    approval_evidence text,
    version integer NOT NULL,
    CONSTRAINT pk_bank_account PRIMARY KEY (commissioner_id, id),
    CONSTRAINT uq_bank_account_ordinal UNIQUE (commissioner_id, payee_id, ordinal),
    CONSTRAINT fk_bank_account_payee FOREIGN KEY (commissioner_id, payee_id) REFERENCES payee (commissioner_id, id),
    CONSTRAINT fk_bank_account_modulus FOREIGN KEY (commissioner_id, modulus_version)
        REFERENCES modulus_table (commissioner_id, version),
    CONSTRAINT ck_bank_account_checked CHECK (modulus_outcome <> 'valid' OR modulus_version IS NOT NULL),
    CONSTRAINT ck_bank_account_second_person CHECK (confirmed_by <> proposed_by),
    CONSTRAINT ck_bank_account_confirmed CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL)),
    CONSTRAINT ck_bank_account_approved CHECK ((approved_by IS NULL) = (approved_at IS NULL)
        AND (approved_by IS NULL) = (approval_evidence IS NULL) AND approval_evidence <> '')
);
CREATE TRIGGER bank_account_kept BEFORE DELETE ON bank_account FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT,
    UPDATE (confirmed_by, confirmed_at, approved_by, approved_at, approval_evidence, version) ON bank_account
    TO phb_writer;
"""

# Bank details never change in place: they are confirmed once and approved once.
DECIDED_ONCE = """
CREATE FUNCTION decided_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    open_columns constant text[] := ARRAY['confirmed_by', 'confirmed_at', 'approved_by', 'approved_at',
                                          'approval_evidence', 'version'];
BEGIN
    IF to_jsonb(NEW) - open_columns <> to_jsonb(OLD) - open_columns
       OR (OLD.confirmed_by IS NOT NULL AND NEW.confirmed_by IS DISTINCT FROM OLD.confirmed_by)
       OR (to_jsonb(OLD) -> 'approved_by' <> 'null'
           AND to_jsonb(NEW) -> 'approved_by' IS DISTINCT FROM to_jsonb(OLD) -> 'approved_by') THEN
        RAISE EXCEPTION '% rows are never changed: propose a new one', TG_TABLE_NAME USING ERRCODE = 'PH102';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER bank_account_decided_once BEFORE UPDATE ON bank_account
    FOR EACH ROW EXECUTE FUNCTION decided_once();
"""

PAYING_ACCOUNT = """
CREATE TABLE paying_account (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    ordinal integer NOT NULL CONSTRAINT ck_paying_account_ordinal CHECK (ordinal >= 1),
    service_user_number text NOT NULL CONSTRAINT ck_paying_account_number CHECK (service_user_number ~ '^[0-9]{6}$'),
    first_serial integer NOT NULL CONSTRAINT ck_paying_account_serial CHECK (first_serial BETWEEN 1 AND 999999),
    key_id text NOT NULL CONSTRAINT ck_paying_account_key_id CHECK (key_id <> ''),
    sealed bytea NOT NULL CONSTRAINT ck_paying_account_sealed CHECK (octet_length(sealed) > 28),
    ending text NOT NULL CONSTRAINT ck_paying_account_ending CHECK (ending ~ '^[0-9]{2}$'),
    proposed_by uuid NOT NULL,
    proposed_at timestamptz NOT NULL,
    confirmed_by uuid,
    confirmed_at timestamptz,
    version integer NOT NULL,
    CONSTRAINT pk_paying_account PRIMARY KEY (commissioner_id, id),
    CONSTRAINT uq_paying_account_ordinal UNIQUE (commissioner_id, ordinal),
    CONSTRAINT ck_paying_account_second_person CHECK (confirmed_by <> proposed_by),
    CONSTRAINT ck_paying_account_confirmed CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL))
);
CREATE TRIGGER paying_account_kept BEFORE DELETE ON paying_account FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER paying_account_decided_once BEFORE UPDATE ON paying_account
    FOR EACH ROW EXECUTE FUNCTION decided_once();
GRANT SELECT, INSERT, UPDATE (confirmed_by, confirmed_at, version) ON paying_account TO phb_writer;
"""

PAYMENT_HOLD = """
CREATE TABLE payment_hold (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    budget_id uuid NOT NULL,
    pot_id uuid,
    person_id uuid NOT NULL,
    kind text NOT NULL CONSTRAINT ck_payment_hold_kind CHECK (kind IN ('hold', 'stop')),
    start_on date NOT NULL,
    end_on date,
    reason text NOT NULL CONSTRAINT ck_payment_hold_reason CHECK (reason <> ''),
    put_by uuid NOT NULL,
    put_at timestamptz NOT NULL,
    lifted_by uuid,
    lifted_at timestamptz,
    lift_reason text,
    version integer NOT NULL,
    CONSTRAINT pk_payment_hold PRIMARY KEY (commissioner_id, id),
    CONSTRAINT fk_payment_hold_person FOREIGN KEY (commissioner_id, person_id) REFERENCES person (commissioner_id, id),
    CONSTRAINT fk_payment_hold_budget FOREIGN KEY (commissioner_id, budget_id)
        REFERENCES personal_health_budget (commissioner_id, id),
    CONSTRAINT ck_payment_hold_dates CHECK (end_on >= start_on),
    CONSTRAINT ck_payment_hold_lifted CHECK ((lifted_by IS NULL) = (lifted_at IS NULL)
        AND (lifted_by IS NULL) = (lift_reason IS NULL) AND (lifted_by IS NULL) = (end_on IS NULL)
        AND lift_reason <> '')
);
CREATE INDEX ix_payment_hold_budget ON payment_hold (commissioner_id, budget_id);
CREATE TRIGGER payment_hold_kept BEFORE DELETE ON payment_hold FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT, UPDATE (end_on, lifted_by, lifted_at, lift_reason, version) ON payment_hold TO phb_writer;
"""

SCHEDULE = """
CREATE TABLE instalment_schedule (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    budget_id uuid NOT NULL,
    pot_id uuid NOT NULL,
    person_id uuid NOT NULL,
    payee_id uuid NOT NULL,
    year smallint NOT NULL,
    rhythm text NOT NULL CONSTRAINT ck_instalment_schedule_rhythm CHECK (rhythm IN ('four_weekly', 'monthly', 'once')),
    in_advance boolean NOT NULL,
    covers daterange NOT NULL,
    total_pence bigint NOT NULL CONSTRAINT ck_instalment_schedule_total CHECK (total_pence > 0),
    reason text NOT NULL CONSTRAINT ck_instalment_schedule_reason CHECK (reason <> ''),
    planned_by uuid NOT NULL,
    planned_at timestamptz NOT NULL,
    CONSTRAINT pk_instalment_schedule PRIMARY KEY (commissioner_id, id),
    CONSTRAINT fk_instalment_schedule_pot FOREIGN KEY (commissioner_id, pot_id, year)
        REFERENCES pot_position (commissioner_id, pot_id, year),
    CONSTRAINT fk_instalment_schedule_person FOREIGN KEY (commissioner_id, person_id)
        REFERENCES person (commissioner_id, id),
    CONSTRAINT fk_instalment_schedule_payee FOREIGN KEY (commissioner_id, payee_id)
        REFERENCES payee (commissioner_id, id),
    CONSTRAINT ck_instalment_schedule_year CHECK
        (covers <@ daterange(make_date(year, 4, 1), make_date(year + 1, 4, 1)) AND NOT isempty(covers))
);
CREATE INDEX ix_instalment_schedule_pot ON instalment_schedule (commissioner_id, pot_id, year);
CREATE TRIGGER instalment_schedule_append_only BEFORE UPDATE OR DELETE ON instalment_schedule
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON instalment_schedule TO phb_writer;

CREATE TABLE instalment (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    schedule_id uuid NOT NULL,
    budget_id uuid NOT NULL,
    pot_id uuid NOT NULL,
    person_id uuid NOT NULL,
    payee_id uuid NOT NULL,
    year smallint NOT NULL,
    number integer NOT NULL CONSTRAINT ck_instalment_number CHECK (number >= 1),
    of_how_many integer NOT NULL CONSTRAINT ck_instalment_of CHECK (of_how_many >= number),
    covers daterange NOT NULL CONSTRAINT ck_instalment_covers CHECK (NOT isempty(covers)),
    due_on date NOT NULL,
    pay_on date NOT NULL,
    amount_pence bigint NOT NULL CONSTRAINT ck_instalment_amount CHECK (amount_pence > 0),
    ended text CONSTRAINT ck_instalment_ended CHECK (ended IN ('replanned', 'given_up')),
    ended_at timestamptz,
    one_off boolean NOT NULL,
    version integer NOT NULL,
    CONSTRAINT pk_instalment PRIMARY KEY (commissioner_id, id),
    CONSTRAINT uq_instalment_number UNIQUE (commissioner_id, schedule_id, number),
    CONSTRAINT fk_instalment_schedule FOREIGN KEY (commissioner_id, schedule_id)
        REFERENCES instalment_schedule (commissioner_id, id),
    CONSTRAINT fk_instalment_payee FOREIGN KEY (commissioner_id, payee_id) REFERENCES payee (commissioner_id, id),
    CONSTRAINT ck_instalment_due CHECK (due_on <@ covers),
    CONSTRAINT ck_instalment_ended_at CHECK ((ended IS NULL) = (ended_at IS NULL)),
    CONSTRAINT ex_instalment_days_once EXCLUDE USING gist (
        uuidrange(commissioner_id, commissioner_id, '[]') WITH &&, uuidrange(pot_id, pot_id, '[]') WITH &&,
        covers WITH &&) WHERE (ended IS NULL AND NOT one_off)
);
CREATE INDEX ix_instalment_pay_on ON instalment (commissioner_id, pay_on) WHERE ended IS NULL;
CREATE INDEX ix_instalment_budget ON instalment (commissioner_id, budget_id);
CREATE TRIGGER instalment_kept BEFORE DELETE ON instalment FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT, UPDATE (ended, ended_at, version) ON instalment TO phb_writer;
"""

# The serial is what the bank knows a file by: none comes twice, whatever the numbering did.
PAYMENT_RUN = """
CREATE TABLE payment_run (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    state text NOT NULL CONSTRAINT ck_payment_run_state CHECK
        (state IN ('assembled', 'approved', 'released', 'exported', 'settled', 'withdrawn')),
    entry_on date NOT NULL,
    processing_on date NOT NULL CONSTRAINT ck_payment_run_dates CHECK (processing_on < entry_on),
    paying_account_id uuid NOT NULL,
    serial text CONSTRAINT ck_payment_run_serial CHECK (serial ~ '^[0-9]{6}$'),
    count integer NOT NULL CONSTRAINT ck_payment_run_count CHECK (count > 0),
    total_pence bigint NOT NULL CONSTRAINT ck_payment_run_total CHECK (total_pence > 0),
    assembled_by uuid NOT NULL,
    assembled_at timestamptz NOT NULL,
    approved_by uuid,
    released_by uuid,
    released_at timestamptz,
    exported_by uuid,
    version integer NOT NULL,
    CONSTRAINT pk_payment_run PRIMARY KEY (commissioner_id, id),
    CONSTRAINT uq_payment_run_serial UNIQUE (commissioner_id, serial),
    CONSTRAINT fk_payment_run_paying_account FOREIGN KEY (commissioner_id, paying_account_id)
        REFERENCES paying_account (commissioner_id, id),
    CONSTRAINT ck_payment_run_approver CHECK (approved_by <> assembled_by),
    CONSTRAINT ck_payment_run_releaser CHECK (released_by NOT IN (assembled_by, approved_by)),
    CONSTRAINT ck_payment_run_approved CHECK (state IN ('assembled', 'withdrawn') OR approved_by IS NOT NULL),
    CONSTRAINT ck_payment_run_released CHECK ((state IN ('released', 'exported', 'settled')) = (released_by IS NOT NULL)
        AND (released_by IS NULL) = (serial IS NULL) AND (released_by IS NULL) = (released_at IS NULL)),
    CONSTRAINT ck_payment_run_exported CHECK ((state IN ('exported', 'settled')) = (exported_by IS NOT NULL))
);
CREATE INDEX ix_payment_run_entry_on ON payment_run (commissioner_id, entry_on);
CREATE TRIGGER payment_run_kept BEFORE DELETE ON payment_run FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT,
    UPDATE (state, serial, approved_by, released_by, released_at, exported_by, version) ON payment_run TO phb_writer;
"""

INSTRUCTION = """
CREATE TABLE instruction (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    state text NOT NULL CONSTRAINT ck_instruction_state CHECK (state IN ('requested', 'in_run', 'released', 'settled',
        'came_back', 'reissue_requested', 'reissue_in_run', 'given_up', 'cancelled')),
    subject_kind text NOT NULL CONSTRAINT ck_instruction_subject CHECK (subject_kind IN ('instalment', 'invoice')),
    subject_id uuid NOT NULL,
    budget_id uuid,
    pot_id uuid,
    person_id uuid,
    payee_id uuid NOT NULL,
    run_id uuid,
    amount_pence bigint NOT NULL CONSTRAINT ck_instruction_amount CHECK (amount_pence > 0),
    due_on date NOT NULL,
    covers daterange,
    settled_on date,
    returned_on date,
    requested_by uuid NOT NULL,
    requested_at timestamptz NOT NULL,
    version integer NOT NULL,
    CONSTRAINT pk_instruction PRIMARY KEY (commissioner_id, id),
    CONSTRAINT fk_instruction_payee FOREIGN KEY (commissioner_id, payee_id) REFERENCES payee (commissioner_id, id),
    CONSTRAINT fk_instruction_run FOREIGN KEY (commissioner_id, run_id) REFERENCES payment_run (commissioner_id, id),
    CONSTRAINT ck_instruction_of_pot CHECK ((subject_kind = 'instalment') = (pot_id IS NOT NULL)),
    CONSTRAINT ck_instruction_in_run CHECK (run_id IS NOT NULL
        OR state IN ('requested', 'reissue_requested', 'cancelled', 'given_up')),
    CONSTRAINT ck_instruction_settled CHECK (state <> 'settled' OR settled_on IS NOT NULL)
);
CREATE UNIQUE INDEX uq_instruction_subject ON instruction (commissioner_id, subject_kind, subject_id)
    WHERE state NOT IN ('cancelled', 'given_up');
CREATE INDEX ix_instruction_run ON instruction (commissioner_id, run_id);
CREATE INDEX ix_instruction_budget ON instruction (commissioner_id, budget_id);
CREATE TRIGGER instruction_kept BEFORE DELETE ON instruction FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT, UPDATE (state, run_id, settled_on, returned_on, version) ON instruction TO phb_writer;

CREATE TABLE instruction_share (
    commissioner_id uuid NOT NULL,
    instruction_id uuid NOT NULL,
    ordinal integer NOT NULL CONSTRAINT ck_instruction_share_ordinal CHECK (ordinal >= 1),
    budget_id uuid NOT NULL,
    pot_id uuid,
    plan_line_id uuid,
    counterparty_id uuid,
    year smallint NOT NULL,
    fund text NOT NULL,
    amount_pence bigint NOT NULL CONSTRAINT ck_instruction_share_amount CHECK (amount_pence > 0),
    CONSTRAINT pk_instruction_share PRIMARY KEY (commissioner_id, instruction_id, ordinal),
    CONSTRAINT fk_instruction_share_instruction FOREIGN KEY (commissioner_id, instruction_id)
        REFERENCES instruction (commissioner_id, id),
    CONSTRAINT ck_instruction_share_payee CHECK ((pot_id IS NULL) = (plan_line_id IS NULL)
        AND (pot_id IS NULL) = (counterparty_id IS NOT NULL))
);
CREATE TRIGGER instruction_share_append_only BEFORE UPDATE OR DELETE ON instruction_share
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON instruction_share TO phb_writer;
"""

# All shares of an instruction are written in one statement and add up to it.
SHARES_ADD_UP = """
CREATE FUNCTION shares_add_up() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    bad uuid;
BEGIN
    SELECT i.id INTO bad
    FROM instruction i
    JOIN instruction_share s ON s.commissioner_id = i.commissioner_id AND s.instruction_id = i.id
    WHERE (i.commissioner_id, i.id) IN (SELECT commissioner_id, instruction_id FROM new_share)
    GROUP BY i.id, i.amount_pence HAVING sum(s.amount_pence) <> i.amount_pence LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the shares of instruction % do not add up to it', bad USING ERRCODE = 'PH103';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER instruction_share_adds_up AFTER INSERT ON instruction_share
    REFERENCING NEW TABLE AS new_share FOR EACH STATEMENT EXECUTE FUNCTION shares_add_up();
"""

RUN_PARTS = """
CREATE TABLE payment_run_item (
    commissioner_id uuid NOT NULL,
    run_id uuid NOT NULL,
    instruction_id uuid NOT NULL,
    ordinal integer NOT NULL CONSTRAINT ck_payment_run_item_ordinal CHECK (ordinal >= 1),
    bank_account_id uuid NOT NULL,
    reference text NOT NULL CONSTRAINT ck_payment_run_item_reference CHECK (reference ~ '^[A-Z0-9]{7,18}$'),
    is_reissue boolean NOT NULL,
    warnings jsonb NOT NULL,
    CONSTRAINT pk_payment_run_item PRIMARY KEY (commissioner_id, run_id, instruction_id),
    CONSTRAINT uq_payment_run_item_ordinal UNIQUE (commissioner_id, run_id, ordinal),
    CONSTRAINT uq_payment_run_item_reference UNIQUE (commissioner_id, reference),
    CONSTRAINT fk_payment_run_item_run FOREIGN KEY (commissioner_id, run_id)
        REFERENCES payment_run (commissioner_id, id),
    CONSTRAINT fk_payment_run_item_instruction FOREIGN KEY (commissioner_id, instruction_id)
        REFERENCES instruction (commissioner_id, id),
    CONSTRAINT fk_payment_run_item_bank_account FOREIGN KEY (commissioner_id, bank_account_id)
        REFERENCES bank_account (commissioner_id, id)
);
CREATE INDEX ix_payment_run_item_instruction ON payment_run_item (commissioner_id, instruction_id);
CREATE TRIGGER payment_run_item_append_only BEFORE UPDATE OR DELETE ON payment_run_item
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON payment_run_item TO phb_writer;

CREATE TABLE payment_run_left_out (
    commissioner_id uuid NOT NULL,
    run_id uuid NOT NULL,
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    budget_id uuid,
    reasons jsonb NOT NULL CONSTRAINT ck_payment_run_left_out_reasons CHECK (jsonb_array_length(reasons) > 0),
    CONSTRAINT pk_payment_run_left_out PRIMARY KEY (commissioner_id, run_id, subject_kind, subject_id),
    CONSTRAINT fk_payment_run_left_out_run FOREIGN KEY (commissioner_id, run_id)
        REFERENCES payment_run (commissioner_id, id)
);
CREATE TRIGGER payment_run_left_out_append_only BEFORE UPDATE OR DELETE ON payment_run_left_out
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON payment_run_left_out TO phb_writer;

CREATE TABLE payment_file (
    commissioner_id uuid NOT NULL,
    run_id uuid NOT NULL,
    id uuid NOT NULL,
    key_id text NOT NULL,
    sealed bytea NOT NULL,
    digest bytea NOT NULL CONSTRAINT ck_payment_file_digest CHECK (octet_length(digest) = 32),
    length integer NOT NULL CONSTRAINT ck_payment_file_length CHECK (length > 0),
    written_by uuid NOT NULL,
    written_at timestamptz NOT NULL,
    CONSTRAINT pk_payment_file PRIMARY KEY (commissioner_id, run_id),
    CONSTRAINT fk_payment_file_run FOREIGN KEY (commissioner_id, run_id) REFERENCES payment_run (commissioner_id, id)
);
CREATE TRIGGER payment_file_append_only BEFORE UPDATE OR DELETE ON payment_file
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON payment_file TO phb_writer;
"""

TABLES = (
    "modulus_table",
    "modulus_weight",
    "payee",
    "bank_account",
    "paying_account",
    "payment_hold",
    "instalment_schedule",
    "instalment",
    "payment_run",
    "instruction",
    "instruction_share",
    "payment_run_item",
    "payment_run_left_out",
    "payment_file",
)

STATEMENTS = (
    MODULUS_WEIGHT,
    WEIGHTS_ARE_WHOLE,
    PAYEE,
    BANK_ACCOUNT,
    DECIDED_ONCE,
    PAYING_ACCOUNT,
    PAYMENT_HOLD,
    SCHEDULE,
    PAYMENT_RUN,
    INSTRUCTION,
    SHARES_ADD_UP,
    RUN_PARTS,
)


def upgrade() -> None:
    """Make the tables of payments."""
    for statements in STATEMENTS:
        op.execute(statements)
    for table in TABLES:
        keep_to_own_commissioner(op, table)
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """Remove them again while no journal was posted."""
    refuse_down_with_journals(op)
    op.execute(f"DROP TABLE {', '.join(reversed(TABLES))}")
    op.execute("DROP FUNCTION refuse_late_weight(), decided_once(), shares_add_up()")
