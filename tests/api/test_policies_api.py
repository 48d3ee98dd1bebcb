"""Settings and limits over the API: one administrator proposes, another confirms."""

from phb.core.actor import Role
from tests.api.conftest import Desk

TOLERANCE = {
    "name": "spending",
    "value": {"tolerance": {"amount": "25.00", "currency": "GBP"}},
    "effective_from": "2026-04-01",
    "source": "Finance committee, 12 March 2026",
}
LIMIT = {
    "role": "approver",
    "limit": {"amount": "50000.00", "currency": "GBP"},
    "effective_from": "2026-04-01",
    "source": "Scheme of delegation 4.2",
}


def test_a_policy_is_in_force_once_a_second_administrator_confirms(desk: Desk) -> None:
    first, second = desk.staff(Role.ADMINISTRATOR), desk.staff(Role.ADMINISTRATOR)
    proposed = first.post("/policies", TOLERANCE)
    assert (proposed.status, proposed.body["confirmed_by"]) == (201, None)
    address = f"/policies/{proposed.body['id']}/confirmation"
    own = first.post(address)
    assert (own.status, own.body["code"]) == (403, "confirm-own-proposal")
    assert second.post(address).status == 200
    again = second.post(address)
    assert (again.status, again.body["code"]) == (409, "confirmed-already")
    listed = desk.staff(Role.AUDITOR).get("/policies").body
    assert [row["value"]["tolerance"]["amount"] for row in listed] == ["25.00"]


def test_a_value_that_does_not_fit_names_its_field(desk: Desk) -> None:
    answer = desk.staff(Role.ADMINISTRATOR).post("/policies", TOLERANCE | {"value": {"tolerance": "1.005"}})
    assert (answer.status, answer.body["code"]) == (422, "policy-value")


def test_a_limit_is_proposed_and_confirmed(desk: Desk) -> None:
    first, second = desk.staff(Role.ADMINISTRATOR), desk.staff(Role.ADMINISTRATOR)
    proposed = first.post("/delegations", LIMIT)
    assert proposed.status == 201
    assert second.post(f"/delegations/{proposed.body['id']}/confirmation").status == 200
    (row,) = desk.staff(Role.AUDITOR).get("/delegations").body
    assert (row["limit"], row["role"]) == (LIMIT["limit"], "approver")


def test_three_decimals_are_refused(desk: Desk) -> None:
    body = LIMIT | {"limit": {"amount": "50000.005", "currency": "GBP"}}
    answer = desk.staff(Role.ADMINISTRATOR).post("/delegations", body)
    assert answer.body["errors"] == [
        {"field": "limit.amount", "detail": "Give pounds and pence with two decimals, for example 125.50."}
    ]


def test_an_approver_may_not_propose_their_own_limit(desk: Desk) -> None:
    assert desk.staff(Role.APPROVER).post("/delegations", LIMIT).status == 403
