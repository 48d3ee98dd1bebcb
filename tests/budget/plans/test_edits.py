"""A part of a plan is changed and everything else stays as it was."""

from fractions import Fraction
from uuid import UUID

import pytest

from phb.budget.kinds import Frequency, LinePurpose, ManagementType, ShareBasis
from phb.budget.plans.draft import LineDraft, OutcomeDraft, PlanDraft, PotDraft, ShareRule
from phb.budget.plans.edits import LineGoneError, draft_of, line_of, new_reference, pot_for, put_line, without_line
from phb.budget.setting.weeks import StatedWeeks
from phb.core.money import pounds
from tests.budget.conftest import World, dates, line, stated

OTHER = UUID("11111111-2222-3333-4444-555555555555")
SHARED = (ShareRule("nhs"), ShareRule("council", ShareBasis.PERCENT, percent=Fraction(100, 3)))
FIXED = (ShareRule("nhs"), ShareRule("council", ShareBasis.FIXED, amount=pounds("120.50")))


@pytest.mark.parametrize(
    "lines",
    [
        [line()],
        [line(shares=SHARED), stated("kit", "120.50", pot="np", outcome="walking", category="EQUIPMENT")],
        [stated("kit", "200.00", shares=FIXED, money=pounds("250.00"), purpose=LinePurpose.CONTINGENCY)],
        [stated("club", "9.50", quantity=Fraction(7, 3), frequency=Frequency.WEEK, weeks=StatedWeeks(Fraction(40)))],
        [stated("swim", "9.50", frequency=Frequency.MONTH, pot="tp", period=dates("2026-05-01", "2026-12-31"))],
    ],
    ids=["by the rate card", "shared", "money to spare", "stated weeks", "by a third party"],
)
def test_a_stored_plan_is_the_draft_that_it_was_stored_from(world: World, lines: list[LineDraft]) -> None:
    plan = world.plan(*lines)
    budget_id = world.propose(*lines).id
    assert draft_of(world.plan_of(budget_id)) == plan


def test_a_line_is_added_with_its_outcome_and_its_pot(world: World) -> None:
    plan = world.plan(line())
    new = stated("kit", "100.00", outcome="walking", pot="notional")
    after = put_line(
        plan,
        new,
        outcome=OutcomeDraft("walking", "I want to walk"),
        pot=PotDraft("notional", ManagementType.NOTIONAL),
    )
    assert [one.reference for one in after.lines] == ["care", "kit"]
    assert [one.reference for one in after.outcomes] == ["living", "walking"]
    assert [one.reference for one in after.pots] == ["dp", "notional"]


def test_a_line_takes_the_place_of_another_and_what_nothing_is_for_goes(world: World) -> None:
    plan = world.plan(line(), stated("kit", "100.00", outcome="walking", pot="np"))
    after = put_line(
        plan, stated("care-2", "90.00", pot="np"), outcome=plan.outcomes[0], pot=plan.pots[1], instead_of="care"
    )
    assert [one.reference for one in after.lines] == ["care-2", "kit"]
    assert [one.reference for one in after.pots] == ["np"]


def test_taking_a_line_out_takes_out_what_only_it_was_for(world: World) -> None:
    plan = world.plan(line(), stated("kit", "100.00", outcome="walking", pot="np"))
    assert without_line(plan, "kit") == world.plan(line())


def test_a_line_that_somebody_took_out_cannot_be_changed(world: World) -> None:
    plan: PlanDraft = world.plan(line())
    for edit in (
        lambda: line_of(plan, "kit"),
        lambda: without_line(plan, "kit"),
        lambda: put_line(plan, line("kit"), outcome=plan.outcomes[0], pot=plan.pots[0], instead_of="kit"),
    ):
        with pytest.raises(LineGoneError):
            edit()


def test_a_pot_is_used_again_or_named_after_its_way(world: World) -> None:
    plan = world.plan(line(), stated("agency", "100.00", pot="tp"))
    assert pot_for(plan, ManagementType.DIRECT_PAYMENT, None).reference == "dp"
    assert pot_for(plan, ManagementType.THIRD_PARTY, world.third_party_id).reference == "tp"
    assert pot_for(plan, ManagementType.THIRD_PARTY, OTHER).reference == "third-party-11111111"
    assert pot_for(plan, ManagementType.NOTIONAL, None).reference == "notional"


@pytest.mark.parametrize(
    ("words", "taken", "reference"),
    [
        ("Help at home", set(), "help-at-home"),
        ("Help at home", {"help-at-home", "help-at-home-2"}, "help-at-home-3"),
        ("  Tŷ â llawr gwlyb! ", set(), "ty-a-llawr-gwlyb"),
        ("…", {"line"}, "line-2"),
        ("x" * 39 + " more", set(), "x" * 39),
    ],
)
def test_a_reference_is_made_of_words(words: str, taken: set[str], reference: str) -> None:
    assert new_reference(words, taken) == reference
