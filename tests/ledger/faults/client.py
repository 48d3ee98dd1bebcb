"""A client process that posts batches until it is killed: `python -m tests.ledger.faults.client POSTER`.

Each batch raises a budget by a penny so many times, under keys that follow from the seed and the batch's number. Once
a batch is committed its number is printed, so whoever reads it knows what was promised.
"""

import json
import sys
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import count
from uuid import UUID, uuid5

from sqlalchemy.orm import Session, sessionmaker

from phb.core.actor import Actor
from phb.core.database import make_engine, make_session_factory
from phb.core.money import from_pence
from phb.core.roles import WRITER
from phb.core.uow import begin
from phb.ledger import events, posting
from phb.ledger.entry import Entry, Heading, Place, Portion, Share, Source
from phb.ledger.posting import Posted
from tests.ledger.conftest import APRIL, NOON

A_BATCH = 20


@dataclass(frozen=True)
class Poster:
    """Posts a run of batches that is the same each time it is begun anew."""

    address: str
    commissioner_id: UUID
    user_id: UUID
    place: Place
    seed: UUID

    def post(self, number: int) -> list[Posted]:
        """Post one batch, or find that it was posted before."""
        keys = [uuid5(self.seed, f"{number} {place}") for place in range(A_BATCH)]
        with begin(self._sessions, self._actor, clock=NOON) as uow:
            return posting.post_batch(uow, [self._entry] * A_BATCH, keys=keys)

    def told(self) -> str:
        """Return what another process needs to post the same."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def of(cls, told: str) -> "Poster":
        """Return the poster that another process told of."""
        plain = json.loads(told)
        place = plain["place"]
        budget_id, pot_id, plan_line_id = (UUID(place[name]) for name in ("budget_id", "pot_id", "plan_line_id"))
        commissioner_id, user_id, seed = (UUID(plain[name]) for name in ("commissioner_id", "user_id", "seed"))
        return cls(
            plain["address"], commissioner_id, user_id, Place(budget_id, pot_id, plan_line_id, place["year"]), seed
        )

    @cached_property
    def _sessions(self) -> sessionmaker[Session]:
        return make_session_factory(make_engine(self.address, role=WRITER, pooled=False))

    @property
    def _actor(self) -> Actor:
        return Actor(self.user_id, self.commissioner_id, frozenset(), frozenset())

    @property
    def _entry(self) -> Entry:
        heading = Heading(APRIL, "A penny more", Source("test", self.seed))
        return events.budget_raised(heading, [Portion(self.place, Share("nhs", from_pence(1)))])


if __name__ == "__main__":
    poster = Poster.of(sys.argv[1])
    for number in count():
        poster.post(number)
        print(number, flush=True)  # noqa: T201 - whoever started the process reads it
