"""Register a person: name, NHS number, address, what helps them; the answers are checked before they are sent."""

from typing import Any

from flask import Blueprint, Response, url_for
from wtforms import ValidationError

from phb.core.actor import Permission
from phb.core.errors import RuleViolationError
from phb.edge.request import needs
from phb.people.details import LONGEST_NAME, PersonDetails, tidy_postcode
from phb.people.kinds import StatementFormat, TraceStatus
from phb.people.needs import vocabulary
from phb.people.registering import register_with_needs
from phb.web.care import words
from phb.web.care.people import nhs_number
from phb.web.care.stepping import Step, StepForm
from phb.web.care.walking import walk
from phb.web.forms import Choice, Day, Needed, PageForm, Ticks, Words

registering = Blueprint("registering", __name__, url_prefix="/people/new")
NEEDS = [(need.code, need.words) for need in vocabulary().values()]


class DetailsFields(PageForm):
    """What is written down about a person."""

    given_names = Words("First names", longest=LONGEST_NAME, validators=[Needed("Enter their first names")])
    family_name = Words("Last name", longest=LONGEST_NAME, validators=[Needed("Enter their last name")])
    date_of_birth = Day("Date of birth", hint="For example, 15 3 1984")
    nhs_number = Words(
        "NHS number",
        hint="Ten digits, for example 999 123 4560. Leave it empty if it is not known.",
        width=20,
        longest=20,
    )
    trace_status = Choice("Was the number checked against the national register?", options=words.options(words.TRACED))
    address_lines = Words("Address", hint="One line for each part, without the postcode", rows=4, longest=600)
    postcode = Words("Postcode", width=10, longest=10)
    statement_format = Choice(
        "How do they want their statements?",
        options=words.options(words.FORMATS),
        default=StatementFormat.HTML.value,
        validators=[Needed("Choose how they want their statements")],
    )
    language = Choice(
        "Which language do they prefer?",
        options=words.options(words.LANGUAGES),
        many=True,
        default="en",
        validators=[Needed("Choose a language")],
    )

    def validate_nhs_number(self, field: Words) -> None:
        """Refuse what is no NHS number."""
        _refuse(nhs_number, field.data)

    def validate_trace_status(self, field: Choice) -> None:
        """Ask for it where there is a number, and only there."""
        if self.nhs_number.data and not field.data:
            raise ValidationError("Say whether the number was checked")
        if field.data == TraceStatus.VERIFIED and not self.nhs_number.data:
            raise ValidationError("Enter the number that the register has, or choose “Not yet”")

    def validate_postcode(self, field: Words) -> None:
        """Refuse what is no postcode."""
        _refuse(tidy_postcode, field.data)

    @property
    def details(self) -> PersonDetails:
        """The person as the form describes them."""
        number = nhs_number(self.nhs_number.data)
        return PersonDetails(
            given_names=self.given_names.data,
            family_name=self.family_name.data,
            date_of_birth=self.date_of_birth.data,
            nhs_number=number,
            trace_status=TraceStatus(self.trace_status.data) if number else TraceStatus.NONE,
            address_lines=tuple(line.strip() for line in self.address_lines.data.splitlines() if line.strip()),
            postcode=self.postcode.data or None,
            statement_format=StatementFormat(self.statement_format.data),
            language=self.language.data,
        )


class RegisterForm(StepForm, DetailsFields):
    """Somebody new."""

    button = "Register this person"
    needs = Ticks("Which of these help them?", hint="Choose all that they need", options=NEEDS)
    steps = (
        Step("Who are they?", ("given_names", "family_name", "date_of_birth")),
        Step("What is their NHS number?", ("nhs_number", "trace_status")),
        Step("Where do they live?", ("address_lines", "postcode")),
        Step("Which of these help them?", ("needs",)),
        Step("How do we write to them?", ("statement_format", "language")),
    )


@registering.route("", methods=["GET", "POST"])
@needs(Permission.PEOPLE_WRITE)
def register() -> Response:
    """Register somebody."""
    form = RegisterForm.continued(home=url_for("web.care.people.listed"))
    return walk(
        form,
        lambda uow: register_with_needs(uow, form.details, form.needs.data or ()),
        then=lambda row: url_for("web.care.people.shown", person_id=row.id),
        said="They are registered.",
        above="Register somebody",
    )


def _refuse(read: Any, typed: str) -> None:  # noqa: ANN401 - any reader of text
    try:
        if typed:
            read(typed)
    except RuleViolationError as error:
        raise ValidationError(error.sentence) from error
