"""A page with the embed, and its API: `serve`, and a test's own answers."""

import json
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Error, Page
from werkzeug.wrappers import Request, Response

from tests.stack.gateway import Gateway
from tests.stack.servers import serving
from tests.support import template
from tests.support.embed_server import Serve

LIST, COUNT = "trackback-list", "trackback-count"
LOADED, FAILED = f"{LIST}:load", f"{LIST}:error"
_NO_FILE = (
    "The Same Origin Policy disallows reading",
    "Loading module from",
    "Loading failed for the module",
)
WATCHED = (LOADED, FAILED, f"{COUNT}:load", f"{COUNT}:error", "securitypolicyviolation")
_WATCH = """
window.seen = [];
for (const name of %s) document.addEventListener(name, () => seen.push(name));
""" % json.dumps(WATCHED)  # noqa: UP031 - the script is full of braces


@dataclass
class Site:
    """A WSGI site of canned answers by path and query. Other requests go to another application.

    Attributes:
        held: Paths whose answers wait until the event is set.
        asked: The requested paths and queries, in order.
    """

    other: Any = None
    host: str = ""
    answers: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=lambda: {"Access-Control-Allow-Origin": "*"})
    held: dict[str, threading.Event] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        address = environ["REQUEST_URI"]
        self.asked.append(address)
        if address in self.held:
            self.held[address].wait(60)
        if self.other and address not in self.answers:
            return self.other(environ, start_response)  # type: ignore[no-any-return]
        status, kind, body = self.answers.get(address, (404, "text/plain", ""))
        response = Response(body, status, self.headers, content_type=f"{kind}; charset=utf-8")
        return response(Request(environ).environ, start_response)


@dataclass
class World:
    """The API, a blog, and a browser tab for the blog's pages."""

    api: Site
    blog: Site
    tab: Page
    errors: list[str] = field(default_factory=list)

    def answer(
        self, post: str, *pings: dict[str, Any], after: str = "", then: str | None = None, status: int = 200
    ) -> str:
        """Set the API's answer for a post. Returns the path of that answer."""
        body = {"post": f"https://{post}", "count": len(pings), "pings": pings, "next": then}
        path = f"/pings/{post}" + (f"?cursor={after}" if after else "")
        self.api.answers[path] = (status, "application/json", json.dumps(body))
        return path

    def visit(
        self, body: str, *, head: str = "", language: str = "en", until: str = LOADED, times: int = 1
    ) -> None:
        """Open `/hello/` of the blog and wait for an event. `{script}` becomes the embed's script tag."""
        script = f'<script type="module" src="http://{self.api.host}/embed.js"></script>'
        html = (
            f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>Hello</title>'
            f"{head}</head><body><main>{body.replace('{script}', script)}</main>"
        )
        self.blog.answers["/hello/"] = (200, "text/html", html)
        self.tab.goto(f"http://{self.blog.host}/hello/")
        self.wait(until, times)

    def wait(self, event: str, times: int = 1) -> None:
        """Wait until the page has received an event `times` times."""
        self.tab.wait_for_function(
            "([name, times]) => seen.filter((one) => one === name).length >= times", arg=[event, times]
        )

    def note(self, error: Error) -> None:
        """Record a script error, unless Firefox reports a file that failed to load."""
        if not str(error).startswith(_NO_FILE):
            self.errors.append(str(error))

    @property
    def post(self) -> str:
        """The page's own post."""
        return f"{self.blog.host}/hello/"

    @property
    def events(self) -> list[str]:
        """The events that the page has received."""
        found: list[str] = self.tab.evaluate("seen")
        return found

    def asked(self, prefix: str = "/pings/") -> list[str]:
        """Return the API's requests with a prefix."""
        return [address for address in self.api.asked if address.startswith(prefix)]


_serve = Gateway(template.load(), [Serve()])  # type: ignore[list-item]


@contextmanager
def embedding(tab: Page) -> Iterator[World]:
    """Serve an API and a blog, each on its own origin, for a tab."""
    api, blog = Site(_serve), Site()
    with serving(api) as api_server, serving(blog) as blog_server:
        api.host, blog.host = (f"127.0.0.1:{server.server_port}" for server in (api_server, blog_server))
        world = World(api, blog, tab)
        tab.on("pageerror", world.note)
        try:
            yield world
        finally:
            for event in api.held.values():
                event.set()
            tab.remove_listener("pageerror", world.note)
            tab.goto("about:blank")


@contextmanager
def open_tab(browser: Browser, **settings: Any) -> Iterator[Page]:
    """Open a tab that records the events of WATCHED."""
    with browser.new_context(locale="en-US", timezone_id="UTC", **settings) as context:
        context.add_init_script(_WATCH)
        yield context.new_page()


def ping(**changes: str) -> dict[str, Any]:
    """Return a ping in the API's format."""
    return {
        "id": "a",
        "url": "https://other.example/re-hello",
        "title": "Re: Hello",
        "excerpt": "A good point.",
        "blog_name": "Other",
        "received_at": "2026-11-22T12:11:00Z",
        "verified": True,
        **changes,
    }
