"""An instalment is split by what is still to pay out on each line, then by its funders, to the penny."""

from datetime import date
from fractions import Fraction
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from phb.budget.kinds import ShareBasis
from phb.budget.plans.draft import ShareRule
from phb.core.money import from_pence, pounds, to_pence
from phb.ledger.chart import Account
from phb.ledger.entry import Place, Portion, Share
from phb.payments.agreed import StillToPayOut, portions_of, still_to_pay_out
from phb.payments.runs import queries
from tests.budget.conftest import stated
from tests.payments.conftest import Paying

POT, BUDGET = uuid4(), uuid4()
SHARED = (ShareRule(percent=Fraction(60), basis=ShareBasis.PERCENT), ShareRule("council", ShareBasis.REST))


def line(left: int, *agreed: int) -> StillToPayOut:
    """Return a line with pence left and what its funders agreed."""
    funds = zip(("nhs", "council", "education"), agreed, strict=False)
    shares = tuple(Share(fund, from_pence(pence)) for fund, pence in funds if pence)
    return StillToPayOut(Place(BUDGET, POT, uuid4(), 2026), from_pence(left), shares)


lines = st.lists(
    st.builds(
        lambda left, agreed: line(left, *agreed),
        st.integers(0, 10**7),
        st.lists(st.integers(1, 10**6), min_size=1, max_size=3),
    ),
    min_size=1,
    max_size=5,
).filter(lambda found: any(one.amount.amount for one in found))


@given(lines, st.data())
def test_the_parts_add_up_and_no_line_pays_more_than_it_has(found: list[StillToPayOut], data: st.DataObject) -> None:
    left = sum((one.amount for one in found), pounds("0"))
    amount = from_pence(data.draw(st.integers(1, to_pence(left))))
    parts = portions_of(amount, found)
    assert sum((part.share.amount for part in parts), pounds("0")) == amount
    assert all(part.share.amount.amount > 0 for part in parts)
    for one in found:
        of_line = [part.share.amount for part in parts if part.place == one.place]
        assert sum(of_line, pounds("0")) <= one.amount


def test_the_nhs_takes_the_odd_penny() -> None:
    (nhs, council) = portions_of(pounds("0.03"), [line(100, 50, 50)])
    assert (nhs.share, council.share) == (Share("nhs", pounds("0.02")), Share("council", pounds("0.01")))


def shares(paying: Paying, payment_id: UUID) -> list[tuple[str, str]]:
    """Return the fund and amount of each part of a payment."""
    with paying.world.service.unit(paying.clerk) as uow:
        parts = queries.shares_of(uow.session, payment_id)
    return [(part.share.fund, str(part.share.amount.amount)) for part in parts if isinstance(part, Portion)]


def test_two_lines_and_two_funders_are_paid_out_to_the_last_penny(paying: Paying) -> None:
    pot_id = paying.pot(stated("care", "1000.01", shares=SHARED), stated("fees", "99.98"))
    paying.plan(pot_id)
    first = paying.released(date(2026, 4, 8))
    (payment,) = paying.payments(first)
    assert len(shares(paying, payment.id)) == 3
    paying.assert_sound()
    paying.world.on(date(2027, 3, 1))
    paying.released(date(2027, 3, 10))
    paying.assert_sound()
    with paying.world.service.unit(paying.clerk) as uow:
        assert [one.amount for one in still_to_pay_out(uow.session, pot_id, 2026)] == [pounds("0")] * 2
    assert paying.pay_out(pot_id).in_payment == pounds("1099.99")
    assert paying.balance(Account.IN_TRANSIT) == pounds("1099.99")
