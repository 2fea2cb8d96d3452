"""The author's pages in browsers: signing in, and deciding by mouse, by keyboard and in two tabs."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.e2e.author import SESSION, cookies, sign_in, sign_in_links
from tests.e2e.conftest import NewContext, Reply, Running, eventually
from trackback.model.ping import Ping

with_javascript = pytest.mark.parametrize(
    "new_context", ["Chromium", "Firefox"], indirect=True, scope="module"
)


@pytest.fixture(scope="module")
def session(stack: Running) -> str:
    """The cookie of a session."""
    return sign_in(stack)


@pytest.fixture
def signed_in(stack: Running, new_context: NewContext, session: str) -> Iterator[BrowserContext]:
    """A browser in which the author is signed in."""
    with new_context(base_url=stack.api) as context:
        context.add_cookies(cookies(session))
        yield context


@pytest.fixture
def pings(reply: Reply) -> list[Ping]:
    """Three pings that wait; the last word of their titles is theirs alone."""
    word = uuid4().hex
    return reply(*(f"Ping {name} of {word}" for name in ("one", "two", "three")))


def queue(context: BrowserContext, pings: list[Ping]) -> Page:
    """Open the queue with these pings alone."""
    page = context.new_page()
    page.goto(f"/moderate?search={pings[0].texts.title.rpartition(' ')[2]}")
    expect(page.get_by_role("listitem").filter(has=page.get_by_role("checkbox"))).to_have_count(len(pings))
    return page


def left(page: Page, number: int) -> None:
    """Wait until so many pings are in the list."""
    expect(page.locator("[data-item]")).to_have_count(number)


def notice(page: Page, words: str) -> None:
    """Wait until the page says something about what was done."""
    expect(page.locator(".notice")).to_contain_text(words)


def test_the_author_signs_in_by_the_mailed_link(stack: Running, new_context: NewContext) -> None:
    stack.forget("access#")
    before = sign_in_links(stack)
    with new_context(base_url=stack.api) as context:
        page = context.new_page()
        page.goto("/moderate")
        page.get_by_role("button", name="Mail me a link").click()
        expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
        (link,) = set(sign_in_links(stack)) - set(before)
        page.goto(f"{stack.blog}/mailbox/")
        links = (mail.locator(f"a[href='{link}']") for mail in page.frames[1:])
        with context.expect_page() as opened:
            next(link for link in links if link.count()).click()
        opened.value.get_by_role("button", name="Sign in").click()
        expect(opened.value.get_by_role("link", name="Pending")).to_be_visible()
        (cookie,) = (cookie for cookie in context.cookies(stack.api) if cookie["name"] == SESSION)
        assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"]) == (True, True, "Strict")
        assert (cookie["path"], cookie["domain"]) == ("/", "localhost")


def test_a_link_from_elsewhere_finds_the_author_signed_in(stack: Running, signed_in: BrowserContext) -> None:
    page = signed_in.new_page()

    def link_of_a_mail() -> Locator | None:
        page.goto(f"{stack.blog}/mailbox/")
        links = (mail.get_by_role("link", name="See all") for mail in page.frames[1:])
        return next((link.first for link in links if link.count()), None)

    with signed_in.expect_page() as opened:
        eventually(link_of_a_mail).click()
    expect(opened.value.get_by_role("link", name="Pending")).to_be_visible()


def test_ticked_pings_are_decided_together_and_undone_together(
    stack: Running, signed_in: BrowserContext, pings: list[Ping]
) -> None:
    page = queue(signed_in, pings)
    for ping in pings[:2]:
        page.get_by_role("checkbox", name=ping.texts.title).check()
    page.get_by_role("group", name="The ticked pings").get_by_role("button", name="Reject").click()
    notice(page, "2 pings rejected")
    left(page, 1)
    assert [stack.ping(ping.id).status for ping in pings] == ["rejected", "rejected", "pending"]
    page.get_by_role("button", name="Undo").click()
    notice(page, "2 pings put back")
    left(page, 3)
    assert [stack.ping(ping.id).status for ping in pings] == ["pending"] * 3


@with_javascript
def test_all_is_done_by_keyboard(stack: Running, signed_in: BrowserContext, pings: list[Ping]) -> None:
    page = queue(signed_in, pings)
    for key, words, rest in (
        ("jjka", "1 ping approved", 2),
        ("u", "1 ping put back", 3),
        ("jr", "1 ping rejected", 2),
        ("ks", "1 ping marked as spam", 1),
    ):
        for each in key:
            page.keyboard.press(each)
        notice(page, words)
        left(page, rest)
    assert sorted(stack.ping(ping.id).status for ping in pings) == ["pending", "rejected", "spam"]
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_of_two_tabs_the_second_is_told_that_it_comes_too_late(
    stack: Running, signed_in: BrowserContext, pings: list[Ping]
) -> None:
    tabs = [queue(signed_in, pings) for _ in range(2)]
    for tab, act in zip(tabs, ("Approve", "Spam"), strict=True):
        tab.get_by_role("checkbox", name=pings[0].texts.title).check()
        tab.get_by_role("group", name="The ticked pings").get_by_role("button", name=act).click()
    notice(tabs[0], "1 ping approved")
    notice(tabs[1], "Nothing was done")
    assert stack.ping(pings[0].id).status == "approved"


def test_a_ping_can_be_undone_on_its_page(
    stack: Running, signed_in: BrowserContext, pings: list[Ping]
) -> None:
    page = signed_in.new_page()
    page.goto(f"/moderate/ping/{pings[0].id}")
    page.get_by_role("button", name="Approve", exact=True).click()
    notice(page, "1 ping approved")
    assert stack.ping(pings[0].id).status == "approved"
    page.locator("article").get_by_role("button", name="Undo").click()
    notice(page, "1 ping put back")
    assert stack.ping(pings[0].id).status == "pending"
