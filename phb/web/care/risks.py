"""What could go wrong, asked for in pairs of boxes."""

from collections.abc import Iterator, Sequence

from wtforms import Form, ValidationError

from phb.web.care.plan_forms import PlanEdit
from phb.web.forms import Words

MORE_RISKS = 2
"""How many can be added at a time."""


def risks_form(count: int) -> type[PlanEdit]:
    """Return a form that asks for so many risks."""
    made: dict[str, object] = {"question": "What could go wrong, and what is then done"}
    for i in range(1, count + 1):
        made[f"risk_{i}"] = Words(f"Risk {i}: what could go wrong?", rows=2)
        made[f"response_{i}"] = Words(f"Risk {i}: what is then done?", rows=2)
        made[f"validate_response_{i}"] = _both(i)
    return type("RisksForm", (PlanEdit,), made)


def risk_values(known: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return what the form holds of known risks."""
    values: dict[str, str] = {}
    for i, (risk, response) in enumerate(known, 1):
        values |= {f"risk_{i}": risk, f"response_{i}": response}
    return values


def risk_pairs(form: Form) -> Iterator[tuple[str, str]]:
    """Yield the risks that a form holds."""
    i = 1
    while f"risk_{i}" in form:
        if form[f"risk_{i}"].data:
            yield form[f"risk_{i}"].data, form[f"response_{i}"].data
        i += 1


def _both(i: int) -> object:
    def check(form: Form, field: Words) -> None:
        if bool(field.data) != bool(form[f"risk_{i}"].data):
            raise ValidationError("Say both what could go wrong and what is then done, or neither")

    return check
