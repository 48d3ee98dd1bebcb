"""Users, roles, signing in and tokens over the API: each route's answer and each of its refusals."""

from typing import Any
from uuid import uuid4

from phb.core.actor import Role
from tests.api.conftest import Answer, Caller, Desk
from tests.people.conftest import PASSWORD

OWN_PASSWORD = "staple battery horse"  # noqa: S105 - a test's own  # pragma: allowlist secret


def sign_in(desk: Desk, name: str, password: str = PASSWORD, **more: str) -> Answer:
    body = {"sign_in_name": name, "password": password} | more
    return Answer.of(desk.app.test_client().post("/api/v1/sessions", json=body))


def code_of(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.body["code"]


def test_an_administrator_adds_a_user_gives_a_role_and_the_user_signs_in(desk: Desk) -> None:
    administrator = desk.staff(Role.ADMINISTRATOR)
    name = f"una.{uuid4().hex}"
    added = administrator.post("/users", {"sign_in_name": name, "name": "Una", "password": PASSWORD})
    assert (added.status, added.body.keys()) == (201, {"id", "sign_in_name", "name", "person_id", "version"})
    assert code_of(sign_in(desk, name)) == (403, "new-password-needed")
    assert code_of(sign_in(desk, name, new_password=OWN_PASSWORD)) == (403, "no-role-today")
    role: dict[str, Any] = {
        "role": "finance_officer",
        "organisation_id": str(desk.service.commissioner_id),
        "start_on": "2026-04-01",
    }
    roles = f"/users/{added.body['id']}/roles"
    granted = administrator.post(roles, role)
    assert (granted.status, granted.body["sees_from"]) == (201, "2026-04-01")
    assert code_of(administrator.post(roles, role)) == (409, "role-held-already")
    assert code_of(administrator.post(roles, role | {"role": "administrator"})) == (422, "roles-do-not-mix")
    assert code_of(administrator.post(roles, role | {"role": "broker"})) == (422, "role-not-there")
    assert code_of(administrator.post(roles, role | {"role": "wizard"})) == (422, "invalid-input")
    assert code_of(administrator.post(roles, role | {"start_on": "0001-01-01"})) == (422, "date-out-of-range")
    signed = sign_in(desk, name, new_password=OWN_PASSWORD)
    assert (signed.status, signed.body["roles"]) == (201, ["finance_officer"])
    una = Caller(desk.app.test_client(), signed.body["token"])
    assert [row["id"] for row in una.get("/users").body] == [added.body["id"]]
    end = f"/users/roles/{granted.body['id']}/end"
    assert code_of(una.post(end, {"on": "2026-04-01"}, **{"If-Match": "*"})) == (403, "missing-permission")
    assert code_of(administrator.post(end, {"on": "2026-04-01"}, **{"If-Match": '"9"'})) == (412, "changed-meanwhile")
    assert administrator.post(end, {"on": "2026-04-01"}, **{"If-Match": '"1"'}).status == 200
    assert una.get("/users").status == 401
    assert len(administrator.get(roles).body) == 1


def test_a_name_taken_and_a_short_password_are_refused(desk: Desk) -> None:
    administrator = desk.staff(Role.ADMINISTRATOR)
    name = f"ada.{desk.service.code}"
    assert code_of(administrator.post("/users", {"sign_in_name": name, "name": "X"})) == (409, "sign-in-name-taken")
    assert code_of(administrator.post("/users", {"sign_in_name": "a b c", "name": "X"})) == (422, "sign-in-name")
    short = {"sign_in_name": f"x{uuid4().hex}", "name": "X", "password": "short"}  # pragma: allowlist secret
    assert code_of(administrator.post("/users", short)) == (422, "invalid-input")
    assert code_of(desk.staff(Role.CLINICIAN).post("/users", short)) == (403, "missing-permission")
    assert code_of(administrator.get(f"/users/{uuid4()}")) == (404, "user-not-found")


def test_wrong_passwords_are_refused_and_then_slowed(desk: Desk) -> None:
    name = f"bo.{desk.service.code}"
    for _ in range(5):
        assert code_of(sign_in(desk, name, "not the password")) == (401, "sign-in-refused")
    slowed = sign_in(desk, name)
    assert code_of(slowed) == (429, "too-many-attempts")
    assert 0 < int(slowed.headers["Retry-After"]) <= 31


def test_a_password_is_changed_by_its_owner_and_reset_by_an_administrator(desk: Desk) -> None:
    ada = Caller(desk.app.test_client(), sign_in(desk, f"ada.{desk.service.code}").body["token"])
    wrong = ada.put("/sessions/password", {"old": "not the password", "new": OWN_PASSWORD})
    assert code_of(wrong) == (403, "wrong-password")
    assert ada.put("/sessions/password", {"old": PASSWORD, "new": OWN_PASSWORD}).status == 204
    bo = Caller(desk.app.test_client(), sign_in(desk, f"bo.{desk.service.code}").body["token"])
    ada_id = desk.service.administrator.user_id
    assert bo.put(f"/users/{ada_id}/password", {"password": PASSWORD}).status == 204
    assert ada.get("/users").status == 401
    assert code_of(bo.put(f"/users/{uuid4()}/password", {"password": PASSWORD})) == (404, "user-not-found")
    named = bo.put(f"/users/{ada_id}/password", {"password": f"ada.{desk.service.code}"})
    assert code_of(named) == (422, "password-rule")


def test_tokens_are_issued_to_oneself_listed_and_revoked(desk: Desk) -> None:
    officer = desk.staff(Role.FINANCE_OFFICER)
    issued = officer.post("/tokens", {"label": "script"})
    assert (issued.status, issued.body["stored"]["scope"]) == (201, "read")
    reader = Caller(desk.app.test_client(), issued.body["token"])
    assert reader.get("/people").status == 200
    assert code_of(reader.post("/tokens", {"label": "wider", "scope": "write"})) == (403, "own-tokens")
    assert code_of(officer.post("/tokens", {"label": "x", "days": 400})) == (422, "invalid-input")
    listed = officer.get("/tokens").body
    assert [row["label"] for row in listed] == ["script", "A test"]
    assert all("token" not in row for row in listed)
    revocation = f"/tokens/{issued.body['stored']['id']}/revocation"
    assert code_of(desk.staff(Role.CLINICIAN).post(revocation)) == (404, "token-not-found")
    assert officer.post(revocation).body["revoked_at"]
    assert reader.get("/people").status == 401
