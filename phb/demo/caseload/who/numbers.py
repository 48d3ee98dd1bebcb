"""NHS numbers of the test range and bank account numbers that pass the check, none of them twice."""

from collections.abc import Iterator

from nhs_number.validate import calculate_checksum

STEMS = 10**6
STEP = 367_861  # shares no factor with the stems, so that a walk in such steps meets each of them once
NO_CHECK_DIGIT = 10
SORT_CODE = "089999"
ACCOUNT_STEMS = 10**7
ACCOUNT_STEP = 3_618_033  # shares no factor with the account stems
ACCOUNT_WEIGHTS = (7, 1, 3, 7, 1, 3, 7)  # of the first seven digits under 08-99-99; the last weighs one


def nhs_numbers(start: int = 0) -> Iterator[str]:
    """Yield every number of the range kept for invented people once, and nothing ("") for ever after.

    One stem in eleven has no check digit, so there are some 909,000 of them. Whoever comes later is not traced yet.
    """
    for place in range(STEMS):
        stem = f"999{(start + place * STEP) % STEMS:06}"
        digit = calculate_checksum(stem)
        if digit != NO_CHECK_DIGIT:
            yield f"{stem}{digit}"
    while True:
        yield ""


def account_number(number: int) -> str:
    """Return the nth invented account number; the first ten million are all different and pass the check."""
    stem = f"{(6_637_495 + number * ACCOUNT_STEP) % ACCOUNT_STEMS:07}"
    total = sum(weight * int(digit) for weight, digit in zip(ACCOUNT_WEIGHTS, stem, strict=True))
    return f"{stem}{-total % 10}"
