"""The kinds of budget, of holding its money and of promising it, as the whole package names them."""

from enum import StrEnum


class ManagementType(StrEnum):
    """Who holds the money of a pot."""

    NOTIONAL = "notional"
    THIRD_PARTY = "third_party"
    DIRECT_PAYMENT = "direct_payment"

    @property
    def is_handed_over(self) -> bool:
        """Say whether somebody other than the commissioner holds the cash."""
        return self is not ManagementType.NOTIONAL


class BudgetKind(StrEnum):
    """What a budget is called and counted as."""

    PERSONAL_HEALTH_BUDGET = "personal_health_budget"
    INTEGRATED = "integrated"
    WHEELCHAIR = "wheelchair"
    MATERNITY = "maternity"


class CareSetting(StrEnum):
    """Where the care is given; care homes are outside the check of home packages."""

    HOME = "home"
    CARE_HOME = "care_home"
    OTHER = "other"


class LinePurpose(StrEnum):
    """What a plan line is there for."""

    SERVICE = "service"
    TRAINING = "training"
    CONTINGENCY = "contingency"


class Frequency(StrEnum):
    """How often the quantity of a plan line comes round."""

    ONCE = "once"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class ShareBasis(StrEnum):
    """How a funder's part of a plan line is stated."""

    PERCENT = "percent"
    FIXED = "fixed"
    REST = "rest"


class CommitmentKind(StrEnum):
    """What promises money of a plan line."""

    ORDER = "order"
    AGREEMENT = "agreement"
    ROTA = "rota"

    @property
    def management(self) -> ManagementType:
        """The way of holding the money that it belongs to."""
        return _MANAGEMENT[self]


_MANAGEMENT = {
    CommitmentKind.ORDER: ManagementType.NOTIONAL,
    CommitmentKind.AGREEMENT: ManagementType.THIRD_PARTY,
    CommitmentKind.ROTA: ManagementType.DIRECT_PAYMENT,
}
