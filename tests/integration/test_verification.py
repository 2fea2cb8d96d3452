"""What looking at a source makes of a ping, with real pages and a real table."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests import aws_faults as faults
from tests.integration.conftest import BLOG, NOW, POST, SENDER, Web
from tests.websites import Answer, drip, page, redirect, reset, silence
from trackback.errors import StatusChanged
from trackback.model.ping import Status
from trackback.model.settings import Settings
from trackback.model.transitions import Change
from trackback.receiving.host_rate_limit import HostRateLimit
from trackback.receiving.spam.rules import read_rule
from trackback.receiving.verifier import NO_SUCH_POST
from trackback.storage.pings import PingStore
from trackback.storage.settings import save_rules, save_settings
from trackback.storage.table import Table
from trackback.storage.updates import ping_change

SOURCE = "/re"


def rule(table: Table, *words: str) -> None:
    save_rules(table, [read_rule(*words)], [])


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
        "reasons": ["The source links to the post.", "The link tells search engines not to count it."],
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
    assert "so a link there proves nothing" in ping.verdict.reasons[0].text


UNSEEN = [
    ("a block rule", ("block", "host", "other.example"), {}, "Your rule “block host other.example”", "rule"),
    ("a blocked text", ("block", "text", "Cheap"), {"title": "CHEAP pills"}, "Your rule “block text", "rule"),
    (
        "a known template with more",
        None,
        {"title": "[Trackback]", "excerpt": "[...] Here you will find 58213 more infos on that topic"},
        "just “[Trackback]”",
        "check",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "fields", "reason", "by"), [row[1:] for row in UNSEEN], ids=[row[0] for row in UNSEEN]
)
def test_what_is_blocked_or_certain_spam_is_told_so_without_a_fetch(
    web: Web, words: tuple[str, ...] | None, fields: dict[str, str], reason: str, by: str
) -> None:
    if words:
        rule(web.table, *words)
    web.answers[SOURCE] = web.link()
    ping = web.verify(web.add(**fields))
    assert (web.server.connections, ping.status) == (0, Status.SPAM)
    assert ping.verdict
    assert reason in ping.verdict.reasons[0].text
    assert ping.verdict.link == "unreachable"
    assert ping.verdict.http_status is None
    assert (ping.history[-1].what, ping.history[-1].by) == ("spam", by)
    assert [found.id for found in web.store.pings(Status.SPAM)] == [ping.id]


def test_an_allow_rule_approves_what_links_here(web: Web) -> None:
    rule(web.table, "allow", "host", "other.example")
    web.answers[SOURCE] = web.link()
    ping = web.verify(web.add())
    assert ping.status is Status.APPROVED
    assert ping.verdict
    assert ping.verdict.reasons[0].text == "Your rule “allow host other.example” matches."
    assert [(entry.what, entry.by) for entry in ping.history] == [("approved", "rule")]
    page_of_post = web.store.approved(web.post_key, 50)
    assert page_of_post.count == 1
    assert [(shown.id, shown.verified) for shown in page_of_post.pings] == [(ping.id, True)]


@pytest.mark.parametrize(
    ("answer", "host"),
    [
        (page("Nothing."), "other.example"),
        (page("", "500 Ouch"), "other.example"),
        (redirect("http://private.example/"), "other.example"),
        (page("", "404 Gone"), "other.example"),
        (None, "notother.example"),
    ],
    ids=["no link", "500", "redirect to a private address", "404", "another host"],
)
def test_an_allow_rule_approves_nothing_that_does_not_link(web: Web, answer: bytes | None, host: str) -> None:
    rule(web.table, "allow", "host", "other.example")
    web.answers[SOURCE] = answer or web.link()
    ping = web.verify(web.add(host=host))
    assert ping.status is Status.PENDING
    assert web.store.approved(web.post_key, 50).count == 0


def test_a_friend_whose_redirect_leads_elsewhere_is_held(web: Web) -> None:
    rule(web.table, "allow", "host", "other.example")
    web.answers |= {SOURCE: redirect(web.url("/theirs", "evil.example")), "/theirs": web.link()}
    assert web.verify(web.add()).status is Status.PENDING


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone"])
def test_a_ping_for_a_page_that_the_blog_does_not_have_is_closed(web: Web, status: str) -> None:
    web.answers |= {SOURCE: web.link("/nowhere/"), "/nowhere/": page("", status)}
    ping = web.verify(web.add(post="/nowhere/"))
    assert ping.status is Status.REJECTED
    assert (ping.history[-1].by, ping.history[-1].why) == ("check", NO_SUCH_POST)
    assert web.asked() == ["/nowhere/"]


PUT_AWAY: list[tuple[str, str, str, Callable[[Web], Answer]]] = [
    ("before a look", POST, "Cheap pills", lambda web: web.link()),
    ("after a look", POST, "A reply", lambda web: redirect(web.url("/theirs", "foe.example"))),
    ("without a post", "/nowhere/", "A reply", lambda web: web.link("/nowhere/")),
]


@pytest.mark.parametrize("days", [7, 365])
@pytest.mark.parametrize(
    ("post", "title", "answer"), [row[1:] for row in PUT_AWAY], ids=[row[0] for row in PUT_AWAY]
)
def test_what_is_put_away_is_kept_for_as_long_as_the_author_says(
    web: Web, post: str, title: str, answer: Callable[[Web], Answer], days: int
) -> None:
    save_settings(web.table, Settings(keep_days=days), Settings())
    rules = [read_rule("block", "host", "foe.example"), read_rule("block", "text", "cheap pills")]
    save_rules(web.table, rules, [])
    web.answers |= {SOURCE: answer(web), "/theirs": web.link(), "/nowhere/": page("", "404 Gone")}
    ping = web.verify(web.add(post=post, title=title))
    assert ping.status in {Status.REJECTED, Status.SPAM}
    key = {"id": {"S": ping.id}}
    item = web.table.client.get_item(TableName=web.table.name, Key=key)["Item"]
    assert item["expires_at"] == {"N": str(int((NOW + timedelta(days=days)).timestamp()))}


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


@pytest.mark.parametrize("looked_at", [True, False], ids=["held", "just received"])
def test_a_revision_that_its_page_makes_spam_is_dropped_and_leaves_the_ping_that_was_there(
    web: Web, looked_at: bool
) -> None:
    web.answers[SOURCE] = page("No link.")  # two points, beside the eight of the revision
    ping = web.add()
    if looked_at:
        assert web.verify(ping).status is Status.PENDING
    web.add(excerpt="There you will find 58213 more infos")
    before = len(web.asked())
    after = web.verify(ping)
    assert web.asked()[before:].count(SOURCE) == 1
    assert (after.status, after.texts, after.revision) == (Status.PENDING, ping.texts, None)
    assert after.verdict
    assert (after.verdict.link, after.verdict.score) == ("missing", 2)
    other = web.verify(web.add(SOURCE, "else.example", excerpt="There you will find 58213 more infos"))
    assert other.status is Status.SPAM


@pytest.mark.parametrize("status", [Status.APPROVED, Status.REJECTED, Status.SPAM])
def test_a_decision_that_falls_while_the_source_is_fetched_stands(web: Web, status: Status) -> None:
    ping = web.add()

    def decide_first(connection: object, _: object) -> None:
        web.store.decide(ping.id, status, NOW)
        connection.sendall(web.link())  # type: ignore[attr-defined]

    web.answers[SOURCE] = decide_first
    after = web.verify(ping)
    assert (after.status, after.verdict, len(after.history)) == (status, None, 1)


@pytest.mark.parametrize("status", [Status.REJECTED, Status.SPAM])
def test_what_is_decided_against_is_not_looked_at(web: Web, status: Status) -> None:
    ping = web.add()
    web.store.decide(ping.id, status, NOW)
    assert web.verify(ping).verdict is None
    assert web.server.connections == 0


def test_a_verdict_is_one_conditional_write(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    ping = web.add()
    writes: list[Change] = []
    web.verify(web.add("/first"))  # so that the post is known
    monkeypatch.setattr(PingStore, "apply", lambda _, change: writes.append(change))
    web.verify(ping)
    (change,) = writes
    assert ping_change(change).condition == "attribute_exists(id) AND attribute_not_exists(#status)"
    monkeypatch.undo()
    web.store.decide(ping.id, Status.SPAM, NOW)
    with pytest.raises(StatusChanged):
        web.store.apply(change)


def test_verifying_twice_changes_nothing_that_counts(web: Web) -> None:
    rule(web.table, "allow", "host", "other.example")
    web.answers |= {SOURCE: web.link(), "/held": page("Nothing.")}
    for ping in (web.add(), web.add("/held", "third.example")):
        once, twice = web.verify(ping), web.verify(ping)
        assert (once.status, once.texts, once.history) == (twice.status, twice.texts, twice.history)
        assert once.verdict
        assert twice.verdict
        assert once.verdict.reasons == twice.verdict.reasons
    assert web.store.approved(web.post_key, 50).count == web.store.counts([web.post_key])[web.post_key] == 1


def test_one_ping_verified_eight_times_at_once_is_approved_once(web: Web) -> None:
    rule(web.table, "allow", "host", "other.example")
    web.answers[SOURCE] = web.link()
    ping = web.add()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: web.new_verifier().verify(ping.id, web.verifier.context(), NOW), range(8)))
    after = web.store.get(ping.id)
    assert (after.status, [entry.what for entry in after.history]) == (Status.APPROVED, ["approved"])
    assert web.store.approved(web.post_key, 50).count == web.store.counts([web.post_key])[web.post_key] == 1


def test_eight_pings_of_one_post_verified_at_once_are_all_counted(web: Web) -> None:
    rule(web.table, "allow", "text", "some words")
    web.answers |= {f"/{n}": web.link() for n in range(8)}
    pings = [web.add(f"/{n}", f"blog{n}.example") for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(web.verify, pings))
    assert web.store.counts([web.post_key]) == {web.post_key: 8}
    assert len(web.store.approved(web.post_key, 50).pings) == 8


def test_one_host_is_asked_at_most_five_times_a_minute_and_the_rest_later(web: Web) -> None:
    pings = [web.add(f"/{n}") for n in range(8)]
    for ping in pings:
        web.verify(ping)
    assert len([path for path in web.asked() if path != POST]) == HostRateLimit.MOST == 5
    waiting = [ping for ping in pings if web.store.get(ping.id).verdict is None]
    assert {web.store.get(ping.id).status for ping in waiting} == {Status.RECEIVED}
    assert web.store.due(NOW + timedelta(seconds=59), 10) == []
    later = NOW + HostRateLimit.WINDOW
    assert set(web.store.due(later, 10)) == {ping.id for ping in waiting}
    for ping in waiting:
        assert web.verify(ping, HostRateLimit.WINDOW).verdict
    assert not {ping.id for ping in waiting} & set(web.store.due(later, 10))


def test_what_one_host_sends_does_not_hold_up_another(web: Web) -> None:
    for n in range(9):
        web.verify(web.add(f"/{n}"))
    assert web.verify(web.add(SOURCE, "third.example")).verdict


def test_the_sender_is_known_by_a_hash_until_the_verdict_only(web: Web) -> None:
    ping = web.add()
    assert web.store.get(ping.id).client_hash == SENDER != ""
    web.answers[SOURCE] = web.link()
    assert web.verify(ping).client_hash == ""


def test_many_pings_of_one_sender_are_told_as_such(web: Web) -> None:
    for n in range(25):
        last = web.verify(web.add(f"/{n}", f"blog{n}.example", title=f"Title {n}", excerpt=f"Word{n}"))
    assert last.verdict
    assert "24 other pings came from the same sender within ten minutes." in last.verdict.reason_texts


def test_a_fault_of_our_own_is_raised_for_a_retry(web: Web) -> None:
    ping = web.add()
    faults.answer(web.table, "UpdateItem", 2, faults.error("InternalServerError"), status=500)
    with pytest.raises(Exception, match="InternalServerError"):
        web.verify(ping)
    assert web.verify(ping).verdict
