"""Everything that can stand on the holder's pages has words, and the sentences are read aloud without a stumble."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from phb.budget.budgets.workflow import BUDGET, REVISION, BudgetState
from phb.budget.kinds import Frequency, ManagementType
from phb.budget.plans.models import LineTerms
from phb.core.money import pounds
from phb.monitoring.decisions import DecisionKind
from phb.payments.checks.models import PaymentHold
from phb.payments.checks.rules import Code, Reason
from phb.payments.coming import ComingPayment
from phb.payments.schedules.models import Instalment, as_range
from phb.payments.workflow import InstructionState
from phb.people.kinds import Basis, RelationKind, Scope
from phb.people.relations.queries import OF_THE_SERVICE
from phb.spending.kinds import Evidence, SpendState
from phb.statements.formats import FORMATS
from phb.web.holder import people, sentences, statements, words
from tests.budget.conftest import dates

TODAY = date(2026, 4, 1)
STEPS = {transition.name for workflow in (BUDGET, REVISION) for transition in workflow.transitions}
OF_ONE_STEP = {DecisionKind.STEP, DecisionKind.STEP_OF_CHANGE}


@pytest.mark.parametrize(
    ("told", "every"),
    [
        (words.BUDGETS, BudgetState),
        (words.SPEND, SpendState),
        (words.EVIDENCE, Evidence),
        (words.STEPS, STEPS),
        (words.DECISIONS, set(DecisionKind) - OF_ONE_STEP),
        (words.AGAINST, set(Code) - {Code.REVIEW_OVERDUE}),  # that one warns and holds nothing
        (words.SCOPES, Scope),
        (words.RELATIONS, RelationKind),
        (words.BASES, Basis),
        (words.HELD, ManagementType),
        (people.ROLES, OF_THE_SERVICE),
        (statements.NAMES, FORMATS),
    ],
)
def test_nothing_is_without_words(told: Mapping[str, Any], every: Any) -> None:
    assert set(told) == set(every)


@pytest.mark.parametrize(
    ("quantity", "unit", "frequency", "price", "said"),
    [
        (Fraction(10), "hour", Frequency.WEEK, None, "10 hours a week"),
        (Fraction(1), "hour", Frequency.DAY, "20.00", "1 hour a day, £20.00 an hour"),
        (Fraction(21, 2), "hour", Frequency.WEEK, "20.00", "10.5 hours a week, £20.00 an hour"),
        (Fraction(2), "night", Frequency.MONTH, "95.50", "2 nights a month, £95.50 a night"),
        (Fraction(4), "each", Frequency.YEAR, "12.00", "4 a year, £12.00 each"),
        (Fraction(1), "each", Frequency.ONCE, "640.00", "Once, £640.00"),
        (Fraction(2), "each", Frequency.ONCE, "12.50", "2, once, £12.50 each"),
        (Fraction(1), "each", Frequency.ONCE, None, "Once"),
        (Fraction(30), "hour", Frequency.ONCE, "18.00", "30 hours, once, £18.00 an hour"),
    ],
)
def test_how_much_a_line_buys_is_said(
    quantity: Fraction, unit: str, frequency: Frequency, price: str | None, said: str
) -> None:
    terms = LineTerms(quantity=quantity, unit=unit, frequency=frequency, unit_price=pounds(price) if price else None)
    assert sentences.quantity(terms) == said


def coming(pay_on: date = date(2026, 4, 29), **more: Any) -> list[str]:
    days = dates("2026-04-29", "2026-05-26")
    row = Instalment(amount=pounds("400.00"), pay_on=pay_on, covers=as_range(days))
    return list(sentences.payment(ComingPayment(row, **more), "Mair Bevan", TODAY))


DAYS = "It is for 29 April 2026 to 26 May 2026."


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, "£400.00 to Mair Bevan will be paid on 29 April 2026."),
        ({"pay_on": TODAY}, "£400.00 to Mair Bevan will be paid on 1 April 2026."),
        (
            {"pay_on": date(2026, 3, 31)},
            "£400.00 to Mair Bevan was planned for 31 March 2026. It has not been sent yet.",
        ),
        (
            {"state": InstructionState.RELEASED, "arrives_on": TODAY},
            "£400.00 to Mair Bevan is on its way. It should arrive on 1 April 2026.",
        ),
        (
            {"state": InstructionState.IN_RUN, "arrives_on": TODAY},
            "£400.00 to Mair Bevan is being prepared. It should arrive on 1 April 2026.",
        ),
        (
            {"state": InstructionState.CAME_BACK},
            "£400.00 to Mair Bevan came back from the bank. We are finding out why.",
        ),
        (
            {"state": InstructionState.REISSUE_REQUESTED},
            "£400.00 to Mair Bevan came back from the bank. We are sending it again.",
        ),
        ({"state": InstructionState.REISSUE_IN_RUN}, "£400.00 to Mair Bevan is being prepared."),
    ],
)
def test_a_payment_that_has_not_arrived_is_told(told: dict[str, Any], said: str) -> None:
    assert coming(**told) == [said, DAYS]


def test_the_payments_planned_after_those_are_told_together() -> None:
    rows = [
        Instalment(amount=pounds(amount), pay_on=day)
        for amount, day in (("400.00", date(2026, 5, 27)), ("400.00", date(2026, 6, 24)), ("89.03", date(2026, 7, 22)))
    ]
    assert sentences.later([]) is None
    assert sentences.later(rows[:1]) == "After that, one more payment is planned: £400.00 on 27 May 2026."
    # 400.00 + 400.00 + 89.03
    assert sentences.later(rows) == (
        "After that, 3 more payments are planned, £889.03 together. The last is on 22 July 2026."
    )


def test_why_a_payment_is_held_is_told_with_the_reason_of_a_hold() -> None:
    against = [Reason(Code.NO_CONSENT, "for staff"), Reason(Code.STOPPED, "for staff")]
    hold = PaymentHold(kind="stop", start_on=TODAY, reason="Two accounts")
    assert coming(against=against, holds=[hold]) == [
        "£400.00 to Mair Bevan was planned for 29 April 2026 and is held.",
        DAYS,
        "No consent to a direct payment is in force.",
        "Payments are stopped. This is from 1 April 2026. The reason: Two accounts",
    ]
