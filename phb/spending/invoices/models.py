"""Providers' invoices, their lines and each funder's share of them; migrations/ holds their guards."""

from datetime import date, datetime
from uuid import UUID

from moneyed import Money
from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, SmallInteger, UniqueConstraint, false, text
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from phb.core.database import Base, Versioned
from phb.core.money import MoneyType
from phb.core.period import Period
from phb.people.models import own


class ProviderInvoice(Versioned, Base):
    """What a provider asks the commissioner to pay for one budget; a credit note is one with `replaces_id`.

    A reference belongs to one document of a provider for ever. `happened_on` is the last day of the care, or the
    invoice's own day where that came first: the day it counts on in the books.
    `payment_asked_for` is the database's own: whether it, or a document it stands for, has a payment that did not end.
    """

    __tablename__ = "provider_invoice"
    __table_args__ = (
        UniqueConstraint("commissioner_id", "provider_id", "reference", name="uq_provider_invoice_reference"),
        UniqueConstraint("commissioner_id", "replaces_id", name="uq_provider_invoice_replaces"),
        own("provider_id", "organisation", "provider_invoice_provider"),
        own("budget_id", "personal_health_budget", "provider_invoice_budget"),
        own("person_id", "person", "provider_invoice_person"),
        own("replaces_id", "provider_invoice", "provider_invoice_replaces"),
        Index("ix_provider_invoice_budget", "commissioner_id", "budget_id", "happened_on"),
        Index("ix_provider_invoice_person", "commissioner_id", "person_id", "happened_on"),
        Index(
            "ix_provider_invoice_not_asked_for", "commissioner_id", "id", postgresql_where=text("NOT payment_asked_for")
        ),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    provider_id: Mapped[UUID]
    reference: Mapped[str]
    budget_id: Mapped[UUID]
    person_id: Mapped[UUID]
    invoiced_on: Mapped[date]
    happened_on: Mapped[date]
    amount: Mapped[Money] = mapped_column("amount_pence", MoneyType)
    state: Mapped[str]
    replaces_id: Mapped[UUID | None]
    accepted_by: Mapped[UUID]
    accepted_at: Mapped[datetime]
    lowered_by: Mapped[UUID | None]
    lowered_at: Mapped[datetime | None]
    lower_reason: Mapped[str | None]
    payment_asked_for: Mapped[bool] = mapped_column(server_default=false())


class InvoiceLine(Base):
    """One line of an invoice: what was delivered on which days, of which plan line and order."""

    __tablename__ = "invoice_line"
    __table_args__ = (
        own("invoice_id", "provider_invoice", "invoice_line_invoice"),
        own("plan_line_id", "plan_line", "invoice_line_plan_line"),
        own("commitment_id", "spend_commitment", "invoice_line_commitment"),
        Index("ix_invoice_line_plan_line", "commissioner_id", "plan_line_id"),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    invoice_id: Mapped[UUID] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    plan_line_id: Mapped[UUID]
    category_code: Mapped[str]
    words: Mapped[str]
    covers: Mapped[Range[date]] = mapped_column(DATERANGE)
    amount: Mapped[Money] = mapped_column("amount_pence", MoneyType)
    commitment_id: Mapped[UUID | None]

    @property
    def period(self) -> Period:
        """The days of the care."""
        if self.covers.lower is None or self.covers.upper is None:
            raise ValueError("the days of an invoice's line are bounded")
        return Period(self.covers.lower, self.covers.upper)


class InvoiceShare(Base):
    """One funder's part of an invoice's line in one financial year."""

    __tablename__ = "invoice_share"
    __table_args__ = (
        ForeignKeyConstraint(
            ["commissioner_id", "invoice_id", "ordinal"],
            ["invoice_line.commissioner_id", "invoice_line.invoice_id", "invoice_line.ordinal"],
            name="fk_invoice_share_line",
        ),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    invoice_id: Mapped[UUID] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    fund: Mapped[str] = mapped_column(primary_key=True)
    pence: Mapped[int] = mapped_column("amount_pence", BigInteger)
