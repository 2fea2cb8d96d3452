"""A link is found, missing, or cannot be looked for."""

from collections.abc import Callable

import pytest

from tests.integration.conftest import BLOG, POST, Web
from tests.integration.verification.conftest import SOURCE
from tests.support.websites import Answer, drip, page, redirect, reset, silence
from trackback.model.ping import Status


def gone_from(web: Web, status: str) -> Answer:
    """Return an answer of some status with the link in its body."""
    return web.link().replace(b"200 OK", status.encode())


LOOKS: list[tuple[str, Callable[[Web], Answer], str, int | None, str]] = [
    ("a link", lambda web: web.link(), "found", 200, ""),
    ("a link, status 203", lambda web: gone_from(web, "203 Somebody Else's"), "found", 203, ""),
    ("no link", lambda _: page("<p>Nothing."), "missing", 200, ""),
    ("an empty page", lambda _: page(), "missing", 200, ""),
    ("a link in a text file", lambda web: web.link().replace(b"text/html", b"text/plai"), "missing", 200, ""),
    ("a link to another post", lambda web: web.link("/2026/other/"), "missing", 200, ""),
    ("a link to another blog", lambda web: web.link(POST, "evil.example"), "missing", 200, ""),
    ("in a comment", lambda web: page(f"<!--<a href='{web.url(POST, BLOG)}'>x</a>-->"), "missing", 200, ""),
    ("404", lambda web: gone_from(web, "404 Not Found"), "missing", 404, "the server answers 404"),
    ("410", lambda web: gone_from(web, "410 Gone"), "missing", 410, "the server answers 410"),
    ("401", lambda web: gone_from(web, "401 Who"), "unreachable", 401, "the server answers 401"),
    ("403", lambda web: gone_from(web, "403 No"), "unreachable", 403, "the server answers 403"),
    ("429", lambda web: gone_from(web, "429 Slow"), "unreachable", 429, "the server answers 429"),
    ("500", lambda web: gone_from(web, "500 Ouch"), "unreachable", 500, "the server answers 500"),
    ("503", lambda web: gone_from(web, "503 Later"), "unreachable", 503, "the server answers 503"),
    ("304", lambda _: b"HTTP/1.1 304 Same\r\n\r\n", "unreachable", 304, "the server answers 304"),
    ("silence", lambda _: silence, "unreachable", None, "did not answer within"),
    ("a drip", lambda _: drip(page("")[:20], b"x"), "unreachable", None, "did not answer within"),
    ("a reset", lambda _: reset(b"HTTP/1.1 200 OK\r\nContent-Le"), "unreachable", None, "broke off"),
    ("half a page", lambda _: page("<p>", Content_Length="900"), "unreachable", None, "broke off"),
    ("no HTTP", lambda _: b"220 mail.example ESMTP\r\n\r\n", "unreachable", None, "is not HTTP"),
    ("a loop", lambda _: redirect(SOURCE), "unreachable", None, "redirects more than"),
    ("to a private address", lambda _: redirect("http://private.example/"), "unreachable", None, "public"),
    ("to the metadata", lambda _: redirect("http://169.254.169.254/"), "unreachable", None, "public"),
    ("to a file", lambda _: redirect("file:///etc/passwd"), "unreachable", None, "not a plain one"),
    ("to an unknown name", lambda _: redirect("http://unknown.example/"), "unreachable", None, "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "link", "status", "why"), [row[1:] for row in LOOKS], ids=[row[0] for row in LOOKS]
)
def test_found_missing_and_unreachable_are_never_confused(
    web: Web, answer: Callable[[Web], Answer], link: str, status: int | None, why: str
) -> None:
    web.answers[SOURCE] = answer(web)
    web.verifier = web.new_verifier(seconds=1)
    ping = web.verify(web.add())
    assert ping.verdict
    assert ping.status is Status.PENDING
    assert (ping.verdict.link, ping.verdict.http_status) == (link, status)
    assert why in ping.verdict.why
    assert bool(why) == bool(ping.verdict.why)


@pytest.mark.parametrize(
    ("host", "why"), [("unknown.example", "name is unknown"), ("private.example", "public internet")]
)
def test_a_source_that_must_not_or_cannot_be_fetched_is_unreachable(web: Web, host: str, why: str) -> None:
    ping = web.verify(web.add(host=host))
    assert ping.verdict
    assert ping.verdict.link == "unreachable"
    assert why in ping.verdict.why
    assert web.asked() == [POST]


def test_a_verdict_tells_all_that_the_author_needs(web: Web) -> None:
    web.answers |= {SOURCE: redirect("/moved"), "/moved": web.link().replace(b"href", b"rel=ugc href")}
    web.answers["/moved"] = page(
        f"<html lang=de-AT><title>Mine &amp; yours</title><a href=/about>me</a>"
        f"<p>First. I read <a rel='ugc me' href='{web.url(POST, BLOG)}'>a post</a> today. Last."
    )
    ping = web.verify(web.add())
    assert ping.verdict
    assert ping.verdict.as_map() == {
        "link": "found",
        "checked_at": "2026-11-24T00:00:00.000Z",
        "url": web.url("/moved"),
        "http_status": 200,
        "text": "a post",
        "sentence": "I read a post today.",
        "rel": ["me", "ugc"],
        "title": "Mine & yours",
        "language": "de-AT",
        "links": 2,
        "score": -2,
        "reasons": [
            "The source links to the post.",
            "The link tells search engines not to count it.",
            "The page is in German, your post in English.",
        ],
    }
    assert [(entry.at, entry.what, entry.by) for entry in ping.history] == [
        ("2026-11-24T00:00:00.000Z", "pending", "check")
    ]


def test_a_source_that_echoes_its_own_address_proves_nothing(web: Web) -> None:
    echo = f"/search?q={web.post_key}"
    web.answers[echo] = web.link()
    ping = web.verify(web.add(echo))
    assert ping.verdict
    assert ping.verdict.link == "missing"
    assert not ping.verdict.sentence
    assert any("so a link there proves nothing" in text for text in ping.verdict.reason_texts)
