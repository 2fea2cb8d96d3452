"""Hostile texts in every field, on every page and in the mail: they are read, and nothing else."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser
from werkzeug.wrappers import Request, Response

from tests.browser import open_browser
from tests.e2e.watch import Watch
from tests.payloads import PAYLOADS
from tests.servers import serving


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@pytest.fixture
def watch(browser: Browser) -> Iterator[Watch]:
    with browser.new_context() as context:
        yield Watch(context)


PLACES = (
    "<p>{}</p>",
    '<input value="{}">',
    "<input value='{}'>",
    "<input value={}>",
    "<textarea>{}</textarea>",
    "<svg><title>{}</title></svg>",
    "<style>p {{ color: {} }}</style><p>p</p>",
    '<script>const words = "{}"</script>',
    "<script>const words = '{}'</script>",
    "<script>const words = `{}`</script>",
    '<iframe src="{}"></iframe>',
)


def careless(environ: Any, start_response: Any) -> Iterable[bytes]:
    """Answer with a page that puts a text into a place as it is."""
    asked = Request(environ)
    page = asked.args.get("place", "").replace("{}", asked.args.get("text", ""))
    response = Response(f"<!doctype html><title>t</title>{page}", 200 if page else 404, mimetype="text/html")
    return response(environ, start_response)


def test_on_a_careless_page_most_payloads_are_caught(browser: Browser) -> None:
    caught = set()
    with serving(careless) as server, browser.new_context() as context:
        watch = Watch(context)
        for place in PLACES:
            for name, text in PAYLOADS:
                url = f"http://localhost:{server.port}/?place={quote(place)}&text={quote(text)}"
                if name not in caught and watch.look(url):
                    caught.add(name)
    missed = [name for name, _ in PAYLOADS if name not in caught]
    print(missed)
    assert len(caught) >= 100
