"""Signing in and out in a browser."""

import pytest

from phb.core.actor import Role
from tests.web.browser.conftest import Visit
from tests.web.conftest import Counter


@pytest.mark.journey
def test_somebody_signs_in_and_out(counter: Counter, visit: Visit) -> None:
    auditor = visit(counter, counter.service.staff(Role.AUDITOR), "signing")
    auditor.reads("Your work", "Sign out")
    auditor.press("Sign out")
    auditor.press("Sign out")
    auditor.reads("You are signed out.")
    auditor.open("/")
    auditor.reads("Sign-in name")
