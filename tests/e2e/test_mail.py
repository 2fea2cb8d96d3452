"""The author is told by mail, and decides in one tap, also where a browser runs no script."""

import json
import re
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.author import ask, eventually, forget, mailed_link, mails
from tests.e2e.conftest import NewContext, Reply, Running, Trackback, rows


def status(trackback: Trackback, ping: str) -> str:
    return next(str(row["status"]) for row in rows(trackback) if row["id"] == ping)


def titles_shown(stack: Running) -> list[str]:
    """Return the titles that readers of the post get."""
    post = stack.ping_url.partition("/trackback/")[2]
    with urlopen(f"{stack.api}/pings/{post}?limit=100") as answer:
        return [ping["title"] for ping in json.load(answer)["pings"]]


def tap(mailbox: Page, ping: str) -> Page:
    """Tap Approve in the mail about a ping, and return the page that it opens."""
    links = (mail.locator(f"a[href*='/link/approve.{ping}.']") for mail in mailbox.frames[1:])
    with mailbox.context.expect_page() as opened:
        next(link for link in links if link.count()).click()
    return opened.value


def test_one_tap_and_one_button_let_readers_see_a_ping(
    stack: Running, reply: Reply, new_context: NewContext
) -> None:
    forget(stack, "mail#")
    title = f"A reply for {id(new_context)}"
    ping = reply(title)
    mailed_link(stack, "approve", ping["id"])
    with new_context() as context:
        mailbox = context.new_page()
        mailbox.goto(f"{stack.blog}/mailbox/")
        page = tap(mailbox, ping["id"])
        expect(page.get_by_role("heading", name=title)).to_be_visible()
        assert title not in titles_shown(stack)
        page.get_by_role("button", name="Approve").click()
        expect(page.get_by_role("heading", name=re.compile("approved", re.IGNORECASE))).to_be_visible()
    with new_context(java_script_enabled=True) as context:
        post = context.new_page()
        post.goto(f"{stack.blog}/posts/hello-world/")
        expect(post.get_by_role("link", name=title)).to_be_visible()
