"""The area of those who help many people with their money: every page of it under one name."""

from flask import Blueprint

from phb.web.broker.caseload import caseload
from phb.web.broker.receipts import receipts
from phb.web.broker.several import several

broker = Blueprint("broker", __name__)
for part in (caseload, several, receipts):
    broker.register_blueprint(part)
