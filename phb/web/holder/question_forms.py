"""The forms of the questions about money that was spent."""

from wtforms import HiddenField

from phb.budget.reference.categories import categories
from phb.documents.words import say_period
from phb.spending.records.accounts import Accounts
from phb.web.forms import Choice, Day, Needed, PageForm, Pounds, Words

SOMETHING_ELSE = "something-else"
LONGEST_PAYEE, LONGEST_WORDS = 100, 300


class QuestionForm(PageForm):
    """One question; `so_far` carries the answers given before."""

    so_far = HiddenField()


def what_form(found: Accounts) -> type[QuestionForm]:
    """Return the form that asks which plan line money was for, or something else."""
    words = [view.terms.words for view in found.lines]
    options = [
        (
            str(view.line.id),
            view.terms.words
            if words.count(view.terms.words) == 1
            else f"{view.terms.words}, {say_period(view.terms.period)}",
        )
        for view in found.lines
    ]

    class WhatForm(QuestionForm):
        question = "What was the money for?"
        what = Choice(
            question,
            options=[*options, (SOMETHING_ELSE, "Something else, which is not in the plan")],
            validators=[Needed("Choose what the money was for")],
        )

    return WhatForm


def category_form(found: Accounts) -> type[QuestionForm]:
    """Return the form that asks what kind of thing was bought."""
    options = sorted(((known.code, known.label) for known in categories(found.today)), key=lambda one: one[1])

    class CategoryForm(QuestionForm):
        question = "What kind of thing was it?"
        category = Choice(
            question,
            options=options,
            many=True,
            hint="Choose what fits best, even if it is something that the money is not for. We ask you about it then.",
            validators=[Needed("Choose what kind of thing it was")],
        )

    return CategoryForm


def account_form(found: Accounts) -> type[QuestionForm]:
    """Return the form that asks which of several accounts the money left."""

    class AccountForm(QuestionForm):
        question = "Which account did the money leave?"
        account = Choice(
            question,
            options=[(str(pot.id), pot.reference) for pot in found.pots],
            validators=[Needed("Choose the account that the money left")],
        )

    return AccountForm


class AmountForm(QuestionForm):
    """How much left the account."""

    question = "How much was it?"
    amount = Pounds(
        question, hint="Give what left the account, for example 12.50", validators=[Needed("Enter how much it was")]
    )


class DayForm(QuestionForm):
    """When it left the account."""

    question = "Which day did the money leave the account?"
    spent_on = Day(question, hint="For example, 27 3 2026", validators=[Needed("Enter the day the money left")])


class PayeeForm(QuestionForm):
    """Who was paid, and what for."""

    question = "Who was paid, and what for?"
    payee = Words("Who was paid?", longest=LONGEST_PAYEE, validators=[Needed("Enter who was paid")])
    words = Words(
        "What was bought?",
        hint="A few words, for example: taxi to the day centre",
        longest=LONGEST_WORDS,
        validators=[Needed("Enter what was bought")],
    )


class DaysForm(QuestionForm):
    """For which days it was, if not for the day itself."""

    question = "Which days was it for?"
    hint = "Leave these empty if it was for one day only."
    first_day = Day("The first day", hint="For example, 1 3 2026")
    last_day = Day("The last day", hint="For example, 31 3 2026")
