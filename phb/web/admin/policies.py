"""Policies: each setting with what holds and since when; a change that a second administrator confirms."""

from dataclasses import fields
from enum import StrEnum
from typing import Any, get_type_hints
from uuid import UUID

from flask import Blueprint, Response, url_for
from moneyed import Money
from wtforms import Field

from phb.core.actor import Permission
from phb.edge.request import begin_request, needs
from phb.governance import policy
from phb.governance.models import PolicySetting
from phb.governance.policies import POLICIES, Policy
from phb.reports.words import setting
from phb.web.asking import ask
from phb.web.forms import Choice, Day, Needed, PageForm, Words
from phb.web.rendering import render

policies = Blueprint("policies", __name__, url_prefix="/policies")
LIST = "web.policies.listing"


class ConfirmForm(PageForm):
    """Nothing is asked; the button is enough."""

    question = "Confirm this change"
    button = "Confirm change"


@policies.route("")
@needs(Permission.ADMINISTRATION_READ)
def listing() -> Response:
    """List the policies with what is in force, and what waits for a second administrator."""
    with begin_request() as uow:
        held = [(kind, policy.read(uow.session, kind, uow.today)) for kind in POLICIES.values()]
        waiting = [row for row in policy.history(uow.session) if row.confirmed_at is None]
        return render("admin/policies.html.jinja", title="Policies", held=held, waiting=waiting, kinds=POLICIES)


@policies.route("/<name>")
@needs(Permission.ADMINISTRATION_READ)
def show(name: str) -> Response:
    """Show a policy: each setting, and every value there was, is and will be."""
    kind = policy.named(name)
    with begin_request() as uow:
        history = [row for row in policy.history(uow.session) if row.name == name]
        return render(
            "admin/policy.html.jinja",
            title=kind.title,
            kind=kind,
            settings=_settings(kind, policy.read(uow.session, kind, uow.today)),
            history=history[::-1],
            described={row.id: _settings(kind, policy.parse(kind, row.value)) for row in history},
            back=url_for(LIST),
        )


@policies.route("/<name>/change", methods=["GET", "POST"])
@needs(Permission.POLICY_PROPOSE)
def propose(name: str) -> Response:
    """Propose other values from a day on."""
    kind = policy.named(name)
    with begin_request() as uow:
        held = policy.read(uow.session, kind, uow.today)
    form = _form_of(kind)(data={entry.name: _as_typed(getattr(held, entry.name)) for entry in fields(kind)})
    return ask(
        form,
        lambda uow: policy.propose(
            uow, name, form.value, effective_from=form.effective_from.data, source=form.source.data
        ),
        then=lambda _: url_for("web.policies.show", name=name),
        said="The change is proposed. Another administrator confirms it before it takes effect.",
        title=f"Change: {kind.title}",
        sentences=["Nothing changes until another administrator has confirmed it."],
        back=url_for("web.policies.show", name=name),
    )


@policies.route("/proposals/<uuid:setting_id>", methods=["GET", "POST"])
@needs(Permission.POLICY_CONFIRM)
def confirm(setting_id: UUID) -> Response:
    """Confirm a value that a colleague proposed."""
    with begin_request() as uow:
        row = policy.proposal(uow.session, uow.actor, setting_id)
        kind = POLICIES[row.name]
        before = policy.read(uow.session, kind, row.effective_from)
        own = row.proposed_by == uow.actor.user_id
    return ask(
        ConfirmForm(),
        lambda uow: policy.confirm(uow, setting_id),
        then=lambda _: url_for("web.policies.show", name=row.name),
        said="The change is confirmed.",
        template="admin/confirm_policy.html.jinja",
        above=kind.title,
        row=row,
        own=own,
        changes=_changes(kind, before, row),
        back=url_for(LIST),
    )


class ProposalForm(PageForm):
    """What every proposal says besides its values."""

    kind: type[Policy]
    button = "Propose change"

    effective_from = Day("From which day?", validators=[Needed("Enter the day from which it holds")])
    source = Words(
        "Where was this decided?",
        hint="For example: Finance committee, 4 March 2026, item 7",
        validators=[Needed("Say where this was decided")],
        longest=500,
    )

    @property
    def value(self) -> dict[str, Any]:
        """The values as the policy takes them."""
        kinds = get_type_hints(self.kind)
        return {entry.name: _as_json(kinds[entry.name], self[entry.name].data) for entry in fields(self.kind)}

    @property
    def asked(self) -> list[Field]:
        """The settings first, then the day and the source."""
        names = [entry.name for entry in fields(self.kind)]
        return [self[name] for name in (*names, "effective_from", "source")]


def _form_of(kind: type[Policy]) -> type[ProposalForm]:
    """Return a form with a field for each setting of a policy."""
    kinds = get_type_hints(kind)
    asked = {entry.name: _field(kinds[entry.name], entry) for entry in fields(kind)}
    return type("PolicyForm", (ProposalForm,), {**asked, "kind": kind})


def _field(kind: Any, entry: Any) -> Field:  # noqa: ANN401 - a type hint and a dataclass's field may be anything
    label, hint = _label(entry), policy.describe(kind, entry).removeprefix("it is ").capitalize()
    if kind is bool:
        return Choice(label, options=[("yes", "Yes"), ("no", "No")])
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return Choice(label, options=[(choice, setting(choice)) for choice in kind])
    return Words(label, hint=hint)


def _as_json(kind: object, typed: str) -> object:
    """Return what was typed as a policy takes it: a number where the setting is one."""
    if kind is bool:
        return typed == "yes"
    return int(typed) if kind is int and typed.isascii() and typed.isdigit() else typed


def _as_typed(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value.amount:.2f}" if isinstance(value, Money) else value


def _label(entry: Any) -> str:  # noqa: ANN401 - a dataclass's field of any type
    meaning = str(entry.metadata["meaning"])
    return meaning[0].upper() + meaning[1:]


def _settings(kind: type[Policy], held: Policy) -> list[tuple[str, object]]:
    return [(_label(entry), getattr(held, entry.name)) for entry in fields(kind)]


def _changes(kind: type[Policy], before: Policy, row: PolicySetting) -> list[tuple[str, object, object]]:
    after = policy.parse(kind, row.value)
    pairs = zip(_settings(kind, before), _settings(kind, after), strict=True)
    return [(label, old, new) for (label, old), (_, new) in pairs]
