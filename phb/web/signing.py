"""Signing in and out: the cookie holds a token as the API knows it, and what a form held outlives a lost session."""

import json
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, g, request, session, url_for
from wtforms import HiddenField
from wtforms.validators import EqualTo

from phb.core.actor import Actor
from phb.core.clock import SystemClock
from phb.core.errors import PermissionDeniedError
from phb.core.uow import begin
from phb.edge.request import needs
from phb.edge.services import services
from phb.people import sign_in as people
from phb.people.users.credentials import sign_out as end_token
from phb.people.users.passwords import LONGEST, PasswordRuleError
from phb.people.users.queries import user
from phb.web.asking import go
from phb.web.forms import Needed, PageForm, Secret, Words
from phb.web.rendering import render

signing = Blueprint("signing", __name__)
IDLE = timedelta(hours=1)
NOT_KEPT = {"csrf_token", "key", "sort_code", "account_number"}
MOST_KEPT = 20_000


class SignInForm(PageForm):
    """Who you are; `then` is where you were going, `kept` what you had typed there."""

    question = "Sign in"
    button = "Sign in"
    sign_in_name = Words("Sign-in name", validators=[Needed("Enter your sign-in name")], longest=64)
    password = Secret("Password", validators=[Needed("Enter your password")], longest=LONGEST)
    then = HiddenField()
    kept = HiddenField()


class NewPasswordForm(SignInForm):
    """Your own password, in place of one that somebody else chose."""

    question = "Choose your own password"
    button = "Change password and sign in"
    new_password = Secret(
        "New password",
        hint="At least 12 characters. Three words that you remember are good.",
        validators=[Needed("Enter a new password")],
        longest=LONGEST,
    )
    again = Secret(
        "New password again",
        validators=[EqualTo("new_password", "Type the same new password twice")],
        longest=LONGEST,
    )


@signing.route("/sign-in", methods=["GET", "POST"])
@needs(None)
def sign_in() -> Response:
    """Sign in."""
    return _enter(SignInForm(then=request.args.get("then", "")))


@signing.route("/sign-in/new-password", methods=["GET", "POST"])
@needs(None)
def choose_password() -> Response:
    """Sign in with a password that somebody else chose, and choose another."""
    return _enter(NewPasswordForm(then=request.args.get("then", "")))


class SignOutForm(PageForm):
    """Nothing is asked; the button is enough."""

    question = "Sign out"
    button = "Sign out"


@signing.route("/sign-out", methods=["GET", "POST"])
@needs(None)
def sign_out() -> Response:
    """Sign out: the token ends too, so a copy of the cookie is of no use."""
    form = SignOutForm()
    if not form.is_submitted():
        return render("form.html.jinja", title=form.question, form=form)
    token = session.get("token")
    if token is not None and "actor" in g:
        with begin(services().sessions, g.actor, clock=services().clock) as uow:
            end_token(uow, token)
    session.clear()
    return go(url_for("web.signing.sign_in"), "You are signed out.")


def recall() -> Actor | None:
    """Return who is signed in by the cookie, or None: nobody, too long ago, idle too long, or without a role today."""
    token, seen = session.get("token"), session.get("seen", 0)
    now = SystemClock().now().timestamp()  # Sessions expire by real time, whatever the installation's clock says.
    if token is None or now - seen > IDLE.total_seconds():
        return None
    actor = people.actor_of_token(services().sessions, token, clock=services().clock)
    if actor is not None:
        session["seen"] = int(now)
        g.actor = actor
    return actor


def ask_again() -> Response:
    """Ask somebody whose session has ended to sign in, and keep what they typed."""
    if request.method != "POST":
        return go(url_for("web.signing.sign_in", then=request.full_path.rstrip("?")))
    form = SignInForm(formdata=None, then=request.path, kept=_typed())
    return render("signing/ended.html.jinja", status=HTTPStatus.UNAUTHORIZED, title=form.question, form=form)


def _enter(form: SignInForm) -> Response:
    status = HTTPStatus.OK
    if form.is_submitted():
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.validate():
            try:
                return _welcome(form)
            except people.NewPasswordNeededError:
                return go(url_for("web.signing.choose_password", then=_local(form.then.data)))
            except PasswordRuleError as error:
                form["new_password"].errors = [error.sentence]
            except PermissionDeniedError as error:
                form.refuse(error)
    return render("signing/sign_in.html.jinja", status=status, title=form.question, form=form)


def _welcome(form: SignInForm) -> Response:
    signed = people.sign_in(
        services().sessions,
        form.sign_in_name.data,
        form.password.data,
        new_password=form.new_password.data if isinstance(form, NewPasswordForm) else None,
        clock=services().clock,
    )
    with begin(services().sessions, signed.actor, clock=services().clock) as uow:
        name = user(uow.session, uow.actor, uow.actor.user_id).name
    session.clear()
    g.pop("csrf_token", None)  # The old session's; what is rendered from here on needs the new one's.
    session.update(token=signed.token, name=name, seen=int(SystemClock().now().timestamp()))
    g.actor = signed.actor
    then, kept = _local(form.then.data), _read(form.kept.data)
    if kept:
        return render("signing/go_on.html.jinja", title="You are signed in again", then=then, kept=kept, key=uuid4())
    return go(then)


def _local(address: str | None) -> str:
    """Return an address of ours, or the start page where it leads elsewhere."""
    address = address or ""
    ours = address.startswith("/") and not address.startswith(("//", "/\\")) and "\n" not in address
    return address if ours else url_for("web.home.start")


def _typed() -> str:
    """Return what a form held, but for passwords, bank details and files."""
    pairs = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in NOT_KEPT and "password" not in name
    ]
    kept = json.dumps(pairs)
    return kept if len(kept) <= MOST_KEPT else ""


def _read(kept: str | None) -> list[tuple[str, str]]:
    try:
        found: Any = json.loads(kept or "[]")
        return [(str(name), str(value)) for name, value in found]
    except (ValueError, TypeError):
        return []
