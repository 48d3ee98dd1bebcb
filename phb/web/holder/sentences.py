"""Sentences made of values: how much a plan line buys, and what is told of a payment that has not arrived."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from phb.budget.kinds import Frequency
from phb.budget.plans.models import LineTerms
from phb.budget.setting.words import plain
from phb.core.money import format_pounds, from_pence
from phb.documents.words import say_day, say_period
from phb.payments.checks.rules import Code
from phb.payments.coming import ComingPayment
from phb.payments.kinds import HoldKind
from phb.payments.schedules.models import Instalment
from phb.payments.workflow import InstructionState
from phb.web.holder.words import AGAINST

_EACH: Mapping[str, str] = {
    Frequency.DAY: " a day",
    Frequency.WEEK: " a week",
    Frequency.MONTH: " a month",
    Frequency.YEAR: " a year",
    Frequency.ONCE: ", once",
}
_PER: Mapping[str, str] = {"hour": "an hour", "night": "a night", "each": "each"}


def quantity(terms: LineTerms) -> str:
    """Return how much of something a plan line buys: “10 hours a week, £20.00 an hour”, or “Once, £640.00”."""
    unit = "" if terms.unit == "each" else f" {terms.unit}" if terms.quantity == 1 else f" {terms.unit}s"
    count = f"{plain(terms.quantity)}{unit}{_EACH[terms.frequency]}"
    if not unit and terms.quantity == 1 and terms.frequency == Frequency.ONCE:
        count, unit = "Once", "each"
    if terms.unit_price is None:
        return count
    price = format_pounds(terms.unit_price)
    return f"{count}, {price}" if count == "Once" else f"{count}, {price} {_PER[terms.unit]}"


def payment(coming: ComingPayment, held_by: str, today: date) -> Iterator[str]:
    """Yield what is told of a payment that has not arrived: how much, when, for which days, and why it is held."""
    row = coming.instalment
    yield f"{format_pounds(row.amount)} to {held_by} {_standing(coming, today)}"
    yield f"It is for {say_period(row.period)}."
    for reason in coming.against:
        if reason.code not in {Code.ON_HOLD, Code.STOPPED}:
            yield AGAINST[reason.code]
    for hold in coming.holds:
        what = AGAINST[Code.STOPPED if hold.kind == HoldKind.STOP else Code.ON_HOLD]
        yield f"{what} This is from {say_day(hold.start_on)}. The reason: {hold.reason}"


def later(planned: Sequence[Instalment]) -> str | None:
    """Return what is told of the payments planned after those told one by one: how many, how much, the last day."""
    if not planned:
        return None
    last = say_day(planned[-1].pay_on)
    if len(planned) == 1:
        return f"After that, one more payment is planned: {format_pounds(planned[0].amount)} on {last}."
    together = format_pounds(sum((row.amount for row in planned), from_pence(0)))
    return f"After that, {len(planned)} more payments are planned, {together} together. The last is on {last}."


def _standing(coming: ComingPayment, today: date) -> str:
    if coming.state is not None:
        return _on_its_way(coming.state, coming.arrives_on)
    planned = say_day(coming.instalment.pay_on)
    if coming.against:
        return f"was planned for {planned} and is held."
    if coming.instalment.pay_on < today:
        return f"was planned for {planned}. It has not been sent yet."
    return f"will be paid on {planned}."


def _on_its_way(state: InstructionState, arrives_on: date | None) -> str:
    if state is InstructionState.CAME_BACK:
        return "came back from the bank. We are finding out why."
    if state is InstructionState.REISSUE_REQUESTED:
        return "came back from the bank. We are sending it again."
    arrives = f" It should arrive on {say_day(arrives_on)}." if arrives_on else ""
    return f"is {'on its way' if state is InstructionState.RELEASED else 'being prepared'}.{arrives}"
