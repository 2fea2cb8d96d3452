"""The running stack under an allow rule: what anybody can send in a friend's name, and what readers see."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from tests.e2e.author import ask, mails, sign_in, titles_shown
from tests.e2e.conftest import Row, Running, Trackback, eventually, judged
from tests.support.websites import Answer, page, redirect, website


def ping(stack: Running, url: str, **fields: str) -> None:
    """Ping the post that starts without pings, as anybody may."""
    form = {"url": url, "title": "Buy pills", "excerpt": "Cheap", "blog_name": "Pills"} | fields
    with urlopen(Request(stack.ping_url, urlencode(form).encode())) as answer:
        assert b"<error>0</error>" in answer.read()


def written(stack: Running, title: str, around: str = "<p>I read {} today.") -> bytes:
    """Return a page with a link to the post."""
    link = f"<a href='{stack.blog}/posts/hello-world/'>a post</a>"
    return page(f"<title>{title}</title><article>Words of a friend.</article>{around.format(link)}")


@contextmanager
def friend(trackback: Trackback, path: str, answer: Answer | Mapping[str, Answer]) -> Iterator[str]:
    """Serve a friend's page at every address below a path, which a rule allows; yield the path's URL."""
    with website(answer) as site:
        assert trackback("rules", "add", "allow", "path", f"localhost/{path}")
        try:
            yield f"http://localhost:{site.port}/{path}"
        finally:
            trackback("rules", "remove", "path", f"localhost/{path}")


def mailed(stack: Running, words: str) -> bool:
    """Tell whether a mail has said something."""
    return any(words in mail.text for mail in mails(stack))


def reasons(row: Row) -> str:
    return " ".join(row["verdict"]["reasons"])


def test_eight_spellings_of_a_friends_page_show_once(stack: Running, trackback: Trackback) -> None:
    with friend(trackback, "about-you", written(stack, "About you")) as url:
        urls = [f"{url}?x={number}" for number in range(8)]
        for each in urls:
            ping(stack, each)
        rows = [judged(stack, each) for each in urls]
    shown = [row for row in rows if row["status"] == "approved"]
    held = [row for row in rows if row["status"] == "pending"]
    assert (len(shown), len(held)) == (1, 7)
    assert titles_shown(stack).count("About you") == 1
    assert {row["verdict"]["same_as"] for row in held} == {shown[0]["id"]}
    assert all("This page is " in reasons(row) for row in held)
    assert f"the same page as {shown[0]['id']}" in " ".join(trackback("explain", held[0]["id"]).split())


def test_the_author_is_told_that_a_page_waits_already_under_another_address(stack: Running) -> None:
    answers = {"/new": written(stack, "Moved"), "/old": redirect("/new")}
    with website(answers) as site:
        old, new = (f"http://localhost:{site.port}/{path}" for path in ("old", "new"))
        ping(stack, old, title="By its old address")
        first = judged(stack, old)
        ping(stack, new)
        second = judged(stack, new)
    assert "This page is pending already, as “By its old address”." in second["verdict"]["reasons"]
    assert second["verdict"]["same_as"] == first["id"]
    page_of_second = ask(f"{stack.api}/moderate/ping/{second['id']}", Cookie=sign_in(stack)).text
    assert f'href="/moderate/ping/{first["id"]}"' in page_of_second


@pytest.mark.parametrize(
    ("path", "around", "link", "said"),
    [
        ("commented", "<div class=comments><p>Get {} here!</div>", "found", "The link stands in a comment."),
        ("hidden", "<p hidden>{}", "missing", "The link is hidden from readers."),
        ("invisible", "<p style='display:none'>{}", "missing", "The link is hidden from readers."),
        ("inert", "<section inert>{}</section>", "missing", "The link is hidden from readers."),
        ("dialog", "<dialog>{}</dialog>", "missing", "The link is hidden from readers."),
        ("popover", "<div popover>{}</div>", "missing", "The link is hidden from readers."),
    ],
)
def test_a_link_that_a_friend_has_not_shown_to_readers_approves_nothing(
    stack: Running, trackback: Trackback, path: str, around: str, link: str, said: str
) -> None:
    with friend(trackback, path, written(stack, f"A friend's {path}", around)) as url:
        ping(stack, url)
        row = judged(stack, url)
    assert (row["status"], row["verdict"]["link"]) == ("pending", link)
    assert said in row["verdict"]["reasons"]
    assert f"A friend's {path}" not in titles_shown(stack)


def test_a_rule_approves_three_pages_for_a_post_in_a_day_and_the_author_is_told_of_them(
    stack: Running, trackback: Trackback
) -> None:
    stack.forget("mail#")
    pages = {f"/series/{number}": written(stack, f"Part {number}") for number in range(4)}
    with friend(trackback, "series", pages) as url:
        for number in range(4):
            ping(stack, f"{url}/{number}", title=f"Own title {number}", excerpt=f"Excerpt {number}")
        rows = [judged(stack, f"{url}/{number}") for number in range(4)]
    assert sorted(row["status"] for row in rows) == ["approved"] * 3 + ["pending"]
    (held,) = (row for row in rows if row["status"] == "pending")
    assert "It has approved 3 pings for this post in 24 hours, its limit." in held["verdict"]["reasons"]
    for row in rows:
        if row["status"] == "approved":
            eventually(partial(mailed, stack, f"{stack.api}/moderate/ping/{row['id']}"))


@pytest.mark.parametrize(
    ("host", "instead"),
    [
        ("medium.com", "path medium.com/@name"),
        ("github.io", "host name.github.io"),
        ("co.uk", "host name.co.uk"),
    ],
)
def test_a_host_that_many_share_is_not_allowed_as_a_whole(
    trackback: Trackback, host: str, instead: str
) -> None:
    with pytest.raises(subprocess.CalledProcessError) as refused:
        trackback("rules", "add", "allow", "host", host)
    assert refused.value.returncode == 1
    assert f"Many people share {host}. Allow one of them: allow {instead}" in refused.value.stderr
    assert trackback("rules", "add", "allow", *instead.split(" ")) == f"allow {instead}\n"
    trackback("rules", "remove", *instead.split(" "))
