"""The questions about money that was spent, one to a page: how each is asked, and what its answer is kept as."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from phb.budget.kinds import LinePurpose
from phb.budget.plans.queries import LineView
from phb.budget.reference.categories import categories
from phb.core.errors import RuleViolationError
from phb.core.money import format_pounds, pounds
from phb.core.period import Period
from phb.documents.words import say_day, say_period
from phb.spending.records.accounts import Accounts
from phb.spending.records.draft import NewSpend
from phb.web.carrying import Answers
from phb.web.holder.question_forms import (
    SOMETHING_ELSE,
    AmountForm,
    DayForm,
    DaysForm,
    PayeeForm,
    QuestionForm,
    account_form,
    category_form,
    what_form,
)


class DatesIncompleteError(RuleViolationError):
    """One of two dates is missing."""

    code = "dates-incomplete"


@dataclass(frozen=True)
class Question:
    """One question.

    `makes` returns its form's class; `gives` what the form shows of an answer; `takes` turns the form into answers, or
    refuses; `when` says whether it is asked at all; `says` is the answer in words.
    """

    name: str
    label: str
    makes: Callable[[Accounts], type[QuestionForm]]
    gives: Callable[[Answers], dict[str, Any]]
    takes: Callable[[Any, Accounts, Answers], Answers]
    says: Callable[[Answers, Accounts], str]
    when: Callable[[Answers, Accounts], bool] = lambda _answers, _accounts: True


def line_of(answers: Mapping[str, str], found: Accounts) -> LineView | None:
    """Return the plan line that was chosen, or None."""
    chosen = answers.get("what", "")
    return None if chosen in {"", SOMETHING_ELSE} else found.line(UUID(chosen))


def new_spend(answers: Answers, found: Accounts) -> NewSpend:
    """Return what was answered as it is recorded."""
    line = line_of(answers, found)
    category = answers.get("category") or (line.terms.category_code if line else "")
    account = UUID(answers["account"]) if answers.get("account") else found.pots[0].id
    return NewSpend(
        spent_on=date.fromisoformat(answers["day"]),
        amount=pounds(answers["amount"]),
        category=category,
        payee=answers["payee"],
        words=answers["words"],
        plan_line_id=line.line.id if line else None,
        pot_id=None if line else account,
        covers=_covers(answers),
    )


def _covers(answers: Mapping[str, str]) -> Period | None:
    if not answers.get("days"):
        return None
    first, last = answers["days"].split("/")
    return Period.of_days(date.fromisoformat(first), date.fromisoformat(last))


def _take_what(form: Any, _found: Accounts, answers: Answers) -> Answers:  # noqa: ANN401 - the form made above
    """Take the line; what was asked only about another answer is forgotten."""
    again = form.what.data == answers.get("what")
    kept = answers if again else {name: answers[name] for name in answers if name not in {"category", "account"}}
    return kept | {"what": form.what.data}


def _take_amount(form: Any, found: Accounts, answers: Answers) -> Answers:  # noqa: ANN401 - an AmountForm
    found.refuse_amount(form.amount.data)
    return answers | {"amount": f"{form.amount.data.amount:.2f}"}


def _take_day(form: Any, found: Accounts, answers: Answers) -> Answers:  # noqa: ANN401 - a DayForm
    found.refuse_day(form.spent_on.data)
    return answers | {"day": form.spent_on.data.isoformat()}


def _take_days(form: Any, _found: Accounts, answers: Answers) -> Answers:  # noqa: ANN401 - a DaysForm
    first, last = form.first_day.data, form.last_day.data
    if first is None and last is None:
        return answers | {"days": ""}
    if first is None or last is None:
        missing = "first_day" if first is None else "last_day"
        raise DatesIncompleteError("Enter both days, or leave both empty.", field=missing)
    if last < first:
        raise DatesIncompleteError("The last day is before the first. Check both.", field="last_day")
    Period.of_days(first, last)  # Refuses a day so far off that it must be a slip.
    return answers | {"days": f"{first.isoformat()}/{last.isoformat()}"}


def _take(*names: str) -> Callable[[Any, Accounts, Answers], Answers]:
    return lambda form, _found, answers: answers | {name: form[name].data for name in names}


def _give(*names: str) -> Callable[[Answers], dict[str, Any]]:
    return lambda answers: {name: answers.get(name) for name in names}


def _day(answers: Answers) -> dict[str, Any]:
    return {"spent_on": date.fromisoformat(answers["day"]) if "day" in answers else None}


def _days(answers: Answers) -> dict[str, Any]:
    covers = _covers(answers)
    return {"first_day": covers.start_on, "last_day": covers.last_day} if covers else {}


def _is_else(answers: Answers, _found: Accounts) -> bool:
    return answers.get("what") == SOMETHING_ELSE


def _needs_category(answers: Answers, found: Accounts) -> bool:
    line = line_of(answers, found)
    return _is_else(answers, found) or (line is not None and line.terms.purpose == LinePurpose.CONTINGENCY)


def _label(answers: Answers, found: Accounts) -> str:
    return next((known.label for known in categories(found.today) if known.code == answers["category"]), "")


def _what(answers: Answers, found: Accounts) -> str:
    line = line_of(answers, found)
    return line.terms.words if line else "Something else, which is not in the plan"


def _of_pot(answers: Answers, found: Accounts) -> str:
    return next((pot.reference for pot in found.pots if str(pot.id) == answers["account"]), "")


def _said_days(answers: Answers, _found: Accounts) -> str:
    covers = _covers(answers)
    return say_period(covers) if covers else "The day it was paid"


QUESTIONS = (
    Question("what", "What it was for", what_form, _give("what"), _take_what, _what),
    Question("category", "Kind of thing", category_form, _give("category"), _take("category"), _label, _needs_category),
    Question(
        "account",
        "Account",
        account_form,
        _give("account"),
        _take("account"),
        _of_pot,
        lambda answers, found: _is_else(answers, found) and len(found.pots) > 1,
    ),
    Question(
        "amount",
        "Amount",
        lambda _: AmountForm,
        lambda answers: {"amount": pounds(answers["amount"]) if "amount" in answers else None},
        _take_amount,
        lambda answers, _: format_pounds(pounds(answers["amount"])),
    ),
    Question(
        "day",
        "Day",
        lambda _: DayForm,
        _day,
        _take_day,
        lambda answers, _: say_day(date.fromisoformat(answers["day"])),
    ),
    Question(
        "payee",
        "Who was paid",
        lambda _: PayeeForm,
        _give("payee", "words"),
        _take("payee", "words"),
        lambda answers, _: f"{answers['payee']}: {answers['words']}",
    ),
    Question("days", "Days it was for", lambda _: DaysForm, _days, _take_days, _said_days),
)
BY_NAME = {question.name: question for question in QUESTIONS}


def asked(answers: Answers, found: Accounts) -> list[Question]:
    """Return the questions that are asked, given the answers so far."""
    return [question for question in QUESTIONS if question.when(answers, found)]


def unanswered(answers: Answers, found: Accounts) -> Question | None:
    """Return the first question that has no answer yet, or None."""
    return next((question for question in asked(answers, found) if question.name not in answers), None)
