"""People, who acts for them and their standing over the API: each route's answer and each of its refusals."""

from typing import Any
from uuid import uuid4

import pytest

from phb.core.actor import Role
from phb.people.kinds import OrganisationKind, Scope
from tests.api.conftest import Answer, Caller, Desk
from tests.people.conftest import details_of_somebody, invented_number

SOMEBODY: dict[str, Any] = {
    "given_names": "Gŵen",
    "family_name": "Example",
    "date_of_birth": "1980-05-17",
    "address_lines": ["1 High Street", "Northvale"],
    "postcode": "nv1 2ab",
    "statement_format": "large-print",
}
CONSENT = {"of": "person", "on": "2026-03-01", "recorded": "Signed form seen"}


@pytest.fixture
def coordinator(desk: Desk) -> Caller:
    """Return a care co-ordinator who calls."""
    return desk.staff(Role.CARE_COORDINATOR)


def register(coordinator: Caller, **changes: object) -> dict[str, Any]:
    answer = coordinator.post("/people", SOMEBODY | changes)
    assert answer.status == 201, answer.body
    body: dict[str, Any] = answer.body
    return body


def refused(answer: Answer, status: int, code: str) -> None:
    assert (answer.status, answer.body["code"]) == (status, code), answer.body
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.body["detail"].endswith(".")


def test_a_person_is_registered_read_and_listed(desk: Desk, coordinator: Caller) -> None:
    number = invented_number(77)
    person = register(coordinator, nhs_number=f" {number.digits[:3]}-{number.digits[3:]}", trace_status="verified")
    assert (person["nhs_number"], person["postcode"], person["statement_format"]) == (
        str(number),
        "NV1 2AB",
        "large-print",
    )
    read = coordinator.get(f"/people/{person['id']}")
    assert (read.body, read.headers["ETag"]) == (person, '"1"')
    assert [row["id"] for row in coordinator.get("/people", reference=person["reference"]).body] == [person["id"]]
    assert desk.staff(Role.AUDITOR).get("/people").body[0].keys() == {"id", "reference", "given_names", "family_name"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"nhs_number": "943 476 5910", "trace_status": "verified"}, "nhs_number"),
        ({"given_names": ""}, "given_names"),
        ({"given_names": "A\x00"}, "given_names"),
        ({"family_name": None}, "family_name"),
        ({"date_of_birth": "17/05/1980"}, "date_of_birth"),
        ({"statement_format": "papyrus"}, "statement_format"),
        ({"address_lines": ["x"] * 8}, "address_lines"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_a_body_that_does_not_fit_names_its_field(coordinator: Caller, changes: dict[str, Any], field: str) -> None:
    answer = coordinator.post("/people", SOMEBODY | changes)
    refused(answer, 422, "invalid-input")
    assert [error["field"] for error in answer.body["errors"]] == [field]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"date_of_birth": "2026-04-02"}, "date-of-birth"),
        ({"date_of_birth": "1880-01-01"}, "date-of-birth"),
        ({"died_on": "1979-01-01"}, "date-of-death"),
        ({"trace_status": "verified"}, "trace-status"),
        ({"postcode": "NOWHERE"}, "postcode"),
        ({"language": "Welsh"}, "language"),
    ],
)
def test_details_that_cannot_be_right_are_refused(coordinator: Caller, changes: dict[str, Any], code: str) -> None:
    refused(coordinator.post("/people", SOMEBODY | changes), 422, code)


def test_a_reference_and_a_number_taken_are_conflicts(coordinator: Caller) -> None:
    traced = {"nhs_number": str(invented_number(78)), "trace_status": "unverified"}
    register(coordinator, reference="A1", **traced)
    refused(coordinator.post("/people", SOMEBODY | {"reference": "A1"}), 409, "reference-taken")
    refused(coordinator.post("/people", SOMEBODY | traced), 409, "nhs-number-taken")


def test_a_person_is_amended_with_the_etag_that_was_read(coordinator: Caller) -> None:
    person = register(coordinator)
    address = f"/people/{person['id']}"
    amended = coordinator.put(address, SOMEBODY | {"family_name": "Sample"}, **{"If-Match": '"1"'})
    assert (amended.status, amended.body["family_name"], amended.headers["ETag"]) == (200, "Sample", '"2"')
    refused(coordinator.put(address, SOMEBODY, **{"If-Match": '"1"'}), 412, "changed-meanwhile")
    refused(coordinator.put(address, SOMEBODY, **{"If-Match": "nonsense"}), 412, "precondition-failed")
    refused(coordinator.put(address, SOMEBODY), 428, "precondition-required")
    assert coordinator.put(address, SOMEBODY, **{"If-Match": "*"}).body["version"] == 3


def test_who_may_not_write_and_who_may_not_see_are_told_apart(desk: Desk, coordinator: Caller) -> None:
    person = register(coordinator)
    refused(desk.staff(Role.AUDITOR).post("/people", SOMEBODY), 403, "missing-permission")
    refused(desk.staff(Role.ADMINISTRATOR).get("/people"), 403, "missing-permission")
    refused(coordinator.get(f"/people/{uuid4()}"), 404, "person-not-found")
    other = Desk(type(desk.service)(desk.service.sessions), desk.app)
    refused(other.staff(Role.AUDITOR).get(f"/people/{person['id']}"), 404, "person-not-found")


def test_a_broker_sees_names_of_clients_but_not_a_record_that_is_not_opened(desk: Desk) -> None:
    person_id = desk.service.person()
    desk.service.person(details_of_somebody("Blodwen"))
    broker = desk.call_as(desk.service.broker(person_id, Scope.BUDGET))
    assert [row["id"] for row in broker.get("/people").body] == [str(person_id)]
    assert broker.get("/people", scope="spend").body == []
    refused(broker.get(f"/people/{person_id}"), 404, "person-not-found")
    refused(broker.get(f"/relations/of/{person_id}"), 404, "person-not-found")
    refused(broker.get(f"/standing/exclusions/of/{person_id}"), 404, "person-not-found")


def test_needs_are_recorded_listed_and_ended(coordinator: Caller) -> None:
    person = register(coordinator)
    address = f"/people/{person['id']}/needs"
    need = coordinator.post(address, {"code": "easy_read", "start_on": "2026-04-01"})
    assert (need.status, need.body["kind"]) == (201, "information_format")
    refused(coordinator.post(address, {"code": "easy_read", "start_on": "2026-04-01"}), 409, "need-recorded-already")
    refused(coordinator.post(address, {"code": "telepathy", "start_on": "2026-04-01"}), 422, "invalid-input")
    end = f"/people/needs/{need.body['id']}/end"
    refused(coordinator.post(end, {"on": "2026-05-01"}), 428, "precondition-required")
    refused(coordinator.post(end, {"on": "2026-03-01"}, **{"If-Match": '"1"'}), 422, "dates-wrong-way-round")
    assert coordinator.post(end, {"on": "2026-05-01"}, **{"If-Match": '"1"'}).status == 200
    assert [row["end_on"] for row in coordinator.get(address).body] == ["2026-05-01"]
    refused(
        coordinator.post(f"/people/needs/{uuid4()}/end", {"on": "2026-05-01"}, **{"If-Match": "*"}),
        404,
        "need-not-found",
    )
    assert {row["code"] for row in coordinator.get("/people/need-codes").body} >= {"easy_read", "braille_grade_2"}


def test_characteristics_have_a_permission_of_their_own(desk: Desk, coordinator: Caller) -> None:
    address = f"/people/{register(coordinator)['id']}/characteristics"
    first = coordinator.get(address)
    assert (first.body["ethnicity"], first.headers["ETag"]) == (None, '"0"')
    assert coordinator.put(address, {"ethnicity": "Welsh"}, **{"If-Match": '"0"'}).body["ethnicity"] == "Welsh"
    refused(coordinator.put(address, {}, **{"If-Match": '"7"'}), 412, "changed-meanwhile")
    assert desk.staff(Role.CLINICIAN).get(address).body["ethnicity"] == "Welsh"
    refused(desk.staff(Role.FINANCE_OFFICER).get(address), 403, "missing-permission")
    refused(desk.staff(Role.CLINICIAN).put(address, {}, **{"If-Match": "*"}), 403, "missing-permission")


def test_a_nominee_is_added_listed_and_ended(coordinator: Caller) -> None:
    person, other = register(coordinator), register(coordinator, date_of_birth=None)
    address = f"/relations/of/{person['id']}"
    nominee = {
        "kind": "nominee",
        "basis": "nominated",
        "start_on": "2026-04-01",
        "acting_person_id": other["id"],
        "consent": CONSENT,
    }
    added = coordinator.post(address, nominee)
    assert (added.status, added.body["consent_of"], added.body["scopes"][0]) == (201, "person", "budget")
    refused(coordinator.post(address, nominee), 409, "relation-overlaps")
    for changes, code in (
        ({"basis": "assigned"}, "relation-basis"),
        ({"consent": None}, "relation-consent"),
        ({"acting_person_id": str(uuid4())}, "relation-party"),
        ({"user_id": str(uuid4())}, "relation-party"),
        ({"scopes": []}, "relation-scope"),
        ({"end_on": "2026-03-01"}, "dates-wrong-way-round"),
        ({"start_on": "9999-01-01"}, "date-out-of-range"),
    ):
        refused(coordinator.post(address, nominee | changes), 422, code)
    end = f"/relations/{added.body['id']}/end"
    ended = coordinator.post(end, {"on": "2026-05-01", "reason": "revoked"}, **{"If-Match": '"1"'})
    assert (ended.status, ended.body["end_reason"]) == (200, "revoked")
    refused(coordinator.post(end, {"on": "2026-05-01"}, **{"If-Match": '"2"'}), 409, "relation-ended-already")
    refused(coordinator.post(end, {"on": "2026-04-02"}, **{"If-Match": '"1"'}), 412, "changed-meanwhile")
    assert [row["id"] for row in coordinator.get(address).body] == [added.body["id"]]


def test_consent_capacity_and_exclusion_are_recorded(coordinator: Caller) -> None:
    person_id = register(coordinator)["id"]
    consent = {"given_on": "2026-04-01", "how_recorded": "Signed form seen"}
    given = coordinator.post(f"/standing/consents/of/{person_id}", consent)
    assert (given.status, given.body["given_by"]) == (201, "person")
    refused(coordinator.post(f"/standing/consents/of/{person_id}", consent), 409, "consent-given-already")
    refused(
        coordinator.post(f"/standing/consents/of/{person_id}", consent | {"relation_id": str(uuid4())}),
        422,
        "wrong-consenter",
    )
    withdrawal = f"/standing/consents/{given.body['id']}/withdrawal"
    assert coordinator.post(withdrawal, {"on": "2026-04-02"}, **{"If-Match": '"1"'}).body["version"] == 2
    refused(coordinator.post(withdrawal, {"on": "2026-04-02"}, **{"If-Match": '"2"'}), 409, "ended-already")
    assert [row["withdrawn_on"] for row in coordinator.get(f"/standing/consents/of/{person_id}").body] == ["2026-04-02"]
    capacity = {"has_capacity": False, "assessed_on": "2026-04-01"}
    assert coordinator.post(f"/standing/capacity/of/{person_id}", capacity).status == 201
    refused(
        coordinator.post(f"/standing/capacity/of/{person_id}", capacity | {"assessed_on": "2026-05-01"}),
        422,
        "consent-record",
    )
    assert len(coordinator.get(f"/standing/capacity/of/{person_id}").body) == 1
    ground = {"ground": "DRR", "start_on": "2026-04-01"}
    excluded = coordinator.post(f"/standing/exclusions/of/{person_id}", ground)
    assert excluded.status == 201
    refused(coordinator.post(f"/standing/exclusions/of/{person_id}", ground), 409, "excluded-already")
    refused(
        coordinator.post(f"/standing/exclusions/of/{person_id}", ground | {"ground": "RUDE"}), 422, "unknown-ground"
    )
    end = f"/standing/exclusions/{excluded.body['id']}/end"
    assert coordinator.post(end, {"on": "2026-05-01"}, **{"If-Match": '"1"'}).body["end_on"] == "2026-05-01"
    refused(
        coordinator.post(f"/standing/exclusions/{uuid4()}/end", {"on": "2026-05-01"}, **{"If-Match": "*"}),
        404,
        "standing-not-found",
    )
    assert [row["ground"] for row in coordinator.get(f"/standing/exclusions/of/{person_id}").body] == ["DRR"]
    assert {row["code"] for row in coordinator.get("/standing/exclusion-grounds").body} >= {"DRR", "ATR"}


def test_organisations_are_registered_amended_and_listed(desk: Desk, coordinator: Caller) -> None:
    administrator = desk.staff(Role.ADMINISTRATOR)
    council = {"kind": "council", "name": "Vale Council", "start_on": "2026-01-01", "fund": "council_vale"}
    made = administrator.post("/organisations", council | {"reference": "vale"})
    assert (made.status, made.headers["ETag"]) == (201, '"1"')
    refused(administrator.post("/organisations", council), 409, "organisation-taken")
    refused(administrator.post("/organisations", council | {"kind": "commissioner"}), 422, "commissioner-kind")
    refused(administrator.post("/organisations", council | {"kind": "provider"}), 422, "not-a-funder")
    refused(coordinator.post("/organisations", council), 403, "missing-permission")
    address = f"/organisations/{made.body['id']}"
    details = {"name": "The Vale Council", "start_on": "2026-01-01", "fund": "council_vale"}
    assert administrator.put(address, details, **{"If-Match": '"1"'}).body["name"] == "The Vale Council"
    refused(administrator.put(address, details | {"name": "X"}, **{"If-Match": '"1"'}), 412, "changed-meanwhile")
    assert coordinator.get(address).body["reference"] == "vale"
    assert len(coordinator.get("/organisations").body) == 2
    refused(coordinator.get(f"/organisations/{uuid4()}"), 404, "organisation-not-found")


def test_a_broker_reads_its_own_organisation_alone(desk: Desk) -> None:
    provider = desk.service.organisation(OrganisationKind.PROVIDER)
    broker = desk.call_as(desk.service.broker(desk.service.person(), Scope.BUDGET))
    assert {row["kind"] for row in broker.get("/organisations").body} == {"broker", "commissioner"}
    refused(broker.get(f"/organisations/{provider}"), 404, "organisation-not-found")


def test_the_calendar_is_put_and_read(desk: Desk, coordinator: Caller) -> None:
    administrator = desk.staff(Role.ADMINISTRATOR)
    days = administrator.post("/calendars/national").body
    assert {"2026-12-25"} <= {row["day"] for row in days}
    moved = {"day": "2026-12-25", "title": "Christmas Day", "source": "A decree", "observed": False}
    assert administrator.post("/calendars", moved).body["observed"] is False
    refused(coordinator.post("/calendars", moved), 403, "missing-permission")
    assert len(coordinator.get("/calendars").body) == len(days)
