"""Every kind of file there is, in the order in which they are imported: what a row names comes before it."""

from typing import Any

from phb.intake.importing import Kind
from phb.intake.kinds import budget, governance, payments, people, reference, spending

KINDS: dict[str, Kind[Any]] = {
    kind.name: kind
    for kind in (
        people.CALENDARS,
        governance.POLICIES,
        governance.DELEGATIONS,
        people.ORGANISATIONS,
        payments.MODULUS_WEIGHTS,
        reference.RATES,
        reference.FINANCE_CODES,
        reference.BUDGET_MODELS,
        reference.OFFERS,
        reference.PACKAGES,
        people.USERS,
        people.PEOPLE,
        people.NEEDS,
        people.CAPACITY,
        people.RELATIONS,
        people.CONSENTS,
        reference.PROGRAMME_BUDGETS,
        payments.PAYEES,
        budget.ASSESSMENTS,
        budget.PLANS,
        budget.AGREEMENTS,
        budget.ORDERS,
        spending.INVOICES,
        spending.CLAIMS,
    )
}
