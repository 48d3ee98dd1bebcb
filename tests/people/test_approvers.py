"""Who may sign off a sum: approvers of the day, by their own limit or their role's."""

from datetime import date

from phb.core.actor import Role
from phb.core.money import pounds
from phb.governance.delegation import confirm_limit, propose_limit
from phb.people.users.approvers import approvers_on
from tests.people.conftest import APRIL, JUNE, Service


def allow(service: Service, limit: str, user_id: object = None) -> None:
    row = service.do(
        service.administrator,
        propose_limit,
        Role.APPROVER,
        pounds(limit),
        effective_from=APRIL,
        source="Scheme",
        user_id=user_id,  # type: ignore[arg-type]  # an id or None
    )
    service.do(service.named("bo"), confirm_limit, row.id)


def may(service: Service, value: str, *, on: date = APRIL, but: frozenset[object] = frozenset()) -> set[object]:
    with service.unit(service.administrator) as uow:
        found = approvers_on(uow.session, on)
        assert list(found.everybody) == sorted(found.everybody, key=lambda one: (one.limit, one.name))
        return {one.user_id for one in found.who_may(pounds(value), but=but)}  # type: ignore[arg-type]  # as above


def test_those_whose_limit_covers_the_sum_may_sign_it_off(service: Service) -> None:
    usual, higher = service.staff(Role.APPROVER), service.staff(Role.APPROVER)
    service.staff(Role.FINANCE_OFFICER)
    allow(service, "100.00")
    allow(service, "500.00", higher.user_id)
    assert may(service, "100.00") == {usual.user_id, higher.user_id}
    assert may(service, "100.01") == {higher.user_id}
    assert may(service, "100.00", but=frozenset({higher.user_id})) == {usual.user_id}
    assert may(service, "500.01") == set()


def test_only_those_who_hold_the_role_on_the_day_may(service: Service) -> None:
    left = service.staff(Role.APPROVER, end_on=JUNE)
    allow(service, "100.00")
    assert (may(service, "1.00"), may(service, "1.00", on=JUNE)) == ({left.user_id}, set())


def test_without_a_limit_nobody_may(service: Service) -> None:
    service.staff(Role.APPROVER)
    assert may(service, "0.00") == set()
