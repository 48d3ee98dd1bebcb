"""Who the invented people are: a cohort, a way of holding the money, and when their budget runs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

CO_ORDINATORS = ("ann", "bryn", "carys", "dev")
CHILDREN = frozenset({"CYP_CONTINUING_CARE", "WHEELCHAIR_CYP", "EHCP_SEND", "LOOKED_AFTER_CYP_MH"})


@dataclass(frozen=True)
class Case:
    """One person with one budget."""

    number: int
    cohort: str
    template: str
    start_on: date
    last_day: date
    hours: int
    council_percent: int = 0
    helper: str | None = None  # nominee, deputy or broker

    @property
    def person(self) -> str:
        """The person's reference."""
        return f"P-{self.number:04}"

    @property
    def acting(self) -> str:
        """The reference of the parent, deputy or nominee."""
        return f"P-{self.number + 1000:04}"

    @property
    def budget(self) -> str:
        """The budget's reference."""
        return f"B-{self.number:04}"

    @property
    def is_child(self) -> bool:
        """Whether a parent acts for them."""
        return self.cohort in CHILDREN

    @property
    def is_represented(self) -> bool:
        """Whether somebody else consents and agrees for them."""
        return self.is_child or self.helper == "deputy"

    @property
    def co_ordinator(self) -> str:
        """The first part of their care co-ordinator's sign-in name."""
        return CO_ORDINATORS[self.number % len(CO_ORDINATORS)]


@dataclass(frozen=True)
class Group:
    """People of one cohort who hold their money the same way."""

    cohort: str
    template: str
    starts: tuple[str, ...]
    hours: int = 14
    council_percent: int = 0
    helpers: tuple[str | None, ...] = ()
    days: int = 365


GROUPS = (
    Group("ADULT_CHC", "assistants", ("2026-04-01",) * 4 + ("2026-03-16", "2026-07-01"), 24, helpers=("nominee",)),
    Group("ADULT_CHC", "agency", ("2026-04-01", "2026-05-11"), 16, helpers=(None, "nominee")),
    Group("ADULT_CHC", "notional", ("2026-04-01", "2026-04-01", "2026-06-01"), 20, helpers=("broker",)),
    Group("ADULT_CHC", "third_party", ("2026-04-01", "2026-04-01"), 18, helpers=("broker",)),
    Group("ADULT_CHC", "mixed", ("2026-04-01", "2026-09-01"), 22),
    Group("ADULT_CHC_FAST_TRACK", "notional", ("2026-05-05", "2026-08-03", "2027-01-11"), 28, days=91),
    Group("CYP_CONTINUING_CARE", "assistants", ("2026-04-01", "2026-04-01", "2026-10-01"), 20),
    Group("CYP_CONTINUING_CARE", "notional", ("2026-04-01", "2026-04-01"), 15),
    Group("S117_AFTERCARE", "third_party", ("2026-04-01", "2026-04-01"), 12, 50),
    Group("S117_AFTERCARE", "assistants", ("2026-04-01", "2026-06-15"), 10, 50, ("deputy",)),
    Group("WHEELCHAIR_ADULT", "wheelchair", ("2026-04-20", "2026-05-18", "2026-06-22", "2026-09-07", "2026-11-02")),
    Group("WHEELCHAIR_ADULT", "wheelchair_own", ("2026-04-27", "2026-07-13", "2026-10-05", "2027-02-01")),
    Group("WHEELCHAIR_CYP", "wheelchair", ("2026-05-04", "2026-07-20", "2026-09-14", "2027-01-18")),
    Group("LEARNING_DISABILITY", "assistants", ("2026-04-01", "2026-04-01", "2026-08-17"), 18, 40, ("deputy",)),
    Group("LEARNING_DISABILITY", "mixed", ("2026-04-01",), 16, 40),
    Group("MENTAL_HEALTH", "one_off", ("2026-06-08", "2026-09-21")),
    Group("MENTAL_HEALTH", "small_third_party", ("2026-05-25",)),
    Group("JOINT_FUNDED", "agency", ("2026-04-01", "2026-04-01"), 14, 35),
    Group("JOINT_FUNDED", "notional", ("2026-04-01",), 18, 45),
    Group("EHCP_SEND", "assistants", ("2026-09-01",), 8, 30),
    Group("EHCP_SEND", "notional", ("2026-09-01",), 6, 30),
    Group("LOOKED_AFTER_CYP_MH", "small_third_party", ("2026-07-06",)),
    Group("END_OF_LIFE", "agency", ("2026-06-29", "2026-11-16"), 21, days=84),
    Group("LONG_TERM_CONDITION", "one_off", ("2026-05-12", "2026-10-19")),
    Group("HOSPITAL_DISCHARGE", "one_off", ("2026-08-10", "2026-12-07")),
    Group("MATERNITY_PMCB", "maternity", ("2026-05-06", "2026-11-09")),
    Group("OTHER", "one_off", ("2026-07-27",)),
)


def cases() -> Iterator[Case]:
    """Yield every case of Northvale, in the order of their numbers."""
    number = 0
    for group in GROUPS:
        for place, start in enumerate(group.starts):
            number += 1
            start_on = date.fromisoformat(start)
            yield Case(
                number=number,
                cohort=group.cohort,
                template=group.template,
                start_on=start_on,
                last_day=start_on + timedelta(days=group.days - 1),
                hours=group.hours + 2 * place,
                council_percent=group.council_percent,
                helper=group.helpers[place] if place < len(group.helpers) else None,
            )
