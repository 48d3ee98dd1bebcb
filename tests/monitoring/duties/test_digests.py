"""Who wants it hears every day how much they have to do, and nothing of what it is about."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from phb.budget.budgets import operations
from phb.budget.budgets.models import PersonalHealthBudget
from phb.core.actor import Actor, Role
from phb.governance.models import MailChoice, OutboxMessage
from phb.monitoring.duties import digests
from phb.people.users.operations import add_user
from tests.budget.conftest import World, stated
from tests.monitoring.duties.conftest import decide


def messages(world: World) -> list[OutboxMessage]:
    with world.service.unit(world.auditor) as uow:
        return list(uow.session.scalars(select(OutboxMessage).order_by(OutboxMessage.written_at)))


def write(world: World) -> int:
    count: int = world.do(world.auditor, digests.write)
    return count


@pytest.fixture
def waiting(world: World) -> World:
    """Return a commissioner with one budget to be signed off clinically, by 8 April."""
    row = world.propose(stated("care", "100.00"))
    world.do(world.coordinator, operations.submit, row.id)
    return world


def test_staff_with_an_address_and_something_to_do_are_written_to(waiting: World) -> None:
    kit = waiting.service.with_address(Role.CLINICIAN, "kit")
    waiting.service.with_address(Role.APPROVER, "abe")
    assert write(waiting) == 1
    (message,) = messages(waiting)
    assert (message.recipient_id, message.kind, message.facts) == (
        kit.user_id,
        "tasks.digest",
        {"count": 1, "first_due_on": "2026-04-08"},
    )
    assert digests.words(message.facts).startswith("You have 1 thing to do by 8 April. Sign in to see it.\n")


def test_the_next_days_message_takes_the_place_of_one_that_still_waits(waiting: World) -> None:
    waiting.service.with_address(Role.CLINICIAN, "kit")
    write(waiting)
    waiting.on(date(2026, 4, 2))
    write(waiting)
    assert [row.state for row in messages(waiting)] == ["withdrawn", "waiting"]


def test_the_holders_side_is_written_to_only_where_they_or_the_commissioner_chose(waiting: World) -> None:
    with waiting.service.unit(waiting.auditor) as uow:
        budget_id = uow.session.scalars(select(PersonalHealthBudget.id)).one()
    waiting.do(waiting.clinician, operations.sign_off_clinically, budget_id)
    waiting.do(waiting.approver, operations.sign_off_finance, budget_id)
    holder = waiting.service.with_address(Role.HOLDER, "hal", person_id=waiting.person_id)
    assert (write(waiting), wanted(waiting, holder)) == (0, False)
    assert waiting.do(holder, digests.choose, wanted=True)
    assert (write(waiting), wanted(waiting, holder)) == (1, True)
    waiting.do(holder, digests.choose, wanted=False)
    decide(waiting, "tasks", mail="everybody")
    assert (write(waiting), wanted(waiting, holder)) == (0, False)


def wanted(world: World, actor: Actor) -> bool:
    found: bool = world.ask(actor, digests.is_wanted, world.service.today)
    return found


def test_a_commissioner_may_write_to_everybody_or_to_nobody(waiting: World) -> None:
    kit = waiting.service.with_address(Role.CLINICIAN, "kit")
    decide(waiting, "tasks", mail="nobody")
    assert (write(waiting), wanted(waiting, kit)) == (0, False)
    waiting.do(kit, digests.choose, wanted=True)
    assert write(waiting) == 1
    with waiting.service.unit(kit) as uow:
        assert uow.session.scalars(select(MailChoice.digest)).all() == [True]


def test_whose_role_has_ended_is_not_written_to(waiting: World) -> None:
    with waiting.service.unit(waiting.administrator) as uow:
        add_user(uow, sign_in_name=f"gone@{waiting.service.code.lower()}.example", name="Gone")
    assert write(waiting) == 0


@pytest.mark.parametrize(
    ("name", "is_address"),
    [("kit@northvale.example", True), ("kit", False), ("kit@northvale", False), ("@a.b", False), ("a@b.c@d.e", False)],
)
def test_only_an_address_is_written_to(name: str, is_address: bool) -> None:  # noqa: FBT001 - a case
    assert digests.is_address(name) is is_address


def test_a_choice_is_a_users_of_the_commissioner(world: World) -> None:
    stranger = replace(world.auditor, user_id=uuid4())
    with pytest.raises(IntegrityError, match="fk_mail_choice_user"):
        world.do(stranger, digests.choose, wanted=True)
