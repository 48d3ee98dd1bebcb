"""What an auditor finds by a name, a number or a reference."""

from dataclasses import replace
from datetime import date

import pytest

from phb.core.actor import Actor, MissingPermissionError, Role
from phb.monitoring.finding import MOST, Found, TermTooShortError, find
from phb.payments.runs.queries import run_view
from phb.people.kinds import TraceStatus
from phb.people.queries import person
from tests.payments.conftest import Paying
from tests.people.conftest import details_of_somebody, invented_number

APRIL, EIGHTH = date(2026, 4, 1), date(2026, 4, 8)


def found(of: Paying, term: str, actor: Actor | None = None) -> Found:
    """Return what fits a term, for the auditor unless somebody else is named."""
    everything: Found = of.ask(actor or of.world.auditor, find, term, of.world.service.today)
    return everything


def test_a_name_finds_people_with_their_budgets_and_payees(paying: Paying) -> None:
    budget_id = paying.paid_plan()[1][0].budget_id
    for term in ("aled", "LED EXAM", " Aled Example "):
        all_of_it = found(paying, term)
        assert [row.id for row in all_of_it.people.rows] == [paying.world.person_id]
        assert [row.id for row in all_of_it.budgets.rows] == [budget_id]
        assert [row.id for row in all_of_it.payees.rows] == [paying.payee_id]
        assert (all_of_it.people.more, all_of_it.nothing) == (False, False)
    assert found(paying, "100%").nothing


def test_a_reference_or_an_id_finds_what_has_it(paying: Paying) -> None:
    budget_id = paying.paid_plan()[1][0].budget_id
    run = paying.settled(EIGHTH)
    payment = paying.payments(run)[0]
    world = paying.world
    reference = world.budget(budget_id).reference
    assert [row.id for row in found(paying, reference.lower()).budgets.rows] == [budget_id]
    known_as = world.ask(world.auditor, person, world.person_id, EIGHTH).reference
    assert [row.id for row in found(paying, known_as).people.rows] == [world.person_id]
    assert [row.id for row in found(paying, str(payment.id)).payments.rows] == [payment.id]
    at_the_bank = paying.ask(paying.clerk, run_view, run.id).items[0].item.reference
    assert [row.id for row in found(paying, at_the_bank.lower()).payments.rows] == [payment.id]
    # A payment is the source of its journals: released, then settled.
    assert [row.kind for row in found(paying, str(payment.id)).journals.rows] == [
        "payment_released",
        "payment_settled",
    ]


def test_an_nhs_number_finds_its_person_however_it_is_written(paying: Paying) -> None:
    number = invented_number(123_457)
    details = replace(details_of_somebody("Bethan"), nhs_number=number, trace_status=TraceStatus.VERIFIED)
    person_id = paying.world.service.person(details)
    for term in (number.digits, str(number)):
        assert [row.id for row in found(paying, term).people.rows] == [person_id]


def test_too_little_is_refused_and_what_is_beyond_fifty_is_left_off(paying: Paying) -> None:
    with pytest.raises(TermTooShortError):
        found(paying, " x ")
    service = paying.world.service
    for _ in range(MOST - 1):
        service.person()
    assert found(paying, "aled").people.more is False  # fifty with the one who was there
    service.person()
    people = found(paying, "aled").people
    assert (len(people.rows), people.more) == (MOST, True)


def test_nobody_finds_themselves_and_only_auditors_look(paying: Paying) -> None:
    paying.paid_plan()
    service = paying.world.service
    theirs = service.user(Role.AUDITOR, service.commissioner_id, person_id=paying.world.person_id)
    assert found(paying, "aled", theirs).nothing
    with pytest.raises(MissingPermissionError):
        found(paying, "aled", paying.clerk)
