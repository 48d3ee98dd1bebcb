"""What payees are called, and whose bank details wait for a second person."""

from datetime import date

from phb.core.actor import Actor
from phb.payments.kinds import AccountUse, PayeeKind
from phb.payments.payees.names import called, details_to_confirm, payee_names
from phb.payments.payees.operations import confirm_bank_account, propose_bank_account
from phb.people.kinds import Scope
from tests.payments.conftest import DETAILS, OTHER_DETAILS, Paying

APRIL = date(2026, 4, 1)


def waiting(paying: Paying, actor: Actor) -> list[str]:
    """Return the endings of the details that wait."""
    with paying.world.service.unit(actor) as uow:
        return [row.ending for row in uow.session.scalars(details_to_confirm(actor, APRIL))]


def test_a_payee_is_called_by_who_receives_the_money_and_for_whom(paying: Paying) -> None:
    world = paying.world
    acting = world.service.person()
    ids = {
        paying.payee_id: "Aled Example",
        paying.payee(PayeeKind.NOMINEE, person_id=world.person_id, acting_person_id=acting): (
            "Aled Example, for Aled Example"
        ),
        paying.payee(PayeeKind.PROVIDER, organisation_id=world.provider_id): "The provider",
        paying.payee(PayeeKind.MANAGED_ACCOUNT, person_id=world.person_id, organisation_id=world.third_party_id): (
            "The third_party, for Aled Example"
        ),
    }
    assert paying.ask(paying.clerk, payee_names, list(ids), APRIL) == ids
    stranger = world.service.broker(world.service.person(), Scope.BUDGET)
    assert paying.ask(stranger, payee_names, list(ids), APRIL) == {}


def test_payments_are_called_by_their_payees_and_budgets(paying: Paying) -> None:
    instalments = paying.paid_plan()[1]
    budget_id = instalments[0].budget_id
    found = paying.ask(paying.clerk, called, instalments, APRIL)
    assert found.payees == {paying.payee_id: "Aled Example"}
    assert found.budgets == {budget_id: paying.world.budget(budget_id).reference}


def test_the_newest_details_wait_until_a_second_person_confirms_them(paying: Paying) -> None:
    assert waiting(paying, paying.checker) == []
    for details in (OTHER_DETAILS, DETAILS):
        row = paying.do(paying.clerk, propose_bank_account, paying.payee_id, details, use=AccountUse.DEDICATED).row
    # Of two that were proposed one after the other, the later one counts.
    assert waiting(paying, paying.checker) == [DETAILS.ending]
    world = paying.world
    assert waiting(paying, world.service.broker(world.service.person(), Scope.BUDGET)) == []
    paying.do(paying.checker, confirm_bank_account, row.id)
    assert waiting(paying, paying.checker) == []
