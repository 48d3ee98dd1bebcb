"""People, organisations, who acts for whom, standing, users and how they sign in, calendars."""

from alembic import op

from migrations.helpers import keep_to_own_commissioner

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Without an extension, exclusion constraints know overlap alone: one uuid or text is a range of itself.
RANGES = """
CREATE TYPE uuidrange AS RANGE (subtype = uuid);
CREATE TYPE textrange AS RANGE (subtype = text, collation = "C");
"""

NHS_NUMBER_HOLDS = """
CREATE FUNCTION nhs_number_holds(digits text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT digits ~ '^[4679][0-9]{9}$' AND digits !~ '^(.)\\1{9}$'
       AND substr(digits, 10, 1)::integer = (
           SELECT (11 - sum(substr(digits, place, 1)::integer * (11 - place)) % 11) % 11
           FROM generate_series(1, 9) place)
$$;
"""

# The one list that every commissioner sees: which commissioners this installation serves.
COMMISSIONER = """
CREATE TABLE commissioner (
    id uuid NOT NULL CONSTRAINT pk_commissioner PRIMARY KEY,
    code text NOT NULL CONSTRAINT ck_commissioner_code CHECK (code ~ '^[A-Z0-9]{2,10}$'),
    name text NOT NULL CONSTRAINT ck_commissioner_name CHECK (name <> ''),
    made_at timestamptz NOT NULL,
    CONSTRAINT uq_commissioner_code UNIQUE (code)
);
ALTER TABLE commissioner ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY known_to_all ON commissioner FOR SELECT USING (true);
CREATE POLICY makes_itself ON commissioner FOR INSERT WITH CHECK (id = own_commissioner_id());
CREATE TRIGGER commissioner_append_only BEFORE UPDATE OR DELETE ON commissioner
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON commissioner TO phb_writer;
"""

ORGANISATION = """
CREATE TABLE organisation (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL,
    reference text NOT NULL CONSTRAINT ck_organisation_reference CHECK (reference <> ''),
    kind text NOT NULL CONSTRAINT ck_organisation_kind CHECK
        (kind IN ('commissioner', 'council', 'provider', 'third_party', 'broker', 'payroll_bureau')),
    name text NOT NULL CONSTRAINT ck_organisation_name CHECK (name <> ''),
    ods_code text CONSTRAINT ck_organisation_ods_code CHECK (ods_code ~ '^[A-Z0-9]{3,10}$'),
    fund text CONSTRAINT ck_organisation_fund CHECK (fund ~ '^[a-z][a-z0-9_]*$'),
    start_on date NOT NULL,
    end_on date,
    version integer NOT NULL,
    CONSTRAINT pk_organisation PRIMARY KEY (commissioner_id, id),
    CONSTRAINT uq_organisation_reference UNIQUE (commissioner_id, reference),
    CONSTRAINT uq_organisation_ods_code UNIQUE (commissioner_id, ods_code),
    CONSTRAINT uq_organisation_fund UNIQUE (commissioner_id, fund),
    CONSTRAINT ck_organisation_own CHECK ((kind = 'commissioner') = (id = commissioner_id)),
    CONSTRAINT ck_organisation_funder CHECK (fund IS NULL OR kind IN ('commissioner', 'council')),
    CONSTRAINT ck_organisation_dates CHECK (end_on > start_on)
);
GRANT SELECT, INSERT, UPDATE (name, ods_code, fund, start_on, end_on, version) ON organisation TO phb_writer;
"""

PERSON = """
CREATE TABLE person (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    reference text NOT NULL CONSTRAINT ck_person_reference CHECK (reference <> ''),
    nhs_number text CONSTRAINT ck_person_nhs_number CHECK (nhs_number_holds(nhs_number)),
    trace_status text NOT NULL CONSTRAINT ck_person_trace_status CHECK
        (trace_status IN ('verified', 'unverified', 'none')),
    given_names text NOT NULL CONSTRAINT ck_person_given_names CHECK (given_names <> ''),
    family_name text NOT NULL CONSTRAINT ck_person_family_name CHECK (family_name <> ''),
    date_of_birth date,
    died_on date,
    address_lines text[] NOT NULL,
    postcode text CONSTRAINT ck_person_postcode CHECK (postcode ~ '^[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}$'),
    statement_format text NOT NULL CONSTRAINT ck_person_statement_format CHECK
        (statement_format IN ('html', 'pdf', 'large-print', 'csv', 'json')),
    language text NOT NULL CONSTRAINT ck_person_language CHECK (language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
    version integer NOT NULL,
    CONSTRAINT pk_person PRIMARY KEY (commissioner_id, id),
    CONSTRAINT uq_person_reference UNIQUE (commissioner_id, reference),
    CONSTRAINT uq_person_nhs_number UNIQUE (commissioner_id, nhs_number),
    CONSTRAINT ck_person_traced CHECK ((nhs_number IS NULL) = (trace_status = 'none')),
    CONSTRAINT ck_person_born CHECK (date_of_birth >= '1890-01-01'),
    CONSTRAINT ck_person_died CHECK (died_on >= date_of_birth)
);
GRANT SELECT, INSERT, UPDATE (nhs_number, trace_status, given_names, family_name, date_of_birth, died_on,
    address_lines, postcode, statement_format, language, version) ON person TO phb_writer;
"""

COMMUNICATION_NEED = """
CREATE TABLE communication_need (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    person_id uuid NOT NULL,
    kind text NOT NULL CONSTRAINT ck_communication_need_kind CHECK (kind IN
        ('contact_method', 'information_format', 'communication_professional', 'communication_support')),
    code text NOT NULL CONSTRAINT ck_communication_need_code CHECK (code <> ''),
    snomed_code text CONSTRAINT ck_communication_need_snomed_code CHECK (snomed_code ~ '^[0-9]{6,18}$'),
    start_on date NOT NULL,
    end_on date,
    version integer NOT NULL,
    CONSTRAINT pk_communication_need PRIMARY KEY (commissioner_id, id),
    CONSTRAINT fk_communication_need_person FOREIGN KEY (commissioner_id, person_id)
        REFERENCES person (commissioner_id, id),
    CONSTRAINT ck_communication_need_dates CHECK (end_on >= start_on),
    CONSTRAINT ex_communication_need_once EXCLUDE USING gist (
        uuidrange(commissioner_id, commissioner_id, '[]') WITH &&, uuidrange(person_id, person_id, '[]') WITH &&,
        textrange(code, code, '[]') WITH &&, daterange(start_on, end_on) WITH &&)
);
CREATE INDEX ix_communication_need_person ON communication_need (commissioner_id, person_id);
GRANT SELECT, INSERT, UPDATE (end_on, version) ON communication_need TO phb_writer;
"""

PROTECTED_CHARACTERISTICS = """
CREATE TABLE protected_characteristics (
    commissioner_id uuid NOT NULL,
    person_id uuid NOT NULL,
    ethnicity text,
    disability text,
    religion_or_belief text,
    sexual_orientation text,
    sex text,
    gender_reassignment text,
    marriage_or_civil_partnership text,
    pregnancy_or_maternity text,
    version integer NOT NULL,
    CONSTRAINT pk_protected_characteristics PRIMARY KEY (commissioner_id, person_id),
    CONSTRAINT fk_protected_characteristics_person FOREIGN KEY (commissioner_id, person_id)
        REFERENCES person (commissioner_id, id)
);
GRANT SELECT, INSERT, UPDATE (ethnicity, disability, religion_or_belief, sexual_orientation, sex, gender_reassignment,
    marriage_or_civil_partnership, pregnancy_or_maternity, version) ON protected_characteristics TO phb_writer;
"""

USER_ACCOUNT = """
CREATE TABLE user_account (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    sign_in_name text NOT NULL CONSTRAINT ck_user_account_sign_in_name CHECK
        (sign_in_name ~ '^[a-z0-9][a-z0-9._@+-]{2,63}$'),
    name text NOT NULL CONSTRAINT ck_user_account_name CHECK (name <> ''),
    person_id uuid,
    version integer NOT NULL,
    CONSTRAINT pk_user_account PRIMARY KEY (commissioner_id, id),
    CONSTRAINT uq_user_account_sign_in_name UNIQUE (sign_in_name),
    CONSTRAINT fk_user_account_person FOREIGN KEY (commissioner_id, person_id) REFERENCES person (commissioner_id, id)
);
GRANT SELECT, INSERT, UPDATE (name, person_id, version) ON user_account TO phb_writer;
"""

USER_ROLE = """
CREATE TABLE user_role (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    role text NOT NULL CONSTRAINT ck_user_role_role CHECK (role IN ('holder', 'representative', 'nominee', 'advocate',
        'broker', 'third_party', 'care_coordinator', 'clinician', 'finance_officer', 'approver', 'payments_releaser',
        'auditor', 'administrator')),
    start_on date NOT NULL,
    end_on date,
    sees_from date NOT NULL,
    granted_by uuid NOT NULL,
    version integer NOT NULL,
    CONSTRAINT pk_user_role PRIMARY KEY (commissioner_id, id),
    CONSTRAINT fk_user_role_user FOREIGN KEY (commissioner_id, user_id) REFERENCES user_account (commissioner_id, id),
    CONSTRAINT fk_user_role_organisation FOREIGN KEY (commissioner_id, organisation_id)
        REFERENCES organisation (commissioner_id, id),
    CONSTRAINT ck_user_role_dates CHECK (end_on >= start_on),
    CONSTRAINT ck_user_role_sees CHECK (sees_from <= start_on),
    CONSTRAINT ex_user_role_once EXCLUDE USING gist (
        uuidrange(commissioner_id, commissioner_id, '[]') WITH &&, uuidrange(user_id, user_id, '[]') WITH &&,
        textrange(role, role, '[]') WITH &&, daterange(start_on, end_on) WITH &&)
);
CREATE INDEX ix_user_role_user ON user_role (commissioner_id, user_id);
GRANT SELECT, INSERT, UPDATE (end_on, version) ON user_role TO phb_writer;
"""

RELATION = """
CREATE TABLE relation (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    person_id uuid NOT NULL,
    kind text NOT NULL CONSTRAINT ck_relation_kind CHECK
        (kind IN ('representative', 'nominee', 'advocate', 'broker', 'third_party', 'care_coordinator')),
    basis text NOT NULL CONSTRAINT ck_relation_basis CHECK (basis IN ('parental_responsibility', 'deputyship',
        'lasting_power_property', 'lasting_power_welfare', 'enduring_power', 'appointed', 'nominated', 'chosen',
        'statutory', 'agreement', 'assigned')),
    acting_person_id uuid,
    organisation_id uuid,
    user_id uuid,
    scopes text[] NOT NULL CONSTRAINT ck_relation_scopes CHECK (cardinality(scopes) > 0
        AND scopes <@ ARRAY['record', 'budget', 'statements', 'spend', 'decisions']),
    start_on date NOT NULL,
    end_on date,
    sees_from date NOT NULL,
    consent_of text NOT NULL CONSTRAINT ck_relation_consent_of CHECK
        (consent_of IN ('person', 'representative', 'not_needed')),
    consent_on date,
    consent_recorded text,
    evidence text,
    end_reason text CONSTRAINT ck_relation_end_reason CHECK (end_reason IN
        ('ended', 'revoked', 'consent_withdrawn', 'capacity_regained', 'turned_sixteen', 'died')),
    version integer NOT NULL,
    CONSTRAINT pk_relation PRIMARY KEY (commissioner_id, id),
    CONSTRAINT fk_relation_person FOREIGN KEY (commissioner_id, person_id) REFERENCES person (commissioner_id, id),
    CONSTRAINT fk_relation_acting_person FOREIGN KEY (commissioner_id, acting_person_id)
        REFERENCES person (commissioner_id, id),
    CONSTRAINT fk_relation_organisation FOREIGN KEY (commissioner_id, organisation_id)
        REFERENCES organisation (commissioner_id, id),
    CONSTRAINT fk_relation_user FOREIGN KEY (commissioner_id, user_id) REFERENCES user_account (commissioner_id, id),
    CONSTRAINT ck_relation_one_party CHECK (num_nonnulls(acting_person_id, organisation_id, user_id) = 1),
    CONSTRAINT ck_relation_not_oneself CHECK (acting_person_id <> person_id),
    CONSTRAINT ck_relation_party CHECK (CASE kind WHEN 'care_coordinator' THEN user_id IS NOT NULL
        WHEN 'broker' THEN organisation_id IS NOT NULL WHEN 'third_party' THEN organisation_id IS NOT NULL
        ELSE user_id IS NULL END),
    CONSTRAINT ck_relation_dates CHECK (end_on >= start_on),
    CONSTRAINT ck_relation_sees CHECK (sees_from <= start_on),
    CONSTRAINT ck_relation_consent CHECK ((consent_of = 'not_needed') = (consent_on IS NULL)
        AND (consent_on IS NULL) = (consent_recorded IS NULL) AND consent_recorded <> ''),
    CONSTRAINT ck_relation_consent_first CHECK (consent_on <= start_on),
    CONSTRAINT ck_relation_consent_needed CHECK (consent_of <> 'not_needed'
        OR kind IN ('representative', 'care_coordinator') OR (kind = 'advocate' AND basis = 'statutory')),
    CONSTRAINT ex_relation_same_party EXCLUDE USING gist (
        uuidrange(commissioner_id, commissioner_id, '[]') WITH &&, uuidrange(person_id, person_id, '[]') WITH &&,
        textrange(kind, kind, '[]') WITH &&,
        uuidrange(coalesce(acting_person_id, organisation_id, user_id),
                  coalesce(acting_person_id, organisation_id, user_id), '[]') WITH &&,
        daterange(start_on, end_on) WITH &&),
    CONSTRAINT ex_relation_only_one EXCLUDE USING gist (
        uuidrange(commissioner_id, commissioner_id, '[]') WITH &&, uuidrange(person_id, person_id, '[]') WITH &&,
        textrange(kind, kind, '[]') WITH &&, daterange(start_on, end_on) WITH &&)
        WHERE (kind IN ('nominee', 'care_coordinator'))
);
CREATE INDEX ix_relation_person ON relation (commissioner_id, person_id);
CREATE INDEX ix_relation_acting_person ON relation (commissioner_id, acting_person_id);
CREATE INDEX ix_relation_organisation ON relation (commissioner_id, organisation_id);
CREATE INDEX ix_relation_user ON relation (commissioner_id, user_id);
GRANT SELECT, INSERT, UPDATE (end_on, end_reason, version) ON relation TO phb_writer;
"""

CAPACITY_ASSESSMENT = """
CREATE TABLE capacity_assessment (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    person_id uuid NOT NULL,
    has_capacity boolean NOT NULL,
    expected_to_return boolean NOT NULL,
    assessed_on date NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by uuid NOT NULL,
    CONSTRAINT pk_capacity_assessment PRIMARY KEY (commissioner_id, id),
    CONSTRAINT fk_capacity_assessment_person FOREIGN KEY (commissioner_id, person_id)
        REFERENCES person (commissioner_id, id),
    CONSTRAINT ck_capacity_assessment_return CHECK (NOT (has_capacity AND expected_to_return))
);
CREATE INDEX ix_capacity_assessment_person ON capacity_assessment (commissioner_id, person_id, assessed_on);
CREATE TRIGGER capacity_assessment_append_only BEFORE UPDATE OR DELETE ON capacity_assessment
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON capacity_assessment TO phb_writer;
"""

DIRECT_PAYMENT_CONSENT = """
CREATE TABLE direct_payment_consent (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    person_id uuid NOT NULL,
    given_by text NOT NULL CONSTRAINT ck_direct_payment_consent_given_by CHECK
        (given_by IN ('person', 'representative')),
    relation_id uuid,
    given_on date NOT NULL,
    how_recorded text NOT NULL CONSTRAINT ck_direct_payment_consent_how CHECK (how_recorded <> ''),
    withdrawn_on date,
    version integer NOT NULL,
    CONSTRAINT pk_direct_payment_consent PRIMARY KEY (commissioner_id, id),
    CONSTRAINT fk_direct_payment_consent_person FOREIGN KEY (commissioner_id, person_id)
        REFERENCES person (commissioner_id, id),
    CONSTRAINT fk_direct_payment_consent_relation FOREIGN KEY (commissioner_id, relation_id)
        REFERENCES relation (commissioner_id, id),
    CONSTRAINT ck_direct_payment_consent_relation CHECK ((given_by = 'representative') = (relation_id IS NOT NULL)),
    CONSTRAINT ck_direct_payment_consent_dates CHECK (withdrawn_on >= given_on),
    CONSTRAINT ex_direct_payment_consent_once EXCLUDE USING gist (
        uuidrange(commissioner_id, commissioner_id, '[]') WITH &&, uuidrange(person_id, person_id, '[]') WITH &&,
        uuidrange(coalesce(relation_id, person_id), coalesce(relation_id, person_id), '[]') WITH &&,
        daterange(given_on, withdrawn_on) WITH &&)
);
CREATE INDEX ix_direct_payment_consent_person ON direct_payment_consent (commissioner_id, person_id);
GRANT SELECT, INSERT, UPDATE (withdrawn_on, version) ON direct_payment_consent TO phb_writer;
"""

# Source of each ground: Schedule to SI 2013/1617, as far as it was verified.
EXCLUSION = """
CREATE TABLE exclusion_ground (
    code text NOT NULL CONSTRAINT pk_exclusion_ground PRIMARY KEY,
    description text NOT NULL,
    provision text NOT NULL,
    confidence text NOT NULL CONSTRAINT ck_exclusion_ground_confidence CHECK (confidence IN ('verified', 'recalled'))
);
INSERT INTO exclusion_ground (code, description, provision, confidence) VALUES
    ('DRR', 'Subject to a drug rehabilitation requirement (community order or suspended sentence)',
     'Schedule (a); Criminal Justice Act 2003 s209', 'verified'),
    ('ATR', 'Subject to an alcohol treatment requirement (community order or suspended sentence)',
     'Schedule (b); Criminal Justice Act 2003 s212', 'verified'),
    ('LICENCE_DRUG_ALCOHOL', 'Released on licence with a non-standard condition to do offending-behaviour work on '
     'drug or alcohol related behaviour', 'Schedule (c)', 'verified'),
    ('COMMUNITY_REHAB_ORDER', 'Required to submit to drug or alcohol dependency treatment by a community '
     'rehabilitation (or punishment and rehabilitation) order', 'Schedule (d)', 'verified'),
    ('DTTO', 'Subject to a drug treatment and testing order', 'Schedule, later paragraph', 'recalled'),
    ('YOUTH_REHAB_DRUG', 'Youth rehabilitation order with a drug treatment, drug testing or intoxicating substance '
     'requirement', 'Schedule, later paragraph', 'recalled'),
    ('SCOTTISH_EQUIVALENTS', 'Scottish probation orders or licences with drug or alcohol treatment conditions',
     'Schedule, later paragraph', 'recalled');
GRANT SELECT ON exclusion_ground TO phb_writer;

CREATE TABLE exclusion (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    person_id uuid NOT NULL,
    ground text NOT NULL,
    start_on date NOT NULL,
    end_on date,
    version integer NOT NULL,
    CONSTRAINT pk_exclusion PRIMARY KEY (commissioner_id, id),
    CONSTRAINT fk_exclusion_person FOREIGN KEY (commissioner_id, person_id) REFERENCES person (commissioner_id, id),
    CONSTRAINT fk_exclusion_ground FOREIGN KEY (ground) REFERENCES exclusion_ground (code),
    CONSTRAINT ck_exclusion_dates CHECK (end_on >= start_on),
    CONSTRAINT ex_exclusion_once EXCLUDE USING gist (
        uuidrange(commissioner_id, commissioner_id, '[]') WITH &&, uuidrange(person_id, person_id, '[]') WITH &&,
        textrange(ground, ground, '[]') WITH &&, daterange(start_on, end_on) WITH &&)
);
CREATE INDEX ix_exclusion_person ON exclusion (commissioner_id, person_id);
GRANT SELECT, INSERT, UPDATE (end_on, version) ON exclusion TO phb_writer;
"""

CREDENTIAL = """
CREATE TABLE credential (
    commissioner_id uuid NOT NULL,
    user_id uuid NOT NULL,
    password_hash text NOT NULL CONSTRAINT ck_credential_password_hash CHECK (password_hash LIKE '$argon2id$%'),
    must_change boolean NOT NULL,
    set_at timestamptz NOT NULL,
    CONSTRAINT pk_credential PRIMARY KEY (commissioner_id, user_id),
    CONSTRAINT fk_credential_user FOREIGN KEY (commissioner_id, user_id) REFERENCES user_account (commissioner_id, id)
);
GRANT SELECT, INSERT, UPDATE (password_hash, must_change, set_at) ON credential TO phb_writer;
"""

TOKENS = """
CREATE TABLE access_token (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL,
    token_hash bytea NOT NULL CONSTRAINT ck_access_token_hash CHECK (octet_length(token_hash) = 32),
    scope text NOT NULL CONSTRAINT ck_access_token_scope CHECK (scope IN ('read', 'write')),
    label text NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    CONSTRAINT pk_access_token PRIMARY KEY (commissioner_id, id),
    CONSTRAINT uq_access_token_hash UNIQUE (token_hash),
    CONSTRAINT fk_access_token_user FOREIGN KEY (commissioner_id, user_id)
        REFERENCES user_account (commissioner_id, id),
    CONSTRAINT ck_access_token_expires CHECK (expires_at > issued_at)
);
CREATE INDEX ix_access_token_user ON access_token (commissioner_id, user_id);
GRANT SELECT, INSERT, UPDATE (revoked_at) ON access_token TO phb_writer;
"""

# Before a name is known to be anybody's there is no commissioner to keep to; a row holds a hash and a count alone.
SIGN_IN_ATTEMPT = """
CREATE TABLE sign_in_attempt (
    name_hash bytea NOT NULL CONSTRAINT pk_sign_in_attempt PRIMARY KEY
        CONSTRAINT ck_sign_in_attempt_hash CHECK (octet_length(name_hash) = 32),
    wrong_in_a_row integer NOT NULL CONSTRAINT ck_sign_in_attempt_wrong CHECK (wrong_in_a_row >= 0),
    last_at timestamptz NOT NULL
);
CREATE INDEX ix_sign_in_attempt_last_at ON sign_in_attempt (last_at);
GRANT SELECT, INSERT, UPDATE (wrong_in_a_row, last_at), DELETE ON sign_in_attempt TO phb_writer;
"""

# The owner cannot log in; only this function uses its policy, and it answers two ids for one whole name.
WHOSE_SIGN_IN_NAME = """
CREATE POLICY whose_sign_in_name ON user_account FOR SELECT TO phb_owner USING (true);
CREATE FUNCTION whose_sign_in_name(asked text) RETURNS TABLE (commissioner_id uuid, user_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT u.commissioner_id, u.id FROM public.user_account u WHERE u.sign_in_name = asked
$$;
REVOKE ALL ON FUNCTION whose_sign_in_name(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION whose_sign_in_name(text) TO phb_writer;
"""

BANK_HOLIDAY = """
CREATE TABLE bank_holiday (
    commissioner_id uuid NOT NULL,
    day date NOT NULL,
    title text NOT NULL CONSTRAINT ck_bank_holiday_title CHECK (title <> ''),
    observed boolean NOT NULL,
    confidence text NOT NULL,
    source text NOT NULL CONSTRAINT ck_bank_holiday_source CHECK (source <> ''),
    CONSTRAINT pk_bank_holiday PRIMARY KEY (commissioner_id, day)
);
GRANT SELECT, INSERT, UPDATE (title, observed, confidence, source) ON bank_holiday TO phb_writer;
"""

TABLES = {
    "organisation": ORGANISATION,
    "person": PERSON,
    "communication_need": COMMUNICATION_NEED,
    "protected_characteristics": PROTECTED_CHARACTERISTICS,
    "user_account": USER_ACCOUNT,
    "user_role": USER_ROLE,
    "relation": RELATION,
    "capacity_assessment": CAPACITY_ASSESSMENT,
    "direct_payment_consent": DIRECT_PAYMENT_CONSENT,
    "exclusion": EXCLUSION,
    "credential": CREDENTIAL,
    "access_token": TOKENS,
    "bank_holiday": BANK_HOLIDAY,
}


def upgrade() -> None:
    """Make the tables of people and of those who sign in."""
    for statements in (RANGES, NHS_NUMBER_HOLDS, COMMISSIONER):
        op.execute(statements)
    for table, statements in TABLES.items():
        op.execute(statements)
        keep_to_own_commissioner(op, table)
    op.execute(SIGN_IN_ATTEMPT)
    op.execute(WHOSE_SIGN_IN_NAME)


def downgrade() -> None:
    """Remove them again."""
    op.execute("DROP FUNCTION whose_sign_in_name(text)")
    op.execute(f"DROP TABLE {', '.join([*TABLES, 'sign_in_attempt', 'exclusion_ground', 'commissioner'])}")
    op.execute("DROP FUNCTION nhs_number_holds(text)")
    op.execute("DROP TYPE uuidrange, textrange")
