"""The administrator's pages: organisations, users, policies and limits."""

from datetime import date

import pytest

from phb.core.actor import Role
from phb.governance import policy
from phb.governance.policies import POLICIES, SpendingPolicy
from phb.people.users.queries import user_by_sign_in_name
from tests.web.conftest import Browser, Counter


@pytest.fixture
def ada(counter: Counter) -> Browser:
    """Return the browser of an administrator."""
    return counter.staff(Role.ADMINISTRATOR)


def day(name: str, on: date) -> dict[str, str]:
    """Return a date as a form sends it."""
    return {f"{name}-day": str(on.day), f"{name}-month": str(on.month), f"{name}-year": str(on.year)}


def test_an_organisation_is_added_listed_and_changed(ada: Browser) -> None:
    first = day("start_on", date(2026, 4, 1))
    page = ada.send("/organisations/new", name="Ty Gwyn Care", kind="provider", **first)
    assert "The organisation is added." in page.text
    assert "Ty Gwyn Care Provider None From 1 April 2026" in page.text
    address = page.html.split("Ty Gwyn Care</a>")[0].rsplit('href="', 1)[1].split('"')[0]
    page = ada.send(address, name="Tŷ Gwyn Care", **first, **day("end_on", date(2027, 4, 1)))
    assert "Tŷ Gwyn Care Provider None From 1 April 2026, before 1 April 2027" in page.text


def test_an_organisation_needs_a_name_a_kind_and_a_real_day(ada: Browser) -> None:
    page = ada.send("/organisations/new", **{"start_on-day": "31", "start_on-month": "2", "start_on-year": "2026"})
    assert page.status == 422
    assert page.wrong == {
        "name": "Enter the organisation's name",
        "kind": "Choose what it is to you",
        "start_on-day": "Enter a real date, like 27 3 2026",
    }
    assert 'value="31"' in page.html


def test_dates_the_wrong_way_round_are_said_at_the_day(ada: Browser) -> None:
    days = {**day("start_on", date(2026, 4, 1)), **day("end_on", date(2026, 3, 1))}
    page = ada.send("/organisations/new", name="Backwards", kind="council", **days)
    assert page.status == 422
    assert "end_on-day" in page.wrong


def test_a_stale_form_changes_nothing_and_says_so(ada: Browser) -> None:
    first = day("start_on", date(2026, 4, 1))
    listed = ada.send("/organisations/new", name="Harbour", kind="provider", **first)
    address = listed.html.split("Harbour</a>")[0].rsplit('href="', 1)[1].split('"')[0]
    stale = ada.open(address)
    ada.send(address, name="Harbour Care", **first)
    page = ada.send(address, stale, name="Harbor", **first)
    assert page.status == 409
    assert page.wrong[""].startswith("Somebody changed this since you read it.")
    assert page.fields["name"] == "Harbor"
    assert "Harbour Care" in ada.open("/organisations").text


def test_a_user_is_added_given_a_role_and_loses_it(counter: Counter, ada: Browser) -> None:
    page = ada.send("/users/new", sign_in_name=f"new.{counter.service.code}", name="Noor Newly")
    assert "The user is added." in page.text
    assert "They hold no role" in page.text
    with counter.service.unit(counter.service.staff(Role.ADMINISTRATOR)) as uow:
        user_id = user_by_sign_in_name(uow.session, uow.actor, f"new.{counter.service.code}").id
    form = ada.open(f"/users/{user_id}/roles/new")
    here = form.html.split("</option>")[-2].rsplit('value="', 1)[1].split('"')[0]
    start = day("start_on", date(2026, 4, 1))
    page = ada.send(f"/users/{user_id}/roles/new", form, role="auditor", organisation_id=here, **start)
    assert page.wrong == {}
    assert "From 1 April 2026" in page.text
    address = page.html.split("End the role of auditor")[0].rsplit('href="', 1)[1].split('"')[0]
    page = ada.send(address, **day("on", date(2026, 5, 1)))
    assert "From 1 April 2026, before 1 May 2026" in page.text


def test_a_first_password_is_refused_at_its_field(counter: Counter, ada: Browser) -> None:
    somebody = counter.service.staff(Role.AUDITOR)
    address = f"/users/{somebody.user_id}/password"
    page = ada.send(address, password="short")
    assert page.wrong["password"].startswith("Choose a password of 12 to 200 characters")
    assert "They choose their own when they sign in." in (
        ada.send(f"/users/{somebody.user_id}/password", password="three unrelated words").text
    )


def test_every_policy_has_a_page_and_a_form(ada: Browser) -> None:
    listed = ada.open("/policies").text
    for kind in POLICIES.values():
        assert kind.title in listed
        assert "In force today" in ada.open(f"/policies/{kind.name}").text
        assert ada.open(f"/policies/{kind.name}/change").status == 200
    assert ada.open("/policies/no-such").status == 404


def test_a_policy_changes_once_a_second_administrator_confirms(counter: Counter, ada: Browser) -> None:
    name = SpendingPolicy.name
    form = ada.open(f"/policies/{name}/change")
    decided = {"source": "Committee, item 7", **day("effective_from", date(2026, 5, 1))}
    page = ada.send(f"/policies/{name}/change", form, **decided, evidence_not_needed_below="25.00")
    assert "Another administrator confirms it before it takes effect." in page.text
    assert "not confirmed yet" in page.text
    waiting = ada.open("/policies")
    address = waiting.html.split("Look at this change")[0].rsplit('href="', 1)[1].split('"')[0]
    assert "You proposed this" in ada.open(address).text
    refused = ada.send(address)
    assert refused.status == 403
    bo = counter.staff(Role.ADMINISTRATOR)
    assert "£25.00 (changes)" in bo.open(address).text
    assert "The change is confirmed." in bo.send(address).text
    with counter.service.unit(counter.service.staff(Role.ADMINISTRATOR)) as uow:
        held = policy.read(uow.session, SpendingPolicy, date(2026, 5, 1))
    assert f"{held.evidence_not_needed_below.amount:.2f}" == "25.00"


def test_a_policy_value_that_does_not_fit_is_refused(ada: Browser) -> None:
    name = SpendingPolicy.name
    decided = {"source": "Committee", **day("effective_from", date(2026, 5, 1))}
    page = ada.send(f"/policies/{name}/change", **decided, evidence_not_needed_below="plenty")
    assert page.status == 422
    assert page.wrong


def test_a_limit_is_proposed_and_confirmed_by_two(counter: Counter, ada: Browser) -> None:
    decided = {"source": "Scheme 2026", **day("effective_from", date(2026, 4, 1))}
    page = ada.send("/delegations/new", role="approver", limit="£50,000", **decided)
    assert "£50,000.00" in page.text
    address = page.html.split("Look at the limit")[0].rsplit('href="', 1)[1].split('"')[0]
    assert ada.send(address).status == 403
    assert "The limit is confirmed." in counter.staff(Role.ADMINISTRATOR).send(address).text


@pytest.mark.parametrize("typed", ["12.345", "twelve", "-5.00"])
def test_a_limit_that_is_no_amount_is_refused_at_its_field(ada: Browser, typed: str) -> None:
    decided = {"source": "Scheme 2026", **day("effective_from", date(2026, 4, 1))}
    page = ada.send("/delegations/new", role="approver", limit=typed, **decided)
    assert (page.status, list(page.wrong)) == (422, ["limit"])
    assert page.fields["limit"] == typed


def test_a_form_sent_twice_does_its_work_once(ada: Browser) -> None:
    form = ada.open("/organisations/new")
    answers = {"name": "Only Once", "kind": "provider", **day("start_on", date(2026, 4, 1))}
    ada.send("/organisations/new", form, **answers)
    ada.send("/organisations/new", form, **answers)
    assert ada.open("/organisations").text.count("Only Once") == 1
    changed = ada.send("/organisations/new", form, **answers | {"name": "Another"})
    assert changed.wrong[""].startswith("You sent this form before with other answers")
    assert "The organisation is added." in ada.send("/organisations/new", changed, **answers | {"name": "Another"}).text


def test_an_auditor_reads_and_changes_nothing(counter: Counter) -> None:
    jo = counter.staff(Role.AUDITOR)
    for address in ("/organisations", "/users", "/policies", "/delegations"):
        assert jo.open(address).status == 200
        assert "Add " not in jo.open(address).text
    for address in ("/organisations/new", "/users/new", "/delegations/new"):
        refused = jo.open(address)
        assert (refused.status, refused.title) == (403, "You cannot do this - Personal health budgets")


def test_a_holder_is_shown_none_of_it(counter: Counter) -> None:
    clinician = counter.staff(Role.CLINICIAN)
    assert clinician.open("/users").status == 403
    assert "Policies" not in clinician.open("/").text
