"""The page that describes the API, as programmers read it in a browser."""

import pytest
from playwright.sync_api import Browser as Chromium

from tests.web.browser.conftest import AXE, serving
from tests.web.conftest import Counter


@pytest.mark.journey
def test_it_is_sound_and_fits_a_narrow_screen(counter: Counter, chromium: Chromium) -> None:
    with serving(counter.app) as address, chromium.new_page(viewport={"width": 320, "height": 640}) as page:
        page.goto(f"{address}/api/v1/docs")
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        found = AXE.run(page)
    assert found.violations_count == 0, found.generate_report()
