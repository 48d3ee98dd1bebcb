"""Where a caseload is: the commissioner's code, its names for users and places, and its care co-ordinators."""

from dataclasses import dataclass, replace

PEOPLE_TO_A_CO_ORDINATOR = 250


@dataclass(frozen=True)
class Area:
    """One commissioner's part of the country."""

    code: str
    folder: str
    domain: str
    town: str
    postcode: str
    co_ordinators: tuple[str, ...]


NORTHVALE = Area("QNV", "northvale", "northvale.example", "Northvale", "NV", ("ann", "bryn", "carys", "dev"))
EASTMERE = Area("QEM", "eastmere", "eastmere.example", "Eastmere", "EM", ("mari",))


def northvale(people: int) -> Area:
    """Return Northvale with as many care co-ordinators as so many people need: the four with names first."""
    wanted = range(len(NORTHVALE.co_ordinators), people // PEOPLE_TO_A_CO_ORDINATOR)
    more = tuple(f"co-ordinator-{place + 1}" for place in wanted)
    return replace(NORTHVALE, co_ordinators=NORTHVALE.co_ordinators + more)
