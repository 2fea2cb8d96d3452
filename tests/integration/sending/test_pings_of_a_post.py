"""Each link of a post is pinged once."""

from datetime import timedelta
from time import monotonic

import pytest
from werkzeug.wrappers import Response

from tests.integration.sending.conftest import MINUTE, Clock, Make, outcome
from tests.support.receivers import ACCEPTED, Web, post, web
from trackback.model.sent_ping import Ledger, SentPing, Stage
from trackback.sending.post_run import ENOUGH
from trackback.sending.sender import PostUnreadable
from trackback.storage.sent_pings import SentPings
from trackback.storage.table import Table


def test_every_link_of_a_post_is_pinged_once_in_its_order(blog: Web, other: Web, sender: Make) -> None:
    names = ["c", "a", "b"]
    blog.pages["/post"] = post(*(f"{other.url}/p/{name}" for name in names))
    report = sender().send(f"{blog.url}/post")
    assert outcome(report) == [(name, "accepted") for name in names]
    assert all(step.tried for step in report.steps)
    assert other.pings == [
        (
            f"/tb/{name}",
            {
                "title": "My post",
                "url": f"{blog.url}/post",
                "blog_name": blog.url.partition("//")[2],
                "excerpt": "I have read what they say of it.",
            },
        )
        for name in names
    ]
    again = sender().send(f"{blog.url}/post")
    assert outcome(again) == outcome(report)
    assert not any(step.tried for step in again.steps)
    assert len(other.pings) == 3


def test_a_record_tells_what_was_done(blog: Web, other: Web, sender: Make, ledger: Ledger) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a")
    sender().send(f"{blog.url}/post")
    at = "2026-11-26T12:00:00.000Z"
    (record,) = ledger.every()
    assert record == SentPing(
        source=f"{blog.url}/post",
        target=f"{other.url}/p/a",
        ping_url=f"{other.url}/tb/a",
        stage=Stage.ACCEPTED,
        attempts=1,
        words=record.words,
        first_at=at,
        last_at=at,
        version=2,
    )
    assert record.words


def test_the_table_keeps_the_ledger_as_a_file_does(blog: Web, other: Web, sender: Make, table: Table) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a", f"{other.url}/nowhere")
    for tried in (True, False):
        report = sender(ledger=SentPings(table)).send(f"{blog.url}/post")
        assert outcome(report)[0] == ("a", "accepted")
        assert report.steps[0].tried is tried
    assert len(list(SentPings(table).every())) == 2
    assert other.pinged() == ["a"]


def test_a_post_is_pinged_for_once_whatever_its_address_is_written_like(
    blog: Web, other: Web, sender: Make
) -> None:
    blog.pages |= dict.fromkeys(("/post", "/post/", "/post/index.html"), post(f"{other.url}/p/a"))
    for path in ("/post", "/post/", "/post/index.html", "/post?utm_source=feed", "/post#comments"):
        assert outcome(sender().send(blog.url + path)) == [("a", "accepted")]
    assert other.pinged() == ["a"]


def test_the_query_of_a_ping_url_stays_in_the_request_line(blog: Web, other: Web, sender: Make) -> None:
    blog.pages["/post"] = post(f"{other.url}/x")
    other.pages |= {"/x": '<a rel="trackback" href="/tb/a?id=7&amp;x=%2F">', "/tb/a": ACCEPTED}
    assert outcome(sender().send(f"{blog.url}/post")) == [("x", "accepted")]
    assert other.pings[0][0] == "/tb/a?id=7&x=%2F"


def test_two_links_that_lead_to_one_ping_url_send_one_ping(blog: Web, other: Web, sender: Make) -> None:
    blog.pages["/post"] = post(f"{other.url}/short", f"{other.url}/p/a")
    other.pages["/short"] = Response("", 302, {"Location": "/p/a"})
    for _ in range(2):
        report = sender().send(f"{blog.url}/post")
        assert outcome(report) == [("short", "accepted"), ("a", "duplicate")]
    assert other.pinged() == ["a"]


def test_a_post_sends_no_more_pings_than_it_may_however_often_it_changes(
    blog: Web, other: Web, sender: Make
) -> None:
    for names in ("abc", "abcd", "dcba"):
        blog.pages["/post"] = post(*(f"{other.url}/p/{name}" for name in names))
        report = sender(limits={"pings": 2}).send(f"{blog.url}/post")
    assert other.pinged() == ["a", "b"]
    assert sorted(outcome(report)) == [
        ("a", "accepted"),
        ("b", "accepted"),
        ("c", "dropped"),
        ("d", "dropped"),
    ]
    assert report.steps[0].record.words == ENOUGH


def test_a_dry_run_tells_what_would_be_sent_and_sends_and_writes_nothing(
    blog: Web, other: Web, sender: Make, ledger: Ledger
) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a", f"{other.url}/x")
    report = sender().send(f"{blog.url}/post", dry_run=True)
    assert report.steps[0].record.ping_url == f"{other.url}/tb/a"
    assert report.steps[0].form
    assert report.steps[0].form["excerpt"] == "I have read what they say of it."
    assert report.steps[1].form is None
    assert not other.pings
    assert list(ledger.every()) == []


def test_a_changed_post_pings_only_what_it_links_to_for_the_first_time(
    blog: Web, other: Web, sender: Make
) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a")
    sender().send(f"{blog.url}/post")
    blog.pages["/post"] = post(f"{other.url}/p/b", f"{other.url}/p/a", title="Another title")
    assert outcome(sender().send(f"{blog.url}/post")) == [("b", "accepted"), ("a", "accepted")]
    blog.pages["/post"] = post()
    assert outcome(sender().send(f"{blog.url}/post")) == []
    assert other.pinged() == ["a", "b"]


def test_a_ping_url_given_by_hand_gets_its_ping(blog: Web, other: Web, sender: Make, clock: Clock) -> None:
    blog.pages["/post"] = post("https://elsewhere.example/", f"{other.url}/p/a")
    other.pages["/tb/hand"] = Response("", 500)
    ping_url = f"{other.url}/tb/hand?x"
    assert outcome(sender().send_to(f"{blog.url}/post", ping_url)) == [("hand?x", "later")]
    del other.pages["/tb/hand"]
    clock.now += 15 * MINUTE
    reports = sender(limits={"never": frozenset({"elsewhere.example"})}).send_due()
    assert ("hand?x", "accepted") in outcome(reports[-1])
    assert outcome(sender().send_to(f"{blog.url}/post", ping_url, retry=True)) == [("hand?x", "accepted")]
    by_hand = [form for path, form in other.pings if path == "/tb/hand?x"]
    assert len(by_hand) == 2
    assert by_hand[0]["excerpt"] == "I have read what they say of it."


@pytest.mark.parametrize("first", ["link", "hand"])
def test_a_ping_url_gets_one_ping_whether_it_is_given_by_hand_or_found(
    blog: Web, other: Web, sender: Make, first: str
) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a")
    for way in (first, "link", "hand"):
        if way == "link":
            sender().send(f"{blog.url}/post", retry=True)
        else:
            sender().send_to(f"{blog.url}/post", f"{other.url}/tb/a", retry=True)
    assert other.pinged() == ["a"]


@pytest.mark.parametrize(
    ("page", "words", "passing"),
    [
        (Response("", 404), "answers 404", False),
        (Response("", 503), "answers 503", True),
        (Response("x", content_type="image/png"), "no page of HTML", False),
    ],
)
def test_a_post_that_cannot_be_had_is_told(
    blog: Web, sender: Make, ledger: Ledger, page: Response, words: str, passing: bool
) -> None:
    blog.pages["/post"] = page
    with pytest.raises(PostUnreadable, match=words) as failure:
        sender().send(f"{blog.url}/post")
    assert failure.value.passing is passing
    assert list(ledger.every()) == []


def test_a_post_on_a_private_address_is_not_fetched(sender: Make) -> None:
    with pytest.raises(PostUnreadable, match="not on the public internet") as failure:
        sender().send("http://10.0.0.1/post")
    assert not failure.value.passing


def test_pings_to_one_site_are_spaced_out_and_those_to_others_are_not(
    blog: Web, other: Web, sender: Make
) -> None:
    with web() as third:
        blog.pages["/post"] = post(*(f"{site.url}/p/{n}" for n in range(3) for site in (other, third)))
        start = monotonic()
        sender(limits={"pause": timedelta(seconds=0.5)}).send(f"{blog.url}/post")
        assert monotonic() - start >= 2 * 0.5
        assert third.pinged() == other.pinged() == ["0", "1", "2"]


@pytest.mark.usefixtures("slow_reading")
def test_a_post_that_takes_too_long_to_read_is_told_and_not_read_again(
    blog: Web, sender: Make, ledger: Ledger
) -> None:
    blog.pages["/post"] = post("https://other.example/") + "<b>x" * 1_000
    with pytest.raises(PostUnreadable, match="the page takes too long to read") as failure:
        sender().send(f"{blog.url}/post")
    assert not failure.value.passing
    assert list(ledger.every()) == []
