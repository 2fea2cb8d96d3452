"""`moderate`, called as API Gateway calls it, with a real table, real keys and a mailbox behind it."""

import base64
import html
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from functions.moderate import app
from tests import faults
from tests.aws import confirm, sent_mails
from tests.conftest import MakePing
from tests.events import FORM, Context, http_event
from trackback.changes import verdict_change
from trackback.clock import stamp
from trackback.closing import load_closed
from trackback.deliveries import Deliveries
from trackback.desk import Choice
from trackback.ping import Ping, Status
from trackback.settings import Notify, Settings, load_rules, load_settings, save_settings
from trackback.table import Table
from trackback.tokens import Action, Link, write_link, write_session
from trackback.verdict import Outcome, Seen, Verdict

ORIGIN = "https://api.example"
SESSION, NOTICE = "__Host-trackback", "__Host-notice"
QUEUE, SIGN_IN, SETTINGS = "/moderate", "/moderate/sign-in", "/moderate/settings"
NO_PING = "a" * 26


@dataclass
class Visitor:
    """A browser: it keeps cookies, and posts a page's own CSRF token."""

    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, query: str = "", method: str = "GET", **headers: str) -> dict[str, Any]:
        return self._ask(http_event(method, path, query=query, headers=self._sent(headers)))

    def read(self, path: str, query: str = "") -> str:
        answer = self.get(path, query)
        assert answer["statusCode"] == 200, answer
        body: str = answer["body"]
        return body

    def post(
        self, path: str, fields: dict[str, Any] | None = None, query: str = "", **headers: str
    ) -> dict[str, Any]:
        body = urlencode({"csrf": self.csrf, **(fields or {})}, doseq=True).encode()
        sent = {"content-type": FORM, "origin": ORIGIN, "sec-fetch-site": "same-origin", **headers}
        return self._ask(http_event("POST", path, query=query, headers=self._sent(sent), body=body))

    @property
    def csrf(self) -> str:
        author = app.door.author({"cookies": [f"{SESSION}={self.cookies.get(SESSION, '')}"]}, now())
        return author.csrf if author else ""

    def notice(self) -> str:
        """Return what the next page says about what was done."""
        page = self.read(f"{QUEUE}/rules")
        found = re.search(r'<div class="notice.*?<p>(.*?)</p>', page, re.DOTALL)
        return html.unescape(found[1]) if found else ""

    def _sent(self, headers: dict[str, str]) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return named | ({"cookie": cookies} if cookies else {})

    def _ask(self, event: dict[str, Any]) -> dict[str, Any]:
        answer = app.handler(event, Context())  # type: ignore[arg-type]
        for line in answer.get("cookies", []):
            name, _, rest = line.partition("=")
            self.cookies[name] = rest.partition(";")[0]
            if "Max-Age=0" in line:
                del self.cookies[name]
        return answer


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def author(table: Table) -> Visitor:  # noqa: ARG001 - there is a table to look into
    return Visitor({SESSION: write_session(app.keys.load(now()), "session", now())})


@pytest.fixture
def stranger(table: Table) -> Visitor:  # noqa: ARG001 - as above
    return Visitor()


Waiting = Callable[..., Ping]


@pytest.fixture
def waiting(table: Table, make_ping: MakePing) -> Waiting:
    """Make pings that were looked at and wait for the author."""

    def make(**fields: str) -> Ping:
        ping = make_ping(**fields)
        table.add(ping)
        verdict = Verdict(Seen.FOUND, ping.received_at, text="a post", sentence="I read a post today.")
        table.apply(verdict_change(ping, verdict, Outcome(Status.PENDING), now()))
        return table.get(ping.id)

    return make


def revise(table: Table, ping: Ping, title: str = "Later words") -> Ping:
    table.add(replace(ping, title=title, status=Status.RECEIVED, revision=None))
    return table.get(ping.id)


def chosen(ping: Ping) -> str:
    return str(Choice(ping.id, ping.status, ping.texts_id, ping.revision_id))


def one(act: str, ping: Ping) -> dict[str, str]:
    return {"one": f"{act} {chosen(ping)}"}


def mailed(ping: Ping, action: Action = Action.APPROVE, age: timedelta = timedelta()) -> str:
    """Return the path of a link as a mail of that age has it."""
    link = Link(action, "" if action is Action.MUTE else ping.id, ping.latest_id)
    return f"{QUEUE}/link/{write_link(app.keys.load(now()), link, now() - age)}"


# Everybody's pages


PAGES = [
    QUEUE,
    f"{QUEUE}/overview",
    f"{QUEUE}/rules",
    SETTINGS,
    SIGN_IN,
    f"{SIGN_IN}/x",
    f"{QUEUE}/link/x",
    f"{QUEUE}/ping/{NO_PING}",
    f"{QUEUE}/nothing",
]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", ["author", "stranger"])
def test_no_page_is_cached_indexed_framed_or_runs_what_is_not_ours(
    path: str, who: str, request: pytest.FixtureRequest
) -> None:
    visitor: Visitor = request.getfixturevalue(who)
    headers = visitor.get(path)["headers"]
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"].startswith("noindex")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("path", PAGES)
def test_head_is_answered_as_get(author: Visitor, path: str) -> None:
    got, asked = author.get(path), author.get(path, method="HEAD")
    assert (asked["statusCode"], asked["headers"]) == (got["statusCode"], got["headers"])


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("GET", "/moderate/nothing", 404, None),
        ("POST", "/moderate/nothing/at/all", 404, None),
        ("GET", "/moderate/ping/a/b", 404, None),
        ("GET", "/moderate/ping/rules#", 404, None),
        ("GET", "/moderate/../app.py", 404, None),
        ("GET", "/moderate/layout.html", 404, None),
        ("GET", "/moderate/\n\u202e<script>", 404, None),
        ("POST", "/moderate", 405, "GET, HEAD"),
        ("GET", "/moderate/decide", 405, "POST"),
        ("DELETE", "/moderate/rules", 405, "GET, HEAD, POST"),
        ("OPTIONS", "/moderate/link/x", 405, "GET, HEAD, POST"),
        ("PROPFIND", "/moderate/style.css", 405, "GET, HEAD"),
    ],
)
def test_what_is_not_there_has_a_page_that_says_so(
    stranger: Visitor, method: str, path: str, status: int, allow: str | None
) -> None:
    answer = stranger.get(path, method=method)
    assert answer["statusCode"] == status
    assert answer["headers"].get("Allow") == allow
    assert "<script>" not in answer["body"]


@pytest.mark.parametrize("path", [*PAGES[:4], f"{QUEUE}/ping/{NO_PING}"])
def test_whoever_is_not_signed_in_is_led_to_the_sign_in(stranger: Visitor, path: str) -> None:
    answer = stranger.get(path, sec_fetch_site="none")
    assert (answer["statusCode"], answer["body"]) == (303, "")
    assert answer["headers"]["Location"].startswith(SIGN_IN)


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize("cookie", ["", "x", "a.b.c", "session.aaaaaa." + "A" * 43, "\u202e", "x" * 5000])
def test_a_cookie_that_is_not_ours_opens_nothing(cookie: str) -> None:
    assert Visitor({SESSION: cookie}).get(QUEUE)["statusCode"] == 303


def test_a_link_from_elsewhere_is_followed_once_more_so_that_the_cookie_comes_along(
    stranger: Visitor, author: Visitor
) -> None:
    answer = stranger.get(QUEUE, 'tab=spam&x=";url=//evil.example', sec_fetch_site="cross-site")
    assert answer["statusCode"] == 200
    assert 'content="0; url=/moderate?tab=spam&amp;x=%22%3Burl=%2F%2Fevil.example"' in answer["body"]
    assert "refresh" not in author.get(QUEUE, sec_fetch_site="cross-site")["body"]


@pytest.mark.parametrize("name", ["style.css", "moderate.js", "icon.svg"])
def test_files_are_kept_for_good_under_their_version(stranger: Visitor, name: str) -> None:
    (version,) = set(re.findall(rf"/moderate/{re.escape(name)}\?v=(\w+)", stranger.read(SIGN_IN)))
    named, unnamed = (stranger.get(f"{QUEUE}/{name}", query) for query in (f"v={version}", ""))
    assert "immutable" in named["headers"]["Cache-Control"]
    assert unnamed["headers"]["Cache-Control"] == "no-cache"
    again = stranger.get(f"{QUEUE}/{name}", if_none_match=unnamed["headers"]["ETag"])
    assert (again["statusCode"], again["body"]) == (304, "")


@pytest.mark.parametrize("name", ["style.css", "icon.svg"])
def test_a_line_end_after_a_files_name_names_no_file(stranger: Visitor, name: str) -> None:
    assert stranger.get(f"{QUEUE}/{name}\n")["statusCode"] == 404


def test_pages_go_out_compressed(author: Visitor) -> None:
    answer = author.get(QUEUE, accept_encoding="gzip, br")
    assert answer["isBase64Encoded"]
    assert answer["headers"]["Content-Encoding"] == "gzip"
    assert len(base64.b64decode(answer["body"])) < 2_000


# Sign-in


def new_mails(before: int) -> list[str]:
    return [str(mail.get_body(("plain",)).get_content()) for mail in sent_mails()[before:]]  # type: ignore[union-attr]


def sign_in_path(visitor: Visitor, query: str = "") -> tuple[str, str]:
    """Ask for a link; return the path and query that the mail has."""
    confirm("author@blog.example")
    before = len(sent_mails())
    visitor.post(SIGN_IN, query=query)
    (text,) = new_mails(before)
    match = re.search(rf"{ORIGIN}(/moderate/sign-in/[^\s?]+)\??(\S*)", text)
    assert match
    return match[1], match[2]


def test_a_mailed_link_signs_in_by_a_button(stranger: Visitor) -> None:
    path, _ = sign_in_path(stranger)
    assert "<form" in stranger.read(path)
    assert SESSION not in stranger.cookies
    answer = stranger.post(path)
    assert (answer["statusCode"], answer["headers"]["Location"]) == (303, QUEUE)
    (line,) = answer["cookies"]
    assert set(line.split("; ")[1:]) == {"Path=/", "Max-Age=43200", "HttpOnly", "Secure", "SameSite=Strict"}
    assert "Nothing waits for you" in stranger.read(QUEUE)


def test_who_came_for_a_ping_gets_there_after_signing_in(stranger: Visitor) -> None:
    led = stranger.get(f"{QUEUE}/ping/{NO_PING}")["headers"]["Location"]
    assert led == f"{SIGN_IN}?ping={NO_PING}"
    assert f"?ping={NO_PING}" in stranger.read(SIGN_IN, f"ping={NO_PING}")
    path, query = sign_in_path(stranger, f"ping={NO_PING}")
    assert stranger.post(path, query=query)["headers"]["Location"] == f"{QUEUE}/ping/{NO_PING}"


def test_no_sign_in_leads_away_from_our_pages(stranger: Visitor) -> None:
    path, _ = sign_in_path(stranger, "ping=//evil.example")
    assert stranger.post(path, query="ping=//evil.example")["headers"]["Location"] == QUEUE


def test_whoever_asks_how_often_gets_the_same_answer_and_one_mail_goes_out(stranger: Visitor) -> None:
    confirm("author@blog.example")
    before = len(sent_mails())
    answers = [stranger.post(SIGN_IN) for _ in range(20)]
    assert all(answer == answers[0] for answer in answers)
    assert len(new_mails(before)) == 1


def test_a_request_that_cannot_be_read_keeps_no_mail_from_the_author(stranger: Visitor) -> None:
    assert stranger.post(SIGN_IN, query="&".join(f"a{n}=" for n in range(201)))["statusCode"] == 400
    sign_in_path(stranger)


def test_a_mail_that_cannot_be_sent_changes_nothing_for_who_asks(
    stranger: Visitor, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "address", "author@unconfirmed.example")
    answer = stranger.post(SIGN_IN)
    assert (answer["statusCode"], answer["headers"]["Location"]) == (303, f"{SIGN_IN}?sent=1")
    assert [each.state for each in Deliveries(table).newest()] == ["failed"]


def test_a_sign_in_link_works_once_and_unchanged(stranger: Visitor) -> None:
    path, _ = sign_in_path(stranger)
    tampered = stranger.post(path[:-2] + ("AA" if path[-2:] != "AA" else "BB"))
    assert (tampered["statusCode"], SESSION in stranger.cookies) == (400, False)
    stranger.post(path)
    again = Visitor().post(path)
    assert again["statusCode"] == 410
    assert SIGN_IN in again["body"]


@pytest.mark.parametrize("path", [SIGN_IN, f"{SIGN_IN}/x"])
@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"sec_fetch_site": "cross-site"}])
def test_no_other_site_can_sign_the_author_in(stranger: Visitor, path: str, headers: dict[str, Any]) -> None:
    assert stranger.post(path, **headers)["statusCode"] == 403


@pytest.mark.parametrize(
    ("headers", "leads_to"),
    [
        ({"x_cdn_key": os.environ["CDN_KEY"], "x_viewer_host": "d111.cloudfront.net"}, "d111.cloudfront.net"),
        ({"x_cdn_key": "guessed", "x_viewer_host": "evil.example"}, "api.example"),
        ({"x_viewer_host": "evil.example"}, "api.example"),
    ],
    ids=["from the CDN", "with a wrong key", "with no key"],
)
def test_a_sign_in_link_leads_where_it_was_asked_for_which_only_the_cdn_may_tell(
    stranger: Visitor, headers: dict[str, Any], leads_to: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("API_URL")
    confirm("author@blog.example")
    before = len(sent_mails())
    own = f"https://{leads_to}"
    assert stranger.post(SIGN_IN, **headers, origin="https://elsewhere.example")["statusCode"] == 403
    assert stranger.post(SIGN_IN, **headers, origin=own)["statusCode"] == 303
    (text,) = new_mails(before)
    assert f"{own}/moderate/sign-in/" in text
    assert "evil.example" not in text


def test_signing_out_ends_the_session_here(author: Visitor) -> None:
    assert author.post(f"{QUEUE}/sign-out")["headers"]["Location"] == SIGN_IN
    assert SESSION not in author.cookies


def test_signing_out_everywhere_ends_all_sessions_but_no_link(author: Visitor, waiting: Waiting) -> None:
    elsewhere, link = Visitor(dict(author.cookies)), mailed(waiting())
    author.post(f"{SETTINGS}/sign-out-everywhere")
    assert elsewhere.get(QUEUE)["statusCode"] == 303
    assert "Approve this ping?" in elsewhere.read(link)


# Forms from elsewhere, and forms that are none


@pytest.mark.parametrize(
    ("headers", "fields", "status"),
    [
        pytest.param({}, {"csrf": ""}, 403, id="no token"),
        pytest.param({}, {"csrf": "A" * 43}, 403, id="a wrong token"),
        pytest.param({}, {"csrf": "\u202eé"}, 403, id="no token at all"),
        pytest.param({"origin": "https://evil.example"}, {}, 403, id="another origin"),
        pytest.param({"origin": "null"}, {}, 403, id="a hidden origin"),
        pytest.param({"origin": "http://api.example"}, {}, 403, id="another scheme"),
        pytest.param({"sec_fetch_site": "cross-site"}, {}, 403, id="from another site"),
        pytest.param({"sec_fetch_site": "same-site"}, {}, 403, id="from a neighbour"),
        pytest.param({"cookie": ""}, {}, 403, id="no session"),
        pytest.param({"content_type": "text/plain"}, {}, 400, id="no form"),
        pytest.param({"content_type": ""}, {}, 400, id="no type"),
        pytest.param({}, {"x": "y" * 70_000}, 400, id="too large"),
        pytest.param({}, {"x": ["y"] * 300}, 400, id="too many fields"),
        pytest.param({}, {"one": ""}, 400, id="nothing to do"),
        pytest.param({}, {"one": "delete everything"}, 400, id="something else to do"),
        pytest.param({}, {"one": "", "act": "approve", "ping": "x"}, 400, id="no ping's id"),
        pytest.param(
            {}, {"one": "", "act": "approve", "ping": [f"{NO_PING}:pending:"] * 101}, 400, id="too much"
        ),
        pytest.param({}, {"one": f"approve {NO_PING}:gone:"}, 400, id="no status"),
        pytest.param({}, {"one": f"approve #rules{NO_PING}:pending:"}, 400, id="another record"),
    ],
)
def test_a_form_that_is_not_ours_does_nothing(
    author: Visitor,
    table: Table,
    waiting: Waiting,
    headers: dict[str, str],
    fields: dict[str, Any],
    status: int,
) -> None:
    ping = waiting()
    if headers.pop("cookie", None) is not None:
        author = Visitor()
    answer = author.post(f"{QUEUE}/decide", one("approve", ping) | fields, **headers)
    assert answer["statusCode"] == status
    assert "<h1>" in answer["body"]
    assert table.get(ping.id) == ping


def test_a_body_that_is_broken_does_nothing(author: Visitor) -> None:
    event = http_event("POST", f"{QUEUE}/decide", headers=author._sent({"content-type": FORM}), body=b"x")
    answer = app.handler({**event, "body": "%%%"}, Context())  # type: ignore[arg-type]
    assert answer["statusCode"] == 400


# The queue


def test_a_ping_is_shown_with_all_that_an_author_asks(
    author: Visitor, waiting: Waiting, table: Table
) -> None:
    ping = waiting(title="Re: Hello", excerpt="Some words", blog_name="Other", url="https://other.example/re")
    table.write("post#blog.example/2026/hello", "facts", {"title": "Hello, world"})
    page = author.read(QUEUE)
    said = ("Re: Hello", "Some words", "Other", "Hello, world", "Links to your post", "<mark>a post</mark>")
    assert all(words in page for words in said)
    assert 'href="https://other.example/re" target="_blank" rel="noopener noreferrer nofollow ugc"' in page
    assert f'value="approve {chosen(ping)}"' in page


def test_tabs_tell_how_many_pings_they_have(author: Visitor, table: Table, waiting: Waiting) -> None:
    first, *_ = [waiting() for _ in range(3)]
    table.decide(first.id, Status.SPAM, now())
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
    author: Visitor, table: Table, waiting: Waiting, act: str, status: Status
) -> None:
    ping = waiting()
    answer = author.post(f"{QUEUE}/decide", one(act, ping) | {"tab": "pending", "search": "a b"})
    assert answer["headers"]["Location"] == "/moderate?tab=pending&search=a+b"
    assert table.get(ping.id).status is status
    page = author.read(QUEUE)
    (undo,) = re.findall(r'name="ping" value="([^"]+)"', page)
    author.post(f"{QUEUE}/decide", {"act": "undo", "ping": undo})
    assert table.get(ping.id).status is Status.PENDING
    assert "1 ping put back" in author.notice()


def test_a_notice_is_shown_once(author: Visitor, waiting: Waiting) -> None:
    author.post(f"{QUEUE}/decide", one("approve", waiting()))
    assert "1 ping approved" in author.notice()
    assert not author.notice()


def test_many_are_decided_at_once_and_put_back_at_once(
    author: Visitor, table: Table, waiting: Waiting
) -> None:
    pings = [waiting() for _ in range(5)]
    author.post(f"{QUEUE}/decide", {"act": "reject", "ping": [chosen(ping) for ping in pings[:4]]})
    assert [table.get(ping.id).status for ping in pings] == [Status.REJECTED] * 4 + [Status.PENDING]
    undo = re.findall(r'name="ping" value="([^"]+:rejected:)"', author.read(QUEUE))
    author.post(f"{QUEUE}/decide", {"act": "undo", "ping": undo})
    assert {table.get(ping.id).status for ping in pings} == {Status.PENDING}


def test_bulk_buttons_want_ticks(author: Visitor) -> None:
    author.post(f"{QUEUE}/decide", {"act": "approve"})
    assert author.notice() == "Tick the pings first that you mean."


def test_enter_on_a_tick_box_decides_nothing(author: Visitor, table: Table, waiting: Waiting) -> None:
    ping = waiting()
    (first, *_) = re.findall(
        r'<button name="(\w+)" value="([^"]*)"', author.read(QUEUE).split('id="decide"')[1]
    )
    author.post(f"{QUEUE}/decide", {first[0]: first[1], "ping": chosen(ping)})
    assert "Enter alone does nothing" in author.notice()
    assert table.get(ping.id) == ping


def test_a_form_that_is_sent_twice_does_its_work_once(
    author: Visitor, table: Table, waiting: Waiting
) -> None:
    ping = waiting()
    for _ in range(2):
        author.post(f"{QUEUE}/decide", one("approve", ping))
        assert "1 ping approved" in author.notice()
    assert len(table.get(ping.id).history) == len(ping.history) + 1
    assert table.counts(["blog.example/2026/hello"]) == {"blog.example/2026/hello": 1}
    for _ in range(2):
        author.post(f"{QUEUE}/decide", {"act": "undo", "ping": f"{ping.id}:approved:"})
    assert table.get(ping.id).status is Status.PENDING


def test_of_two_tabs_the_first_decides_and_the_second_is_told(
    author: Visitor, table: Table, waiting: Waiting
) -> None:
    ping, other = waiting(), waiting()
    author.post(f"{QUEUE}/decide", one("spam", ping))
    author.post(f"{QUEUE}/decide", one("approve", ping))
    assert "changed meanwhile" in author.notice()
    author.post(f"{QUEUE}/decide", {"act": "approve", "ping": [chosen(ping), chosen(other)]})
    assert (
        author.notice()
        == "1 ping approved: readers see it now. 1 had changed meanwhile, and nothing was done about it."
    )
    assert (table.get(ping.id).status, table.get(other.id).status) == (Status.SPAM, Status.APPROVED)


def test_a_ping_that_has_gone_is_told(author: Visitor) -> None:
    author.post(f"{QUEUE}/decide", {"one": f"approve {NO_PING}:pending:"})
    assert "changed meanwhile" in author.notice()
    assert author.get(f"{QUEUE}/ping/{NO_PING}")["statusCode"] == 404


@pytest.mark.parametrize(
    ("form", "title"),
    [
        ("take", "Later words"),
        ("keep", "First"),
        ("ticked approve", "Later words"),
        ("ticked reject", "First"),
    ],
)
def test_new_words_of_a_ping_that_readers_see_are_shown_or_dropped(
    author: Visitor, table: Table, waiting: Waiting, form: str, title: str
) -> None:
    ping = waiting(title="First")
    table.decide(ping.id, Status.APPROVED, now())
    ping = revise(table, table.get(ping.id))
    act = form.rpartition(" ")[2]
    fields = one(act, ping) if act == form else {"act": act, "ping": chosen(ping)}
    author.post(f"{QUEUE}/decide", fields)
    known = table.get(ping.id)
    assert (known.status, known.title, known.revision) == (Status.APPROVED, title, None)


def test_new_words_are_read_as_a_before_and_after(author: Visitor, table: Table, waiting: Waiting) -> None:
    ping = revise(table, waiting(title="Words of old"), "Words of late")
    page = author.read(f"{QUEUE}/ping/{ping.id}")
    assert "Words of <del>old</del><ins>late</ins>" in re.sub(r"\n\s*", "", page)


def reopen(table: Table, ping: Ping, title: str) -> Ping:
    """Have the check put a ping away, and its sender send other words that wait in its place."""
    verdict = Verdict(Seen.FOUND, ping.received_at)
    table.apply(verdict_change(ping, verdict, Outcome(Status.SPAM), now()))
    reopened = revise(table, ping, title)
    assert (reopened.status, reopened.title) == (Status.RECEIVED, title)
    table.apply(verdict_change(reopened, verdict, Outcome(Status.PENDING), now()))
    return table.get(ping.id)


@pytest.mark.parametrize("act", ["approve", "reject", "spam", "allow", "block"])
@pytest.mark.parametrize("ticked", [False, True], ids=["its own button", "ticked"])
def test_a_page_decides_about_no_words_that_have_replaced_those_on_it(
    author: Visitor, table: Table, waiting: Waiting, act: str, ticked: bool
) -> None:
    ping = waiting(title="Nice words")
    later = reopen(table, ping, "BUY PILLS")
    fields = {"act": act, "ping": chosen(ping)} if ticked else one(act, ping)
    author.post(f"{QUEUE}/decide", fields)
    assert "changed meanwhile" in author.notice()
    assert (table.get(ping.id), load_rules(table)) == (later, [])


@pytest.mark.parametrize("act", ["approve", "reject", "spam", "allow", "block", "take", "keep"])
def test_a_choice_that_names_no_words_decides_about_none(
    author: Visitor, table: Table, waiting: Waiting, act: str
) -> None:
    ping = revise(table, waiting())
    author.post(f"{QUEUE}/decide", {"one": f"{act} {ping.id}:pending:"})
    assert "changed meanwhile" in author.notice()
    assert table.get(ping.id) == ping


def test_first_words_that_come_back_as_a_revision_are_approved_and_no_others(
    author: Visitor, table: Table, waiting: Waiting
) -> None:
    ping = waiting(title="Nice words")
    revise(table, reopen(table, ping, "BUY PILLS"), "Nice words")
    author.post(f"{QUEUE}/decide", one("approve", ping))
    known = table.get(ping.id)
    assert (known.status, known.title) == (Status.APPROVED, "Nice words")


@pytest.mark.parametrize(
    ("act", "status"), [("approve", Status.APPROVED), ("reject", Status.REJECTED), ("spam", Status.SPAM)]
)
def test_a_page_about_first_words_goes_on_working_once_others_were_sent(
    author: Visitor, table: Table, waiting: Waiting, act: str, status: Status
) -> None:
    ping = waiting(title="First")
    revise(table, ping, "Words that nobody has read")
    author.post(f"{QUEUE}/decide", one(act, ping))
    known = table.get(ping.id)
    assert (known.status, known.title) == (status, "First")


@pytest.mark.parametrize("page", ["", "/ping"], ids=["the queue", "the ping's page"])
def test_the_buttons_and_ticks_of_a_page_name_the_words_on_it(
    author: Visitor, table: Table, waiting: Waiting, page: str
) -> None:
    first = waiting(title="First")
    ping = revise(table, first)
    read = author.read(f"{QUEUE}{page}/{ping.id}" if page else QUEUE)
    choices = set(re.findall(rf'value="(?:\w+ )?({ping.id}:[^"]+)"', read))
    assert choices == {f"{ping.id}:pending:{first.texts_id}-{ping.revision_id}"}


def test_words_that_came_after_the_page_was_read_are_not_taken(
    author: Visitor, table: Table, waiting: Waiting
) -> None:
    ping = revise(table, waiting(title="First"))
    revise(table, ping, "Words that nobody has read")
    for act in ("take", "keep"):
        author.post(f"{QUEUE}/decide", one(act, ping))
        assert "changed meanwhile" in author.notice()
    assert table.get(ping.id).title == "First"


@pytest.mark.parametrize(
    ("act", "status", "rule"),
    [
        ("allow", Status.APPROVED, "allow host other.example"),
        ("block", Status.SPAM, "block host other.example"),
    ],
)
def test_a_site_is_allowed_or_blocked_from_a_pings_page(
    author: Visitor, table: Table, waiting: Waiting, act: str, status: Status, rule: str
) -> None:
    ping = waiting()
    answer = author.post(f"{QUEUE}/decide", one(act, ping) | {"back": ping.id})
    assert answer["headers"]["Location"] == f"{QUEUE}/ping/{ping.id}"
    assert table.get(ping.id).status is status
    assert list(map(str, load_rules(table))) == [rule]


def test_a_site_is_not_allowed_on_account_of_what_has_been_decided_meanwhile(
    author: Visitor, table: Table, waiting: Waiting
) -> None:
    ping = waiting()
    table.decide(ping.id, Status.REJECTED, now())
    author.post(f"{QUEUE}/decide", one("allow", ping))
    assert (table.get(ping.id).status, load_rules(table)) == (Status.REJECTED, [])


def test_looking_again_wakes_verification(author: Visitor, table: Table, waiting: Waiting) -> None:
    ping = waiting()
    author.post(f"{QUEUE}/decide", one("look", ping))
    assert table.get(ping.id).unlooked


def test_approving_can_make_a_rule(author: Visitor, table: Table, waiting: Waiting) -> None:
    save_settings(table, Settings(approve_known=True), Settings())
    author.post(f"{QUEUE}/decide", one("approve", waiting()))
    assert list(map(str, load_rules(table))) == ["allow host other.example"]


def test_a_pings_page_tells_what_became_of_it(author: Visitor, table: Table, waiting: Waiting) -> None:
    ping, other = waiting(), waiting(title="Another one")
    table.decide(ping.id, Status.APPROVED, now())
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
def test_strangers_words_are_words(author: Visitor, table: Table, waiting: Waiting, text: str) -> None:
    ping = waiting()
    fields = {"title": text, "excerpt": text, "blog_name": text}
    verdict = {"link": "found", "checked_at": stamp(now()), "sentence": text, "text": text, "reasons": [text]}
    for name, value in {**fields, "verdict": verdict, "revision": {**fields, "title": text * 2}}.items():
        table.write(ping.id, name, value)
    for page in (QUEUE, f"{QUEUE}/ping/{ping.id}", mailed(table.get(ping.id))):
        read = author.read(page)
        assert html.escape(text).replace("&quot;", "&#34;").replace("&#x27;", "&#39;") in read
        assert not re.search(r"<script>|<img|<svg|onmouseover='|{{ asset|\b1337\b", read)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "vbscript:x"])
def test_nothing_but_the_web_is_linked_to(author: Visitor, table: Table, waiting: Waiting, url: str) -> None:
    ping = waiting()
    table.write(ping.id, "url", url)
    for page in (QUEUE, f"{QUEUE}/ping/{ping.id}"):
        assert f'href="{url}' not in author.read(page)


# Rules, settings, what is closed


def test_rules_are_added_and_removed(author: Visitor, table: Table) -> None:
    rule = {"effect": "block", "kind": "host", "value": "https://Spam.example/"}
    author.post(f"{QUEUE}/rules", {**rule, "do": "add"})
    assert list(map(str, load_rules(table))) == ["block host spam.example"]
    assert "spam.example" in author.read(f"{QUEUE}/rules")
    author.post(f"{QUEUE}/rules", {"remove": "host:spam.example"})
    assert load_rules(table) == []


@pytest.mark.parametrize("value", ["", "a b", "com", "<script>", "x" * 600])
def test_a_rule_that_is_none_stays_in_the_form_with_the_reason(author: Visitor, value: str) -> None:
    answer = author.post(f"{QUEUE}/rules", {"effect": "allow", "kind": "host", "value": value})
    assert answer["statusCode"] == 400
    assert 'id="problem"' in answer["body"]
    assert f'value="{html.escape(value)}"' in answer["body"]


def test_settings_are_saved_and_shown(author: Visitor, table: Table) -> None:
    form = {
        "notify": "daily",
        "webhook": "https://hooks.example/x",
        "events": ["ping.approved"],
        "keep_days": "90",
        "feed": "https://blog.example/feed.xml",
        "pings": "20",
        "oldest": "7",
        "never": "other.example\r\n<b>.example",
    }
    answer = author.post(SETTINGS, form)
    assert (answer["statusCode"], "&lt;b&gt;.example</textarea>" in answer["body"]) == (400, True)
    author.post(SETTINGS, {**form, "never": "other.example"})
    settings = load_settings(table)
    assert (settings.feed, settings.pings, settings.oldest) == (form["feed"], 20, 7)
    assert (settings.notify, settings.keep_days, settings.events) == (Notify.DAILY, 90, ("ping.approved",))
    page = author.read(SETTINGS)
    assert 'value="daily" checked' in page
    assert 'value="ping.approved" checked' in page
    assert 'value="ping.pending" checked' not in page
    assert all(f'value="{form[name]}"' in page for name in ("feed", "pings", "oldest"))
    assert ">other.example</textarea>" in page


def test_settings_that_cannot_be_are_left_in_the_form_with_the_reason(author: Visitor, table: Table) -> None:
    answer = author.post(SETTINGS, {"notify": "daily", "webhook": "javascript:x", "keep_days": "90"})
    assert answer["statusCode"] == 400
    assert all(words in answer["body"] for words in ("whole URL", "javascript:x", 'value="daily" checked'))
    assert load_settings(table) == Settings()


def test_posts_are_closed_and_opened_again(author: Visitor, table: Table) -> None:
    author.post(f"{QUEUE}/closed", {"do": "close", "entry": "https://www.blog.example/2026/hello/"})
    assert load_closed(table) == {"blog.example/2026/hello"}
    assert "blog.example/2026/hello" in author.read(SETTINGS)
    author.post(f"{QUEUE}/closed", {"do": "reopen", "entry": "blog.example/2026/hello"})
    assert not load_closed(table)


@pytest.mark.parametrize("entry", ["", "elsewhere.example/x", "<script>", "x" * 3_000])
def test_what_is_not_ours_cannot_be_closed(author: Visitor, table: Table, entry: str) -> None:
    answer = author.post(f"{QUEUE}/closed", {"do": "close", "entry": entry})
    assert answer["statusCode"] == 400
    assert "closing-problem" in answer["body"]
    assert not load_closed(table)


def test_a_pings_page_has_its_posts_switch(author: Visitor, waiting: Waiting) -> None:
    ping = waiting()
    answer = author.post(f"{QUEUE}/closed", {"do": "close", "entry": ping.post_key, "back": ping.id})
    assert answer["headers"]["Location"] == f"{QUEUE}/ping/{ping.id}"
    assert "Open it again" in author.read(f"{QUEUE}/ping/{ping.id}")
    author.post(f"{QUEUE}/closed", {"do": "close", "entry": "blog.example"})
    assert "The whole site takes no TrackBacks" in author.read(f"{QUEUE}/ping/{ping.id}")


def test_a_test_mail_goes_out_and_into_the_log(author: Visitor, table: Table) -> None:
    confirm("author@blog.example")
    before = len(sent_mails())
    author.post(f"{SETTINGS}/test-mail")
    assert f"{ORIGIN}/moderate" in new_mails(before)[0]
    assert "on its way" in author.notice()
    (logged,) = Deliveries(table).newest()
    assert (logged.kind, logged.state, logged.what in author.read(SETTINGS)) == ("mail", "sent", True)


def test_a_test_mail_that_cannot_be_sent_says_why(author: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "address", "author@unconfirmed.example")
    author.post(f"{SETTINGS}/test-mail")
    assert "could not be sent: SES" in author.notice()
    assert "✗ failed" in author.read(SETTINGS)


def test_a_test_of_the_webhook_is_left_to_notify(author: Visitor, table: Table) -> None:
    author.post(f"{SETTINGS}/test-webhook")
    (waits,) = Deliveries(table).newest()
    assert (waits.what, waits.state, waits.attempts) == ("ping.test", "waiting", 0)
    assert "… waiting" in author.read(SETTINGS)


def test_the_webhooks_secret_can_be_changed(author: Visitor) -> None:
    def secret() -> str:
        return re.findall(r"whsec_[\w+/=]+", author.read(SETTINGS))[0]  # type: ignore[no-any-return]

    before = secret()
    author.post(f"{SETTINGS}/new-secret")
    assert secret() != before


def test_the_overview_has_charts_and_tables(author: Visitor, table: Table, waiting: Waiting) -> None:
    table.decide(waiting().id, Status.APPROVED, now())
    page = author.read(f"{QUEUE}/overview")
    assert page.count("<svg") == 4
    assert page.count("</table>") == 3
    assert "style=" not in page


# Links of mails


@pytest.mark.parametrize(
    ("action", "status", "words"),
    [
        (Action.APPROVE, Status.APPROVED, "Approved"),
        (Action.REJECT, Status.REJECTED, "Rejected"),
        (Action.SPAM, Status.SPAM, "Marked as spam"),
    ],
)
def test_a_link_shows_first_and_acts_on_a_press(
    stranger: Visitor, table: Table, waiting: Waiting, action: Action, status: Status, words: str
) -> None:
    ping = waiting(title="What the mail was about")
    link = mailed(ping, action)
    assert "What the mail was about" in stranger.read(link)
    assert table.get(ping.id) == ping
    done = stranger.post(link)
    assert done["statusCode"] == 200
    assert f"<h1>{words}</h1>" in done["body"]
    assert f'href="/moderate/ping/{ping.id}"' in done["body"]
    assert table.get(ping.id).status is status
    again = stranger.post(link)
    assert (again["statusCode"], f"{words} already" in again["body"]) == (409, True)
    assert len(table.get(ping.id).history) == len(ping.history) + 1


def test_who_is_signed_in_may_undo_right_where_a_link_has_led(author: Visitor, waiting: Waiting) -> None:
    assert 'value="undo"' in author.post(mailed(waiting()))["body"]
    assert 'value="undo"' not in Visitor().post(mailed(waiting()))["body"]


def test_a_link_about_what_was_decided_otherwise_says_so(
    stranger: Visitor, table: Table, waiting: Waiting
) -> None:
    ping = waiting()
    table.decide(ping.id, Status.SPAM, now())
    assert "Decided otherwise meanwhile" in stranger.read(mailed(ping))
    assert stranger.post(mailed(ping))["statusCode"] == 409
    assert table.get(ping.id).status is Status.SPAM


def test_a_link_about_words_that_have_changed_since_says_so(
    stranger: Visitor, table: Table, waiting: Waiting
) -> None:
    ping = waiting(title="Nice words")
    later = reopen(table, ping, "BUY PILLS")
    for link in (mailed(ping), mailed(ping, Action.REJECT), mailed(ping, Action.SPAM)):
        assert "There are other words by now" in stranger.read(link)
        assert stranger.post(link)["statusCode"] == 409
    assert table.get(ping.id) == later


@pytest.mark.parametrize(
    ("action", "status"),
    [
        (Action.APPROVE, Status.APPROVED),
        (Action.REJECT, Status.REJECTED),
        (Action.SPAM, Status.SPAM),
    ],
)
def test_a_link_about_first_words_shows_and_decides_about_these_once_others_were_sent(
    stranger: Visitor, table: Table, waiting: Waiting, action: Action, status: Status
) -> None:
    ping = waiting(title="First")
    link = mailed(ping, action)
    revise(table, ping, "Words that nobody has read")
    shown = stranger.read(link)
    assert "This is about what was sent first" in shown
    assert "Words that nobody has read" not in shown
    assert stranger.post(link)["statusCode"] == 200
    assert (table.get(ping.id).status, table.get(ping.id).title) == (status, "First")


def test_a_link_about_later_words_of_what_is_held_approves_these(
    stranger: Visitor, table: Table, waiting: Waiting
) -> None:
    ping = revise(table, waiting(title="First"))
    stranger.post(mailed(ping))
    assert (table.get(ping.id).status, table.get(ping.id).title) == (Status.APPROVED, "Later words")


@pytest.mark.parametrize(("action", "title"), [(Action.APPROVE, "Later words"), (Action.REJECT, "First")])
def test_a_link_about_new_words_of_what_readers_see_decides_about_these(
    stranger: Visitor, table: Table, waiting: Waiting, action: Action, title: str
) -> None:
    ping = waiting(title="First")
    table.decide(ping.id, Status.APPROVED, now())
    stranger.post(mailed(revise(table, table.get(ping.id)), action))
    known = table.get(ping.id)
    assert (known.status, known.title, known.revision) == (Status.APPROVED, title, None)


def test_links_that_are_no_good_say_what_to_do(stranger: Visitor, table: Table, waiting: Waiting) -> None:
    ping = waiting()
    good = mailed(ping)
    cases = {
        mailed(ping, age=timedelta(days=15)): 410,
        good.replace("approve.", "spam."): 400,
        good[:-10]: 400,
        f"{QUEUE}/link/\u202e": 404,
        mailed(replace(ping, id=NO_PING)): 404,
        f"{QUEUE}/link/{write_session(app.keys.load(now()), 'x', now())}": 400,
    }
    for link, status in cases.items():
        for answer in (stranger.get(link), stranger.post(link)):
            assert answer["statusCode"] == status
            assert 'class="button" href="/moderate' in answer["body"]
    assert table.get(ping.id) == ping


def test_a_mail_program_can_stop_the_mails(stranger: Visitor, table: Table, waiting: Waiting) -> None:
    link = mailed(waiting(), Action.MUTE)
    assert "Stop the mails" in stranger.read(link)
    assert load_settings(table).notify is Notify.EACH
    event = http_event("POST", link, headers={"content-type": FORM}, body=b"List-Unsubscribe=One-Click")
    answer = app.handler(event, Context())  # type: ignore[arg-type]
    assert answer["statusCode"] == 200
    assert load_settings(table).notify is Notify.NONE
    assert stranger.post(link)["statusCode"] == 200


# The table


def test_a_flooded_table_asks_for_patience(author: Visitor) -> None:
    faults.answer(app.table, "Query", 2, faults.error("ProvisionedThroughputExceededException"))
    answer = author.get(QUEUE)
    assert (answer["statusCode"], "in a minute" in answer["body"]) == (429, True)


def test_a_flooded_record_asks_for_patience_too(author: Visitor) -> None:
    faults.answer(app.table, "GetItem", 2, faults.error("ThrottlingException"))
    answer = author.get(f"{QUEUE}/ping/{NO_PING}")
    assert (answer["statusCode"], answer["headers"]["Retry-After"]) == (429, "60")


@pytest.mark.parametrize(
    ("page", "most"),
    [(QUEUE, 10), (f"{QUEUE}/ping/", 12), (f"{QUEUE}/rules", 1), (SETTINGS, 4), (SIGN_IN, 0)],
)
def test_a_page_needs_few_calls(author: Visitor, waiting: Waiting, page: str, most: int) -> None:
    ping = waiting()
    author.read(SETTINGS)  # the keys are known from here on
    calls: list[str] = []
    on_the_wire: Any = app.table.client.meta.events
    on_the_wire.register("before-send.dynamodb", lambda **_: calls.append("call"), unique_id="count")
    author.read(page + ping.id if page.endswith("/") else page)
    on_the_wire.unregister("before-send.dynamodb", unique_id="count")
    assert len(calls) <= most
