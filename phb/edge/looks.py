"""Whose record a request looks at, by the ids in its address, so that no page need remember to keep the look."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from phb.budget.assessments.models import Assessment, IndicativeBudget
from phb.budget.budgets.models import BudgetRevision, PersonalHealthBudget
from phb.budget.commitments.models import SpendCommitment
from phb.budget.plans.models import Pot
from phb.core.uow import UnitOfWork
from phb.payments.payees.models import Payee
from phb.payments.runs.models import Instruction
from phb.payments.schedules.models import InstalmentSchedule
from phb.people.looks.operations import keep_look
from phb.people.models import Person
from phb.spending.invoices.models import ProviderInvoice
from phb.spending.receipts.models import Receipt
from phb.spending.records.models import SpendRecord

Named = tuple[InstrumentedAttribute[UUID], Select[UUID] | Select[UUID | None]]


def _by_budget(row: type[SpendCommitment | Pot]) -> Named:
    return row.id, select(PersonalHealthBudget.person_id).join(row, row.budget_id == PersonalHealthBudget.id)


BUDGET = PersonalHealthBudget.id, select(PersonalHealthBudget.person_id)
CHANGE = BudgetRevision.id, select(BudgetRevision.person_id)
# Of several ids in one address the first of these says whose record it is; a subject is a budget or a change of one.
ABOUT: Mapping[str, tuple[Named, ...]] = {
    "person_id": ((Person.id, select(Person.id)),),
    "budget_id": (BUDGET,),
    "revision_id": (CHANGE,),
    "change_id": (CHANGE,),
    "subject_id": (BUDGET, CHANGE),
    "assessment_id": ((Assessment.id, select(Assessment.person_id)),),
    "indicative_id": ((IndicativeBudget.id, select(IndicativeBudget.person_id)),),
    "commitment_id": (_by_budget(SpendCommitment),),
    "pot_id": (_by_budget(Pot),),
    "schedule_id": ((InstalmentSchedule.id, select(InstalmentSchedule.person_id)),),
    "payment_id": ((Instruction.id, select(Instruction.person_id)),),
    "payee_id": ((Payee.id, select(Payee.person_id)),),
    "invoice_id": ((ProviderInvoice.id, select(ProviderInvoice.person_id)),),
    "spend_id": ((SpendRecord.id, select(SpendRecord.person_id)),),
    "receipt_id": ((Receipt.id, select(SpendRecord.person_id).join(Receipt, Receipt.spend_id == SpendRecord.id)),),
}
NOT_ABOUT_ONE_PERSON = frozenset(
    {
        "account_id",
        "import_id",
        "job_id",
        "journal_id",
        "limit_id",
        "organisation_id",
        "role_id",
        "run_id",
        "setting_id",
        "user_id",
    }
)


def keep_look_at(uow: UnitOfWork, named: Mapping[str, object]) -> None:
    """Keep that the actor looked at the record of whoever the ids in an address are about, if at anybody's."""
    for name, about in ABOUT.items():
        subject_id = named.get(name)
        if isinstance(subject_id, UUID):
            for key, whose in about:
                person_id = uow.session.scalar(whose.where(key == subject_id))
                keep_look(uow, person_id, name.removesuffix("_id"), subject_id)
            return
