"""A commissioner that pays, and the browsers of those who work for it, on whichever day the world has reached."""

import re
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from flask import Flask

from phb.app import create_app
from phb.budget.budgets import operations as budgets
from phb.budget.budgets import revisions
from phb.budget.budgets.models import BudgetRevision
from phb.core.actor import Actor
from tests.budget.conftest import World, stated
from tests.payments.conftest import Paying
from tests.people.conftest import on_day
from tests.web.conftest import Browser, Counter


@dataclass
class Office:
    """A paying commissioner behind its pages."""

    paying: Paying
    apps: dict[date, Flask] = field(default_factory=dict)

    @property
    def world(self) -> World:
        """The world behind the pages."""
        return self.paying.world

    def browser(self, actor: Actor) -> Browser:
        """Return the browser of somebody, today."""
        service = self.world.service
        if service.today not in self.apps:
            self.apps[service.today] = create_app(service.sessions, clock=on_day(service.today))
        return Counter(service, self.apps[service.today]).browser(actor)

    def to_sign_off(self, price: str = "5200.00", *, reference: str = "B-1") -> UUID:
        """Have a budget signed off clinically."""
        budget_id = self.world.propose(stated("care", price), reference=reference).id
        self.world.do(self.world.coordinator, budgets.submit, budget_id)
        self.world.do(self.world.clinician, budgets.sign_off_clinically, budget_id)
        return budget_id

    def change(self, budget_id: UUID, price: str) -> BudgetRevision:
        """Have a change of a budget's care line signed off clinically."""
        plan = self.world.plan(stated("care", price))
        row = self.world.do(self.world.coordinator, revisions.revise, budget_id, plan, reason="More hours at night")
        self.world.do(self.world.coordinator, revisions.submit_revision, row.id)
        self.world.do(self.world.clinician, revisions.sign_off_revision_clinically, row.id)
        return row


def links(html: str) -> list[str]:
    """Return where the links of a page's main part lead."""
    main = html.split("<main", 1)[1].split("</main>", 1)[0]
    return [address.replace("&amp;", "&") for address in re.findall(r'<a [^>]*href="([^"#]+)"', main)]
