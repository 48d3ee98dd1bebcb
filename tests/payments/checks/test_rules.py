"""Each check of the checklist fails by itself, all of them at once, and a review only warns."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from phb.budget.kinds import ManagementType
from phb.core.money import pounds
from phb.core.period import financial_year
from phb.payments.checks.rules import (
    AccountFacts,
    Code,
    HoldFacts,
    PaymentFacts,
    PlanFacts,
    ServiceFacts,
    may_pay,
)
from phb.payments.kinds import AccountUse, HoldKind

YEAR = financial_year(2026)
TODAY = date(2026, 6, 1)
PLAN = PlanFacts(
    management=ManagementType.DIRECT_PAYMENT,
    is_agreed=True,
    period=YEAR,
    covers=YEAR,
    amount=pounds("400"),
    still_to_pay=pounds("400"),
    services=[ServiceFacts(pounds("5200"), pounds("5200"))],
    review_due_on=TODAY,
)
ACCOUNT = AccountFacts(AccountUse.DEDICATED, is_approved=True, is_only_payment=False)
GOOD = PaymentFacts(TODAY, payee_acts=True, payee_excluded=False, account=ACCOUNT, plan=PLAN)
OUTSIDE = financial_year(2027)
HOLD = HoldFacts(HoldKind.HOLD, TODAY, "Statements missing")
STOP = HoldFacts(HoldKind.STOP, TODAY, "The holder died")
UNAPPROVED = replace(ACCOUNT, is_approved=False)
ONE_OFF = AccountFacts(AccountUse.ONE_OFF, is_approved=False, is_only_payment=False)


def codes(facts: PaymentFacts) -> list[Code]:
    """Return the codes of what stands against a payment."""
    return [reason.code for reason in may_pay(facts).failures]


def test_a_payment_that_nothing_stands_against_is_made() -> None:
    assert may_pay(GOOD).may_be_paid
    assert may_pay(GOOD).warnings == ()


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (replace(GOOD, plan=replace(PLAN, consented=False)), Code.NO_CONSENT),
        (replace(GOOD, plan=replace(PLAN, excluded=True)), Code.EXCLUDED),
        (replace(GOOD, payee_acts=False), Code.PAYEE_NOT_VALID),
        (replace(GOOD, payee_excluded=True), Code.PAYEE_EXCLUDED),
        (replace(GOOD, account=None), Code.DETAILS_NOT_CONFIRMED),
        (replace(GOOD, plan=replace(PLAN, is_agreed=False)), Code.PLAN_NOT_AGREED),
        (replace(GOOD, plan=replace(PLAN, covers=OUTSIDE)), Code.PLAN_NOT_IN_DATE),
        (replace(GOOD, account=UNAPPROVED), Code.ACCOUNT_NOT_APPROVED),
        (replace(GOOD, account=ONE_OFF), Code.NOT_THE_ONLY_PAYMENT),
        (
            replace(GOOD, plan=replace(PLAN, services=[ServiceFacts(pounds("100.01"), pounds("100"))])),
            Code.SERVICE_NOT_COVERED,
        ),
        (replace(GOOD, plan=replace(PLAN, still_to_pay=pounds("399.99"))), Code.MORE_THAN_STILL_TO_PAY),
        (replace(GOOD, holds=[HOLD]), Code.ON_HOLD),
        (replace(GOOD, holds=[STOP]), Code.STOPPED),
    ],
)
def test_each_check_fails_by_itself(facts: PaymentFacts, code: Code) -> None:
    assert codes(facts) == [code]
    assert all(reason.sentence.endswith(".") for reason in may_pay(facts).failures)


def test_every_failure_is_told_at_once() -> None:
    facts = PaymentFacts(
        TODAY,
        payee_acts=False,
        payee_excluded=True,
        account=None,
        holds=[HOLD, STOP],
        plan=replace(PLAN, is_agreed=False, covers=OUTSIDE, consented=False, excluded=True, still_to_pay=pounds("0")),
    )
    assert codes(facts) == [
        Code.NO_CONSENT,
        Code.EXCLUDED,
        Code.PAYEE_NOT_VALID,
        Code.PAYEE_EXCLUDED,
        Code.DETAILS_NOT_CONFIRMED,
        Code.PLAN_NOT_AGREED,
        Code.PLAN_NOT_IN_DATE,
        Code.MORE_THAN_STILL_TO_PAY,
        Code.ON_HOLD,
        Code.STOPPED,
    ]


def test_an_overdue_review_warns_and_stops_nothing() -> None:
    verdict = may_pay(replace(GOOD, plan=replace(PLAN, review_due_on=TODAY - timedelta(days=1))))
    assert verdict.may_be_paid
    assert [warning.code for warning in verdict.warnings] == [Code.REVIEW_OVERDUE]


def test_consent_and_exclusion_are_about_direct_payments_alone() -> None:
    third_party = replace(
        PLAN, management=ManagementType.THIRD_PARTY, consented=False, excluded=True, review_due_on=None
    )
    assert codes(replace(GOOD, plan=third_party)) == []


def test_managed_accounts_and_single_payments_need_no_approval() -> None:
    managed = AccountFacts(AccountUse.MANAGED, is_approved=False, is_only_payment=False)
    assert codes(replace(GOOD, account=managed)) == []
    assert codes(replace(GOOD, account=replace(ONE_OFF, is_only_payment=True))) == []


def test_an_invoice_is_checked_for_its_payee_alone() -> None:
    assert codes(replace(GOOD, plan=None)) == []


def test_what_is_about_to_be_taken_of_a_pot_is_no_longer_there_and_an_invoice_has_no_pot() -> None:
    taken = pounds("99.99")
    assert GOOD.beside(taken).plan == replace(PLAN, still_to_pay=PLAN.still_to_pay - taken)
    invoice = replace(GOOD, plan=None)
    assert invoice.beside(taken) == invoice
