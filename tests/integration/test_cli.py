"""The author's command line, on a real table."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import MakePing, reworded
from tests.websites import Answer, Website, page, website
from trackback.cli.main import main
from trackback.errors import StatusChanged
from trackback.model.ping import Ping, Status
from trackback.model.posts import Sites
from trackback.model.settings import Settings
from trackback.model.transitions import CheckOutcome, checked
from trackback.model.verdict import Gone, LinkStatus, Verdict
from trackback.protocols.trackback.receive import read_ping
from trackback.storage.pings import PingStore
from trackback.storage.settings import load_rules, save_settings
from trackback.storage.table import Table
from trackback.timestamps import stamp

Output = pytest.CaptureFixture[str]
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def said(output: Output, *arguments: str) -> str:
    """Return what a command that works prints."""
    assert main(arguments) == 0
    return output.readouterr().out


def rows(output: Output, *arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said(output, *arguments, "--json").splitlines()]


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


DECISIONS = [("approve", Status.APPROVED), ("reject", Status.REJECTED), ("spam", Status.SPAM)]


@pytest.mark.parametrize(("command", "status"), DECISIONS)
def test_a_decision_is_made_for_each_ping_named(
    store: PingStore, make_ping: MakePing, capsys: Output, command: str, status: Status
) -> None:
    pings = [make_ping(), make_ping()]
    for ping in pings:
        store.add(ping)
    printed = said(capsys, command, *[ping.id for ping in pings])
    assert [store.get(ping.id).status for ping in pings] == [status, status]
    assert printed.splitlines() == [f"{ping.id}  received → {status}  {ping.texts.title}" for ping in pings]
    assert "already" in said(capsys, command, pings[0].id)


def test_what_can_be_done_is_done_and_the_rest_is_told(
    store: PingStore, make_ping: MakePing, capsys: Output
) -> None:
    ping = make_ping()
    store.add(ping)
    assert main(["approve", "nosuchping", ping.id]) == 1
    assert capsys.readouterr().err == "trackback: nosuchping: there is no such ping\n"
    assert store.get(ping.id).status is Status.APPROVED


def test_a_decision_that_came_too_late_is_told(
    store: PingStore, make_ping: MakePing, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    ping = make_ping()
    store.add(ping)

    def late(*_: object, **__: object) -> None:
        raise StatusChanged("its status has changed meanwhile; look at it again")

    monkeypatch.setattr(PingStore, "decide", late)
    assert main(["reject", ping.id]) == 1
    assert "changed meanwhile" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "nosuchping"],
        ["explain", "nosuchping"],
        ["verify", "nosuchping"],
        ["why", "blog.example/2026/hello"],
        ["list", "--table", "nosuchtable"],
        ["approve", "x", "--table", "nosuchtable"],
    ],
)
@pytest.mark.usefixtures("table")
def test_what_cannot_be_done_is_one_line_and_status_1(arguments: list[str], capsys: Output) -> None:
    assert main(arguments) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("trackback: ")
    assert shown.err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["list", "--status", "nice"],
        ["list", "--limit"],
        ["approve"],
        ["show"],
        ["explain"],
        ["undo"],
        ["keep"],
        ["verify"],
        ["why"],
        ["rules"],
        ["rules", "add", "allow"],
        ["rules", "add", "love", "host", "x.example"],
        ["rules", "remove", "smell", "x"],
    ],
)
def test_wrong_usage_is_status_2(arguments: list[str], capsys: Output) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage: trackback" in capsys.readouterr().err


def test_the_table_can_be_named_in_the_environment(
    make_ping: MakePing, capsys: Output, monkeypatch: pytest.MonkeyPatch, store: PingStore
) -> None:
    store.add(make_ping())
    monkeypatch.setenv("TRACKBACK_TABLE", "nosuchtable")
    assert main(["list"]) == 1
    assert len(rows(capsys, "list", "--table", "trackback")) == 1


def test_a_stand_in_on_this_machine_needs_no_credentials(
    store: PingStore, make_ping: MakePing, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.add(make_ping())
    for name in ("AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    assert len(rows(capsys, "list")) == 1


@dataclass(frozen=True)
class Blogs:
    """A blog and a page that pings it, on one server."""

    server: Website
    answers: dict[str, Answer]
    ping: Ping

    def link(self, sentence: str = "I read <a href='{post}'>a post</a> today.") -> None:
        """Let the page link to the post."""
        self.answers["/re"] = page(f"<title>Mine</title><p>{sentence}".replace("{post}", self.ping.post))


@pytest.fixture
def blogs(store: PingStore) -> Iterator[Blogs]:
    """A blog that is there, and a ping from a page that is not."""
    answers: dict[str, Answer] = {"/post/": page("<title>A post</title>")}
    with website(answers) as server:
        post = Sites(server.url).find(f"{server.url.partition('://')[2]}/post/")
        fields = {"url": f"{server.url}/re", "title": "A reply", "excerpt": "Words", "blog_name": "Other"}
        ping = read_ping(post, {name: value.encode() for name, value in fields.items()}, "utf-8", NOW)
        store.add(ping)
        yield Blogs(server, answers, ping)


def folded(printed: str) -> str:
    """Return what was printed, as if its lines had no end."""
    return " ".join(printed.split())


def test_verify_looks_at_once_and_explains(blogs: Blogs, capsys: Output) -> None:
    printed = folded(said(capsys, "verify", blogs.ping.id))
    assert "link missing: the server answers 404" in printed
    assert "The source does not link to the post." in printed
    blogs.link()
    assert "“I read a post today.”" in folded(said(capsys, "verify", blogs.ping.id))


def test_a_revision_is_shown_when_the_author_names_it(store: PingStore, blogs: Blogs, capsys: Output) -> None:
    store.decide(blogs.ping.id, Status.APPROVED, NOW)
    store.add(reworded(blogs.ping, title="Other words"))
    name = store.get(blogs.ping.id).revision_hash
    assert f"(revision {name})" in folded(said(capsys, "list"))
    assert "was approved already" in said(capsys, "approve", blogs.ping.id)
    assert main(["approve", "--revision", "0000", blogs.ping.id]) == 1
    assert store.get(blogs.ping.id).texts.title != "Other words"
    assert f"now shows revision {name}" in folded(said(capsys, "approve", "--revision", name, blogs.ping.id))
    assert store.get(blogs.ping.id).texts.title == "Other words"


def test_the_last_decision_is_undone(store: PingStore, make_ping: MakePing, capsys: Output) -> None:
    ping, never_decided = make_ping(), make_ping()
    for one in (ping, never_decided):
        store.add(one)
    said(capsys, "reject", ping.id)
    said(capsys, "approve", ping.id)
    assert said(capsys, "undo", ping.id) == f"{ping.id}  approved → rejected  {ping.texts.title}\n"
    assert store.get(ping.id).status is Status.REJECTED
    assert "rejected by author: undo" in folded(said(capsys, "explain", ping.id))
    assert main(["undo", "nosuchping", never_decided.id, ping.id]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "trackback: nosuchping: there is no such ping",
        f"trackback: {never_decided.id}: there is no decision to undo",
        f"trackback: {ping.id}: there is no decision to undo",
    ]


def test_a_revision_that_was_shown_is_taken_back(store: PingStore, blogs: Blogs, capsys: Output) -> None:
    said(capsys, "approve", blogs.ping.id)
    store.add(reworded(blogs.ping, title="Other words"))
    said(capsys, "approve", "--revision", store.get(blogs.ping.id).revision_hash, blogs.ping.id)
    assert "shows its words from before" in said(capsys, "undo", blogs.ping.id)
    assert store.get(blogs.ping.id).texts.title == blogs.ping.texts.title


def test_a_revision_is_dropped_when_the_author_keeps_the_words(
    store: PingStore, blogs: Blogs, capsys: Output
) -> None:
    said(capsys, "approve", blogs.ping.id)
    store.add(reworded(blogs.ping, title="Other words"))
    name = store.get(blogs.ping.id).revision_hash
    assert f"{blogs.ping.id} dropped revision {name}" in folded(said(capsys, "keep", blogs.ping.id))
    assert store.get(blogs.ping.id).revision is None
    (listed,) = rows(capsys, "list")
    assert "dropped" not in listed
    assert main(["keep", blogs.ping.id]) == 1
    assert "no other words to drop" in capsys.readouterr().err


def test_a_decision_follows_the_settings(
    table: Table, store: PingStore, make_ping: MakePing, capsys: Output
) -> None:
    save_settings(table, Settings(approve_known=True), Settings())
    known, nameless = make_ping(), make_ping(url="https://intranet/re")
    for ping in (known, nameless):
        store.add(ping)
    said(capsys, "approve", known.id)
    assert list(map(str, load_rules(table))) == ["allow host other.example"]
    assert main(["approve", nameless.id]) == 1
    assert "The ping is approved, but there is no rule for its site." in capsys.readouterr().err
    assert store.get(nameless.id).status is Status.APPROVED


def test_explain_tells_a_whole_life(store: PingStore, blogs: Blogs, capsys: Output) -> None:
    blogs.link()
    said(capsys, "verify", blogs.ping.id)
    store.decide(blogs.ping.id, Status.APPROVED, NOW)
    store.add(reworded(blogs.ping, title="Other words"))
    printed = folded(said(capsys, "explain", blogs.ping.id))
    for words in (
        f"from Other {blogs.ping.url}",
        "status approved",
        "link found",
        "reasons The source links to the post.",
        f"sent again revision {store.get(blogs.ping.id).revision_hash} Other words",
        "history 2026-11-24T00:00:00Z received",
        "pending by check",
        "2026-11-24T00:00:00Z approved by author",
        "next look 2026-11-25T00:00:00Z",
    ):
        assert words in printed


def test_explain_says_what_was_not_looked_at_yet(blogs: Blogs, capsys: Output) -> None:
    printed = folded(said(capsys, "explain", blogs.ping.id))
    assert "link not looked at yet" in printed
    assert "score" not in printed


def test_what_was_spam_unseen_was_not_looked_at(blogs: Blogs, capsys: Output) -> None:
    said(capsys, "rules", "add", "block", "text", "a reply")
    printed = folded(said(capsys, "verify", blogs.ping.id))
    assert "link not looked at, for the ping alone says enough" in printed
    assert "Your rule “block text a reply” matches." in printed
    assert "not looked at" in said(capsys, "list")
    assert blogs.server.requests == []


@pytest.mark.parametrize("command", ["reject", "spam"])
def test_what_was_decided_against_is_not_looked_at_again(blogs: Blogs, capsys: Output, command: str) -> None:
    said(capsys, command, blogs.ping.id)
    assert main(["verify", blogs.ping.id]) == 1
    assert "is not looked at any more" in capsys.readouterr().err
    assert blogs.server.requests == []


def test_json_tells_the_verdict_in_numbers_and_texts(blogs: Blogs, capsys: Output) -> None:
    blogs.link()
    said(capsys, "verify", blogs.ping.id)
    (listed,) = rows(capsys, "list")
    assert rows(capsys, "show", blogs.ping.id) == [listed]
    verdict = listed["verdict"]
    assert (verdict["link"], verdict["http_status"], verdict["links"]) == ("found", 200, 1)
    assert verdict["score"] == -3
    assert verdict["reasons"] == ["The source links to the post."]
    assert {type(verdict[name]) for name in ("http_status", "links", "score")} == {int}


def test_the_verdict_stands_beside_a_ping(blogs: Blogs, capsys: Output) -> None:
    said(capsys, "verify", blogs.ping.id)
    printed = said(capsys, "list")
    assert "link missing" in printed
    assert "The server answers 404. The source does not link to the post." in folded(printed)
    assert "reasons: The source does not link to the post." in folded(said(capsys, "show", blogs.ping.id))


def test_what_a_page_says_is_text_on_the_terminal(blogs: Blogs, capsys: Output) -> None:
    blogs.link("See \x1b[31m\x07[red]this[/red]\u202e <a href='{post}'>&#27;]0;title&#7;</a> [bold]now.")
    said(capsys, "verify", blogs.ping.id)
    for printed in (said(capsys, "explain", blogs.ping.id), said(capsys, "show", blogs.ping.id)):
        assert "[red]this[/red]" in printed
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", printed)


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


@pytest.mark.usefixtures("table")
def test_rules_are_added_listed_and_removed(capsys: Output) -> None:
    assert said(capsys, "rules", "list") == "No rules.\n"
    assert (
        said(capsys, "rules", "add", "allow", "host", "https://Friend.example/")
        == "allow host friend.example\n"
    )
    said(capsys, "rules", "add", "block", "text", "Cheap  watches")
    assert said(capsys, "rules", "list").splitlines() == [
        "allow host friend.example",
        "block text cheap watches",
    ]
    said(capsys, "rules", "add", "block", "host", "friend.example")
    assert said(capsys, "rules", "list").splitlines() == [
        "block text cheap watches",
        "block host friend.example",
    ]
    said(capsys, "rules", "remove", "host", "friend.example")
    assert said(capsys, "rules", "list") == "block text cheap watches\n"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["add", "allow", "host", "com"], "every host of a top-level domain"),
        (["add", "block", "path", "x.example"], "A path rule needs a path"),
        (["remove", "host", "nobody.example"], "there is no such rule"),
    ],
    ids=lambda value: value[3] if isinstance(value, list) and len(value) > 3 else None,
)
@pytest.mark.usefixtures("table")
def test_a_rule_that_cannot_be_is_told(arguments: list[str], reason: str, capsys: Output) -> None:
    assert main(["rules", *arguments]) == 1
    shown = capsys.readouterr()
    assert reason in shown.err
    assert (shown.out, shown.err.count("\n")) == ("", 1)


@pytest.mark.usefixtures("table")
def test_why_tells_the_keys_of_a_url_and_the_rules_that_match(capsys: Output) -> None:
    said(capsys, "rules", "add", "allow", "path", "blog.example/joe")
    said(capsys, "rules", "add", "block", "host", "spam.example")
    printed = folded(said(capsys, "why", "http://www.blog.example/joe/index.html?utm_source=x&p=7"))
    assert "as a post blog.example/joe " in printed
    assert "as a source www.blog.example/joe/index.html?p=7 " in printed
    assert printed.endswith("rules allow path blog.example/joe")
    assert folded(said(capsys, "why", "https://other.example/")).endswith("rules none")
