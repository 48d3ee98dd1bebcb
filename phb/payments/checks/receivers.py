"""Which payees may receive the money of which pots on a day, asked for many at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from phb.budget.kinds import ManagementType
from phb.payments.agreed import AgreedPot
from phb.payments.kinds import PayeeKind
from phb.payments.payees.models import Payee
from phb.people.models import Organisation, Person, Relation
from phb.people.queries import in_force

KINDS_OF_POT = {
    ManagementType.DIRECT_PAYMENT: frozenset(
        {PayeeKind.HOLDER, PayeeKind.REPRESENTATIVE, PayeeKind.NOMINEE, PayeeKind.MANAGED_ACCOUNT}
    ),
    ManagementType.THIRD_PARTY: frozenset({PayeeKind.THIRD_PARTY}),
    ManagementType.NOTIONAL: frozenset[PayeeKind](),
}
Party = tuple[UUID | None, UUID | None]


@dataclass(frozen=True)
class Receivers:
    """Who lives, which organisations are there, and who acts for whom as what."""

    living: Collection[UUID]
    trading: Collection[UUID]
    acting: Mapping[tuple[UUID, str], Collection[Party]]

    @classmethod
    def on(cls, session: Session, payees: Sequence[Payee], person_ids: Collection[UUID], on: date) -> "Receivers":
        """Read what a day says of some payees and of the people they are paid for."""
        organisation_ids = [payee.organisation_id for payee in payees if payee.organisation_id is not None]
        return cls(
            _living(session, person_ids, on),
            trading(session, organisation_ids, on),
            _acting(session, person_ids, on),
        )

    def may(self, payee: Payee, pot: AgreedPot) -> bool:
        """Say whether a payee may receive the money of a pot."""
        kind = PayeeKind(payee.kind)
        if kind not in KINDS_OF_POT[pot.management] or payee.person_id not in {None, pot.person_id}:
            return False
        if kind is PayeeKind.HOLDER:
            return pot.person_id in self.living
        if payee.organisation_id is not None and payee.organisation_id not in self.trading:
            return False
        if kind is PayeeKind.THIRD_PARTY:
            return payee.organisation_id == pot.organisation_id
        if kind is PayeeKind.MANAGED_ACCOUNT:
            return True
        return (payee.acting_person_id, payee.organisation_id) in self.acting.get((pot.person_id, kind.value), ())


def acts_for(session: Session, payee: Payee, pot: AgreedPot, on: date) -> bool:
    """Say whether a payee may receive the money of a pot on a day."""
    return Receivers.on(session, [payee], [pot.person_id], on).may(payee, pot)


def trading(session: Session, organisation_ids: Collection[UUID], on: date) -> Collection[UUID]:
    """Return which organisations are there on a day."""
    row = Organisation
    running = (row.start_on <= on) & or_(row.end_on.is_(None), row.end_on > on)
    return set(session.scalars(select(row.id).where(row.id.in_(organisation_ids), running)))


def _living(session: Session, person_ids: Collection[UUID], on: date) -> Collection[UUID]:
    alive = or_(Person.died_on.is_(None), Person.died_on > on)
    return set(session.scalars(select(Person.id).where(Person.id.in_(person_ids), alive)))


def _acting(session: Session, person_ids: Collection[UUID], on: date) -> Mapping[tuple[UUID, str], Collection[Party]]:
    row = Relation
    found: defaultdict[tuple[UUID, str], set[Party]] = defaultdict(set)
    query = select(row.person_id, row.kind, row.acting_person_id, row.organisation_id)
    for person_id, kind, acting_person_id, organisation_id in session.execute(
        query.where(row.person_id.in_(person_ids), in_force(on))
    ):
        found[person_id, kind].add((acting_person_id, organisation_id))
    return found
