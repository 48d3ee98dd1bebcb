"""The pages about paying: runs from a preview to settlement, each payment, instalments, and who is paid into where."""

from phb.web.payments.accounts import accounts
from phb.web.payments.file import file
from phb.web.payments.instalments import instalments
from phb.web.payments.payees import payees
from phb.web.payments.paying import paying
from phb.web.payments.payments import payments
from phb.web.payments.planning import planning
from phb.web.payments.runs import runs
from phb.web.payments.settlement import settlement
from phb.web.payments.steps import steps

AREAS = (runs, steps, file, settlement, payments, instalments, planning, payees, accounts, paying)
