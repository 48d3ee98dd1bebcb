"""Who looked at somebody's record, and keeping that from them for a reason and a time."""

from uuid import UUID

from flask import Blueprint, Response, url_for

from phb.core.actor import Permission
from phb.edge.request import begin_request, needs
from phb.people.kinds import Scope, WithholdingGround
from phb.people.looks import operations
from phb.people.looks.queries import lookers, withheld_now
from phb.people.queries import person
from phb.people.users.queries import names_of
from phb.web.asking import ask
from phb.web.care import words
from phb.web.forms import Choice, Day, Needed, PageForm, Words
from phb.web.rendering import render

looks = Blueprint("looks", __name__, url_prefix="/people/<uuid:person_id>/looks")


class WithholdForm(PageForm):
    """Why somebody's looks are withheld, and when that is looked at again."""

    question = "Why is the person not told?"
    button = "Withhold these looks"
    grave = True
    ground = Choice(
        "Why does the law let it be withheld?",
        options=words.options(words.WITHHOLDING_GROUNDS),
        validators=[Needed("Choose why it is withheld")],
    )
    reason = Words(
        "What is the reason here?",
        rows=4,
        hint="Auditors and whoever reviews this read it. The person does not.",
        validators=[Needed("Enter the reason")],
    )
    review_on = Day(
        "On which day is this looked at again?",
        hint="For example, 27 3 2027",
        validators=[Needed("Enter the day")],
    )


class EndForm(PageForm):
    """Why the person may be told now."""

    question = "Why may the person be told now?"
    button = "Tell them from now on"
    reason = Words("What is the reason?", rows=4, validators=[Needed("Enter the reason")])


@looks.route("")
@needs(Permission.LOOKS_WITHHOLD)
def listed(person_id: UUID) -> Response:
    """List who looked at a record by name, and what is withheld from the person."""
    with begin_request() as uow:
        row = person(uow.session, uow.actor, person_id, uow.today, Scope.RECORD)
        found = lookers(uow.session, uow.actor, person_id, uow.today)
        withheld = withheld_now(uow.session, person_id)
        named = {one.user_id for one in withheld} | {one.withheld_by for one in withheld}
        names, today, own = names_of(uow.session, uow.actor, named), uow.today, uow.actor.user_id
    return render(
        "care/looks.html.jinja",
        title="Who has looked at this record",
        above=row.full_name,
        back=url_for("web.care.people.shown", person_id=person_id),
        person=row,
        found=found,
        withheld=withheld,
        names=names,
        today=today,
        own=own,
        grounds=words.WITHHOLDING_GROUNDS,
    )


@looks.route("/<uuid:user_id>/withhold", methods=["GET", "POST"])
@needs(Permission.LOOKS_WITHHOLD)
def withhold(person_id: UUID, user_id: UUID) -> Response:
    """Keep all looks of one user from the person."""
    with begin_request() as uow:
        row = person(uow.session, uow.actor, person_id, uow.today, Scope.RECORD)
        name = names_of(uow.session, uow.actor, [user_id]).get(user_id)
    form = WithholdForm()
    back = url_for("web.care.looks.listed", person_id=person_id)
    return ask(
        form,
        lambda uow: operations.withhold(
            uow,
            person_id,
            user_id,
            ground=WithholdingGround(form.ground.data),
            reason=form.reason.data,
            review_on=form.review_on.data,
        ),
        then=lambda _: back,
        said="The looks are withheld.",
        above=row.full_name,
        title=f"Withhold the looks of {name or 'somebody'}",
        back=back,
        sentences=[
            "The person is not told of any look of this user at their record until this is ended.",
            "Do this only where telling would put somebody at risk, hinder finding a crime or tell about others.",
        ],
    )


@looks.route("/withheld/<uuid:withheld_id>/end", methods=["GET", "POST"])
@needs(Permission.LOOKS_WITHHOLD)
def end(person_id: UUID, withheld_id: UUID) -> Response:
    """Tell the person from now on."""
    with begin_request() as uow:
        row = person(uow.session, uow.actor, person_id, uow.today, Scope.RECORD)
    form, back = EndForm(), url_for("web.care.looks.listed", person_id=person_id)
    return ask(
        form,
        lambda uow: operations.end_withholding(uow, withheld_id, reason=form.reason.data),
        then=lambda _: back,
        said="The person is told of these looks from now on.",
        above=row.full_name,
        title="Tell the person of these looks",
        back=back,
    )
