"""The scheme of delegation: what each role may sign off, changed by two administrators."""

from uuid import UUID

from flask import Blueprint, Response, url_for

from phb.core.actor import Permission, Role
from phb.edge.request import begin_request, needs
from phb.governance import delegation
from phb.people.users.queries import visible_users
from phb.reports.words import words
from phb.web.admin.policies import ConfirmForm
from phb.web.asking import ask
from phb.web.forms import Choice, Day, Needed, PageForm, Pounds, Words
from phb.web.rendering import render

delegations = Blueprint("delegations", __name__, url_prefix="/delegations")
LIST = "web.delegations.listing"


class LimitForm(PageForm):
    """A limit to propose."""

    question = "Propose a limit"
    button = "Propose limit"

    role = Choice(
        "Whose limit?",
        options=[(role, words(role)) for role in delegation.ROLES_WITH_A_LIMIT],
        validators=[Needed("Choose a role")],
    )
    user_id = Choice("One person's own limit", hint="Leave this for the whole role", many=True)
    limit = Pounds("How much may they sign off?", validators=[Needed("Enter an amount, 0 to end a limit")])
    effective_from = Day("From which day?", validators=[Needed("Enter the day from which it holds")])
    source = Words(
        "Where was this decided?",
        hint="For example: Scheme of delegation 2026, section 4",
        validators=[Needed("Say where this was decided")],
        longest=500,
    )


@delegations.route("")
@needs(Permission.ADMINISTRATION_READ)
def listing() -> Response:
    """List the limits with their history, newest first."""
    with begin_request() as uow:
        names = {row.id: row.name for row in uow.session.scalars(visible_users(uow.actor))}
        limits = delegation.history(uow.session)[::-1]
        return render("admin/delegations.html.jinja", title="Limits for signing off", limits=limits, names=names)


@delegations.route("/new", methods=["GET", "POST"])
@needs(Permission.POLICY_PROPOSE)
def propose() -> Response:
    """Propose a limit."""
    form = LimitForm()
    with begin_request() as uow:
        form.user_id.options = [(str(row.id), row.name) for row in uow.session.scalars(visible_users(uow.actor))]
    return ask(
        form,
        lambda uow: delegation.propose_limit(
            uow,
            role=Role(form.role.data),
            user_id=UUID(form.user_id.data) if form.user_id.data else None,
            limit=form.limit.data,
            effective_from=form.effective_from.data,
            source=form.source.data,
        ),
        then=lambda _: url_for(LIST),
        said="The limit is proposed. Another administrator confirms it before it takes effect.",
        back=url_for(LIST),
    )


@delegations.route("/<uuid:limit_id>", methods=["GET", "POST"])
@needs(Permission.POLICY_CONFIRM)
def confirm(limit_id: UUID) -> Response:
    """Confirm a limit that a colleague proposed."""
    with begin_request() as uow:
        row = delegation.limit(uow.session, uow.actor, limit_id)
        own = row.proposed_by == uow.actor.user_id
    return ask(
        ConfirmForm(),
        lambda uow: delegation.confirm_limit(uow, limit_id),
        then=lambda _: url_for(LIST),
        said="The limit is confirmed.",
        template="admin/confirm_limit.html.jinja",
        title="Confirm this limit",
        above="Limits for signing off",
        row=row,
        own=own,
        back=url_for(LIST),
    )
