"""Where somebody may go: one table, from which the menu and the start page are drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request, url_for

from phb.core.actor import Actor, Permission, Role

HOLDERS_SIDE = frozenset({Role.HOLDER, Role.REPRESENTATIVE, Role.NOMINEE, Role.ADVOCATE})


@dataclass(frozen=True)
class Link:
    """A place and for whom it is: `roles` one of which the actor holds (empty: any), `permission` that they have."""

    text: str
    endpoint: str
    why: str
    permission: Permission | None = None
    roles: frozenset[Role] = frozenset()

    @property
    def address(self) -> str:
        """Where it leads."""
        return url_for(self.endpoint)

    def is_for(self, actor: Actor) -> bool:
        """Say whether the actor has business there."""
        allowed = self.permission is None or actor.may(self.permission)
        return allowed and (not self.roles or bool(self.roles & actor.roles))


LINKS: tuple[Link, ...] = (
    Link("Your work", "web.home.start", "What waits for you, and by when"),
    Link(
        "Organisations",
        "web.organisations.listing",
        "Councils, providers and others you work with",
        Permission.ADMINISTRATION_READ,
    ),
    Link("Users", "web.users.listing", "Who may sign in, and the roles they hold", Permission.ADMINISTRATION_READ),
    Link("Policies", "web.policies.listing", "Your own rules, and their changes", Permission.ADMINISTRATION_READ),
    Link("Limits", "web.delegations.listing", "How much each role may sign off", Permission.ADMINISTRATION_READ),
)


def links_for(actor: Actor) -> Sequence[Link]:
    """Return the places an actor has business at, in the order of the menu."""
    return [link for link in LINKS if link.is_for(actor)]


def here() -> str:
    """Return the address of the request, for the menu to mark where the reader is."""
    return request.path
