"""Forms whose fields are called otherwise than what the domain refuses."""

from collections.abc import Mapping
from typing import ClassVar

from phb.core.errors import DomainError
from phb.web.forms import PageForm


class PlacedForm(PageForm):
    """A form; `places` names the field that shows a refusal of the domain, by what the domain calls it."""

    places: ClassVar[Mapping[str, str]] = {}

    def refuse(self, error: DomainError) -> None:
        """Show a refusal at the field it is about, or above the form where that is not asked here."""
        place = self.places.get(error.field or "", "")
        if place in self:
            self[place].errors = [*self[place].errors, error.sentence]
        elif place:
            self.form_errors = [*self.form_errors, error.sentence]
        else:
            super().refuse(error)
