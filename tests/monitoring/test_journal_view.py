"""One journal as people read it."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select

from phb.core.actor import MissingPermissionError
from phb.ledger.chart import Layer
from phb.ledger.models import Journal
from phb.ledger.queries import JournalNotFoundError
from phb.monitoring.journal_view import journal_view
from phb.people.users.queries import names_of
from tests.payments.conftest import Paying, money

APRIL, EIGHTH = date(2026, 4, 1), date(2026, 4, 8)


def test_a_journal_names_who_prepared_it_and_puts_each_line_on_its_side(paying: Paying) -> None:
    budget_id = paying.paid_plan()[1][0].budget_id
    paying.settled(EIGHTH)
    auditor = paying.world.auditor
    with paying.world.service.unit(auditor) as uow:
        journal_id = uow.session.scalars(select(Journal.id).where(Journal.kind == "payment_settled")).one()
        view = journal_view(uow.session, auditor, journal_id, EIGHTH)
        assert (
            view.people[view.journal.prepared_by]
            == names_of(uow.session, auditor, [paying.clerk.user_id])[paying.clerk.user_id]
        )
    # £400.00 leaves what is in transit and is held for the person.
    assert [(one.line.account, one.layer, one.debit, one.credit) for one in view.lines] == [
        ("funds_held", Layer.ACTUAL, money("400"), None),
        ("in_transit", Layer.ACTUAL, None, money("400")),
    ]
    assert view.budgets == {budget_id: paying.world.budget(budget_id).reference}
    assert view.reversed_by_id is None


def test_a_journal_is_shown_to_those_who_read_the_books(paying: Paying) -> None:
    with pytest.raises(JournalNotFoundError):
        paying.ask(paying.clerk, journal_view, uuid4(), APRIL)
    with pytest.raises(MissingPermissionError):
        paying.ask(paying.world.coordinator, journal_view, uuid4(), APRIL)
