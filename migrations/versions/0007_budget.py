"""Prices, models, offers, envelopes, assessments, budgets with their plans and sign-off, orders and rotas."""

from alembic import op

from migrations.helpers import keep_to_own_commissioner, refuse_down_with_journals

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

REFERENCE = """
CREATE TABLE service_offer (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    cohort_code text NOT NULL,
    offered_from date NOT NULL,
    offered_to date,
    source text NOT NULL CONSTRAINT ck_service_offer_source CHECK (source <> ''),
    version integer NOT NULL,
    CONSTRAINT pk_service_offer PRIMARY KEY (commissioner_id, id),
    CONSTRAINT uq_service_offer_cohort_code UNIQUE (commissioner_id, cohort_code, offered_from),
    CONSTRAINT ck_service_offer_dates CHECK (offered_to >= offered_from)
);
GRANT SELECT, INSERT, UPDATE (offered_to, source, version) ON service_offer TO phb_writer;

CREATE TABLE home_package (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    reference text NOT NULL CONSTRAINT ck_home_package_reference CHECK (reference <> ''),
    cohort_code text NOT NULL,
    care_setting text NOT NULL CONSTRAINT ck_home_package_setting CHECK
        (care_setting IN ('home', 'care_home', 'other')),
    start_on date NOT NULL,
    end_on date,
    source text NOT NULL CONSTRAINT ck_home_package_source CHECK (source <> ''),
    version integer NOT NULL,
    CONSTRAINT pk_home_package PRIMARY KEY (commissioner_id, id),
    CONSTRAINT uq_home_package_reference UNIQUE (commissioner_id, reference),
    CONSTRAINT ck_home_package_dates CHECK (end_on >= start_on)
);
GRANT SELECT, INSERT, UPDATE (cohort_code, care_setting, start_on, end_on, source, version)
    ON home_package TO phb_writer;

CREATE TABLE programme_budget (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    fund text NOT NULL CONSTRAINT ck_programme_budget_fund CHECK (fund ~ '^[a-z][a-z0-9_]{1,30}$'),
    year smallint NOT NULL CONSTRAINT ck_programme_budget_year CHECK (year BETWEEN 2013 AND 2100),
    amount_pence bigint NOT NULL CONSTRAINT ck_programme_budget_amount CHECK (amount_pence > 0),
    source text NOT NULL CONSTRAINT ck_programme_budget_source CHECK (source <> ''),
    journal_id uuid NOT NULL,
    set_by uuid NOT NULL,
    set_at timestamptz NOT NULL,
    ordinal integer NOT NULL CONSTRAINT ck_programme_budget_ordinal CHECK (ordinal >= 1),
    CONSTRAINT pk_programme_budget PRIMARY KEY (commissioner_id, id),
    CONSTRAINT uq_programme_budget_ordinal UNIQUE (commissioner_id, fund, year, ordinal),
    CONSTRAINT fk_programme_budget_journal FOREIGN KEY (commissioner_id, journal_id)
        REFERENCES journal (commissioner_id, id)
);
GRANT SELECT, INSERT ON programme_budget TO phb_writer;
"""

TARIFFS = """
CREATE TABLE price_rate (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    code text NOT NULL CONSTRAINT ck_price_rate_code CHECK (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    effective_from date NOT NULL,
    known_from timestamptz NOT NULL,
    document jsonb NOT NULL CONSTRAINT ck_price_rate_document CHECK
        (document ->> 'code' = code AND document ->> 'effective_from' = effective_from::text),
    recorded_by uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT pk_price_rate PRIMARY KEY (commissioner_id, id),
    CONSTRAINT uq_price_rate_code UNIQUE (commissioner_id, code, effective_from, known_from)
);
GRANT SELECT, INSERT ON price_rate TO phb_writer;

CREATE TABLE budget_model (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    code text NOT NULL CONSTRAINT ck_budget_model_code CHECK (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    model_version text NOT NULL CONSTRAINT ck_budget_model_version CHECK (model_version <> ''),
    effective_from date NOT NULL,
    effective_to date CONSTRAINT ck_budget_model_dates CHECK (effective_to >= effective_from),
    cohorts text[] NOT NULL,
    document jsonb NOT NULL CONSTRAINT ck_budget_model_document CHECK
        (document ->> 'code' = code AND document ->> 'version' = model_version),
    recorded_by uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    version integer NOT NULL,
    CONSTRAINT pk_budget_model PRIMARY KEY (commissioner_id, id),
    CONSTRAINT uq_budget_model_code UNIQUE (commissioner_id, code, model_version),
    CONSTRAINT ex_budget_model_one_in_force EXCLUDE USING gist (
        uuidrange(commissioner_id, commissioner_id, '[]') WITH &&,
        textrange(code, code, '[]') WITH &&,
        daterange(effective_from, effective_to, '[]') WITH &&
    )
);
CREATE INDEX ix_budget_model_code ON budget_model (commissioner_id, code, effective_from);
GRANT SELECT, INSERT, UPDATE (effective_to, version) ON budget_model TO phb_writer;

CREATE FUNCTION budget_model_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.effective_to IS NOT NULL THEN
        RAISE EXCEPTION 'a version of a budget model that has an end keeps it' USING ERRCODE = 'PH102';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER budget_model_ends_once BEFORE UPDATE ON budget_model
    FOR EACH ROW EXECUTE FUNCTION budget_model_ends_once();
"""

ASSESSMENTS = """
CREATE TABLE assessment (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    reference text NOT NULL CONSTRAINT ck_assessment_reference CHECK (reference <> ''),
    person_id uuid NOT NULL,
    cohort_code text NOT NULL,
    assessed_on date NOT NULL,
    assessed_by text NOT NULL CONSTRAINT ck_assessment_assessed_by CHECK (assessed_by <> ''),
    needs jsonb NOT NULL CONSTRAINT ck_assessment_needs CHECK (jsonb_typeof(needs) = 'array'),
    recorded_by uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT pk_assessment PRIMARY KEY (commissioner_id, id),
    CONSTRAINT uq_assessment_reference UNIQUE (commissioner_id, reference),
    CONSTRAINT fk_assessment_person FOREIGN KEY (commissioner_id, person_id) REFERENCES person (commissioner_id, id)
);
CREATE INDEX ix_assessment_person ON assessment (commissioner_id, person_id, assessed_on);
GRANT SELECT, INSERT ON assessment TO phb_writer;

CREATE TABLE indicative_budget (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    assessment_id uuid NOT NULL,
    person_id uuid NOT NULL,
    start_on date NOT NULL,
    end_on date NOT NULL,
    recurring_pence bigint NOT NULL,
    one_off_pence bigint NOT NULL,
    contingency_pence bigint NOT NULL,
    total_pence bigint NOT NULL,
    traces jsonb NOT NULL CONSTRAINT ck_indicative_budget_traces CHECK (jsonb_array_length(traces) >= 1),
    set_by uuid NOT NULL,
    set_at timestamptz NOT NULL,
    CONSTRAINT pk_indicative_budget PRIMARY KEY (commissioner_id, id),
    CONSTRAINT fk_indicative_budget_assessment FOREIGN KEY (commissioner_id, assessment_id)
        REFERENCES assessment (commissioner_id, id),
    CONSTRAINT fk_indicative_budget_person FOREIGN KEY (commissioner_id, person_id)
        REFERENCES person (commissioner_id, id),
    CONSTRAINT ck_indicative_budget_dates CHECK (end_on > start_on),
    CONSTRAINT ck_indicative_budget_adds_up CHECK (total_pence = recurring_pence + one_off_pence + contingency_pence)
);
CREATE INDEX ix_indicative_budget_assessment ON indicative_budget (commissioner_id, assessment_id, set_at);
CREATE INDEX ix_indicative_budget_person ON indicative_budget (commissioner_id, person_id, set_at);
GRANT SELECT, INSERT ON indicative_budget TO phb_writer;
"""

BUDGETS = """
CREATE TABLE personal_health_budget (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL,
    reference text NOT NULL CONSTRAINT ck_personal_health_budget_reference CHECK (reference <> ''),
    person_id uuid NOT NULL,
    cohort_code text NOT NULL,
    kind text NOT NULL CONSTRAINT ck_personal_health_budget_kind CHECK
        (kind IN ('personal_health_budget', 'integrated', 'wheelchair', 'maternity')),
    care_setting text NOT NULL CONSTRAINT ck_personal_health_budget_setting CHECK
        (care_setting IN ('home', 'care_home', 'other')),
    state text NOT NULL CONSTRAINT ck_personal_health_budget_state CHECK
        (state IN ('draft', 'submitted', 'signed_off_clinically', 'signed_off_finance', 'agreed', 'active', 'refused')),
    start_on date NOT NULL,
    end_on date NOT NULL,
    plan_id uuid NOT NULL,
    indicative_id uuid,
    prepared_by uuid NOT NULL,
    submitted_by uuid,
    signed_off_clinically_by uuid,
    signed_off_finance_by uuid,
    agreed_by uuid,
    activated_by uuid,
    active_from date,
    version integer NOT NULL,
    CONSTRAINT pk_personal_health_budget PRIMARY KEY (commissioner_id, id),
    CONSTRAINT uq_personal_health_budget_reference UNIQUE (commissioner_id, reference),
    CONSTRAINT fk_personal_health_budget_person FOREIGN KEY (commissioner_id, person_id)
        REFERENCES person (commissioner_id, id),
    CONSTRAINT fk_personal_health_budget_indicative FOREIGN KEY (commissioner_id, indicative_id)
        REFERENCES indicative_budget (commissioner_id, id),
    CONSTRAINT ck_personal_health_budget_dates CHECK (end_on > start_on),
    CONSTRAINT ck_personal_health_budget_second_person CHECK (
        signed_off_clinically_by NOT IN (prepared_by, submitted_by)
        AND signed_off_finance_by NOT IN (prepared_by, submitted_by)
        AND agreed_by NOT IN (prepared_by, submitted_by)),
    CONSTRAINT ck_personal_health_budget_active CHECK (
        state <> 'active' OR (submitted_by IS NOT NULL AND signed_off_clinically_by IS NOT NULL
            AND signed_off_finance_by IS NOT NULL AND agreed_by IS NOT NULL AND activated_by IS NOT NULL
            AND active_from IS NOT NULL))
);
CREATE INDEX ix_personal_health_budget_person ON personal_health_budget (commissioner_id, person_id);
GRANT SELECT, INSERT, UPDATE (state, start_on, end_on, plan_id, prepared_by, submitted_by, signed_off_clinically_by,
    signed_off_finance_by, agreed_by, activated_by, active_from, version) ON personal_health_budget TO phb_writer;

CREATE TABLE pot (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    budget_id uuid NOT NULL,
    reference text NOT NULL CONSTRAINT ck_pot_reference CHECK (reference <> ''),
    management text NOT NULL CONSTRAINT ck_pot_management CHECK
        (management IN ('notional', 'third_party', 'direct_payment')),
    organisation_id uuid,
    CONSTRAINT pk_pot PRIMARY KEY (commissioner_id, id),
    CONSTRAINT uq_pot_reference UNIQUE (commissioner_id, budget_id, reference),
    CONSTRAINT uq_pot_budget UNIQUE (commissioner_id, budget_id, id),
    CONSTRAINT fk_pot_budget FOREIGN KEY (commissioner_id, budget_id)
        REFERENCES personal_health_budget (commissioner_id, id),
    CONSTRAINT fk_pot_organisation FOREIGN KEY (commissioner_id, organisation_id)
        REFERENCES organisation (commissioner_id, id),
    CONSTRAINT ck_pot_third_party CHECK ((management = 'third_party') = (organisation_id IS NOT NULL))
);
GRANT SELECT, INSERT ON pot TO phb_writer;

CREATE TABLE plan_line (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    budget_id uuid NOT NULL,
    pot_id uuid NOT NULL,
    reference text NOT NULL CONSTRAINT ck_plan_line_reference CHECK (reference <> ''),
    CONSTRAINT pk_plan_line PRIMARY KEY (commissioner_id, id),
    CONSTRAINT uq_plan_line_reference UNIQUE (commissioner_id, budget_id, reference),
    CONSTRAINT fk_plan_line_pot FOREIGN KEY (commissioner_id, budget_id, pot_id)
        REFERENCES pot (commissioner_id, budget_id, id)
);
CREATE INDEX ix_plan_line_pot ON plan_line (commissioner_id, pot_id);
GRANT SELECT, INSERT ON plan_line TO phb_writer;
"""

PLANS = """
CREATE TABLE care_plan (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    budget_id uuid NOT NULL,
    plan_version integer NOT NULL CONSTRAINT ck_care_plan_version CHECK (plan_version >= 1),
    start_on date NOT NULL,
    end_on date NOT NULL,
    contingency text NOT NULL CONSTRAINT ck_care_plan_contingency CHECK (contingency <> ''),
    training text NOT NULL CONSTRAINT ck_care_plan_training CHECK (training <> ''),
    review_on date NOT NULL,
    care_coordinator_id uuid NOT NULL,
    digest bytea NOT NULL CONSTRAINT ck_care_plan_digest CHECK (octet_length(digest) = 32),
    drafted_by uuid NOT NULL,
    drafted_at timestamptz NOT NULL,
    CONSTRAINT pk_care_plan PRIMARY KEY (commissioner_id, id),
    CONSTRAINT uq_care_plan_version UNIQUE (commissioner_id, budget_id, plan_version),
    CONSTRAINT uq_care_plan_budget UNIQUE (commissioner_id, budget_id, id),
    CONSTRAINT fk_care_plan_budget FOREIGN KEY (commissioner_id, budget_id)
        REFERENCES personal_health_budget (commissioner_id, id),
    CONSTRAINT fk_care_plan_care_coordinator FOREIGN KEY (commissioner_id, care_coordinator_id)
        REFERENCES user_account (commissioner_id, id),
    CONSTRAINT ck_care_plan_dates CHECK (end_on > start_on AND review_on >= start_on)
);
GRANT SELECT, INSERT ON care_plan TO phb_writer;

ALTER TABLE personal_health_budget ADD CONSTRAINT fk_personal_health_budget_plan
    FOREIGN KEY (commissioner_id, id, plan_id) REFERENCES care_plan (commissioner_id, budget_id, id)
    DEFERRABLE INITIALLY DEFERRED;

CREATE TABLE plan_outcome (
    commissioner_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    reference text NOT NULL CONSTRAINT ck_plan_outcome_reference CHECK (reference <> ''),
    ordinal smallint NOT NULL,
    words text NOT NULL CONSTRAINT ck_plan_outcome_words CHECK (words <> ''),
    CONSTRAINT pk_plan_outcome PRIMARY KEY (commissioner_id, plan_id, reference),
    CONSTRAINT fk_plan_outcome_plan FOREIGN KEY (commissioner_id, plan_id) REFERENCES care_plan (commissioner_id, id)
);
GRANT SELECT, INSERT ON plan_outcome TO phb_writer;

CREATE TABLE plan_risk (
    commissioner_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    ordinal smallint NOT NULL,
    words text NOT NULL CONSTRAINT ck_plan_risk_words CHECK (words <> ''),
    response text NOT NULL CONSTRAINT ck_plan_risk_response CHECK (response <> ''),
    CONSTRAINT pk_plan_risk PRIMARY KEY (commissioner_id, plan_id, ordinal),
    CONSTRAINT fk_plan_risk_plan FOREIGN KEY (commissioner_id, plan_id) REFERENCES care_plan (commissioner_id, id)
);
GRANT SELECT, INSERT ON plan_risk TO phb_writer;

CREATE TABLE line_terms (
    commissioner_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    plan_line_id uuid NOT NULL,
    ordinal smallint NOT NULL,
    outcome_reference text NOT NULL,
    category_code text NOT NULL,
    purpose text NOT NULL CONSTRAINT ck_line_terms_purpose CHECK (purpose IN ('service', 'training', 'contingency')),
    words text NOT NULL CONSTRAINT ck_line_terms_words CHECK (words <> ''),
    start_on date NOT NULL,
    end_on date NOT NULL,
    quantity text NOT NULL CONSTRAINT ck_line_terms_quantity CHECK
        (quantity ~ '^[0-9]+(/[0-9]+)?$' AND quantity <> '0'),
    unit text NOT NULL CONSTRAINT ck_line_terms_unit CHECK (unit IN ('hour', 'night', 'each')),
    frequency text NOT NULL CONSTRAINT ck_line_terms_frequency CHECK
        (frequency IN ('once', 'day', 'week', 'month', 'year')),
    need text,
    unit_price_pence bigint CONSTRAINT ck_line_terms_price CHECK (unit_price_pence > 0),
    shares jsonb NOT NULL CONSTRAINT ck_line_terms_shares CHECK (jsonb_array_length(shares) >= 1),
    referral_reason text,
    CONSTRAINT pk_line_terms PRIMARY KEY (commissioner_id, plan_id, plan_line_id),
    CONSTRAINT fk_line_terms_plan FOREIGN KEY (commissioner_id, plan_id) REFERENCES care_plan (commissioner_id, id),
    CONSTRAINT fk_line_terms_plan_line FOREIGN KEY (commissioner_id, plan_line_id)
        REFERENCES plan_line (commissioner_id, id),
    CONSTRAINT fk_line_terms_outcome FOREIGN KEY (commissioner_id, plan_id, outcome_reference)
        REFERENCES plan_outcome (commissioner_id, plan_id, reference),
    CONSTRAINT ck_line_terms_dates CHECK (end_on > start_on),
    CONSTRAINT ck_line_terms_one_price CHECK ((need IS NULL) <> (unit_price_pence IS NULL))
);
CREATE INDEX ix_line_terms_plan_line ON line_terms (commissioner_id, plan_line_id);
GRANT SELECT, INSERT ON line_terms TO phb_writer;

CREATE TABLE line_year (
    commissioner_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    plan_line_id uuid NOT NULL,
    year smallint NOT NULL,
    start_on date NOT NULL,
    end_on date NOT NULL,
    cost_pence bigint NOT NULL CONSTRAINT ck_line_year_cost CHECK (cost_pence >= 0),
    amount_pence bigint NOT NULL,
    traces jsonb NOT NULL,
    CONSTRAINT pk_line_year PRIMARY KEY (commissioner_id, plan_id, plan_line_id, year),
    CONSTRAINT fk_line_year_terms FOREIGN KEY (commissioner_id, plan_id, plan_line_id)
        REFERENCES line_terms (commissioner_id, plan_id, plan_line_id),
    CONSTRAINT ck_line_year_in_year CHECK (start_on < end_on AND start_on >= make_date(year, 4, 1)
        AND end_on <= make_date(year + 1, 4, 1)),
    CONSTRAINT ck_line_year_sufficient CHECK (amount_pence >= cost_pence)
);
GRANT SELECT, INSERT ON line_year TO phb_writer;

CREATE TABLE line_fund (
    commissioner_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    plan_line_id uuid NOT NULL,
    year smallint NOT NULL,
    fund text NOT NULL CONSTRAINT ck_line_fund_fund CHECK (fund ~ '^[a-z][a-z0-9_]{1,30}$'),
    ordinal smallint NOT NULL,
    amount_pence bigint NOT NULL CONSTRAINT ck_line_fund_amount CHECK (amount_pence > 0),
    CONSTRAINT pk_line_fund PRIMARY KEY (commissioner_id, plan_id, plan_line_id, year, fund),
    CONSTRAINT fk_line_fund_year FOREIGN KEY (commissioner_id, plan_id, plan_line_id, year)
        REFERENCES line_year (commissioner_id, plan_id, plan_line_id, year)
);
GRANT SELECT, INSERT ON line_fund TO phb_writer;
"""

# What the funders pay of a year comes to what is set aside for it, whoever writes the rows.
SHARES_ADD_UP = """
CREATE FUNCTION line_funds_add_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bad record;
BEGIN
    SELECT y.plan_line_id, y.year INTO bad
    FROM (SELECT DISTINCT commissioner_id, plan_id, plan_line_id, year FROM new_fund) n
    JOIN line_year y USING (commissioner_id, plan_id, plan_line_id, year)
    WHERE y.amount_pence <> (SELECT sum(f.amount_pence) FROM line_fund f
        WHERE (f.commissioner_id, f.plan_id, f.plan_line_id, f.year)
            = (y.commissioner_id, y.plan_id, y.plan_line_id, y.year))
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the funders of plan line % do not pay the whole of %', bad.plan_line_id, bad.year
            USING ERRCODE = 'PH103';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER line_fund_adds_up AFTER INSERT ON line_fund
    REFERENCING NEW TABLE AS new_fund FOR EACH STATEMENT EXECUTE FUNCTION line_funds_add_up();
"""

SIGN_OFF = """
CREATE TABLE budget_revision (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL,
    budget_id uuid NOT NULL,
    person_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    state text NOT NULL CONSTRAINT ck_budget_revision_state CHECK (state IN
        ('draft', 'submitted', 'signed_off_clinically', 'signed_off_finance', 'agreed', 'applied', 'refused')),
    reason text NOT NULL CONSTRAINT ck_budget_revision_reason CHECK (reason <> ''),
    prepared_by uuid NOT NULL,
    prepared_at timestamptz NOT NULL,
    submitted_by uuid,
    signed_off_clinically_by uuid,
    signed_off_finance_by uuid,
    agreed_by uuid,
    applied_by uuid,
    applied_on date,
    version integer NOT NULL,
    CONSTRAINT pk_budget_revision PRIMARY KEY (commissioner_id, id),
    CONSTRAINT fk_budget_revision_budget FOREIGN KEY (commissioner_id, budget_id)
        REFERENCES personal_health_budget (commissioner_id, id),
    CONSTRAINT fk_budget_revision_person FOREIGN KEY (commissioner_id, person_id)
        REFERENCES person (commissioner_id, id),
    CONSTRAINT fk_budget_revision_plan FOREIGN KEY (commissioner_id, budget_id, plan_id)
        REFERENCES care_plan (commissioner_id, budget_id, id),
    CONSTRAINT ck_budget_revision_second_person CHECK (
        signed_off_clinically_by NOT IN (prepared_by, submitted_by)
        AND signed_off_finance_by NOT IN (prepared_by, submitted_by)
        AND agreed_by NOT IN (prepared_by, submitted_by)),
    CONSTRAINT ck_budget_revision_applied CHECK (
        state <> 'applied' OR (signed_off_clinically_by IS NOT NULL AND agreed_by IS NOT NULL
            AND applied_by IS NOT NULL AND applied_on IS NOT NULL))
);
CREATE INDEX ix_budget_revision_budget ON budget_revision (commissioner_id, budget_id);
CREATE UNIQUE INDEX uq_budget_revision_one_open ON budget_revision (commissioner_id, budget_id)
    WHERE state NOT IN ('applied', 'refused');
GRANT SELECT, INSERT, UPDATE (plan_id, state, prepared_by, submitted_by, signed_off_clinically_by,
    signed_off_finance_by, agreed_by, applied_by, applied_on, version) ON budget_revision TO phb_writer;

CREATE TABLE sign_off (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    budget_id uuid NOT NULL,
    ordinal integer NOT NULL CONSTRAINT ck_sign_off_ordinal CHECK (ordinal >= 1),
    revision_id uuid,
    plan_id uuid NOT NULL,
    step text NOT NULL CONSTRAINT ck_sign_off_step CHECK (step ~ '^[a-z_]+$'),
    signed_by uuid NOT NULL,
    signed_at timestamptz NOT NULL,
    reason text,
    value_pence bigint,
    limit_id uuid,
    CONSTRAINT pk_sign_off PRIMARY KEY (commissioner_id, id),
    CONSTRAINT uq_sign_off_ordinal UNIQUE (commissioner_id, budget_id, ordinal),
    CONSTRAINT fk_sign_off_budget FOREIGN KEY (commissioner_id, budget_id)
        REFERENCES personal_health_budget (commissioner_id, id),
    CONSTRAINT fk_sign_off_revision FOREIGN KEY (commissioner_id, revision_id)
        REFERENCES budget_revision (commissioner_id, id),
    CONSTRAINT fk_sign_off_plan FOREIGN KEY (commissioner_id, plan_id) REFERENCES care_plan (commissioner_id, id),
    CONSTRAINT fk_sign_off_limit FOREIGN KEY (commissioner_id, limit_id)
        REFERENCES delegation_limit (commissioner_id, id),
    CONSTRAINT ck_sign_off_limit CHECK
        (step <> 'sign_off_finance' OR (value_pence IS NOT NULL AND limit_id IS NOT NULL))
);
GRANT SELECT, INSERT ON sign_off TO phb_writer;
"""

COMMITMENTS = """
CREATE TABLE spend_commitment (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL,
    reference text NOT NULL CONSTRAINT ck_spend_commitment_reference CHECK (reference <> ''),
    kind text NOT NULL CONSTRAINT ck_spend_commitment_kind CHECK (kind IN ('order', 'agreement', 'rota')),
    budget_id uuid NOT NULL,
    plan_line_id uuid NOT NULL,
    year smallint NOT NULL,
    provider_id uuid,
    category_code text NOT NULL,
    referral_reason text,
    words text NOT NULL CONSTRAINT ck_spend_commitment_words CHECK (words <> ''),
    amount_pence bigint NOT NULL CONSTRAINT ck_spend_commitment_amount CHECK (amount_pence > 0),
    start_on date NOT NULL,
    end_on date NOT NULL,
    expires_on date NOT NULL,
    raised_by uuid NOT NULL,
    raised_at timestamptz NOT NULL,
    CONSTRAINT pk_spend_commitment PRIMARY KEY (commissioner_id, id),
    CONSTRAINT uq_spend_commitment_reference UNIQUE (commissioner_id, reference),
    CONSTRAINT fk_spend_commitment_budget FOREIGN KEY (commissioner_id, budget_id)
        REFERENCES personal_health_budget (commissioner_id, id),
    CONSTRAINT fk_spend_commitment_plan_line FOREIGN KEY (commissioner_id, plan_line_id)
        REFERENCES plan_line (commissioner_id, id),
    CONSTRAINT fk_spend_commitment_provider FOREIGN KEY (commissioner_id, provider_id)
        REFERENCES organisation (commissioner_id, id),
    CONSTRAINT fk_spend_commitment_books FOREIGN KEY (commissioner_id, id) REFERENCES commitment (commissioner_id, id),
    CONSTRAINT ck_spend_commitment_in_year CHECK (end_on > start_on AND start_on >= make_date(year, 4, 1)
        AND end_on <= make_date(year + 1, 4, 1) AND expires_on >= end_on - 1),
    CONSTRAINT ck_spend_commitment_provider CHECK ((provider_id IS NULL) = (kind = 'rota'))
);
CREATE INDEX ix_spend_commitment_budget ON spend_commitment (commissioner_id, budget_id);
CREATE INDEX ix_spend_commitment_plan_line ON spend_commitment (commissioner_id, plan_line_id);
GRANT SELECT, INSERT ON spend_commitment TO phb_writer;
"""

APPEND_ONLY = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
KEPT = """
CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
NO_TRUNCATE = """
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

NEVER_CHANGED = (
    "programme_budget",
    "price_rate",
    "assessment",
    "indicative_budget",
    "pot",
    "plan_line",
    "care_plan",
    "plan_outcome",
    "plan_risk",
    "line_terms",
    "line_year",
    "line_fund",
    "sign_off",
    "spend_commitment",
)
CHANGED = ("service_offer", "home_package", "budget_model", "personal_health_budget", "budget_revision")


def upgrade() -> None:
    """Make the tables of the budget package with their guards."""
    for statements in (REFERENCE, TARIFFS, ASSESSMENTS, BUDGETS, PLANS, SHARES_ADD_UP, SIGN_OFF, COMMITMENTS):
        op.execute(statements)
    for table in (*NEVER_CHANGED, *CHANGED):
        keep_to_own_commissioner(op, table)
        op.execute((APPEND_ONLY if table in NEVER_CHANGED else KEPT).format(table=table))
        op.execute(NO_TRUNCATE.format(table=table))


def downgrade() -> None:
    """Remove them again while no journal exists."""
    refuse_down_with_journals(op)
    op.execute("ALTER TABLE personal_health_budget DROP CONSTRAINT fk_personal_health_budget_plan")
    op.execute(
        "DROP TABLE spend_commitment, sign_off, budget_revision, line_fund, line_year, line_terms, plan_risk, "
        "plan_outcome, care_plan, plan_line, pot, personal_health_budget, indicative_budget, assessment, budget_model, "
        "price_rate, programme_budget, home_package, service_offer"
    )
    op.execute("DROP FUNCTION line_funds_add_up(), budget_model_ends_once()")
