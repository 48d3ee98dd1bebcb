"""Keep that a duplicate was stopped: its own work was undone, so this is written in a unit of its own."""

from phb.core.errors import DomainError
from phb.core.uow import begin
from phb.edge.request import current_actor
from phb.edge.services import services
from phb.governance import audit


def keep_stopped(error: DomainError) -> None:
    """Keep that a refusal stopped something from being done twice; other refusals leave nothing."""
    if error.stops_duplicate:
        with begin(services().sessions, current_actor(), clock=services().clock) as uow:
            audit.record(uow, audit.Stopped.REFUSED, "request", uow.request_id, code=error.code)
