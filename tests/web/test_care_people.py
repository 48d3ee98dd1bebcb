"""Care co-ordinators find people, register them, and keep their records; each page is for whom it is for."""

from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from phb.core.actor import Role
from phb.people import queries
from phb.people.details import PersonDetails
from phb.people.kinds import RelationKind, Scope, StatementFormat, TraceStatus
from phb.people.operations import details_of
from phb.people.organisations.queries import visible_organisations
from phb.people.standing import queries as standing
from tests.budget.conftest import World
from tests.people.conftest import APRIL, BORN, Service, invented_number
from tests.web.caring import CareOffice, Desk, day, form_of, path_of
from tests.web.conftest import CHOSEN, give_password

NUMBER = invented_number(77)


@pytest.fixture
def office(vault_sessions: sessionmaker[Session]) -> CareOffice:
    """Return a care office on 1 April 2026."""
    return CareOffice(World(Service(vault_sessions)))


@pytest.fixture
def desk(office: CareOffice) -> Desk:
    """Return the care co-ordinator's desk."""
    return office.desk(office.world.coordinator)


def register(**changes: Any) -> list[dict[str, Any]]:
    """Return the answers that register somebody, page by page."""
    return [
        {"given_names": "Mair", "family_name": "Jones"} | day("date_of_birth", "1984-03-15"),
        {"nhs_number": str(NUMBER), "trace_status": "verified"},
        {"address_lines": "1 High Street\r\nNorthvale", "postcode": "nv1 2ab"},
        {"needs": ["large_print", "letter"]},
        {"statement_format": "large-print", "language": "cy"} | changes,
    ]


def test_somebody_is_registered_after_their_answers_were_checked(office: CareOffice, desk: Desk) -> None:
    check = desk.walk(desk.open("/people/new"), *register())
    assert "Check your answers" in check.title
    for words in ("Mair", "15 March 1984", "999", "1 High Street", "Information in large print", "Welsh"):
        assert words in check.text
    done = desk.send(check)
    assert (done.status, "They are registered." in done.text) == (200, True)
    assert "Mair Jones" in done.title
    world = office.world
    row = next(
        one
        for one in world.ask(
            world.coordinator, lambda session, actor: session.scalars(queries.visible_people(actor, APRIL)).all()
        )
        if one.family_name == "Jones"
    )
    assert (row.nhs_number, row.postcode, row.statement_format) == (NUMBER, "NV1 2AB", StatementFormat.LARGE_PRINT)
    assert row.address_lines == ["1 High Street", "Northvale"]
    needs = world.ask(world.coordinator, queries.communication_needs, row.id, APRIL)
    assert {need.code for need in needs} == {"large_print", "letter"}


def test_the_same_registration_sent_twice_registers_once(desk: Desk) -> None:
    check = desk.walk(desk.open("/people/new"), *register())
    first, again = desk.send(check), desk.send(check)
    assert (again.status, path_of(again)) == (200, path_of(first))


def test_going_back_shows_what_was_typed_and_nothing_is_lost(desk: Desk) -> None:
    third = desk.walk(desk.open("/people/new"), *register()[:2])
    assert "Where do they live?" in third.title
    back = third.html.split('class="nhsuk-back-link"')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    assert f'value="{NUMBER}"' in desk.open(back).html


def test_a_change_at_the_check_leads_back_to_it(desk: Desk) -> None:
    check = desk.walk(desk.open("/people/new"), *register())
    link = check.html.split("Last name")[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    first = desk.open(link)
    again = desk.send(first, family_name="Evans")
    assert "Check your answers" in again.title
    assert "Evans" in again.text
    assert "15 March 1984" in again.text


@pytest.mark.parametrize(
    ("number", "place", "says"),
    [("999 123 4567", "nhs_number", "mistyped digit"), ("12", "nhs_number", "ten digits")],
)
def test_a_wrong_nhs_number_is_refused_at_its_field(desk: Desk, number: str, place: str, says: str) -> None:
    second = desk.walk(desk.open("/people/new"), register()[0])
    page = desk.send(second, nhs_number=number, trace_status="verified")
    assert page.status == 422
    assert says in page.wrong[place]


def test_what_is_missing_is_refused_at_each_field(desk: Desk) -> None:
    page = desk.send(desk.open("/people/new"))
    assert page.status == 422
    assert page.wrong == {"given_names": "Enter their first names", "family_name": "Enter their last name"}
    second = desk.walk(desk.open("/people/new"), register()[0])
    assert desk.send(second, nhs_number=str(NUMBER)).wrong == {"trace_status": "Say whether the number was checked"}
    third = desk.walk(second, register()[1])
    assert "is not a postcode" in desk.send(third, postcode="123").wrong["postcode"]


def test_a_number_that_somebody_has_is_refused_on_its_page(office: CareOffice, desk: Desk) -> None:
    office.world.service.person(PersonDetails("Nia", "First", BORN, NUMBER, TraceStatus.VERIFIED))
    page = desk.send(desk.walk(desk.open("/people/new"), *register()))
    assert page.status == 409
    assert "registered with this NHS number" in page.wrong["nhs_number"]
    assert "What is their NHS number?" in page.title


def test_a_step_whose_answers_were_lost_begins_again(desk: Desk) -> None:
    assert "Who are they?" in desk.open("/people/new", at=3).title


def test_people_are_found_without_their_names_in_any_address(office: CareOffice, desk: Desk) -> None:
    office.world.service.person(PersonDetails("Mair", "Jones", BORN, NUMBER, TraceStatus.VERIFIED))
    everybody = desk.open("/people")
    assert "Aled Example" in everybody.text
    found = desk.send(everybody, name="jon")
    assert path_of(found) == "/people"
    assert not found.response.request.query_string
    assert "Mair Jones" in found.text
    assert "Aled Example" not in found.text
    assert "Mair Jones" in desk.send(found, name="", nhs_number=str(NUMBER)).text
    assert "ten digits" in desk.send(found, name="", nhs_number="12").wrong["nhs_number"]
    assert "Nobody was found." in desk.send(found, name="nobody at all").text
    assert "Aled Example" in desk.send(found, name="", nhs_number="").text


def test_a_person_is_shown_whole_to_who_cares_for_them(office: CareOffice, desk: Desk) -> None:
    world = office.world
    world.assessment()
    budget = world.propose()
    page = desk.open(f"/people/{world.person_id}")
    for words in ("Aled Example", budget.reference, "Assessment A-1", "presumed", "Plan a budget", "17 May 1980"):
        assert words in page.text
    clinician = office.desk(world.clinician).open(f"/people/{world.person_id}")
    assert budget.reference in clinician.text
    assert "Plan a budget" not in clinician.text


def test_somebody_elses_person_is_not_found(office: CareOffice) -> None:
    world = office.world
    colleague = office.desk(world.service.staff(Role.CARE_COORDINATOR))
    own = {"kind": "care_coordinator", "user_id": str(world.coordinator.user_id)}
    desk = office.desk(world.coordinator)
    desk.send(
        desk.walk(desk.open(f"/people/{world.person_id}/relations/new"), *_steps(own, day("start_on", "2026-04-01")))
    )
    assert "Aled Example" in desk.open(f"/people/{world.person_id}").text
    for address in ("", "/details", "/assess", "/budgets/new", "/relations/new", "/consents/new", "/characteristics"):
        assert colleague.open(f"/people/{world.person_id}{address}").status == 404, address


def _steps(first: dict[str, Any], dates: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"kind": first["kind"]}, {name: first[name] for name in first if name != "kind"}, dates]


def test_details_are_changed_and_what_was_there_is_filled_in(office: CareOffice, desk: Desk) -> None:
    world = office.world
    page = desk.open(f"/people/{world.person_id}/details")
    assert 'value="Aled"' in page.html
    done = desk.send(page, family_name="Changed", postcode="NV1 2AB")
    assert "Your changes are saved." in done.text
    assert "Aled Changed" in done.title
    assert "is not a postcode" in desk.send(page, postcode="1").wrong["postcode"]


def test_two_people_change_one_record_and_the_second_sees_both_versions(office: CareOffice, desk: Desk) -> None:
    world = office.world
    mine = desk.open(f"/people/{world.person_id}/details")
    theirs = office.desk(world.service.staff(Role.CARE_COORDINATOR))
    theirs.send(theirs.open(f"/people/{world.person_id}/details"), given_names="Alun")
    page = desk.send(mine, given_names="Alan", postcode="NV1 2AB")
    assert page.status == 409
    assert "Somebody changed this while you were typing" in page.wrong[""]
    table = page.text.split("What it says now, and what you typed")[-1]
    assert "First names Different Alun Alan" in table
    assert 'value="Alan"' in page.html
    done = desk.send(page)
    assert done.status == 200
    row = world.ask(world.coordinator, queries.person, world.person_id, APRIL)
    assert (row.given_names, row.postcode) == ("Alan", "NV1 2AB")


def test_a_communication_need_is_added_once_and_ended(office: CareOffice, desk: Desk) -> None:
    address = f"/people/{office.world.person_id}"
    page = desk.open(f"{address}/needs/new")
    done = desk.send(page, code="large_print")
    assert "Information in large print, since 1 April 2026" in done.text
    assert (
        "is recorded for these days already"
        in desk.send(desk.open(f"{address}/needs/new"), code="large_print").wrong["code"]
    )
    assert desk.send(page, **day("start_on", "2026-13-01")).wrong["start_on-day"] == "Enter a real date, like 27 3 2026"
    link = done.html.split("/needs/")[1].split('"')[0]
    ended = desk.send(desk.open(f"{address}/needs/{link}"), **day("on", "2026-05-01"))
    assert "No longer: Information in large print (until 1 May 2026)" in ended.text


def test_protected_characteristics_have_pages_of_their_own(office: CareOffice, desk: Desk) -> None:
    address = f"/people/{office.world.person_id}/characteristics"
    assert "Not told" in desk.open(address).text
    done = desk.send(desk.open(f"{address}/change"), ethnicity="Welsh")
    assert "Ethnicity Welsh" in done.text
    clinician = office.desk(office.world.clinician)
    assert "Ethnicity Welsh" in clinician.open(address).text
    assert clinician.open(f"{address}/change").status == 403
    assert office.desk(office.world.finance).open(address).status == 403


def test_a_nominee_who_is_new_here_is_let_act(office: CareOffice, desk: Desk) -> None:
    world = office.world
    check = desk.walk(
        desk.open(f"/people/{world.person_id}/relations/new"),
        {"kind": "nominee"},
        {"who": "new"},
        {"given_names": "Nia", "family_name": "Kind"},
        {"scopes": ["budget", "spend"]},
        day("start_on", "2026-04-01"),
        {"consent_of": "person", "consent_recorded": "Signed form seen"} | day("consent_on", "2026-03-20"),
    )
    assert "Nia" in check.text
    done = desk.send(check)
    assert "Nia Kind" in done.text
    (tie,) = world.ask(world.coordinator, queries.relations, world.person_id, APRIL)
    assert (tie.kind, tie.scopes) == (RelationKind.NOMINEE, sorted([Scope.BUDGET, Scope.SPEND]))
    link = done.html.split("/relations/")[1].split('"')[0]
    ended = desk.send(
        desk.open(f"/people/{world.person_id}/relations/{link}"), reason="revoked", **day("on", "2026-05-01")
    )
    assert "The day before 1 May 2026. It was revoked" in ended.text


def test_a_representative_needs_a_basis_and_what_was_seen_of_it(office: CareOffice, desk: Desk) -> None:
    world = office.world
    acting = office.world.service.person(PersonDetails("Gwen", "Acting", BORN))
    reference = world.ask(world.coordinator, queries.person, acting, APRIL).reference
    step = desk.walk(
        desk.open(f"/people/{world.person_id}/relations/new"), {"kind": "representative"}, {"who": "known"}
    )
    assert desk.send(step, acting="P-NOBODY").wrong["acting"].startswith("Nobody has this reference.")
    check = desk.walk(
        step,
        {"acting": reference},
        {"basis": "deputyship"},
        {},
        day("start_on", "2026-04-01"),
        {"consent_of": "not_needed"},
    )
    page = desk.send(check)
    assert (page.status, "Say what evidence" in page.wrong["evidence"]) == (422, True)
    assert "On what basis?" in page.title
    checked_again = desk.walk(page, {"evidence": "Sealed order seen on 2 March 2026"})
    assert "Check your answers" in checked_again.title
    assert "Gwen Acting" in desk.send(checked_again).text


def test_a_broker_is_an_organisation_with_parts_named(office: CareOffice, desk: Desk) -> None:
    world = office.world
    world.service.broker(world.service.person(), Scope.BUDGET)
    firm = world.ask(world.coordinator, _a_broker)
    dates = day("start_on", "2026-04-01")
    consent = {"consent_of": "person", "consent_recorded": "Form"} | day("consent_on", "2026-03-20")
    start = desk.walk(desk.open(f"/people/{world.person_id}/relations/new"), {"kind": "broker"})
    none_named = desk.send(desk.walk(start, {"organisation_id": firm}, {}, dates, consent))
    assert "Name what this opens" in none_named.wrong["scopes"]
    done = desk.send(desk.walk(start, {"organisation_id": firm}, {"scopes": ["spend"]}, dates, consent))
    assert "The broker" in done.text


def _a_broker(session: Session, actor: Any) -> str:
    return str(next(row.id for row in session.scalars(visible_organisations(actor)) if row.kind == "broker"))


def test_consent_capacity_and_exclusion_are_kept(office: CareOffice, desk: Desk) -> None:
    world, address = office.world, f"/people/{office.world.person_id}"
    given = desk.open(f"{address}/consents/new")
    assert desk.send(given).wrong == {
        "given_by": "Choose who gave it",
        "given_on-day": "Enter the day",
        "how_recorded": "Say how it was recorded",
    }
    done = desk.send(given, given_by="person", how_recorded="Form seen", **day("given_on", "2026-03-30"))
    assert "Given by the person on 30 March 2026 (Form seen)" in done.text
    link = done.html.split("/consents/")[1].split('"')[0]
    assert "withdrawn from 1 April 2026" in desk.send(desk.open(f"{address}/consents/{link}")).text
    found = desk.send(desk.open(f"{address}/capacity/new"), found="for-now", **day("assessed_on", "2026-04-01"))
    assert "On 1 April 2026: lacks capacity, and it is expected to return" in found.text
    ground = world.ask(world.coordinator, lambda session, _actor: standing.grounds(session)[0].code)
    barred = desk.send(desk.open(f"{address}/exclusions/new"), ground=ground, **day("start_on", "2026-04-01"))
    assert "from 1 April 2026" in barred.text
    link = barred.html.split("/exclusions/")[1].split('"')[0]
    assert "until 2 April 2026" in desk.send(desk.open(f"{address}/exclusions/{link}"), **day("on", "2026-04-02")).text
    tomorrow = desk.send(
        desk.open(f"{address}/consents/new"), given_by="person", how_recorded="Form", **day("given_on", "2026-04-02")
    )
    assert tomorrow.status == 422


def test_a_death_is_recorded_with_the_details(office: CareOffice, desk: Desk) -> None:
    world = office.world
    done = desk.send(desk.open(f"/people/{world.person_id}/details"), **day("died_on", "2026-03-31"))
    assert "Aled died on 31 March 2026." in done.text
    row = world.ask(world.coordinator, queries.person, world.person_id, APRIL)
    assert details_of(row).died_on is not None


def test_a_session_that_ends_in_the_middle_of_a_form_loses_nothing(office: CareOffice, desk: Desk) -> None:
    third = desk.walk(desk.open("/people/new"), *register()[:2])
    desk.browser.client.delete_cookie("__Host-phb")
    ended = desk.send(third, address_lines="1 High Street", postcode="NV1 2AB")
    assert ended.status == 401
    name = give_password(office.world.service, office.world.coordinator)
    signed_in = desk.send(ended, sign_in_name=name, password=CHOSEN)
    assert "What you typed is still here" in signed_in.text
    fourth = desk.send(signed_in)
    assert "Which of these help them?" in fourth.title
    assert "1 High Street" in desk.walk(fourth, {"needs": []}, {}).text


def test_what_somebody_else_typed_is_never_shown(office: CareOffice, desk: Desk) -> None:
    third = desk.walk(desk.open("/people/new"), *register()[:2])
    carried = form_of(third).values["so_far"]
    colleague = office.desk(office.world.service.staff(Role.CARE_COORDINATOR))
    page = colleague.open("/people/new", at=2, so_far=carried)
    assert "Who are they?" in page.title
    assert "Mair" not in page.html
