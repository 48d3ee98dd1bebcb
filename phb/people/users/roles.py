"""Which roles one user may hold together, and where: rules on plain values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from phb.core.actor import Role
from phb.core.errors import RuleViolationError
from phb.people.kinds import OrganisationKind

HOLDERS_SIDE = frozenset({Role.HOLDER, Role.REPRESENTATIVE, Role.NOMINEE, Role.ADVOCATE})
HELPERS = frozenset({Role.BROKER, Role.THIRD_PARTY})
STAFF = frozenset(Role) - HOLDERS_SIDE - HELPERS - {Role.SYSTEM}
ALONE = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
ACT_FOR_SOMEBODY = frozenset({Role.REPRESENTATIVE, Role.NOMINEE, Role.ADVOCATE})

ROLES_AT: dict[OrganisationKind, frozenset[Role]] = {
    OrganisationKind.COMMISSIONER: HOLDERS_SIDE | STAFF,
    OrganisationKind.COUNCIL: ACT_FOR_SOMEBODY
    | {Role.CARE_COORDINATOR, Role.CLINICIAN, Role.FINANCE_OFFICER, Role.AUDITOR},
    OrganisationKind.PROVIDER: ACT_FOR_SOMEBODY,
    OrganisationKind.THIRD_PARTY: ACT_FOR_SOMEBODY | {Role.THIRD_PARTY},
    OrganisationKind.BROKER: ACT_FOR_SOMEBODY | {Role.BROKER},
    OrganisationKind.PAYROLL_BUREAU: ACT_FOR_SOMEBODY,
}


class RoleNotThereError(RuleViolationError):
    """The role does not exist at that kind of organisation, or not for that user."""

    code = "role-not-there"


class RolesDoNotMixError(RuleViolationError):
    """One user may not hold these roles together."""

    code = "roles-do-not-mix"


@dataclass(frozen=True)
class Held:
    """A role for some days at an organisation; `end_on` is the first day without it."""

    role: Role
    organisation_id: UUID
    start_on: date
    end_on: date | None

    def meets(self, other: "Held") -> bool:
        """Say whether both are held on some day."""
        return (self.end_on is None or other.start_on < self.end_on) and (
            other.end_on is None or self.start_on < other.end_on
        )


def check_role(new: Held, kind: OrganisationKind, *, is_a_person: bool, others: Iterable[Held]) -> None:
    """Refuse a role that its user may not hold there, or not beside their others.

    Raises:
        RoleNotThereError, RolesDoNotMixError: they may not.
    """
    if new.role not in ROLES_AT[kind]:
        raise RoleNotThereError(
            f"Nobody is {_words(new.role)} at an organisation that is a {_words(kind)}. Choose another of the two.",
            field="role",
        )
    needs_a_person = new.role is Role.HOLDER or (new.role in HOLDERS_SIDE and kind is OrganisationKind.COMMISSIONER)
    if needs_a_person and not is_a_person:
        raise RoleNotThereError(
            "This role is for one of the service's people. Tie the user to a person, or choose the organisation that "
            "acts.",
            field="role",
        )
    for other in others:
        if new.meets(other):
            _check_together(new, other)


def _check_together(new: Held, other: Held) -> None:
    if new.organisation_id != other.organisation_id:
        raise RolesDoNotMixError(
            "A user acts for one organisation at a time. End their roles at the other one, or add a second user.",
            field="organisation_id",
        )
    together = {new.role, other.role}
    apart = len({_side(role) for role in together}) > 1 or (together & ALONE and len(together) > 1)
    if apart:
        raise RolesDoNotMixError(
            f"One user cannot be {_words(new.role)} and {_words(other.role)} at the same time. Add a second user.",
            field="role",
        )


def _side(role: Role) -> str:
    return "holder" if role in HOLDERS_SIDE else "helper" if role in HELPERS else "staff"


def _words(name: str) -> str:
    return name.replace("_", " ")
