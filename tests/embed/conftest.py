"""One tab of each browser for a file of tests, and servers of its own for each test."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser import Browsers
from tests.support.embedding import World, embedding, open_tab

# What Playwright cannot ask of the Firefox that people have: to print, to measure, to go without scripts.
only_chromium = pytest.mark.parametrize("browser", ["Chromium"], indirect=True, scope="module")


@pytest.fixture(scope="module", params=["Chromium", "Firefox"])
def browser(browsers: Browsers, request: pytest.FixtureRequest) -> Browser:
    return browsers[request.param]


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    with open_tab(browser) as tab:
        yield tab


@pytest.fixture
def world(tab: Page) -> Iterator[World]:
    with embedding(tab) as world:
        yield world
        assert world.errors == []
