"""One payment on its page: its history, coming back, sent again, given up and cancelled; and the list of them."""

from datetime import date
from uuid import uuid4

import pytest

from phb.core.actor import Role
from phb.payments.runs.operations import withdraw_run
from tests.web.bank import EIGHTH, Bank, a_bank, day, run_page  # noqa: F401 - a fixture

WHY = "Account closed"


def page_of(payment_id: object, step: str = "") -> str:
    """Return the address of a payment, or of a decision about it."""
    return f"/payments/{payment_id}{step}"


def test_a_payment_shows_what_became_of_it_and_no_account_in_whole(bank: Bank) -> None:
    bank.paying.paid_plan()
    run = bank.paying.settled(EIGHTH)
    page = bank.auditor.open(page_of(bank.payment(run).id))
    assert page.title == "Payment of £400.00, Aled Example - Personal health budgets"
    assert "Arrived 8 April 2026" in page.text
    # The first four weeks from 1 April.
    assert "For the days 1 April 2026 to 28 April 2026" in page.text
    assert "account ending 58" in page.text
    assert "66374958" not in page.html
    assert [step in page.text for step in ("Included", "Released", "Settled")] == [True] * 3
    assert "Record that it came back" not in page.text


def test_a_payment_that_came_back_is_sent_again_or_given_up(bank: Bank) -> None:
    bank.paying.paid_plan()
    run = bank.paying.settled(EIGHTH)
    clerk, approver = bank.clerk, bank.approver
    address = page_of(bank.payment(run).id)
    assert "Record that it came back" in clerk.open(address).text
    wrong = clerk.send(f"{address}/return")
    assert wrong.wrong == {
        "returned_on-day": "Enter the day it came back",
        "reason": "Enter why, in words for the people concerned",
    }
    early = clerk.send(f"{address}/return", reason=WHY, **day("returned_on", 7, 4))
    assert early.status == 422
    assert early.wrong["returned_on-day"].startswith("A payment comes back today or earlier, and not before it arrived")
    back = clerk.send(f"{address}/return", reason=WHY, **day("returned_on", 8, 4))
    assert "The return is recorded." in back.text
    assert "The money is nobody's until somebody decides" in back.text
    assert ("Send it again" in back.text, "Do not send it again" in back.text) == (True, False)
    assert "Do not send it again" in approver.open(address).text
    assert "Today that is the account ending 58." in clerk.open(f"{address}/reissue").text
    again = clerk.send(f"{address}/reissue", reason="The account is open again")
    assert "The payment goes into the next run." in again.text
    assert "Reissue requested" in again.text
    gone = approver.send(f"{address}/give-up", reason="Not sent again")
    assert "The payment is given up." in gone.text
    assert "Not sent again" in gone.text
    bank.paying.assert_sound()


def test_a_payment_of_a_withdrawn_run_is_cancelled(bank: Bank) -> None:
    bank.paying.paid_plan()
    run = bank.paying.assembled()
    bank.paying.do(bank.paying.clerk, withdraw_run, run.id, reason="Wrong day")
    address = page_of(bank.payment(run).id)
    done = bank.clerk.send(f"{address}/cancel", reason="Paid by hand")
    assert "The payment is cancelled." in done.text
    assert "Cancelled" in done.text


@pytest.mark.parametrize("step", ["/return", "/reissue", "/cancel"])
def test_a_decision_that_cannot_be_taken_now_leads_to_the_payment(bank: Bank, step: str) -> None:
    bank.paying.paid_plan()
    run = bank.paying.assembled()
    payment = bank.payment(run)
    page = bank.clerk.open(page_of(payment.id, step))
    assert page.response.request.path == page_of(payment.id)


def test_a_stale_payment_is_refused_and_a_return_sent_twice_is_recorded_once(bank: Bank) -> None:
    bank.paying.paid_plan()
    run = bank.paying.settled(EIGHTH)
    clerk = bank.clerk
    address = page_of(bank.payment(run).id, "/return")
    form = clerk.open(address)
    answers = day("returned_on", 8, 4) | {"reason": WHY}
    assert clerk.send(address, form, version="99", **answers).status == 409
    first, second = clerk.send(address, form, **answers), clerk.send(address, form, **answers)
    assert (first.status, second.status) == (200, 200)
    assert second.text.count("Returned after settlement") == 1


def test_the_list_is_narrowed_by_day_and_state(bank: Bank) -> None:
    bank.paying.paid_plan()
    payment = bank.payment(bank.paying.settled(EIGHTH))
    clerk = bank.clerk
    listed = clerk.open("/payments")
    assert "Aled Example" in listed.text
    assert page_of(payment.id) in listed.html
    none = clerk.send("/payments", state="came_back")
    assert "There is no payment of this kind." in none.text
    assert none.title.startswith("Came back")
    assert none.title.endswith("\N{EN DASH} payments - Personal health budgets")
    assert page_of(payment.id) in clerk.send("/payments", state="settled", **day("to_day", 1, 4)).html
    assert "There is no payment of this kind." in clerk.send("/payments", **day("from_day", 2, 4)).text
    assert page_of(payment.id) in clerk.open("/payments", budget=str(payment.budget_id)).html
    assert "There is no payment of this kind." in clerk.open("/payments", budget=str(uuid4())).text
    assert clerk.open("/payments", budget="B-1").status == 400
    assert clerk.send("/payments", **day("to_day", 30, 2)).status == 422


def test_a_payment_of_ones_own_is_not_found(bank: Bank) -> None:
    bank.paying.paid_plan()
    payment = bank.payment(bank.paying.settled(EIGHTH))
    service = bank.paying.world.service
    theirs = service.user(Role.FINANCE_OFFICER, service.commissioner_id, person_id=bank.paying.world.person_id)
    assert bank.as_(theirs).open(page_of(payment.id)).status == 404
    assert bank.clerk.open(page_of(uuid4())).status == 404
    assert bank.as_(bank.paying.world.holder).open(page_of(payment.id)).status == 403


def test_payments_of_a_run_link_back_to_it(bank: Bank) -> None:
    bank.paying.paid_plan()
    run = bank.paying.assembled(date(2026, 4, 8))
    assert run_page(run.id) in bank.clerk.open(page_of(bank.payment(run).id)).html
