"""What axe-core can tell of accessibility: nothing is amiss, in either colour scheme, narrow or wide."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.e2e.author import ask, cookies, csrf, new_sign_in_link, sign_in, signed_link
from tests.e2e.conftest import Running, eventually

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
WINDOWS: dict[str, Any] = {
    "narrow and dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
    "wide and light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
}


@pytest.fixture(scope="module")
def session(stack: Running) -> str:
    """The cookie of a session, in which a rule, a closed post, a log and pings sent are to be seen."""
    cookie = sign_in(stack)
    token = csrf(ask(f"{stack.api}/moderate/rules", Cookie=cookie).text)
    rule = {"csrf": token, "do": "add", "effect": "block", "kind": "host", "value": "spam.example"}
    assert ask(f"{stack.api}/moderate/rules", rule, Cookie=cookie).status == 303
    post = stack.ping_url.partition("/trackback/")[2].replace("hello-world", "nothing-here")
    closed = {"csrf": token, "do": "close", "entry": post}
    assert ask(f"{stack.api}/moderate/closed", closed, Cookie=cookie).status == 303
    order = {"csrf": token, "do": "send", "url": f"{stack.blog}/posts/links-out/"}
    assert ask(f"{stack.api}/moderate/send", order, Cookie=cookie).status == 303
    eventually(lambda: "arrived" in ask(f"{stack.api}/moderate/send", Cookie=cookie).text)
    return cookie


@pytest.fixture(scope="module")
def addresses(stack: Running, session: str) -> dict[str, str]:
    """Every page of the author's, by name."""
    held = ask(f"{stack.api}/moderate?search=Counting+cents", Cookie=session).text
    ping = stack.ping(held.partition("/moderate/ping/")[2][:26])
    tabs = ("pending", "approved", "rejected", "spam", "disappeared", "received")
    pages = {tab: f"?tab={tab}" for tab in tabs} | {"nothing found": "?search=nothing-of-the-kind"}
    pages |= {
        "a ping": f"/ping/{ping.id}",
        "send": "/send",
        "sent": "/sent",
        "sent and left alone": "/sent?list=no+ping+URL",
        "overview": "/overview",
        "rules": "/rules",
        "settings": "/settings",
    }
    pages |= {"sign-in": "/sign-in", "sign-in sent": "/sign-in?sent=1", "no such page": "/nothing"}
    pages |= {"a broken link": "/link/nothing"}
    found = {name: f"{stack.api}/moderate{page}" for name, page in pages.items()}
    found |= {"sign-in link": new_sign_in_link(stack), "mailed link": signed_link(stack, ping)}
    return found | {"mailbox": f"{stack.blog}/mailbox/"}


@pytest.fixture(scope="module", params=WINDOWS)
def page(browser: Browser, session: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A window that lets axe in, which the pages' own CSP keeps out."""
    with browser.new_context(bypass_csp=True, **WINDOWS[request.param]) as context:
        context.add_cookies(cookies(session))
        yield context.new_page()


def amiss(page: Page) -> list[str]:
    """Return what axe finds, and where."""
    violations = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{found['id']}: {node['html']} {node['failureSummary']}"
        for found in violations
        for node in found["nodes"]
    ]


def test_no_page_has_anything_amiss(page: Page, addresses: dict[str, str]) -> None:
    found = {}
    for name, address in addresses.items():
        page.goto(address)
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        found[name] = amiss(page)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found[name] += [f"{wide} pixels too wide"] if wide > 0 else []
    assert {name: faults for name, faults in found.items() if faults} == {}
