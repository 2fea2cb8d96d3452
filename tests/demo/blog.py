"""The demo blogs: two small static sites whose posts take TrackBacks, and the mailbox of their author.

Pages are made from `templates/` at each request, because they name the API, whose port is not fixed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from tests.demo.receivers import RECEIVERS

HTML = "text/html; charset=utf-8"
CSS = "text/css; charset=utf-8"
ATOM = "application/atom+xml; charset=utf-8"
NEWEST = 10
"""How many mails the mailbox shows at once."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a blog answers to one request."""

    status: int
    content_type: str
    body: str


@dataclass(frozen=True, slots=True)
class Post:
    """A post of a blog; its text is `templates/posts/<slug>.html`."""

    slug: str
    title: str
    date: date
    summary: str


@dataclass(frozen=True, slots=True)
class Blog:
    """A blog: its name, what its front page says, its colours, and its posts, the newest first."""

    name: str
    lead: str
    style: str
    posts: tuple[Post, ...]


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that the service sent; `html` is empty where it has text only."""

    sender: str
    to: str
    subject: str
    text: str
    html: str
    sent_at: datetime


PLAIN_PAGES = Blog(
    "Plain Pages",
    "Notes on keeping a small blog, and on the ones that answer.",
    "warm",
    (
        Post(
            "odd-answers",
            "Odd answers",
            date(2026, 11, 25),
            "A ping is four short fields. What comes back has been almost anything, for twenty years.",
        ),
        Post(
            "links-out",
            "Links out",
            date(2026, 11, 24),
            "What I read this week, and who will hear of it.",
        ),
        Post(
            "hello-world",
            "Hello, world",
            date(2026, 11, 20),
            "A first post, a quiet corner, and a door left ajar for anyone who writes back.",
        ),
        Post(
            "paid-by-the-ping",
            "Paid by the ping",
            date(2026, 11, 9),
            "What it takes to run a thing that does nothing most of the day, and why that is the point.",
        ),
        Post(
            "letters-and-leaflets",
            "Letters & leaflets",
            date(2026, 10, 27),
            "TrackBack was how one blog told another “I answered you”. The idea was better than its ending.",
        ),
    ),
)
SECOND_THOUGHTS = Blog(
    "Second Thoughts",
    "What came to mind on the way home.",
    "cool",
    (
        Post(
            "the-long-answer",
            "The long answer",
            date(2026, 11, 18),
            "Some questions want a comment. This one wanted a walk, and a page of its own.",
        ),
    ),
)


def page(
    path: str,
    api: str,
    host: str,
    mails: Iterable[Mail] = (),
    *,
    blog: Blog = PLAIN_PAGES,
    second: str = "",
    others: str = "",
) -> Page:
    """Return a blog's answer to a request for `path`.

    Args:
        path: The path asked for; a query after it does not matter.
        api: Base URL of the service, without a slash at its end.
        host: Host and port of this blog, as its ping URLs name it.
        mails: What the service has sent, for the mailbox.
        blog: Whose page it is.
        second: Origin of the second blog, which posts link to.
        others: Origin of the other blogs, which posts link to as well.
    """
    path = path.partition("?")[0]
    if path == "/style.css":
        return Page(200, CSS, _render("style.css"))
    here: dict[str, Any] = {"api": api, "blog": host, "site": blog, "second": second, "others": others}
    if path == "/":
        return Page(200, HTML, _render("index.html", **here))
    if path == "/feed.xml":
        return Page(200, ATOM, _render("feed.xml", **here))
    if path.rstrip("/") in {"/mailbox", "/mailbox/all"}:
        newest_first = sorted(mails, key=lambda mail: mail.sent_at, reverse=True)
        shown = newest_first if path.startswith("/mailbox/all") else newest_first[:NEWEST]
        older = len(newest_first) - len(shown)
        return Page(200, HTML, _render("mailbox.html", mails=shown, older=older, **here))
    post = next((post for post in blog.posts if path.rstrip("/") == f"/posts/{post.slug}"), None)
    if post:
        return Page(200, HTML, _render("post.html", post=post, **here))
    return Page(404, HTML, _render("missing.html", **here))


def _render(template: str, **values: Any) -> str:
    return _templates.get_template(template).render(values)


def _in_comment(text: str) -> Markup:
    """Escape a text for an attribute inside an HTML comment, which two hyphens would end."""
    return Markup(str(escape(text)).replace("--", "&#45;&#45;"))


def _day(moment: date) -> str:
    return f"{moment.day} {moment:%B %Y}"


_templates = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=select_autoescape(["html", "xml"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals["receivers"] = RECEIVERS
_templates.filters |= {"in_comment": _in_comment, "day": _day}
