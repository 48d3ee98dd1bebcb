"""The administrator's pages: organisations, users, policies and limits, each change of the last two by two people."""

from phb.web.admin.delegations import delegations
from phb.web.admin.organisations import organisations
from phb.web.admin.policies import policies
from phb.web.admin.users import users

AREAS = (organisations, users, policies, delegations)
