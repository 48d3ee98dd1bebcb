"""Exact numbers as people type them: “10”, “7.5” or “365/7”."""

from fractions import Fraction
from typing import Any

from phb.budget.setting.schema.checks import number, number_text
from phb.core.errors import RuleViolationError
from phb.web.forms import Words


class Quantity(Words):
    """An exact number above nil; `data` is a Fraction."""

    def __init__(self, label: str, **more: Any) -> None:  # noqa: ANN401 - the field's own options
        super().__init__(label, **{"width": 5, "longest": 20} | more)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return number_text(self.data) if isinstance(self.data, Fraction) else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a number."""
        typed = (valuelist[0] if valuelist else "").strip()
        self.data = None
        if not typed:
            return
        try:
            self.data = number(typed, self.name)
        except RuleViolationError as error:
            raise ValueError("Enter a number, like 10 or 7.5") from error
        if self.data <= 0:
            raise ValueError("Enter a number above nil, or leave it empty")
