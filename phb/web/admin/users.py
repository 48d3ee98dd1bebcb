"""Users: who may sign in, the roles they hold, a first password."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for

from phb.core.actor import Permission, Role
from phb.edge import paging
from phb.edge.request import begin_request, needs
from phb.people.models import Organisation, User
from phb.people.organisations.queries import visible_organisations
from phb.people.users import credentials, operations, queries
from phb.people.users.passwords import LONGEST
from phb.reports.words import words
from phb.web.asking import ask
from phb.web.forms import Choice, Day, Needed, PageForm, Secret, Words
from phb.web.rendering import render

users = Blueprint("users", __name__, url_prefix="/users")


class NewUserForm(PageForm):
    """Somebody who is to sign in."""

    question = "Add a user"
    button = "Add user"

    sign_in_name = Words(
        "Sign-in name", hint="An e-mail address will do", validators=[Needed("Enter a sign-in name")], longest=64
    )
    name = Words("Full name", hint="As colleagues see it", validators=[Needed("Enter their name")], longest=200)


class RoleForm(PageForm):
    """A role to give."""

    question = "Give a role"
    button = "Give role"

    role = Choice(
        "Role",
        options=[(role, words(role)) for role in Role if role is not Role.SYSTEM],
        validators=[Needed("Choose a role")],
        many=True,
    )
    organisation_id = Choice(
        "At which organisation?", validators=[Needed("Choose where they hold the role")], many=True
    )
    start_on = Day("First day", validators=[Needed("Enter the first day")])
    end_on = Day("First day without it", hint="Leave this empty if it goes on")


class EndForm(PageForm):
    """When a role ends."""

    button = "End role"
    on = Day("First day without it", validators=[Needed("Enter the first day without it")])


class FirstPasswordForm(PageForm):
    """A password for somebody else."""

    button = "Set password"
    password = Secret("First password", validators=[Needed("Enter a password")], longest=LONGEST)


@users.route("")
@needs(Permission.ADMINISTRATION_READ)
def listing() -> Response:
    """List the users."""
    with begin_request() as uow:
        page = paging.page(
            uow.session, queries.visible_users(uow.actor), (User.name, User.id), cursor=request.args.get("after")
        )
        return render("admin/users.html.jinja", title="Users", page=page)


@users.route("/new", methods=["GET", "POST"])
@needs(Permission.USER_WRITE)
def add() -> Response:
    """Add a user."""
    form = NewUserForm()
    return ask(
        form,
        lambda uow: operations.add_user(uow, sign_in_name=form.sign_in_name.data, name=form.name.data),
        then=lambda user: _of(user.id),
        said="The user is added. Give them a role and a first password next.",
        back=url_for("web.users.listing"),
    )


@users.route("/<uuid:user_id>")
@needs(Permission.ADMINISTRATION_READ)
def show(user_id: UUID) -> Response:
    """Show a user and the roles they held, hold or will hold."""
    with begin_request() as uow:
        user = queries.user(uow.session, uow.actor, user_id)
        roles = queries.roles(uow.session, uow.actor, user_id)
        names = {row.id: row.name for row in uow.session.scalars(visible_organisations(uow.actor))}
        return render(
            "admin/user.html.jinja",
            title=user.name,
            user=user,
            roles=roles,
            names=names,
            today=uow.today,
            back=url_for("web.users.listing"),
        )


@users.route("/<uuid:user_id>/roles/new", methods=["GET", "POST"])
@needs(Permission.USER_WRITE)
def grant(user_id: UUID) -> Response:
    """Give a user a role."""
    with begin_request() as uow:
        user = queries.user(uow.session, uow.actor, user_id)
        places = uow.session.scalars(visible_organisations(uow.actor).order_by(Organisation.name)).all()
    form = RoleForm()
    form.organisation_id.options = [(str(place.id), place.name) for place in places]
    return ask(
        form,
        lambda uow: operations.grant_role(
            uow,
            user_id,
            Role(form.role.data),
            organisation_id=UUID(form.organisation_id.data),
            start_on=form.start_on.data,
            end_on=form.end_on.data,
        ),
        then=lambda _: _of(user_id),
        said=f"{user.name} has the role.",
        above=user.name,
        back=_of(user_id),
    )


@users.route("/<uuid:user_id>/roles/<uuid:role_id>/end", methods=["GET", "POST"])
@needs(Permission.USER_WRITE)
def end(user_id: UUID, role_id: UUID) -> Response:
    """End a role of a user."""
    with begin_request() as uow:
        user = queries.user(uow.session, uow.actor, user_id)
        role = queries.role(uow.session, uow.actor, user_id, role_id)
    form = EndForm(version=role.version)
    return ask(
        form,
        lambda uow: operations.end_role(uow, role_id, on=form.on.data, version=form.version_read),
        then=lambda _: _of(user_id),
        said="The role ends on that day.",
        title=f"End the role of {words(role.role).lower()}",
        above=user.name,
        back=_of(user_id),
    )


@users.route("/<uuid:user_id>/password", methods=["GET", "POST"])
@needs(Permission.USER_WRITE)
def set_password(user_id: UUID) -> Response:
    """Set a first password."""
    with begin_request() as uow:
        user = queries.user(uow.session, uow.actor, user_id)
    form = FirstPasswordForm()
    return ask(
        form,
        lambda uow: credentials.set_password(uow, user_id, form.password.data),
        then=lambda _: _of(user_id),
        said="The password is set. They choose their own when they sign in.",
        title="Set a first password",
        above=user.name,
        sentences=["They are signed out everywhere, and choose their own password when they next sign in."],
        back=_of(user_id),
    )


def _of(user_id: UUID) -> str:
    return url_for("web.users.show", user_id=user_id)
