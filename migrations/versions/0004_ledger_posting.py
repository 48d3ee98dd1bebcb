"""One call that posts any number of journals."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# A UUID of version 7: the instant to a quarter of a microsecond, the place in its batch, then chance. New journals lie
# together at the end of their index, and sort in the order they were posted.
JOURNAL_ID = """
CREATE FUNCTION journal_id_head() RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT substr(i.instant, 1, 12) || '7' || substr(i.instant, 13) || '8'
    FROM (SELECT lpad(to_hex((extract(epoch FROM clock_timestamp()) * 4096000)::bigint), 15, '0')) AS i (instant)
$$;
CREATE FUNCTION journal_id(head text, place integer, tail text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (head || lpad(to_hex(place), 5, '0') || tail)::uuid
$$;
"""

# A retried key waits for whoever holds it, and then answers their journal; another body under it is refused.
# Keys are claimed in key order, so that two batches that share keys cannot wait for each other.
POST_JOURNALS = """
CREATE FUNCTION post_journals(
    p_recorded_at timestamptz,
    p_keys uuid[], p_hashes bytea[], p_kinds text[], p_effective date[], p_narrations text[],
    p_source_kinds text[], p_source_ids uuid[], p_prepared_by uuid[], p_approved_by uuid[], p_reverses uuid[],
    p_line_counts smallint[],
    l_place integer[], l_ordinal smallint[], l_kind text[], l_effective date[], l_account text[], l_layer smallint[],
    l_fund text[], l_pence bigint[], l_year smallint[], l_budget uuid[], l_pot uuid[], l_plan_line uuid[],
    l_commitment uuid[], l_counterparty uuid[], l_covers daterange[]
) RETURNS TABLE (place integer, journal_id uuid, replayed boolean)
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    own uuid := own_commissioner_id();
    head text := journal_id_head();
    tail text := right(gen_random_uuid()::text, 10);
    posted_count integer;
    clash uuid;
BEGIN
    WITH posted AS (
        INSERT INTO journal (commissioner_id, id, key, request_hash, kind, effective_on, recorded_at, narration,
                             source_kind, source_id, prepared_by, approved_by, reverses_id, line_count)
        SELECT own, journal_id(head, j.place::integer, tail), j.key, j.hash, j.kind, j.effective_on, p_recorded_at,
               j.narration, j.source_kind, j.source_id, j.prepared_by, j.approved_by, j.reverses_id, j.line_count
        FROM unnest(p_keys, p_hashes, p_kinds, p_effective, p_narrations, p_source_kinds, p_source_ids,
                    p_prepared_by, p_approved_by, p_reverses, p_line_counts) WITH ORDINALITY
             AS j (key, hash, kind, effective_on, narration, source_kind, source_id, prepared_by, approved_by,
                   reverses_id, line_count, place)
        ORDER BY j.key, j.place
        ON CONFLICT ON CONSTRAINT uq_journal_key DO NOTHING
        RETURNING id
    ), lined AS (
        INSERT INTO journal_line (commissioner_id, journal_id, ordinal, kind, effective_on, account, layer, fund,
                                  pence, year, budget_id, pot_id, plan_line_id, commitment_id, counterparty_id, covers)
        SELECT own, journal_id(head, l.place, tail), l.ordinal, l.kind, l.effective_on, l.account, l.layer, l.fund,
               l.pence, l.year, l.budget_id, l.pot_id, l.plan_line_id, l.commitment_id, l.counterparty_id, l.covers
        FROM unnest(l_place, l_ordinal, l_kind, l_effective, l_account, l_layer, l_fund, l_pence, l_year, l_budget,
                    l_pot, l_plan_line, l_commitment, l_counterparty, l_covers)
             AS l (place, ordinal, kind, effective_on, account, layer, fund, pence, year, budget_id, pot_id,
                   plan_line_id, commitment_id, counterparty_id, covers)
        WHERE (SELECT count(*) FROM posted) = cardinality(p_keys)  -- spares most calls the look at each line
           OR journal_id(head, l.place, tail) IN (SELECT id FROM posted)
    )
    SELECT count(*) INTO posted_count FROM posted;

    IF posted_count = cardinality(p_keys) THEN
        replayed := false;
        FOR n IN 1 .. posted_count LOOP
            place := n;
            journal_id := journal_id(head, n, tail);
            RETURN NEXT;
        END LOOP;
        RETURN;
    END IF;
    SELECT j.key INTO clash FROM unnest(p_keys, p_hashes) AS g (key, hash)
    CROSS JOIN LATERAL (SELECT * FROM journal f WHERE f.commissioner_id = own AND f.key = g.key LIMIT 1) j
    WHERE j.request_hash <> g.hash LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'key % was used for another journal', clash USING ERRCODE = 'PH008';
    END IF;
    RETURN QUERY SELECT g.place::integer, j.id, j.id <> journal_id(head, g.place::integer, tail)
    FROM unnest(p_keys) WITH ORDINALITY AS g (key, place)
    CROSS JOIN LATERAL (SELECT f.id FROM journal f WHERE f.commissioner_id = own AND f.key = g.key LIMIT 1) j
    ORDER BY g.place;
END $$;
GRANT EXECUTE ON FUNCTION post_journals TO phb_writer;
"""


def upgrade() -> None:
    """Make the posting function."""
    op.execute(JOURNAL_ID)
    op.execute(POST_JOURNALS)


def downgrade() -> None:
    """Remove the posting function."""
    op.execute("DROP FUNCTION post_journals")
    op.execute("DROP FUNCTION journal_id_head, journal_id")
