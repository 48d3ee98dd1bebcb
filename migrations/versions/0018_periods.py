"""Months of the books: closed, adjusted, closed for good and, by two people, opened again.

PH013 a journal asks for a month that takes none, PH015 a month cannot take a step now, PH016 a transaction that reads
as of its beginning would post or close, and could miss what was closed or posted since.
"""

from importlib import import_module

from alembic import op

from migrations.helpers import make_again, refuse_down_with_journals

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

POSTING = import_module("migrations.versions.0004_ledger_posting")
SEALS = import_module("migrations.versions.0017_seals")

# Each step says where the books stand after it: up to `closed_through` only adjustments are posted, up to
# `final_through` nothing is. So a month opens again only after every later one.
TABLES = """
CREATE TABLE period_step (
    commissioner_id uuid NOT NULL,
    ordinal integer NOT NULL,
    step text NOT NULL
        CONSTRAINT ck_period_step_step CHECK (step IN ('close', 'close_for_good', 'ask_to_reopen', 'reopen')),
    month date NOT NULL CONSTRAINT ck_period_step_month CHECK (extract(day FROM month) = 1),
    taken_by uuid NOT NULL,
    reason text,
    recorded_at timestamptz NOT NULL,
    closed_through date NOT NULL,
    final_through date,
    digest bytea,
    CONSTRAINT pk_period_step PRIMARY KEY (commissioner_id, ordinal),
    CONSTRAINT ck_period_step_reason CHECK (step <> 'ask_to_reopen' OR length(reason) BETWEEN 10 AND 500),
    CONSTRAINT ck_period_step_final CHECK (final_through <= closed_through),
    CONSTRAINT ck_period_step_digest CHECK ((digest IS NOT NULL) = (step = 'close_for_good'))
);
CREATE INDEX ix_period_step_month ON period_step (commissioner_id, month);
CREATE TABLE period_balance (
    commissioner_id uuid NOT NULL,
    ordinal integer NOT NULL,
    layer smallint NOT NULL,
    account text NOT NULL,
    fund text NOT NULL,
    pence bigint NOT NULL,
    CONSTRAINT pk_period_balance PRIMARY KEY (commissioner_id, ordinal, layer, account, fund),
    CONSTRAINT fk_period_balance_step FOREIGN KEY (commissioner_id, ordinal)
        REFERENCES period_step (commissioner_id, ordinal) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX ix_journal_late ON journal (commissioner_id, reporting_month) WHERE reporting_month IS NOT NULL;
"""
GUARD = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_commissioner ON {table} TO phb_owner, phb_writer, phb_between
    USING (commissioner_id = own_commissioner_id());
CREATE POLICY own_commissioner_of_reader ON {table} FOR SELECT TO phb_reader
    USING (commissioner_id = (SELECT reader_commissioner_id()));
GRANT SELECT ON {table} TO phb_writer, phb_reader, phb_between;
"""
GRANTS = """
GRANT INSERT (commissioner_id, step, month, taken_by, reason, recorded_at) ON period_step TO phb_writer;
GRANT INSERT (reporting_month) ON journal TO phb_writer, phb_between;
CREATE TRIGGER period_balance_by_closing_only BEFORE INSERT ON period_balance FOR EACH ROW
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_direct_move();
"""

# Whoever posts holds the month's lock shared until it commits, and whoever closes holds it alone: so a closing sees
# every journal of its month, and every posting sees the closing. Only a transaction that reads anew with each statement
# sees what was committed while it waited.
LOCKS = """
CREATE FUNCTION month_of(day date) RETURNS date LANGUAGE sql IMMUTABLE AS $$
    SELECT date_trunc('month', day::timestamp)::date
$$;
CREATE FUNCTION require_reading_anew() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'a transaction that reads as of its beginning posts and closes nothing' USING ERRCODE = 'PH016';
    END IF;
END $$;
"""

# `reporting_month` is absent for nearly every journal: it is reported in its own month. A late one says which month
# reports it, and one that adjusts a closed month names its own.
REPORT_JOURNAL = """
CREATE FUNCTION report_journal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    own_month date := public.month_of(NEW.effective_on);
    month date := own_month;
    stands record;
BEGIN
    PERFORM public.require_reading_anew();
    LOOP
        PERFORM pg_advisory_xact_lock_shared(uuid_hash(NEW.commissioner_id), month - date '2000-01-01');
        SELECT p.closed_through, p.final_through INTO stands FROM public.period_step p
        WHERE p.commissioner_id = NEW.commissioner_id ORDER BY p.ordinal DESC LIMIT 1;
        EXIT WHEN stands.closed_through IS NULL OR month > stands.closed_through;
        IF NEW.reporting_month = own_month THEN
            IF own_month <= stands.final_through THEN
                RAISE EXCEPTION 'month % is closed for good', own_month USING ERRCODE = 'PH013';
            END IF;
            RETURN NEW;
        END IF;
        month := (stands.closed_through + interval '1 month')::date;
    END LOOP;
    IF NEW.reporting_month NOT IN (month, own_month) THEN
        RAISE EXCEPTION 'a journal of % is reported in %, not in %', own_month, month, NEW.reporting_month
            USING ERRCODE = 'PH013';
    END IF;
    NEW.reporting_month := nullif(month, own_month);
    RETURN NEW;
END $$;
CREATE TRIGGER journal_is_reported BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION report_journal();
"""

# What was reported after one month, up to another: as if nothing were late or adjusted, then those journals taken out
# of their own months and put into the ones that report them.
REPORTED = """
CREATE FUNCTION reported(own uuid, p_after date, until date)
RETURNS TABLE (layer smallint, account text, fund text, pence bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT u.layer, u.account, u.fund, sum(u.pence)::bigint FROM (
        SELECT l.layer, l.account, l.fund, l.pence FROM journal_line l
        WHERE l.commissioner_id = own AND l.effective_on < until + interval '1 month'
          AND (p_after IS NULL OR l.effective_on >= p_after + interval '1 month')
        UNION ALL
        SELECT l.layer, l.account, l.fund, CASE WHEN j.was_in THEN -l.pence ELSE l.pence END
        FROM (
            SELECT f.id, s.was_in FROM journal f CROSS JOIN LATERAL (
                VALUES (true, month_of(f.effective_on)), (false, f.reporting_month)) AS s (was_in, month)
            WHERE f.commissioner_id = own AND f.reporting_month IS NOT NULL
              AND s.month <= until AND (p_after IS NULL OR s.month > p_after)
        ) j JOIN journal_line l ON l.commissioner_id = own AND l.journal_id = j.id
    ) u GROUP BY u.layer, u.account, u.fund HAVING sum(u.pence) <> 0
$$;
"""

# What is hashed is told in docs/periods.md.
DIGEST = """
CREATE FUNCTION period_digest(own uuid, p_ordinal integer, p_month date) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp SET datestyle = 'ISO, YMD' AS $$
    SELECT sha256(convert_to(concat_ws('|', 'phb-trial-balance-1', own, p_month)
        || coalesce(string_agg(concat_ws('|', E'\\n' || b.layer, b.account, b.fund, b.pence), ''
                               ORDER BY b.layer, b.account COLLATE "C", b.fund COLLATE "C"), ''), 'UTF8'))
    FROM period_balance b WHERE b.commissioner_id = own AND b.ordinal = p_ordinal
$$;
"""

# The table of steps: each `fault` is what keeps a month from taking one.
TAKE_STEP = """
CREATE FUNCTION take_period_step() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    stands period_step;
    before date := (NEW.month - interval '1 month')::date;
    fault text;
BEGIN
    PERFORM require_reading_anew();
    PERFORM pg_advisory_xact_lock(hashtextextended('steps ' || NEW.commissioner_id, 0));
    PERFORM pg_advisory_xact_lock(uuid_hash(NEW.commissioner_id), NEW.month - date '2000-01-01');
    SELECT * INTO stands FROM period_step p WHERE p.commissioner_id = NEW.commissioner_id
    ORDER BY p.ordinal DESC LIMIT 1;
    fault := CASE
        WHEN NEW.step = 'close' AND before <> stands.closed_through THEN 'not_next_to_close'
        WHEN NEW.step = 'close' AND month_of((NEW.recorded_at AT TIME ZONE 'Europe/London')::date) <= NEW.month
            THEN 'not_over'
        WHEN NEW.step = 'close' THEN NULL
        WHEN stands.closed_through IS NULL OR NEW.month > stands.closed_through THEN 'open'
        WHEN NEW.step = 'close_for_good' AND NEW.month <= stands.final_through THEN 'closed_for_good'
        WHEN NEW.step = 'close_for_good' AND before <> stands.final_through THEN 'not_next_for_good'
        WHEN NEW.step = 'close_for_good' THEN NULL
        WHEN NEW.month < stands.closed_through THEN 'later_months_first'
        WHEN NEW.step = 'ask_to_reopen' THEN NULL
        WHEN stands.step <> 'ask_to_reopen' THEN 'nobody_asked'
        WHEN stands.taken_by = NEW.taken_by THEN 'second_person'
        END;
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION 'month % cannot take the step %: %', NEW.month, NEW.step, fault
            USING ERRCODE = 'PH015', DETAIL = json_build_object(
                'fault', fault, 'month', NEW.month, 'closed_through', stands.closed_through,
                'final_through', stands.final_through);
    END IF;
    NEW.ordinal := coalesce(stands.ordinal, 0) + 1;
    NEW.closed_through := CASE NEW.step WHEN 'close' THEN NEW.month WHEN 'reopen' THEN before
                                        ELSE stands.closed_through END;
    NEW.final_through := CASE NEW.step WHEN 'close_for_good' THEN NEW.month
                                       WHEN 'reopen' THEN least(stands.final_through, before)
                                       ELSE stands.final_through END;
    NEW.digest := NULL;
    IF NEW.step = 'close_for_good' THEN
        INSERT INTO period_balance
        SELECT NEW.commissioner_id, NEW.ordinal, u.layer, u.account, u.fund, sum(u.pence) FROM (
            SELECT b.layer, b.account, b.fund, b.pence FROM period_balance b
            WHERE b.commissioner_id = NEW.commissioner_id AND b.ordinal = (
                SELECT max(p.ordinal) FROM period_step p WHERE p.commissioner_id = NEW.commissioner_id
                  AND p.step = 'close_for_good' AND p.month = stands.final_through)
            UNION ALL SELECT * FROM reported(NEW.commissioner_id, stands.final_through, NEW.month)
        ) u GROUP BY u.layer, u.account, u.fund HAVING sum(u.pence) <> 0;
        NEW.digest := period_digest(NEW.commissioner_id, NEW.ordinal, NEW.month);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER period_step_follows BEFORE INSERT ON period_step FOR EACH ROW EXECUTE FUNCTION take_period_step();
"""

# Whoever posts says whether the journals adjust the months they are of.
WITHOUT_ADJUSTING = {
    "l_covers daterange[]\n)": "l_covers daterange[], p_adjusts boolean DEFAULT false\n)",
    "approved_by, reverses_id, line_count)\n        SELECT": (
        "approved_by, reverses_id, line_count,\n                             reporting_month)\n        SELECT"
    ),
    "j.reverses_id, j.line_count\n        FROM": (
        "j.reverses_id, j.line_count,\n"
        "               CASE WHEN p_adjusts THEN month_of(j.effective_on) END\n        FROM"
    ),
    "GRANT EXECUTE ON FUNCTION post_journals TO phb_writer": (
        "GRANT EXECUTE ON FUNCTION post_journals TO phb_writer, phb_between"
    ),
}

# A journal that names its month says so in a form of its own; every other keeps the form it was sealed in.
WITHOUT_MONTH = {
    "'phb-journal-1', j.commissioner_id": (
        "CASE WHEN j.reporting_month IS NULL THEN 'phb-journal-1' ELSE 'phb-journal-2' END, j.commissioner_id"
    ),
    "coalesce(j.reverses_id::text, ''), j.line_count)": (
        "coalesce(j.reverses_id::text, ''), j.line_count, j.reporting_month)"
    ),
}


def upgrade() -> None:
    """Make the months, and let every journal be reported in one of them."""
    op.execute(TABLES)
    for table in ("period_step", "period_balance"):
        op.execute(GUARD.format(table=table))
    for statement in (GRANTS, LOCKS, REPORT_JOURNAL, REPORTED, DIGEST, TAKE_STEP):
        op.execute(statement)
    op.execute("DROP FUNCTION post_journals")
    make_again(op, POSTING.POST_JOURNALS, WITHOUT_ADJUSTING)
    make_again(op, SEALS.JOURNAL_FORM, WITHOUT_MONTH)


def downgrade() -> None:
    """Take the months away again while there is no journal."""
    refuse_down_with_journals(op)
    make_again(op, SEALS.JOURNAL_FORM, {})
    op.execute("DROP FUNCTION post_journals")
    op.execute(POSTING.POST_JOURNALS)
    op.execute("GRANT EXECUTE ON FUNCTION post_journals TO phb_between")
    op.execute("DROP TRIGGER journal_is_reported ON journal")
    op.execute("DROP TABLE period_balance, period_step")
    op.execute("DROP FUNCTION take_period_step, period_digest, reported, report_journal")
    op.execute("DROP FUNCTION require_reading_anew, month_of")
    op.execute("REVOKE INSERT (reporting_month) ON journal FROM phb_writer, phb_between")
    op.execute("DROP INDEX ix_journal_late")
