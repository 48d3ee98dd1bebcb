"""Arithmetic on promised money: how much of it a spend uses, and how a part of it is let go."""

from collections.abc import Sequence
from dataclasses import replace

from moneyed import Money

from phb.core.money import from_pence, split, to_pence
from phb.ledger.entry import CommitmentPortion, Portion, Share


def uses(still_open: Sequence[CommitmentPortion], spent: Sequence[Portion]) -> tuple[CommitmentPortion, ...]:
    """Return what a spend uses of a commitment: of each funder what is spent, at most what is open."""
    by_fund = {portion.share.fund: portion.share.amount for portion in spent}
    nil = from_pence(0)
    used = [(promise, min(amount_of(promise), by_fund.get(promise.portion.share.fund, nil))) for promise in still_open]
    return tuple(_with_amount(promise, amount) for promise, amount in used if amount.amount > 0)


def part_of(still_open: Sequence[CommitmentPortion], amount: Money) -> tuple[CommitmentPortion, ...]:
    """Return an amount shared as what is open is; the NHS comes first where it does there."""
    parts = split(amount, [to_pence(amount_of(promise)) for promise in still_open])
    pairs = zip(still_open, parts, strict=True)
    return tuple(_with_amount(promise, part) for promise, part in pairs if part.amount)


def total(promises: Sequence[CommitmentPortion]) -> Money:
    """Return what promises come to."""
    return sum((amount_of(promise) for promise in promises), from_pence(0))


def amount_of(promise: CommitmentPortion) -> Money:
    """Return the amount of one promise."""
    return promise.portion.share.amount


def _with_amount(promise: CommitmentPortion, amount: Money) -> CommitmentPortion:
    share = Share(promise.portion.share.fund, amount)
    return replace(promise, portion=replace(promise.portion, share=share))
