"""Raise the tasks that there are, and close what is over."""

from phb.core.uow import UnitOfWork
from phb.governance import tasks
from phb.monitoring.duties.queries import holding


def reconcile(uow: UnitOfWork) -> tasks.Reconciled:
    """Raise a task for every duty that holds and has none, and close those that are over; again, nothing changes."""
    return tasks.reconcile(uow, holding(uow.session, uow.today))
