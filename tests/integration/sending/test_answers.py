"""What becomes of a ping, by what the target and the receiver answer."""

import pytest
from werkzeug.wrappers import Response

from tests.integration.sending.conftest import Make, outcome
from tests.support.receivers import ACCEPTED, Web, post, refused
from tests.support.websites import watched_connects


@pytest.mark.parametrize(
    ("answer", "stage", "words"),
    [
        (refused("Sorry, closed."), "refused", "Sorry, closed."),
        (refused("There is already a ping from that URL for this post."), "duplicate", "already a ping"),
        (Response(status=200), "unclear", ""),
        (Response("<h1>Busy</h1>", 503, {"Retry-After": "7200"}), "later", ""),
        (Response("", 302, {"Location": "/p/a"}), "refused", ""),
        (Response("gone", 410), "refused", ""),
        (Response(ACCEPTED, 404, content_type="text/xml"), "accepted", ""),
        (Response("x" * 5_000_000, 200), "unclear", ""),
    ],
)
def test_what_the_receiver_answers_is_written_down(
    blog: Web, other: Web, sender: Make, answer: Response | str, stage: str, words: str
) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a", f"{other.url}/p/b")
    other.pages["/tb/a"] = answer
    report = sender().send(f"{blog.url}/post")
    assert outcome(report) == [("a", stage), ("b", "accepted")]
    assert words in report.steps[0].record.words
    assert report.steps[0].record.words


@pytest.mark.parametrize(
    ("page", "stage", "words"),
    [
        ("<p>Nothing.</p>", "no ping URL", "names no ping URL"),
        (Response("{}", content_type="application/json"), "no ping URL", "no page of HTML"),
        ("<meta name=generator content='WordPress 6.9'>", "no ping URL", "/x/trackback/ (try --to)"),
        (Response("", 404), "no ping URL", "answers 404"),
        (Response("", 403), "no ping URL", "answers 403"),
        (Response("", 999), "no ping URL", "answers 999"),
        (Response("", 500), "later", "answers 500"),
        (Response("", 429), "later", "answers 429"),
        ('<link rel="trackback" href="http://10.0.0.1/tb">', "failed", "not on the public internet"),
        ('<link rel="trackback" href="http://8.8.8.8:25/tb">', "failed", "neither 80 nor 443"),
        ("\0\xff" * 1_000 + "<a " * 100_000, "no ping URL", "names no ping URL"),
    ],
)
def test_a_bad_target_is_told_of_and_does_not_stop_the_others(
    blog: Web, other: Web, sender: Make, page: Response | str, stage: str, words: str
) -> None:
    blog.pages["/post"] = post(f"{other.url}/x", f"{other.url}/p/b")
    other.pages["/x"] = page
    with watched_connects() as connects:
        report = sender().send(f"{blog.url}/post")
    assert outcome(report) == [("x", stage), ("b", "accepted")]
    assert words in report.steps[0].record.words
    assert {host for host, _ in connects} == {"127.0.0.1"}


@pytest.mark.parametrize("status", [307, 308])
def test_a_redirect_that_keeps_the_form_has_it_sent_where_it_leads(
    blog: Web, other: Web, sender: Make, status: int
) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a")
    other.pages["/tb/a"] = Response("", status, {"Location": "/tb/moved?x=1"})
    assert outcome(sender().send(f"{blog.url}/post")) == [("a", "accepted")]
    (_, first), (path, second) = other.pings
    assert path == "/tb/moved?x=1"
    assert first == second != {}


@pytest.mark.parametrize("status", [301, 302, 303])
def test_any_other_redirect_is_told_and_not_followed(
    blog: Web, other: Web, sender: Make, status: int
) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a")
    other.pages["/tb/a"] = Response("", status, {"Location": "/tb/moved"})
    report = sender().send(f"{blog.url}/post")
    assert outcome(report) == [("a", "refused")]
    assert str(status) in report.steps[0].record.words
    assert other.pinged() == ["a"]


@pytest.mark.parametrize("location", ["http://10.0.0.1/tb", "http://169.254.169.254/", "file:///etc/passwd"])
def test_a_redirect_of_a_ping_leads_to_no_private_address(
    blog: Web, other: Web, sender: Make, location: str
) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a", f"{other.url}/p/b")
    other.pages["/tb/a"] = Response("", 307, {"Location": location})
    with watched_connects() as connects:
        assert outcome(sender().send(f"{blog.url}/post")) == [("a", "failed"), ("b", "accepted")]
    assert {host for host, _ in connects} == {"127.0.0.1"}


def test_a_redirect_of_a_ping_in_a_circle_ends(blog: Web, other: Web, sender: Make) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a")
    other.pages["/tb/a"] = Response("", 307, {"Location": "/tb/a"})
    assert outcome(sender().send(f"{blog.url}/post")) == [("a", "later")]
    assert other.asked["POST /tb/a"] == 6


@pytest.mark.usefixtures("slow_reading")
def test_a_linked_page_that_takes_too_long_to_read_gets_no_ping_and_is_told(
    blog: Web, other: Web, sender: Make
) -> None:
    blog.pages["/post"] = post(f"{other.url}/slow")
    other.pages["/slow"] = "<b>x" * 1_000
    report = sender().send(f"{blog.url}/post")
    assert outcome(report) == [("slow", "no ping URL")]
    assert report.steps[0].record.words == "the page takes too long to read"
    assert not other.pings
