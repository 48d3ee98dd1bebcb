"""What is the caller's to do, over the API."""

import pytest

from phb.app import create_app
from phb.budget.budgets import operations
from phb.core.actor import Role
from tests.api.conftest import Caller, Desk
from tests.budget.conftest import World, dates, stated
from tests.people.conftest import on_day

IN_MAY = dates("2026-05-20", "2027-03-31")


@pytest.fixture
def desk(world: World) -> Desk:
    """Return its desk."""
    return Desk(world.service, create_app(world.service.sessions, clock=on_day(world.service.today)))


def submitted(world: World, reference: str = "B-1") -> str:
    row = world.propose(
        stated("care", "100.00", period=IN_MAY), reference=reference, period=IN_MAY, review_on=IN_MAY.start_on
    )
    world.do(world.coordinator, operations.submit, row.id)
    return str(row.id)


def listed(caller: Caller, **query: object) -> list[str]:
    answer = caller.get("/tasks", **query)
    assert answer.status == 200
    return [row["about"] for row in answer.body]


def test_a_task_says_what_is_to_be_done_about_what_by_when_and_where(world: World, desk: Desk) -> None:
    budget_id = submitted(world)
    (row,) = desk.call_as(world.clinician).get("/tasks").body
    assert row == {
        "kind": "budget.sign_off_clinically",
        "title": "Sign off this budget clinically, or return it with your reasons",
        "about": "Budget B-1, Aled Example",
        "subject_id": budget_id,
        "budget_id": budget_id,
        "person_id": str(world.person_id),
        "since_on": "2026-04-01",
        "due_on": "2026-04-08",
        "is_overdue": False,
        "raised_at": None,
        "address": f"/api/v1/budgets/{budget_id}",
    }
    assert desk.call_as(world.clinician).get(f"/budgets/{budget_id}").status == 200


def test_everybody_signed_in_sees_their_own_and_nobody_elses(world: World, desk: Desk) -> None:
    submitted(world)
    others = (world.coordinator, world.holder, world.approver, world.auditor, world.administrator)
    assert [listed(desk.call_as(actor)) for actor in others] == [[]] * len(others)
    assert listed(desk.staff(Role.CLINICIAN)) == ["Budget B-1, Aled Example"]
    assert desk.app.test_client().get("/api/v1/tasks").status_code == 401


def test_they_are_narrowed_by_kind_and_day(world: World, desk: Desk) -> None:
    submitted(world)
    caller = desk.call_as(world.clinician)
    assert listed(caller, due_by="2026-04-07") == []
    assert len(listed(caller, due_by="2026-04-08")) == 1
    assert listed(caller, kind="budget.agree") == []
    assert len(listed(caller, kind="budget.sign_off_clinically")) == 1
    for odd in ({"kind": "make.tea"}, {"due_by": "soon"}, {"colour": "blue"}, {"limit": "0"}):
        assert caller.get("/tasks", **odd).status == 400


def test_pages_follow_one_another(world: World, desk: Desk) -> None:
    for number in range(3):
        submitted(world, f"B-{number}")
    caller = desk.call_as(world.clinician)
    first = caller.get("/tasks", limit=2)
    address = first.headers["Link"].split(";")[0].strip("<>").removeprefix("/api/v1")
    second = caller.get(address)
    seen = [row["about"] for row in (*first.body, *second.body)]
    assert (sorted(seen), len(first.body), "Link" in second.headers) == (
        [f"Budget B-{number}, Aled Example" for number in range(3)],
        2,
        False,
    )
    for odd in ("odd", ""):
        assert caller.get("/tasks", cursor=odd).body["code"] == "cursor"


def test_everybody_says_for_themselves_whether_they_want_mail(world: World, desk: Desk) -> None:
    clinician, holder = desk.call_as(world.clinician), desk.call_as(world.holder)
    assert (clinician.get("/tasks/digest").body, holder.get("/tasks/digest").body) == (
        {"wanted": True},
        {"wanted": False},
    )
    assert clinician.put("/tasks/digest", {"wanted": False}).body == {"wanted": False}
    assert (clinician.get("/tasks/digest").body, holder.get("/tasks/digest").body) == (
        {"wanted": False},
        {"wanted": False},
    )
    assert clinician.put("/tasks/digest", {"wanted": "maybe"}).status == 422
