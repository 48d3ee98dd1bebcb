"""What payment runs, payments that came back and bank details ask of whom."""

from datetime import date
from uuid import UUID

from phb.core.actor import Role
from phb.payments.kinds import AccountUse, PayeeKind
from phb.payments.payees.operations import approve_bank_account, confirm_bank_account, propose_bank_account
from phb.payments.payees.paying import confirm_paying_account, propose_paying_account
from phb.payments.runs import following
from phb.payments.runs.operations import approve_run, export_run, release_run, withdraw_run
from tests.monitoring.duties.conftest import also, due, entries, kinds
from tests.payments.conftest import DETAILS, OTHER_DETAILS, OWN_DETAILS, Paying

EIGHTH = date(2026, 4, 8)  # the entry day; the file is sent by Thursday 2 April, because of Easter
SENT_BY = date(2026, 4, 2)


def inboxes(paying: Paying) -> list[list[str]]:
    """Return what the two finance officers, the approver and the releaser have to do."""
    everybody = (paying.clerk, paying.checker, paying.approver, paying.releaser)
    return [kinds(paying.world, actor) for actor in everybody]


def test_a_run_asks_one_after_the_other_and_is_due_when_its_file_must_be_sent(paying: Paying) -> None:
    paying.paid_plan()
    run = paying.assembled(EIGHTH)
    assert inboxes(paying) == [[], [], ["payment_run.approve"], []]
    assert due(paying.world, paying.approver, "payment_run.approve") == [SENT_BY]
    paying.do(paying.approver, approve_run, run.id)
    assert inboxes(paying) == [[], [], [], ["payment_run.release"]]
    assert due(paying.world, paying.releaser, "payment_run.release") == [SENT_BY]
    paying.do(paying.releaser, release_run, run.id)
    assert inboxes(paying) == [[], [], [], ["payment_run.export"]]
    (entry,) = entries(paying.world, paying.releaser)
    assert (entry.subject_id, entry.about, entry.address) == (
        run.id,
        "Payments to arrive on 8 April 2026",
        f"/payment-runs/{run.id}",
    )
    paying.do(paying.releaser, export_run, run.id)
    assert inboxes(paying) == [[], [], [], []]
    paying.world.on(EIGHTH)
    assert inboxes(paying) == [["payment_run.settle"], ["payment_run.settle"], [], []]
    paying.do(paying.clerk, following.settle_due, EIGHTH)
    assert inboxes(paying) == [[], [], [], []]


def test_who_assembled_or_approved_is_asked_for_no_later_step(paying: Paying) -> None:
    paying.paid_plan()
    everything = also(paying.world, also(paying.world, paying.clerk, Role.APPROVER), Role.PAYMENTS_RELEASER)
    run = paying.assembled(EIGHTH)
    assert kinds(paying.world, everything) == []
    also_releases = also(paying.world, paying.approver, Role.PAYMENTS_RELEASER)
    paying.do(paying.approver, approve_run, run.id)
    assert (kinds(paying.world, everything), kinds(paying.world, also_releases)) == ([], [])
    assert kinds(paying.world, paying.releaser) == ["payment_run.release"]


def test_a_run_whose_day_has_passed_is_withdrawn_or_its_payments_recorded_as_returned(paying: Paying) -> None:
    paying.paid_plan()
    run = paying.assembled(EIGHTH)
    paying.world.on(date(2026, 4, 7))
    assert inboxes(paying) == [["payment_run.withdraw"], ["payment_run.withdraw"], [], []]
    paying.do(paying.clerk, withdraw_run, run.id, reason="Too late")
    assert inboxes(paying) == [[], [], [], []]


def test_what_was_released_and_never_sent_is_recorded_as_returned(paying: Paying) -> None:
    paying.paid_plan()
    run = paying.released(EIGHTH)
    paying.world.on(date(2026, 4, 7))
    assert inboxes(paying) == [["payment_run.record_returns"], ["payment_run.record_returns"], [], []]
    paying.returned(run)
    assert kinds(paying.world, paying.approver) == ["payment.give_up"]


def test_a_payment_that_came_back_waits_for_a_decision(paying: Paying) -> None:
    paying.paid_plan()
    run = paying.exported(EIGHTH)
    row = paying.returned(run)
    assert inboxes(paying) == [["payment.reissue"], ["payment.reissue"], ["payment.give_up"], []]
    (entry,) = entries(paying.world, paying.clerk)
    assert (entry.subject_id, entry.about, entry.due_on) == (
        row.id,
        "Payment of £400.00 due on 1 April 2026, Aled Example",
        date(2026, 4, 11),
    )
    paying.do(paying.clerk, following.reissue_payment, row.id, reason="The account is open again")
    assert inboxes(paying) == [[], [], [], []]


def test_new_details_are_confirmed_by_somebody_else_and_approved_where_they_must_be(paying: Paying) -> None:
    account = paying.do(
        paying.clerk, propose_bank_account, paying.payee_id, OTHER_DETAILS, use=AccountUse.DEDICATED
    ).row
    assert inboxes(paying) == [[], ["bank_account.confirm"], [], []]
    (entry,) = entries(paying.world, paying.checker)
    assert (entry.subject_id, entry.address) == (paying.payee_id, f"/payees/{paying.payee_id}")
    paying.do(paying.checker, confirm_bank_account, account.id)
    assert inboxes(paying) == [["bank_account.approve"], ["bank_account.approve"], [], []]
    paying.do(paying.clerk, approve_bank_account, account.id, evidence="Statement seen")
    assert inboxes(paying) == [[], [], [], []]


def test_only_the_newest_details_wait(paying: Paying) -> None:
    payee_id: UUID = paying.payee(PayeeKind.PROVIDER, organisation_id=paying.world.provider_id)
    for details in (DETAILS, OTHER_DETAILS):
        paying.do(paying.clerk, propose_bank_account, payee_id, details, use=AccountUse.ORGANISATION)
    assert kinds(paying.world, paying.checker) == ["bank_account.confirm"]


def test_the_account_we_pay_from_is_confirmed_by_somebody_else(paying: Paying) -> None:
    row = paying.do(paying.clerk, propose_paying_account, OWN_DETAILS, service_user_number="654321").row
    assert inboxes(paying) == [[], ["paying_account.confirm"], [], []]
    assert [entry.about for entry in entries(paying.world, paying.checker)] == ["Account ending 72"]
    paying.do(paying.checker, confirm_paying_account, row.id)
    assert inboxes(paying) == [[], [], [], []]
