"""One tab of each browser for a file of tests, and servers of its own for each test."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import open_browser, open_firefox
from tests.embedding import World, embedding, open_tab

BROWSERS = {"Chromium": open_browser, "Firefox": open_firefox}

# What Playwright cannot ask of the Firefox that people have: to print, to measure, to go without scripts.
only_chromium = pytest.mark.parametrize("browser", ["Chromium"], indirect=True, scope="module")


@pytest.fixture(scope="module", params=BROWSERS)
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    with BROWSERS[request.param]() as opened:
        yield opened


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Page:
    return open_tab(browser)


@pytest.fixture
def world(tab: Page) -> Iterator[World]:
    with embedding(tab) as world:
        yield world
        assert world.errors == []
