"""Show a page of finance: the words that its templates have at hand."""

from typing import Any

from flask import Response

from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.reference.cohorts import cohort
from phb.budget.setting.words import pence_text
from phb.web.finance import words
from phb.web.rendering import render


def show(template: str, **shown: Any) -> Response:  # noqa: ANN401 - whatever the page shows
    """Return a page of finance; `template` is its file under templates/finance/."""
    return render(f"finance/{template}", **WORDS, **shown)


def cohort_label(budget: PersonalHealthBudget) -> str:
    """Return the cohort of a budget as it was called when the budget began."""
    return cohort(budget.cohort_code, budget.start_on).label


WORDS: dict[str, Any] = {
    "way": words.way,
    "step": words.step,
    "happened": words.happened,
    "fund": words.fund,
    "year_name": words.year_name,
    "how_much": words.how_much,
    "pence": pence_text,
    "hold_words": words.HOLDS,
    "cohort_label": cohort_label,
    "waits_for": words.WAITS_FOR,
    "outcomes": words.OUTCOMES,
    "kinds": words.KINDS,
    "not_yours": words.NOT_YOURS,
}
