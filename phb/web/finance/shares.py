"""A picture of a share against its threshold: how long each part is drawn."""

from dataclasses import dataclass
from fractions import Fraction

from phb.indicators.report import Check
from phb.indicators.rules import Verdict

WIDTH = 1000
VERDICTS = {
    Verdict.PASSES: {"text": "Passes", "colour": "green"},
    Verdict.FAILS: {"text": "Does not pass", "colour": "red"},
    Verdict.NO_RESULT: {"text": "No result", "colour": "grey"},
}


@dataclass(frozen=True)
class SharePicture:
    """How long what was counted is drawn, and where the threshold stands, of WIDTH."""

    counted: int
    threshold: int


def picture_of(check: Check) -> SharePicture | None:
    """Return the picture of a check's share; None for a plain count, and where nothing is there to divide by."""
    share = check.outcome.share
    return None if share is None else SharePicture(_long(share), _long(check.rule.threshold.value))


def verdict_tag(check: Check) -> dict[str, str]:
    """Return what the NHS.UK tag needs for what a check came to."""
    return VERDICTS[check.outcome.verdict]


def _long(share: Fraction) -> int:
    return int(share * WIDTH)
