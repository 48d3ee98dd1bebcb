"""The table of permissions keeps duties apart."""

from itertools import combinations

import pytest

from phb.core.actor import Permission, Role
from phb.governance.permissions import ROLE_PERMISSIONS, permissions_of

READS = {permission for permission in Permission if permission.value.endswith(".read")}
SIGN_OFFS = {Permission.BUDGET_SIGN_OFF_CLINICALLY, Permission.BUDGET_SIGN_OFF_FINANCE}
RUN_STEPS = {Permission.RUN_ASSEMBLE, Permission.RUN_APPROVE, Permission.RUN_RELEASE}
DONE_BY_ITSELF = {Permission.RUN_ASSEMBLE_DUE, Permission.RUN_SETTLE_DUE}
MOVES_MONEY = {
    *RUN_STEPS,
    *DONE_BY_ITSELF,
    Permission.RUN_SETTLE,
    Permission.PAYEE_WRITE,
    Permission.PAYEE_CONFIRM,
}
APPROVES = {
    *SIGN_OFFS,
    Permission.BUDGET_REFUSE,
    Permission.INVOICE_ACCEPT,
    Permission.PAYEE_CONFIRM,
    Permission.POLICY_CONFIRM,
    Permission.RUN_APPROVE,
    Permission.RUN_RELEASE,
    Permission.SPEND_DECIDE,
}
ADMINISTERS = {
    Permission.MODEL_WRITE,
    Permission.ORGANISATION_WRITE,
    Permission.POLICY_CONFIRM,
    Permission.POLICY_PROPOSE,
    Permission.REFERENCE_WRITE,
    Permission.USER_WRITE,
}
OUTSIDERS = (Role.HOLDER, Role.REPRESENTATIVE, Role.NOMINEE, Role.ADVOCATE, Role.BROKER, Role.THIRD_PARTY)


def test_every_role_is_listed_and_may_do_something() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)
    assert all(ROLE_PERMISSIONS.values())


def test_every_permission_is_held_by_somebody() -> None:
    assert permissions_of(Role) == set(Permission)


def test_several_roles_add_up() -> None:
    both = permissions_of({Role.AUDITOR, Role.HOLDER})
    assert both == ROLE_PERMISSIONS[Role.AUDITOR] | ROLE_PERMISSIONS[Role.HOLDER]
    assert permissions_of([]) == frozenset()


def test_an_auditor_changes_nothing() -> None:
    assert ROLE_PERMISSIONS[Role.AUDITOR] <= READS


def test_an_administrator_approves_pays_and_releases_nothing() -> None:
    held = ROLE_PERMISSIONS[Role.ADMINISTRATOR]
    assert not held & (MOVES_MONEY | APPROVES - {Permission.POLICY_CONFIRM})
    assert held & READS == {Permission.ADMINISTRATION_READ, Permission.JOBS_READ}


def test_only_an_administrator_administers() -> None:
    assert {role for role, held in ROLE_PERMISSIONS.items() if held & ADMINISTERS} == {Role.ADMINISTRATOR}


@pytest.mark.parametrize("pair", list(combinations(sorted(RUN_STEPS), 2)), ids=" and ".join)
def test_no_role_takes_two_steps_of_a_payment_run(pair: tuple[Permission, Permission]) -> None:
    assert not [role for role, held in ROLE_PERMISSIONS.items() if held.issuperset(pair)]


def test_no_role_signs_off_what_it_prepares_or_signs_off_twice() -> None:
    for held in ROLE_PERMISSIONS.values():
        assert len(held & {Permission.BUDGET_PREPARE, *SIGN_OFFS}) <= 1


def test_who_may_confirm_is_not_who_prepares_budgets() -> None:
    assert not ROLE_PERMISSIONS[Role.CARE_COORDINATOR] & APPROVES


@pytest.mark.parametrize("role", OUTSIDERS)
def test_nobody_outside_the_service_approves_or_moves_money(role: Role) -> None:
    assert not ROLE_PERMISSIONS[role] & (APPROVES | MOVES_MONEY | ADMINISTERS)
    assert ROLE_PERMISSIONS[role] & READS == {
        Permission.PEOPLE_READ,
        Permission.BUDGET_READ,
        Permission.STATEMENT_READ,
    }


def test_an_advocate_reads_alone() -> None:
    assert ROLE_PERMISSIONS[Role.ADVOCATE] <= READS


def test_protected_characteristics_are_kept_by_those_who_assess() -> None:
    seen = {role for role, held in ROLE_PERMISSIONS.items() if Permission.CHARACTERISTICS_READ in held}
    written = {role for role, held in ROLE_PERMISSIONS.items() if Permission.CHARACTERISTICS_WRITE in held}
    assert (seen, written) == ({Role.CARE_COORDINATOR, Role.CLINICIAN}, {Role.CARE_COORDINATOR})


def test_the_system_assembles_and_settles_what_is_due_and_takes_no_other_step_of_a_run() -> None:
    held = ROLE_PERMISSIONS[Role.SYSTEM]
    assert held & MOVES_MONEY == DONE_BY_ITSELF
    assert not held & (APPROVES | ADMINISTERS | {Permission.BUDGET_PREPARE})
