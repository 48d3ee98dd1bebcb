"""One payment as people read it: whom it pays, through which runs, and every step."""

from datetime import date

import pytest

from phb.core.period import Period
from phb.payments.runs.history import payment_view
from phb.payments.runs.queries import InstructionNotFoundError
from phb.people.kinds import Scope
from tests.payments.conftest import OTHER_DETAILS, Paying

APRIL, EIGHTH, FOURTEENTH = (date(2026, 4, day) for day in (1, 8, 14))


def test_a_payment_that_was_sent_again_shows_both_runs_and_accounts(paying: Paying) -> None:
    paying.paid_plan()
    row = paying.reissue_requested(paying.settled(EIGHTH))
    paying.account(paying.payee_id, OTHER_DETAILS)
    again = paying.released(FOURTEENTH)
    view = paying.ask(paying.world.auditor, payment_view, row.id, EIGHTH)
    assert [(sending.run.entry_on, sending.account.masked) for sending in view.sendings] == [
        (FOURTEENTH, "account ending 91"),
        (EIGHTH, "account ending 58"),
    ]
    assert view.sendings[0].item.run_id == again.id
    assert [event.action.partition(".")[2] for event in view.events] == [
        "included",
        "released",
        "settled",
        "returned_after_settlement",
        "reissue_requested",
        "included",
        "reissued",
    ]
    assert set(view.people) >= {paying.clerk.user_id, paying.releaser.user_id}
    assert (view.name, view.covers) == ("Aled Example", Period.of_days(APRIL, date(2026, 4, 28)))


def test_a_payment_of_somebody_else_is_not_shown(paying: Paying) -> None:
    paying.paid_plan()
    payment = paying.payments(paying.assembled())[0]
    stranger = paying.world.service.broker(paying.world.service.person(), Scope.BUDGET)
    with pytest.raises(InstructionNotFoundError):
        paying.ask(stranger, payment_view, payment.id, APRIL)
