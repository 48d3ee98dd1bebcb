"""Journals, their lines, the event table they follow and the positions they move."""

from typing import TypeAlias

from alembic import op

from migrations.helpers import refuse_down_with_journals

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# What each kind of journal may hold; the factors say how a line's pence, debit positive, move a position.
EVENT_LINE = """
CREATE TABLE event_line (
    kind text NOT NULL,
    account text NOT NULL,
    layer smallint NOT NULL CONSTRAINT ck_event_line_layer CHECK (layer BETWEEN 0 AND 3),
    side text NOT NULL CONSTRAINT ck_event_line_side CHECK (side IN ('debit', 'credit')),
    needs text[] NOT NULL,
    allocated smallint NOT NULL DEFAULT 0,
    committed smallint NOT NULL DEFAULT 0,
    spent smallint NOT NULL DEFAULT 0,
    owed smallint NOT NULL DEFAULT 0,
    payable smallint NOT NULL DEFAULT 0,
    in_payment smallint NOT NULL DEFAULT 0,
    paid smallint NOT NULL DEFAULT 0,
    came_back smallint NOT NULL DEFAULT 0,
    raised smallint NOT NULL DEFAULT 0,
    consumed smallint NOT NULL DEFAULT 0,
    released smallint NOT NULL DEFAULT 0,
    CONSTRAINT pk_event_line PRIMARY KEY (kind, account)
);
GRANT SELECT ON event_line TO phb_writer;
"""

JOURNAL = """
CREATE TABLE journal (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    key uuid NOT NULL,
    request_hash bytea NOT NULL CONSTRAINT ck_journal_hash CHECK (octet_length(request_hash) = 32),
    kind text NOT NULL,
    effective_on date NOT NULL,
    recorded_at timestamptz NOT NULL,
    narration text NOT NULL CONSTRAINT ck_journal_narration CHECK (length(narration) BETWEEN 1 AND 500),
    source_kind text NOT NULL,
    source_id uuid NOT NULL,
    prepared_by uuid NOT NULL,
    approved_by uuid CONSTRAINT ck_journal_second_person CHECK (approved_by <> prepared_by),
    reverses_id uuid,
    line_count smallint NOT NULL CONSTRAINT ck_journal_line_count CHECK (line_count >= 1),
    reporting_month date,
    txid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    epoch integer NOT NULL DEFAULT 0,
    leaf_hash bytea,
    CONSTRAINT pk_journal PRIMARY KEY (commissioner_id, id),
    CONSTRAINT uq_journal_key UNIQUE (commissioner_id, key),
    CONSTRAINT fk_journal_reverses_id_journal FOREIGN KEY (commissioner_id, reverses_id)
        REFERENCES journal (commissioner_id, id)
);
CREATE UNIQUE INDEX uq_journal_reverses_id ON journal (commissioner_id, reverses_id) WHERE reverses_id IS NOT NULL;
CREATE INDEX ix_journal_source ON journal (commissioner_id, source_id);
"""

# Lines have no foreign key to their journal: the guard of the next migration refuses an orphan, and a late line too.
JOURNAL_LINE = """
CREATE TABLE journal_line (
    commissioner_id uuid NOT NULL,
    journal_id uuid NOT NULL,
    ordinal smallint NOT NULL CONSTRAINT ck_journal_line_ordinal CHECK (ordinal >= 1),
    kind text NOT NULL,
    effective_on date NOT NULL,
    account text NOT NULL,
    layer smallint NOT NULL,
    fund text NOT NULL CONSTRAINT ck_journal_line_fund CHECK (fund ~ '^[a-z][a-z0-9_]{1,30}$'),
    pence bigint NOT NULL CONSTRAINT ck_journal_line_not_nil CHECK (pence <> 0),
    year smallint,
    budget_id uuid,
    pot_id uuid,
    plan_line_id uuid,
    commitment_id uuid,
    counterparty_id uuid,
    covers daterange CONSTRAINT ck_journal_line_covers CHECK (NOT isempty(covers)),
    CONSTRAINT pk_journal_line PRIMARY KEY (commissioner_id, journal_id, ordinal)
);
CREATE INDEX ix_journal_line_budget ON journal_line (commissioner_id, budget_id, effective_on)
    WHERE budget_id IS NOT NULL;
CREATE INDEX ix_journal_line_account ON journal_line (commissioner_id, account, fund, effective_on) INCLUDE (pence);
"""

POSITIONS = """
CREATE TABLE plan_line_position (
    commissioner_id uuid NOT NULL,
    plan_line_id uuid NOT NULL,
    year smallint NOT NULL,
    budget_id uuid NOT NULL,
    pot_id uuid NOT NULL,
    tolerance bigint NOT NULL DEFAULT 0 CONSTRAINT ck_plan_line_position_tolerance CHECK (tolerance >= 0),
    allocated bigint NOT NULL DEFAULT 0,
    committed bigint NOT NULL DEFAULT 0,
    spent bigint NOT NULL DEFAULT 0,
    owed bigint NOT NULL DEFAULT 0,
    CONSTRAINT pk_plan_line_position PRIMARY KEY (commissioner_id, plan_line_id, year)
) WITH (fillfactor = 70);
CREATE INDEX ix_plan_line_position_budget ON plan_line_position (commissioner_id, budget_id);

CREATE TABLE pot_position (
    commissioner_id uuid NOT NULL,
    pot_id uuid NOT NULL,
    year smallint NOT NULL,
    budget_id uuid NOT NULL,
    handed_over boolean NOT NULL,
    payable bigint NOT NULL DEFAULT 0,
    in_payment bigint NOT NULL DEFAULT 0 CONSTRAINT ck_pot_position_in_payment CHECK (in_payment >= 0),
    paid bigint NOT NULL DEFAULT 0,
    came_back bigint NOT NULL DEFAULT 0,
    CONSTRAINT pk_pot_position PRIMARY KEY (commissioner_id, pot_id, year),
    CONSTRAINT ck_pot_position_came_back CHECK (came_back BETWEEN 0 AND greatest(in_payment, 0)),
    CONSTRAINT ck_pot_position_paid_once CHECK (payable - in_payment - paid >= 0),
    CONSTRAINT ck_pot_position_handed_over CHECK (handed_over OR (payable = 0 AND in_payment = 0 AND paid = 0))
) WITH (fillfactor = 70);
CREATE INDEX ix_pot_position_budget ON pot_position (commissioner_id, budget_id);

CREATE TABLE commitment (
    commissioner_id uuid NOT NULL,
    id uuid NOT NULL,
    plan_line_id uuid NOT NULL,
    year smallint NOT NULL,
    expires_on date NOT NULL,
    raised bigint NOT NULL DEFAULT 0,
    consumed bigint NOT NULL DEFAULT 0 CONSTRAINT ck_commitment_consumed CHECK (consumed >= 0),
    released bigint NOT NULL DEFAULT 0 CONSTRAINT ck_commitment_released CHECK (released >= 0),
    CONSTRAINT pk_commitment PRIMARY KEY (commissioner_id, id),
    CONSTRAINT ck_commitment_used_once CHECK (consumed + released <= raised),
    CONSTRAINT fk_commitment_position FOREIGN KEY (commissioner_id, plan_line_id, year)
        REFERENCES plan_line_position (commissioner_id, plan_line_id, year)
) WITH (fillfactor = 70);
CREATE INDEX ix_commitment_plan_line ON commitment (commissioner_id, plan_line_id);
"""

ROW_LEVEL_SECURITY = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_commissioner ON {table} USING (commissioner_id = own_commissioner_id());
"""

# The writer opens a position with nothing on it; only lines move the figures (next migration). It cannot say which
# transaction posted a journal either.
GRANTS = """
GRANT SELECT, INSERT ON journal_line TO phb_writer;
GRANT SELECT ON journal TO phb_writer;
GRANT INSERT (commissioner_id, id, key, request_hash, kind, effective_on, recorded_at, narration, source_kind,
              source_id, prepared_by, approved_by, reverses_id, line_count) ON journal TO phb_writer;
GRANT SELECT ON plan_line_position, pot_position, commitment TO phb_writer;
GRANT INSERT (commissioner_id, plan_line_id, year, budget_id, pot_id, tolerance) ON plan_line_position TO phb_writer;
GRANT INSERT (commissioner_id, pot_id, year, budget_id, handed_over) ON pot_position TO phb_writer;
GRANT INSERT (commissioner_id, id, plan_line_id, year, expires_on) ON commitment TO phb_writer;
"""

TABLES = ("journal", "journal_line", "plan_line_position", "pot_position", "commitment")

# What a line must carry. A payee is a pot or a counterparty, never both; "handed_over" and "notional" say who holds the
# pot's money: somebody else, or the commissioner.
LINE = "{budget_id,pot_id,plan_line_id,year}"
HANDED_OVER_LINE = "{budget_id,pot_id,plan_line_id,year,handed_over}"
NOTIONAL_LINE = "{budget_id,pot_id,plan_line_id,year,notional}"
POT = "{budget_id,pot_id,year,handed_over}"
COMMITTED = "{budget_id,pot_id,plan_line_id,year,commitment_id}"
PROVIDER = "{budget_id,counterparty_id,year}"
PAYEE = "{budget_id,year,payee}"
ACTUAL, COMMITMENT, BUDGET = 0, 1, 2

EventLine: TypeAlias = tuple[str, int, str, str, dict[str, int]]  # account, layer, side, needs, factors

USES_A_COMMITMENT: tuple[EventLine, ...] = (
    ("reserve_for_commitments", COMMITMENT, "debit", COMMITTED, {}),
    ("commitment", COMMITMENT, "credit", COMMITTED, {"committed": 1, "consumed": -1}),
)
LETS_A_COMMITMENT_GO: tuple[EventLine, ...] = (
    ("reserve_for_commitments", COMMITMENT, "debit", COMMITTED, {}),
    ("commitment", COMMITMENT, "credit", COMMITTED, {"committed": 1, "released": -1}),
)
AGREES_MONEY: tuple[EventLine, ...] = (
    ("allocation", BUDGET, "debit", LINE, {"allocated": 1}),
    ("envelope", BUDGET, "credit", LINE, {"payable": -1}),
    ("contribution_expected", BUDGET, "credit", LINE, {}),
)

EVENTS: dict[str, tuple[EventLine, ...]] = {
    "programme_budget_set": (
        ("envelope", BUDGET, "debit", "{year}", {}),
        ("funding_approved", BUDGET, "credit", "{year}", {}),
    ),
    "budget_agreed": AGREES_MONEY,
    "budget_raised": AGREES_MONEY,
    "budget_lowered": (
        ("envelope", BUDGET, "debit", LINE, {"payable": -1}),
        ("allocation", BUDGET, "credit", LINE, {"allocated": 1}),
    ),
    "commitment_raised": (
        ("commitment", COMMITMENT, "debit", COMMITTED, {"committed": 1, "raised": 1}),
        ("reserve_for_commitments", COMMITMENT, "credit", COMMITTED, {}),
    ),
    "commitment_released": LETS_A_COMMITMENT_GO,
    "commitment_expired": LETS_A_COMMITMENT_GO,
    "invoice_accepted": (
        ("expenditure", ACTUAL, "debit", NOTIONAL_LINE, {"spent": 1}),
        ("creditor", ACTUAL, "credit", PROVIDER, {}),
        *USES_A_COMMITMENT,
    ),
    "payment_released": (
        ("in_transit", ACTUAL, "debit", PAYEE, {"in_payment": 1}),
        ("bank", ACTUAL, "credit", PAYEE, {}),
    ),
    "payment_settled": (
        ("funds_held", ACTUAL, "debit", POT, {}),
        ("creditor", ACTUAL, "debit", PROVIDER, {}),
        ("in_transit", ACTUAL, "credit", PAYEE, {"in_payment": 1, "paid": -1}),
    ),
    "payment_returned": (
        ("bank", ACTUAL, "debit", PAYEE, {}),
        ("came_back", ACTUAL, "credit", PAYEE, {"came_back": -1}),
    ),
    "payment_returned_after_settlement": (
        ("in_transit", ACTUAL, "debit", PAYEE, {"in_payment": 1, "paid": -1}),
        ("bank", ACTUAL, "debit", PAYEE, {}),
        ("funds_held", ACTUAL, "credit", POT, {}),
        ("creditor", ACTUAL, "credit", PROVIDER, {}),
        ("came_back", ACTUAL, "credit", PAYEE, {"came_back": -1}),
    ),
    "payment_reissued": (
        ("came_back", ACTUAL, "debit", PAYEE, {"came_back": -1}),
        ("bank", ACTUAL, "credit", PAYEE, {}),
    ),
    "payment_given_up": (
        ("came_back", ACTUAL, "debit", PAYEE, {"came_back": -1}),
        ("in_transit", ACTUAL, "credit", PAYEE, {"in_payment": 1}),
    ),
    "paid_from_funds": (
        ("expenditure", ACTUAL, "debit", HANDED_OVER_LINE, {"spent": 1}),
        ("funds_held", ACTUAL, "credit", POT, {}),
        *USES_A_COMMITMENT,
    ),
    "money_left_account": (
        ("being_asked_about", ACTUAL, "debit", POT, {}),
        ("funds_held", ACTUAL, "credit", POT, {}),
    ),
    "accepted_after_all": (
        ("expenditure", ACTUAL, "debit", HANDED_OVER_LINE, {"spent": 1}),
        ("being_asked_about", ACTUAL, "credit", POT, {}),
        *USES_A_COMMITMENT,
    ),
    "put_back": (
        ("funds_held", ACTUAL, "debit", POT, {}),
        ("being_asked_about", ACTUAL, "credit", POT, {}),
    ),
}


def upgrade() -> None:
    """Make the ledger's tables and write its event table."""
    for statements in (EVENT_LINE, JOURNAL, JOURNAL_LINE, POSITIONS):
        op.execute(statements)
    for table in TABLES:
        op.execute(ROW_LEVEL_SECURITY.format(table=table))
    op.execute(GRANTS)
    for kind, lines in EVENTS.items():
        for line in lines:
            _write_event_line(kind, line)


def _write_event_line(kind: str, line: EventLine) -> None:
    account, layer, side, needs, factors = line
    columns = "".join(f", {column}" for column in factors)
    values = "".join(f", {factor}" for factor in factors.values())
    op.execute(
        f"INSERT INTO event_line (kind, account, layer, side, needs{columns}) "  # noqa: S608 - constants of this file
        f"VALUES ('{kind}', '{account}', {layer}, '{side}', '{needs}'{values})"
    )


def downgrade() -> None:
    """Remove the ledger again while it holds no journal."""
    refuse_down_with_journals(op)
    op.execute("DROP TABLE commitment, pot_position, plan_line_position, journal_line, journal, event_line")
