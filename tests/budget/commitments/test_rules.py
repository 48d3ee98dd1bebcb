"""What a spend uses of a promise never exceeds what is open of each funder, and parts add up."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from phb.budget.commitments.rules import part_of, total, uses
from phb.core.money import from_pence, pounds
from phb.ledger.entry import CommitmentPortion, Place, Portion, Share

PLACE = Place(UUID(int=1), UUID(int=2), UUID(int=3), 2026)


def portion(fund: str, pence: int) -> Portion:
    return Portion(PLACE, Share(fund, from_pence(pence)))


def promise(fund: str, pence: int) -> CommitmentPortion:
    return CommitmentPortion(UUID(int=4), portion(fund, pence))


def test_a_spend_uses_what_is_open_of_each_funder() -> None:
    still_open = (promise("nhs", 600), promise("council", 400), promise("education", 100))
    spent = (portion("nhs", 700), portion("council", 300))
    assert uses(still_open, spent) == (promise("nhs", 600), promise("council", 300))


def test_a_part_is_shared_as_what_is_open() -> None:
    assert part_of((promise("nhs", 300), promise("council", 100)), pounds("1.00")) == (
        promise("nhs", 75),
        promise("council", 25),
    )


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=3), st.data())
def test_no_part_is_more_than_what_is_open(pence: list[int], data: st.DataObject) -> None:
    funds = ("nhs", "council", "education")
    still_open = tuple(promise(fund, amount) for fund, amount in zip(funds, pence, strict=False))
    amount = from_pence(data.draw(st.integers(1, sum(pence))))
    parts = part_of(still_open, amount)
    assert total(parts) == amount
    assert uses(still_open, [part.portion for part in parts]) == parts
