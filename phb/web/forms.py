"""Forms: fields that speak plain English, refuse at the field, and know which NHS.UK component shows them."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import uuid4

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from moneyed import Money
from wtforms import Field, HiddenField, StringField, validators
from wtforms.form import BaseForm

from phb.core.errors import DomainError
from phb.core.money import pounds_typed

LONGEST = 2000


class PageForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is not typed
    """One question, or a few that belong together.

    `question` is the heading of the page, `button` what the button says, `first` names fields that come before those of
    the form it descends from. `key` makes a form that is sent twice do its work once. `version` is what the reader
    read; a change made since by somebody else is not overwritten.
    """

    question = ""
    hint = ""
    first: tuple[str, ...] = ()
    button = "Continue"

    form_errors: list[str]

    key = HiddenField(default=lambda: str(uuid4()), validators=[validators.UUID()])
    version = HiddenField()

    @property
    def asked(self) -> Sequence[Field]:
        """The fields that are shown, in order."""
        shown = [field for field in self if not isinstance(field, HiddenField)]
        return sorted(shown, key=lambda field: field.name not in self.first)

    @property
    def version_read(self) -> int | None:
        """The version the reader read."""
        read = self.version.data or ""
        return int(read) if read.isdigit() else None

    @property
    def found_wrong(self) -> list[dict[str, str]]:
        """Every error as the error summary shows it: its words, and where to put it right."""
        of_form = [{"text": str(words)} for words in self.form_errors]
        of_fields = [
            {"text": str(words), "href": f"#{first_input(field)}"}
            for field in self
            if not isinstance(field, HiddenField)
            for words in field.errors
        ]
        return of_form + of_fields

    def refuse(self, error: DomainError) -> None:
        """Show a refusal of the domain at the field it is about, or above the form."""
        place = (error.field or "").split(".")[0]
        if place in self and not isinstance(self[place], HiddenField):
            self[place].errors = [*self[place].errors, error.sentence]
        else:
            self.form_errors = [*self.form_errors, error.sentence]


class Needed(validators.InputRequired):
    """Nothing may be left out; says what to enter."""


class Words(StringField):
    """A line of text; `rows` above one makes it a box of so many lines."""

    component = "input"
    data: Any

    def __init__(
        self,
        label: str,
        *,
        hint: str = "",
        rows: int = 1,
        longest: int = LONGEST,
        width: int | None = None,
        **more: Any,  # noqa: ANN401 - WTForms' own options
    ) -> None:
        super().__init__(label, **more)
        self.hint, self.rows, self.longest, self.width = hint, rows, longest, width
        if rows > 1:
            self.component = "textarea"

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was typed, without spaces around it."""
        self.data = valuelist[0].strip() if valuelist else ""
        if len(self.data) > self.longest or "\0" in self.data:
            raise ValueError(f"{self.label.text} must be {self.longest} characters or fewer")


class Secret(Words):
    """A password; never shown again."""

    component = "password"

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was typed, spaces and all."""
        self.data = valuelist[0] if valuelist else ""


class Pounds(Words):
    """An amount of money; `data` is Money."""

    component = "pounds"

    def _value(self) -> str:
        typed = self.raw_data[0] if self.raw_data else None
        return typed if typed is not None else f"{self.data.amount:.2f}" if isinstance(self.data, Money) else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read pounds and pence; a pound sign and commas between thousands may stand in it."""
        typed = (valuelist[0] if valuelist else "").strip()
        self.data = None
        if not typed:
            return
        try:
            self.data = pounds_typed(typed)
        except DomainError as error:
            raise ValueError(error.sentence if "," in typed else "Enter pounds and pence, like 125.50") from error


class Whole(Words):
    """A whole number; `data` is an int."""

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a whole number."""
        typed = (valuelist[0] if valuelist else "").strip()
        self.data = None
        if not typed:
            return
        if not (typed.isascii() and typed.isdigit() and len(typed) <= 9):  # noqa: PLR2004 - more is a slip
            raise ValueError("Enter a whole number, like 12")
        self.data = int(typed)


class Day(Field):
    """A date asked for as day, month and year; `data` is a date."""

    component = "date"

    def __init__(self, label: str, *, hint: str = "", **more: Any) -> None:  # noqa: ANN401 - WTForms' own options
        super().__init__(label, **more)
        self.hint = hint
        self.typed = ("", "", "")

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:  # noqa: ANN401, ARG002 - WTForms' signature
        """Read the three inputs, or show the day that is there."""
        self.process_errors, self.data = [], None
        if formdata is None or f"{self.name}-day" not in formdata:
            shown = data if isinstance(data, date) else self.default() if callable(self.default) else self.default
            self.data = shown
            self.typed = (str(shown.day), str(shown.month), str(shown.year)) if shown else ("", "", "")
            return
        day, month, year = (formdata.get(f"{self.name}-{part}", "").strip() for part in ("day", "month", "year"))
        self.typed = (day, month, year)
        self.raw_data = [" ".join(self.typed).strip()]
        if not any(self.typed):
            return
        try:
            self.data = date(*(int(part) if part.isascii() else 0 for part in (year, month, day)))
        except ValueError:
            self.process_errors = ["Enter a real date, like 27 3 2026"]


class Choice(Field):
    """One of a few (radios) or of many (a list); `options` are pairs of value and words."""

    def __init__(
        self,
        label: str,
        *,
        options: Sequence[tuple[str, str]] = (),
        hint: str = "",
        many: bool = False,
        **more: Any,  # noqa: ANN401 - WTForms' own options
    ) -> None:
        super().__init__(label, **more)
        self.options, self.hint = list(options), hint
        self.component = "select" if many else "radios"

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was chosen."""
        self.data = valuelist[0] if valuelist else ""

    def pre_validate(self, form: BaseForm) -> None:  # noqa: ARG002 - WTForms passes it
        """Refuse what is no option; a view may set the options after the form was made."""
        if self.data and self.data not in dict(self.options):
            raise validators.ValidationError("Choose one of the answers")


class Ticks(Field):
    """Any number of options; `data` is a list of values."""

    component = "checkboxes"

    def __init__(self, label: str, *, options: Sequence[tuple[str, str]] = (), hint: str = "", **more: Any) -> None:  # noqa: ANN401 - WTForms' own options
        super().__init__(label, **more)
        self.options, self.hint = list(options), hint

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was ticked."""
        self.data = valuelist

    def pre_validate(self, form: BaseForm) -> None:  # noqa: ARG002 - WTForms passes it
        """Refuse what is no option."""
        if set(self.data or ()) - set(dict(self.options)):
            raise validators.ValidationError("Choose from the answers")


class Upload(FileField):  # type: ignore[misc]  # flask_wtf is not typed
    """A file; `data` is what was sent, or None. `accept` are the media types a browser offers to choose from."""

    component = "file"

    def __init__(
        self,
        label: str,
        *,
        hint: str = "",
        accept: str = "",
        **more: Any,  # noqa: ANN401 - WTForms' own options
    ) -> None:
        super().__init__(label, **more)
        self.hint, self.accept = hint, accept


def first_input(field: Field) -> str:
    """Return the id of the input that an error of a field leads to."""
    return f"{field.id}-day" if isinstance(field, Day) else str(field.id)
