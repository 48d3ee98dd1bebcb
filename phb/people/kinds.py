"""The closed lists of this package: kinds of organisation, tie, basis, scope, need and format."""

from enum import StrEnum

from phb.core.actor import Role


class OrganisationKind(StrEnum):
    """What an organisation is to the commissioner."""

    COMMISSIONER = "commissioner"
    COUNCIL = "council"
    PROVIDER = "provider"
    THIRD_PARTY = "third_party"
    BROKER = "broker"
    PAYROLL_BUREAU = "payroll_bureau"


FUNDERS = frozenset({OrganisationKind.COMMISSIONER, OrganisationKind.COUNCIL})


class TraceStatus(StrEnum):
    """How far an NHS number was checked against the national register."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    NONE = "none"


class StatementFormat(StrEnum):
    """The form a person wants their statement in."""

    HTML = "html"
    PDF = "pdf"
    LARGE_PRINT = "large-print"
    CSV = "csv"
    JSON = "json"


class NeedKind(StrEnum):
    """The four kinds of need of the Accessible Information Standard (DCB1605)."""

    CONTACT_METHOD = "contact_method"
    INFORMATION_FORMAT = "information_format"
    COMMUNICATION_PROFESSIONAL = "communication_professional"
    COMMUNICATION_SUPPORT = "communication_support"


class RelationKind(StrEnum):
    """What somebody is to a person the service is for."""

    REPRESENTATIVE = "representative"
    NOMINEE = "nominee"
    ADVOCATE = "advocate"
    BROKER = "broker"
    THIRD_PARTY = "third_party"
    CARE_COORDINATOR = "care_coordinator"

    @property
    def role(self) -> Role:
        """The role a user needs to act in a relation of this kind."""
        return Role(self.value)


class Scope(StrEnum):
    """The part of a person's affairs that a relation opens."""

    RECORD = "record"  # contact details, communication needs, who acts for them
    BUDGET = "budget"
    STATEMENTS = "statements"
    SPEND = "spend"
    DECISIONS = "decisions"


class WithholdingGround(StrEnum):
    """Why somebody is not told who looked at their record."""

    SAFEGUARDING = "safeguarding"
    CRIME = "crime"
    ANOTHER_PERSON = "another_person"


class Basis(StrEnum):
    """What entitles somebody to act."""

    PARENTAL_RESPONSIBILITY = "parental_responsibility"
    DEPUTYSHIP = "deputyship"
    LASTING_POWER_PROPERTY = "lasting_power_property"
    LASTING_POWER_WELFARE = "lasting_power_welfare"
    ENDURING_POWER = "enduring_power"
    APPOINTED = "appointed"
    NOMINATED = "nominated"
    CHOSEN = "chosen"
    STATUTORY = "statutory"
    AGREEMENT = "agreement"
    ASSIGNED = "assigned"


class ConsentOf(StrEnum):
    """Who consented to a relation."""

    PERSON = "person"
    REPRESENTATIVE = "representative"
    NOT_NEEDED = "not_needed"  # the law gives the standing, or it is the commissioner's own duty


class EndReason(StrEnum):
    """Why a relation ended."""

    ENDED = "ended"
    REVOKED = "revoked"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    CAPACITY_REGAINED = "capacity_regained"
    TURNED_SIXTEEN = "turned_sixteen"
    DIED = "died"


class Consenter(StrEnum):
    """Whose consent a direct payment needs."""

    PERSON = "person"
    REPRESENTATIVE = "representative"


class TokenScope(StrEnum):
    """What a bearer token may be used for."""

    READ = "read"
    WRITE = "write"
