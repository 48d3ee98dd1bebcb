"""What was promised, to whom and for which days; the books hold how much of it is still open, under the same id."""

from datetime import date, datetime
from uuid import UUID

from moneyed import Money
from sqlalchemy import Index, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from phb.core.database import Base
from phb.core.money import MoneyType
from phb.core.period import Period
from phb.people.models import own


class SpendCommitment(Base):
    """An order (notional), an agreement (third party) or a rota (direct payment) on one plan line in one year.

    `amount` is what was promised first; increases, uses and releases are in the books. `expires_on` is the last day
    whose care may use it.
    """

    __tablename__ = "spend_commitment"
    __table_args__ = (
        UniqueConstraint("commissioner_id", "reference", name="uq_spend_commitment_reference"),
        own("budget_id", "personal_health_budget", "spend_commitment_budget"),
        own("plan_line_id", "plan_line", "spend_commitment_plan_line"),
        own("provider_id", "organisation", "spend_commitment_provider"),
        own("id", "commitment", "spend_commitment_books"),
        Index("ix_spend_commitment_budget", "commissioner_id", "budget_id"),
        Index("ix_spend_commitment_plan_line", "commissioner_id", "plan_line_id"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str]
    kind: Mapped[str]
    budget_id: Mapped[UUID]
    plan_line_id: Mapped[UUID]
    year: Mapped[int] = mapped_column(SmallInteger)
    provider_id: Mapped[UUID | None]
    category_code: Mapped[str]
    referral_reason: Mapped[str | None]
    words: Mapped[str]
    amount: Mapped[Money] = mapped_column("amount_pence", MoneyType)
    start_on: Mapped[date]
    end_on: Mapped[date]
    expires_on: Mapped[date]
    raised_by: Mapped[UUID]
    raised_at: Mapped[datetime]

    @property
    def period(self) -> Period:
        """The days it is for."""
        return Period(self.start_on, self.end_on)
