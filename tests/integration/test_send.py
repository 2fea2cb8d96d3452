"""What wakes `send`: jobs, and the schedule that reads the feed and tries again what is due."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from werkzeug.wrappers import Response

from functions.send import app
from tests.integration.conftest import outcomes
from tests.support.events import Context
from tests.support.receivers import Web, post
from trackback.model.send_job import MOST_STEPS, SendJob
from trackback.model.sent_ping import SentPing, Stage
from trackback.model.settings import Settings
from trackback.sending.throttle import user_agent
from trackback.storage.send_jobs import SendJobs
from trackback.storage.sent_pings import SentPings
from trackback.storage.settings import load_settings, save_settings
from trackback.storage.table import Table
from trackback.web.http.client import Fetcher

NOW = datetime.now(UTC)
SCHEDULE: dict[str, Any] = {"detail-type": "Scheduled Event", "source": "aws.events", "detail": {}}


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `send` reach this machine, where all the blogs are."""
    monkeypatch.setattr(app, "fetcher", Fetcher(loopback=True, user_agent=user_agent("blog.example")))


def run(event: dict[str, Any] = SCHEDULE, *, seconds_left: int = 240) -> None:
    """Wake `send`."""
    app.handler(event, Context(milliseconds_left=seconds_left * 1_000))  # type: ignore[arg-type]


def job(table: Table, url: str, ping_url: str = "", *, dry_run: bool = False) -> str:
    """Write a job that has woken nobody; return its id."""
    given = SendJob("send#o", "2026-11-26T12:00:00.000Z", url, ping_url, dry_run=dry_run)
    SendJobs(table).start(given)
    return given.id


def done(table: Table) -> SendJob:
    """Return the job as it is now."""
    found = SendJobs(table).find("send#o")
    assert found
    return found


def follow(table: Table, blog: Web, *posts: str) -> None:
    """Name the blog's feed in the settings, with some posts."""
    items = "".join(f"<item><title>{path}</title><link>{blog.url}{path}</link></item>" for path in posts)
    rss = f"<rss version='2.0'><channel>{items}</channel></rss>"
    blog.pages["/feed"] = Response(rss, content_type="application/rss+xml")
    save_settings(table, Settings(feed=f"{blog.url}/feed"), Settings())


def test_an_order_is_carried_out_and_tells_what_came_of_it(table: Table, blog: Web, other: Web) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a", title="Mine")
    run({"order": job(table, f"{blog.url}/post")})
    told = done(table)
    assert (told.state, told.title, told.more) == ("done", "Mine", 0)
    (step,) = told.steps
    assert (step.target, step.ping_url) == (f"{other.url}/p/a", f"{other.url}/tb/a")
    assert (step.stage, step.title) == ("accepted", "Mine")
    assert other.requests[0].headers["User-Agent"].endswith("(sends the TrackBack pings of blog.example)")


def test_an_order_is_carried_out_once(table: Table, blog: Web, other: Web) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a")
    event = {"order": job(table, f"{blog.url}/post")}
    run(event)
    first = done(table)
    blog.pages["/post"] = post(f"{other.url}/p/b")
    run(event)
    run()
    assert done(table) == first
    assert other.pinged() == ["a"]


def test_an_order_that_woke_nobody_is_found_by_the_schedule(table: Table, blog: Web, other: Web) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a")
    job(table, f"{blog.url}/post", f"{other.url}/tb/by-hand")
    run()
    assert done(table).state == "done"
    assert other.pinged() == ["by-hand"]


def test_a_dry_run_tells_what_would_be_sent(table: Table, blog: Web, other: Web) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a", title="Mine")
    run({"order": job(table, f"{blog.url}/post", dry_run=True)})
    (step,) = done(table).steps
    assert (step.ping_url, step.title) == (f"{other.url}/tb/a", "Mine")
    assert "I have read what they say of it." in step.excerpt
    assert not other.pings
    assert list(SentPings(table).every()) == []


def test_an_order_for_a_post_that_is_not_there_says_why(table: Table, blog: Web) -> None:
    run({"order": job(table, f"{blog.url}/none")})
    assert (done(table).state, "404" in done(table).words) == ("failed", True)


def test_an_order_with_many_links_tells_of_some_and_counts_the_rest(
    table: Table, blog: Web, other: Web
) -> None:
    blog.pages["/post"] = post(*(f"{other.url}/none/{n}" for n in range(MOST_STEPS + 3)))
    run({"order": job(table, f"{blog.url}/post")})
    assert (len(done(table).steps), done(table).more) == (MOST_STEPS, 3)


@pytest.mark.parametrize("name", ["send#nosuch", "settings#", "x"])
def test_an_order_that_is_none_is_passed_over(table: Table, name: str) -> None:
    save_settings(table, Settings(keep_days=7), Settings())
    run({"order": name})
    assert load_settings(table) == Settings(keep_days=7)


def test_the_schedule_sends_what_is_new_in_the_feed(table: Table, blog: Web, other: Web) -> None:
    for name in ("old", "new"):
        blog.pages[f"/{name}"] = post(f"{other.url}/p/{name}")
    follow(table, blog, "/old")
    run()
    assert not other.requests
    items = f"<item><title>n</title><link>{blog.url}/new</link></item>"
    blog.pages["/feed"] = Response(
        f"<rss version='2.0'><channel>{items}</channel></rss>", content_type="application/rss+xml"
    )
    run()
    assert other.pinged() == ["new"]


def test_without_a_feed_nothing_is_asked_for(table: Table, blog: Web) -> None:
    run()
    save_settings(table, Settings(feed=""), Settings())
    run()
    assert not blog.requests


def test_what_is_due_is_tried_again_also_without_a_feed(table: Table, blog: Web, other: Web) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a")
    record = SentPing(f"{blog.url}/post", f"{other.url}/p/a").postponed("busy", NOW - timedelta(hours=1))
    assert SentPings(table).put(record)
    run()
    (after,) = SentPings(table).every()
    assert after.stage is Stage.ACCEPTED


def test_a_feed_that_cannot_be_read_fails_nothing_else(table: Table, blog: Web) -> None:
    follow(table, blog)
    blog.pages["/feed"] = "<p>No feed"
    run()
    assert blog.asked["GET /feed"] == 1


def test_nothing_is_begun_when_the_time_is_up(table: Table, blog: Web, other: Web) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a")
    job(table, f"{blog.url}/post")
    follow(table, blog, "/post")
    run(seconds_left=app.RESERVE - 1)
    assert not blog.requests
    assert not other.requests
    assert done(table).state == "waiting"


def test_the_authors_limits_count(table: Table, blog: Web, other: Web) -> None:
    save_settings(table, Settings(pings=1), Settings())
    blog.pages["/post"] = post(f"{other.url}/p/a", f"{other.url}/p/b")
    run({"order": job(table, f"{blog.url}/post")})
    assert other.pinged() == ["a"]
    assert [step.stage for step in done(table).steps] == ["accepted", "dropped"]


def test_the_authors_other_blogs_get_no_pings(
    table: Table, blog: Web, other: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "own", [other.url.partition("://")[2]])
    blog.pages["/post"] = post(f"{other.url}/p/a")
    run({"order": job(table, f"{blog.url}/post")})
    assert done(table).steps == ()
    assert not other.requests


def test_pings_that_left_are_counted_by_what_became_of_them(
    table: Table, blog: Web, other: Web, capsys: pytest.CaptureFixture[str]
) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a")
    run({"order": job(table, f"{blog.url}/post")})
    (record,) = SentPings(table).every()
    lines = outcomes(capsys)
    assert [(outcome, line["sent"]) for outcome, line in lines] == [("PostPingAccepted", record.id)]


def test_a_dry_run_counts_nothing(
    table: Table, blog: Web, other: Web, capsys: pytest.CaptureFixture[str]
) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a")
    run({"order": job(table, f"{blog.url}/post", dry_run=True)})
    assert outcomes(capsys) == []


def test_a_feed_that_cannot_be_read_is_listed_until_it_can(table: Table, blog: Web) -> None:
    follow(table, blog)
    good = blog.pages["/feed"]
    blog.pages["/feed"] = Response("", 404)
    run()
    (record,) = SentPings(table).every()
    assert (record.is_feed, record.stage) == (True, Stage.LATER)
    assert record.words == (
        f"it cannot be read, so that new posts send nothing: {blog.url}/feed: the server answers 404"
    )
    run()
    assert list(SentPings(table).every()) == [record]
    blog.pages["/feed"] = good
    run()
    assert list(SentPings(table).every()) == []


def test_the_trouble_of_a_feed_is_nothing_that_is_sent_again(table: Table, blog: Web) -> None:
    follow(table, blog)
    blog.pages["/feed"] = Response("", 500)
    run()
    assert SentPings(table).due(NOW + timedelta(days=30), 10) == []
