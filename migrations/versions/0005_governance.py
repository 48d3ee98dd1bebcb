"""Dated policies and the scheme of delegation, each confirmed by a second administrator."""

from alembic import op

from migrations.helpers import keep_to_own_commissioner

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

POLICY_SETTING = """
CREATE TABLE policy_setting (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    name text NOT NULL,
    value jsonb NOT NULL,
    effective_from date NOT NULL,
    source text NOT NULL CONSTRAINT ck_policy_setting_source CHECK (source <> ''),
    proposed_by uuid NOT NULL,
    proposed_at timestamptz NOT NULL,
    confirmed_by uuid,
    confirmed_at timestamptz,
    ordinal bigint GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_policy_setting PRIMARY KEY (commissioner_id, id),
    CONSTRAINT ck_policy_setting_second_person CHECK (confirmed_by <> proposed_by),
    CONSTRAINT ck_policy_setting_confirmed CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL))
);
CREATE INDEX ix_policy_setting_name ON policy_setting (commissioner_id, name, effective_from);
"""

DELEGATION_LIMIT = """
CREATE TABLE delegation_limit (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    role text NOT NULL,
    user_id uuid,
    limit_pence bigint NOT NULL CONSTRAINT ck_delegation_limit_positive CHECK (limit_pence >= 0),
    effective_from date NOT NULL,
    source text NOT NULL CONSTRAINT ck_delegation_limit_source CHECK (source <> ''),
    proposed_by uuid NOT NULL,
    proposed_at timestamptz NOT NULL,
    confirmed_by uuid,
    confirmed_at timestamptz,
    ordinal bigint GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_delegation_limit PRIMARY KEY (commissioner_id, id),
    CONSTRAINT ck_delegation_limit_second_person CHECK (confirmed_by <> proposed_by),
    CONSTRAINT ck_delegation_limit_confirmed CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL))
);
CREATE INDEX ix_delegation_limit_role ON delegation_limit (commissioner_id, role, effective_from);
"""

# A dated row arrives unconfirmed and is never edited; the one change it knows is being confirmed.
CONFIRMED_ONCE = """
CREATE FUNCTION proposed_first() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows are proposed first and confirmed by somebody else', TG_TABLE_NAME USING ERRCODE = 'PH102';
END $$;

CREATE FUNCTION confirmed_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.confirmed_by IS NOT NULL
       OR to_jsonb(NEW) - 'confirmed_by' - 'confirmed_at' <> to_jsonb(OLD) - 'confirmed_by' - 'confirmed_at' THEN
        RAISE EXCEPTION '% rows are never changed: propose a new one', TG_TABLE_NAME USING ERRCODE = 'PH102';
    END IF;
    RETURN NEW;
END $$;
"""

GUARDS = """
CREATE TRIGGER {table}_proposed_first BEFORE INSERT ON {table} FOR EACH ROW
    WHEN (NEW.confirmed_by IS NOT NULL) EXECUTE FUNCTION proposed_first();
CREATE TRIGGER {table}_confirmed_once BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION confirmed_once();
CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT, UPDATE (confirmed_by, confirmed_at) ON {table} TO phb_writer;
"""

TABLES = ("policy_setting", "delegation_limit")


def upgrade() -> None:
    """Make the tables of policies and limits."""
    op.execute(POLICY_SETTING)
    op.execute(DELEGATION_LIMIT)
    op.execute(CONFIRMED_ONCE)
    for table in TABLES:
        keep_to_own_commissioner(op, table)
        op.execute(GUARDS.format(table=table))


def downgrade() -> None:
    """Remove them again."""
    op.execute("DROP TABLE delegation_limit, policy_setting")
    op.execute("DROP FUNCTION confirmed_once(), proposed_first()")
