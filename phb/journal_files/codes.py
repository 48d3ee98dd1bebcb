"""Which cost centre and subjective code an amount has in the finance system, on a day: dated data of a commissioner."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from phb.budget.reference.categories import category
from phb.budget.reference.operations import refuse_unknown_fund
from phb.core.actor import Permission
from phb.core.change import Change, Put
from phb.core.errors import RuleViolationError
from phb.core.uow import UnitOfWork
from phb.governance import audit
from phb.journal_files.models import FinanceCode
from phb.ledger.chart import LAYERS, Account, Layer
from phb.people.saving import save

LONGEST_CODE = 20


class FinanceCodeError(RuleViolationError):
    """A code of the finance system is not one, or is for an account that is not sent to it."""

    code = "finance-code"


@dataclass(frozen=True)
class Subject:
    """What an amount is: its account, the category of what was bought where it was bought, and who pays."""

    account: str
    category_code: str | None
    fund: str | None


@dataclass(frozen=True)
class NewCode:
    """A code as it is recorded; without a category or a fund it holds for all of them."""

    account: str
    effective_from: date
    cost_centre: str
    subjective_code: str
    source: str
    category_code: str | None = None
    fund: str | None = None


def record_code(uow: UnitOfWork, new: NewCode) -> Put[FinanceCode]:
    """Record what an account is called in the finance system from a day on; the same again changes nothing.

    Raises:
        MissingPermissionError: the actor may not.
        FinanceCodeError: the account is none that is sent, or a code is not letters and digits.
        UnknownCategoryError, UnknownFundError: there is no such category on that day, or no such funder.
    """
    uow.actor.require(Permission.REFERENCE_WRITE)
    _refuse_unsound(new)
    wanted = Subject(new.account, new.category_code, new.fund)
    rows = [row for row in codes(uow.session) if _subject(row) == wanted]
    same_day = [row for row in rows if row.effective_from == new.effective_from]
    if same_day and (same_day[-1].cost_centre, same_day[-1].subjective_code) == (new.cost_centre, new.subjective_code):
        return Put(same_day[-1], Change.UNCHANGED)
    row = FinanceCode(
        commissioner_id=uow.commissioner_id, recorded_by=uow.actor.user_id, recorded_at=uow.now, **asdict(new)
    )
    save(uow, {}, row)
    audit.record(uow, "finance_code.recorded", "finance_code", row.id, effective_from=new.effective_from)
    return Put(row, Change.CHANGED if same_day else Change.ADDED)


def codes(session: Session) -> Sequence[FinanceCode]:
    """Return every code that was ever recorded, in the order in which they hold."""
    row = FinanceCode
    order = (row.account, row.category_code, row.fund, row.effective_from, row.ordinal)
    return session.scalars(select(row).order_by(*order)).all()


def code_of(known: Sequence[FinanceCode], subject: Subject, day: date) -> FinanceCode | None:
    """Return the code of an amount on a day: that of its category before that of its funder, both before neither."""
    fits = [
        row
        for row in known
        if row.account == subject.account
        and row.category_code in {None, subject.category_code}
        and row.fund in {None, subject.fund}
        and row.effective_from <= day
    ]
    return max(fits, key=_rank, default=None)


def _rank(row: FinanceCode) -> tuple[bool, bool, date, int]:
    return row.category_code is not None, row.fund is not None, row.effective_from, row.ordinal


def _subject(row: FinanceCode) -> Subject:
    return Subject(row.account, row.category_code, row.fund)


def _refuse_unsound(new: NewCode) -> None:
    sent = {account.value for account in Account if LAYERS[account] is Layer.ACTUAL}
    if new.account not in sent:
        raise FinanceCodeError(
            f"“{new.account}” is no account that is sent to the finance system. Use one of {', '.join(sorted(sent))}.",
            field="account",
        )
    for field in ("cost_centre", "subjective_code"):
        code = getattr(new, field)
        if not (code.isascii() and code.isalnum() and len(code) <= LONGEST_CODE):
            raise FinanceCodeError(
                f"“{code}” is no {field.replace('_', ' ')}. Use letters and digits, at most {LONGEST_CODE}.",
                field=field,
            )
    if not new.source.strip():
        raise FinanceCodeError("Say where the code was decided.", field="source")
    if new.category_code is not None:
        category(new.category_code, new.effective_from)
    if new.fund is not None:
        refuse_unknown_fund(new.fund)
