"""Who looked over the API: kept by reading anything about somebody, told to them, withheld for a reason."""

from uuid import uuid4

from phb.core.actor import Role
from tests.api.conftest import Desk
from tests.people.conftest import Service

REASON = "A safeguarding inquiry is open"


def test_a_look_is_kept_told_and_withheld(desk: Desk) -> None:
    service: Service = desk.service
    person_id = service.person()
    holder = desk.call_as(service.user(Role.HOLDER, service.commissioner_id, person_id=person_id))
    finance = service.staff(Role.FINANCE_OFFICER)
    address = f"/looks/of/{person_id}"

    def told() -> list[tuple[list[str], str, int]]:
        return [(row["roles"], row["organisation"], row["count"]) for row in holder.get(address).body]

    assert told() == []
    for _ in range(2):
        assert desk.call_as(finance).get(f"/people/{person_id}").status == 200
    assert desk.call_as(finance).get(f"/people/{uuid4()}").status == 404
    assert told() == [(["finance_officer"], "Northvale", 2)]

    coordinator = desk.call_as(service.coordinator)
    body = {"user_id": str(finance.user_id), "ground": "crime", "reason": REASON, "review_on": "2026-06-01"}
    withheld = coordinator.post(f"/looks/withheld/of/{person_id}", body)
    assert (withheld.status, withheld.body["ground"]) == (201, "crime")
    assert told() == []
    assert [row["id"] for row in coordinator.get(f"/looks/withheld/of/{person_id}").body] == [withheld.body["id"]]
    again = coordinator.post(f"/looks/withheld/of/{person_id}", body)
    assert (again.status, again.body["code"]) == (409, "withheld-already")

    ended = coordinator.post(f"/looks/withheld/{withheld.body['id']}/end", {"reason": "The inquiry is over"})
    assert (ended.status, ended.body["withheld_id"]) == (200, withheld.body["id"])
    assert (["finance_officer"], "Northvale", 2) in told()


def test_bad_input_is_a_problem(desk: Desk) -> None:
    service: Service = desk.service
    person_id, coordinator = service.person(), desk.call_as(service.coordinator)
    finance = service.staff(Role.FINANCE_OFFICER)
    good = {"user_id": str(finance.user_id), "ground": "crime", "reason": REASON, "review_on": "2026-06-01"}
    for changed, refusal in (
        ({"user_id": str(uuid4())}, (404, "user-not-found")),
        ({"user_id": str(service.coordinator.user_id)}, (403, "second-person-needed")),
        ({"reason": "short"}, (422, "reason-needed")),
        ({"review_on": "2026-04-01"}, (422, "review-day")),
        ({"ground": "embarrassing"}, (422, "invalid-input")),
    ):
        answer = coordinator.post(f"/looks/withheld/of/{person_id}", good | changed)
        assert (answer.status, answer.body["code"]) == refusal
    assert coordinator.post(f"/looks/withheld/{uuid4()}/end", {"reason": REASON}).status == 404
    assert desk.call_as(finance).get(f"/looks/withheld/of/{person_id}").status == 403
