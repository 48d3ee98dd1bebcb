"""Who may see a budget and act for the person it is for."""

from uuid import UUID

from flask import Blueprint, Response

from phb.core.actor import Permission, Role
from phb.edge.request import begin_request, needs
from phb.people.kinds import Scope
from phb.people.looks.queries import looks_told
from phb.people.relations.queries import OF_THE_SERVICE, access_to
from phb.web import narrowing
from phb.web.holder import words
from phb.web.holder.whose import headed
from phb.web.rendering import render

people = Blueprint("people", __name__)

ROLES = {
    Role.CLINICIAN: "clinicians, who check that the plan is right",
    Role.FINANCE_OFFICER: "finance officers, who look after the money and decide on spending",
    Role.APPROVER: "approvers, who sign off the money",
    Role.PAYMENTS_RELEASER: "people who release payments",
    Role.AUDITOR: "auditors, who check that everything is in order",
}


@people.route("/<uuid:budget_id>/people")
@needs(Permission.PEOPLE_READ)
def shown(budget_id: UUID) -> Response:
    """Tell who acts for the person, in what, since when and by whose consent; and who of the service sees them."""
    with begin_request() as uow:
        whose = headed(uow, budget_id, Scope.RECORD)
        found, today = access_to(uow.session, uow.actor, whose.heading.person.id, uow.today), uow.today
    return render(
        "holder/people.html.jinja",
        title=f"Who may see and act for {whose.you}",
        above=whose.title,
        whose=whose,
        now=[tie for tie in found.ties if tie.holds_on(today)],
        before=[tie for tie in found.ties if not tie.holds_on(today)],
        consents=found.consents,
        relations=words.RELATIONS,
        bases=words.BASES,
        scopes=words.SCOPES,
        roles=[ROLES[role] for role in OF_THE_SERVICE],
    )


@people.route("/<uuid:budget_id>/people/looks")
@needs(Permission.PEOPLE_READ)
def looks(budget_id: UUID) -> Response:
    """Tell who looked at the person's record: on which day, in which role and for which organisation."""
    with begin_request() as uow:
        whose = headed(uow, budget_id, Scope.RECORD)
        found = looks_told(uow.session, uow.actor, whose.heading.person.id, uow.today)
    rows, after = narrowing.part(found, "after")
    return render(
        "holder/looks.html.jinja",
        title=f"Who has looked at {whose.your} record",
        above=whose.title,
        whose=whose,
        rows=rows,
        after=after,
    )
