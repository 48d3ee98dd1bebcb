"""Signing in to pages, staying signed in, and losing nothing when a session ends."""

from datetime import UTC, datetime, timedelta

import pytest

from phb.app import create_app
from phb.core.actor import Role
from phb.people.users.credentials import set_password
from tests.people.conftest import PASSWORD, on_day
from tests.web.conftest import CHOSEN, Browser, Counter, Page


def test_the_right_password_opens_the_start_page(counter: Counter) -> None:
    somebody = counter.service.staff(Role.AUDITOR)
    page = counter.browser().send("/sign-in", sign_in_name=counter.name_with_password(somebody), password=CHOSEN)
    assert (page.status, page.title) == (200, "Your work - Personal health budgets")


def test_a_wrong_password_says_so_above_the_form(counter: Counter) -> None:
    page = counter.browser().send("/sign-in", sign_in_name="nobody", password=CHOSEN)
    assert page.status == 422
    assert page.title.startswith("Error: Sign in")
    assert page.wrong == {"": "The name or the password is wrong. Type both again."}


def test_nothing_entered_is_refused_at_each_field(counter: Counter) -> None:
    page = counter.browser().send("/sign-in")
    assert page.status == 422
    assert page.wrong == {"sign_in_name": "Enter your sign-in name", "password": "Enter your password"}


def test_a_password_somebody_else_chose_is_changed_before_going_on(counter: Counter) -> None:
    somebody, administrator = counter.service.staff(Role.AUDITOR), counter.service.staff(Role.ADMINISTRATOR)
    name = counter.name_with_password(somebody)
    with counter.service.unit(administrator) as uow:
        set_password(uow, somebody.user_id, PASSWORD)
    browser = counter.browser()
    asked = browser.send("/sign-in", sign_in_name=name, password=PASSWORD)
    assert "Choose your own password" in asked.text
    both: dict[str, str] = {"sign_in_name": name, "password": PASSWORD}

    def choose(new: str, again: str) -> Page:
        return browser.send("/sign-in/new-password", **{**both, "new_password": new, "again": again})

    assert choose("short", "short").wrong["new_password"].startswith("Choose a password of 12 to 200 characters")
    assert choose(CHOSEN, "something else").wrong == {"again": "Type the same new password twice"}
    done = choose(CHOSEN, CHOSEN)
    assert (done.status, done.title) == (200, "Your work - Personal health budgets")


def test_a_deep_link_leads_there_after_signing_in(counter: Counter) -> None:
    somebody = counter.service.staff(Role.AUDITOR)
    browser = counter.browser()
    asked = browser.open("/sign-out")
    assert asked.status == 200
    page = browser.open("/no-such-page")
    assert page.status == 404
    asked = browser.open("/", more="x")
    assert asked.fields["then"] == "/?more=x"
    name = counter.name_with_password(somebody)
    there = browser.send("/sign-in", asked, sign_in_name=name, password=CHOSEN)
    assert there.response.request.full_path == "/?more=x"


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)"]
)
def test_signing_in_leads_nowhere_else(counter: Counter, elsewhere: str) -> None:
    name = counter.name_with_password(counter.service.staff(Role.AUDITOR))
    page = counter.browser().send("/sign-in", sign_in_name=name, password=CHOSEN, then=elsewhere)
    assert page.response.request.path == "/"


def test_signing_out_ends_the_token_too(counter: Counter) -> None:
    browser = counter.staff(Role.AUDITOR)
    copied = _cookie(browser)
    assert "You are signed out." in browser.send("/sign-out").text
    thief = counter.browser()
    thief.client.set_cookie("__Host-phb", copied)
    assert thief.open("/").title == "Sign in - Personal health budgets"


def test_the_cookie_is_hardened(counter: Counter) -> None:
    name = counter.name_with_password(counter.service.staff(Role.AUDITOR))
    browser = counter.browser()
    fields = browser.open("/sign-in").fields | {"sign_in_name": name, "password": CHOSEN}
    answer = browser.client.post("/sign-in", data=fields)
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-phb=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))


def test_every_page_has_strict_headers(counter: Counter) -> None:
    headers = counter.browser().open("/sign-in").response.headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_each_answer_lets_one_script_run_by_a_word_of_its_own(counter: Counter) -> None:
    browser = counter.browser()
    first, second = browser.open("/sign-in"), browser.open("/sign-in")
    for page in (first, second):
        word = page.html.split('nonce="')[1].split('"')[0]
        assert f"'nonce-{word}'" in page.response.headers["Content-Security-Policy"]
    assert first.response.headers["Content-Security-Policy"] != second.response.headers["Content-Security-Policy"]


def test_a_form_that_is_not_ours_is_refused(counter: Counter) -> None:
    browser = counter.staff(Role.AUDITOR)
    answer = browser.client.post("/sign-out", data={})
    assert answer.status_code == 400
    assert "This form was open for too long" in answer.get_data(as_text=True)
    assert browser.open("/").title == "Your work - Personal health budgets"


def test_an_idle_session_ends(counter: Counter) -> None:
    browser = counter.staff(Role.AUDITOR)
    with browser.client.session_transaction() as session:
        session["seen"] = int((datetime.now(UTC) - timedelta(minutes=61)).timestamp())
    assert browser.open("/").title == "Sign in - Personal health budgets"


def test_an_api_address_is_answered_as_the_api_answers(counter: Counter) -> None:
    answer = counter.browser().client.get("/api/v1/no-such-thing")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_the_api_takes_no_cookie(counter: Counter) -> None:
    assert counter.staff(Role.AUDITOR).client.get("/api/v1/budgets").status_code == 401


def _cookie(browser: Browser) -> str:
    cookie = browser.client.get_cookie("__Host-phb")
    assert cookie is not None
    return cookie.value


def test_a_session_outlives_the_process_where_there_is_a_key(counter: Counter) -> None:
    browser = counter.staff(Role.AUDITOR)
    another = Counter(counter.service, create_app(counter.service.sessions, clock=on_day(counter.service.today)))
    moved = another.browser()
    moved.client.set_cookie("__Host-phb", _cookie(browser))
    assert moved.open("/").title == "Your work - Personal health budgets"
