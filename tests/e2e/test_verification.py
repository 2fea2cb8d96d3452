"""The running stack looks at the sources of pings, by itself and when asked to."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import psutil
import pytest
from playwright.sync_api import Browser

from tests.demo.sources import SLOW_SOURCE, own_site
from tests.e2e.conftest import Row, Running, Trackback, judged, rows
from tests.support.websites import Answer, Website, page, silence, website

SUCCESS = b'<?xml version="1.0" encoding="utf-8"?>\n<response>\n<error>0</error>\n</response>\n'
PROMPT = 8  # seconds: less than one slow source takes


def send(stack: Running, url: str, title: str = "A reply") -> bytes:
    """Ping the post that starts without pings; return the answer."""
    fields = {"url": url, "title": title, "excerpt": "Some words", "blog_name": "A blog"}
    with urlopen(Request(stack.ping_url, urlencode(fields).encode()), timeout=PROMPT) as answer:
        body: bytes = answer.read()
    return body


def linking(stack: Running) -> bytes:
    """Return a page with a link to that post."""
    href = f"{stack.blog}/posts/hello-world/"
    return page(f"<html lang=en><title>Mine</title><p>First. I read <a href='{href}'>a post</a> today. Last.")


@contextmanager
def blog(answer: Answer) -> Iterator[tuple[Website, str]]:
    """Serve a page on a port of its own; yield the server and the page's URL."""
    with website(answer) as server:
        yield server, f"http://localhost:{server.port}/re"


SEEDED = [
    ("linking", "/walks/an-open-door/", "pending", "found", "links to the post"),
    ("not linking", "/notebook/doors/", "pending", "missing", "does not link to the post"),
    ("taken down", "/archive/gone/", "pending", "missing", "the server answers 410"),
    ("spammy", "/deals/", "spam", "unreachable", "known template of spam"),
    ("slow", SLOW_SOURCE.path, "pending", "unreachable", "did not answer within 10 seconds"),
]


@pytest.mark.parametrize(
    ("path", "status", "link", "words"), [row[1:] for row in SEEDED], ids=[row[0] for row in SEEDED]
)
def test_every_seeded_source_gets_its_verdict(
    stack: Running, trackback: Trackback, path: str, status: str, link: str, words: str
) -> None:
    site = own_site(stack.others) if path == SLOW_SOURCE.path else stack.others
    row = judged(stack, site + path)
    assert (row["status"], row["verdict"]["link"]) == (status, link)
    assert row["verdict"]["reasons"]
    assert all(reason.endswith(".") for reason in row["verdict"]["reasons"])
    assert words in " ".join(trackback("explain", row["id"]).split())


def test_the_sentence_with_the_link_is_told(stack: Running) -> None:
    verdict = judged(stack, f"{stack.others}/walks/an-open-door/")["verdict"]
    assert verdict["sentence"].startswith("Someone left a door ajar for anyone who writes back")
    assert verdict["text"] == "a door ajar for anyone who writes back"


def test_no_source_changes_the_answer_or_delays_it(stack: Running) -> None:
    quick: list[Answer] = [linking(stack), page("Nothing."), page("", "410 Gone")]
    with ExitStack() as sites:
        _, slow = sites.enter_context(blog(silence))
        assert send(stack, slow) == SUCCESS
        for answer in quick:  # while the slow one is being waited for
            assert send(stack, sites.enter_context(blog(answer))[1]) == SUCCESS
        assert send(stack, "http://localhost:1/nobody") == SUCCESS
    assert judged(stack, slow)["verdict"]["link"] == "unreachable"


def environments(stack: Running) -> list[psutil.Process]:
    """Return the processes that are verify's environments."""
    children = psutil.Process(stack.pid).children()
    return [child for child in children if child.cmdline()[-2:] == ["functions", "verify"]]


def forget_the_flood(stack: Running) -> None:
    """End verify's environments, and with them what they know of the pings of all these tests."""
    for environment in environments(stack):
        environment.kill()


def test_a_rule_lets_the_next_linking_ping_appear_by_itself(
    stack: Running, trackback: Trackback, browser: Browser
) -> None:
    forget_the_flood(stack)
    with blog(linking(stack)) as (_, early), blog(linking(stack)) as (_, url):
        send(stack, early, "Before the rule")
        assert judged(stack, early)["status"] == "pending"
        assert trackback("rules", "add", "allow", "host", "localhost") == "allow host localhost\n"
        assert "allow host localhost" in trackback("why", url)
        send(stack, url, "Let in by a rule")
        ping = judged(stack, url)
        trackback("rules", "remove", "host", "localhost")
    assert ping["status"] == "approved"
    assert ping["verdict"]["reasons"][0] == "Your rule “allow host localhost” matches."
    assert "approved by rule" in trackback("explain", ping["id"])
    with browser.new_page() as shown:
        shown.goto(f"{stack.blog}/posts/hello-world/")
        link = shown.locator(f"trackback-list a[href='{url}']")  # in its page's words, not its sender's
        link.wait_for()
        assert link.inner_text() == ping["title"] != "Let in by a rule"
        assert shown.get_by_text("Before the rule").count() == 0


def test_the_author_can_have_a_source_looked_at_again(stack: Running, trackback: Trackback) -> None:
    with blog(page("Not yet.")) as (server, url):
        send(stack, url)
        before = judged(stack, url)
        assert before["verdict"]["link"] == "missing"
        server.answers = linking(stack)
        assert "“I read a post today.”" in trackback("verify", before["id"])
    after = judged(stack, url)
    assert (after["status"], after["verdict"]["link"]) == ("pending", "found")


def test_what_came_while_verify_was_stopped_is_verified_afterwards(
    stack: Running, trackback: Trackback
) -> None:
    stopped = environments(stack)
    assert stopped
    for environment in stopped:
        environment.suspend()
    with blog(linking(stack)) as (_, url):
        sources = [f"{url}/{number}" for number in range(3)]
        assert [send(stack, source) for source in sources] == [SUCCESS] * 3
        held = {row["url"]: row for row in rows(trackback)}
        assert [standing(held[source]) for source in sources] == [("received", None)] * 3
        for environment in stopped:
            environment.kill()
        verified = [judged(stack, source) for source in sources]
    assert [standing(row) for row in verified] == [("pending", "found")] * 3


def standing(row: Row) -> tuple[str, str | None]:
    return row["status"], row["verdict"] and row["verdict"]["link"]


def test_a_fresh_ping_is_verified_before_any_schedule(stack: Running) -> None:
    with blog(linking(stack)) as (_, url):
        send(stack, url)
        assert judged(stack, url)["verdict"]["link"] == "found"
