"""Somebody at a browser with a budget: what they open, and the questions they answer one after another."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from phb.app import create_app
from phb.core.actor import Actor, Role
from phb.people.kinds import Basis, RelationKind, Scope
from phb.people.relations.rules import NewRelation
from tests.budget.conftest import World
from tests.people.conftest import APRIL, BY_THE_PERSON, on_day
from tests.web.conftest import Browser, Counter, Page


@dataclass(frozen=True)
class Holding:
    """One budget, and browsers of whoever looks at it today."""

    world: World
    budget_id: UUID

    def browser(self, actor: Actor | None = None) -> Browser:
        """Return the browser of an actor, the holder unless another is named, signed in today."""
        service = self.world.service
        return Counter(service, _app(service.sessions, service.today)).browser(actor or self.world.holder)

    def address(self, *parts: object) -> str:
        """Return the address of a page of the budget."""
        return "/".join(["/your-budgets", str(self.budget_id), *map(str, parts)])

    def acting(self, kind: RelationKind, *scopes: Scope) -> Actor:
        """Return somebody who acts for the holder since 1 April, in some parts or in the usual ones."""
        service, acting_id = self.world.service, self.world.service.person()
        basis = {
            RelationKind.REPRESENTATIVE: Basis.APPOINTED,
            RelationKind.NOMINEE: Basis.NOMINATED,
            RelationKind.ADVOCATE: Basis.CHOSEN,
        }[kind]
        service.relate(
            self.world.person_id,
            NewRelation(
                kind,
                basis,
                APRIL,
                acting_person_id=acting_id,
                scopes=frozenset(scopes) or None,
                consent=BY_THE_PERSON,
            ),
        )
        return service.user(kind.role, service.commissioner_id, person_id=acting_id)

    def stranger(self) -> Actor:
        """Return the holder of nothing here."""
        service = self.world.service
        return service.user(Role.HOLDER, service.commissioner_id, person_id=service.person())


@cache
def _app(sessions: sessionmaker[Session], today: date) -> Flask:
    """Return the application as it is on a day; it is the same for every commissioner."""
    return create_app(sessions, clock=on_day(today))


def answer(browser: Browser, page: Page, **answers: Any) -> Page:
    """Fill in the form of an open page and send it, following where it leads."""
    where = page.response.request.path
    return Page(browser.client.post(where, data=page.fields | answers, follow_redirects=True))


def day(name: str, day: int, month: int, year: int) -> dict[str, str]:
    """Return the three inputs of a date."""
    return {f"{name}-day": str(day), f"{name}-month": str(month), f"{name}-year": str(year)}
