"""Payees: the list, whose details wait for a second person, and adding somebody who is paid."""

from uuid import UUID

from flask import Blueprint, Response, abort, url_for

from phb.core.actor import Permission
from phb.core.uow import UnitOfWork
from phb.edge import paging
from phb.edge.request import begin_request, needs
from phb.intake import lookups
from phb.payments.kinds import PayeeKind
from phb.payments.payees.models import BankAccount, Payee
from phb.payments.payees.names import details_to_confirm, payee_names
from phb.payments.payees.operations import NEEDS_ORGANISATION, NEEDS_PERSON, add_payee
from phb.payments.payees.overview import payee_view
from phb.payments.payees.queries import visible_payees
from phb.people.models import Organisation
from phb.people.organisations.queries import visible_organisations
from phb.web import narrowing
from phb.web.asking import ask, go
from phb.web.forms import Choice, Needed, PageForm, Words
from phb.web.payments.words import OF_DETAILS
from phb.web.rendering import render

payees = Blueprint("payees", __name__, url_prefix="/payees")

KINDS = {
    PayeeKind.HOLDER: "The person whose budget it is",
    PayeeKind.REPRESENTATIVE: "Their representative",
    PayeeKind.NOMINEE: "Their nominee",
    PayeeKind.MANAGED_ACCOUNT: "An organisation that holds a managed account",
    PayeeKind.THIRD_PARTY: "A third party that holds the budget",
    PayeeKind.PROVIDER: "A provider of care or support",
}


class KindForm(PageForm):
    """Who they are to the budget."""

    question = "Who is to be paid?"

    kind = Choice("Who is to be paid?", options=list(KINDS.items()), validators=[Needed("Choose who is to be paid")])


class PayeeForm(PageForm):
    """Who exactly; a kind of payee leaves out the questions that do not concern it."""

    button = "Add this payee"

    reference = Words(
        "Your own reference for this payee",
        hint="With nothing personal in it, for example PAY-0042",
        validators=[Needed("Enter a reference")],
        longest=100,
        width=20,
    )
    person = Words("Whose budget is it for?", hint="The person's reference, for example P-0001", longest=100, width=20)
    acting_person = Words(
        "Which person acts for them?", hint="That person's reference; leave empty for an organisation", width=20
    )
    organisation = Choice("Which organisation?", many=True)

    def ask_only_about(self, kind: PayeeKind) -> None:
        """Leave out what does not concern a kind of payee, and insist on what it cannot do without."""
        acts = kind in {PayeeKind.REPRESENTATIVE, PayeeKind.NOMINEE}
        if kind in NEEDS_PERSON:
            self.person.validators = [Needed("Enter whose budget it is for")]
        elif kind is not PayeeKind.MANAGED_ACCOUNT:
            del self.person
        if kind in NEEDS_ORGANISATION:
            self.organisation.validators = [Needed("Choose an organisation")]
        elif not acts:
            del self.organisation
        if not acts:
            del self.acting_person

    def given(self, name: str) -> str | None:
        """Return an answer, or None where it was not asked for or left empty."""
        return self[name].data or None if name in self else None


@payees.route("")
@needs(Permission.BUDGET_READ)
def listing() -> Response:
    """List payees by reference, and the bank details that wait for a second person."""
    with begin_request() as uow:
        found = visible_payees(uow.actor, uow.today)
        page = paging.page(uow.session, found, (Payee.reference,), cursor=narrowing.after())
        query = details_to_confirm(uow.actor, uow.today).order_by(BankAccount.proposed_at, BankAccount.id)
        waiting = uow.session.scalars(query.limit(narrowing.A_PAGE)).all()
        ids = [*(row.id for row in page.rows), *(row.payee_id for row in waiting)]
        return render(
            "payments/payees.html.jinja",
            title="Payees",
            page=page,
            waiting=waiting,
            names=payee_names(uow.session, uow.actor, ids, uow.today),
        )


@payees.route("/new", methods=["GET", "POST"])
@needs(Permission.PAYEE_WRITE)
def choose_kind() -> Response:
    """Choose who is to be paid."""
    form = KindForm()
    if form.validate_on_submit():
        return go(url_for("web.payees.add", kind=form.kind.data))
    status = 422 if form.found_wrong else 200
    back = url_for("web.payees.listing")
    return render("form.html.jinja", status=status, title=form.question, form=form, back=back)


@payees.route("/new/<kind>", methods=["GET", "POST"])
@needs(Permission.PAYEE_WRITE)
def add(kind: str) -> Response:
    """Add a payee of a kind."""
    if kind not in KINDS:
        abort(404)
    form = PayeeForm()
    form.ask_only_about(PayeeKind(kind))
    if "organisation" in form:
        with begin_request() as uow:
            rows = uow.session.scalars(visible_organisations(uow.actor).order_by(Organisation.name)).all()
        form.organisation.options = [(row.reference, row.name) for row in rows]
    return ask(
        form,
        lambda uow: _add(uow, PayeeKind(kind), form),
        then=lambda row: url_for("web.payees.show", payee_id=row.id),
        said="The payee is added. Enter the bank details next.",
        title="Add a payee",
        above=KINDS[PayeeKind(kind)],
        back=url_for("web.payees.choose_kind"),
    )


@payees.route("/<uuid:payee_id>")
@needs(Permission.BUDGET_READ)
def show(payee_id: UUID) -> Response:
    """Show a payee and its accounts, masked."""
    with begin_request() as uow:
        view = payee_view(uow.session, uow.actor, payee_id, uow.today)
        back = url_for("web.payees.listing")
        return render(
            "payments/payee.html.jinja",
            title=view.name,
            above=f"Payee {view.payee.reference}",
            kind=KINDS[PayeeKind(view.payee.kind)],
            view=view,
            **OF_DETAILS,
            back=back,
            back_text="Payees",
        )


def _add(uow: UnitOfWork, kind: PayeeKind, form: PayeeForm) -> Payee:
    """Add a payee by the references that were given."""
    person = form.given("person")
    return add_payee(
        uow,
        kind,
        reference=form.reference.data,
        person_id=lookups.person_id(uow, person) if person else None,
        acting_person_id=lookups.anybody_id(uow, form.given("acting_person"), "acting_person"),
        organisation_id=lookups.organisation_id(uow, form.given("organisation")),
    ).row
