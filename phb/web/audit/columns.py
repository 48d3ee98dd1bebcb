"""Which lists an auditor has: what each shows, in which order, under which headings."""

from collections.abc import Mapping

from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.queries import visible_budgets
from phb.documents.document import Column
from phb.payments.runs.models import Instruction
from phb.payments.runs.queries import visible_instructions
from phb.people.models import User
from phb.people.users.queries import visible_users
from phb.web.audit import rows
from phb.web.audit.listing import Listing, selected

LISTINGS: Mapping[str, Listing] = {
    "budgets": Listing(
        "Budgets",
        "Every budget: whose, of which kind, where it stands, and what its plan comes to",
        (
            Column("budget", "Budget"),
            Column("person", "Person"),
            Column("name", "Name"),
            Column("kind", "Kind"),
            Column("cohort", "Cohort"),
            Column("care_setting", "Where"),
            Column("state", "Where it stands"),
            Column("first_day", "First day"),
            Column("last_day", "Last day"),
            Column("ways", "How the money is held"),
            Column("amount", "The plan comes to", numeric=True),
        ),
        selected(
            lambda uow: visible_budgets(uow.actor, uow.today),
            (PersonalHealthBudget.reference, PersonalHealthBudget.id),
            rows.budgets,
        ),
    ),
    "payments": Listing(
        "Payments",
        "Every payment: to whom, for which budget, and what became of it",
        (
            Column("due", "Due"),
            Column("payee", "Payee"),
            Column("budget", "Budget"),
            Column("what", "What it pays"),
            Column("state", "Where it stands"),
            Column("arrived", "Arrived"),
            Column("came_back", "Came back"),
            Column("amount", "Amount", numeric=True),
        ),
        selected(
            lambda uow: visible_instructions(uow.actor, uow.today), (Instruction.due_on, Instruction.id), rows.payments
        ),
    ),
    "users": Listing(
        "Users and their roles",
        "Everybody who signs in, and every role they held, hold or will hold",
        (
            Column("name", "Name"),
            Column("sign_in_name", "Sign-in name"),
            Column("role", "Role"),
            Column("organisation", "At"),
            Column("from", "From"),
            Column("before", "Before"),
        ),
        selected(lambda uow: visible_users(uow.actor), (User.name, User.id), rows.users),
    ),
    "policies": Listing(
        "Policies in force today",
        "Each setting, since when it holds, and where it was decided",
        (
            Column("policy", "Policy"),
            Column("setting", "Setting"),
            Column("value", "Value"),
            Column("since", "Since"),
            Column("decided", "Decided"),
        ),
        rows.policies,
    ),
    "limits": Listing(
        "Limits in force today",
        "Who may sign off how much",
        (
            Column("role", "Role"),
            Column("who", "Who"),
            Column("since", "Since"),
            Column("decided", "Decided"),
            Column("confirmed_by", "Confirmed by"),
            Column("limit", "Up to", numeric=True),
        ),
        rows.limits,
    ),
}
