"""Which page a duty opens: one table over every kind of duty there is."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import url_for

from phb.core.actor import Actor, Role
from phb.monitoring.duties.queries import Entry
from phb.web.navigation import HOLDERS_SIDE


@dataclass(frozen=True)
class Place:
    """A page, and which of an entry's ids stands where in its address."""

    endpoint: str
    ids: Mapping[str, str] = field(default_factory=dict)

    def address(self, entry: Entry) -> str:
        """Return the address for one entry."""
        return url_for(self.endpoint, **{name: getattr(entry, of) for name, of in self.ids.items()})


CARE = Place("web.care.budgets.shown", {"budget_id": "budget_id"})
CARE_CHANGE = Place("web.care.budgets.change_shown", {"change_id": "subject_id"})
FINANCE = Place("web.finance.budget.shown", {"budget_id": "budget_id"})
FINANCE_CHANGE = Place("web.finance.changes.shown", {"budget_id": "budget_id", "revision_id": "subject_id"})
HOLDER = Place("web.holder.budget.shown", {"budget_id": "budget_id"})
HOLDER_CHANGE = Place("web.holder.agreeing.change", {"budget_id": "budget_id", "revision_id": "subject_id"})
RUN = Place("web.steps.show", {"run_id": "subject_id"})
PAYEE = Place("web.payees.show", {"payee_id": "subject_id"})
JOBS = Place("web.jobs.listing")
RECEIPTS_HERE = Place("web.holder.spending.shown", {"budget_id": "budget_id", "spend_id": "subject_id"})
RECEIPTS_OF_MANY = Place("web.broker.receipts.add", {"spend_id": "subject_id"})

PLACES: Mapping[str, Place] = {
    "budget.sign_off_clinically": CARE,
    "budget.sign_off_finance": FINANCE,
    "budget.agree": HOLDER,
    "budget.activate": FINANCE,
    "budget.redraft": CARE,
    "budget.review": CARE,
    "budget.renew": CARE,
    "change.sign_off_clinically": CARE_CHANGE,
    "change.sign_off_finance": FINANCE_CHANGE,
    "change.agree": HOLDER_CHANGE,
    "change.activate": FINANCE_CHANGE,
    "change.redraft": CARE_CHANGE,
    "payment_run.approve": RUN,
    "payment_run.release": RUN,
    "payment_run.export": RUN,
    "payment_run.withdraw": RUN,
    "payment_run.record_returns": RUN,
    "payment_run.settle": RUN,
    "payment.reissue": Place("web.payments.show", {"payment_id": "subject_id"}),
    "payment.give_up": Place("web.payments.show", {"payment_id": "subject_id"}),
    "bank_account.confirm": PAYEE,
    "bank_account.approve": PAYEE,
    "paying_account.confirm": Place("web.paying_account.show"),
    "spend.decide": Place("web.finance.spend.shown", {"budget_id": "budget_id", "spend_id": "subject_id"}),
    "spend.send_receipt": RECEIPTS_OF_MANY,
    "invoice.pay": Place("web.finance.invoices.shown", {"budget_id": "budget_id", "invoice_id": "subject_id"}),
    "relation.renew": Place("web.care.people.shown", {"person_id": "person_id"}),
    "look.review": Place("web.care.looks.listed", {"person_id": "person_id"}),
    "role.renew": Place("web.users.listing"),
    "policy.confirm": Place("web.policies.confirm", {"setting_id": "subject_id"}),
    "delegation_limit.confirm": Place("web.delegations.confirm", {"limit_id": "subject_id"}),
    "books.look_into": Place("web.books.verify"),
    "job.look_into": JOBS,
    "message.look_into": JOBS,
}
AT_HOME: Mapping[str, Place] = {"spend.send_receipt": RECEIPTS_HERE}
"""Where those who look after one person's money go instead."""


def place_of(entry: Entry, actor: Actor) -> str:
    """Return the address of the page on which an actor does what is theirs to do."""
    at_home = bool(actor.roles & (HOLDERS_SIDE | {Role.THIRD_PARTY}))
    place = AT_HOME.get(entry.kind) if at_home else None
    return (place or PLACES[entry.kind]).address(entry)
