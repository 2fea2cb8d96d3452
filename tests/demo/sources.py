"""Pages of other blogs that ping the demo blog: each makes verification say something else.

Beside them are those that the demo blog pings (`receivers`).
"""

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from werkzeug.wrappers import Request as Asked
from werkzeug.wrappers import Response

from tests.demo import receivers

SLOW = 30  # seconds that the slow page takes, longer than anybody waits for it


@dataclass(frozen=True, slots=True)
class Source:
    """A page that pings: its path, what it says in its ping, and its HTML, with {blog} for the demo blog."""

    path: str
    title: str
    excerpt: str
    blog_name: str
    html: str = ""
    status: int = 200


_PAGE = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title>"
    "<style>body {{ max-width: 38rem; margin: 4rem auto; padding: 0 1rem; font: 1.1rem/1.6 serif }}</style>"
    "<h1>{title}</h1><article>{text}</article>"
)

SOURCES = (
    Source(
        path="/walks/an-open-door/",
        title="An open door",
        excerpt="Someone left a door ajar for anyone who writes back. So I do.",
        blog_name="Long Walks",
        html="<p>It is raining. Someone left <a href='{blog}/posts/letters-and-leaflets/'>a door ajar for "
        "anyone who writes back</a>, and I liked the sentence so much that I do. More tomorrow.</p>",
    ),
    Source(
        path="/notebook/doors/",
        title="On doors",
        excerpt="Three posts that I read this week were about doors.",
        blog_name="The Notebook",
        html="<p>Three posts that I read this week were about doors. I forgot to link to any.</p>",
    ),
    Source(
        path="/archive/gone/",
        title="A post that was taken down",
        excerpt="There was a link here once.",
        blog_name="Archive of Everything",
        html="<p>Gone.</p>",
        status=410,
    ),
    Source(
        path="/deals/",
        title="Best deals",
        excerpt="[...] Here you will find 58213 more infos on that topic: https://deals.example/ [...]",
        blog_name="Best deals",
        html="".join(f"<a href='https://shop{n}.example/'>deal {n}</a> " for n in range(300)),
    ),
)

SLOW_SOURCE = Source(
    path="/slow/",
    title="Sent from a very old server",
    excerpt="It answers, eventually.",
    blog_name="Slow Web",
)
"""A page for which nobody waits long enough, with a site of its own: a site's checks wait for each other."""

REPLY = Source(
    path="/re-hello/",
    title="Re: Hello",
    excerpt="A good point about small blogs.",
    blog_name="Other Rooms",
    html="<p>A new blog says <a href='{blog}/posts/hello-world/'>hello to whoever writes back</a>. "
    "It makes a good point about small blogs.</p>",
)
"""A page that links and has not pinged yet: the ping to try is left to the person who runs the stack."""

PAGES = (*SOURCES, SLOW_SOURCE, REPLY)

READING = "/reading/"
"""A page that links to `/posts/hello/` on each blog that is served beside the demo blog."""


class OtherBlogs:
    """A WSGI application that serves the sources.

    `blog` is the demo blog's origin, and `origin` its own, known once they run.
    """

    def __init__(self, sites: Sequence[str] = ()) -> None:
        """Take the origins of blogs beside the demo blog; let the slow page be slow until `close`."""
        self.blog = self.origin = ""
        self._sites = sites
        self._over = threading.Event()

    def close(self) -> None:
        """Let the slow page end."""
        self._over.set()

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        request = Asked(environ)
        answer = receivers.answer(request, self.origin) or self._answer(request.path)
        return answer(environ, start_response)

    def _answer(self, path: str) -> Response:
        if path == "/":
            return Response(_index(), mimetype="text/html")
        if path == READING:
            return Response(_reading(self._sites), mimetype="text/html")
        source = next((source for source in PAGES if source.path == path), None)
        if source is None:
            return Response("Not here.", 404)
        if not source.html:
            return Response(self._drip(), mimetype="text/html")
        page = _PAGE.format(title=source.title, text=source.html.replace("{blog}", self.blog))
        return Response(page, source.status, mimetype="text/html")

    def _drip(self) -> Iterator[bytes]:
        for _ in range(SLOW):
            yield b" "
            if self._over.wait(1):
                return


def _index() -> str:
    links = "".join(f"<li><a href='{one.path}'>{one.title}</a>, {one.blog_name}" for one in PAGES)
    return _PAGE.format(title="Other blogs", text=f"<ul>{links}</ul>")


def _reading(sites: Iterable[str]) -> str:
    links = ", ".join(f"<a href='{site}/posts/hello/'>a post on {site}</a>" for site in sites)
    return _PAGE.format(title="Reading this week", text=f"<p>I was glad to find {links or 'nothing'}.</p>")


def ping_from_all(ping_url: str, origin: str) -> None:
    """Send the ping of every source but the slow one, as its blog's software would."""
    for source in SOURCES:
        _ping(ping_url, origin, source)


def ping_from_slow(ping_url: str, origin: str) -> None:
    """Send the slow source's ping, from a site of its own."""
    _ping(ping_url, own_site(origin), SLOW_SOURCE)


def own_site(origin: str) -> str:
    """Return the origin of the slow source's site: the same server by another name."""
    return origin.replace("localhost", "127.0.0.1")


def _ping(ping_url: str, origin: str, source: Source) -> None:
    fields = {"url": origin + source.path, "title": source.title}
    fields |= {"excerpt": source.excerpt, "blog_name": source.blog_name}
    with urlopen(Request(ping_url, urlencode(fields).encode())) as answer:
        answer.read()
