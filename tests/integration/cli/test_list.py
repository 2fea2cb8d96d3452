"""The command line lists pings for people and for programs."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.conftest import MakePing
from tests.integration.cli.conftest import NOW, Blogs, Output, folded, rows, said
from trackback.model.ping import Status
from trackback.model.transitions import CheckOutcome, checked
from trackback.model.verdict import Gone, LinkStatus, Verdict
from trackback.storage.pings import PingStore
from trackback.timestamps import stamp


def test_json_lists_every_ping_one_a_line(store: PingStore, make_ping: MakePing, capsys: Output) -> None:
    ping = make_ping(title="Grüße", excerpt="Wörter", blog_name="Blog")
    store.add(ping)
    assert rows(capsys, "list") == [
        {
            "id": ping.id,
            "post": "https://blog.example/2026/hello/",
            "url": ping.url,
            "title": "Grüße",
            "excerpt": "Wörter",
            "blog_name": "Blog",
            "received_at": "2026-11-22T06:11:01Z",
            "status": "received",
            "charset": "utf-8",
            "verdict": None,
        }
    ]


def test_a_list_can_be_of_one_status_or_one_post(
    store: PingStore, make_ping: MakePing, capsys: Output
) -> None:
    here, spam, there = make_ping(), make_ping(), make_ping(post="blog.example/other")
    for ping in (here, spam, there):
        store.add(ping)
    store.decide(spam.id, Status.SPAM, NOW)

    def ids(*options: str) -> list[str]:
        return [row["id"] for row in rows(capsys, "list", *options)]

    assert ids() == [there.id, spam.id, here.id]
    assert ids("--status", "spam") == [spam.id]
    assert ids("--status", "received") == [there.id, here.id]
    assert ids("--status", "approved") == []
    assert ids("--post", "http://www.blog.example/other/index.html") == [there.id]
    assert ids("--post", "blog.example/2026/hello", "--status", "received") == [here.id]


def test_a_list_is_a_table_that_fits_a_terminal(
    store: PingStore, make_ping: MakePing, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    ping = make_ping(title="日本語のとても長い題名" * 5, blog_name="[red]Other[/red]")
    store.add(ping)
    printed = said(capsys, "list")
    for words in (
        ping.id,
        "received",
        "2026-11-22 06:11",
        "日本語",
        "[red]Other[/red] → blog.example/2026/hello/",
    ):
        assert words in printed
    assert all(len(line) <= 80 for line in printed.splitlines())
    assert "\x1b" not in printed


@pytest.mark.usefixtures("table")
def test_an_empty_list_says_so(capsys: Output) -> None:
    assert said(capsys, "list") == "No pings here.\n"
    assert rows(capsys, "list") == []


def test_show_tells_all_of_one_ping(store: PingStore, make_ping: MakePing, capsys: Output) -> None:
    ping = make_ping(title="Grüße", excerpt="Some words")
    store.add(ping)
    printed = said(capsys, "show", ping.id)
    for words in (ping.id, ping.url, ping.post, "Grüße", "Some words", "received", "2026-11-22T06:11:01Z"):
        assert words in printed
    assert rows(capsys, "show", ping.id)[0]["id"] == ping.id


def test_the_verdict_stands_beside_a_ping(blogs: Blogs, capsys: Output) -> None:
    said(capsys, "verify", blogs.ping.id)
    printed = said(capsys, "list")
    assert "link missing" in printed
    assert "The server answers 404. The source does not link to the post." in folded(printed)
    assert "reasons: The source does not link to the post." in folded(said(capsys, "show", blogs.ping.id))


def test_only_approved_pings_whose_link_is_gone_for_good_have_disappeared(
    store: PingStore, make_ping: MakePing, capsys: Output
) -> None:
    now = datetime.now(UTC)
    since = {"long": now - timedelta(days=8), "lately": now}
    for title, moment in since.items():
        ping = make_ping(title=title)
        store.add(ping)
        store.decide(ping.id, Status.APPROVED, NOW)
        outcome = CheckOutcome(Status.APPROVED, link_missing=Gone(stamp(moment), 3), check_at=stamp(now))
        store.apply(checked(store.get(ping.id), Verdict(LinkStatus.MISSING, stamp(now)), outcome, now))
    store.add(make_ping(title="new"))
    assert rows(capsys, "list", "--disappeared", "--post", "blog.example/other") == []
    (disappeared,) = rows(capsys, "list", "--disappeared")
    assert (disappeared["title"], disappeared["gone"]["times"]) == ("long", 3)
    printed = folded(said(capsys, "list", "--disappeared"))
    assert f"Its link has not been found since {stamp(since['long'])[:10]}." in printed
    assert "3 times since" in folded(said(capsys, "show", disappeared["id"]))
