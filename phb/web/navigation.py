"""Where somebody may go: one table, from which the menu and the start page are drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request, url_for

from phb.core.actor import Actor, Permission, Role

HOLDERS_SIDE = frozenset({Role.HOLDER, Role.REPRESENTATIVE, Role.NOMINEE, Role.ADVOCATE})
HELPERS = frozenset({Role.BROKER, Role.THIRD_PARTY})
CARE = frozenset({Role.CARE_COORDINATOR, Role.CLINICIAN})
STAFF_AND_HELPERS = frozenset(Role) - HOLDERS_SIDE
SENDERS = HELPERS | CARE | {Role.ADMINISTRATOR, Role.AUDITOR, Role.FINANCE_OFFICER}


@dataclass(frozen=True)
class Link:
    """A place and for whom it is.

    Args:
        permission: that the actor has.
        roles: one of which the actor holds; empty for any.
        not_for: roles none of which the actor holds.
    """

    text: str
    endpoint: str
    why: str
    permission: Permission | None = None
    roles: frozenset[Role] = frozenset()
    not_for: frozenset[Role] = frozenset()

    @property
    def address(self) -> str:
        """Where it leads."""
        return url_for(self.endpoint)

    def is_for(self, actor: Actor) -> bool:
        """Say whether the actor has business there."""
        allowed = self.permission is None or actor.may(self.permission)
        return allowed and (not self.roles or bool(self.roles & actor.roles)) and not self.not_for & actor.roles


LINKS: tuple[Link, ...] = (
    Link("Your work", "web.home.start", "What waits for you, and by when", roles=STAFF_AND_HELPERS),
    Link("Start page", "web.home.start", "What there is to do, and by when", not_for=STAFF_AND_HELPERS),
    Link(
        "Your caseload",
        "web.broker.caseload.listed",
        "The people who agreed that you help them, and what needs doing",
        roles=HELPERS,
    ),
    Link(
        "Record spending",
        "web.broker.several.record",
        "Spending of several people, from the keyboard",
        roles=HELPERS,
    ),
    Link(
        "Missing receipts",
        "web.broker.receipts.missing",
        "What was spent and needs a receipt",
        roles=HELPERS | {Role.FINANCE_OFFICER},
    ),
    Link("People", "web.care.people.listed", "Find somebody, assess, and plan their budget", roles=CARE),
    Link(
        "To sign off",
        "web.care.deciding.waiting",
        "Plans that wait for clinical sign-off",
        Permission.BUDGET_SIGN_OFF_CLINICALLY,
    ),
    Link(
        "Your budget",
        "web.holder.budget.listed",
        "How much there is and why, what was spent, what is left",
        roles=HOLDERS_SIDE,
    ),
    Link(
        "Budgets you look after",
        "web.holder.budget.listed",
        "The money you hold for people, and what it was spent on",
        roles=frozenset({Role.THIRD_PARTY}),
    ),
    Link(
        "Waiting for you",
        "web.finance.queue.yours",
        "What finance and approvers decide next, the most urgent first",
        roles=frozenset({Role.FINANCE_OFFICER, Role.APPROVER}),
    ),
    Link("Budgets", "web.finance.found.listed", "Find a budget and see it whole", Permission.LEDGER_READ),
    Link(
        "Months",
        "web.finance.months.listing",
        "Which months of the books are closed, and closing the next one",
        Permission.LEDGER_READ,
    ),
    Link(
        "Funders",
        "web.finance.funders.listing",
        "What the other funders of budgets bear, owe and have paid",
        Permission.LEDGER_READ,
    ),
    Link(
        "Journal files",
        "web.finance.journal_files.listing",
        "What the finance system takes in, and making the next file",
        Permission.LEDGER_READ,
    ),
    Link("Checks", "web.finance.indicators.shown", "The checks of the standard model", Permission.INDICATORS_READ),
    Link(
        "Organisations",
        "web.organisations.listing",
        "Councils, providers and others you work with",
        Permission.ADMINISTRATION_READ,
    ),
    Link("Users", "web.users.listing", "Who may sign in, and the roles they hold", Permission.ADMINISTRATION_READ),
    Link("Policies", "web.policies.listing", "Your own rules, and their changes", Permission.ADMINISTRATION_READ),
    Link("Limits", "web.delegations.listing", "How much each role may sign off", Permission.ADMINISTRATION_READ),
    Link(
        "Payments",
        "web.runs.listing",
        "Payment runs from a preview to the bank, and what became of each payment",
        Permission.LEDGER_READ,
    ),
    Link("Payees", "web.payees.listing", "Who is paid, and into which account", Permission.PAYEE_WRITE),
    Link("Files", "web.imports.listing", "Bring in many rows at once, and mend what was given back", roles=SENDERS),
    Link(
        "Jobs", "web.jobs.listing", "What happens by itself, when it last did and what came of it", Permission.JOBS_READ
    ),
    Link("Audit", "web.audit.start", "Search, journals, proof that the books hold, lists", Permission.AUDIT_READ),
)


def links_for(actor: Actor) -> Sequence[Link]:
    """Return the places an actor has business at, in the order of the menu."""
    return [link for link in LINKS if link.is_for(actor)]


def here() -> str:
    """Return the address of the request, for the menu to mark where the reader is."""
    return request.path
