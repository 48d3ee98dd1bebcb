"""States, codes and settings as people read them."""

from collections.abc import Mapping
from enum import StrEnum

from moneyed import Money

from phb.core.money import format_pounds
from phb.governance.policies import ReportingOrder
from phb.indicators.report import order_in_words

STATES: Mapping[str, str] = {
    "care_coordinator": "Care co-ordinator",
    "signed_off_finance": "Signed off by finance",
    "signed_off_clinically": "Signed off by a clinician",
}
"""States whose names do not read as people say them."""

STEPS: Mapping[str, str] = {
    "submit": "Sent to be signed off",
    "sign_off_clinically": "Signed off by a clinician",
    "sign_off_finance": "Value signed off",
    "agree": "Agreed",
    "activate": "Made active",
    "apply": "Put in force",
    "return": "Returned to whoever proposed it",
    "refuse": "Refused",
}
"""The steps of agreeing a budget or a change, once they are taken."""


def words(state: StrEnum | str) -> str:
    """Return a state as people read it: “Put back”, its first letter large."""
    return STATES.get(str(state)) or str(state).replace("_", " ").capitalize()


def setting(value: object) -> str:
    """Return the value of a policy's setting as people read it."""
    match value:
        case bool():
            return "Yes" if value else "No"
        case Money():
            return format_pounds(value)
        case ReportingOrder():
            said = order_in_words(value)
            return said[0].upper() + said[1:]
        case StrEnum():
            return words(value)
        case _:
            return str(value)
