"""All pages of the holder's side under one address."""

from flask import Blueprint

from phb.web.holder.agreeing import agreeing
from phb.web.holder.budget import budget
from phb.web.holder.decisions import decisions
from phb.web.holder.people import people
from phb.web.holder.recording import recording
from phb.web.holder.spending import spending
from phb.web.holder.statements import statements

holder = Blueprint("holder", __name__, url_prefix="/your-budgets")
for part in (budget, agreeing, recording, spending, statements, decisions, people):
    holder.register_blueprint(part)
