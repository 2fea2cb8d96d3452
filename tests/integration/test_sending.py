"""A post's pings leave, are written down, and never leave twice."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from werkzeug.wrappers import Response

from tests.receivers import ACCEPTED, Web, post, refused, web
from tests.websites import watched_connects
from trackback.model.sending_limits import SendingLimits
from trackback.model.sent_ping import GIVE_UP, PATIENCE, Ledger, SentPing, Stage
from trackback.sending.post_run import ENOUGH, NEVER, OWN, TIME_IS_UP
from trackback.sending.sender import GONE, PostUnread, Report, Sender
from trackback.sending.throttle import LEFT_ALONE
from trackback.storage.sent_pings import SentPings
from trackback.storage.sent_pings_file import SentPingsFile
from trackback.storage.table import Table
from trackback.web.http.client import Fetcher

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def blog() -> Iterator[Web]:
    """The author's blog, whose post is `/post`."""
    with web("localhost") as site:
        yield site


@pytest.fixture
def other() -> Iterator[Web]:
    """Somebody else's blog."""
    with web() as site:
        yield site


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """An empty ledger."""
    return SentPingsFile(tmp_path / "sent.json")


Make = Callable[..., Sender]


@pytest.fixture
def sender(ledger: Ledger, clock: Clock) -> Make:
    """Make senders, each for a run of its own."""

    def make(**options: Any) -> Sender:
        limits = SendingLimits(**{"pause": timedelta(), **options.pop("limits", {})})
        fetcher = options.pop("fetcher", None) or Fetcher(loopback=True, seconds=30)
        return Sender(fetcher, options.pop("ledger", ledger), limits=limits, clock=clock, **options)

    return make


def outcome(report: Report) -> list[tuple[str, str]]:
    """Return the last part of each target's address and what became of it."""
    return [(step.record.target.rpartition("/")[2], str(step.record.stage)) for step in report.steps]


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
                "charset": "UTF-8",
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
        (Response("", 404), "failed", "answers 404"),
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


def test_nothing_is_sent_to_the_authors_own_hosts(blog: Web, other: Web, sender: Make) -> None:
    with web() as second:
        blog.pages["/post"] = post(f"{blog.url}/p/own", f"{second.url}/p/mine", f"{other.url}/p/a")
        own = [second.url.partition("//")[2]]
        assert outcome(sender(own=own).send(f"{blog.url}/post")) == [("a", "accepted")]
        assert not second.requests


def test_hosts_that_want_nothing_get_nothing(blog: Web, other: Web, sender: Make) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a")
    report = sender(limits={"never": frozenset({"127.0.0.1"})}).send(f"{blog.url}/post")
    assert not report.steps
    assert not other.requests


def moved(to: str) -> Response:
    """Return a short link's answer."""
    return Response("", 302, headers={"Location": to})


def naming(ping_url: str) -> str:
    """Return a page that names a ping URL."""
    return f'<link rel="trackback" href="{ping_url}"><p>Hello.</p>'


def test_a_link_that_looks_like_anothers_sends_nothing_to_the_authors_own_hosts(
    blog: Web, other: Web, sender: Make
) -> None:
    with web() as second:
        own = second.url.partition("//")[2]
        other.pages |= {"/short": moved(f"{second.url}/p/mine"), "/home": moved(f"{blog.url}/p/mine")}
        other.pages["/copy"] = naming(f"{second.url}/tb/mine")
        targets = (f"{other.url}/{name}" for name in ("short", "home", "copy", "p/a"))
        blog.pages["/post"] = post(*targets)
        report = sender(own=[own]).send(f"{blog.url}/post")
        dropped = [(name, "dropped") for name in ("short", "home", "copy")]
        assert outcome(report) == [*dropped, ("a", "accepted")]
        assert {step.record.words for step in report.steps[:3]} == {OWN}
        assert not second.pings
        assert not blog.pings


def test_a_link_that_looks_like_anothers_pings_no_host_that_wants_nothing(other: Web, sender: Make) -> None:
    with web("localhost") as quiet, web() as author:
        other.pages |= {"/short": moved(f"{quiet.url}/p/b"), "/copy": naming(f"{quiet.url}/tb/c")}
        author.pages["/post"] = post(f"{other.url}/short", f"{other.url}/copy")
        run = sender(limits={"never": frozenset({"localhost"})})
        report = run.send(f"{author.url}/post")
        assert outcome(report) == [("short", "dropped"), ("copy", "dropped")]
        by_hand = run.send_to(f"{author.url}/post", f"{quiet.url}/tb/hand")
        assert {step.record.words for step in (*report.steps, *by_hand.steps)} == {NEVER}
        assert not quiet.pings


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


def test_what_was_refused_is_tried_again_only_if_asked_and_what_arrived_never(
    blog: Web, other: Web, sender: Make
) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a", f"{other.url}/p/b")
    other.pages["/tb/a"] = refused("Sorry, closed.")
    for again in (False, False, True, True):
        assert outcome(sender().send(f"{blog.url}/post", retry=again))[0] == ("a", "refused")
    assert other.asked == {"GET /p/a": 3, "GET /p/b": 1, "POST /tb/a": 3, "POST /tb/b": 1}


def test_what_is_to_be_tried_later_is_tried_when_it_is_due(
    blog: Web, other: Web, sender: Make, clock: Clock, ledger: Ledger
) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a", f"{other.url}/p/b", f"{other.url}/x")
    other.pages["/tb/a"] = Response("", 503, {"Retry-After": "3600"})
    sender().send(f"{blog.url}/post")
    for minutes, tries in ((0, 1), (59, 1), (60, 2), (61, 2), (121, 3)):
        clock.now = NOW + minutes * MINUTE
        sender().send_due()
        assert other.asked["POST /tb/a"] == tries
    del other.pages["/tb/a"]
    clock.now = NOW + GIVE_UP
    (report,) = sender().send_due()
    assert outcome(report)[0] == ("a", "accepted")
    assert other.asked["GET /x"] == other.asked["POST /tb/b"] == 1
    assert sender().send_due() == []
    assert all(record.stage is not Stage.LATER for record in ledger.every())


def test_what_is_busy_for_two_days_has_failed(
    blog: Web, other: Web, sender: Make, clock: Clock, ledger: Ledger
) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a")
    other.pages["/tb/a"] = Response("", 500)
    sender().send(f"{blog.url}/post")
    for _ in range(400):
        clock.now += 15 * MINUTE
        sender().send_due()
    (record,) = ledger.every()
    assert (record.stage, record.attempts, other.asked["POST /tb/a"]) == (Stage.FAILED, 6, 6)
    assert "two days" in record.words


def test_what_is_due_and_linked_to_no_longer_is_dropped(
    blog: Web, other: Web, sender: Make, clock: Clock, ledger: Ledger
) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a")
    other.pages["/tb/a"] = Response("", 500)
    sender().send(f"{blog.url}/post")
    blog.pages["/post"] = post()
    clock.now += 15 * MINUTE
    sender().send_due()
    (record,) = ledger.every()
    assert (record.stage, record.words) == (Stage.DROPPED, GONE)
    assert other.asked["POST /tb/a"] == 1


@pytest.mark.parametrize(
    ("page", "stage", "of_post"),
    [(Response("", 410), Stage.DROPPED, Stage.FAILED), (Response("", 500), Stage.LATER, Stage.LATER)],
)
def test_what_is_due_waits_for_a_post_that_fails_and_goes_with_one_that_is_gone(
    blog: Web,
    other: Web,
    sender: Make,
    clock: Clock,
    ledger: Ledger,
    page: Response,
    stage: Stage,
    of_post: Stage,
) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a")
    other.pages["/tb/a"] = Response("", 500)
    sender().send(f"{blog.url}/post")
    blog.pages["/post"] = page
    clock.now += 15 * MINUTE
    assert sender().send_due() == []
    stages = {record.is_post_record: record.stage for record in ledger.every()}
    assert stages == {False: stage, True: of_post}
    blog.pages["/post"] = post(f"{other.url}/p/a")
    del other.pages["/tb/a"]
    clock.now += 15 * MINUTE
    sender().send_due()
    stages = {record.is_post_record: record.stage for record in ledger.every()}
    assert stages == ({False: stage, True: of_post} if stage is Stage.DROPPED else {False: Stage.ACCEPTED})


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


def test_what_is_due_brings_no_other_links_along(blog: Web, other: Web, sender: Make, clock: Clock) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a")
    other.pages["/tb/a"] = Response("", 500)
    sender().send(f"{blog.url}/post")
    blog.pages["/post"] = post(f"{other.url}/p/a", f"{other.url}/p/b")
    clock.now += 15 * MINUTE
    sender().send_due()
    assert other.pinged() == ["a", "a"]


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
    with pytest.raises(PostUnread, match=words) as failure:
        sender().send(f"{blog.url}/post")
    assert failure.value.passing is passing
    assert list(ledger.every()) == []


def test_a_post_on_a_private_address_is_not_fetched(sender: Make) -> None:
    with pytest.raises(PostUnread, match="not on the public internet") as failure:
        sender().send("http://10.0.0.1/post")
    assert not failure.value.passing


def test_a_site_that_asks_for_patience_again_and_again_is_left_alone(
    blog: Web, other: Web, sender: Make, clock: Clock
) -> None:
    with web() as third:
        links = [f"{other.url}/p/{n}" for n in range(6)]
        blog.pages["/post"] = post(*links, f"{third.url}/p/a")
        other.pages |= {f"/tb/{n}": Response("", 429) for n in range(1, 6)}
        report = sender().send(f"{blog.url}/post")
        assert [stage for _, stage in outcome(report)] == ["accepted", *["later"] * 5, "accepted"]
        assert other.pinged() == ["0", "1", "2", "3"]
        assert {step.record.words for step in report.steps[4:6]} == {LEFT_ALONE}
        for n in range(1, 6):
            del other.pages[f"/tb/{n}"]
        clock.now += 15 * MINUTE
        (report,) = sender().send_due()
        assert {stage for _, stage in outcome(report)} == {"accepted"}
        assert third.pinged() == ["a"]


def test_what_the_time_does_not_suffice_for_is_sent_by_the_next_run(
    blog: Web, other: Web, sender: Make, clock: Clock
) -> None:
    blog.pages["/post"] = post(*(f"{other.url}/p/{n}" for n in range(4)))
    report = sender(time_is_up=lambda: len(other.pings) >= 2).send(f"{blog.url}/post")
    assert [stage for _, stage in outcome(report)] == ["accepted", "accepted", "later", "later"]
    assert report.steps[3].record.words == TIME_IS_UP
    assert sender(time_is_up=lambda: True).send_due() == []
    clock.now += 15 * MINUTE
    sender().send_due()
    assert other.pinged() == ["0", "1", "2", "3"]


@pytest.mark.parametrize("page", [post(), Response("", 410), Response("", 500)])
def test_a_run_that_died_is_told_of_whatever_has_become_of_its_post(
    blog: Web, other: Web, sender: Make, clock: Clock, ledger: Ledger, page: Response | str
) -> None:
    blog.pages["/post"] = page
    claim = SentPing(f"{blog.url}/post", f"{other.url}/p/a").claimed(f"{other.url}/tb/a", NOW)
    assert ledger.put(claim)
    clock.now += PATIENCE
    sender().send_due()
    assert ledger.find([claim.id])[claim.id].stage is Stage.UNCLEAR
    blog.pages["/post"] = post(f"{other.url}/p/a")
    clock.now += GIVE_UP
    sender().send_due()
    assert not other.pings


def test_pings_to_one_site_are_spaced_out_and_those_to_others_are_not(
    blog: Web, other: Web, sender: Make
) -> None:
    with web() as third:
        blog.pages["/post"] = post(*(f"{site.url}/p/{n}" for n in range(3) for site in (other, third)))
        start = monotonic()
        sender(limits={"pause": timedelta(seconds=0.5)}).send(f"{blog.url}/post")
        assert monotonic() - start >= 2 * 0.5
        assert third.pinged() == other.pinged() == ["0", "1", "2"]


def test_the_age_of_a_claim_decides_whether_its_run_has_died(
    blog: Web, other: Web, sender: Make, clock: Clock, ledger: Ledger
) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a")
    claim = SentPing(f"{blog.url}/post", f"{other.url}/p/a").claimed(f"{other.url}/tb/a", NOW)
    assert ledger.put(claim)
    assert outcome(sender().send(f"{blog.url}/post", retry=True)) == [("a", "claimed")]
    clock.now += PATIENCE
    assert outcome(sender().send(f"{blog.url}/post")) == [("a", "unclear")]
    assert not other.pings
    assert outcome(sender().send(f"{blog.url}/post", retry=True)) == [("a", "accepted")]
    assert outcome(sender().send(f"{blog.url}/post", retry=True)) == [("a", "accepted")]
    assert other.pinged() == ["a"]
