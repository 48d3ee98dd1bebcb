"""Fields that several resources share: words, choices, and the first day something no longer holds."""

from enum import StrEnum
from typing import Any
from unicodedata import category

from marshmallow import Schema, ValidationError, fields, validate

UNPRINTABLE = frozenset({"Cc", "Cs"})
YEAR_MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
PRINTABLE = r"^[^\u0000-\u001f\u007f-\u009f]*$"


class Words(fields.String):
    """One line of text without control characters; `longest` characters at most."""

    def __init__(self, longest: int = 200, **options: Any) -> None:  # noqa: ANN401 - marshmallow's own options
        described = {"pattern": PRINTABLE, **options.pop("metadata", {})}
        super().__init__(validate=[validate.Length(1, longest), _printable], metadata=described, **options)


class Choice(fields.String):
    """One of a closed list, as its member in Python."""

    def __init__(self, kind: type[StrEnum], **options: Any) -> None:  # noqa: ANN401 - marshmallow's own options
        self.kind = kind
        super().__init__(validate=validate.OneOf(list(kind)), **options)

    def deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - marshmallow's signature
        """Return the member a text names."""
        given = super().deserialize(value, *args, **kwargs)
        return self.kind(given) if isinstance(given, str) else given


class YesNo(fields.Boolean):
    """true or false, and nothing that merely resembles them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:  # noqa: ANN401 - marshmallow's signature
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return bool(super()._deserialize(value, attr, data, **kwargs))


class Month(fields.Date):
    """A month, written as its year and number; its first day in Python."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - marshmallow's own options
        described = {"format": "year-month", "pattern": YEAR_MONTH, "example": "2026-09", **options.pop("metadata", {})}
        super().__init__(format="%Y-%m", metadata=described, **options)


class EndBody(Schema):
    """The end of something dated."""

    on = fields.Date(required=True, metadata={"description": "the first day without it"})


def _printable(text: str) -> None:
    if any(category(sign) in UNPRINTABLE for sign in text):
        raise ValidationError("Leave out control characters and broken signs.")
