"""One instalment from the plan to the holder's account, and every other way it can go, books checked each time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest

from phb.core.money import pounds
from phb.governance.workflow import SecondPersonNeededError, WrongStateError
from phb.ledger.chart import Account
from phb.payments.bank_files import bacs_standard_18 as bacs
from phb.payments.runs import following, queries
from phb.payments.runs.models import PaymentFile
from phb.payments.runs.operations import (
    ExportedFile,
    FileReadBackError,
    approve_run,
    export_run,
    file_name,
    release_run,
    withdraw_run,
)
from phb.payments.schedules.operations import replan_schedule
from phb.payments.workflow import InstructionState, RunState
from tests.budget.conftest import stated
from tests.payments.conftest import DETAILS, OTHER_DETAILS, OWN_DETAILS, Paying

EIGHTH, TENTH = date(2026, 4, 8), date(2026, 4, 10)
SENT = pounds("400")


def test_an_instalment_is_released_exported_and_settled(paying: Paying) -> None:
    pot_id, instalments = paying.paid_plan()
    assert [row.amount for row in instalments] == [SENT] * 13
    run = paying.released()
    paying.assert_sound()
    assert (paying.pay_out(pot_id).in_payment, paying.balance(Account.IN_TRANSIT)) == (SENT, SENT)
    file = paying.do(paying.releaser, export_run, run.id)
    read = bacs.read(file.content)
    assert (read.serial, read.processing_on, read.originating) == ("000001", date(2026, 4, 7), OWN_DETAILS.for_bacs)
    assert [(item.payee, item.amount) for item in read.items] == [(DETAILS.for_bacs, SENT)]
    assert file.name == "bacs-000001-20260408.txt"
    paying.world.on(EIGHTH)
    done = paying.do(paying.clerk, following.settle_due, EIGHTH)
    assert [row.state for row in done.settled] == [RunState.SETTLED]
    assert (paying.pay_out(pot_id).paid, paying.balance(Account.FUNDS_HELD)) == (SENT, SENT)
    paying.assert_sound()
    assert paying.do(paying.clerk, following.settle_due, EIGHTH).settled == []


def test_a_run_is_released_by_neither_its_assembler_nor_its_approver(paying: Paying) -> None:
    paying.paid_plan()
    everything = paying.clerk.__class__(
        paying.clerk.user_id,
        paying.clerk.commissioner_id,
        paying.clerk.roles,
        paying.clerk.permissions | paying.approver.permissions | paying.releaser.permissions,
        paying.clerk.organisation_id,
    )
    run = paying.assembled()
    with pytest.raises(SecondPersonNeededError):
        paying.do(everything, approve_run, run.id)
    paying.do(paying.approver, approve_run, run.id)
    with pytest.raises(SecondPersonNeededError):
        paying.do(everything, release_run, run.id)


def test_a_run_is_released_once_and_written_once(paying: Paying) -> None:
    paying.paid_plan()
    run = paying.released()
    with pytest.raises(WrongStateError):
        paying.do(paying.releaser, release_run, run.id)
    with pytest.raises(queries.FileNotWrittenError):
        paying.ask(paying.releaser, queries.file_of_run, run.id)
    file = paying.do(paying.releaser, export_run, run.id)
    with pytest.raises(WrongStateError):
        paying.do(paying.releaser, export_run, run.id)
    assert paying.ask(paying.releaser, queries.file_of_run, run.id) == file.content
    assert file.name == file_name(paying.ask(paying.releaser, queries.run, run.id))


def of_two_payments(paying: Paying) -> ExportedFile:
    """Export a run of £400.00 and £100.10."""
    paying.paid_plan()
    paying.plan(paying.pot(stated("care", "1301.30")))
    file: ExportedFile = paying.do(paying.releaser, export_run, paying.released().id)
    assert sorted(item.amount for item in file.pays.items) == [pounds("100.10"), SENT]
    return file


def a_penny_more(content: bytes) -> bytes:
    """Raise £400.00 by a penny, and every total with it."""
    return content.replace(b"00000040000", b"00000040001").replace(b"00000050010", b"00000050011")


def one_lost(content: bytes) -> bytes:
    """Leave out the record of £100.10, and count and total the rest."""
    kept = [line for line in content.split(b"\r\n") if line[35:46] != b"00000010010"]
    whole = b"\r\n".join(kept).replace(b"00000050010", b"00000040000")
    return whole.replace(b"00000010000002", b"00000010000001")


def somebody_elses(content: bytes) -> bytes:
    """Send what is for the payee into another account."""
    return content.replace(b"08999966374958", b"10799988837491")


@pytest.mark.parametrize("damage", [a_penny_more, one_lost, somebody_elses])
def test_bytes_of_other_payments_are_no_file_of_the_run(paying: Paying, damage: Callable[[bytes], bytes]) -> None:
    file = of_two_payments(paying)
    other = bacs.read(damage(file.content))
    assert other != file.pays
    with pytest.raises(FileReadBackError):
        replace(file, content=damage(file.content))
    assert replace(file, content=damage(file.content), pays=other).digest != file.digest


def test_bytes_whose_totals_do_not_fit_are_no_file_at_all(paying: Paying) -> None:
    file = of_two_payments(paying)
    with pytest.raises(bacs.BacsLayoutError):
        replace(file, content=file.content.replace(b"00000040000", b"00000040001"))


def test_what_is_exported_was_read_back_and_is_what_is_kept(paying: Paying) -> None:
    paying.paid_plan()
    run = paying.released()
    file = paying.do(paying.releaser, export_run, run.id)
    assert isinstance(file, ExportedFile)
    with paying.world.service.unit(paying.releaser) as uow:
        kept = uow.session.get_one(PaymentFile, (uow.commissioner_id, run.id))
        assert (kept.digest, kept.length) == (sha256(file.content).digest(), len(file.content))
    assert DETAILS.account_number not in repr(file)


def test_a_file_that_is_not_the_one_that_was_written_is_not_given_out(paying: Paying) -> None:
    paying.paid_plan()
    run = paying.exported()
    with paying.world.service.unit(paying.releaser) as uow:
        kept = uow.session.get_one(PaymentFile, (uow.commissioner_id, run.id))
        kept.digest = bytes(32)
        with uow.session.no_autoflush, pytest.raises(queries.FileChangedError):
            queries.file_of_run(uow.session, paying.releaser, run.id)
        uow.session.expire(kept)


def test_each_file_has_the_next_serial(paying: Paying) -> None:
    paying.paid_plan()
    first = paying.settled()
    paying.world.on(date(2026, 4, 20))
    assert (first.serial, paying.released(date(2026, 4, 29)).serial) == ("000001", "000002")


def test_a_run_withdrawn_lets_its_payments_go_into_another(paying: Paying) -> None:
    paying.paid_plan()
    run = paying.assembled()
    paying.do(paying.approver, approve_run, run.id)
    paying.do(paying.clerk, withdraw_run, run.id, reason="Wrong day")
    (payment,) = paying.payments(run)
    assert payment.state == InstructionState.REQUESTED
    assert paying.payments(paying.assembled(TENTH))[0].id == payment.id


def test_a_payment_that_came_back_before_it_settled_stays_in_payment(paying: Paying) -> None:
    pot_id, _ = paying.paid_plan()
    run = paying.exported()
    row = paying.returned(run)
    paying.assert_sound()
    assert row.state == InstructionState.CAME_BACK
    assert (paying.pay_out(pot_id).in_payment, paying.balance(Account.CAME_BACK)) == (SENT, -SENT)
    paying.world.on(EIGHTH)
    paying.do(paying.clerk, following.settle_due, EIGHTH)
    assert paying.pay_out(pot_id).paid == pounds("0")
    paying.assert_sound()


def test_a_payment_that_came_back_after_it_settled_turns_the_settlement(paying: Paying) -> None:
    pot_id, _ = paying.paid_plan()
    paying.returned(paying.settled())
    paying.assert_sound()
    assert (paying.pay_out(pot_id).in_payment, paying.pay_out(pot_id).paid) == (SENT, pounds("0"))
    assert paying.balance(Account.FUNDS_HELD) == pounds("0")


def test_a_payment_that_came_back_is_sent_again_into_the_account_then_in_use(paying: Paying) -> None:
    pot_id, _ = paying.paid_plan()
    row = paying.returned(paying.settled())
    paying.account(paying.payee_id, OTHER_DETAILS)
    paying.do(paying.clerk, following.reissue_payment, row.id, reason="New account")
    again = paying.released(date(2026, 4, 14))
    paying.assert_sound()
    assert [payment.id for payment in paying.payments(again)] == [row.id]
    assert paying.balance(Account.CAME_BACK) == pounds("0")
    file = paying.do(paying.releaser, export_run, again.id)
    assert [item.payee for item in bacs.read(file.content).items] == [OTHER_DETAILS.for_bacs]
    paying.world.on(date(2026, 4, 14))
    paying.do(paying.clerk, following.settle_due, date(2026, 4, 14))
    paying.assert_sound()
    assert (paying.pay_out(pot_id).paid, paying.pay_out(pot_id).in_payment) == (SENT, pounds("0"))


def test_a_reissue_may_be_withdrawn_and_given_up(paying: Paying) -> None:
    pot_id, instalments = paying.paid_plan()
    row = paying.reissue_requested(paying.settled())
    run = paying.assembled(date(2026, 4, 14))
    paying.do(paying.clerk, withdraw_run, run.id, reason="No")
    given_up = paying.do(paying.approver, following.give_up_payment, row.id, reason="The holder died")
    assert given_up.state == InstructionState.GIVEN_UP
    paying.assert_sound()
    assert paying.pay_out(pot_id).still_to_pay_out == pounds("5200")
    planned = paying.do(
        paying.clerk, replan_schedule, pot_id, payee_id=paying.payee_id, year=2026, reason="Instalment given up"
    )
    assert sum((one.amount for one in planned.instalments), pounds("0")) == pounds("5200")
    assert len(planned.instalments) == len(instalments) - 1


def test_a_run_that_was_never_exported_does_not_settle(paying: Paying) -> None:
    paying.paid_plan()
    run = paying.released()
    paying.world.on(EIGHTH)
    done = paying.do(paying.clerk, following.settle_due, EIGHTH)
    assert ([row.id for row in done.not_exported], done.settled) == ([run.id], [])
    assert paying.returned(run).state == InstructionState.CAME_BACK
    paying.assert_sound()


def test_nothing_settles_or_comes_back_on_a_day_that_has_not_come(paying: Paying) -> None:
    paying.paid_plan()
    run = paying.settled()
    with pytest.raises(following.NotOnThatDayError):
        paying.do(paying.clerk, following.settle_due, date(2026, 4, 9))
    for day in (date(2026, 4, 9), date(2026, 4, 7)):
        with pytest.raises(following.NotOnThatDayError):
            paying.do(
                paying.clerk,
                following.return_payment,
                paying.payments(run)[0].id,
                returned_on=day,
                reason="Account closed",
            )
