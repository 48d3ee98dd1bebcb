"""Every event of the ledger's design: recovery, accruals, funders, disputes, the year's end, two commissioners."""

from importlib import import_module
from typing import TypeAlias

from alembic import op

from migrations.helpers import make_again, refuse_down_with_journals

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

GUARDS = import_module("migrations.versions.0003_ledger_guards")

# What a line must carry, as in the second migration.
LINE = "{budget_id,pot_id,plan_line_id,year}"
HANDED_OVER_LINE = "{budget_id,pot_id,plan_line_id,year,handed_over}"
NOTIONAL_LINE = "{budget_id,pot_id,plan_line_id,year,notional}"
POT = "{budget_id,pot_id,year,handed_over}"
COMMITTED = "{budget_id,pot_id,plan_line_id,year,commitment_id}"
OWED_LINE = "{budget_id,pot_id,plan_line_id,year,counterparty_id,handed_over}"  # and who owes it
OWED_POT = "{budget_id,pot_id,year,counterparty_id,handed_over}"
PROVIDER = "{budget_id,counterparty_id,year}"
BUDGET_YEAR = "{budget_id,year}"
YEAR = "{year}"
ACTUAL, COMMITMENT, BUDGET, DISPUTED = 0, 1, 2, 3

EventLine: TypeAlias = tuple[str, int, str, str, dict[str, int]]  # account, layer, side, needs, factors

TAKES_MONEY_BACK: tuple[EventLine, ...] = (
    ("envelope", BUDGET, "debit", LINE, {"payable": -1}),
    ("allocation", BUDGET, "credit", LINE, {"allocated": 1}),
)
# The money is lost to the budget, and what may be paid out stays as it is: a loss makes nothing available.
LOSES_BUDGET: tuple[EventLine, ...] = (
    ("budget_lost", BUDGET, "debit", LINE, {}),
    ("allocation", BUDGET, "credit", LINE, {"allocated": 1}),
)
SET_ASIDE_ACCOUNTS = ("set_aside_contingency", "set_aside_holiday", "set_aside_redundancy", "set_aside_saving")

EVENTS: dict[str, tuple[EventLine, ...]] = {
    "budget_lowered": (("contribution_expected", BUDGET, "debit", LINE, {}),),  # beside the lines it has
    "surplus_offset": TAKES_MONEY_BACK,
    "money_moved": (("allocation", BUDGET, "either", LINE, {"allocated": 1, "payable": 1}),),
    "decision_disputed": (
        ("disputed", DISPUTED, "debit", BUDGET_YEAR, {}),
        ("reserve_for_disputes", DISPUTED, "credit", BUDGET_YEAR, {}),
    ),
    "dispute_decided": (
        ("reserve_for_disputes", DISPUTED, "debit", BUDGET_YEAR, {}),
        ("disputed", DISPUTED, "credit", BUDGET_YEAR, {}),
    ),
    "credit_note_accepted": (
        ("creditor", ACTUAL, "debit", PROVIDER, {}),
        ("due_from_provider", ACTUAL, "debit", PROVIDER, {}),
        ("expenditure", ACTUAL, "credit", NOTIONAL_LINE, {"spent": 1}),
    ),
    "provider_refunded": (
        ("bank", ACTUAL, "debit", PROVIDER, {}),
        ("due_from_provider", ACTUAL, "credit", PROVIDER, {}),
    ),
    "prepayment_set_apart": (
        ("prepaid", ACTUAL, "debit", LINE, {}),
        ("expenditure", ACTUAL, "credit", LINE, {"spent": 1}),
    ),
    "prepayment_used": (
        ("expenditure", ACTUAL, "debit", LINE, {"spent": 1}),
        ("prepaid", ACTUAL, "credit", LINE, {}),
    ),
    "care_accrued": (
        ("expenditure", ACTUAL, "debit", HANDED_OVER_LINE, {"spent": 1}),
        ("spent_not_yet_paid", ACTUAL, "credit", OWED_POT, {}),
        ("reserve_for_commitments", COMMITMENT, "debit", COMMITTED, {}),
        ("commitment", COMMITMENT, "credit", COMMITTED, {"committed": 1, "consumed": -1}),
    ),
    "accrual_paid": (
        ("spent_not_yet_paid", ACTUAL, "debit", OWED_POT, {}),
        ("funds_held", ACTUAL, "credit", POT, {}),
    ),
    "funds_set_aside": (
        *((account, ACTUAL, "debit", POT, {}) for account in SET_ASIDE_ACCOUNTS),
        ("funds_held", ACTUAL, "credit", POT, {}),
    ),
    "funds_let_go": (
        ("funds_held", ACTUAL, "debit", POT, {}),
        *((account, ACTUAL, "credit", POT, {}) for account in SET_ASIDE_ACCOUNTS),
    ),
    "spend_asked_back": (
        ("recoverable", ACTUAL, "debit", OWED_LINE, {"owed": 1}),
        ("expenditure", ACTUAL, "credit", HANDED_OVER_LINE, {"spent": 1}),
    ),
    "questioned_asked_back": (
        ("recoverable", ACTUAL, "debit", OWED_LINE, {"owed": 1}),
        ("being_asked_about", ACTUAL, "credit", POT, {}),
    ),
    "spend_notice_lowered": (
        ("expenditure", ACTUAL, "debit", HANDED_OVER_LINE, {"spent": 1}),
        ("recoverable", ACTUAL, "credit", OWED_LINE, {"owed": 1}),
    ),
    "repaid_to_envelope": (
        ("bank", ACTUAL, "debit", POT, {}),
        ("recoverable", ACTUAL, "credit", OWED_LINE, {"owed": 1, "paid": 1}),
        *TAKES_MONEY_BACK,
    ),
    "repaid_to_budget": (
        ("bank", ACTUAL, "debit", POT, {}),
        ("recoverable", ACTUAL, "credit", OWED_LINE, {"owed": 1, "paid": 1}),
    ),
    "spend_written_off": (
        ("losses", ACTUAL, "debit", LINE, {}),
        ("recoverable", ACTUAL, "credit", OWED_LINE, {"owed": 1}),
        *LOSES_BUDGET,
    ),
    "unused_asked_back": (
        ("unused_asked_back", ACTUAL, "debit", OWED_POT, {}),
        ("funds_held", ACTUAL, "credit", POT, {}),
    ),
    "unused_notice_lowered": (
        ("funds_held", ACTUAL, "debit", POT, {}),
        ("unused_asked_back", ACTUAL, "credit", OWED_POT, {}),
    ),
    "unused_repaid": (
        ("bank", ACTUAL, "debit", POT, {}),
        ("unused_asked_back", ACTUAL, "credit", OWED_POT, {"paid": 1}),
    ),
    "unused_written_off": (
        ("losses", ACTUAL, "debit", POT, {}),
        ("unused_asked_back", ACTUAL, "credit", OWED_POT, {"paid": 1}),
    ),
    "returned_unasked": (
        ("bank", ACTUAL, "debit", POT, {}),
        ("funds_held", ACTUAL, "credit", POT, {"paid": 1}),
    ),
    "small_sum_left": (
        ("left_with_holder", ACTUAL, "debit", POT, {}),
        ("funds_held", ACTUAL, "credit", POT, {}),
        *LOSES_BUDGET,
    ),
    "funder_share_due": (
        ("due_from_funder", ACTUAL, "debit", YEAR, {}),
        ("funding", ACTUAL, "credit", YEAR, {}),
    ),
    "funder_share_received": (
        ("bank", ACTUAL, "debit", YEAR, {}),
        ("due_from_funder", ACTUAL, "credit", YEAR, {}),
    ),
    "funder_return_due": (
        ("funding", ACTUAL, "debit", YEAR, {}),
        ("due_to_funder", ACTUAL, "credit", YEAR, {}),
    ),
    "funder_return_paid": (
        ("due_to_funder", ACTUAL, "debit", YEAR, {}),
        ("bank", ACTUAL, "credit", YEAR, {}),
    ),
    "contribution_due": (
        ("contribution_due", ACTUAL, "debit", LINE, {}),
        ("contribution", ACTUAL, "credit", LINE, {}),
    ),
    "contribution_paid_in": (
        ("funds_held", ACTUAL, "debit", POT, {}),
        ("contribution_due", ACTUAL, "credit", HANDED_OVER_LINE, {}),
    ),
    "contribution_paid_to_us": (
        ("bank", ACTUAL, "debit", LINE, {}),
        ("contribution_due", ACTUAL, "credit", LINE, {"payable": -1}),
    ),
    "contribution_missed": (
        ("due_from_funder", ACTUAL, "debit", LINE, {}),
        ("contribution_due", ACTUAL, "credit", LINE, {"payable": -1}),
    ),
    "funds_trued_up": (
        ("expenditure", ACTUAL, "either", LINE, {"spent": 1}),
        ("due_from_fund", ACTUAL, "debit", BUDGET_YEAR, {}),
        ("due_to_fund", ACTUAL, "credit", BUDGET_YEAR, {}),
    ),
    "handed_over_carried": (("allocation", BUDGET, "either", LINE, {"allocated": 1}),),
    "not_handed_over_carried": (("allocation", BUDGET, "either", LINE, {"allocated": 1, "payable": 1}),),
    "year_end_lapsed": TAKES_MONEY_BACK,
    "commitment_carried": (
        ("commitment", COMMITMENT, "either", COMMITTED, {"committed": 1}),
        ("reserve_for_commitments", COMMITMENT, "either", COMMITTED, {}),
    ),
    "balance_moved_out": (
        ("balances_moved_out", ACTUAL, "debit", POT, {}),
        ("due_from_commissioner", ACTUAL, "debit", OWED_POT, {}),
        ("funds_held", ACTUAL, "credit", POT, {"paid": 1}),
        ("budget_moved_out", BUDGET, "debit", LINE, {"payable": -1}),
        ("contribution_expected", BUDGET, "debit", LINE, {}),
        *TAKES_MONEY_BACK,
    ),
    "balance_moved_in": (
        ("funds_held", ACTUAL, "debit", POT, {}),
        ("balances_moved_in", ACTUAL, "credit", POT, {}),
        ("due_to_commissioner", ACTUAL, "credit", OWED_POT, {"paid": -1}),
        ("allocation", BUDGET, "debit", LINE, {"allocated": 1}),
        ("budget_moved_in", BUDGET, "credit", LINE, {}),
        ("envelope", BUDGET, "credit", LINE, {"payable": -1}),
    ),
    "shared_invoice_accepted": (
        ("expenditure", ACTUAL, "debit", NOTIONAL_LINE, {"spent": 1}),
        ("due_from_commissioner", ACTUAL, "debit", PROVIDER, {}),
        ("creditor", ACTUAL, "credit", PROVIDER, {}),
    ),
    "share_of_invoice_accepted": (
        ("expenditure", ACTUAL, "debit", NOTIONAL_LINE, {"spent": 1}),
        ("due_to_commissioner", ACTUAL, "credit", PROVIDER, {}),
    ),
    "received_from_commissioner": (
        ("bank", ACTUAL, "debit", PROVIDER, {}),
        ("due_from_commissioner", ACTUAL, "credit", PROVIDER, {}),
    ),
    "paid_to_commissioner": (
        ("due_to_commissioner", ACTUAL, "debit", PROVIDER, {}),
        ("bank", ACTUAL, "credit", PROVIDER, {}),
    ),
}

# Money that moves within one account stands on both sides of its journal; a reversal then has no side to change.
SIDES = """
ALTER TABLE event_line DROP CONSTRAINT ck_event_line_side;
ALTER TABLE event_line ADD CONSTRAINT ck_event_line_side CHECK (side IN ({sides}));
"""
ONE_SIDE = "CROSS JOIN LATERAL (SELECT (l.pence > 0) = (e.side = 'debit')) AS it_is (as_listed)"
EITHER_SIDE = """CROSS JOIN LATERAL (SELECT CASE WHEN e.side = 'either' THEN j.reverses_id IS NULL
            ELSE (l.pence > 0) = (e.side = 'debit') END) AS it_is (as_listed)"""

# A commitment that was carried is used in the later year; its own row stays in the year it was raised in.
OF_ITS_YEAR = "c.plan_line_id = of_plan_line_id AND c.year = of_year"
OF_ITS_YEAR_OR_LATER = "c.plan_line_id = of_plan_line_id AND c.year <= of_year"

NEVER_BELOW_NOTHING = """
ALTER TABLE plan_line_position
    ADD CONSTRAINT ck_plan_line_position_committed CHECK (committed >= 0),
    ADD CONSTRAINT ck_plan_line_position_owed CHECK (owed >= 0);
"""


def upgrade() -> None:
    """Add the events, with what their lines may be."""
    op.execute(SIDES.format(sides="'debit', 'credit', 'either'"))
    make_again(op, GUARDS.LINES_ARE_SOUND_AND_MOVE_POSITIONS, {ONE_SIDE: EITHER_SIDE})
    make_again(op, GUARDS.MOVE_COMMITMENT, {OF_ITS_YEAR: OF_ITS_YEAR_OR_LATER})
    op.execute(NEVER_BELOW_NOTHING)
    for kind, lines in EVENTS.items():
        for account, layer, side, needs, factors in lines:
            columns = "".join(f", {column}" for column in factors)
            values = "".join(f", {factor}" for factor in factors.values())
            op.execute(
                f"INSERT INTO event_line (kind, account, layer, side, needs{columns}) "  # noqa: S608 - constants of this file
                f"VALUES ('{kind}', '{account}', {layer}, '{side}', '{needs}'{values})"
            )


def downgrade() -> None:
    """Take the events away again while there is no journal."""
    refuse_down_with_journals(op)
    op.execute("ALTER TABLE plan_line_position DROP CONSTRAINT ck_plan_line_position_committed")
    op.execute("ALTER TABLE plan_line_position DROP CONSTRAINT ck_plan_line_position_owed")
    op.execute("ALTER TABLE event_line DISABLE TRIGGER event_line_append_only")
    for kind, lines in EVENTS.items():
        for account, *_ in lines:
            op.execute(f"DELETE FROM event_line WHERE kind = '{kind}' AND account = '{account}'")  # noqa: S608 - constants of this file
    op.execute("ALTER TABLE event_line ENABLE TRIGGER event_line_append_only")
    make_again(op, GUARDS.LINES_ARE_SOUND_AND_MOVE_POSITIONS, {})
    make_again(op, GUARDS.MOVE_COMMITMENT, {})
    op.execute(SIDES.format(sides="'debit', 'credit'"))
