"""Record spend: what passes the bars and is in the plan is spent at once, everything else is asked about."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.budgets.workflow import BudgetState
from phb.budget.commitments.operations import BudgetNotActiveError
from phb.budget.plans.queries import LineView
from phb.budget.queries import PlanLineNotFoundError
from phb.budget.reference.categories import category
from phb.budget.written import KnownDifferentlyError, unchanged
from phb.core.actor import Permission
from phb.core.errors import PermissionDeniedError
from phb.core.money import from_pence
from phb.core.uow import UnitOfWork
from phb.governance import audit, policy
from phb.governance.policies import SpendingPolicy
from phb.ledger.entry import Portion
from phb.people.saving import Change, Put, save
from phb.spending.kinds import Evidence, ShareKind, SpendState
from phb.spending.promises import used_of
from phb.spending.records import books, queries, rules
from phb.spending.records.draft import NewSpend
from phb.spending.records.models import SpendRecord, as_range
from phb.spending.records.placing import Placed, place, planned
from phb.spending.records.rules import Question
from phb.spending.sharing import days_of, portions, pot_portions, shares_of


class EvidenceNotYoursError(PermissionDeniedError):
    """Only who decides on spend says that evidence was seen; others attach a receipt."""

    code = "evidence-not-yours"


@dataclass(frozen=True)
class _Booking:
    """What recording comes to: the funders' shares, and the question where there is one."""

    shares: Sequence[Portion]
    question: Question | None


def record_spend(uow: UnitOfWork, budget_id: UUID, new: NewSpend) -> Put[SpendRecord]:
    """Record money that left an account; the same reference again changes nothing.

    What may be bought and is in the plan is spent in the books at once. Everything else is booked as having left the
    account and is asked about: a bar never stops anybody from saying what happened.

    Raises:
        BudgetNotFoundError: there is none, or the person's spending is not the actor's to see.
        BudgetNotActiveError: it is not active yet.
        PlanLineNotFoundError, PotNotFoundError, WhichPotError, NotHandedOverError, NotYourAccountError: no account of
            this actor's to record for.
        AbsurdAmountError, SpentInFutureError, SpentBeforeBudgetError: it must be a slip.
        UnknownCategoryError, CommitmentElsewhereError: something it names does not exist.
        KnownDifferentlyError: the reference is that of another record.
    """
    uow.actor.require(Permission.SPEND_RECORD)
    budget = queries.budget_spent_from(uow.session, uow.actor, budget_id, new.spent_on, uow.today)
    known = None if new.reference is None else queries.by_reference(uow.session, new.reference)
    if known is not None:
        return unchanged(known, same=_says(known, budget_id, new), what="record of spend", reference=known.reference)
    return Put(write_down(uow, budget, new), Change.ADDED)


def write_down(
    uow: UnitOfWork, budget: PersonalHealthBudget, new: NewSpend, *, replaces_id: UUID | None = None
) -> SpendRecord:
    """Check, book and store a new record, within another operation; see record_spend()."""
    if budget.state != BudgetState.ACTIVE:
        raise BudgetNotActiveError(
            f"The budget {budget.reference} is not active, so nothing can be spent from it. Wait until it is agreed."
        )
    settings = policy.read(uow.session, SpendingPolicy, new.spent_on)
    rules.refuse_slip(
        new.amount, new.spent_on, largest=settings.largest_single_spend, today=uow.today, begins_on=budget.start_on
    )
    _refuse_unseen(uow, new)
    placed = place(uow, budget, new)
    seen = rules.evidence_of(new.amount, not_needed_below=settings.evidence_not_needed_below, seen=new.evidence_seen)
    row = _row(uow, budget, placed, new, seen)
    row.replaces_id = replaces_id
    row.duplicate_of = queries.same_spend(
        uow.session, budget.id, new.spent_on, new.amount, row.payee, but_not=replaces_id
    )
    _store(uow, row, _book(uow, row, placed))
    return row


def _book(uow: UnitOfWork, row: SpendRecord, placed: Placed) -> _Booking:
    """Post what the record says and return its shares, with a question where it is asked about."""
    what = category(row.category_code, row.spent_on)
    days, booked_on = days_of(row.spent_on, row.period), books.booked_on(uow, row)
    spent = None if placed.line is None else _portions(placed.line, row)
    used = used_of(uow, row.commitment_id, row.plan_line_id, spent or (), booked_on)
    question = rules.question_about(what, placed.pot.management_type, planned(placed.line), days)
    if question is None and spent is None:
        question = rules.no_money_that_year(days)
    if question is None and spent is not None:
        refusal = books.pay_from_funds(uow, row, spent, used)
        if refusal is None:
            return _Booking(spent, None)
        left = refusal.facts["left"]
        question = rules.too_little_left(row.amount, left if isinstance(left, type(row.amount)) else from_pence(0))
    asked = spent or pot_portions(uow.session, row.budget_id, row.pot_id, row.spent_on, row.amount)
    books.leave_account(uow, row, asked, on=booked_on)
    return _Booking(asked, question)


def _portions(line: LineView, row: SpendRecord) -> tuple[Portion, ...] | None:
    try:
        return portions(line, days_of(row.spent_on, row.period), row.amount)
    except PlanLineNotFoundError:
        return None


def _store(uow: UnitOfWork, row: SpendRecord, booking: _Booking) -> None:
    question = booking.question
    if question is None:
        row.state, row.booked_line_id = SpendState.ACCEPTED, row.plan_line_id
    else:
        row.state, row.reason_code, row.reason = SpendState.ASKED_ABOUT, question.code, question.sentence
    taken = KnownDifferentlyError(
        f"The record of spend “{row.reference}” is known already. Give a new reference to what is new.",
        field="reference",
    )
    save(uow, {"uq_spend_record_reference": taken}, row)
    kind = ShareKind.SPENT if question is None else ShareKind.ASKED_ABOUT
    books.keep_shares(uow, row.id, kind, shares_of(booking.shares))
    audit.record(
        uow,
        "spend.recorded",
        "spend",
        row.id,
        person_id=row.person_id,
        budget_id=row.budget_id,
        amount=row.amount,
        spent_on=row.spent_on,
        category=row.category_code.lower(),
        state=row.state,
        asked_because=row.reason_code,
        looks_like=row.duplicate_of,
    )


def _row(
    uow: UnitOfWork, budget: PersonalHealthBudget, placed: Placed, new: NewSpend, evidence: Evidence
) -> SpendRecord:
    new_id = uuid4()
    return SpendRecord(
        commissioner_id=uow.commissioner_id,
        id=new_id,
        reference=new.reference or f"S-{new_id.hex[:12].upper()}",
        budget_id=budget.id,
        person_id=budget.person_id,
        pot_id=placed.pot.id,
        plan_line_id=placed.plan_line_id,
        commitment_id=new.commitment_id,
        spent_on=new.spent_on,
        covers=as_range(new.covers),
        amount=new.amount,
        category_code=new.category,
        payee=new.payee.strip(),
        words=new.words.strip(),
        evidence=evidence,
        recorded_by=uow.actor.user_id,
        recorded_at=uow.now,
    )


def _refuse_unseen(uow: UnitOfWork, new: NewSpend) -> None:
    if new.evidence_seen and not uow.actor.may(Permission.SPEND_DECIDE):
        raise EvidenceNotYoursError(
            "Attach the receipt instead: only the commissioner's finance team says that it saw one on paper.",
            field="evidence_seen",
        )


def _says(row: SpendRecord, budget_id: UUID, new: NewSpend) -> bool:
    stored = (row.budget_id, row.plan_line_id, row.spent_on, row.period, row.amount, row.category_code)
    given = (budget_id, new.plan_line_id, new.spent_on, new.covers, new.amount, new.category)
    named = (row.payee, row.words, row.commitment_id) == (new.payee.strip(), new.words.strip(), new.commitment_id)
    return stored == given and named and new.pot_id in (None, row.pot_id)
