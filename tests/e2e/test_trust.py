"""Attacks on what the author trusts: readers see what was approved, and a page is not silenced by others."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from tests.e2e.author import Answer, ask, csrf, mailed_link, mails, sign_in, titles_shown
from tests.e2e.conftest import Running, Trackback, eventually, waiting
from tests.support.same_name import NASTY, NICE
from tests.support.websites import page, website
from trackback.model.ping import Ping, Status
from trackback.model.texts import Texts

STRANGERS = Texts("Cheap pills", "Buy cheap pills here.", "Pills")
FRIENDS = Texts("On leaving a door ajar", "An essay about answers.", "A friend's rooms")


@contextmanager
def blog(stack: Running) -> Iterator[str]:
    """Serve a page that links to the post that starts without pings; yields its address."""
    link = f"<a href='{stack.blog}/posts/hello-world/'>a post</a>"
    with website(page(f"<title>{FRIENDS.title}</title><p>I liked {link} today.")) as site:
        yield f"http://localhost:{site.port}/re"


def ping(stack: Running, url: str, texts: Texts) -> str:
    """Ping in a page's name, as anyone can; return the answer."""
    form = {"url": url, "title": texts.title, "excerpt": texts.excerpt, "blog_name": texts.blog_name}
    with urlopen(Request(stack.ping_url, urlencode(form).encode())) as answer:
        return str(answer.read().decode())


@pytest.fixture(scope="module")
def session(stack: Running) -> str:
    """The cookie of the author's session."""
    return sign_in(stack)


class Author:
    """Opens a ping's page, and presses its buttons later."""

    def __init__(self, stack: Running, session: str, ping: Ping) -> None:
        self._stack, self._session = stack, session
        self._page = f"{stack.api}/moderate/ping/{ping.id}"
        self.read = ask(self._page, Cookie=session).text

    def press(self, action: str) -> Answer:
        """Press a button of the page as it was read; return the page that follows."""
        (choice,) = set(re.findall(rf'value="({action} [^"]+)"', self.read))
        form = {"csrf": csrf(self.read), "one": choice, "back": self._page.rpartition("/")[2]}
        done = ask(f"{self._stack.api}/moderate/decide", form, Cookie=self._session, Origin=self._stack.api)
        assert done.status == 303
        cookies = f"{self._session}; {done.cookie('__Host-notice').partition(';')[0]}"
        return ask(self._page, Cookie=cookies)


def plain(text: str) -> str:
    """Return a page without the marks of what has changed."""
    return re.sub(r"</?(?:ins|del)>|\n\s*", "", text)


def held(stack: Running, url: str, texts: Texts) -> Ping:
    """Ping, and return the ping once it waits for the author."""
    assert "<error>0</error>" in ping(stack, url, texts)
    return waiting(stack, url)


def with_revision(stack: Running, known: str, title: str) -> Ping:
    """Return a ping once its later words have been looked at."""

    def find() -> Ping | None:
        now = stack.ping(known)
        return now if not now.needs_check and now.latest_texts.title == title else None

    return eventually(find)


def test_the_author_opens_a_page_with_nice_words_and_approves_no_nasty_ones_with_the_same_short_name(
    stack: Running, session: str
) -> None:
    with blog(stack) as url:
        first = held(stack, url, FRIENDS)
        Author(stack, session, first).press("approve")
        ping(stack, url, NICE)
        with_revision(stack, first.id, NICE.title)
        author = Author(stack, session, first)
        ping(stack, url, NASTY)
        after = author.press("take")
        assert "changed meanwhile" in after.text
        assert NASTY.title in plain(after.text)
        assert (FRIENDS.title in titles_shown(stack), NASTY.title in titles_shown(stack)) == (True, False)


def test_a_mailed_button_approves_no_nasty_words_with_the_same_short_name(stack: Running) -> None:
    with blog(stack) as url:
        stack.forget("mail#")
        first = held(stack, url, FRIENDS)
        link = mailed_link(stack, "approve", first.id)
        assert ask(link, {}).status == 200
        stack.forget("mail#")
        ping(stack, url, NICE)
        with_revision(stack, first.id, NICE.title)
        about_nice = eventually(lambda: new_link(stack, first.id, link))
        assert NICE.title in plain(ask(about_nice).text)
        ping(stack, url, NASTY)
        answer = ask(about_nice, {})
        assert answer.status == 409
        assert NASTY.title in plain(answer.text)
        assert NASTY.title not in titles_shown(stack)


def new_link(stack: Running, known: str, *others: str) -> str | None:
    """Return a link of the mails that approves a ping, beside other such links."""
    pattern = re.compile(rf"\S+/moderate/link/approve\.{known}\.\S+")
    found = {link for mail in mails(stack) for link in pattern.findall(mail.text)}
    return next(iter(found - set(others)), None)


@pytest.mark.parametrize("way", ["marked as spam", "rejected by the command line"])
def test_a_stranger_who_pings_first_in_a_friends_name_does_not_silence_the_friend(
    stack: Running, session: str, trackback: Trackback, way: str
) -> None:
    with blog(stack) as url:
        first = held(stack, url, STRANGERS)
        if way == "marked as spam":
            Author(stack, session, first).press("spam")
        else:
            trackback("reject", first.id)
        assert "<error>0</error>" in ping(stack, url, STRANGERS)
        assert stack.ping(first.id).status is not Status.PENDING
        assert "<error>0</error>" in ping(stack, url, FRIENDS)
        back = waiting(stack, url)
        assert back.texts == FRIENDS
        assert "turned down before" in trackback("explain", back.id).replace("\n", " ")
        Author(stack, session, back).press("approve")
        assert STRANGERS.title not in titles_shown(stack)
        assert FRIENDS.title in titles_shown(stack)


def test_words_that_were_turned_down_and_sent_in_turns_bother_the_author_once(
    stack: Running, session: str
) -> None:
    with blog(stack) as url:
        first = held(stack, url, FRIENDS)
        Author(stack, session, first).press("approve")
        ping(stack, url, STRANGERS)
        with_revision(stack, first.id, STRANGERS.title)
        Author(stack, session, first).press("keep")
        before = stack.item(first.id)
        for texts in (FRIENDS, STRANGERS) * 4:
            assert "<error>0</error>" in ping(stack, url, texts)
        assert stack.item(first.id) == before
