"""Who looked at somebody's record, kept from that person for a reason and until it is looked at again."""

from alembic import op

from migrations.helpers import keep_as_written, keep_to_own_commissioner, refuse_down_with_journals

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# Nobody keeps back their own looks: somebody else must find the reason good enough.
TABLES = """
CREATE TABLE withheld_look (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    person_id uuid NOT NULL,
    user_id uuid NOT NULL,
    ground text NOT NULL,
    reason text NOT NULL,
    review_on date NOT NULL,
    withheld_by uuid NOT NULL,
    withheld_at timestamptz NOT NULL,
    CONSTRAINT pk_withheld_look PRIMARY KEY (commissioner_id, id),
    CONSTRAINT fk_withheld_look_person FOREIGN KEY (commissioner_id, person_id)
        REFERENCES person (commissioner_id, id),
    CONSTRAINT fk_withheld_look_user FOREIGN KEY (commissioner_id, user_id)
        REFERENCES user_account (commissioner_id, id),
    CONSTRAINT ck_withheld_look_ground CHECK (ground IN ('safeguarding', 'crime', 'another_person')),
    CONSTRAINT ck_withheld_look_reason CHECK (char_length(btrim(reason)) BETWEEN 10 AND 500),
    CONSTRAINT ck_withheld_look_review CHECK (review_on > (withheld_at AT TIME ZONE 'Europe/London')::date),
    CONSTRAINT ck_withheld_look_second_person CHECK (withheld_by <> user_id)
);
CREATE INDEX ix_withheld_look_person ON withheld_look (commissioner_id, person_id);
CREATE TABLE withheld_look_end (
    commissioner_id uuid NOT NULL,
    withheld_id uuid NOT NULL,
    reason text NOT NULL,
    ended_by uuid NOT NULL,
    ended_at timestamptz NOT NULL,
    CONSTRAINT pk_withheld_look_end PRIMARY KEY (commissioner_id, withheld_id),
    CONSTRAINT fk_withheld_look_end_withheld FOREIGN KEY (commissioner_id, withheld_id)
        REFERENCES withheld_look (commissioner_id, id),
    CONSTRAINT ck_withheld_look_end_reason CHECK (char_length(btrim(reason)) BETWEEN 10 AND 500)
);
"""


def upgrade() -> None:
    """Make the tables; what was kept back, why and until when stays for ever."""
    op.execute(TABLES)
    for table in ("withheld_look", "withheld_look_end"):
        keep_to_own_commissioner(op, table)
        keep_as_written(op, table)


def downgrade() -> None:
    """Take them away again while there is no journal."""
    refuse_down_with_journals(op)
    op.execute("DROP TABLE withheld_look_end, withheld_look")
