"""A feed is followed: new and changed posts send their pings, once, and old ones none."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from tests.support.receivers import Web, post, web
from trackback.model.sending_limits import SendingLimits
from trackback.model.sent_ping import Ledger, Stage
from trackback.sending.feed_poll import MOST_POSTS, PollResult, poll_feed
from trackback.sending.sender import Sender
from trackback.sending.subscription import FeedUnreadable
from trackback.storage.sent_pings_file import SentPingsFile
from trackback.web.feed import ACCEPT
from trackback.web.http.client import Fetcher

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
DATE = "2026-11-{:02}T06:11:00Z"


class Blog:
    """The author's blog, with a feed of posts that link to somebody else's, each to a page of its name."""

    def __init__(self, site: Web, other: Web) -> None:
        self.site = site
        self.feed = f"{site.url}/feed.xml"
        self._other = other
        self._entries: list[str] = []
        site.pages["/feed.xml"] = self._answer

    def publish(self, name: str, *, day: int = 25, host: str = "", to: str = "") -> None:
        """Publish a post, or change it, at the top of the feed."""
        self.site.pages[f"/{name}"] = post(f"{self._other.url}/p/{to or name}")
        link, date = f"{host or self.site.url}/{name}", DATE.format(day)
        self._entries = [entry for entry in self._entries if f"/{name}</id>" not in entry]
        entry = (
            f'<entry><id>{link}</id><link href="{link}"/><published>{date}</published><summary>{to}</summary>'
        )
        self._entries.insert(0, f"{entry}</entry>")

    def _answer(self, request: Request) -> Response:
        entries = "".join(self._entries)
        response = Response(
            f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>', mimetype="text/xml"
        )
        response.add_etag()
        return response.make_conditional(request)


@pytest.fixture
def other() -> Iterator[Web]:
    """Somebody else's blog."""
    with web() as site:
        yield site


@pytest.fixture
def blog(other: Web) -> Iterator[Blog]:
    """The author's blog, with one old post."""
    with web("localhost") as site:
        blog = Blog(site, other)
        blog.publish("first")
        yield blog


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """An empty ledger."""
    return SentPingsFile(tmp_path / "sent.json")


def sender(ledger: Ledger, *, minutes: int = 0, own: tuple[str, ...] = (), **options: Any) -> Sender:
    """Return a run that begins some minutes from now."""
    now = NOW + timedelta(minutes=minutes)
    limits = SendingLimits(pause=timedelta())
    return Sender(Fetcher(loopback=True), ledger, own=own, limits=limits, clock=lambda: now, **options)


def test_the_first_sight_of_a_feed_sends_nothing_and_new_posts_send_then(
    blog: Blog, other: Web, ledger: Ledger
) -> None:
    assert poll_feed(sender(ledger), blog.feed) == PollResult([], [], skipped=1, foreign=0, left=0)
    assert not other.requests
    blog.publish("second")
    blog.publish("third")
    followed = poll_feed(sender(ledger), blog.feed)
    assert [report.url for report in followed.reports] == [
        f"{blog.site.url}/second",
        f"{blog.site.url}/third",
    ]
    assert other.pinged() == ["second", "third"]
    assert poll_feed(sender(ledger), blog.feed) == PollResult([], [], skipped=0, foreign=0, left=0)


def test_old_posts_send_if_asked_and_once(blog: Blog, other: Web, ledger: Ledger) -> None:
    for n in range(MOST_POSTS + 2):
        blog.publish(f"old-{n}", day=1)
    assert not poll_feed(sender(ledger), blog.feed).reports
    for _ in range(2):
        followed = poll_feed(sender(ledger, minutes=100 * 1_440), blog.feed, old=True)
        assert (len(followed.reports), followed.left) == (MOST_POSTS + 3, 0)
    assert other.pinged() == ["first", *(f"old-{n}" for n in range(MOST_POSTS + 2))]


def test_a_changed_post_sends_to_what_it_links_to_now(blog: Blog, other: Web, ledger: Ledger) -> None:
    poll_feed(sender(ledger), blog.feed)
    blog.publish("first", to="another")
    for _ in range(2):
        poll_feed(sender(ledger), blog.feed)
    assert other.pinged() == ["another"]


def test_an_unchanged_feed_is_not_sent_again(blog: Blog, ledger: Ledger) -> None:
    for _ in range(3):
        poll_feed(sender(ledger), blog.feed)
    requests = blog.site.requests
    assert [request.headers.get("Accept") for request in requests] == [ACCEPT] * 3
    assert ["If-None-Match" in request.headers for request in requests] == [False, True, True]


def test_a_post_older_than_the_limit_sends_nothing(blog: Blog, other: Web, ledger: Ledger) -> None:
    poll_feed(sender(ledger), blog.feed)
    blog.publish("backdated", day=1)
    followed = poll_feed(sender(ledger, minutes=20 * 1_440), blog.feed)
    assert (followed.reports, followed.skipped) == ([], 1)
    assert not other.pings


def test_posts_of_others_in_a_feed_send_nothing(blog: Blog, other: Web, ledger: Ledger) -> None:
    with web() as third:
        poll_feed(sender(ledger), blog.feed)
        blog.publish("second", host=third.url)
        third.pages["/second"] = blog.site.pages["/second"]
        assert poll_feed(sender(ledger), blog.feed).skipped == 1
        assert not third.requests
        blog.publish("third", host=third.url)
        third.pages["/third"] = blog.site.pages["/third"]
        own = (third.url.partition("//")[2],)
        assert len(poll_feed(sender(ledger, own=own), blog.feed).reports) == 1
    assert other.pinged() == ["third"]


def rss(blog: Blog, *items: str) -> None:
    """Have the blog's feed be one of RSS."""
    spaces = "xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'"
    feed = f"<rss version='2.0' {spaces}><channel>{''.join(items)}</channel></rss>"
    blog.site.pages["/feed.xml"] = Response(feed, mimetype="text/xml")


@pytest.mark.parametrize(
    "item",
    [
        "<link>{foreign}</link><guid>{own}</guid>",
        "<link>{foreign}</link><guid isPermaLink='true'>{own}</guid>",
        "<link>https://feeds.example/~r/1</link><feedburner:origLink>{own}</feedburner:origLink>",
        "<link>{foreign}</link><a:link xmlns:a='http://www.w3.org/2005/Atom' rel='related' href='{own}'/>",
    ],
    ids=["guid", "a guid that says so", "FeedBurner", "a related link"],
)
def test_a_post_of_a_link_blog_is_its_own_page(blog: Blog, other: Web, ledger: Ledger, item: str) -> None:
    rss(blog)
    poll_feed(sender(ledger), blog.feed)
    blog.publish("mine")
    rss(blog, f"<item>{item.format(own=f'{blog.site.url}/mine', foreign=f'{other.url}/p/foreign')}</item>")
    (report,) = poll_feed(sender(ledger), blog.feed).reports
    assert report.url == f"{blog.site.url}/mine"
    assert other.pinged() == ["mine"]


LONG = "A text of some length, so that no other post has the same one by chance."


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "<guid isPermaLink='false'>post-7</guid>",
            "<guid isPermaLink='false'>post-7</guid><description>New.",
        ),
        (f"<description>{LONG}", f"<description>{LONG}"),
        (
            f"<description>&lt;a href='https://old.example/x'&gt;{LONG}&lt;/a&gt;",
            f"<description>&lt;a href='https://new.example/x'&gt;{LONG}&lt;/a&gt;",
        ),
    ],
    ids=["by its id", "by its text", "by its text, with other addresses in it"],
)
def test_a_blog_that_has_moved_and_has_no_dates_sends_nothing_anew(
    blog: Blog, other: Web, ledger: Ledger, before: str, after: str
) -> None:
    def item(path: str, text: str, title: str = "") -> str:
        end = "</description>" if "<description>" in text else ""
        return f"<item><title>{title}</title><link>{blog.site.url}/{path}</link>{text}{end}</item>"

    rss(blog, item("old", before))
    poll_feed(sender(ledger), blog.feed)
    blog.publish("moved")
    rss(blog, item("moved", after))
    assert poll_feed(sender(ledger), blog.feed).reports == []
    assert not other.pings
    rss(blog, item("moved", after, "News"))
    assert len(poll_feed(sender(ledger), blog.feed).reports) == 1


def test_two_posts_without_dates_and_with_the_same_short_text_are_two(
    blog: Blog, other: Web, ledger: Ledger
) -> None:
    items = [f"<item><title>Links</title><link>{blog.site.url}/{name}</link></item>" for name in "ab"]
    rss(blog, items[0])
    poll_feed(sender(ledger), blog.feed)
    blog.publish("b")
    rss(blog, *items)
    poll_feed(sender(ledger), blog.feed)
    assert other.pinged() == ["b"]


def test_a_json_feed_that_is_too_long_is_told(blog: Blog, ledger: Ledger) -> None:
    feed = '{"version": "https://jsonfeed.org/version/1.1", "items": [' + '{"url": "/a"},' * 90_000
    blog.site.pages["/feed.xml"] = Response(feed, mimetype="application/feed+json")
    with pytest.raises(FeedUnreadable, match="it is longer than 1 MB, and cannot be read in part"):
        poll_feed(sender(ledger), blog.feed)


def test_many_new_posts_are_handled_a_few_in_each_run_the_oldest_first(
    blog: Blog, other: Web, ledger: Ledger
) -> None:
    poll_feed(sender(ledger), blog.feed)
    names = [f"new-{n:02}" for n in range(2 * MOST_POSTS + 1)]
    for name in names:
        blog.publish(name)
    left = [poll_feed(sender(ledger), blog.feed).left for _ in range(4)]
    assert left == [MOST_POSTS + 1, 1, 0, 0]
    assert other.pinged() == names


def test_what_the_time_does_not_suffice_for_is_left_to_the_next_run(
    blog: Blog, other: Web, ledger: Ledger
) -> None:
    poll_feed(sender(ledger), blog.feed)
    blog.publish("second")
    blog.publish("third")
    assert poll_feed(sender(ledger, time_is_up=lambda: len(other.pings) > 0), blog.feed).left == 1
    assert poll_feed(sender(ledger), blog.feed).left == 0
    assert other.pinged() == ["second", "third"]


def test_a_post_that_is_not_there_yet_is_tried_again(blog: Blog, other: Web, ledger: Ledger) -> None:
    poll_feed(sender(ledger), blog.feed)
    blog.publish("second")
    page, blog.site.pages["/second"] = blog.site.pages["/second"], Response("", 503)
    followed = poll_feed(sender(ledger), blog.feed)
    assert followed.unread == [f"{blog.site.url}/second: its server answers 503"]
    blog.site.pages["/second"] = page
    assert not poll_feed(sender(ledger), blog.feed).reports
    sender(ledger, minutes=15).send_due()
    assert other.pinged() == ["second"]
    assert [record.stage for record in ledger.every()] == [Stage.ACCEPTED]


def test_a_dry_run_remembers_nothing(blog: Blog, other: Web, ledger: Ledger) -> None:
    poll_feed(sender(ledger), blog.feed)
    blog.publish("second")
    blog.publish("missing")
    del blog.site.pages["/missing"]
    for _ in range(2):
        followed = poll_feed(sender(ledger), blog.feed, dry_run=True)
        assert [len(report.steps) for report in followed.reports] == [1]
        assert len(followed.unread) == 1
    assert not other.pings
    assert list(ledger.every()) == []


def test_the_feed_is_found_from_the_page_that_is_given(blog: Blog, other: Web, ledger: Ledger) -> None:
    link = '<link rel="alternate" type="application/atom+xml" href="{}">'
    home = f"{blog.site.url}/"
    blog.site.pages["/"] = link.format("/feed.xml")
    poll_feed(sender(ledger), home)
    blog.publish("second")
    poll_feed(sender(ledger), home)
    assert blog.site.asked["GET /"] == 1
    blog.publish("third")
    blog.site.pages |= {"/": link.format("/moved.xml"), "/moved.xml": blog.site.pages.pop("/feed.xml")}
    for _ in range(2):
        poll_feed(sender(ledger), home)
    assert other.pinged() == ["second", "third"]
    assert blog.site.asked["GET /"] == 2


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (Response("", 404), "the server answers 404"),
        ("<p>No feed.</p>", "names no feed"),
        (
            '<link rel="alternate" type="application/rss+xml" href="/none.xml">',
            "none.xml: the server answers 404",
        ),
        ('<link rel="alternate" type="application/rss+xml" href="/page">', "neither RSS nor Atom"),
        (Response("{", content_type="application/json"), "breaks off"),
        (Response('{"a": "' + 2_000_000 * "b", content_type="application/json"), "longer than 1 MB"),
        ('<link rel="alternate" type="application/rss+xml" href="http://10.0.0.1/">', "public internet"),
    ],
)
def test_a_feed_that_cannot_be_read_is_told(
    blog: Blog, ledger: Ledger, page: Response | str, words: str
) -> None:
    blog.site.pages |= {"/feed.xml": page, "/page": "<p>Hello</p>"}
    with pytest.raises(FeedUnreadable, match=words):
        poll_feed(sender(ledger), blog.feed)
    assert ledger.feed_state(blog.feed) is None


def test_a_feed_of_very_many_posts_is_remembered_in_little_room(
    blog: Blog, ledger: Ledger, tmp_path: Path
) -> None:
    items = "".join(f"<item><link>/{n}</link></item>" for n in range(5_000))
    feed = Response(f"<rss><channel>{items}</channel></rss>", content_type="text/xml")
    blog.site.pages["/feed.xml"] = feed
    poll_feed(sender(ledger), blog.feed)
    assert (tmp_path / "sent.json").stat().st_size < 20_000
    assert poll_feed(sender(ledger), blog.feed) == PollResult([], [], skipped=0, foreign=0, left=0)


@pytest.mark.usefixtures("slow_reading")
@pytest.mark.parametrize("page", ["<rss><channel>" + "<b/>" * 1_000, "<p>" + "<b>x" * 1_000])
def test_a_feed_that_takes_too_long_to_read_is_told(blog: Blog, ledger: Ledger, page: str) -> None:
    blog.site.pages["/feed.xml"] = page
    with pytest.raises(FeedUnreadable, match=r"feed\.xml: the page takes too long to read"):
        poll_feed(sender(ledger), blog.feed)
