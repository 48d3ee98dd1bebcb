"""Brokers see for whom something is to be done, and record spend of many people from the keyboard, once each."""

from datetime import date
from io import BytesIO

import pytest

from phb.core.actor import Actor, Role
from phb.core.money import pounds
from phb.payments.checks.operations import put_hold
from phb.payments.kinds import HoldKind
from phb.people.kinds import Basis, RelationKind, Scope
from phb.people.relations.rules import NewRelation
from phb.spending.kinds import Evidence, SpendState
from phb.spending.records.models import SpendRecord
from phb.spending.records.queries import visible_spend
from tests.budget.conftest import World
from tests.people.conftest import APRIL, BY_THE_PERSON
from tests.spending.conftest import JUNE, Spender
from tests.spending.files import png
from tests.web.caring import CareOffice, Desk, form_of, path_of

GOOD = {"spent_on": "4/5/2026", "amount": "60", "payee": "Sam's care", "words": "Help at home"}


@pytest.fixture
def broker(spender: Spender) -> Actor:
    """Return a broker whom the person lets see and record everything of money."""
    scopes = (Scope.BUDGET, Scope.SPEND, Scope.STATEMENTS)
    return spender.world.service.broker(spender.world.person_id, *scopes)


@pytest.fixture
def desk(spender: Spender, broker: Actor) -> Desk:
    """Return the broker's desk on 15 June 2026."""
    return CareOffice(spender.world).desk(broker)


def reference(spender: Spender) -> str:
    """Return the reference of the budget."""
    return spender.world.budget(spender.budget_id).reference


def rows(*filled: dict[str, str]) -> dict[str, str]:
    """Return rows as the form sends them."""
    return {f"{column}_{number}": text for number, row in enumerate(filled, 1) for column, text in row.items()}


def spends(world: World) -> list[SpendRecord]:
    """Return every record of spend."""
    return list(world.ask(world.auditor, lambda session, actor: session.scalars(visible_spend(actor, JUNE)).all()))


def test_the_caseload_says_what_to_do_and_what_is_left(spender: Spender, desk: Desk) -> None:
    spender.spend("100.00")
    spender.spend("20.00", line=None)
    spender.world.do(
        spender.world.finance,
        put_hold,
        spender.budget_id,
        kind=HoldKind.HOLD,
        start_on=JUNE,
        reason="The account is checked",
    )
    page = desk.open("/caseload")
    for words in (
        f"Aled Example, {reference(spender)}",
        "Payments are held since 15 June 2026: The account is checked",
        "£20.00 is being asked about",
        "2 receipts are missing, for £120.00",
        "The plan is reviewed on 1 July 2026",
        "£6,400.00",  # 6,500 agreed, 100 spent
        "£3,880.00",  # 4,000 paid in, 120 left the accounts
    ):
        assert words in page.text, words
    assert f"/your-budgets/{spender.budget_id}" in page.html


def test_somebody_who_consented_to_nothing_yet_has_an_empty_caseload(world: World) -> None:
    organisation = world.service.broker(world.service.person(), Scope.RECORD)
    page = CareOffice(world).desk(organisation).open("/caseload")
    assert "No budget that you may see" in page.text
    assert "Nobody has agreed" in CareOffice(world).desk(world.finance).open("/caseload").text
    assert CareOffice(world).desk(world.auditor).open("/caseload").status == 403


def test_rows_are_recorded_and_told_by_what_became_of_them(spender: Spender, desk: Desk) -> None:
    ref = reference(spender)
    page = desk.open("/spending/several")
    assert f'<option value="{ref}">Aled Example' in page.html
    done = desk.send(
        page,
        **rows(
            {"budget": ref, "place": "care"} | GOOD,
            {"budget": ref, "place": "kit"} | GOOD | {"amount": "15.50", "spent_on": "4 May 2026"},
            {"budget": ref, "place": "dp", "category": "TRANSPORT"} | GOOD | {"amount": "£20.00", "words": "A taxi"},
        ),
    )
    assert path_of(done) == "/spending/several/recorded"
    assert "£75.50 counts as spent, in 2 records." in done.text
    assert "£20.00 is being asked about, in 1 record." in done.text
    assert "A taxi" in done.text.split("What is being asked about")[1]
    assert "This is not in the agreed plan." in done.text
    assert desk.open("/spending/several/recorded").text == done.text
    assert [row.state for row in sorted(spends(spender.world), key=lambda row: row.amount)] == [
        SpendState.ACCEPTED,
        SpendState.ASKED_ABOUT,
        SpendState.ACCEPTED,
    ]
    spender.assert_sound()


def test_good_rows_are_saved_and_the_others_come_back_with_their_reasons(
    spender: Spender,
    desk: Desk,
) -> None:
    ref = reference(spender)
    page = desk.send(
        desk.open("/spending/several"),
        **rows(
            {"budget": ref, "place": "care"} | GOOD,
            {"budget": ref, "place": "kit"} | GOOD | {"spent_on": "yesterday", "amount": "lots"},
            {"budget": "B-NOBODY", "place": "care"} | GOOD,
            {"budget": ref, "place": ""} | GOOD | {"payee": ""},
            {"budget": ref, "place": ""} | GOOD,
            {"budget": ref, "place": "care"} | GOOD | {"amount": "15,50"},
        ),
    )
    assert page.status == 422
    assert page.wrong["amount_5"].startswith("Row 5: Write the pence after a full stop, like 15.50.")
    assert page.wrong["spent_on_1"] == "Row 1: Enter a day, like 4/5/2026"
    assert page.wrong["amount_1"] == "Row 1: Enter pounds and pence, like 125.50"
    assert page.wrong["budget_2"].startswith("Row 2: You help nobody whose budget is “B-NOBODY”")
    assert page.wrong["payee_3"] == "Row 3: Enter who was paid"
    assert "care (Help at home), kit (Grab rails)" in page.wrong["place_4"]
    assert "1 row is saved." in page.text
    assert form_of(page).values["amount_1"] == "lots"
    assert form_of(page).values["rows"] == "5"
    assert len(spends(spender.world)) == 1
    done = desk.send(
        page,
        **rows(
            {"spent_on": "5/5/2026", "amount": "1"},
            {"budget": ref},
            {"payee": "Sam", "place": "kit"},
            {"place": "kit"},
            {"amount": "15.50"},
        ),
    )
    assert "in 5 records" in done.text
    assert len(spends(spender.world)) == 6


def test_the_same_rows_sent_twice_are_recorded_once(spender: Spender, desk: Desk) -> None:
    page = desk.open("/spending/several")
    answers = rows({"budget": reference(spender), "place": "care"} | GOOD)
    first, again = desk.send(page, **answers), desk.send(page, **answers)
    assert (first.text, len(spends(spender.world))) == (again.text, 1)
    other = desk.send(page, **(answers | {"amount_1": "61"}))
    assert other.status == 422
    assert "says something else" in other.wrong["budget_1"]
    assert len(spends(spender.world)) == 1


def test_more_rows_keep_what_is_typed_and_save_nothing(spender: Spender, desk: Desk) -> None:
    page = desk.open("/spending/several")
    assert "Row 10" in page.text
    more = desk.send(page, more="yes", **rows({"budget": reference(spender), "words": "Half"}))
    assert "Row 20" in more.text
    assert form_of(more).values["words_1"] == "Half"
    assert more.wrong == {}
    assert spends(spender.world) == []
    most = desk.send(desk.send(desk.send(more, more="yes"), more="yes"), more="yes")
    assert "Row 40" in most.text
    assert "Row 41" not in most.text
    assert "More rows" not in most.text


def test_an_empty_form_says_so(desk: Desk) -> None:
    page = desk.send(desk.open("/spending/several"))
    assert (page.status, page.wrong) == (422, {"": "Fill in at least one row."})


@pytest.mark.parametrize("text", ["4/5/2026", "4.5.26", "04-05-2026", "2026-05-04", "4 may 2026", "4 May 2026"])
def test_a_day_is_read_as_people_type_it(spender: Spender, desk: Desk, text: str) -> None:
    answers = rows({"budget": reference(spender), "place": "care"} | GOOD | {"spent_on": text})
    assert desk.send(desk.open("/spending/several"), **answers).status == 200
    assert [row.spent_on for row in spends(spender.world)] == [date(2026, 5, 4)]


def test_a_third_party_records_for_the_money_it_holds(spender: Spender) -> None:
    world = spender.world
    world.service.relate(
        world.person_id,
        NewRelation(
            RelationKind.THIRD_PARTY,
            Basis.AGREEMENT,
            APRIL,
            organisation_id=world.third_party_id,
            consent=BY_THE_PERSON,
        ),
    )
    desk = CareOffice(world).desk(world.service.user(Role.THIRD_PARTY, world.third_party_id))
    done = desk.send(desk.open("/spending/several"), **rows({"budget": reference(spender)} | GOOD))
    assert "£60.00 counts as spent" in done.text
    assert [row.plan_line_id for row in spends(world)] == [spender.line_id("agency")]


def test_missing_receipts_are_listed_and_attached(spender: Spender, desk: Desk) -> None:
    record = spender.spend("45.10")
    page = desk.open("/receipts/missing")
    assert "Help at home, Sam's care" in page.text
    assert "£45.10" in page.text
    assert "Seen on paper" not in page.text
    upload = desk.open(f"/receipts/missing/{record.id}")
    assert desk.send(upload).wrong == {"file": "Choose a photo or a PDF of the receipt"}
    broken = desk.send(upload, file=(BytesIO(b"not a picture"), "receipt.png"))
    assert "is no PDF, PNG or JPEG" in broken.wrong["file"]
    done = desk.send(upload, file=(BytesIO(png()), "receipt.png"))
    assert "The receipt is added." in done.text
    assert "No receipt is missing." in done.text
    assert [row.evidence for row in spends(spender.world)] == [Evidence.SEEN]


def test_who_decides_on_spend_may_have_seen_it_on_paper(spender: Spender, desk: Desk) -> None:
    record = spender.spend("45.10")
    finance = CareOffice(spender.world).desk(spender.world.finance)
    assert "Seen on paper" in finance.open("/receipts/missing").text
    page = finance.open(f"/receipts/missing/{record.id}/seen")
    assert finance.send(page).wrong == {"note": "Say what you saw"}
    assert "It is noted that the receipt was seen." in finance.send(page, note="Till receipt").text
    assert desk.open(f"/receipts/missing/{record.id}/seen").status == 403
    assert [row.amount for row in spends(spender.world)] == [pounds("45.10")]


def test_somebody_elses_spend_is_not_found(spender: Spender) -> None:
    record = spender.spend("45.10")
    service = spender.world.service
    stranger = CareOffice(spender.world).desk(service.broker(service.person(), Scope.SPEND))
    assert stranger.open(f"/receipts/missing/{record.id}").status == 404
    assert "No receipt is missing." in stranger.open("/receipts/missing").text
