"""Keep at each invoice whether its payment was asked for, so that what is owed is found without reading them all."""

from alembic import op

from migrations.helpers import refuse_down_with_journals

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

COLUMN = "ALTER TABLE provider_invoice ADD COLUMN payment_asked_for boolean NOT NULL DEFAULT false"
TABLES = ("provider_invoice", "instruction")
ALREADY = """
WITH RECURSIVE asked AS (
    SELECT i.commissioner_id, i.id FROM provider_invoice AS i
    JOIN instruction AS p ON p.commissioner_id = i.commissioner_id AND p.subject_id = i.id
    WHERE p.subject_kind = 'invoice' AND p.state NOT IN ('cancelled', 'given_up')
    UNION
    SELECT n.commissioner_id, n.id FROM provider_invoice AS n
    JOIN asked AS b ON n.commissioner_id = b.commissioner_id AND n.replaces_id = b.id
)
UPDATE provider_invoice AS i SET payment_asked_for = true
FROM asked AS a WHERE a.commissioner_id = i.commissioner_id AND a.id = i.id;
"""
KEPT = """
CREATE INDEX ix_provider_invoice_not_asked_for ON provider_invoice (commissioner_id, id) WHERE NOT payment_asked_for;

-- What remains of an invoice after a credit note is paid with the invoice, if that was.
CREATE FUNCTION invoice_begins() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    NEW.payment_asked_for := EXISTS (
        SELECT FROM provider_invoice AS b
        WHERE b.commissioner_id = NEW.commissioner_id AND b.id = NEW.replaces_id AND b.payment_asked_for);
    RETURN NEW;
END $$;
CREATE TRIGGER provider_invoice_begins BEFORE INSERT ON provider_invoice
    FOR EACH ROW EXECUTE FUNCTION invoice_begins();

CREATE FUNCTION invoice_follows_payment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    document uuid := NEW.subject_id;
BEGIN
    LOOP
        UPDATE provider_invoice AS i SET payment_asked_for = NOT i.payment_asked_for
        WHERE i.commissioner_id = NEW.commissioner_id AND i.id = document AND i.payment_asked_for <> (
            EXISTS (SELECT FROM instruction AS p
                    WHERE p.commissioner_id = i.commissioner_id AND p.subject_kind = 'invoice' AND p.subject_id = i.id
                      AND p.state NOT IN ('cancelled', 'given_up'))
            OR EXISTS (SELECT FROM provider_invoice AS b
                       WHERE b.commissioner_id = i.commissioner_id AND b.id = i.replaces_id AND b.payment_asked_for));
        EXIT WHEN NOT FOUND;
        SELECT n.id INTO document FROM provider_invoice AS n
        WHERE n.commissioner_id = NEW.commissioner_id AND n.replaces_id = document;
        EXIT WHEN NOT FOUND;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER instruction_asks AFTER INSERT ON instruction
    FOR EACH ROW WHEN (NEW.subject_kind = 'invoice') EXECUTE FUNCTION invoice_follows_payment();
CREATE TRIGGER instruction_ends AFTER UPDATE OF state ON instruction
    FOR EACH ROW WHEN (NEW.subject_kind = 'invoice' AND NEW.state IN ('cancelled', 'given_up'))
    EXECUTE FUNCTION invoice_follows_payment();
"""


def upgrade() -> None:
    """Add the column, fill it and let the database keep it true."""
    op.execute(COLUMN)
    for table in TABLES:  # Row-level security hides every commissioner's rows from the owner too.
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(ALREADY)
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(KEPT)


def downgrade() -> None:
    """Remove it again while there is no journal."""
    refuse_down_with_journals(op)
    op.execute("DROP TRIGGER instruction_asks ON instruction")
    op.execute("DROP TRIGGER instruction_ends ON instruction")
    op.execute("DROP TRIGGER provider_invoice_begins ON provider_invoice")
    op.execute("DROP FUNCTION invoice_follows_payment(), invoice_begins()")
    op.execute("ALTER TABLE provider_invoice DROP COLUMN payment_asked_for")
