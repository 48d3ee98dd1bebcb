"""The area of care co-ordinators and clinicians: every page of it under one name."""

from flask import Blueprint

from phb.web.care.arranging import arranging
from phb.web.care.assessing import assessing
from phb.web.care.budgets import budgets
from phb.web.care.deciding import deciding
from phb.web.care.details import details
from phb.web.care.looks import looks
from phb.web.care.people import people
from phb.web.care.planning import planning
from phb.web.care.proposing import proposing
from phb.web.care.registering import registering
from phb.web.care.relating import relating
from phb.web.care.standing import standing

care = Blueprint("care", __name__)
for part in (
    people,
    registering,
    details,
    relating,
    looks,
    standing,
    assessing,
    proposing,
    budgets,
    planning,
    arranging,
    deciding,
):
    care.register_blueprint(part)
