"""Where each set of bank details stands, and who may decide about it."""

from datetime import date

import pytest

from phb.core.actor import Actor, MissingPermissionError
from phb.payments.kinds import AccountUse
from phb.payments.payees.operations import confirm_bank_account, propose_bank_account
from phb.payments.payees.overview import DetailsView, Standing, payee_view, paying_view
from phb.payments.payees.paying import propose_paying_account
from phb.people.users.queries import names_of
from tests.payments.conftest import DETAILS, OTHER_DETAILS, Paying

APRIL = date(2026, 4, 1)


def views(paying: Paying, actor: Actor) -> list[DetailsView]:
    """Return the details of the holder, the newest first, as somebody sees them."""
    found: list[DetailsView] = list(paying.ask(actor, payee_view, paying.payee_id, APRIL).accounts)
    return found


def propose(paying: Paying) -> None:
    """Enter other details of the holder, by the clerk."""
    paying.do(paying.clerk, propose_bank_account, paying.payee_id, OTHER_DETAILS, use=AccountUse.DEDICATED)


def test_details_wait_until_a_second_person_confirms_them_and_replace_those_in_use(paying: Paying) -> None:
    assert [view.standing for view in views(paying, paying.clerk)] == [Standing.IN_USE]
    propose(paying)
    own, before = views(paying, paying.clerk)
    assert (own.standing, before.standing) == (Standing.TO_CONFIRM, Standing.IN_USE)
    assert (own.may_confirm, before.may_confirm) == (False, False)
    assert own.why_not == "You entered these details, so a second person must confirm them."
    assert before.why_not is None
    second = views(paying, paying.checker)[0]
    assert (second.may_confirm, second.may_approve, second.why_not) == (True, True, None)
    reader = views(paying, paying.approver)[0]
    assert (reader.may_confirm, reader.may_approve, reader.why_not) == (False, False, None)
    paying.do(paying.checker, confirm_bank_account, second.account.id)
    assert [view.standing for view in views(paying, paying.checker)] == [Standing.IN_USE, Standing.REPLACED]


def test_details_that_newer_ones_overtook_were_never_used(paying: Paying) -> None:
    propose(paying)
    paying.do(paying.clerk, propose_bank_account, paying.payee_id, DETAILS, use=AccountUse.DEDICATED)
    found = views(paying, paying.checker)
    assert [view.standing for view in found] == [Standing.TO_CONFIRM, Standing.NEVER_USED, Standing.IN_USE]
    assert [view.may_approve for view in found] == [True, False, False]


def test_a_payee_is_shown_with_those_who_decided(paying: Paying) -> None:
    view = paying.ask(paying.world.auditor, payee_view, paying.payee_id, APRIL)
    assert view.name == "Aled Example"
    account = view.accounts[0].account
    assert {view.people[user_id] for user_id in (account.proposed_by, account.confirmed_by, account.approved_by)} == {
        name_of(paying, paying.clerk),
        name_of(paying, paying.checker),
    }


def test_the_account_to_pay_from_is_shown_in_the_same_way(paying: Paying) -> None:
    (in_use,) = paying.ask(paying.clerk, paying_view).accounts
    assert (in_use.standing, in_use.may_approve) == (Standing.IN_USE, False)
    paying.do(paying.clerk, propose_paying_account, DETAILS, service_user_number="654321")
    mine, _ = paying.ask(paying.clerk, paying_view).accounts
    theirs, _ = paying.ask(paying.checker, paying_view).accounts
    assert (mine.may_confirm, theirs.may_confirm) == (False, True)
    with pytest.raises(MissingPermissionError):
        paying.ask(paying.world.coordinator, paying_view)


def name_of(paying: Paying, actor: Actor) -> str:
    """Return what a user is called."""
    with paying.world.service.unit(actor) as uow:
        return names_of(uow.session, actor, [actor.user_id])[actor.user_id]
