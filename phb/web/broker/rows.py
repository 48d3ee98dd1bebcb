"""The rows in which spend of several people is typed."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from wtforms import Field

from phb.core.errors import DomainError
from phb.spending.several import TypedSpend
from phb.web.broker.fields import TypedDay
from phb.web.forms import Choice, PageForm, Pounds, Words

COLUMNS = ("budget", "place", "spent_on", "amount", "payee", "words", "category")
NEEDED = {
    "budget": "Enter whose budget it is",
    "spent_on": "Enter the day",
    "amount": "Enter how much it was",
    "payee": "Enter who was paid",
    "words": "Enter what it was for",
}
PLACES = {"plan_line_id": "place", "pot_id": "place", "file": "budget"}


class RowsForm(PageForm):
    """So many rows; made by `rows_form()`."""

    question = "Record spending of several people"
    button = "Record these"
    count: ClassVar[int] = 0

    @property
    def rows(self) -> list["Row"]:
        """Every row, empty ones too."""
        return [Row(self, number) for number in range(1, self.count + 1)]

    @property
    def found_wrong(self) -> list[dict[str, str]]:
        """Every error with the row that it is in."""
        of_form = [{"text": str(words)} for words in self.form_errors]
        of_rows = (
            {"text": f"Row {row.number}: {words}", "href": f"#{field.id}"}
            for row in self.rows
            for field in row.fields
            for words in field.errors
        )
        return [*of_form, *of_rows]


class Row:
    """One row of the form."""

    def __init__(self, form: RowsForm, number: int) -> None:
        self.form, self.number = form, number

    def __getitem__(self, column: str) -> Field:
        field: Field = self.form[f"{column}_{self.number}"]
        return field

    @property
    def fields(self) -> Sequence[Field]:
        """Its fields in the order of the keyboard."""
        return [self[column] for column in COLUMNS]

    @property
    def is_empty(self) -> bool:
        """Say whether nothing was typed into it."""
        return not any(field.raw_data and field.raw_data[0].strip() for field in self.fields)

    @property
    def is_sound(self) -> bool:
        """Say whether all that is needed is there and can be read; what is not says so."""
        for column, words in NEEDED.items():
            field = self[column]
            if not field.errors and not (field.raw_data and field.raw_data[0].strip()):
                field.errors = [words]
        return not any(field.errors for field in self.fields)

    def typed(self, reference: str) -> TypedSpend:
        """Return the row as it is recorded."""
        return TypedSpend(reference=reference, **{column: self[column].data for column in COLUMNS})

    def refuse(self, error: DomainError) -> None:
        """Show a refusal where it is about, or where the row begins."""
        name = (error.field or "").split(".")[0]
        column = PLACES.get(name, name)
        field = self[column if column in COLUMNS else "budget"]
        field.errors = [*field.errors, error.sentence]

    def values(self) -> Iterator[tuple[str, str]]:
        """Yield what was typed, by column."""
        for column in COLUMNS:
            raw = self[column].raw_data
            yield column, raw[0] if raw else ""


def rows_form(count: int, categories: Sequence[tuple[str, str]]) -> type[RowsForm]:
    """Return a form of so many rows."""
    made: dict[str, Any] = {"count": count}
    for number in range(1, count + 1):
        for column, field in _fields(categories).items():
            made[f"{column}_{number}"] = field
    return type("RowsForm", (RowsForm,), made)


def _fields(categories: Sequence[tuple[str, str]]) -> dict[str, Any]:
    return {
        "budget": Words("Budget", longest=100),
        "place": Words("Plan line", longest=100),
        "spent_on": TypedDay("Day", longest=20),
        "amount": Pounds("Amount", longest=20),
        "payee": Words("Paid to", longest=200),
        "words": Words("What for", longest=500),
        "category": Choice("Kind, if not the line's", options=categories, many=True),
    }
