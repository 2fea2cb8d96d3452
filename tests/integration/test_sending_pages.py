"""The pages Send and Sent: what the author may ask for, and what is told of pings sent, however many."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest

from tests.support.admin_client import NOTICE, QUEUE, Visitor, now
from trackback.model.send_job import JobResult, SendJob
from trackback.model.sent_ping import SentPing, Stage
from trackback.pages.admin.sending import MOST_READ, PAGE, Kind, list_sent
from trackback.paths import SEND, SENT
from trackback.sending.feed_trouble import note_trouble
from trackback.storage.send_jobs import SendJobs
from trackback.storage.sent_pings import SentPings
from trackback.storage.table import Table

POST = "https://blog.example/2026/hello/"
THEIRS = "https://other.example/a"
START = datetime(2026, 11, 26, tzinfo=UTC)


def jobs(table: Table) -> list[SendJob]:
    return SendJobs(table).newest()


def fill(table: Table, stages: Iterable[Stage], post: str = POST) -> list[SentPing]:
    """Write records, each a minute younger than the one before, and return them, the newest first."""
    records = [
        SentPing(post, f"https://other.example/{number}").ended(
            stage, f"words {number}", START + timedelta(minutes=number)
        )
        for number, stage in enumerate(stages)
    ]
    assert all(map(SentPings(table).put, records))
    return records[::-1]


@pytest.mark.parametrize("path", [SEND, SENT])
def test_nobody_else_gets_in(table: Table, path: str) -> None:  # noqa: ARG001 - as above
    assert Visitor().get(path)["statusCode"] == 303
    assert Visitor().post(path, {"url": POST, "do": "send"})["statusCode"] in {403, 405}


def test_a_form_from_elsewhere_orders_nothing(table: Table, author: Visitor) -> None:
    form = {"url": POST, "do": "send"}
    assert author.post(SEND, form, origin="https://evil.example")["statusCode"] == 403
    assert author.post(SEND, {**form, "csrf": "another"})["statusCode"] == 403
    assert jobs(table) == []


@pytest.mark.parametrize(
    ("form", "said"),
    [
        pytest.param({"do": "send"}, ("", False, False), id="send"),
        pytest.param({"do": "look"}, ("", False, True), id="look"),
        pytest.param({}, ("", False, True), id="no button: nothing is sent"),
        pytest.param({"do": "send", "again": "1"}, ("", True, False), id="again"),
        pytest.param({"do": "send", "ping_url": f" {THEIRS} "}, (THEIRS, False, False), id="one ping URL"),
    ],
)
def test_what_the_form_says_is_ordered(
    table: Table, author: Visitor, form: dict[str, Any], said: tuple[str, bool, bool]
) -> None:
    answer = author.post(SEND, {"url": POST, **form})
    assert (answer["statusCode"], answer["headers"]["Location"]) == (303, SEND)
    assert NOTICE in author.cookies
    (job,) = jobs(table)
    assert (job.source, job.state) == (POST, "waiting")
    assert (job.ping_url, job.again, job.dry_run) == said
    assert "Not done yet" in author.read(SEND)


@pytest.mark.parametrize(
    "form",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"url": "blog.example/2026/hello/"}, id="no scheme"),
        pytest.param({"url": "https://stranger.example/"}, id="not the author's"),
        pytest.param({"url": "javascript:alert(1)"}, id="no page"),
        pytest.param({"url": POST, "ping_url": "tb/7"}, id="no ping URL"),
        pytest.param({"url": f'"><script>{"x" * 5_000}'}, id="markup"),
    ],
)
def test_what_makes_no_order_is_told_in_words_and_kept_in_the_form(
    table: Table, author: Visitor, form: dict[str, str]
) -> None:
    answer = author.post(SEND, {"do": "send", **form})
    assert answer["statusCode"] == 400
    assert 'class="problem" id="problem">Write the ' in answer["body"]
    assert form.get("url", "")[:2_048] in unescape(answer["body"])
    assert "<script>" not in answer["body"]
    assert jobs(table) == []


def test_a_stranger_s_words_are_text_wherever_they_stand(table: Table, author: Visitor) -> None:
    evil = "<img src=x onerror=alert(1)>"
    step = JobResult(f"https://other.example/{evil}", "", "refused", evil)
    done = SendJob("send#evil", "2026-11-26T10:00:00.000Z", POST, state="done", title=evil, steps=(step,))
    SendJobs(table).save(done)
    SentPings(table).put(SentPing(POST, f"https://other.example/{evil}").ended(Stage.REFUSED, evil, START))
    for path in (SEND, SENT):
        page = author.read(path)
        assert "<img" not in page
        assert evil in unescape(page)


def test_the_links_that_get_no_ping_are_told(table: Table, author: Visitor) -> None:
    done = SendJob("send#1", "2026-11-26T10:00:00.000Z", POST, state="done", left_out="2 links in comments")
    SendJobs(table).save(done)
    page = author.read(SEND)
    assert "This page has no links to other sites that get pings." in page
    assert "Left out: 2 links in comments." in page


def test_a_feed_that_cannot_be_read_is_told_and_is_no_ping_to_try_again(
    table: Table, author: Visitor
) -> None:
    note_trouble(SentPings(table), "https://blog.example/feed.xml", "it is no feed", START)
    note_trouble(
        SentPings(table), "https://blog.example/feed.xml", "it is no feed", START + timedelta(days=1)
    )
    page = unescape(author.read(SENT))
    assert "Your feed" in page
    assert "It cannot be read, so that new posts send nothing: it is no feed" in page
    assert "Try again" not in page


def test_the_list_is_of_pings_and_pages_without_ping_url_have_their_own(
    table: Table, author: Visitor
) -> None:
    fill(table, Stage)
    said = {kind: author.read(SENT, f"list={kind.replace(' ', '+')}").count('class="look ') for kind in Kind}
    assert said == {
        Kind.PINGS: len(Stage) - 2,
        Kind.ARRIVED: 2,
        Kind.NOT_TAKEN: 4,  # a claim that is over among them
        Kind.WAITING: 1,
        Kind.NOWHERE: 2,
    }
    assert author.read(SENT).count('class="look ') == said[Kind.PINGS]


def test_the_pages_of_the_list_have_each_record_once(table: Table) -> None:
    records = fill(table, [Stage.ACCEPTED, Stage.NONE] * (PAGE + 3))
    sent = SentPings(table)
    first = list_sent(sent, now(), Kind.PINGS)
    second = list_sent(sent, now(), Kind.PINGS, after=first.next)
    assert [*first.sendings, *second.sendings] == [each for each in records if each.stage is Stage.ACCEPTED]
    assert (len(first.sendings), second.next) == (PAGE, "")


def test_a_post_has_its_own_list_however_its_address_is_written(table: Table) -> None:
    fill(table, [Stage.ACCEPTED])
    (other,) = fill(table, [Stage.ACCEPTED], "https://blog.example/other/")
    sent = SentPings(table)
    assert list_sent(sent, now(), Kind.PINGS, "http://www.blog.example/other/index.html").sendings == [other]
    assert len(list_sent(sent, now(), Kind.PINGS).sendings) == 2


def test_what_is_found_nowhere_is_looked_for_in_so_many_records_and_then_on(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_READ == 1_000
    monkeypatch.setattr("trackback.pages.admin.sending.MOST_READ", 6)
    records = fill(table, [Stage.REFUSED, *[Stage.ACCEPTED] * 9])
    sent = SentPings(table)
    first = list_sent(sent, now(), Kind.NOT_TAKEN)
    assert (first.sendings, first.looked_at) == ([], 6)
    assert list_sent(sent, now(), Kind.NOT_TAKEN, after=first.next).sendings == records[-1:]


@pytest.mark.parametrize(
    "query",
    [
        "list=all",
        "post=blog.example",
        "post=%00",
        "after=x",
        "after=2026-11-26T00:00:00.000Z+sent%23",
        "list=%FF",
    ],
)
def test_a_query_that_makes_no_sense_is_told_so(author: Visitor, query: str) -> None:
    answer = author.get(SENT, query)
    assert answer["statusCode"] == 400
    assert f'href="{QUEUE}"' in answer["body"]


def test_a_refused_ping_s_link_fills_in_the_form(table: Table, author: Visitor) -> None:
    by_hand = SentPing(POST, THEIRS, THEIRS).ended(Stage.REFUSED, "no", START)
    SentPings(table).put(by_hand)
    link = unescape(author.read(SENT).partition('class="button" href="')[2].partition('"')[0])
    form = author.read(*link.split("?"))
    assert f'name="url" value="{POST}"' in form
    assert f'name="ping_url" value="{THEIRS}"' in form
    assert 'name="again" value="1" checked' in form
