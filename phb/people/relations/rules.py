"""Which relation the law and the commissioner's duties allow, as rules on plain values."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from phb.core.errors import RuleViolationError
from phb.people.details import ADULT_FROM, CHILD_UNTIL, birthday, check_term
from phb.people.kinds import Basis, ConsentOf, RelationKind, Scope

BASES: dict[RelationKind, frozenset[Basis]] = {
    RelationKind.REPRESENTATIVE: frozenset(
        {
            Basis.PARENTAL_RESPONSIBILITY,
            Basis.DEPUTYSHIP,
            Basis.LASTING_POWER_PROPERTY,
            Basis.LASTING_POWER_WELFARE,
            Basis.ENDURING_POWER,
            Basis.APPOINTED,
        }
    ),
    RelationKind.NOMINEE: frozenset({Basis.NOMINATED}),
    RelationKind.ADVOCATE: frozenset({Basis.CHOSEN, Basis.STATUTORY}),
    RelationKind.BROKER: frozenset({Basis.AGREEMENT}),
    RelationKind.THIRD_PARTY: frozenset({Basis.AGREEMENT}),
    RelationKind.CARE_COORDINATOR: frozenset({Basis.ASSIGNED}),
}
NAMES_ITS_SCOPES = frozenset({RelationKind.ADVOCATE, RelationKind.BROKER})
USUAL_SCOPES: dict[RelationKind, frozenset[Scope]] = {
    RelationKind.REPRESENTATIVE: frozenset(Scope),
    RelationKind.NOMINEE: frozenset(Scope),
    RelationKind.THIRD_PARTY: frozenset({Scope.BUDGET, Scope.STATEMENTS, Scope.SPEND}),
    RelationKind.CARE_COORDINATOR: frozenset(Scope),
}
EVIDENCE_SEEN = BASES[RelationKind.REPRESENTATIVE] - {Basis.APPOINTED}


class BasisError(RuleViolationError):
    """The basis is none for this kind of relation, or its evidence was not seen."""

    code = "relation-basis"


class ScopeError(RuleViolationError):
    """The scopes are missing, or the basis does not reach that far."""

    code = "relation-scope"


class ConsentNeededError(RuleViolationError):
    """Nobody consented, or consent is told of where none is needed."""

    code = "relation-consent"


class PartyError(RuleViolationError):
    """The other party does not fit the kind of relation."""

    code = "relation-party"


class ParentalResponsibilityError(RuleViolationError):
    """The person is, or becomes, too old for somebody to act by parental responsibility."""

    code = "parental-responsibility"


@dataclass(frozen=True)
class Consent:
    """Whose consent, on what day, and how it was recorded ("signed form seen")."""

    of: ConsentOf
    on: date | None = None
    recorded: str | None = None


NOT_NEEDED = Consent(ConsentOf.NOT_NEEDED)


@dataclass(frozen=True)
class NewRelation:
    """A relation as it is asked for; exactly one of the three ids names the other party.

    `scopes` None means the usual ones of the kind; an advocate's and a broker's must be named. `sees_from` None means
    from its start. `evidence` says what was seen of a power, order or certificate, and when: never its content.
    """

    kind: RelationKind
    basis: Basis
    start_on: date
    end_on: date | None = None
    acting_person_id: UUID | None = None
    organisation_id: UUID | None = None
    user_id: UUID | None = None
    scopes: frozenset[Scope] | None = None
    sees_from: date | None = None
    consent: Consent = NOT_NEEDED
    evidence: str | None = None


def check_relation(new: NewRelation, today: date) -> frozenset[Scope]:
    """Return the scopes of a relation that may be made, or refuse.

    Raises:
        BasisError, ScopeError, ConsentNeededError, PartyError, DatesWrongWayRoundError: what does not fit.
    """
    _check_party(new)
    _check_basis(new)
    check_term(new.start_on, new.end_on, new.sees_from)
    _check_consent(new, today)
    return _scopes(new)


def last_end(new: NewRelation, born: date | None, *, lacks_capacity: bool) -> date | None:
    """Return the first day a relation no longer holds, cut where its basis ends by age.

    Source: SI 2013/1617 regs 4 and 5: somebody with parental responsibility acts until 16, or until 18 for somebody
    who lacks capacity.

    Raises:
        ParentalResponsibilityError: the date of birth is missing, or the day has passed when it starts.
    """
    if new.basis is not Basis.PARENTAL_RESPONSIBILITY:
        return new.end_on
    if born is None:
        raise ParentalResponsibilityError(
            "Record the person's date of birth first: parental responsibility ends by age.", field="basis"
        )
    limit = birthday(born, ADULT_FROM if lacks_capacity else CHILD_UNTIL)
    if new.start_on >= limit:
        raise ParentalResponsibilityError(
            f"Parental responsibility ended on {limit:%-d %B %Y}. From then on the person consents themselves; if they "
            "lack capacity, record that, or choose another basis.",
            field="basis",
        )
    return min(limit, new.end_on or limit)


def _check_party(new: NewRelation) -> None:
    given = {name for name in ("acting_person_id", "organisation_id", "user_id") if getattr(new, name) is not None}
    match new.kind:
        case RelationKind.CARE_COORDINATOR:
            allowed, words = {"user_id"}, "A care co-ordinator is a user. Give their user_id"
        case RelationKind.BROKER | RelationKind.THIRD_PARTY:
            allowed, words = {"organisation_id"}, "This is an organisation. Give its organisation_id"
        case _:
            allowed = {"acting_person_id", "organisation_id"}
            words = "This is a person or an organisation. Give acting_person_id or organisation_id"
    if len(given) != 1 or not given <= allowed:
        raise PartyError(f"{words}, and nothing else.", field=min(allowed))


def _check_basis(new: NewRelation) -> None:
    if new.basis not in BASES[new.kind]:
        raise BasisError(
            f"“{new.basis}” is no basis for this. Choose one of {', '.join(sorted(BASES[new.kind]))}.", field="basis"
        )
    if new.basis in EVIDENCE_SEEN and not (new.evidence or "").strip():
        raise BasisError("Say what evidence of this basis was seen, and when.", field="evidence")


def _check_consent(new: NewRelation, today: date) -> None:
    consent = new.consent
    statutory = new.kind is RelationKind.ADVOCATE and new.basis is Basis.STATUTORY
    free = statutory or new.kind in {RelationKind.REPRESENTATIVE, RelationKind.CARE_COORDINATOR}
    if consent.of is ConsentOf.NOT_NEEDED:
        if not free:
            raise ConsentNeededError("Say who consented, on what day and how that was recorded.", field="consent")
        if consent.on is not None or consent.recorded is not None:
            raise ConsentNeededError("Where no consent is needed, leave out its day and record.", field="consent")
        return
    if consent.on is None or not (consent.recorded or "").strip():
        raise ConsentNeededError("Give the day of the consent and how it was recorded.", field="consent")
    if consent.on > min(new.start_on, today):
        raise ConsentNeededError(
            "Consent comes first: it cannot be dated after the start, nor in the future.", field="consent"
        )


def _scopes(new: NewRelation) -> frozenset[Scope]:
    if new.scopes is None and new.kind in NAMES_ITS_SCOPES:
        raise ScopeError("Name what this opens: record, budget, statements, spend, decisions.", field="scopes")
    scopes = USUAL_SCOPES[new.kind] if new.scopes is None else new.scopes
    if new.basis is Basis.LASTING_POWER_WELFARE:
        if new.scopes is not None and Scope.SPEND in scopes:
            raise ScopeError(
                "A lasting power for health and welfare does not reach to money. Leave out “spend”, or record the "
                "power for property.",
                field="scopes",
            )
        scopes = scopes - {Scope.SPEND}
    if not scopes:
        raise ScopeError("Name at least one part of the person's affairs.", field="scopes")
    return scopes
