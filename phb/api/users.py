"""Users, the roles they hold, and the passwords others set for them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, validate

from phb.api.blueprint import Listed, Resource, listed
from phb.api.fields import Choice, EndBody, Words
from phb.api.schemas import PageArguments
from phb.core.actor import Permission, Role
from phb.edge import paging
from phb.edge.etags import Tagged, conditional, tagged
from phb.edge.request import begin_request, needs
from phb.people.models import User, UserRole
from phb.people.users import credentials, operations, queries
from phb.people.users.passwords import LONGEST, SHORTEST

blp = Resource("users", "Who signs in, and in which role")


class NewUserBody(Schema):
    """Somebody who shall sign in; a password given here is changed at the first sign-in."""

    sign_in_name = Words(64, required=True)
    name = Words(required=True)
    person_id = fields.UUID(load_default=None, allow_none=True)
    password = fields.String(load_only=True, load_default=None, validate=validate.Length(SHORTEST, LONGEST))


class UserBody(Schema):
    """Somebody who signs in."""

    id = fields.UUID()
    sign_in_name = fields.String()
    name = fields.String()
    person_id = fields.UUID(allow_none=True)
    version = fields.Integer()


class NewUserRoleBody(Schema):
    """A role to give."""

    role = Choice(Role, required=True)
    organisation_id = fields.UUID(required=True)
    start_on = fields.Date(required=True)
    end_on = fields.Date(load_default=None, allow_none=True, metadata={"description": "the first day without it"})
    sees_from = fields.Date(load_default=None, allow_none=True, metadata={"description": "the first day it opens"})


class UserRoleBody(NewUserRoleBody):
    """A role that a user held, holds or will hold."""

    id = fields.UUID()
    user_id = fields.UUID()
    granted_by = fields.UUID()
    version = fields.Integer()


class PasswordBody(Schema):
    """A password for somebody else, who changes it at the next sign-in."""

    password = fields.String(required=True, load_only=True, validate=validate.Length(SHORTEST, LONGEST))


@blp.route("", methods=["GET"])
@needs(None)
@blp.query(PageArguments)
@blp.response(200, UserBody(many=True))
def list_users(query: dict[str, Any]) -> Listed:
    """List the users you may see: all for administrators and auditors, yourself for others."""
    with begin_request() as uow:
        sort = (User.sign_in_name, User.id)
        seen = queries.visible_users(uow.actor)
        return listed(paging.page(uow.session, seen, sort, limit=query["limit"], cursor=query["cursor"]))


@blp.route("", methods=["POST"])
@needs(Permission.USER_WRITE)
@blp.arguments(NewUserBody)
@blp.response(201, UserBody)
def add_user(body: dict[str, Any]) -> Tagged[User]:
    """Add a user; they can do nothing until they are given a role."""
    with begin_request() as uow:
        return tagged(operations.add_user(uow, **body))


@blp.route("/<uuid:user_id>", methods=["GET"])
@needs(None)
@blp.response(200, UserBody)
def read_user(user_id: UUID) -> Tagged[User]:
    """One user."""
    with begin_request() as uow:
        return tagged(queries.user(uow.session, uow.actor, user_id))


@blp.route("/<uuid:user_id>/roles", methods=["GET"])
@needs(None)
@blp.response(200, UserRoleBody(many=True))
def list_roles(user_id: UUID) -> Sequence[UserRole]:
    """List the roles a user held, holds or will hold."""
    with begin_request() as uow:
        return queries.roles(uow.session, uow.actor, user_id)


@blp.route("/<uuid:user_id>/roles", methods=["POST"])
@needs(Permission.USER_WRITE)
@blp.arguments(NewUserRoleBody)
@blp.response(201, UserRoleBody)
def grant_role(body: dict[str, Any], user_id: UUID) -> Tagged[UserRole]:
    """Give a user a role at an organisation; nobody gives one to themselves."""
    role = body.pop("role")
    with begin_request() as uow:
        return tagged(operations.grant_role(uow, user_id, role, **body))


@blp.route("/roles/<uuid:role_id>/end", methods=["POST"])
@needs(Permission.USER_WRITE)
@blp.arguments(EndBody)
@conditional
@blp.response(200, UserRoleBody)
def end_role(body: dict[str, Any], role_id: UUID, version: int | None) -> Tagged[UserRole]:
    """End a role."""
    with begin_request() as uow:
        return tagged(operations.end_role(uow, role_id, on=body["on"], version=version))


@blp.route("/<uuid:user_id>/password", methods=["PUT"])
@needs(Permission.USER_WRITE)
@blp.arguments(PasswordBody)
@blp.response(204)
def set_password(body: dict[str, Any], user_id: UUID) -> None:
    """Set a user's password; their tokens end and they must choose their own when they sign in."""
    with begin_request() as uow:
        credentials.set_password(uow, user_id, body["password"])
