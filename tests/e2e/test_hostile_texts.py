"""Hostile texts in every field, on each of the author's pages and below the post: they are read, no more."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import Browser
from werkzeug.wrappers import Request, Response

from tests.e2e.author import cookies, sign_in, signed_link
from tests.e2e.conftest import Running
from tests.e2e.hostile import SOME, TEXTS, hostile, records_of_texts
from tests.e2e.watch import Watch
from tests.stack.servers import serving
from tests.support.payloads import PAYLOADS
from trackback.model.ping import Ping, Status
from trackback.storage.items import to_attributes, to_ping

SHOWN, UNWANTED = (Status.PENDING, Status.APPROVED), (Status.REJECTED, Status.SPAM)
MANY, FEW = 30, 12

CARELESS = (
    "<p>{}</p>",
    '<script>const words = "{}"</script>',
)


def careless(environ: Any, start_response: Any) -> Iterable[bytes]:
    """Answer with a page that puts a text into a place as it is."""
    asked = Request(environ)
    page = asked.args.get("place", "").replace("{}", asked.args.get("text", ""))
    response = Response(f"<!doctype html><title>t</title>{page}", 200 if page else 404, mimetype="text/html")
    return response(environ, start_response)


def test_on_a_careless_page_what_the_other_tests_look_for_is_found(browser: Browser) -> None:
    with serving(careless) as server, browser.new_context() as context:
        caught = [_caught(Watch(context), f"http://localhost:{server.port}", place) for place in CARELESS]
    assert len(set().union(*caught)) >= 20


def _caught(watch: Watch, site: str, place: str) -> set[str]:
    """Return the payloads that do something in a place; each is in a frame of its own."""
    frames = {f"{site}/?{urlencode({'place': place, 'text': text})}": name for name, text in PAYLOADS[::3]}
    watch.page.set_content("".join(f"<iframe src='{url}'></iframe>" for url in frames))
    return {frames[frame.url] for frame in watch.page.frames if frame.url in frames and watch.holds(frame)}


@pytest.fixture(scope="module")
def pings(stack: Running) -> Iterator[list[Ping]]:
    """Pings that wait, that are shown, and some others."""
    post = f"{stack.blog}/posts/paid-by-the-ping/"
    planted = [hostile(post, number, status) for status in SHOWN for number in range(MANY)]
    planted += [hostile(post, number, status) for status in UNWANTED for number in range(FEW)]
    stack.put(*map(to_attributes, planted))
    yield planted
    stack.forget(*(ping.id for ping in planted))


@pytest.fixture(scope="module")
def records(stack: Running) -> Iterator[None]:
    """Hostile rules, closed posts, and words in the log of what was sent."""
    planted = records_of_texts()
    ids = [record["id"] for record in planted]
    kept = [item for known in ids if (item := stack.item(known))]
    stack.put(*planted)
    stack.forget("overview#")  # it is counted anew
    yield
    stack.forget("overview#", *ids)
    stack.put(*kept)


@pytest.fixture(scope="module")
def watch(stack: Running, browser: Browser) -> Iterator[Watch]:
    """A window in which the author is signed in, and all is noted that goes amiss."""
    with browser.new_context() as context:
        context.add_cookies(cookies(sign_in(stack)))
        yield Watch(context)


@pytest.mark.parametrize("tab", [*SHOWN, *UNWANTED])
def test_the_queue_only_shows_them(stack: Running, pings: list[Ping], watch: Watch, tab: str) -> None:
    url, seen = f"{stack.api}/moderate?tab={tab}", 0
    while url:
        assert watch.look(url) == []
        seen += watch.page.locator("[data-item]").count()
        older = watch.page.get_by_role("link", name="Older")
        url = stack.api + str(older.get_attribute("href")) if older.count() else ""
    assert seen >= sum(ping.status == tab for ping in pings)


def test_a_pings_own_page_only_shows_them(stack: Running, pings: list[Ping], watch: Watch) -> None:
    for ping in pings[:SOME]:
        assert watch.look(f"{stack.api}/moderate/ping/{ping.id}") == []
        assert watch.page.get_by_role("heading", level=1).count() == 1


def test_the_page_of_a_mailed_link_only_shows_them(stack: Running, pings: list[Ping], watch: Watch) -> None:
    for ping in pings[:SOME]:
        now = to_ping(stack.item(ping.id))  # a check may have dropped words that are spam by themselves
        assert watch.look(signed_link(stack, now)) == []
        assert watch.page.get_by_role("button", name="Approve").count() == 1


@pytest.mark.usefixtures("pings", "records")
@pytest.mark.parametrize("page", ["/overview", "/rules", "/settings"])
def test_the_other_pages_only_show_them(stack: Running, watch: Watch, page: str) -> None:
    assert watch.look(f"{stack.api}/moderate{page}") == []
    assert "pwned" in watch.page.locator("main").inner_text() or page == "/overview"


@pytest.mark.parametrize("field", ["search", "post"])
def test_a_query_comes_back_as_text(stack: Running, watch: Watch, field: str) -> None:
    for text in TEXTS[:: len(TEXTS) // 8]:
        assert watch.look(f"{stack.api}/moderate?{field}={quote(text)}") == []


@pytest.mark.usefixtures("pings")
def test_below_the_post_readers_only_read_them(stack: Running, watch: Watch) -> None:
    shown = watch.page.locator("trackback-list li")
    assert watch.look(f"{stack.blog}/posts/paid-by-the-ping/") == []
    shown.first.wait_for()
    more = watch.page.get_by_role("button", name="Show more")
    while more.is_visible():
        before = shown.count()
        more.click()
        shown.nth(before).wait_for()
    assert shown.count() >= MANY
    assert watch.traces() == []
