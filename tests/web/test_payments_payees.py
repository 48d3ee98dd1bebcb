"""Payees and bank details on pages: entered whole, shown masked, confirmed by a second person, approved."""

import json
from hashlib import sha256
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from phb.governance.models import IdempotentRequest
from phb.payments.kinds import PayeeKind
from phb.people.kinds import Scope
from tests.web.bank import Bank, a_bank  # noqa: F401 - a fixture

NUMBER, CODE = "88837491", "10-79-99"
DETAILS = {"name": "B Example", "sort_code": CODE, "account_number": NUMBER, "use": "dedicated"}
REFERENCE = "PAY-0042"


def page_of(payee_id: UUID, step: str = "") -> str:
    """Return the address of a payee, or of a step about its bank details."""
    return f"/payees/{payee_id}{step}"


def entered(bank: Bank) -> tuple[UUID, str]:
    """Enter bank details of a new payee by the clerk, and return the payee and the page of the details."""
    payee_id = bank.paying.payee(PayeeKind.HOLDER, person_id=bank.paying.world.service.person())
    bank.clerk.send(page_of(payee_id, "/bank-details/new"), **DETAILS)
    account = bank.newest_account(payee_id)
    return payee_id, page_of(payee_id, f"/bank-details/{account.id}")


def test_a_holder_is_added_by_their_reference(bank: Bank) -> None:
    service = bank.paying.world.service
    person_id = service.person()
    reference = bank.reference_of(person_id)
    clerk = bank.clerk
    assert clerk.send("/payees/new").wrong == {"kind": "Choose who is to be paid"}
    asked = clerk.send("/payees/new", kind="holder")
    assert asked.response.request.path == "/payees/new/holder"
    assert "Which organisation?" not in asked.text
    nothing = clerk.send("/payees/new/holder")
    assert nothing.wrong == {"reference": "Enter a reference", "person": "Enter whose budget it is for"}
    unknown = clerk.send("/payees/new/holder", reference=REFERENCE, person="P-NOBODY")
    assert unknown.status == 422
    assert unknown.wrong["person"].startswith("There is no person “P-NOBODY” that you can see.")
    done = clerk.send("/payees/new/holder", reference=REFERENCE, person=reference)
    assert "The payee is added. Enter the bank details next." in done.text
    assert "Payee PAY-0042 Aled Example" in done.text
    taken = clerk.send("/payees/new/holder", reference=REFERENCE, person=bank.reference_of(service.person()))
    assert taken.status == 409
    assert "is known already" in taken.wrong["reference"]
    assert REFERENCE in clerk.open("/payees").text


def test_an_organisation_is_chosen_from_those_there_are(bank: Bank) -> None:
    clerk = bank.clerk
    provider = bank.organisation_reference(bank.paying.world.provider_id)
    assert clerk.send("/payees/new/provider", reference=REFERENCE).wrong == {"organisation": "Choose an organisation"}
    done = clerk.send("/payees/new/provider", reference=REFERENCE, organisation=provider)
    assert "The provider" in done.text
    assert clerk.open("/payees/new/somebody").status == 404


def test_who_acts_for_somebody_is_one_person_or_one_organisation(bank: Bank) -> None:
    person = bank.reference_of(bank.paying.world.person_id)
    page = bank.clerk.send("/payees/new/nominee", reference=REFERENCE, person=person)
    assert page.status == 422
    assert page.wrong[""].startswith("These do not make a payee of the kind “nominee”.")
    acting = bank.reference_of(bank.paying.world.service.person())
    done = bank.clerk.send("/payees/new/nominee", reference=REFERENCE, person=person, acting_person=acting)
    assert "Aled Example, for Aled Example" in done.text


def test_details_go_in_whole_and_come_out_masked(bank: Bank) -> None:
    payee_id, address = entered(bank)
    page = bank.clerk.open(page_of(payee_id))
    assert "Account ending 91" in page.text
    assert "Waits for a second person" in page.text
    assert "could not be checked against the sort code" in page.text  # no weight table is imported
    assert "You entered these details, so a second person must confirm them." in page.text
    assert "Confirm these details" not in page.text
    assert NUMBER not in page.html
    # The step's own page leads to the payee, which says why.
    assert bank.clerk.open(f"{address}/confirm").response.request.path == page_of(payee_id)
    waiting = bank.checker.open("/payees")
    assert "Bank details that wait for a second person" in waiting.text
    assert "Bank details wait for a second person." in bank.checker.open("/payment-runs").text
    done = bank.checker.send(f"{address}/confirm")
    assert "The details are in use." in done.text
    assert "Not yet" in done.text  # the approval of a dedicated account
    evidence = "The first statement, with nothing else in it"
    assert bank.checker.send(f"{address}/approve").wrong == {"evidence": "Enter what you have seen"}
    approved = bank.checker.send(f"{address}/approve", evidence=evidence)
    assert evidence in approved.text
    assert "Approve it for a direct payment" not in approved.text
    assert "Bank details that wait" not in bank.checker.open("/payees").text


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"sort_code": "10-79-9"}, {"sort_code": "A sort code has six digits. Enter it like 12-34-56."}),
        (
            {"account_number": "8883749O"},
            {"account_number": "An account number has digits only. Enter it without letters."},
        ),
        ({"name": ""}, {"name": "Enter the name on the account"}),
        ({"use": ""}, {"use": "Choose what the account is for"}),
    ],
)
def test_wrong_details_are_refused_at_their_field_and_never_shown_again(
    bank: Bank, changes: dict[str, str], wrong: dict[str, str]
) -> None:
    address = page_of(bank.paying.payee_id, "/bank-details/new")
    page = bank.clerk.send(address, **(DETAILS | changes))
    assert (page.status, page.wrong) == (422, wrong)
    assert [typed in page.html for typed in (CODE, NUMBER)] == [False, False]


def test_details_sent_twice_are_kept_once_and_nothing_kept_tells_them(bank: Bank) -> None:
    payee_id = bank.paying.payee_id
    address = page_of(payee_id, "/bank-details/new")
    form = bank.clerk.open(address)
    first, second = bank.clerk.send(address, form, **DETAILS), bank.clerk.send(address, form, **DETAILS)
    assert (first.status, second.status) == (200, 200)
    assert second.text.count("Account ending 91") == first.text.count("Account ending 91")
    guessed = json.dumps([address, sorted((DETAILS | {"version": ""}).items())]).encode()
    with bank.paying.world.service.unit(bank.paying.clerk) as uow:
        kept = uow.session.scalars(select(IdempotentRequest.body_hash)).all()
    assert kept
    assert sha256(guessed).digest() not in kept


def test_bank_details_are_not_kept_for_after_signing_in_again(bank: Bank) -> None:
    address = page_of(bank.paying.payee_id, "/bank-details/new")
    browser = bank.as_(bank.paying.clerk)
    form = browser.open(address)
    with browser.client.session_transaction() as session:
        session["seen"] = 0
    page = browser.send(address, form, **DETAILS)
    assert page.status == 401
    assert "B Example" in page.fields["kept"]
    assert [typed in page.html for typed in (CODE, NUMBER)] == [False, False]


def test_stale_details_are_not_confirmed(bank: Bank) -> None:
    _, address = entered(bank)
    form = bank.checker.open(f"{address}/confirm")
    stale = bank.checker.send(f"{address}/confirm", form, version="99")
    assert stale.status == 409
    assert bank.checker.send(f"{address}/confirm", form).status == 200


def test_newer_details_replace_those_in_use(bank: Bank) -> None:
    page = bank.clerk.send(page_of(bank.paying.payee_id, "/bank-details/new"), **DETAILS)
    assert "In use" in page.text  # the ones from before, until somebody confirms
    account = bank.newest_account(bank.paying.payee_id)
    done = bank.checker.send(page_of(bank.paying.payee_id, f"/bank-details/{account.id}/confirm"))
    assert "Replaced by newer details" in done.text


def test_the_paying_account_is_entered_by_one_and_confirmed_by_another(bank: Bank) -> None:
    clerk, checker = bank.clerk, bank.checker
    answers = {name: DETAILS[name] for name in ("name", "sort_code", "account_number")}
    wrong = clerk.send("/paying-account/new", **answers, service_user_number="12", first_serial="0")
    assert wrong.wrong == {"service_user_number": "Enter six digits", "first_serial": "Enter a number from 1 to 999999"}
    done = clerk.send("/paying-account/new", **answers, service_user_number="654321", first_serial="100")
    assert "You entered these details, so a second person must confirm them." in done.text
    assert ("Account ending 91" in done.text, NUMBER in done.html) == (True, False)
    newest = bank.newest_paying_account()
    address = f"/paying-account/{newest.id}/confirm"
    assert clerk.open(address).response.request.path == "/paying-account"
    assert "The account is in use." in checker.send(address).text
    assert "Replaced by newer details" in checker.open("/paying-account").text
    assert checker.open(f"/paying-account/{uuid4()}/confirm").status == 404
    assert bank.auditor.open("/paying-account/new").status == 403


def test_payees_are_shown_to_whom_they_concern(bank: Bank) -> None:
    payee_id = bank.paying.payee_id
    assert bank.as_(bank.paying.world.holder).open(page_of(payee_id)).status == 200
    stranger = bank.paying.world.service.broker(bank.paying.world.service.person(), Scope.BUDGET)
    assert bank.as_(stranger).open(page_of(payee_id)).status == 404
    assert bank.clerk.open(page_of(payee_id, f"/bank-details/{uuid4()}/confirm")).status == 404
    assert bank.approver.open("/payees/new").status == 403
