"""Hostile texts in every field, on every page and in the mail: they are read, and nothing else."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser
from werkzeug.wrappers import Request, Response

from tests.browser import open_browser
from tests.e2e.author import sign_in
from tests.e2e.conftest import Running
from tests.e2e.watch import Watch
from tests.payloads import PAYLOADS
from tests.servers import serving
from trackback.clock import stamp
from trackback.items import to_typed
from trackback.ping import Ping, Status
from trackback.site import post_key
from trackback.text import clean

TEXTS = [text for _, text in PAYLOADS]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
A_PAGE = 25
IN_A_MAIL = 20


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


PLACES = (
    "<p>{}</p>",
    "<input value={}>",
    '<script>const words = "{}"</script>',
    "<script>const words = '{}'</script>",
)


def careless(environ: Any, start_response: Any) -> Iterable[bytes]:
    """Answer with a page that puts a text into a place as it is."""
    asked = Request(environ)
    page = asked.args.get("place", "").replace("{}", asked.args.get("text", ""))
    response = Response(f"<!doctype html><title>t</title>{page}", 200 if page else 404, mimetype="text/html")
    return response(environ, start_response)


def test_on_a_careless_page_most_payloads_are_caught(browser: Browser) -> None:
    """What the other tests look for is there to be found, where texts are not escaped."""
    with serving(careless) as server, browser.new_context() as context:
        caught = [_caught(Watch(context), f"http://localhost:{server.port}", place) for place in PLACES]
    assert len(set().union(*caught)) >= 90


def _caught(watch: Watch, site: str, place: str) -> set[str]:
    """Return the payloads that do something in a place; each is in a frame of its own."""
    frames = {f"{site}/?{urlencode({'place': place, 'text': text})}": name for name, text in PAYLOADS}
    watch.page.set_content("".join(f"<iframe src='{url}'></iframe>" for url in frames))
    return {frames.get(frame.url, "another") for frame in watch.page.frames[1:] if watch.traces_in(frame)}


def hostile(stack: Running, number: int, status: Status) -> Ping:
    """Return a ping whose every word is the same payload, as if nothing had been cleaned on the way in."""
    text, at = TEXTS[number], stamp(LONG_AGO + timedelta(minutes=number))
    words = dict.fromkeys(("title", "excerpt", "blog_name"), text)
    looked = {
        "checked_at": at,
        "url": f"http://leads.example/{text}",
        "sentence": f"Before {text} after",
        "text": text,
    }
    return Ping(
        id=f"{'abcde'[list(Status).index(status)]}{number:025}".translate(str.maketrans("0189", "xyzw")),
        post=f"{stack.blog}/posts/paid-by-the-ping/",
        url=f"http://other.example/{number}?{text}",
        received_at=at,
        status=status,
        charset=text,
        verdict={"link": "found", "why": text, "title": text, "language": text, "reasons": [text], **looked},
        revision={name: clean(text, 200) for name in words} if status is Status.PENDING else None,
        history=[{"at": at, "what": str(status), "by": "check", "why": text}],
        **words,
    )


def plant(stack: Running, ping: Ping) -> None:
    item = {name: to_typed(value) for name, value in asdict(ping).items() if value}
    if ping.status is Status.APPROVED:
        item["shown_on"] = {"S": post_key(ping.post)}
    stack.database.put_item(TableName="trackback", Item=item)


@pytest.fixture(scope="module")
def pings(stack: Running) -> Iterator[list[Ping]]:
    """A ping for each payload, waiting and approved, and some put away."""
    most = dict.fromkeys((Status.PENDING, Status.APPROVED), len(TEXTS)) | dict.fromkeys(
        (Status.REJECTED, Status.SPAM), A_PAGE
    )
    planted = [hostile(stack, number, status) for status, many in most.items() for number in range(many)]
    for ping in planted:
        plant(stack, ping)
    yield planted
    stack.forget(*(ping.id for ping in planted))


@pytest.fixture(scope="module")
def watch(stack: Running, browser: Browser) -> Iterator[Watch]:
    """A window in which the author is signed in, and all is noted that goes amiss."""
    name, _, value = sign_in(stack).partition("=")
    with browser.new_context() as context:
        context.add_cookies(
            [{"name": name, "value": value, "domain": "localhost", "path": "/", "secure": True}]
        )
        yield Watch(context)


@pytest.mark.parametrize("tab", ["pending", "approved", "rejected", "spam"])
def test_the_queue_only_shows_them(stack: Running, pings: list[Ping], watch: Watch, tab: str) -> None:
    url, seen = f"{stack.api}/moderate?tab={tab}", 0
    while url:
        assert watch.look(url) == []
        seen += watch.page.locator("a[href*='/moderate/ping/']").count()
        older = watch.page.get_by_role("link", name="Older")
        url = stack.api + str(older.get_attribute("href")) if older.count() else ""
    assert seen >= sum(ping.status == tab for ping in pings)


def test_a_pings_own_page_only_shows_it(stack: Running, pings: list[Ping], watch: Watch) -> None:
    waiting = [ping for ping in pings if ping.status is Status.PENDING]
    found = {ping.title: watch.look(f"{stack.api}/moderate/ping/{ping.id}") for ping in waiting}
    assert {text: done for text, done in found.items() if done} == {}
