"""A statement says what the books say, for each way of holding money, every period and whoever may see it."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session, sessionmaker

from phb.budget.kinds import ManagementType
from phb.budget.plans.draft import PotDraft
from phb.budget.queries import portions_of
from phb.core.money import pounds
from phb.core.period import Period, financial_year
from phb.ledger import events, posting
from phb.ledger.chart import Account
from phb.ledger.entry import Heading, Source
from phb.ledger.queries import pay_out_of, position_of_pot
from phb.payments.checks.operations import lift_hold, put_hold
from phb.payments.kinds import HoldKind, PayeeKind
from phb.payments.schedules.operations import plan_one_off, replan_schedule
from phb.people.kinds import Basis, RelationKind
from phb.people.operations import register_person
from phb.people.relations.rules import NewRelation
from phb.spending.invoices.credit_notes import lower_invoice
from phb.spending.invoices.draft import NewInvoice, NewInvoiceLine
from phb.spending.invoices.operations import accept_invoice
from phb.spending.kinds import Evidence
from phb.spending.records.decisions import correct_spend, note_evidence_seen
from phb.statements import queries
from phb.statements.cash import CashKind
from phb.statements.formats import FORMATS, render
from phb.statements.pot import Pot
from phb.statements.queries import NoStatementYetError
from phb.statements.sections import document_of
from phb.statements.spend import totals
from phb.statements.statement import OutsideStatementError, Statement
from tests.budget.conftest import World, dates, stated
from tests.people.conftest import BY_THE_PERSON, Service, details_of_somebody
from tests.spending.conftest import SHARED, Spender
from tests.statements.conftest import APRIL, FIRST_OF_JULY, JUNE, MAY, SPRING, Teller

NIL = pounds("0")
DP, NP, TP = ManagementType.DIRECT_PAYMENT, ManagementType.NOTIONAL, ManagementType.THIRD_PARTY
REFERENCE = {DP: "dp", NP: "np", TP: "tp"}


def pot_of(statement: Statement, management: ManagementType) -> Pot:
    (found,) = (pot for pot in statement.pots if pot.management is management)
    return found


def cash_of(statement: Statement, management: ManagementType = DP) -> tuple[str, str]:
    cash = pot_of(statement, management).cash
    assert cash is not None
    return f"{cash.opening.amount:.2f}", f"{cash.closing.amount:.2f}"


def moved(statement: Statement, management: ManagementType = DP) -> list[tuple[CashKind, str, str]]:
    cash = pot_of(statement, management).cash
    assert cash is not None
    return [(each.kind, each.what, f"{each.amount.amount:.2f}") for each in cash.movements]


def assert_equals_the_books(teller: Teller, statement: Statement) -> None:
    """Fail where a figure is not the balance that the ledger answers for the same day."""
    before, last = statement.period.start_on - timedelta(days=1), statement.stands_on
    for pot in statement.pots:
        reference = REFERENCE[pot.management]
        assert pot.position.spent == teller.balance(Account.EXPENDITURE, reference, last)
        assert pot.position.approved == teller.balance(Account.ALLOCATION, reference, last)
        assert pot.position.committed == teller.balance(Account.COMMITMENT, reference, last)
        assert pot.alongside.asked_about == teller.balance(Account.BEING_ASKED_ABOUT, reference, last)
        if pot.cash is not None:
            assert pot.cash.opening == teller.balance(Account.FUNDS_HELD, reference, before)
            assert pot.cash.closing == teller.balance(Account.FUNDS_HELD, reference, last)


def test_the_spring_in_figures(spring: Teller) -> None:
    # Direct payment: 3 x 400.00 came in; 100.00 care, 30.00 asked about and put back, 50.00 asked about left 1050.00.
    # Third party: 3 x 100.00 came in, 80.00 was spent: 220.00. Notional: 600.00 ordered, 150.00 of it invoiced.
    said = spring.tell(SPRING)
    assert (cash_of(said), cash_of(said, TP)) == (("0.00", "1050.00"), ("0.00", "220.00"))
    position = said.position
    assert (position.approved, position.spent, position.committed) == (pounds("7500"), pounds("380"), pounds("450"))
    assert position.available == pounds("6670.00")
    assert (said.spent_before, said.spent) == (NIL, pounds("380.00"))
    assert moved(said) == [
        (CashKind.RECEIVED, "instalment 1 of 13", "400.00"),
        (CashKind.RECEIVED, "instalment 2 of 13", "400.00"),
        (CashKind.SPENT, "Help at home, Sam's care", "100.00"),
        (CashKind.ASKED_ABOUT, "Two bottles, Sam's care", "30.00"),
        (CashKind.ASKED_ABOUT, "A taxi, Sam's care", "50.00"),
        (CashKind.PUT_BACK, "Two bottles, Sam's care", "30.00"),
        (CashKind.RECEIVED, "instalment 3 of 13", "400.00"),
    ]


def test_the_months_in_figures_and_how_they_join(spring: Teller) -> None:
    # April: 800.00 came in. May: 400.00 more, 180.00 out, 30.00 back. June: nothing moved; 50.00 was accepted.
    april, may, june = (spring.tell(month) for month in (APRIL, MAY, JUNE))
    assert [cash_of(month) for month in (april, may, june)] == [
        ("0.00", "800.00"),
        ("800.00", "1050.00"),
        ("1050.00", "1050.00"),
    ]
    assert [(month.spent_before, month.spent) for month in (april, may, june)] == [
        (NIL, NIL),
        (NIL, pounds("330.00")),
        (pounds("330.00"), pounds("50.00")),
    ]
    assert [month.alongside.asked_about for month in (april, may, june)] == [NIL, pounds("50.00"), NIL]
    assert [month.position.committed for month in (april, may)] == [pounds("600.00"), pounds("450.00")]


@pytest.mark.parametrize(
    "period", [APRIL, MAY, JUNE, SPRING, dates("2026-05-06", "2026-05-06"), dates("2025-01-01", "2027-03-31")]
)
def test_every_figure_is_the_books_for_every_period(spring: Teller, period: Period) -> None:
    assert_equals_the_books(spring, spring.tell(period))


def test_where_it_stands_today_is_where_the_positions_stand(spring: Teller) -> None:
    said = spring.tell(dates("2026-04-01", "2026-07-31"))
    assert said.stands_on == FIRST_OF_JULY
    for pot in said.pots:
        pot_id = spring.spender.pot_id(REFERENCE[pot.management])
        books = spring.spender.ask(position_of_pot, pot_id)
        assert (pot.position.approved, pot.position.spent) == (books.approved, books.spent)
        assert (pot.position.committed, pot.position.available) == (books.committed, books.available)
        paid_out = spring.spender.ask(pay_out_of, pot_id, 2026)
        assert pot.alongside.still_to_pay_out == paid_out.still_to_pay_out
        assert pot.alongside.in_payment == paid_out.in_payment


def test_spending_is_by_outcome_category_and_evidence(spring: Teller) -> None:
    said = spring.tell(SPRING)
    assert [(line.what, line.outcome, line.category, line.evidence, line.amount) for line in said.spend] == [
        ("Help at home, Sam's care", "I want living", "Personal care and support", Evidence.AWAITED, pounds("100.00")),
        ("Help at home, Sam's care", "I want company", "Personal care and support", Evidence.AWAITED, pounds("80.00")),
        ("Nurse visits", "I want living", "Nursing and delegated healthcare tasks", Evidence.SEEN, pounds("150.00")),
        ("A taxi, Sam's care", "I want living", "Transport linked to an outcome", Evidence.AWAITED, pounds("50.00")),
    ]
    whole = totals("", said.spend)
    assert (whole.seen, whole.awaited, whole.not_needed) == (pounds("150.00"), pounds("230.00"), NIL)


def test_evidence_seen_since_is_told_apart(lived: Teller) -> None:
    row = lived.spender.spend("12.00")
    lived.world.do(lived.world.finance, note_evidence_seen, row.id, note="Paper receipt")
    assert totals("", lived.tell(MAY).spend).seen == pounds("162.00")


def test_a_question_gives_its_reason_code_and_sentence(spring: Teller) -> None:
    cash = pot_of(spring.tell(MAY), DP).cash
    assert cash is not None
    codes = [each.question.reason_code for each in cash.of_kinds({CashKind.ASKED_ABOUT}) if each.question]
    assert codes == ["barred-category", "category-not-the-lines"]


def test_due_goes_by_the_days_it_is_for_and_received_by_the_day_it_came(spring: Teller) -> None:
    # May has 26 of the 28 days of instalment 2 (400.00 - 28.57 for two days) and 5 of instalment 3 (71.43).
    pot = pot_of(spring.tell(MAY), DP)
    assert [(due.days_in(MAY), due.part_in(MAY)) for due in pot.due] == [(26, pounds("371.43")), (5, pounds("71.43"))]
    assert pot.cash is not None
    assert pot.cash.total_of(CashKind.RECEIVED) == pounds("400.00")


def test_the_next_payment_is_the_first_that_is_not_on_its_way(spring: Teller) -> None:
    # Instalment 4 was due on 24 June, sent late or not at all; the next planned from 1 July is that of 22 July.
    payment = pot_of(spring.tell(JUNE), DP).next_payment
    assert payment is not None
    assert (payment.pay_on, payment.amount) == (date(2026, 7, 22), pounds("400.00"))
    assert payment.covers == dates("2026-07-22", "2026-08-18")


def test_a_payment_that_is_held_is_not_announced(teller: Teller) -> None:
    paying, budget_id = teller.paying, teller.spender.budget_id
    hold = paying.do(
        paying.clerk,
        put_hold,
        budget_id,
        kind=HoldKind.HOLD,
        start_on=date(2026, 4, 1),
        reason="In hospital",
        pot_id=teller.spender.pot_id(),
    )
    assert pot_of(teller.tell(APRIL), DP).next_payment is None
    assert pot_of(teller.tell(APRIL), TP).next_payment is not None
    teller.world.on(date(2026, 4, 20))
    paying.do(paying.checker, lift_hold, hold.id, end_on=date(2026, 4, 20), reason="At home again")
    payment = pot_of(teller.tell(APRIL), DP).next_payment
    assert payment is not None
    assert payment.pay_on == date(2026, 4, 29)


def test_there_is_no_next_payment_after_the_last(teller: Teller) -> None:
    teller.world.on(date(2027, 3, 31))
    assert pot_of(teller.tell(JUNE), DP).next_payment is None


def test_instalments_planned_anew_are_due_once(lived: Teller) -> None:
    paying, days = lived.paying, dates("2026-06-24", "2026-07-21")
    before = pot_of(lived.tell(days), DP).due
    assert [due.amount for due in before] == [pounds("400.00")]
    paying.do(
        paying.clerk, replan_schedule, lived.spender.pot_id(), payee_id=paying.payee_id, year=2026, reason="As before"
    )
    assert pot_of(lived.tell(days), DP).due == before


def test_a_one_off_payment_is_called_one(teller: Teller) -> None:
    world, paying = teller.world, teller.paying
    one = Teller(paying, Spender(world, world.active(stated("care", "500.00"))))
    paying.do(
        paying.clerk,
        plan_one_off,
        one.spender.pot_id(),
        payee_id=paying.payee_id,
        amount=pounds("100.00"),
        due_on=date(2026, 4, 8),
        reason="To start with",
    )
    paying.settled()
    assert moved(one.tell(APRIL)) == [(CashKind.RECEIVED, "one-off payment", "100.00")]


def test_a_payment_that_came_back_leaves_the_cash_and_waits_for_a_decision(teller: Teller) -> None:
    run = teller.paying.settled()
    teller.paying.returned(run)
    said = teller.tell(APRIL)
    came_back = {pot.management: pot.alongside.came_back for pot in said.pots if pot.alongside.came_back != NIL}
    ((management, amount),) = came_back.items()
    assert amount == {DP: pounds("400.00"), TP: pounds("100.00")}[management]
    assert said.alongside.in_payment == NIL
    assert moved(said, management)[-1][0] is CashKind.CAME_BACK
    assert cash_of(said, management) == ("0.00", "0.00")
    assert_equals_the_books(teller, said)


def test_money_on_its_way_is_beside_the_budget(teller: Teller) -> None:
    teller.paying.released()
    said = teller.tell(APRIL)
    assert (said.alongside.in_payment, said.alongside.still_to_pay_out) == (pounds("500.00"), pounds("6000.00"))
    assert said.position.available == pounds("7500.00")


def test_a_correction_takes_spending_back_on_the_day_it_was_made(lived: Teller) -> None:
    row = lived.spender.spend("40.00", spent_on=date(2026, 6, 1))
    instead = lived.spender.new("14.00", spent_on=date(2026, 6, 1), words="Help on Monday")
    lived.world.do(lived.world.holder, correct_spend, row.id, reason="Mistyped", instead=instead)
    said = lived.tell(dates("2026-06-01", "2026-07-01"))
    assert [
        (line.spent_on.month, line.what, line.amount) for line in said.spend if line.category.startswith("Personal")
    ] == [
        (6, "Help at home, Sam's care", pounds("40.00")),
        (7, "Help at home, Sam's care (correction)", pounds("-40.00")),
        (7, "Help on Monday, Sam's care", pounds("14.00")),
    ]
    assert cash_of(said) == ("1050.00", "1036.00")
    assert_equals_the_books(lived, said)


def test_money_put_to_other_funders_is_asked_about_once(lived: Teller) -> None:
    row = lived.spender.spend("60.00", line=None, spent_on=date(2026, 6, 2), pot_id=lived.spender.pot_id())
    assert row.reason_code == "not-in-plan"
    said = lived.tell(JUNE)
    assert pot_of(said, DP).alongside.asked_about == pounds("60.00")
    assert_equals_the_books(lived, said)


def test_an_invoice_shows_each_of_its_lines_and_a_credit_note_takes_them_back(lived: Teller) -> None:
    world, line_id = lived.world, lived.spender.line_id("nurse")
    lines = (
        NewInvoiceLine(line_id, pounds("30.01"), JUNE, "Morning visits"),
        NewInvoiceLine(line_id, pounds("20.00"), JUNE, "Evening visits"),
    )
    new = NewInvoice(world.provider_id, "INV-2", date(2026, 6, 30), lines)
    row = world.do(world.finance, accept_invoice, lived.spender.budget_id, new).row
    assert [(line.what, line.amount) for line in lived.tell(JUNE).spend if line.spent_on.day == 30] == [
        ("Morning visits", pounds("30.01")),
        ("Evening visits", pounds("20.00")),
    ]
    world.do(
        world.finance,
        lower_invoice,
        row.id,
        reference="CN-1",
        credited_on=FIRST_OF_JULY,
        lines=lines[1:],
        reason="No morning visits",
    )
    said = lived.tell(dates("2026-07-01", "2026-07-31"))
    assert [(line.what, line.amount) for line in said.spend] == [
        ("Morning visits (correction)", pounds("-30.01")),
        ("Evening visits (correction)", pounds("-20.00")),
        ("Evening visits", pounds("20.00")),
    ]
    assert_equals_the_books(lived, said)


@pytest.mark.parametrize(("pot", "management"), [("dp", DP), ("np", NP), ("tp", TP)])
def test_a_budget_held_in_one_way(teller: Teller, pot: str, management: ManagementType) -> None:
    # 900.00 approved; in an account 300.00 arrive and 45.50 leave, or an invoice of 45.50 is accepted.
    world = teller.world
    one = Teller(teller.paying, Spender(world, world.active(stated("care", "900.00", pot=pot, shares=SHARED))))
    if management.is_handed_over:
        one.spender.pay_in("300.00", pot)
        world.on(date(2026, 5, 4))
        one.spender.put(world.finance, "45.50")
    else:
        world.on(date(2026, 5, 4))
        covers = dates("2026-05-04", "2026-05-04")
        new = NewInvoice(
            world.provider_id,
            "I-9",
            covers.last_day,
            (NewInvoiceLine(one.spender.line_id(), pounds("45.50"), covers, "Care"),),
        )
        world.do(world.finance, accept_invoice, one.spender.budget_id, new)
    for period in (APRIL, MAY, SPRING):
        said = one.tell(period) if period is not SPRING else one.tell(dates("2026-04-01", "2026-05-31"))
        assert_equals_the_books(one, said)
        assert [pot.management for pot in said.pots] == [management]
    said = one.tell(MAY)
    assert (said.position.available, said.spent) == (pounds("854.50"), pounds("45.50"))
    if management.is_handed_over:
        assert cash_of(said, management) == ("300.00", "254.50")
    assert all(render(document_of(said), name) for name in FORMATS)


def test_what_has_no_record_of_its_own_is_said_in_the_words_of_the_books(
    session_factory: sessionmaker[Session],
) -> None:
    # 300.00 arrive, 40.00 are spent and 25.00 leave for something unclear, as a bureau's own entries would say.
    world = World(Service(session_factory))
    spender = Spender(world, world.active(stated("care", "900.00")))
    spender.pay_in("300.00")
    line = world.line_of(spender.budget_id)
    heading = Heading(date(2026, 4, 1), "Wages of April", Source("payroll", uuid4()))
    with world.service.unit(world.finance) as uow:
        posting.post(uow, events.paid_from_funds(heading, portions_of(line, financial_year(2026), pounds("40.00"))))
        posting.post(uow, events.money_left_account(heading, portions_of(line, financial_year(2026), pounds("25.00"))))
    said = world.ask(world.auditor, queries.statement, spender.budget_id, APRIL, issued_on=date(2026, 4, 1))
    assert moved(said) == [
        (CashKind.RECEIVED, "An instalment", "300.00"),
        (CashKind.SPENT, "Wages of April", "40.00"),
        (CashKind.ASKED_ABOUT, "Wages of April", "25.00"),
    ]
    assert [(line.what, line.category, line.evidence) for line in said.spend] == [
        ("Wages of April", "Personal care and support", Evidence.AWAITED)
    ]
    assert cash_of(said) == ("0.00", "235.00")


def test_who_holds_the_money_is_named(spring: Teller) -> None:
    names = {pot.management: pot.held_by for pot in spring.tell(SPRING).pots}
    assert names == {DP: "Aled Example", NP: "Northvale", TP: "The third_party"}


def test_a_nominee_who_is_paid_holds_the_money(teller: Teller) -> None:
    world, paying = teller.world, teller.paying
    nominee_id = world.do(world.coordinator, register_person, details_of_somebody("Nia", born=None)).id
    world.service.relate(
        world.person_id,
        NewRelation(
            RelationKind.NOMINEE,
            Basis.NOMINATED,
            date(2026, 4, 1),
            acting_person_id=nominee_id,
            consent=BY_THE_PERSON,
        ),
    )
    payee_id = paying.payee(PayeeKind.NOMINEE, person_id=world.person_id, acting_person_id=nominee_id)
    paying.account(payee_id)
    paying.do(
        paying.clerk, replan_schedule, teller.spender.pot_id(), payee_id=payee_id, year=2026, reason="Nia is paid"
    )
    assert pot_of(teller.tell(APRIL), DP).held_by == "Nia Example"


def test_two_pots_of_one_way_and_holder_are_told_apart(teller: Teller) -> None:
    world = teller.world
    budget_id = world.active(
        stated("care", "500.00"),
        stated("more", "100.00", pot="second"),
        pots=(PotDraft("dp", DP), PotDraft("second", DP)),
    )
    said = Teller(teller.paying, Spender(world, budget_id)).tell(APRIL)
    assert [pot.held_by for pot in said.pots] == ["Aled Example (dp)", "Aled Example (second)"]


def test_a_line_that_left_the_plan_keeps_its_outcome(lived: Teller) -> None:
    world, spender = lived.world, lived.spender
    world.on(FIRST_OF_JULY)
    world.changed(
        spender.budget_id,
        stated("care", "5200.00", shares=SHARED),
        stated("agency", "1300.00", pot="tp", outcome="friends"),
        stated("nurse", "1000.00", pot="np", category="NURSING", words="Nurse visits", shares=SHARED),
    )
    assert {line.outcome for line in lived.tell(SPRING).spend} == {"I want living", "I want friends"}


def test_days_before_the_budget_was_agreed_show_nothing(teller: Teller) -> None:
    said = teller.tell(dates("2026-04-01", "2026-04-01"), teller.world.holder)
    assert said.position.approved == pounds("7500.00")
    before = teller.tell(dates("2026-03-01", "2026-03-31"), teller.world.holder)
    assert (before.position.approved, before.spent, cash_of(before)) == (NIL, NIL, ("0.00", "0.00"))
    assert len(before.pots) == 3


def test_a_statement_of_days_to_come_is_refused(teller: Teller) -> None:
    with pytest.raises(OutsideStatementError, match="Choose an earlier period"):
        teller.tell(MAY)


def test_there_is_no_statement_before_the_budget_is_active(teller: Teller) -> None:
    waiting = Teller(teller.paying, Spender(teller.world, teller.world.propose(stated("care", "10.00")).id))
    with pytest.raises(NoStatementYetError):
        waiting.tell(APRIL)
