"""Find what waits for finance without reading every payment and every account there ever was."""

from alembic import op

from migrations.helpers import refuse_down_with_journals

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

WAITING = """
CREATE INDEX ix_instruction_waiting ON instruction (commissioner_id, state)
    WHERE state IN ('requested', 'came_back', 'reissue_requested');
CREATE INDEX ix_bank_account_unconfirmed ON bank_account (commissioner_id, payee_id) WHERE confirmed_by IS NULL;
"""


def upgrade() -> None:
    """Index what waits."""
    op.execute(WAITING)


def downgrade() -> None:
    """Remove the indexes again while there is no journal."""
    refuse_down_with_journals(op)
    op.execute("DROP INDEX ix_instruction_waiting, ix_bank_account_unconfirmed")
