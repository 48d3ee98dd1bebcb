"""Statements of invented people: each way of holding money, and the cases that break careless renderers."""

from datetime import date

from moneyed import Money

from phb.budget.kinds import ManagementType
from phb.core.money import pounds
from phb.core.period import Period
from phb.spending.kinds import Evidence
from phb.statements.cash import CashAccount, CashKind, CashMovement, Question
from phb.statements.position import Alongside, Position
from phb.statements.pot import Due, NextPayment, Pot
from phb.statements.spend import Spend
from phb.statements.statement import Statement

HOLDER = "Siân Ŵŷn-Źłow ễ"
COMMISSIONER = "NHS Northvale Integrated Care Board"
YEAR = Period.of_days(date(2026, 4, 1), date(2027, 3, 31))
SPRING = Period.of_days(date(2026, 4, 1), date(2026, 6, 30))
NIL = pounds("0")

QUERY = ("Phone the personal health budgets team on 01632 960 001, or write to phb@northvale.example.",)
ASK_AGAIN = (
    "You can ask for any decision to be looked at again. Say which decision and why.",
    "You will get an answer in writing, with reasons.",
)


def position(approved: str, spent: str, committed: str, owed_back: str = "0") -> Position:
    """Return a position that adds up."""
    left = pounds(approved) - pounds(spent) - pounds(committed) - pounds(owed_back)
    return Position(pounds(approved), pounds(spent), pounds(committed), pounds(owed_back), left)


def alongside(still: str = "0", in_payment: str = "0", came_back: str = "0", asked_about: str = "0") -> Alongside:
    """Return the money beside a position."""
    return Alongside(pounds(still), pounds(in_payment), pounds(came_back), pounds(asked_about))


def account(opening: str, *movements: CashMovement) -> CashAccount:
    """Return an account that adds up."""
    closing = sum((movement.change for movement in movements), pounds(opening))
    return CashAccount(pounds(opening), movements, closing)


def moved(day: date, kind: CashKind, what: str, amount: str, covers: Period | None = None) -> CashMovement:
    """Return a movement of cash; money asked about gets a question."""
    question = None
    if kind is CashKind.ASKED_ABOUT:
        question = Question("not-in-plan", "The plan does not mention this. Please tell us what it was for.")
    return CashMovement(day, kind, what, pounds(amount), covers, question)


def bought(day: date, what: str, under: tuple[str, str], evidence: Evidence, amount: str) -> Spend:
    """Return an entry of spending under an outcome and a category."""
    return Spend(day, what, *under, evidence, pounds(amount))


def statement(pots: tuple[Pot, ...], spend: tuple[Spend, ...] = (), *, holder: str = HOLDER) -> Statement:
    """Return a statement of the spring whose budget is what its pots come to."""
    parts = [pot.position for pot in pots]

    def whole(name: str) -> Money:
        return sum((getattr(part, name) for part in parts), NIL)

    names = ("approved", "spent", "committed", "owed_back", "available")
    return Statement(
        commissioner=COMMISSIONER,
        holder=holder,
        reference="NV-2026-0042",
        budget_period=YEAR,
        period=SPRING,
        issued_on=date(2026, 7, 6),
        position=Position(*(whole(name) for name in names)),
        spent_before=whole("spent") - sum((line.amount for line in spend), NIL),
        spend=spend,
        pots=pots,
        how_to_query=QUERY,
        how_to_ask_again=ASK_AGAIN,
    )


ASSISTANT = ("Live in my own home", "Personal assistant wages")
SWIMMING = ("Stay well and keep moving", "Activities")
PHYSIO = ("Stay well and keep moving", "Therapy")

DIRECT_SPEND = (
    bought(date(2026, 4, 24), "Wages, April, Agnieszka", ASSISTANT, Evidence.SEEN, "1240.00"),
    bought(date(2026, 5, 6), "Swimming sessions, Northvale Pool", SWIMMING, Evidence.NOT_NEEDED, "18.50"),
    bought(date(2026, 5, 22), "Wages, May, Agnieszka", ASSISTANT, Evidence.SEEN, "1302.75"),
    bought(date(2026, 5, 28), "Correction of wages, May", ASSISTANT, Evidence.SEEN, "-62.75"),
    bought(date(2026, 6, 11), "Physiotherapy, four visits", PHYSIO, Evidence.AWAITED, "220.00"),
    bought(date(2026, 6, 26), "Wages, June, Agnieszka", ASSISTANT, Evidence.AWAITED, "1240.00"),
)


def direct_pot() -> Pot:
    """Return a direct payment on which every kind of movement happened."""
    return Pot(
        management=ManagementType.DIRECT_PAYMENT,
        held_by=HOLDER,
        position=position("18200.00", "3958.50", "1100.25"),
        alongside=alongside("10500.00", "1400.00", "350.00", "45.99"),
        cash=account(
            "512.40",
            moved(date(2026, 4, 2), CashKind.RECEIVED, "instalment 1", "1400.00", _days((4, 1), (4, 28))),
            moved(date(2026, 4, 24), CashKind.SPENT, "wages, April, Agnieszka", "1240.00"),
            moved(date(2026, 4, 29), CashKind.RECEIVED, "instalment 2", "1400.00", _days((4, 29), (5, 26))),
            moved(date(2026, 5, 6), CashKind.SPENT, "swimming sessions, Northvale Pool", "18.50"),
            moved(date(2026, 5, 9), CashKind.ASKED_ABOUT, "card payment, Homestore Online", "45.99"),
            moved(date(2026, 5, 12), CashKind.ASKED_ABOUT, "cash machine, High Street", "30.00"),
            moved(date(2026, 5, 20), CashKind.PUT_BACK, "cash machine, High Street", "30.00"),
            moved(date(2026, 5, 22), CashKind.SPENT, "wages, May, Agnieszka", "1302.75"),
            moved(date(2026, 5, 27), CashKind.RECEIVED, "instalment 3", "1400.00", _days((5, 27), (6, 23))),
            moved(date(2026, 5, 28), CashKind.SPENT, "correction of wages, May", "-62.75"),
            moved(date(2026, 6, 11), CashKind.SPENT, "physiotherapy, four visits", "220.00"),
            moved(date(2026, 6, 15), CashKind.RETURNED, "sent back, not needed in May", "100.00"),
            moved(date(2026, 6, 24), CashKind.RECEIVED, "instalment 4", "1400.00", _days((6, 24), (7, 21))),
            moved(date(2026, 6, 26), CashKind.CAME_BACK, "instalment 4, part sent twice", "350.00"),
            moved(date(2026, 6, 26), CashKind.SPENT, "wages, June, Agnieszka", "1240.00"),
        ),
        due=tuple(
            Due(_days(first, last), pounds("1400.00"))
            for first, last in (((4, 1), (4, 28)), ((4, 29), (5, 26)), ((5, 27), (6, 23)), ((6, 24), (7, 21)))
        ),
        next_payment=NextPayment(date(2026, 7, 22), pounds("1400.00"), _days((7, 22), (8, 18))),
    )


def direct_payment() -> Statement:
    """Return one direct payment with a full spring."""
    return statement((direct_pot(),), DIRECT_SPEND)


def notional() -> Statement:
    """Return a notional budget: care bought by the commissioner, no cash."""
    spend = (bought(date(2026, 4, 30), "Night nursing, April", ASSISTANT, Evidence.SEEN, "4300.00"),)
    pot = Pot(ManagementType.NOTIONAL, COMMISSIONER, position("52000.00", "4300.00", "47300.00"), alongside())
    return statement((pot,), spend)


def nothing_happened() -> Statement:
    """Return a direct payment in whose period nothing moved."""
    pot = Pot(ManagementType.DIRECT_PAYMENT, HOLDER, position("600.00", "0", "0"), alongside("600.00"), account("0"))
    return statement((pot,))


def overspent() -> Statement:
    """Return a budget in three pots, with money owed back and less than nothing available."""
    third = Pot(
        ManagementType.THIRD_PARTY,
        "Harbour Support CIC",
        position("900.00", "850.00", "100.00", "45.00"),
        alongside(asked_about="12.00"),
        account("1000.00", moved(date(2026, 6, 1), CashKind.SPENT, "support hours", "850.00")),
    )
    notional = Pot(ManagementType.NOTIONAL, COMMISSIONER, position("100.00", "4000.00", "12500.00"), alongside())
    spend = (
        *DIRECT_SPEND,
        bought(date(2026, 6, 1), "Support hours", SWIMMING, Evidence.AWAITED, "850.00"),
        bought(date(2026, 6, 2), "Profiling bed", PHYSIO, Evidence.SEEN, "4000.00"),
    )
    return statement((direct_pot(), third, notional), spend)


def _days(first: tuple[int, int], last: tuple[int, int]) -> Period:
    """Return a period inside 2026 from two pairs of month and day."""
    return Period.of_days(date(2026, *first), date(2026, *last))


EXAMPLES = {
    "direct payment": direct_payment,
    "notional": notional,
    "nothing happened": nothing_happened,
    "overspent": overspent,
}
