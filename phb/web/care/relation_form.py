"""The questions about somebody who is to act for a person."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID

from wtforms import ValidationError

from phb.edge.request import begin_request
from phb.people import queries
from phb.people.details import LONGEST_NAME
from phb.people.kinds import Basis, ConsentOf, RelationKind, Scope
from phb.people.relations.rules import BASES, NOT_NEEDED, Consent, NewRelation
from phb.web.care import words
from phb.web.care.stepping import Step, StepForm
from phb.web.forms import Choice, Day, Needed, Ticks, Words

KNOWN, NEW, FIRM = "known", "new", "organisation"
WHO = [(KNOWN, "Somebody who is registered here"), (NEW, "Somebody who is new here"), (FIRM, "An organisation")]
ARE_ORGANISATIONS = frozenset({RelationKind.BROKER, RelationKind.THIRD_PARTY})


class RelateForm(StepForm):
    """Who acts, on what basis, what they see, from when, and who consented."""

    button = "Let them act"
    kind = Choice(
        "What will they do?", options=words.options(words.RELATIONS), validators=[Needed("Choose what they will do")]
    )
    who = Choice("Who is it?", options=WHO, validators=[Needed("Choose who it is")])
    acting = Words("Their reference", hint="As on their record, such as P-0123", width=20, longest=64)
    given_names = Words("First names", longest=LONGEST_NAME, validators=[Needed("Enter their first names")])
    family_name = Words("Last name", longest=LONGEST_NAME, validators=[Needed("Enter their last name")])
    date_of_birth = Day("Date of birth", hint="Leave it empty if you do not know it")
    organisation_id = Choice("Which organisation is it?", many=True, validators=[Needed("Choose the organisation")])
    user_id = Choice("Who is their care co-ordinator?", many=True, validators=[Needed("Choose a colleague")])
    basis = Choice("On what basis do they act?", validators=[Needed("Choose the basis")])
    evidence = Words(
        "What did you see of it, and when?",
        hint="For example: the sealed order of the court, seen on 2 March 2026. Do not write what it says.",
        rows=2,
        longest=500,
    )
    scopes = Ticks(
        "What may they see?",
        hint="Choose each part. If you choose none, they see what somebody like them usually sees.",
        options=words.options(words.SCOPES),
    )
    start_on = Day("From which day?", hint="For example, 27 3 2026", validators=[Needed("Enter the first day")])
    end_on = Day("Until which day?", hint="The first day without it. Leave it empty if no end is known.")
    sees_from = Day(
        "Since when may they see records?", hint="Leave it empty for the first day. An earlier day opens older records."
    )
    consent_of = Choice(
        "Who agreed to this?", options=words.options(words.CONSENT_OF), validators=[Needed("Choose who agreed")]
    )
    consent_on = Day("On which day did they agree?", hint="Leave it empty if nobody had to agree")
    consent_recorded = Words("How was that recorded?", hint="For example: signed form seen", longest=500)

    places: ClassVar[Mapping[str, str]] = {"acting_person_id": "acting", "consent": "consent_of"}
    steps = (
        Step("What will they do?", ("kind",)),
        Step("Who is it?", ("who",), applies=lambda form: form.is_of_people),
        Step("Their reference", ("acting",), applies=lambda form: form.is_of_people and form.who.data == KNOWN),
        Step(
            "What are they called?",
            ("given_names", "family_name", "date_of_birth"),
            applies=lambda form: form.is_of_people and form.who.data == NEW,
        ),
        Step("Which organisation is it?", ("organisation_id",), applies=lambda form: form.is_of_organisations),
        Step("Who is their care co-ordinator?", ("user_id",), applies=lambda form: form.is_coordinator),
        Step("On what basis?", ("basis", "evidence"), applies=lambda form: form.has_several_bases),
        Step("What may they see?", ("scopes",), applies=lambda form: not form.is_coordinator),
        Step("From when, and until when?", ("start_on", "end_on", "sees_from")),
        Step(
            "Who agreed to this?",
            ("consent_of", "consent_on", "consent_recorded"),
            applies=lambda form: not form.is_coordinator,
        ),
    )

    def validate_acting(self, field: Words) -> None:
        """Refuse a reference that is nobody's."""
        with begin_request() as uow:
            try:
                queries.person_by_reference(uow.session, uow.actor, field.data, uow.today)
            except queries.PersonNotFoundError as error:
                raise ValidationError("Nobody has this reference. Look them up, or register them as new.") from error

    @property
    def is_coordinator(self) -> bool:
        """Say whether it is a care co-ordinator, who is a colleague."""
        return bool(self.kind.data == RelationKind.CARE_COORDINATOR)

    @property
    def is_of_people(self) -> bool:
        """Say whether a person may act in this kind of relation."""
        return not self.is_coordinator and self.kind.data not in ARE_ORGANISATIONS

    @property
    def is_of_organisations(self) -> bool:
        """Say whether it is an organisation that acts."""
        return self.kind.data in ARE_ORGANISATIONS or (self.is_of_people and self.who.data == FIRM)

    @property
    def has_several_bases(self) -> bool:
        """Say whether there is a basis to choose."""
        return len(self.bases) > 1

    @property
    def bases(self) -> frozenset[Basis]:
        """The bases there are for this kind."""
        return BASES[RelationKind(self.kind.data)] if self.kind.data else frozenset()

    @property
    def relation(self) -> NewRelation:
        """The relation as it is asked for, but for who acts where that is a person."""
        (only, *others), scopes = sorted(self.bases), frozenset(Scope(one) for one in self.scopes.data or ())
        of = ConsentOf(self.consent_of.data) if not self.is_coordinator else ConsentOf.NOT_NEEDED
        told = Consent(of, self.consent_on.data, self.consent_recorded.data or None)
        return NewRelation(
            kind=RelationKind(self.kind.data),
            basis=Basis(self.basis.data) if others else only,
            start_on=self.start_on.data,
            end_on=self.end_on.data,
            organisation_id=UUID(self.organisation_id.data) if self.is_of_organisations else None,
            user_id=UUID(self.user_id.data) if self.is_coordinator else None,
            scopes=scopes or None,
            sees_from=self.sees_from.data,
            consent=NOT_NEEDED if self.is_coordinator else told,
            evidence=self.evidence.data or None,
        )
