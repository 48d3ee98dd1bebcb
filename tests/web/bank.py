"""A commissioner that pays, and the browsers of those who work there."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

import pytest
from sqlalchemy.orm import Session, sessionmaker

from phb.app import create_app
from phb.core.actor import Actor, Role
from phb.payments.payees.models import BankAccount, PayingAccount
from phb.payments.payees.queries import accounts_of, paying_accounts
from phb.payments.runs.models import Instruction, PaymentRun
from phb.payments.runs.queries import RunView, run_view
from phb.people.organisations.queries import organisation
from phb.people.queries import person
from phb.people.sign_in import actor_named
from phb.people.users.operations import grant_role
from phb.people.users.queries import user
from tests.payments.conftest import Paying
from tests.people.conftest import Service, on_day
from tests.web.conftest import Browser, Counter

EIGHTH = date(2026, 4, 8)


@dataclass(frozen=True)
class ServiceClock:
    """Noon of the day that a service has got to."""

    service: Service

    def now(self) -> datetime:
        """Return noon of its day."""
        return on_day(self.service.today).now()


@dataclass(frozen=True)
class Bank:
    """Somebody who pays, and their pages."""

    paying: Paying
    counter: Counter

    def as_(self, actor: Actor) -> Browser:
        """Return the browser of somebody who is signed in."""
        return self.counter.browser(actor)

    @cached_property
    def clerk(self) -> Browser:
        """Who enters, assembles and settles."""
        return self.as_(self.paying.clerk)

    @cached_property
    def checker(self) -> Browser:
        """A second finance officer."""
        return self.as_(self.paying.checker)

    @cached_property
    def approver(self) -> Browser:
        """Who approves."""
        return self.as_(self.paying.approver)

    @cached_property
    def releaser(self) -> Browser:
        """Who releases."""
        return self.as_(self.paying.releaser)

    @cached_property
    def auditor(self) -> Browser:
        """Who reads."""
        return self.as_(self.paying.world.auditor)

    def also(self, actor: Actor, *roles: Role) -> Actor:
        """Give somebody more roles, and return them as they then act."""
        service = self.paying.world.service
        for role in roles:
            service.do(
                service.administrator,
                grant_role,
                actor.user_id,
                role,
                organisation_id=service.commissioner_id,
                start_on=service.today,
            )
        name = service.ask(actor, user, actor.user_id).sign_in_name
        return actor_named(service.sessions, name, clock=on_day(service.today))

    def at_the_bank(self, run: PaymentRun) -> str:
        """Return the reference at the bank of the first payment of a run."""
        view: RunView = self.paying.ask(self.paying.clerk, run_view, run.id)
        return view.items[0].item.reference

    def reference_of(self, person_id: UUID) -> str:
        """Return the reference of a person."""
        service = self.paying.world.service
        return service.ask(service.coordinator, person, person_id, service.today).reference

    def organisation_reference(self, organisation_id: UUID) -> str:
        """Return the reference of an organisation."""
        return self.paying.world.ask(self.paying.clerk, organisation, organisation_id).reference

    def newest_account(self, payee_id: UUID) -> BankAccount:
        """Return the bank details of a payee that were entered last."""
        with self.paying.world.service.unit(self.paying.clerk) as uow:
            return accounts_of(uow.session, payee_id)[0]

    def newest_paying_account(self) -> PayingAccount:
        """Return the account to pay from that was entered last."""
        return self.paying.world.ask(self.paying.clerk, paying_accounts)[0]

    def payment(self, run: PaymentRun) -> Instruction:
        """Return the first payment of a run as it now stands."""
        return self.paying.payments(run)[0]


@pytest.fixture(name="bank")
def a_bank(paying: Paying, vault_sessions: sessionmaker[Session]) -> Bank:
    """Return the pages of a commissioner that pays, on 1 April 2026."""
    service = paying.world.service
    return Bank(paying, Counter(service, create_app(vault_sessions, clock=ServiceClock(service))))


def run_page(run_id: UUID, step: str = "") -> str:
    """Return the address of a run, or of one of its steps."""
    return f"/payment-runs/{run_id}{step}"


def day(name: str, number: int, month: int, year: int = 2026) -> dict[str, str]:
    """Return a date as a form has it."""
    return {f"{name}-day": str(number), f"{name}-month": str(month), f"{name}-year": str(year)}
