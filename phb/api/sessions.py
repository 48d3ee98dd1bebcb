"""Sign in with a name and a password; keep and revoke bearer tokens; change one's own password."""

from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import Schema, fields, validate

from phb.api.blueprint import Resource
from phb.api.fields import Choice, Words
from phb.edge.errors import problem
from phb.edge.request import begin_request, needs
from phb.edge.services import services
from phb.people import sign_in as signing
from phb.people.kinds import TokenScope
from phb.people.sign_in import SignedIn, SignInRefusedError, TooManyAttemptsError
from phb.people.users import credentials, queries
from phb.people.users.credentials import LONGEST_TOKEN, IssuedToken
from phb.people.users.models import AccessToken
from phb.people.users.passwords import LONGEST, SHORTEST

blp = Resource("sessions", "Signing in")
tokens = Resource("tokens", "Your bearer tokens")


class SignInBody(Schema):
    """A name and its password; a new one where somebody else chose it."""

    sign_in_name = Words(64, required=True)
    password = fields.String(required=True, load_only=True, validate=validate.Length(1, LONGEST))
    new_password = fields.String(load_only=True, load_default=None, validate=validate.Length(SHORTEST, LONGEST))
    scope = Choice(TokenScope, load_default=TokenScope.WRITE)


class SignedInBody(Schema):
    """A token to send as “Authorization: Bearer”, shown this once."""

    token = fields.String()
    expires_at = fields.AwareDateTime()
    user_id = fields.UUID(attribute="actor.user_id")
    commissioner_id = fields.UUID(attribute="actor.commissioner_id")
    person_id = fields.UUID(attribute="actor.person_id", allow_none=True)
    roles = fields.Function(lambda signed: sorted(signed.actor.roles), metadata={"type": "array", "items": {}})


class OwnPasswordBody(Schema):
    """The present password and the one that takes its place."""

    old = fields.String(required=True, load_only=True, validate=validate.Length(1, LONGEST))
    new = fields.String(required=True, load_only=True, validate=validate.Length(SHORTEST, LONGEST))


class NewTokenBody(Schema):
    """A token to issue to yourself."""

    label = Words(required=True)
    scope = Choice(TokenScope, load_default=TokenScope.READ)
    days = fields.Integer(load_default=30, validate=validate.Range(1, LONGEST_TOKEN.days), strict=True)


class TokenBody(Schema):
    """A token as far as it is stored; never the token itself."""

    id = fields.UUID()
    label = fields.String()
    scope = Choice(TokenScope)
    issued_at = fields.AwareDateTime()
    expires_at = fields.AwareDateTime()
    revoked_at = fields.AwareDateTime(allow_none=True)


class IssuedTokenBody(Schema):
    """A token, shown this once, and what is stored of it."""

    token = fields.String()
    stored = fields.Nested(TokenBody, attribute="row")


@blp.route("", methods=["POST"])
@blp.doc(security=[])
@blp.arguments(SignInBody)
@blp.response(201, SignedInBody)
def sign_in(body: dict[str, Any]) -> SignedIn | Response:
    """Sign in; the token lasts twelve hours."""
    try:
        return signing.sign_in(services().sessions, **body, clock=services().clock)
    except SignInRefusedError as error:
        return problem(HTTPStatus.UNAUTHORIZED, error.code, error.sentence)
    except TooManyAttemptsError as error:
        answer = problem(HTTPStatus.TOO_MANY_REQUESTS, error.code, error.sentence)
        answer.headers["Retry-After"] = str(error.facts["retry_after"])
        return answer


@blp.route("/password", methods=["PUT"])
@needs(None)
@blp.arguments(OwnPasswordBody)
@blp.response(204)
def change_own_password(body: dict[str, Any]) -> None:
    """Change your own password."""
    with begin_request() as uow:
        credentials.change_own_password(uow, **body)


@tokens.route("", methods=["GET"])
@needs(None)
@tokens.response(200, TokenBody(many=True))
def list_tokens() -> Sequence[AccessToken]:
    """List your own tokens, newest first."""
    with begin_request() as uow:
        return queries.tokens(uow.session, uow.actor, uow.actor.user_id)


@tokens.route("", methods=["POST"])
@needs(None)
@tokens.arguments(NewTokenBody)
@tokens.response(201, IssuedTokenBody)
def issue_token(body: dict[str, Any]) -> IssuedToken:
    """Issue a token to yourself, never wider than the one you signed in with."""
    lasts = timedelta(days=body.pop("days"))
    with begin_request() as uow:
        return credentials.issue_token(uow, uow.actor.user_id, **body, lasts=lasts)


@tokens.route("/<uuid:token_id>/revocation", methods=["POST"])
@needs(None)
@tokens.response(200, TokenBody)
def revoke_token(token_id: UUID) -> AccessToken:
    """Revoke a token of yours; an administrator revokes anybody's."""
    with begin_request() as uow:
        return credentials.revoke_token(uow, token_id)
