"""The area of finance: every page of it under one name."""

from flask import Blueprint

from phb.web.finance.budget import budget
from phb.web.finance.changes import changes
from phb.web.finance.deciding import deciding
from phb.web.finance.found import found
from phb.web.finance.funders import funders
from phb.web.finance.history import history
from phb.web.finance.holds import holds
from phb.web.finance.indicators import indicators
from phb.web.finance.invoices import invoices
from phb.web.finance.journal_files import journal_files
from phb.web.finance.months import months
from phb.web.finance.payments import payments
from phb.web.finance.queue import queue
from phb.web.finance.spend import spend
from phb.web.finance.spending import spending

finance = Blueprint("finance", __name__)
for part in (
    queue,
    found,
    budget,
    deciding,
    changes,
    payments,
    holds,
    spending,
    spend,
    invoices,
    history,
    indicators,
    months,
    funders,
    journal_files,
):
    finance.register_blueprint(part)
