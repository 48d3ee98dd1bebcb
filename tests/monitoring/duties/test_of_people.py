"""What ends soon is announced, unless somebody or something follows it."""

from datetime import date

from phb.core.actor import Role
from phb.people.kinds import Basis, EndReason, RelationKind, Scope, WithholdingGround
from phb.people.looks.operations import end_withholding, withhold
from phb.people.relations.operations import end_relation
from phb.people.relations.rules import NewRelation
from tests.budget.conftest import World
from tests.monitoring.duties.conftest import due, entries, kinds
from tests.people.conftest import APRIL, BY_THE_PERSON

END = date(2026, 6, 1)
NOTICE = date(2026, 5, 4)  # 28 days before


def agreement(organisation_id: object, start_on: date, end_on: date | None) -> NewRelation:
    return NewRelation(
        RelationKind.BROKER,
        Basis.AGREEMENT,
        start_on,
        end_on,
        organisation_id=organisation_id,  # type: ignore[arg-type]  # an id
        scopes=frozenset({Scope.SPEND}),
        consent=BY_THE_PERSON,
    )


def test_a_relation_that_ends_by_its_term_is_announced_to_the_co_ordinator(world: World) -> None:
    world.service.broker(world.person_id, Scope.SPEND, end_on=END)
    world.on(date(2026, 5, 3))
    assert kinds(world, world.coordinator) == []
    world.on(NOTICE)
    (entry,) = entries(world, world.coordinator)
    assert (entry.kind, entry.about, entry.due_on, entry.address) == (
        "relation.renew",
        "Broker until 31 May 2026, Aled Example",
        date(2026, 5, 31),
        f"/relations/of/{world.person_id}",
    )
    assert [kinds(world, actor) for actor in (world.clinician, world.finance, world.administrator)] == [[], [], []]
    world.on(END)
    assert kinds(world, world.coordinator) == []


def test_somebody_who_follows_or_was_sent_away_is_not_announced(world: World) -> None:
    broker = world.service.broker(world.person_id, Scope.SPEND, end_on=END)
    sent_away = world.service.relate(
        world.service.person(), agreement(broker.organisation_id, APRIL, date(2026, 12, 1))
    )
    world.on(NOTICE)
    world.do(world.coordinator, end_relation, sent_away.id, on=date(2026, 5, 20), reason=EndReason.REVOKED)
    assert kinds(world, world.coordinator) == ["relation.renew"]
    world.service.relate(world.person_id, agreement(broker.organisation_id, END, None))
    assert kinds(world, world.coordinator) == []


def test_a_role_that_ends_is_announced_to_administrators_other_than_its_holder(world: World) -> None:
    world.service.staff(Role.AUDITOR, end_on=END)
    leaving = world.service.staff(Role.ADMINISTRATOR, end_on=END)
    world.on(NOTICE)
    assert due(world, world.administrator, "role.renew") == [date(2026, 5, 31)] * 2
    assert due(world, leaving, "role.renew") == [date(2026, 5, 31)]
    assert {entry.about.split(" of ")[1] for entry in entries(world, world.administrator)} == {
        "auditor",
        "administrator",
    }
    assert kinds(world, world.auditor) == []


def test_a_look_that_is_kept_from_somebody_is_looked_at_again_on_its_day(world: World) -> None:
    withheld = world.do(
        world.coordinator,
        withhold,
        world.person_id,
        world.clinician.user_id,
        ground=WithholdingGround.SAFEGUARDING,
        reason="A safeguarding enquiry is under way",
        review_on=END,
    )
    world.on(date(2026, 5, 31))
    assert kinds(world, world.coordinator) == []
    world.on(END)
    (entry,) = entries(world, world.coordinator)
    assert (entry.kind, entry.about, entry.due_on) == ("look.review", "Kept since 1 April 2026, Aled Example", END)
    assert kinds(world, world.clinician) == []
    world.do(world.coordinator, end_withholding, withheld.id, reason="The enquiry has ended")
    assert kinds(world, world.coordinator) == []
