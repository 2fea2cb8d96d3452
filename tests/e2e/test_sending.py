"""A ping leaves the demo blog, arrives at the second and is shown there; and what odd receivers answer."""

import json
from collections.abc import Iterator
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.author import cookies, sign_in
from tests.e2e.conftest import Running, Trackback, eventually, judged, rows

ODD = {
    "late": "accepted",
    "lost": "accepted",
    "again": "duplicate",
    "full": "later",
    "wordy": "refused",
    "mute": "unclear",
    "broken": "later",
    "veto": "refused",
    "elsewhere": "refused",
    "moved": "accepted",
    "kanji": "refused",
    "fatal": "unclear",
}
SAID = {
    "accepted": "arrived",
    "duplicate": "was there already",
    "later": "later again",
    "refused": "refused",
    "unclear": "unclear",
}


@pytest.fixture
def page(stack: Running, browser: Browser) -> Iterator[Page]:
    """A page of a browser without JavaScript, in which the author is signed in."""
    with browser.new_context(base_url=stack.api, java_script_enabled=False) as context:
        context.add_cookies(cookies(sign_in(stack)))
        yield context.new_page()


def outcomes(trackback: Trackback, post: str) -> dict[str, str]:
    """Return what became of each link of a post, by the last part of its target."""
    told = map(json.loads, trackback("sent", "--post", post, "--json").splitlines())
    return {row["target"].rstrip("/").rpartition("/")[2]: row["stage"] for row in told}


def test_the_ping_of_a_post_arrives_is_approved_and_is_shown_below_the_post_it_is_about(
    stack: Running, trackback: Trackback, browser: Browser
) -> None:
    post, target = f"{stack.blog}/posts/links-out/", f"{stack.second}/posts/the-long-answer/"
    assert f"trackback send {post}" in stack.welcome
    assert target in trackback("send", post)
    assert outcomes(trackback, post) == {
        "the-long-answer": "accepted",
        "doors": "no ping URL",
        "closed": "refused",
    }
    arrived = judged(stack, post)
    assert (arrived["post"], arrived["status"], arrived["verdict"]["link"]) == (target, "pending", "found")
    assert (arrived["title"], arrived["blog_name"]) == ("Links out", "Plain Pages")
    assert "the long answer, which needed a walk" in arrived["excerpt"]

    trackback("approve", arrived["id"])
    with browser.new_page() as page:
        page.goto(target)
        shown = page.get_by_role("complementary").get_by_role("link", name="Links out")
        expect(shown).to_have_attribute("href", post)

    before = outcomes(trackback, post)
    trackback("send", post)
    assert outcomes(trackback, post) == before
    assert [row["status"] for row in rows(trackback) if row["url"] == post] == ["approved"]


def test_the_author_looks_what_a_post_would_send_and_sends_it(
    stack: Running, trackback: Trackback, page: Page
) -> None:
    post = f"{stack.blog}/posts/odd-answers/"
    page.goto("/moderate")
    page.get_by_role("link", name="Send", exact=True).click()
    page.get_by_label("Your post's address").fill(post)
    page.get_by_role("button", name="Only look what would be sent").click()
    expect(page.get_by_role("status")).to_contain_text("It is under way.")
    looked_at = done(page)
    expect(looked_at.get_by_text("would be sent")).to_have_count(len(ODD))
    assert outcomes(trackback, post) == {}

    asked = page.get_by_role("article").count()
    looked_at.get_by_role("button", name="Send it now").click()
    expect(page.get_by_role("article")).to_have_count(asked + 1)
    items = done(page).get_by_role("listitem")
    for name, stage in ODD.items():
        expect(items.filter(has=page.get_by_role("link", name=f"/{name}/"))).to_contain_text(SAID[stage])
    assert outcomes(trackback, post) == ODD

    page.goto(f"/moderate/sent?post={post}")
    items = page.get_by_role("main").get_by_role("listitem")
    expect(items).to_have_count(len(ODD))
    page.get_by_role("link", name="Not taken").click()
    expect(items).to_have_count([*ODD.values()].count("refused") + [*ODD.values()].count("unclear"))
    page.get_by_role("link", name=f"Try {stack.others}/receivers/wordy/ again").click()
    expect(page.get_by_label("Your post's address")).to_have_value(post)
    expect(page.get_by_label("Try again")).to_be_checked()


def done(page: Page) -> Locator:
    """Return what the author asked for last, once it is done."""

    def look() -> Locator | None:
        page.goto("/moderate/send")
        newest = page.get_by_role("article").first
        return None if newest.get_by_role("link", name="Load this page again").count() else newest

    return eventually(look)


@pytest.mark.parametrize("path", ["/posts/hello-world/", "/feed.xml", "/"])
def test_the_demo_blog_s_addresses_are_its_own_whatever_host_a_request_names(
    stack: Running, path: str
) -> None:
    asked = Request(f"{stack.blog}{path}", headers={"Host": "evil.example"})
    with urlopen(asked, timeout=10) as answer:
        page = answer.read().decode()
    assert "evil.example" not in page
    assert stack.blog.partition("://")[2] in page
