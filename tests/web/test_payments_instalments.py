"""Instalments of a pot on a page: planned, planned again, one-off, and day by day what became of each."""

from uuid import uuid4

from phb.payments.kinds import PayeeKind
from tests.budget.conftest import stated
from tests.web.bank import EIGHTH, Bank, a_bank, day  # noqa: F401 - a fixture


def page_of(pot_id: object, step: str = "") -> str:
    """Return the address of a pot's instalments, or of a plan of them."""
    return f"/pots/{pot_id}/instalments{step}"


def test_a_year_is_planned_and_shown_day_by_day(bank: Bank) -> None:
    pot_id = bank.paying.pot()
    clerk = bank.clerk
    empty = clerk.open(page_of(pot_id))
    assert "Nothing is planned for this year yet." in empty.text
    assert "Not planned yet £5,200.00" in empty.text
    assert "Plan again" not in empty.text
    done = clerk.send(page_of(pot_id, "/plan"), payee=str(bank.paying.payee_id), year="2026")
    assert "The instalments are planned." in done.text
    # £5,200.00 over thirteen times four weeks is £400.00 each.
    assert "Four weekly, £5,200.00 to Aled Example" in done.text
    assert done.text.count("£400.00") == 13
    assert "1 April 2026 1 April 2026 to 28 April 2026 1 of 13 £400.00 Planned" in done.text
    assert "Not planned yet £0.00" in done.text
    assert "Plan a one-off payment" not in done.text
    bank.paying.settled(EIGHTH)
    later = bank.auditor.open(page_of(pot_id))
    assert "1 of 13 £400.00 Settled" in later.text
    assert "Arrived £400.00" in later.text
    assert "Plan again" not in later.text  # an auditor reads


def test_what_is_left_out_follows_the_policy_and_what_is_given_is_planned(bank: Bank) -> None:
    pot_id = bank.paying.pot()
    answers = {"payee": str(bank.paying.payee_id), "year": "2026", "total": "600.00", "rhythm": "monthly"}
    days = day("first_day", 1, 4) | day("last_day", 30, 9)
    done = bank.clerk.send(page_of(pot_id, "/plan"), **answers, **days)
    # £600.00 over April to September is £100.00 a month.
    assert done.text.count("£100.00") == 6
    assert "Not planned yet £4,600.00" in done.text


def test_wrong_answers_are_refused_at_their_field(bank: Bank) -> None:
    pot_id = bank.paying.pot()
    clerk = bank.clerk
    address = page_of(pot_id, "/plan")
    answers = {"payee": str(bank.paying.payee_id), "year": "2026"}
    one_end = clerk.send(address, **answers, **day("first_day", 1, 4))
    assert one_end.wrong == {"last_day-day": "Give both the first and the last day, or neither."}
    too_much = clerk.send(address, **answers, total="5200.01")
    assert "£5,200.00 is still to pay out" in too_much.wrong["total"]
    assert clerk.send(address, payee="", year="").wrong == {
        "payee": "Choose who is paid",
        "year": "Choose a financial year",
    }
    assert clerk.send(address, payee=str(uuid4()), year="2026").wrong == {"payee": "Choose one of the answers"}


def test_what_is_not_sent_is_planned_again_with_a_reason(bank: Bank) -> None:
    pot_id, _ = bank.paying.paid_plan()
    clerk = bank.clerk
    answers = {"payee": str(bank.paying.payee_id), "year": "2026"}
    address = page_of(pot_id, "/plan-again")
    assert clerk.send(address, **answers).wrong == {"reason": "Enter why the instalments change"}
    done = clerk.send(address, **answers, rhythm="monthly", reason="Monthly suits her better")
    assert "Monthly suits her better" in done.text
    assert done.text.count("Replanned") == 13
    assert "Monthly, £5,200.00 to Aled Example" in done.text


def test_a_one_off_payment_is_planned_beside_the_others(bank: Bank) -> None:
    pot_id = bank.paying.pot()
    address = page_of(pot_id, "/one-off")
    assert bank.clerk.send(address, payee="").wrong == {
        "payee": "Choose who is paid",
        "amount": "Enter how much",
        "due_on-day": "Enter the day it is due",
        "reason": "Enter what it is for",
    }
    answers = {"payee": str(bank.paying.payee_id), "amount": "200", "reason": "To start the account"}
    done = bank.clerk.send(address, **answers, **day("due_on", 10, 4))
    assert "Once, £200.00 to Aled Example" in done.text
    assert "To start the account" in done.text


def test_a_plan_sent_twice_is_made_once(bank: Bank) -> None:
    pot_id = bank.paying.pot()
    clerk = bank.clerk
    form = clerk.open(page_of(pot_id, "/plan"))
    answers = {"payee": str(bank.paying.payee_id), "year": "2026"}
    first = clerk.send(page_of(pot_id, "/plan"), form, **answers)
    second = clerk.send(page_of(pot_id, "/plan"), form, **answers)
    assert (first.status, second.status) == (200, 200)
    assert second.text.count("£400.00") == 13


def test_a_pot_without_a_payee_or_not_handed_over_says_so(bank: Bank) -> None:
    notional = bank.paying.pot(stated("care", "1000.00", pot="np"))
    page = bank.clerk.open(page_of(notional))
    assert "Nothing is paid out of this pot in instalments" in page.text
    third_party = bank.paying.pot(stated("care", "1000.00", pot="tp"))
    page = bank.clerk.open(page_of(third_party))
    assert "There is no payee for this pot yet." in page.text
    assert bank.clerk.open(page_of(third_party, "/plan")).response.request.path == page_of(third_party)
    bank.paying.payee(PayeeKind.THIRD_PARTY, organisation_id=bank.paying.world.third_party_id)
    page = bank.clerk.open(page_of(third_party, "/plan"))
    assert "The third_party" in page.text
    assert bank.clerk.open(page_of(uuid4())).status == 404
    assert bank.approver.open(page_of(third_party, "/plan")).status == 403
