"""What may happen to an accepted invoice: it is lowered by a credit note."""

from phb.core.actor import Permission
from phb.governance.workflow import Transition, Workflow
from phb.spending.kinds import InvoiceState

INVOICE = Workflow(
    "invoice",
    Transition(
        "lower",
        InvoiceState.ACCEPTED,
        InvoiceState.LOWERED,
        Permission.INVOICE_ACCEPT,
        "lowered",
        stamps="lowered_by",
        needs_reason=True,
    ),
)
