"""Move money with django-hordak: prepare its tables, or print how many moves a second it does, one by one or in bulk.

Run by the Python of its own virtual environment, with the database's address, what to do, and for how many seconds.
"""

# mypy: ignore-errors
# ruff: noqa: E402 - Django wants its settings before anything of it is imported

import random
import sys
from collections.abc import Callable
from time import perf_counter

import django
from django.conf import settings
from psycopg.conninfo import conninfo_to_dict

ADDRESS, WHAT, SECONDS = sys.argv[1:]
NAMED = {"NAME": "dbname", "USER": "user", "HOST": "host", "PORT": "port"}

settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "mptt", "djmoney", "hordak"],
    DATABASES={
        "default": {"ENGINE": "django.db.backends.postgresql"}
        | {name: conninfo_to_dict(ADDRESS)[word] for name, word in NAMED.items()}
    },
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    USE_TZ=True,
    DEFAULT_CURRENCY="GBP",
    CURRENCIES=["GBP"],
)
django.setup()

from django.core.management import call_command
from django.db import transaction
from hordak.models import Account, Leg, Transaction
from moneyed import Money

ACCOUNTS = 10_000
BATCH = 1_000


def prepare() -> None:
    """Make the tables and the accounts, half of them assets and half liabilities."""
    call_command("migrate", verbosity=0)
    alone = {"lft": 1, "rght": 2, "level": 0}  # its place in a tree; one by one, each create walks all that are there
    Account.objects.bulk_create(
        Account(name=str(n), code=str(n), type=("AS", "LI")[n % 2], currencies=["GBP"], tree_id=n, **alone)
        for n in range(1, ACCOUNTS + 1)
    )


def rate(move: Callable[[list[Account]], int]) -> float:
    """Return how many moves a second are done."""
    accounts = list(Account.objects.all())
    done, began = 0, perf_counter()
    while (passed := perf_counter() - began) < float(SECONDS):
        done += move(accounts)
    return done / passed


def one(accounts: list[Account]) -> int:
    """Move an amount between two accounts, as its documentation shows, and return 1."""
    source, target = random.sample(accounts, 2)
    source.transfer_to(target, amount())
    return 1


def many(accounts: list[Account]) -> int:
    """Make many moves in one transaction by Django's bulk_create(), and return how many."""
    with transaction.atomic():
        moves = Transaction.objects.bulk_create([Transaction() for _ in range(BATCH)])
        legs = []
        for move in moves:
            (source, target), moved = random.sample(accounts, 2), amount()
            legs += [
                Leg(transaction=move, account=source, credit=moved),
                Leg(transaction=move, account=target, debit=moved),
            ]
        Leg.objects.bulk_create(legs)
    return BATCH


def amount() -> Money:
    """Return up to a hundred pounds."""
    return Money(random.randint(1, 100), "GBP")  # noqa: S311 - a choice of test data


if WHAT == "prepare":
    prepare()
else:
    print(rate({"single": one, "bulk": many}[WHAT]))  # noqa: T201 - the answer
