"""The post's own page closes pings for it, or names another address of it."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.integration.conftest import BLOG, NOW, POST, Web
from tests.integration.verification.conftest import SOURCE
from tests.support.websites import Answer, page, redirect, reset
from trackback.model.ping import Status
from trackback.receiving.verifier import NO_SUCH_POST


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone"])
def test_a_ping_for_a_page_that_the_blog_does_not_have_is_closed(web: Web, status: str) -> None:
    web.answers |= {SOURCE: web.link("/nowhere/"), "/nowhere/": page("", status)}
    ping = web.verify(web.add(post="/nowhere/"))
    assert ping.status is Status.REJECTED
    assert (ping.history[-1].by, ping.history[-1].why) == ("check", NO_SUCH_POST)
    assert web.asked() == [SOURCE, "/nowhere/"]
    assert web.verify(web.add("/again", post="/nowhere/")).status is Status.REJECTED
    assert web.asked() == [SOURCE, "/nowhere/"]  # the blog's page is known by now


def test_a_page_that_the_blog_publishes_later_takes_pings_then(web: Web) -> None:
    web.answers |= {SOURCE: web.link("/soon/")}
    assert web.verify(web.add(post="/soon/")).status is Status.REJECTED
    web.answers["/soon/"] = page("<title>Here</title>")
    assert web.verify(web.add("/re2", post="/soon/"), timedelta(hours=2)).status is Status.PENDING


@pytest.mark.parametrize(
    "answer", [page("", "500 Ouch"), page("", "403 No"), reset(b"HT"), redirect("http://private.example/")]
)
def test_a_blog_that_is_down_loses_no_ping(web: Web, answer: Answer) -> None:
    web.answers |= {SOURCE: web.link(), POST: answer}
    ping = web.verify(web.add())
    assert ping.verdict
    assert (ping.status, ping.verdict.link) == (Status.PENDING, "found")
    assert "facts" not in web.table.get(f"post#{web.post_key}")


def test_the_post_is_fetched_once_and_remembered(web: Web) -> None:
    canonical = web.url("/hello", BLOG)
    web.answers[POST] = page(f"<html lang=nb><title>Hei</title><link rel=canonical href='{canonical}'>")
    for n in range(4):
        web.answers[f"/{n}"] = web.link()
        web.verify(web.add(f"/{n}"))
    assert web.asked().count(POST) == 1
    assert web.table.get(f"post#{web.post_key}")["facts"] == {
        "title": "Hei",
        "language": "nb",
        "canonical": canonical,
        "seen_at": "2026-11-24T00:00:00.000Z",
    }
    assert web.store.counts([web.post_key]) == {web.post_key: 0}
    web.verify(web.add("/5"), timedelta(days=31))
    assert web.asked().count(POST) == 2


CANONICAL = [
    ("on the blog", "/hello-again", BLOG, "found"),
    ("on the blog with www", "/hello-again", f"www.{BLOG}", "found"),
    ("on another host", "/hello-again", "evil.example", "missing"),
    ("on a host below", "/hello-again", f"sub.{BLOG}", "missing"),
]


@pytest.mark.parametrize(
    ("path", "host", "link"), [row[1:] for row in CANONICAL], ids=[row[0] for row in CANONICAL]
)
def test_a_canonical_url_counts_as_the_post_on_the_blog_only(
    web: Web, path: str, host: str, link: str
) -> None:
    web.answers[POST] = page(f"<title>Hello</title><link rel=canonical href='{web.url(path, host)}'>")
    web.answers[SOURCE] = web.link(path, host)
    ping = web.verify(web.add())
    assert ping.verdict
    assert ping.verdict.link == link


def expires_at(web: Web, path: str = POST) -> datetime | None:
    """Return when the table deletes what it knows of a post."""
    stored = web.table.get(f"post#{BLOG}:{web.server.port}{path}".rstrip("/"))
    return datetime.fromtimestamp(stored["expires_at"], UTC) if "expires_at" in stored else None


def test_what_is_known_of_a_page_that_the_blog_does_not_have_is_deleted_after_a_day(web: Web) -> None:
    web.answers[SOURCE] = web.link("/nowhere/")
    ping = web.verify(web.add(post="/nowhere/"))
    assert expires_at(web, "/nowhere/") == NOW + timedelta(days=1)
    assert ping.expires_at


def test_what_is_known_of_a_post_without_approved_pings_is_deleted_half_a_year_after_its_last_one(
    web: Web,
) -> None:
    web.answers |= {SOURCE: web.link(), "/re2": web.link()}
    web.verify(web.add())
    assert expires_at(web) == NOW + timedelta(days=180)
    web.verify(web.add("/re2"), timedelta(days=31))
    assert expires_at(web) == NOW + timedelta(days=211)


def test_a_post_with_an_approved_ping_is_known_for_good_even_if_its_page_goes(web: Web) -> None:
    web.answers |= {SOURCE: web.link(), "/re2": web.link()}
    ping = web.verify(web.add())
    web.store.decide(ping.id, Status.APPROVED, NOW)
    assert expires_at(web) is None
    web.answers[POST] = page("", "410 Gone")
    web.verify(web.add("/re2"), timedelta(days=31))
    assert expires_at(web) is None
    assert web.store.counts([web.post_key]) == {web.post_key: 1}
