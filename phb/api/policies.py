"""A commissioner's dated settings and its scheme of delegation; a second administrator confirms each change."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, validate

from phb.api.blueprint import Resource
from phb.api.schemas import MoneyField
from phb.core.actor import Permission, Role
from phb.edge.request import begin_request, needs
from phb.governance import delegation, policy
from phb.governance.models import DelegationLimit, PolicySetting
from phb.governance.policies import POLICIES

policies = Resource("policies", "Dated settings of the commissioner")
delegations = Resource("delegations", "Who may sign off how much")


class PolicyProposal(Schema):
    """A policy's value from a day on; fields left out take their defaults."""

    name = fields.String(required=True, validate=validate.OneOf(sorted(POLICIES)))
    value = fields.Dict(keys=fields.String(), required=True)
    effective_from = fields.Date(required=True)
    source = fields.String(required=True, validate=validate.Length(1, 500))


class PolicyBody(PolicyProposal):
    """A proposed or confirmed value."""

    id = fields.UUID()
    proposed_by = fields.UUID()
    proposed_at = fields.AwareDateTime()
    confirmed_by = fields.UUID(allow_none=True)
    confirmed_at = fields.AwareDateTime(allow_none=True)


class LimitProposal(Schema):
    """What a role, or one user in it, may sign off from a day on."""

    role = fields.String(required=True, validate=validate.OneOf([role.value for role in Role]))
    user_id = fields.UUID(load_default=None, allow_none=True)
    limit = MoneyField(required=True)
    effective_from = fields.Date(required=True)
    source = fields.String(required=True, validate=validate.Length(1, 500))


class LimitBody(LimitProposal):
    """A proposed or confirmed limit."""

    id = fields.UUID()
    proposed_by = fields.UUID()
    confirmed_by = fields.UUID(allow_none=True)
    confirmed_at = fields.AwareDateTime(allow_none=True)


@policies.route("", methods=["GET"])
@needs(Permission.ADMINISTRATION_READ)
@policies.response(200, PolicyBody(many=True))
def list_policies() -> Sequence[PolicySetting]:
    """List every value proposed or confirmed, by name and date."""
    with begin_request() as uow:
        return policy.history(uow.session)


@policies.route("", methods=["POST"])
@needs(Permission.POLICY_PROPOSE)
@policies.arguments(PolicyProposal)
@policies.response(201, PolicyBody)
def propose_policy(body: dict[str, Any]) -> PolicySetting:
    """Propose a value."""
    with begin_request() as uow:
        return policy.propose(uow, **body)


@policies.route("/<uuid:setting_id>/confirmation", methods=["POST"])
@needs(Permission.POLICY_CONFIRM)
@policies.response(200, PolicyBody)
def confirm_policy(setting_id: UUID) -> PolicySetting:
    """Confirm a value that a colleague proposed."""
    with begin_request() as uow:
        return policy.confirm(uow, setting_id)


@delegations.route("", methods=["GET"])
@needs(Permission.ADMINISTRATION_READ)
@delegations.response(200, LimitBody(many=True))
def list_limits() -> Sequence[DelegationLimit]:
    """List the scheme of delegation with its history."""
    with begin_request() as uow:
        return delegation.history(uow.session)


@delegations.route("", methods=["POST"])
@needs(Permission.POLICY_PROPOSE)
@delegations.arguments(LimitProposal)
@delegations.response(201, LimitBody)
def propose_limit(body: dict[str, Any]) -> DelegationLimit:
    """Propose a limit."""
    with begin_request() as uow:
        return delegation.propose_limit(uow, **body | {"role": Role(body["role"])})


@delegations.route("/<uuid:limit_id>/confirmation", methods=["POST"])
@needs(Permission.POLICY_CONFIRM)
@delegations.response(200, LimitBody)
def confirm_limit(limit_id: UUID) -> DelegationLimit:
    """Confirm a limit that a colleague proposed."""
    with begin_request() as uow:
        return delegation.confirm_limit(uow, limit_id)
