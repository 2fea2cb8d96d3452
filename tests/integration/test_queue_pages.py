"""The author's queue and a ping's own page: shown, searched, decided, undone."""

import html
import re

import pytest

from tests.support.admin_client import NO_PING, QUEUE, Visitor, Waiting, chosen, mailed, now, one
from trackback.model.ping import Status
from trackback.model.settings import Settings
from trackback.storage.pings import PingStore
from trackback.storage.settings import load_rules, save_settings
from trackback.storage.table import Table
from trackback.timestamps import stamp


def test_a_ping_is_shown_with_all_that_an_author_asks(
    author: Visitor, waiting: Waiting, table: Table
) -> None:
    ping = waiting(title="Re: Hello", excerpt="Some words", blog_name="Other", url="https://other.example/re")
    table.write("post#blog.example/2026/hello", "facts", {"title": "Hello, world"})
    page = author.read(QUEUE)
    said = ("Re: Hello", "Some words", "Other", "Hello, world", "Links to your post", "<mark>a post</mark>")
    assert all(words in page for words in said)
    assert re.search('<p class="looks">(Looks genuine|Unclear|Looks like spam)</p>', page)
    assert 'href="https://other.example/re" target="_blank" rel="noopener noreferrer nofollow ugc"' in page
    assert f'value="approve {chosen(ping)}"' in page


def test_tabs_tell_how_many_pings_they_have(author: Visitor, store: PingStore, waiting: Waiting) -> None:
    first, *_ = [waiting() for _ in range(3)]
    store.decide(first.id, Status.SPAM, now())
    found = re.findall(
        r'<a href="/moderate\?tab=\w+"(.*?)>(\w+) <span class="count">([^<]+)<', author.read(QUEUE)
    )
    assert found[0] == (' aria-current="page"', "Pending", "2")
    assert [count for *_, count in found] == ["2", "0", "0", "1", "0"]


def test_a_search_and_a_page_are_part_of_the_address(author: Visitor, waiting: Waiting) -> None:
    for number in range(27):
        waiting(title=f"A title of {number}")
    waiting(title="Something else")
    page = author.read(QUEUE)
    assert page.count("data-item") == 25
    (older,) = re.findall(r'href="/moderate\?(after=[^"]+)"', page)
    assert author.read(QUEUE, older).count("data-item") == 3
    found = author.read(QUEUE, "search=Something+ELSE")
    assert (found.count("data-item"), 'value="Something ELSE"' in found) == (1, True)


@pytest.mark.parametrize(
    "query",
    [
        "tab=nope",
        "tab=%00",
        "after=x",
        "after=MCAyMDI2LTExLTIyVDA2OjExOjAxLjAwMFogYWFhYQ",
        "&".join(f"a{number}=" for number in range(300)),
    ],
)
def test_a_query_that_makes_no_sense_is_answered_with_a_page(author: Visitor, query: str) -> None:
    answer = author.get(QUEUE, query)
    assert answer["statusCode"] == 400
    assert 'href="/moderate"' in answer["body"]


@pytest.mark.parametrize("query", ["search=%FF%FE%00", "post=%2e%2e//%00", "search=" + "x" * 8_000, "tab="])
def test_odd_searches_find_nothing_and_do_no_harm(author: Visitor, query: str) -> None:
    assert author.get(QUEUE, query)["statusCode"] == 200


# Decisions


@pytest.mark.parametrize(
    ("act", "status"),
    [("approve", Status.APPROVED), ("reject", Status.REJECTED), ("spam", Status.SPAM)],
)
def test_one_press_decides_and_one_undoes_it(
    author: Visitor, store: PingStore, waiting: Waiting, act: str, status: Status
) -> None:
    ping = waiting()
    answer = author.post(f"{QUEUE}/decide", one(act, ping) | {"tab": "pending", "search": "a b"})
    assert answer["headers"]["Location"] == "/moderate?tab=pending&search=a+b"
    assert store.get(ping.id).status is status
    page = author.read(QUEUE)
    (undo,) = re.findall(r'name="ping" value="([^"]+)"', page)
    author.post(f"{QUEUE}/decide", {"act": "undo", "ping": undo})
    assert store.get(ping.id).status is Status.PENDING
    assert "1 ping put back" in author.notice()


def test_a_notice_is_shown_once(author: Visitor, waiting: Waiting) -> None:
    author.post(f"{QUEUE}/decide", one("approve", waiting()))
    assert "1 ping approved" in author.notice()
    assert not author.notice()


def test_many_are_decided_at_once_and_put_back_at_once(
    author: Visitor, store: PingStore, waiting: Waiting
) -> None:
    pings = [waiting() for _ in range(5)]
    author.post(f"{QUEUE}/decide", {"act": "reject", "ping": [chosen(ping) for ping in pings[:4]]})
    assert [store.get(ping.id).status for ping in pings] == [Status.REJECTED] * 4 + [Status.PENDING]
    undo = re.findall(r'name="ping" value="([^"]+:rejected:)"', author.read(QUEUE))
    author.post(f"{QUEUE}/decide", {"act": "undo", "ping": undo})
    assert {store.get(ping.id).status for ping in pings} == {Status.PENDING}


def test_bulk_buttons_want_ticks(author: Visitor) -> None:
    author.post(f"{QUEUE}/decide", {"act": "approve"})
    assert author.notice() == "Tick the pings first that you mean."


def test_enter_on_a_tick_box_decides_nothing(author: Visitor, store: PingStore, waiting: Waiting) -> None:
    ping = waiting()
    (first, *_) = re.findall(
        r'<button name="(\w+)" value="([^"]*)"', author.read(QUEUE).split('id="decide"')[1]
    )
    author.post(f"{QUEUE}/decide", {first[0]: first[1], "ping": chosen(ping)})
    assert "Enter alone does nothing" in author.notice()
    assert store.get(ping.id) == ping


def test_a_form_that_is_sent_twice_does_its_work_once(
    author: Visitor, store: PingStore, waiting: Waiting
) -> None:
    ping = waiting()
    for _ in range(2):
        author.post(f"{QUEUE}/decide", one("approve", ping))
        assert "1 ping approved" in author.notice()
    assert len(store.get(ping.id).history) == len(ping.history) + 1
    assert store.counts(["blog.example/2026/hello"]) == {"blog.example/2026/hello": 1}
    for _ in range(2):
        author.post(f"{QUEUE}/decide", {"act": "undo", "ping": f"{ping.id}:approved:"})
    assert store.get(ping.id).status is Status.PENDING


def test_of_two_tabs_the_first_decides_and_the_second_is_told(
    author: Visitor, store: PingStore, waiting: Waiting
) -> None:
    ping, other = waiting(), waiting()
    author.post(f"{QUEUE}/decide", one("spam", ping))
    author.post(f"{QUEUE}/decide", one("approve", ping))
    assert "changed meanwhile" in author.notice()
    author.post(f"{QUEUE}/decide", {"act": "approve", "ping": [chosen(ping), chosen(other)]})
    late = "1 had changed meanwhile, and nothing was done about it."
    assert author.notice() == f"1 ping approved: readers see it within a minute. {late}"
    assert (store.get(ping.id).status, store.get(other.id).status) == (Status.SPAM, Status.APPROVED)


def test_a_ping_that_has_gone_is_told(author: Visitor) -> None:
    author.post(f"{QUEUE}/decide", {"one": f"approve {NO_PING}:pending:"})
    assert "changed meanwhile" in author.notice()
    assert author.get(f"{QUEUE}/ping/{NO_PING}")["statusCode"] == 404


@pytest.mark.parametrize(
    ("act", "status", "rule"),
    [
        ("allow", Status.APPROVED, "allow host other.example"),
        ("block", Status.SPAM, "block host other.example"),
    ],
)
def test_a_site_is_allowed_or_blocked_from_a_pings_page(
    author: Visitor, table: Table, store: PingStore, waiting: Waiting, act: str, status: Status, rule: str
) -> None:
    ping = waiting()
    answer = author.post(f"{QUEUE}/decide", one(act, ping) | {"back": ping.id})
    assert answer["headers"]["Location"] == f"{QUEUE}/ping/{ping.id}"
    assert store.get(ping.id).status is status
    assert list(map(str, load_rules(table))) == [rule]


def test_a_site_is_not_allowed_on_account_of_what_has_been_decided_meanwhile(
    author: Visitor, table: Table, store: PingStore, waiting: Waiting
) -> None:
    ping = waiting()
    store.decide(ping.id, Status.REJECTED, now())
    author.post(f"{QUEUE}/decide", one("allow", ping))
    assert (store.get(ping.id).status, load_rules(table)) == (Status.REJECTED, [])


def test_looking_again_wakes_verification(author: Visitor, store: PingStore, waiting: Waiting) -> None:
    ping = waiting()
    author.post(f"{QUEUE}/decide", one("look", ping))
    assert store.get(ping.id).needs_check


def test_approving_can_make_a_rule(author: Visitor, table: Table, waiting: Waiting) -> None:
    save_settings(table, Settings(approve_known=True), Settings())
    author.post(f"{QUEUE}/decide", one("approve", waiting()))
    assert list(map(str, load_rules(table))) == ["allow host other.example"]


def test_a_pings_page_tells_what_became_of_it(author: Visitor, store: PingStore, waiting: Waiting) -> None:
    ping, other = waiting(), waiting(title="Another one")
    store.decide(ping.id, Status.APPROVED, now())
    page = author.read(f"{QUEUE}/ping/{ping.id}")
    assert all(
        words in page for words in ("approved by you", "Another one", f"/moderate/ping/{other.id}", ping.id)
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "' onmouseover='alert(1)",
        "{{ 7*191 }}{% include 'app.py' %}",
        "</title></textarea></style><svg onload=alert(1)>",
    ],
)
def test_strangers_words_are_words(
    author: Visitor, table: Table, store: PingStore, waiting: Waiting, text: str
) -> None:
    ping = waiting()
    fields = {"title": text, "excerpt": text, "blog_name": text}
    verdict = {"link": "found", "checked_at": stamp(now()), "sentence": text, "text": text, "reasons": [text]}
    for name, value in {**fields, "verdict": verdict, "revision": {**fields, "title": text * 2}}.items():
        table.write(ping.id, name, value)
    for page in (QUEUE, f"{QUEUE}/ping/{ping.id}", mailed(store.get(ping.id))):
        read = author.read(page)
        assert html.escape(text).replace("&quot;", "&#34;").replace("&#x27;", "&#39;") in read
        assert not re.search(r"<script>|<img|<svg|onmouseover='|{{ asset|\b1337\b", read)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "vbscript:x"])
def test_nothing_but_the_web_is_linked_to(author: Visitor, table: Table, waiting: Waiting, url: str) -> None:
    ping = waiting()
    table.write(ping.id, "url", url)
    for page in (QUEUE, f"{QUEUE}/ping/{ping.id}"):
        assert f'href="{url}' not in author.read(page)
