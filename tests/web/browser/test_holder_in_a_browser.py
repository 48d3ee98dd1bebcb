"""The holder's journey in a browser: agree a budget, record spend with a receipt, read statements and decisions."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

from phb.budget.budgets import operations as budgets
from phb.core.actor import Actor
from phb.people.kinds import Basis, RelationKind
from phb.people.relations.rules import NewRelation
from tests.budget.conftest import World, stated
from tests.people.conftest import BY_THE_PERSON, Service
from tests.spending.conftest import JUNE, Spender, usual_lines
from tests.spending.files import jpeg
from tests.web.browser.conftest import Visit, counter_of


@pytest.fixture
def spender(vault_sessions: sessionmaker[Session]) -> Spender:
    """Return a budget with £3,000.00 in the holder's account, on 15 June 2026."""
    world = World(Service(vault_sessions))
    spender = Spender(world, world.active(*usual_lines()))
    spender.pay_in("3000.00")
    world.on(JUNE)
    return spender


@pytest.mark.journey
def test_a_holder_reads_how_much_and_records_spend_with_its_receipt(
    spender: Spender, visit: Visit, tmp_path: Path
) -> None:
    receipt = tmp_path / "receipt.jpg"
    receipt.write_bytes(jpeg())
    holder = visit(counter_of(spender.world), spender.world.holder, "holder")
    holder.press("Your budget")
    holder.reads("£6,500.00 is left to spend out of £6,500.00.")
    holder.press("How we worked this out")
    holder.press("Back")

    holder.press("Record spending")
    holder.press("Continue")
    holder.reads("There is a problem", "Choose what the money was for")
    holder.choose("Help at home")
    holder.press("Continue")
    holder.fill(amount="12.505")
    holder.press("Continue")
    holder.reads("Enter pounds and pence, like 125.50")
    holder.fill(amount="12.50")
    holder.press("Continue")
    holder.fill_day("spent_on", "2026-05-04")
    holder.press("Continue")
    holder.fill(payee="Sam's care", words="Help in the morning")
    holder.press("Continue")
    holder.press("Continue")
    holder.reads("Check your answers", "Sam's care: Help in the morning")
    holder.page.set_input_files("#file", receipt)
    holder.press("Record this")
    holder.reads("£12.50 counts as spent.", "Receipt here")
    holder.page.go_back()
    holder.look()
    holder.press("Record this")
    holder.reads("£12.50 counts as spent.")


@pytest.mark.journey
def test_a_holder_is_asked_about_wine_and_puts_the_money_back(spender: Spender, visit: Visit) -> None:
    holder = visit(counter_of(spender.world), spender.world.holder, "holder-asked")
    holder.open(f"/your-budgets/{spender.budget_id}/spend")
    holder.choose("Something else, which is not in the plan")
    holder.press("Continue")
    holder.page.select_option("#category", label="Alcohol")
    holder.press("Continue")
    holder.fill(amount="8")
    holder.press("Continue")
    holder.fill_day("spent_on", "2026-05-05")
    holder.press("Continue")
    holder.fill(payee="Corner shop", words="Wine")
    holder.press("Continue")
    holder.press("Continue")
    holder.press("Record this")
    holder.reads("We need to ask about this", "This £8.00 is not taken away.")
    holder.press("Look at what was recorded")
    holder.press("Say that the money is back in the account")
    holder.fill_day("put_back_on", "2026-06-10")
    holder.fill(reason="From my purse")
    holder.press("It is back")
    holder.reads("Put back")

    holder.press("Back")
    holder.reads("Everything that was recorded, the newest first")
    holder.press("Back")
    holder.press("What was decided and why")
    holder.reads("Money we asked about was put back")


@pytest.mark.journey
def test_a_holder_reads_a_statement_and_who_may_see_it(spender: Spender, visit: Visit) -> None:
    spender.spend("12.50")
    holder = visit(counter_of(spender.world), spender.world.holder, "holder-reads")
    holder.open(f"/your-budgets/{spender.budget_id}")
    holder.press("Statements")
    holder.choose("Last month: 1 May 2026 to 31 May 2026")
    holder.choose("A page to read here")
    holder.press("Open the statement")
    holder.reads("£12.50 was spent from 1 May 2026 to 31 May 2026.")
    holder.page.go_back()
    holder.look()
    holder.press("Back")
    holder.press("Who may see and act for you")


@pytest.mark.journey
def test_a_representative_agrees_a_budget_and_a_nominee_cannot(spender: Spender, visit: Visit) -> None:
    world = spender.world
    row = world.propose(stated("chair", "640.00", category="EQUIPMENT", words="A chair"), review_on=JUNE)
    for actor, step in (
        (world.coordinator, budgets.submit),
        (world.clinician, budgets.sign_off_clinically),
        (world.approver, budgets.sign_off_finance),
    ):
        world.do(actor, step, row.id)
    counter = counter_of(world)
    nominee = visit(counter, acting(world, RelationKind.NOMINEE, Basis.NOMINATED), "nominee")
    nominee.press("Your budget")
    nominee.open(f"/your-budgets/{row.id}")
    nominee.reads("Aled's budget", "Only Aled Example, or who represents Aled by law, can agree to it or send it back.")
    representative = visit(counter, acting(world, RelationKind.REPRESENTATIVE, Basis.APPOINTED), "representative")
    representative.open(f"/your-budgets/{row.id}")
    representative.press("Send it back and say what should change")
    representative.press("Back")
    representative.press("Agree to this budget")
    representative.press("Agree")
    representative.reads("Agreed. The finance team can now start the budget.")


def acting(world: World, kind: RelationKind, basis: Basis) -> Actor:
    service, acting_id = world.service, world.service.person()
    service.relate(
        world.person_id, NewRelation(kind, basis, service.today, acting_person_id=acting_id, consent=BY_THE_PERSON)
    )
    return service.user(kind.role, service.commissioner_id, person_id=acting_id)
