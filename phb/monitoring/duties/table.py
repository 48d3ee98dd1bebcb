"""Every kind of duty there is, in one table."""

from phb.monitoring.duties.duty import Duty
from phb.monitoring.duties.of_budgets import OF_BUDGETS
from phb.monitoring.duties.of_payments import OF_PAYMENTS
from phb.monitoring.duties.of_people import OF_PEOPLE
from phb.monitoring.duties.of_spending import OF_SPENDING
from phb.monitoring.duties.of_the_service import OF_THE_SERVICE

DUTIES: dict[str, Duty] = {
    duty.kind: duty for duty in (*OF_BUDGETS, *OF_PAYMENTS, *OF_SPENDING, *OF_PEOPLE, *OF_THE_SERVICE)
}
