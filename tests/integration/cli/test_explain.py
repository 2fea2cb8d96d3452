"""The command line explains what was found out about a ping."""

import re

from tests.conftest import reworded
from tests.integration.cli.conftest import NOW, Blogs, Output, folded, rows, said
from trackback.model.ping import Status
from trackback.storage.pings import PingStore


def test_verify_looks_at_once_and_explains(blogs: Blogs, capsys: Output) -> None:
    printed = folded(said(capsys, "verify", blogs.ping.id))
    assert "link missing: the server answers 404" in printed
    assert "The source does not link to the post." in printed
    blogs.link()
    assert "“I read a post today.”" in folded(said(capsys, "verify", blogs.ping.id))


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


def test_json_tells_the_verdict_in_numbers_and_texts(blogs: Blogs, capsys: Output) -> None:
    blogs.link()
    said(capsys, "verify", blogs.ping.id)
    (listed,) = rows(capsys, "list")
    assert rows(capsys, "show", blogs.ping.id) == [listed]
    verdict = listed["verdict"]
    assert (verdict["link"], verdict["http_status"], verdict["links"]) == ("found", 200, 1)
    assert (verdict["score"], verdict["looks"]) == (-3, "looks genuine")
    assert "looks genuine" in folded(said(capsys, "explain", blogs.ping.id))
    assert "Looks genuine. The source links to the post." in folded(said(capsys, "list"))
    assert verdict["reasons"] == ["The source links to the post."]
    assert {type(verdict[name]) for name in ("http_status", "links", "score")} == {int}


def test_what_a_page_says_is_text_on_the_terminal(blogs: Blogs, capsys: Output) -> None:
    blogs.link("See \x1b[31m\x07[red]this[/red]\u202e <a href='{post}'>&#27;]0;title&#7;</a> [bold]now.")
    said(capsys, "verify", blogs.ping.id)
    for printed in (said(capsys, "explain", blogs.ping.id), said(capsys, "show", blogs.ping.id)):
        assert "[red]this[/red]" in printed
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", printed)
