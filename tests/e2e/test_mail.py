"""The author is told by mail, and decides in one tap, also where a browser runs no script."""

from collections.abc import Callable

import pytest
from lxml import html
from playwright.sync_api import Page, expect

from tests.e2e.author import ask, mailed_link, mails, text_of, titles_shown
from tests.e2e.conftest import NewContext, Reply, Running
from trackback.model.ping import Ping


@pytest.fixture
def link(stack: Running, reply: Reply) -> tuple[str, Ping]:
    """The mailed link that approves a ping, and the ping."""
    return announced(stack, reply, "A reply that was mailed")


@pytest.fixture(scope="module")
def untouched(stack: Running, reply: Reply) -> tuple[str, Ping]:
    """The same for tests that decide nothing."""
    return announced(stack, reply, "A reply that was left alone")


def announced(stack: Running, reply: Reply, title: str) -> tuple[str, Ping]:
    """Have a mail bring the link that approves a ping; return both."""
    stack.forget("mail#")
    (ping,) = reply(title)
    return mailed_link(stack, "approve", ping.id), ping


def tap(mailbox: Page, ping: str) -> Page:
    """Tap Approve in the mail about a ping, and return the page that it opens."""
    links = (mail.locator(f"a[href*='/link/approve.{ping}.']") for mail in mailbox.frames[1:])
    with mailbox.context.expect_page() as opened:
        next(link for link in links if link.count()).click()
    return opened.value


def test_one_tap_and_one_button_let_readers_see_a_ping(
    stack: Running, reply: Reply, new_context: NewContext, request: pytest.FixtureRequest
) -> None:
    title = f"A reply for {request.node.name}"
    _, ping = announced(stack, reply, title)
    with new_context() as context:
        mailbox = context.new_page()
        mailbox.goto(f"{stack.blog}/mailbox/")
        page = tap(mailbox, ping.id)
        expect(page.get_by_role("heading", name=title)).to_be_visible()
        assert title not in titles_shown(stack)
        page.get_by_role("button", name="Approve").click()
        expect(page.get_by_role("heading", name="Approved")).to_be_visible()
    with new_context(java_script_enabled=True) as context:
        post = context.new_page()
        post.goto(f"{stack.blog}/posts/hello-world/")
        expect(post.get_by_role("link", name=title)).to_be_visible()


def test_a_mail_says_what_it_is_about_in_html_and_in_text(
    stack: Running, untouched: tuple[str, Ping]
) -> None:
    url, ping = untouched
    mail = next(mail for mail in mails(stack) if url in mail.text)
    for body in (text_of(html.fromstring(mail.html)), mail.text):
        read = " ".join(word for word in body.split() if word != ">").replace("*", "")
        assert [
            words for words in (ping.texts.title, ping.url, "I liked a post today.") if words not in read
        ] == []


def test_looking_at_a_link_decides_nothing(stack: Running, untouched: tuple[str, Ping]) -> None:
    url, ping = untouched
    for _ in range(3):  # scanners of mail do so before the author does
        assert ask(url).status == 200
    assert stack.ping(ping.id).status == "pending"


def test_a_used_link_says_so_and_does_nothing_again(stack: Running, link: tuple[str, Ping]) -> None:
    url, ping = link
    assert ask(url, {}).status == 200
    history = stack.ping(ping.id).history
    assert "already" in ask(url).text
    assert ask(url, {}).status == 409
    assert stack.ping(ping.id).history == history


def test_a_link_after_another_decision_says_what_was_decided(stack: Running, link: tuple[str, Ping]) -> None:
    url, ping = link
    ask(mailed_link(stack, "reject", ping.id), {})
    assert "rejected" in ask(url).text
    assert ask(url, {}).status == 409
    assert stack.ping(ping.id).status == "rejected"


TAMPERED: dict[str, Callable[[str], str]] = {
    "another action": lambda url: url.replace("/approve.", "/reject."),
    "cut short": lambda url: url[:-5],
    "longer": lambda url: f"{url}A",
    "another ping": lambda url: url.replace("/approve.", "/approve.a", 1),
    "no token": lambda url: url.rpartition("/")[0] + "/approve",
    "nonsense": lambda url: url.rpartition("/")[0] + "/%00%ff%3Cb%3E",
}


@pytest.mark.parametrize("tampered", TAMPERED)
def test_a_link_that_was_tampered_with_does_nothing(
    stack: Running, untouched: tuple[str, Ping], tampered: str
) -> None:
    url, ping = untouched
    forms: tuple[dict[str, str] | None, ...] = (None, {})  # to look at it, and to press the button
    for form in forms:
        answer = ask(TAMPERED[tampered](url), form)
        assert answer.status in {400, 404}
        assert "text/html" in answer.headers["Content-Type"]
        assert ping.texts.title not in answer.text
    assert stack.ping(ping.id).status == "pending"
