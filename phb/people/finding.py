"""Find people among many: by a part of the name, the NHS number, or how the reference begins."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select

from phb.core.actor import Actor
from phb.people.models import Person
from phb.people.nhs_number import NHSNumber
from phb.people.queries import visible_people


@dataclass(frozen=True)
class SoughtPerson:
    """What somebody is looked for by; what is None or empty does not matter."""

    name: str = ""
    nhs_number: NHSNumber | None = None
    reference: str = ""


def sought_people(actor: Actor, on: date, sought: SoughtPerson) -> Select[Person]:
    """Select the people an actor may see on a day who fit what is looked for; each word may be any part of the name."""
    found, full_name = visible_people(actor, on), Person.given_names + " " + Person.family_name
    for word in sought.name.split():
        found = found.where(full_name.icontains(word, autoescape=True))
    if sought.nhs_number is not None:
        found = found.where(Person.nhs_number == sought.nhs_number)
    if sought.reference:
        found = found.where(Person.reference.istartswith(sought.reference, autoescape=True))
    return found
