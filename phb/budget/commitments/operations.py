"""Raise an order, agreement or rota, increase it, let it go, and let go what has expired."""

from datetime import date
from uuid import UUID, uuid4

from moneyed import Money
from sqlalchemy import select

from phb.budget import queries as budgets
from phb.budget.budgets.workflow import BudgetState
from phb.budget.commitments import queries, rules
from phb.budget.commitments.draft import NewCommitment
from phb.budget.commitments.models import SpendCommitment
from phb.budget.kinds import CommitmentKind
from phb.budget.plans.draft import refuse_absurd, require_words
from phb.budget.plans.operations import UnknownOrganisationError
from phb.budget.plans.queries import LineView
from phb.budget.reference.categories import refuse_barred
from phb.budget.written import unchanged
from phb.core.actor import Permission
from phb.core.errors import ConflictError, RuleViolationError
from phb.core.money import format_pounds
from phb.core.period import financial_year_of
from phb.core.uow import UnitOfWork
from phb.governance import audit
from phb.ledger import events, posting
from phb.ledger.entry import CommitmentPortion, Heading, Source
from phb.ledger.positions import open_commitment
from phb.ledger.queries import open_commitments
from phb.people.saving import Change, Put, save


class BudgetNotActiveError(ConflictError):
    """Money of a budget that is not active cannot be promised."""

    code = "budget-not-active"


class WrongWayOfHoldingError(RuleViolationError):
    """An order is for notional money, an agreement for a third party's, a rota for a direct payment's."""

    code = "wrong-way-of-holding"


class ProviderUnclearError(RuleViolationError):
    """An order or agreement is with nobody, or a rota with an organisation."""

    code = "provider-unclear"


class CommitmentOutsideLineError(RuleViolationError):
    """A commitment has days its plan line does not have, or days of two financial years."""

    code = "commitment-outside-line"


class NothingOpenError(ConflictError):
    """Nothing of a commitment is open any more, or less than is to be let go."""

    code = "nothing-open"


def raise_commitment(uow: UnitOfWork, plan_line_id: UUID, new: NewCommitment) -> Put[SpendCommitment]:
    """Promise money of a plan line: an order, an agreement or a rota; the same reference again changes nothing.

    Raises:
        PlanLineNotFoundError: there is no such line, or its budget is not the actor's to see.
        BudgetNotActiveError: its budget is not active.
        WrongWayOfHoldingError, ProviderUnclearError, CommitmentOutsideLineError: it does not fit the line.
        BarredCategoryError, ReferredCategoryError: it may not be bought, or not without a reason.
        TooLittleLeftError: the line has less left.
        KnownDifferentlyError: the reference is that of another commitment.
    """
    uow.actor.require(Permission.COMMITMENT_WRITE)
    line = budgets.plan_line(uow.session, uow.actor, plan_line_id, uow.today)
    row = _row(uow, line, new)
    known = uow.session.scalars(select(SpendCommitment).where(SpendCommitment.reference == new.reference)).first()
    if known is not None:
        return unchanged(known, same=_facts(known) == _facts(row), what=new.kind.value, reference=new.reference)
    _refuse_misfit(uow, row, line)
    _raise(uow, row, line)
    return Put(row, Change.ADDED)


def increase(uow: UnitOfWork, commitment_id: UUID, *, amount: Money, reason: str) -> SpendCommitment:
    """Promise more by the same order, agreement or rota.

    Raises:
        CommitmentNotFoundError: there is none, or its budget is not the actor's to see.
        TooLittleLeftError: the line has less left.
    """
    uow.actor.require(Permission.COMMITMENT_WRITE)
    refuse_absurd(amount, "the increase", "amount")
    require_words(reason, "reason")
    row = queries.commitment(uow.session, uow.actor, commitment_id, uow.today)
    line = budgets.plan_line(uow.session, uow.actor, row.plan_line_id, uow.today)
    heading = Heading(uow.today, f"{_name(row)} increased", Source("commitment", row.id))
    posting.post(uow, events.commitment_raised(heading, _portions(row, line, amount)))
    _record(uow, row, "commitment.increased", amount, reason)
    return row


def release(uow: UnitOfWork, commitment_id: UUID, *, reason: str, amount: Money | None = None) -> SpendCommitment:
    """Let go of what is still open, or of some of it.

    Raises:
        CommitmentNotFoundError: there is none, or its budget is not the actor's to see.
        NothingOpenError: less is open.
    """
    uow.actor.require(Permission.COMMITMENT_WRITE)
    require_words(reason, "reason")
    row = queries.commitment(uow.session, uow.actor, commitment_id, uow.today)
    still_open = queries.still_open(uow.session, row.id)
    left = rules.total(still_open)
    if amount is not None:
        refuse_absurd(amount, "the release", "amount")
    if not still_open or (amount is not None and amount > left):
        raise NothingOpenError(
            f"{_name(row)} has {format_pounds(left)} open. Let go of at most that.", field="amount", open=left
        )
    let_go = still_open if amount is None else rules.part_of(still_open, amount)
    heading = Heading(uow.today, f"{_name(row)} released", Source("commitment", row.id))
    posting.post(uow, events.commitment_released(heading, let_go))
    _record(uow, row, "commitment.released", rules.total(let_go), reason)
    return row


def expire_due(uow: UnitOfWork, on: date) -> int:
    """Let go of everything still promised by commitments whose last day was before a day; return how many."""
    uow.actor.require(Permission.COMMITMENT_EXPIRE)
    due = open_commitments(uow.session, expired_by=on)
    entries = [
        events.commitment_expired(
            Heading(on, "The last day to use it has passed", Source("commitment", commitment.id)),
            queries.still_open(uow.session, commitment.id),
        )
        for commitment in due
    ]
    posting.post_batch(uow, entries)
    for commitment in due:
        audit.record(uow, "commitment.expired", "commitment", commitment.id, expires_on=commitment.expires_on)
    return len(due)


def _row(uow: UnitOfWork, line: LineView, new: NewCommitment) -> SpendCommitment:
    is_own = new.category_code in (None, line.terms.category_code)
    return SpendCommitment(
        commissioner_id=uow.commissioner_id,
        id=uuid4(),
        reference=new.reference,
        kind=new.kind,
        budget_id=line.line.budget_id,
        plan_line_id=line.line.id,
        year=financial_year_of(new.period.start_on),
        provider_id=new.provider_id or (line.pot.organisation_id if new.kind is CommitmentKind.AGREEMENT else None),
        category_code=new.category_code or line.terms.category_code,
        referral_reason=new.referral_reason or (line.terms.referral_reason if is_own else None),
        words=new.words,
        amount=new.amount,
        start_on=new.period.start_on,
        end_on=new.period.end_on,
        expires_on=new.expires_on or new.period.last_day,
        raised_by=uow.actor.user_id,
        raised_at=uow.now,
    )


def _raise(uow: UnitOfWork, row: SpendCommitment, line: LineView) -> None:
    promised = _portions(row, line, row.amount)
    open_commitment(uow, row.id, line.place(row.year), expires_on=row.expires_on)
    save(uow, {"fk_spend_commitment_provider": _unknown_provider()}, row)
    heading = Heading(uow.today, f"{_name(row)} raised", Source("commitment", row.id))
    posting.post(uow, events.commitment_raised(heading, promised))
    _record(uow, row, "commitment.raised", row.amount, None)


def _refuse_misfit(uow: UnitOfWork, row: SpendCommitment, line: LineView) -> None:
    budget = budgets.budget(uow.session, uow.actor, row.budget_id, uow.today)
    if budget.state != BudgetState.ACTIVE:
        raise BudgetNotActiveError(
            f"The budget {budget.reference} is not active, so its money cannot be promised yet. "
            "Wait until it is agreed and active."
        )
    kind = CommitmentKind(row.kind)
    if kind.management is not line.pot.management_type:
        raise WrongWayOfHoldingError(
            f"The line's money is held as {line.pot.management.replace('_', ' ')}. Use an order for a notional "
            "budget, an agreement for a third party, and a rota for a direct payment.",
            field="kind",
        )
    if (row.provider_id is None) != (kind is CommitmentKind.ROTA):
        raise ProviderUnclearError(
            "Say which organisation an order or agreement is with; a rota is with the person's own assistants.",
            field="provider_id",
        )
    _refuse_other_days(row, line)
    refuse_barred(row.category_code, line.pot.management_type, row.start_on, reason=row.referral_reason)


def _refuse_other_days(row: SpendCommitment, line: LineView) -> None:
    first, last, terms = row.start_on, row.period.last_day, line.terms.period
    if first not in terms or last not in terms or financial_year_of(first) != financial_year_of(last):
        raise CommitmentOutsideLineError(
            f"It runs from {first:%-d %B %Y} to {last:%-d %B %Y}, and the line from {terms.start_on:%-d %B %Y} to "
            f"{terms.last_day:%-d %B %Y}. Keep it inside the line and inside one financial year; raise one for each.",
            field="start_on",
        )
    if row.expires_on < last:
        raise CommitmentOutsideLineError(
            "It would expire before its own last day. Give a later day, or leave it out.", field="expires_on"
        )


def _portions(row: SpendCommitment, line: LineView, amount: Money) -> list[CommitmentPortion]:
    return [CommitmentPortion(row.id, portion) for portion in budgets.portions_of(line, row.period, amount)]


def _facts(row: SpendCommitment) -> tuple[object, ...]:
    named = (row.kind, row.plan_line_id, row.provider_id, row.category_code, row.words)
    return (*named, row.amount, row.start_on, row.end_on, row.expires_on)


def _name(row: SpendCommitment) -> str:
    return f"{row.kind.capitalize()} {row.reference}"


def _record(uow: UnitOfWork, row: SpendCommitment, action: str, amount: Money, reason: str | None) -> None:
    audit.record(uow, action, "commitment", row.id, reason=reason, budget_id=row.budget_id, amount=amount)


def _unknown_provider() -> UnknownOrganisationError:
    return UnknownOrganisationError(
        "The provider is not known. Add the organisation first, or correct its id.", field="provider_id"
    )
