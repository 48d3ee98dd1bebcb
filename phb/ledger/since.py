"""What is looked at again where the books were checked before: the budgets posted to since, and the seals since.

Each query of the identities is asked with the tables' names standing for their rows about those budgets alone.
"""

from phb.ledger.models import KnownView

NEW = """
    new AS MATERIALIZED (
        SELECT commissioner_id, id FROM journal
        WHERE (epoch > :epoch OR (epoch = :epoch
                                  AND txid >= pg_snapshot_xmin(CAST(:seen AS pg_snapshot))::text::bigint))
          AND NOT was_known(epoch, txid, :epoch, CAST(:seen AS pg_snapshot))
    ),
    touched AS MATERIALIZED (
        SELECT DISTINCT l.budget_id FROM journal_line l
        JOIN new n ON n.commissioner_id = l.commissioner_id AND n.id = l.journal_id
    )
"""
# A journal is looked at whole, whatever budgets it is about.
OF_JOURNALS = f"""
    WITH {NEW},
    concerned AS MATERIALIZED (
        SELECT journal_id FROM journal_line WHERE budget_id IN (SELECT budget_id FROM touched)
        UNION SELECT id FROM new
    ),
    journal AS (SELECT * FROM journal WHERE id IN (SELECT journal_id FROM concerned)),
    journal_line AS (SELECT * FROM journal_line WHERE journal_id IN (SELECT journal_id FROM concerned))
"""  # noqa: S608 - constants of this file
WHOSE = "budget_id IN (SELECT budget_id FROM touched)"
OF_BUDGETS = f"""
    WITH {NEW},
    journal_line AS (SELECT * FROM journal_line WHERE {WHOSE}),
    plan_line_position AS (SELECT * FROM plan_line_position WHERE {WHOSE}),
    pot_position AS (SELECT * FROM pot_position WHERE {WHOSE}),
    commitment AS (
        SELECT * FROM commitment WHERE plan_line_id IN (SELECT plan_line_id FROM plan_line_position)
    ),
    spend_record AS (SELECT * FROM spend_record WHERE {WHOSE}),
    provider_invoice AS (SELECT * FROM provider_invoice WHERE {WHOSE})
"""  # noqa: S608 - constants of this file


def values_of(view: KnownView) -> dict[str, object]:
    """Return what the queries are asked with: what was known when the books were checked before."""
    return {"epoch": view.epoch, "seen": view.seen, "recorded_at": view.recorded_at}
