"""A post's list as a page, in browsers: followed as a link, and framed below a post."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import MakePing
from tests.e2e.hostile import TEXTS, hostile
from tests.e2e.test_accessibility import WINDOWS, amiss
from tests.e2e.watch import Watch
from tests.support.embed_server import served
from tests.support.websites import Website, page, website
from trackback.model.ping import Status
from trackback.storage.items import to_attributes
from trackback.storage.pings import PingStore
from trackback.storage.table import Table

POST = "blog.example/2026/hello/"
SOURCE = page("<title>The source</title>")
PLANT = (
    "const script = document.createElement('script'); script.text = 'pwned = 1'; document.body.append(script)"
)


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    """The address of the API."""
    with served() as address:
        yield address


@pytest.fixture
def blog() -> Iterator[Website]:
    """A blog on another origin, which has written about a post of its own."""
    with website({"/re": SOURCE}) as site:
        yield site


@pytest.fixture
def api(service: str, blog: Website, store: PingStore, make_ping: MakePing) -> str:
    """The address of the API, with three pings of a post."""
    newest = {"title": "Newest", "url": f"{blog.url}/re"}
    for texts in ({"title": "Oldest"}, {"title": "مرحبا", "excerpt": "نص"}, newest):
        ping = make_ping(**texts)
        store.add(ping)
        store.decide(ping.id, Status.APPROVED, datetime.now(UTC))
    return service


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
def test_in_a_frame_links_leave_it_and_older_pings_do_not(
    browser: Browser, blog: Website, api: str, scripts: bool
) -> None:
    frame = f'<iframe title="TrackBacks" src="{api}/pings/{POST}.html?limit=2"></iframe>'
    blog.answers = {"/re": SOURCE, "/hello/": page(f"<!doctype html><title>The post</title>{frame}")}
    with browser.new_context(java_script_enabled=scripts) as context:
        tab = context.new_page()
        tab.goto(f"{blog.url}/hello/")
        framed = tab.frame_locator("iframe")
        expect(framed.locator(".title")).to_have_text(["Newest", "مرحبا"])
        expect(framed.locator(".item").nth(1)).to_have_css("direction", "rtl")
        framed.get_by_role("link", name="Older TrackBacks").click()
        expect(framed.locator(".title")).to_have_text(["Oldest"])
        expect(tab).to_have_title("The post")
        tab.goto(tab.url)
        framed.get_by_role("link", name="Newest").click()
        expect(tab).to_have_title("The source")


def test_the_fallbacks_link_leads_a_browser_to_the_page(browser: Browser, api: str) -> None:
    with browser.new_context() as context:
        tab = context.new_page()
        tab.goto(f"{api}/pings/{POST}")
        expect(tab.get_by_role("heading", name="TrackBacks")).to_be_visible()
        expect(tab.get_by_role("listitem")).to_have_count(3)
        tab.goto(f"{api}/pings/{POST}?cursor=x")
        tab.get_by_role("link", name="Begin with the newest").click()
        expect(tab.get_by_role("listitem")).to_have_count(3)


def test_whatever_strangers_write_is_only_read(browser: Browser, api: str, table: Table) -> None:
    for number in range(len(TEXTS)):
        table.put(to_attributes(hostile(f"https://{POST}", number, Status.APPROVED)))
    with browser.new_context() as context:
        watch, seen = Watch(context), 0
        url = f"{api}/pings/{POST}?limit=100"
        while url:
            assert watch.look(url) == []
            seen += watch.page.locator(".item").count()
            older = watch.page.get_by_role("link", name="Older TrackBacks")
            url = f"{api}/pings/{POST}{older.get_attribute('href')}" if older.count() else ""
    assert seen == len(TEXTS) + 3


def test_no_script_would_run_if_one_were_there(browser: Browser, blog: Website, api: str) -> None:
    with browser.new_context() as context:
        tab = context.new_page()
        for address, kind in ((f"{blog.url}/re", "number"), (f"{api}/pings/{POST}", "undefined")):
            tab.goto(address)
            tab.evaluate(PLANT)
            assert tab.evaluate("typeof window.pwned") == kind


@pytest.mark.parametrize("window", WINDOWS)
def test_no_page_has_anything_amiss(browser: Browser, api: str, window: str) -> None:
    with browser.new_context(bypass_csp=True, **WINDOWS[window]) as context:  # or axe could not run
        tab, found = context.new_page(), {}
        for address in (f"{POST}?limit=2", f"{POST}?cursor=x", "blog.example/nothing/.html"):
            tab.goto(f"{api}/pings/{address}")
            found[address] = amiss(tab)
            wide = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
            found[address] += [f"{wide} pixels too wide"] if wide > 0 else []
    assert {address: faults for address, faults in found.items() if faults} == {}
